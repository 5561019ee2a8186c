"""Going on with a plot that something ended: what a plotter still knows of it, and what a person is asked before."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui.plotting import SIMULATOR

if TYPE_CHECKING:
    from plotter.checks import Check
    from plotter.job import PlotArguments
    from plotter.journal import Progress

BY_HAND = (
    "Nobody knows where the carriage is. Lift the pen and put the carriage home by hand, to the top left corner; if "
    "its motors hold it, switch the plotter off, move it, and switch it on. Leave the paper where it is."
)
LEAVE = (
    "The official software goes on from where it saved that it was: leave carriage and paper where they are. If the "
    "plotter lost its power, or somebody moved the carriage, it can't: plot the sheet anew."
)


@dataclass(frozen=True)
class Place:
    """Where a plot can go on."""

    told: PlotArguments
    progress: Progress

    @property
    def words(self) -> str:
        """As a person counts."""
        line = f"line {self.progress.place.stroke + 1}"
        parts = self.told.parts
        if len(parts) == 1:
            return line
        title = parts[self.progress.part].title
        return f"{line} of {f'layer {title}, ' if title else 'sheet '}{self.progress.part + 1} of {len(parts)}"

    def port(self, chosen: str) -> str:
        """Where to go on: where it was, or at the port of a plotter that was chosen since.

        What the simulator or the official software has begun goes on there.
        """
        from plotter.official import is_official

        stays = SIMULATOR in (self.told.port, chosen) or is_official(self.told.port) or is_official(chosen)
        return self.told.port if stays else chosen


def find_place(folder: Path) -> Place | None:
    """Where the plot in a folder can go on; None if it can't, or nothing of it has moved."""
    from plotter.errors import JournalError
    from plotter.job import read_place
    from plotter.official import is_official
    from plotter.route import Place as Begin
    from studio.errors import StudioError

    try:
        told, progress = read_place(folder)
    except (JournalError, StudioError, OSError):
        return None
    if is_official(told.port):  # it has no legs
        begun = progress.part > 0 or progress.place != Begin(told.stroke, told.along_mm)
        return Place(told, progress) if begun else None
    return None if progress.leg is None else Place(told, progress)


@dataclass(frozen=True)
class Standing:
    """How a plotter is found before a plot goes on."""

    checks: tuple[Check, ...]
    at_mm: tuple[float, float] | None
    """Where it counts its carriage; None if it has lost that."""
    says: str = ""
    """What a person sees to, where it is nothing of the usual."""

    @property
    def words(self) -> str:
        """What a person sees to before anything moves."""
        if self.says:
            return self.says
        if self.at_mm is None:
            return BY_HAND
        x, y = self.at_mm
        return f"The plotter has kept its power and counts the carriage at {x:.1f}, {y:.1f} mm: leave it there."


def look(port: str, place: Place) -> Standing:
    """Ask a plotter whether it still knows where its carriage is; nothing moves."""
    from plotter.axidraw import find_machine
    from plotter.board import Board
    from plotter.care import position_mm
    from plotter.checks import Check, check_board, check_port
    from plotter.errors import PlotterError
    from plotter.meeting import lived
    from plotter.official import is_official
    from plotter.transport import open_transport

    told, progress = place.told, place.progress
    if is_official(port):
        return Standing(check_port(port, find_machine(told.machine)), None, LEAVE)
    try:
        board = Board(open_transport(port))
        try:
            board.identify()
            knows = lived(board, progress)
            checks = check_board(board, find_machine(told.machine), told.parts[progress.part].settings)
            # where it counts a carriage that will be put home tells nothing
            checks = tuple(check for check in checks if knows or check.name != "carriage")
            return Standing(checks, position_mm(board) if knows else None)
        finally:
            board.close()
    except PlotterError as error:
        return Standing((Check("port", "bad", str(error)),), None)
