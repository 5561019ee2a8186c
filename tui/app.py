"""The terminal application: its screens, what they share, and how work in the background reports."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import App
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import HelpPanel
from textual.worker import Worker, WorkerState

from configs.errors import MonolineError
from tui.messages import Busy, DatasetOpened, StudioOpened, WorkFailed
from tui.screens.prepare import PrepareScreen
from tui.screens.screen import defect
from tui.themes import NIGHT, PAPER
from tui.widgets.dialog import ErrorDialog
from tui.widgets.header import StudioHeader


class Monoline(App[None]):
    """monoline in a terminal, on one studio."""

    TITLE = "monoline"
    CSS_PATH = "monoline.tcss"
    MODES = {"prepare": PrepareScreen}
    TITLES: ClassVar[dict[str, str]] = {"prepare": "Prepare"}
    DEFAULT_MODE = "prepare"
    BINDINGS = [
        Binding("1", "switch_mode('prepare')", "Prepare", show=False, id="app.prepare"),
        Binding("f1,question_mark", "help", "Help", id="app.help"),
        Binding("ctrl+q", "quit", "Quit", id="app.quit"),
    ]

    def __init__(self, folder: Path, *, demo: bool = False) -> None:
        """Args:
        folder: the studio, made if it is not there yet.
        demo: let the demo artist fill a studio that has no dataset.
        """
        super().__init__()
        self._folder, self._demo = folder, demo
        self._studio_name = ""
        self._dataset = ""
        self._busy: dict[str, float] = {}
        for theme in (PAPER, NIGHT):
            self.register_theme(theme)
        self.theme = PAPER.name

    def on_mount(self) -> None:
        """Open the studio while the first frame is already there."""
        self.open_studio()

    @work(thread=True, exclusive=True, group="studio", exit_on_error=False)
    def open_studio(self) -> None:
        """Open the studio in the background, making it if there is nothing yet."""
        from studio.folder import create_studio, is_studio, open_studio

        try:
            studio = open_studio(self._folder) if is_studio(self._folder) else create_studio(self._folder)
        except MonolineError as error:
            self.post_message(WorkFailed("The studio can't be opened", str(error), fatal=True))
            return
        self.call_from_thread(self._opened, StudioOpened(studio, fill=self._demo))

    def _opened(self, event: StudioOpened) -> None:
        self._studio_name = event.studio.name
        self._tell()
        self.screen_stack[0].post_message(event)

    @on(DatasetOpened)
    def _dataset_opened(self, event: DatasetOpened) -> None:
        self._dataset = event.path.name
        self._tell()

    @on(Busy)
    def _busy_changed(self, event: Busy) -> None:
        if event.share is None:
            self._busy.pop(event.what, None)
        else:
            self._busy[event.what] = event.share
        self._tell()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The application's own workers are looked after as the screens' are."""
        if event.state is WorkerState.ERROR:
            self.post_message(defect(event.worker))

    @on(WorkFailed)
    def _work_failed(self, event: WorkFailed) -> None:
        self.push_screen(ErrorDialog(event.title, event.error), partial(self._told, event))

    def _told(self, event: WorkFailed, _: None) -> None:
        if event.fatal:
            self.exit(return_code=1, message=f"monoline: {event.error}")

    def action_help(self) -> None:
        """Show the keys, or put them away."""
        if self.screen.query(HelpPanel):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()

    def _tell(self) -> None:
        """Bring the header of every screen up to date."""
        work = [f"{what} {share:.0%}" if share else what for what, share in self._busy.items()]
        chips = (f"studio {self._studio_name}", f"data {self._dataset or 'none'}", *work)
        for screen in self.screen_stack:
            self._head(screen, chips)

    def _head(self, screen: Screen[object], chips: tuple[str, ...]) -> None:
        for header in screen.query(StudioHeader):
            header.tabs = tuple(self.TITLES.items())
            header.current = self.current_mode
            header.chips = chips
