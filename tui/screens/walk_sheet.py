"""WalkSheetScreen: the frames of Interpolate on a sheet, which is shown, written and sent to Plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from configs.errors import MonolineError
from tui.checkpoints import network_name
from tui.effort import effort
from tui.messages import SheetReady, WorkFailed
from tui.print_choice import FILE, PrintChoice, load_choice, save_choice
from tui.screens.print_dialog import PrintDialog, shown
from tui.screens.screen import StudioScreen
from tui.sheets import walk_entries, write_all
from tui.walk import Walk
from tui.widgets.sheet_view import SheetView
from tui.widgets.walk_panel import WalkPanel

if TYPE_CHECKING:
    from pathlib import Path

    from plotter.sheet import Sheet
    from tui.sampler import Sample


class WalkSheetScreen(StudioScreen):
    """Lays the frames out once all of them are drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._walk = Walk()
        self._frames: list[Sample | None] = []
        self._checkpoint = ""
        self._choice = PrintChoice()
        self._chosen_in: tuple[Path, float] | None = None
        """The file that the choice comes from, and how old it is."""
        self._sheets: dict[str, list[Sheet]] = {}
        """Those of each number of the edition; empty as long as they are not there."""
        self._shown = 0

    @property
    def _every(self) -> list[Sheet]:
        """All sheets, in their order."""
        return [sheet for sheets in self._sheets.values() for sheet in sheets]

    @property
    def _sheet(self) -> Sheet | None:
        """The sheet that is shown; None as long as it is not there."""
        every = self._every
        return every[min(self._shown, len(every) - 1)] if every else None

    def _show(self) -> None:
        """Show how it goes now."""

    def look_for_choice(self) -> None:
        """Take what was chosen last in this studio, here or in the tray."""
        studio = self.monoline.studio
        if studio is None:
            return
        path = studio.sheets / FILE
        known = path, path.stat().st_mtime if path.exists() else 0.0
        if known == self._chosen_in:
            return
        self._chosen_in = known
        try:
            choice = load_choice(studio)
        except MonolineError as error:
            choice = PrintChoice()
            self.post_message(WorkFailed("What was chosen for paper is not known any more", str(error)))
        if choice != self._choice:
            self._choice, self._sheets = choice, {}
            self._lay_out()

    def _lay_out(self) -> None:
        if self._frames and all(frame is not None for frame in self._frames):
            self.lay_out([frame for frame in self._frames if frame is not None], self._walk, self._choice)

    @work(thread=True, exclusive=True, group="sheet", exit_on_error=False)
    def lay_out(self, frames: list[Sample], walk: Walk, choice: PrintChoice) -> None:
        """Lay the frames out in the background."""
        try:
            sheets = choice.lay_out(walk_entries(frames), walk.what)
        except MonolineError as error:
            self.post_message(WorkFailed("The sheet can't be laid out", str(error)))
            return
        self.app.call_from_thread(self._laid_out, sheets, walk, choice)

    def _laid_out(self, sheets: dict[str, list[Sheet]], walk: Walk, choice: PrintChoice) -> None:
        if (walk, choice) == (self._walk, self._choice):
            self._sheets, self._shown = sheets, 0
            self._show_sheet()

    def _show_sheet(self) -> None:
        sheet = self._sheet
        self.query_one(WalkPanel).tell_effort("")
        if sheet is not None:
            self.measure(sheet)
        self.query_one(SheetView).show(None if sheet is None else shown(sheet, self._shown, len(self._every)))
        self._show()

    @work(thread=True, exclusive=True, group="effort", exit_on_error=False)
    def measure(self, sheet: Sheet) -> None:
        """Tell in the background what drawing the sheet takes."""
        try:
            words = effort(sheet)
        except MonolineError as error:
            words = str(error)
        self.app.call_from_thread(self._measured, sheet, words)

    def _measured(self, sheet: Sheet, words: str) -> None:
        if sheet is self._sheet:
            self.query_one(WalkPanel).tell_effort(words)

    def action_sheet(self, by: int) -> None:
        """Another one of several sheets."""
        if count := len(self._every):
            self._shown = (self._shown + by) % count
            self._show_sheet()

    def action_paper(self) -> None:
        """Choose paper, layout, and what else is on the sheet."""
        frames = [frame for frame in self._frames if frame is not None]
        entries = walk_entries(frames) if len(frames) == len(self._frames) else []
        self.app.push_screen(PrintDialog(entries, self._choice, self._walk.what), self._take)

    def _take(self, choice: PrintChoice | None) -> None:
        if choice is None or choice == self._choice:
            return
        self._choice, self._sheets = choice, {}
        self._lay_out()
        self._show()
        if self.monoline.studio is not None:
            try:
                save_choice(self.monoline.studio, choice)
            except MonolineError as error:
                self.post_message(WorkFailed("What was chosen can't be kept", str(error)))

    def action_export(self) -> None:
        """Write the sheets into the studio."""
        self.export(plot=False)

    def action_plot(self) -> None:
        """Write the sheets into the studio and send them to Plot."""
        self.export(plot=True)

    @work(thread=True, exclusive=True, group="export", exit_on_error=False)
    def export(self, *, plot: bool) -> None:
        """Write in the background."""
        sheets, studio = self._sheets, self.monoline.studio
        if studio is None:
            return
        if not sheets:
            self.app.call_from_thread(self.notify, "The sheet is not there yet: its drawings are still being made.")
            return
        name = f"{self._walk.what}-{network_name(self._checkpoint)}-{self._walk.steps}"
        try:
            first, *others = write_all(studio, sheets, name)
        except MonolineError as error:
            self.post_message(WorkFailed("The sheet was not written", str(error)))
            return
        if plot:
            self.post_message(SheetReady(first, tuple(others)))
            return
        title = "The sheets are written" if others else "The sheet is written"
        words = f"{first} to {others[-1].name}" if others else str(first)
        self.app.call_from_thread(self.notify, words, title=title)
