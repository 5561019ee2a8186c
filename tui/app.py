"""The terminal application: its screens, what they share, and how work in the background reports."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.screen import ModalScreen, Screen
from textual.signal import Signal
from textual.worker import Worker, WorkerState

from tui.chips import chips
from tui.chosen import ui_table
from tui.jobs import Jobs
from tui.last_used import found_network
from tui.messages import (
    Busy,
    CheckpointChosen,
    JobsSeen,
    PlotterFound,
    SheetReady,
    TrayChanged,
    WorkFailed,
)
from tui.opening import AppWithStudio
from tui.palette import Pages, Palette, commands, things
from tui.plotting import SIMULATOR
from tui.sampler import COMMAND, Network, NetworkLoading, Sampler
from tui.screens.screen import defect
from tui.tracing import Tracing
from tui.widgets.dialog import ChoiceDialog, ErrorDialog
from tui.widgets.header import StudioHeader

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode

    from tui.walk import End

LOOK_S = 1.0
"""Between two looks at what goes on in other processes."""


def _lazily(module: str, name: str) -> Callable[[], Screen[None]]:
    """A screen whose module is loaded when somebody goes there."""
    return lambda: getattr(importlib.import_module(module), name)()


class Monoline(AppWithStudio):
    """monoline in a terminal, on one studio."""

    TITLE = "monoline"
    FORGIVING = True
    """Whether the studio outlives a key whose action is a defect; tests want to see it."""
    CSS_PATH = "monoline.tcss"
    TITLES: ClassVar[dict[str, str]] = {
        title.lower(): title for title in ("Prepare", "Train", "Sample", "Interpolate", "Plot")
    }
    COMMANDS = App.COMMANDS | {Pages}
    MODES = {mode: _lazily(f"tui.screens.{mode}", f"{title}Screen") for mode, title in TITLES.items()}
    DEFAULT_MODE = "prepare"
    BINDINGS = [
        *(
            Binding(str(number), f"switch_mode('{mode}')", title, show=False, id=f"app.{mode}")
            for number, (mode, title) in enumerate(TITLES.items(), 1)
        ),
        Binding("escape,x", "raise_pen", "PEN UP", priority=True, id="app.raise_pen"),
        Binding("escape", "put_help_away", "Hide help", show=False, priority=True, id="app.hide_help"),
        Binding("ctrl+l", "repaint", "Repaint", show=False, id="app.repaint"),
        Binding("ctrl+q", "quit", "Quit", priority=True, id="app.quit"),
    ]

    def __init__(self, folder: Path, *, demo: bool = False, sampler: Sequence[str] = COMMAND) -> None:
        """Args:
        folder: the studio, made if it is not there yet.
        demo: begin with drawings by a bundled network, and let the demo artist fill a studio that has no dataset.
        sampler: starts the worker with the network.
        """
        start = str(ui_table(folder).get("start", ""))
        if demo or start in self.TITLES:
            self.DEFAULT_MODE = "sample" if demo else start  # pyright: ignore[reportAttributeAccessIssue] - read when the stack is made
        super().__init__(folder, demo=demo)
        self.checkpoint = found_network(self.last.checkpoint, folder)
        """A bundled one by its name, or a path."""
        self.network = Network()
        """What the worker has loaded."""
        self.loading = ""
        """What the worker is loading."""
        self.walk: tuple[End, ...] = ()
        """Drawings that Interpolate is to walk between."""
        self.sampler, self.tracing = Sampler(self, sampler), Tracing()
        self.plotter = SIMULATOR
        self.sheet: Path | None = None
        """The sheet that was sent to Plot, until it takes it, and those that are drawn after it."""
        self.queue: tuple[Path, ...] = ()
        self.jobs = Jobs()
        """Trainings and plots that go on."""
        self.changed: Signal[None] = Signal(self, "changed")
        """Published after any of these was changed."""
        self.busy: dict[str, Busy] = {}

    def on_mount(self) -> None:
        """Open the studio once the first frame is there, so that what that loads does not delay it."""
        self.call_after_refresh(self.open_studio)
        self.set_interval(LOOK_S, self.look_at_jobs)
        self.set_interval(LOOK_S, self.note_last)

    def on_unmount(self) -> None:
        """Nothing that was started for this terminal goes on."""
        self.note_last()
        self.sampler.close()
        self.tracing.close()

    # what else the screens share

    @on(CheckpointChosen)
    def _checkpoint_chosen(self, event: CheckpointChosen) -> None:
        self.checkpoint = event.checkpoint
        path = Path(event.checkpoint)
        self.last = replace(self.last, checkpoint=self.told_path(path) if path.suffix else event.checkpoint)
        self.tell()

    def take_ends(self, ends: tuple[End, ...], words: str) -> None:
        """Have Interpolate walk between other drawings, until that is taken back."""
        self.did(words, partial(self._put_ends, self.walk))
        self._put_ends(ends)

    def _put_ends(self, ends: tuple[End, ...]) -> None:
        self.walk = ends
        self.tell()

    @on(NetworkLoading)
    def _network_loading(self, event: NetworkLoading) -> None:
        self.loading, self.network = event.what, event.network or self.network
        self.tell()

    @on(TrayChanged)
    def _tray_changed(self) -> None:
        self.tell()

    @on(PlotterFound)
    def _plotter_found(self, event: PlotterFound) -> None:
        self.plotter = event.name
        self.tell()

    @on(SheetReady)
    async def _sheet_ready(self, event: SheetReady) -> None:
        self.sheet, self.queue = event.path, event.queue
        await self.switch_mode("plot")
        self.tell()

    @on(Busy)
    def _busy_changed(self, event: Busy) -> None:
        if event.share is None:
            self.busy.pop(event.what, None)
        else:
            self.busy[event.what] = event
        self.show_header(self.screen_stack[0])

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The application's own workers are looked after as the screens' are."""
        if event.state is WorkerState.ERROR:
            self.post_message(defect(event.worker.error))

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """What a key does; if that is a defect, say so, and go on."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except Exception as error:
            if not self.FORGIVING:
                raise
            self.post_message(defect(error))
            return True

    @on(WorkFailed)
    def _work_failed(self, event: WorkFailed) -> None:
        self.push_screen(ErrorDialog(event.title, event.error), partial(self._told, event))

    def _told(self, event: WorkFailed, _: None) -> None:
        if event.fatal:
            self.exit(return_code=1, message=f"monoline: {event.error}")

    def action_repaint(self) -> None:
        """Paint the whole screen anew: something wrote over it, or somebody looks who has seen none of it."""
        self.screen.refresh()

    # a plot that runs, and the end

    async def action_raise_pen(self) -> None:
        """Stop the pen where it is, raise it, and hold."""
        if self.jobs.raise_pen():
            await self.switch_mode("plot")

    @work(thread=True, group="jobs", exit_on_error=False)
    def look_at_jobs(self) -> None:
        """Look in the background what goes on in the studio, and what somebody else did there."""
        if self.studio is not None:
            self.post_message(JobsSeen(self.jobs.look(self.studio)))
        if self.tray is not None and self.tray.follow():
            self.post_message(TrayChanged())

    @on(JobsSeen)
    def _jobs_seen(self, event: JobsSeen) -> None:
        for job in self.jobs.seen:
            self.busy.pop(job.words, None)
        was, self.jobs.seen = self.jobs.seen, event.jobs
        for job in event.jobs:
            self.busy[job.words] = Busy(job.words, job.share, job.mode)
        if was != event.jobs and self.screen_stack:  # there is none any more while the application ends
            self.show_header(self.screen_stack[0])
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The pen can be raised while a plot runs; a dialog keeps its keys to itself."""
        if action == "raise_pen":
            return self.jobs.plotting
        if action == "quit":
            return not isinstance(self.shown, ChoiceDialog)  # it is asked already
        if action in ("tray", "undo", "switch_mode") and isinstance(self.shown, ModalScreen):
            return False
        return super().check_action(action, parameters)

    async def action_quit(self) -> None:
        """Quit; ask first where work goes on."""
        if farewell := self.jobs.farewell():
            self.push_screen(ChoiceDialog("Quit?", farewell, ("Stay", "Quit")), partial(self._answered, farewell))
        else:
            self.exit()

    def _answered(self, farewell: str, answer: str | None) -> None:
        if answer == "Quit":
            self.jobs.stop_plots()  # now: this process may take a while to end
            self.exit(message=farewell)

    def action_command_palette(self) -> None:
        """Show the palette."""
        if not Palette.is_open(self):  # pyright: ignore[reportArgumentType] - it takes any application
            self.push_screen(Palette(id="--command-palette"))

    def get_system_commands(self, screen: Screen[None]) -> Iterable[SystemCommand]:
        """The palette offers whatever a key would do now, and all that the studio holds."""
        return [*commands(self, screen), *things(self, screen)]

    # the header

    def tell(self) -> None:
        """Something that the screens share was changed."""
        self.show_header(self.screen_stack[0])
        self.changed.publish(None)

    def show_header(self, screen: Screen[None]) -> None:
        """Bring the header of a screen up to date; the others follow when somebody goes there."""
        for header in screen.query(StudioHeader):
            header.tabs = tuple(self.TITLES.items())
            header.current = self.current_mode
            header.chips = tuple(chips(self))
