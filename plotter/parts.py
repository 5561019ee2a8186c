"""The parts of a plot: sheets made ready, drawn one after the other, and what a person sees to in between."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from plotter.axidraw import Machine, PlotSettings
from plotter.errors import PlotterError, SheetError
from plotter.ready import SHEET, Ready
from plotter.sheet import read_sheet, write_sheet
from plotter.task import Task

PAPER, PEN, PAUSE = "paper", "pen", "pause"
"""What a part may wait for: new paper, another pen, or whatever a person wants to do."""


@dataclass(frozen=True)
class Part:
    """A sheet made ready for a machine, and what is to be done before it is drawn."""

    ready: Ready
    wait: str = ""
    """``paper``, ``pen`` or ``pause``: the plot pauses until a person has seen to it."""
    says: str = ""
    """What they are told."""
    pen: str = ""
    """The pen that draws it; empty for whichever is in the clip."""
    title: str = ""
    """Of its layers, if the sheet has some."""
    delay_ms: int = 0
    """It begins so much later."""

    @property
    def duration_s(self) -> float:
        """What it takes."""
        return self.ready.plan.duration_s + self.delay_ms / 1000


class PartArguments(BaseModel):
    """A part as the run of a plot is told of it."""

    model_config = ConfigDict(extra="forbid")

    sheet: str = SHEET
    """Path, relative to the plot's folder."""
    lines: tuple[int, int] | None = None
    """First line of the sheet that is drawn, and first that is not; None for all."""
    settings: PlotSettings = PlotSettings()
    wait: str = ""
    says: str = ""
    duration_s: float = Field(default=0.0, ge=0)
    pen: str = ""
    title: str = ""
    delay_ms: int = Field(default=0, ge=0)


def write_parts(folder: Path, parts: Sequence[Part]) -> list[PartArguments]:
    """Write the sheets of a plot into its folder, each once.

    Raises:
        SheetError: there are none, or one was made ready for no machine.
    """
    if not parts or any(part.ready.machine is None for part in parts):
        raise SheetError("The sheet was made ready for no machine; name one.")
    names: dict[int, str] = {}
    told: list[PartArguments] = []
    for part in parts:
        sheet = part.ready.sheet
        if (name := names.get(id(sheet))) is None:
            name = names[id(sheet)] = SHEET if not names else f"sheet-{len(names) + 1}.svg"
            write_sheet(folder / name, sheet)
        told.append(
            PartArguments(
                sheet=name,
                lines=part.ready.lines,
                settings=part.ready.plan.settings,
                wait=part.wait,
                says=part.says,
                duration_s=part.duration_s,
                pen=part.pen,
                title=part.title,
                delay_ms=part.delay_ms,
            )
        )
    return told


def read_tasks(folder: Path, parts: Sequence[PartArguments], machine: Machine) -> list[Task]:
    """What a plot draws, from the sheets in its folder.

    Raises:
        SheetTooLarge: the machine does not reach all lines.
        DrawingError: a sheet can't be read.
    """
    if not parts:
        raise PlotterError(f"{folder} tells of no sheet; plot it anew.")
    drawings = {name: read_sheet(folder / name).drawing for name in {part.sheet for part in parts}}
    for drawing in drawings.values():
        machine.check(drawing.bounds)
    return [
        Task(
            drawings[part.sheet].lines[slice(*(part.lines or (None,)))],
            part.settings,
            part.wait,
            part.says,
            part.duration_s,
            part.pen,
        )
        for part in parts
    ]


def digests(folder: Path, parts: Sequence[PartArguments]) -> tuple[str, ...]:
    """What tells the sheets of a plot from any others."""
    return tuple(hashlib.sha256((folder / part.sheet).read_bytes()).hexdigest()[:16] for part in parts)
