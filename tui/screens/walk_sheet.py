"""WalkSheetScreen: the frames of Interpolate on a sheet, which is shown, written and sent to Plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from configs.errors import MonolineError
from tui.checkpoints import network_name
from tui.messages import SheetReady, WorkFailed
from tui.screens.screen import StudioScreen
from tui.sheets import PAPERS, lay_out_walk, write_new
from tui.walk import Walk
from tui.widgets.dialog import ListDialog
from tui.widgets.sheet_view import PaperShown, SheetView

if TYPE_CHECKING:
    from plotter.sheet import Sheet
    from tui.sampler import Sample


class WalkSheetScreen(StudioScreen):
    """Lays the frames out once all of them are drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._walk = Walk()
        self._frames: list[Sample | None] = []
        self._checkpoint = ""
        self._paper = next(iter(PAPERS))
        self._sheet: Sheet | None = None

    def _show(self) -> None:
        """Show how it goes now."""

    def _lay_out(self) -> None:
        if self._frames and all(frame is not None for frame in self._frames):
            self.lay_out([frame for frame in self._frames if frame is not None], self._walk, self._paper)

    @work(thread=True, exclusive=True, group="sheet", exit_on_error=False)
    def lay_out(self, frames: list[Sample], walk: Walk, paper: str) -> None:
        """Lay the frames out in the background."""
        try:
            sheet = lay_out_walk(frames, paper)
        except MonolineError as error:
            self.post_message(WorkFailed("The sheet can't be laid out", str(error)))
            return
        self.app.call_from_thread(self._laid_out, sheet, walk, paper)

    def _laid_out(self, sheet: Sheet, walk: Walk, paper: str) -> None:
        if (walk, paper) == (self._walk, self._paper):
            self._sheet = sheet
            shown = PaperShown(
                sheet.paper.width_mm, sheet.paper.height_mm, sheet.drawing, sheet.margin_mm, sheet.paper.name
            )
            self.query_one(SheetView).show(shown)
            self.refresh_keys()

    def action_paper(self) -> None:
        """Choose paper and layout."""
        self.app.push_screen(ListDialog("Paper and layout", [(name, name) for name in PAPERS], self._paper), self._take)

    def _take(self, paper: str | None) -> None:
        if paper is not None and paper != self._paper:
            self._paper, self._sheet = paper, None
            self._lay_out()
            self._show()

    def action_export(self) -> None:
        """Write the sheet into the studio."""
        self.export(plot=False)

    def action_plot(self) -> None:
        """Write the sheet into the studio and send it to Plot."""
        self.export(plot=True)

    @work(thread=True, exclusive=True, group="export", exit_on_error=False)
    def export(self, *, plot: bool) -> None:
        """Write in the background."""
        sheet, studio = self._sheet, self.monoline.studio
        if studio is None:
            return
        if sheet is None:
            self.app.call_from_thread(self.notify, "The sheet is not there yet: its drawings are still being made.")
            return
        try:
            path = write_new(studio, sheet, f"{self._walk.what}-{network_name(self._checkpoint)}-{self._walk.steps}")
        except MonolineError as error:
            self.post_message(WorkFailed("The sheet was not written", str(error)))
            return
        if plot:
            self.post_message(SheetReady(path))
        else:
            self.app.call_from_thread(self.notify, str(path), title="The sheet is written")
