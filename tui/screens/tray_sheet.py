"""TraySheetScreen: lays out what is marked in the tray, or all that is in view, and sends it to Plot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual import work
from textual.worker import Worker, WorkerState

from configs.errors import MonolineError
from tui.messages import SheetReady, WorkFailed
from tui.print_choice import PrintChoice, load_choice, save_choice
from tui.screens.print_dialog import PrintDialog
from tui.screens.screen import defect
from tui.widgets.modal import Modal

if TYPE_CHECKING:
    from tui.app import Monoline
    from tui.tray import Kept


class TraySheetScreen(Modal[None]):
    """Knows which drawings are in view and which of them are marked."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: list[Kept] = []
        """Those in view, in their order."""
        self._marked: set[str] = set()

    @property
    def _app(self) -> Monoline:
        return cast("Monoline", self.app)

    def _chosen(self) -> list[Kept]:
        """What is marked; all of it if nothing is."""
        return [kept for kept in self._kept if kept.name in self._marked] or list(self._kept)

    def action_plot(self) -> None:
        """Lay the marked drawings, or all of them, on a sheet and send it to Plot."""
        self.lay_out(self._chosen(), None)

    def action_paper(self) -> None:
        """Choose how they go on paper, then send the sheets to Plot."""
        studio, chosen = self._app.studio, self._chosen()
        assert studio is not None
        try:
            before = load_choice(studio)
        except MonolineError as error:
            self.app.post_message(WorkFailed("What was chosen for paper is not known any more", str(error)))
            return

        def taken(choice: PrintChoice | None) -> None:
            if choice is not None:
                self.lay_out(chosen, choice)

        entries = [kept.entry for kept in chosen]
        self.app.push_screen(PrintDialog(entries, before, "tray"), taken)

    @work(thread=True, exclusive=True, group="sheet", exit_on_error=False)
    def lay_out(self, chosen: list[Kept], choice: PrintChoice | None) -> None:
        """Lay out in the background, as chosen or as large as they can be."""
        from tui.sheets import new_sheet, write_all

        studio = self._app.studio
        assert studio is not None
        name = "tray" if len(chosen) > 1 else chosen[0].name
        try:
            entries = [kept.entry for kept in chosen]
            if choice is None:
                files = [new_sheet(studio, entries, name)]
            else:
                save_choice(studio, choice)
                files = write_all(studio, choice.lay_out(entries, name), name)
        except MonolineError as error:
            self.app.post_message(WorkFailed("The sheet was not made", str(error)))
            return
        self.app.call_from_thread(self._laid_out, files)

    def _laid_out(self, files: list[Path]) -> None:
        self.dismiss()
        self.app.post_message(SheetReady(files[0], tuple(files[1:])))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that raised is a defect; say so, and go on."""
        if event.state is WorkerState.ERROR:
            self.app.post_message(defect(event.worker.error))
