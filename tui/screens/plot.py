"""Plot: a sheet on paper, watched, paused, stopped, taken up again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.binding import Binding

from configs.errors import MonolineError
from tui.figures import duration
from tui.messages import WorkFailed
from tui.plotting import LIVE, SHEET, Plotting
from tui.screens.plot_sheet import SheetScreen, shown
from tui.widgets.dialog import ChoiceDialog
from tui.widgets.plot_options import PlotOptions
from tui.widgets.sheet_view import SheetView

if TYPE_CHECKING:
    from plotter.ready import Ready
    from plotter.sheet import Sheet
    from studio.runs import Run, State
    from tui.follower import News


class PlotScreen(SheetScreen):
    """A sheet, and the plot of it, as long as it goes on and thereafter."""

    BINDINGS = [
        Binding("enter", "start", "Start", id="plot.start"),
        Binding("space", "pause", "Pause", id="plot.pause"),
        Binding("space", "resume", "Resume", id="plot.resume"),
        Binding("x,escape", "stop_now", "Stop now", show=False, id="plot.stop_now"),
        Binding("x,escape", "what_then", "Go on or end", id="plot.what_then"),
        Binding("escape", "release", "Back to the sheet", id="plot.release"),
        Binding("r", "go_on", "Go on", id="plot.go_on"),
        Binding("o", "sheet", "Sheet", id="plot.sheet"),
        Binding("u", "pen(True)", "Pen up", id="plot.pen_up"),
        Binding("d", "pen(False)", "Pen down", id="plot.pen_down"),
        Binding("v", "travel", "Travel", id="plot.travel"),
        Binding("f5", "ports", "Find plotters", show=False, id="plot.ports"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._plotting = Plotting()
        self._state: State | None = None
        self._loaded = ""
        """Name of the plot whose sheet is shown."""

    @property
    def live(self) -> bool:
        """Whether the plot that is shown goes on."""
        return self.followed is not None and (self._state is None or self._state.value in LIVE)

    def leave_plot(self) -> None:
        """Show no plot any more."""
        self.follow(None)
        self._state, self._plotting, self._loaded = None, Plotting(), ""

    @property
    def moving(self) -> str:
        """What the plot is doing, as drawing or paused; empty if there is none."""
        return self._plotting.state if self.live else ""

    # a plot

    def take_states(self, states: list[tuple[str, str]]) -> None:
        """A plot that goes on is shown, whoever started it; before anything else is, the last one if it was stopped."""
        from studio.runs import Run

        states = [(name, state) for name, state in states if name not in self.unreadable]
        live = [name for name, state in states if state in LIVE[:2]]
        if self.runs_folder is None or self.live:
            return
        if live:
            self._take_up(Run(self.runs_folder / live[0]))
        elif self.followed is None and self._sheet is None and states and states[0][1] == "stopped":
            self._take_up(Run(self.runs_folder / states[0][0]))  # the last plot, of which a part is still to be drawn

    def open_sheet(self, path: Path) -> None:
        """Show a sheet and make it ready; that of a plot that was stopped, with what is drawn of it."""
        from studio.runs import Run, State

        run = Run(path.parent)
        try:
            stopped = path.parent.parent == self.runs_folder and run.state is State.STOPPED
        except MonolineError:  # its sheet may be whole all the same
            stopped = False
        if stopped:
            self.monoline.sheet = None
            self._take_up(run)
        else:
            super().open_sheet(path)

    def _take_up(self, run: Run) -> None:
        from studio.runs import read_told

        self._plotting, self._state = Plotting(arguments=read_told(run.folder).arguments), None
        self._asked += 1  # an estimate that comes now comes too late
        self._sheet = run.folder / SHEET
        self.follow(run)
        if self._loaded != run.name:
            self._loaded = run.name
            self._read_plot(run)

    @work(thread=True, group="plot", exit_on_error=False)
    def _read_plot(self, run: Run) -> None:
        from plotter.sheet import read_sheet

        try:
            self.app.call_from_thread(self._plot_read, run, read_sheet(run.folder / SHEET))
        except MonolineError as error:
            self.post_message(WorkFailed("The plot's sheet can't be shown", str(error)))

    def _plot_read(self, run: Run, sheet: Sheet) -> None:
        if self._loaded == run.name:
            self.query_one(SheetView).show(shown(sheet))
            self._show_plot()

    def take_news(self, news: News) -> None:
        """Show what is new."""
        if not news.events and news.state is self._state:
            return
        before = self.moving
        for event in news.events:
            self._plotting.take(event)
        self._state = news.state
        self._show_plot()
        if self.moving != before:
            self.monoline.look_at_jobs()
        if self.moving == "paused" and self.monoline.jobs.asked:
            self.monoline.jobs.asked = False
            self.action_what_then()

    def _show_plot(self) -> None:
        run, plotting, state = self.followed, self._plotting, self._state
        if run is None or state is None:
            return
        view = self.query_one(SheetView)
        view.inked_mm = None if state.value == "finished" else plotting.inked_mm
        view.pen_mm = plotting.pen_mm if self.live else None
        about = f"{run.name}\n{plotting.where}"
        hint = "r goes on from here." if state.value == "stopped" and plotting.place is not None else ""
        self.say(plotting.word(state), about, plotting.panel(state), hint)

    def action_start(self) -> None:
        """Begin to draw; where a pen will move, ask first."""
        options, ready = self.query_one(PlotOptions), self._ready
        if ready is None or self.live:
            return
        if options.simulated:
            self.start(ready, options.port, options.time_scale)
            return
        settings = ready.plan.settings
        text = (
            f"{ready.sheet.paper}, {duration(ready.plan.duration_s)} on {ready.machine.title if ready.machine else ''} "
            f"at {options.port}.\nPen up at {settings.pen_up_pct:g} %, down at {settings.pen_down_pct:g} %.\n\n"
            "Is the carriage at its home corner, the paper's top left corner there too, and the pen in its clip?"
        )
        dialog = ChoiceDialog("Draw on paper?", text, ("Not yet", "Start"))
        self.app.push_screen(dialog, lambda answer: self._confirmed(ready, answer))

    def _confirmed(self, ready: Ready, answer: str | None) -> None:
        options = self.query_one(PlotOptions)
        if answer == "Start" and not self.live:
            self.start(ready, options.port, options.time_scale)

    @work(thread=True, group="start", exit_on_error=False)
    def start(self, ready: Ready, port: str, time_scale: float) -> None:
        """Draw in a process of its own, and follow it."""
        from plotter.job import start_plot
        from plotter.ready import new_plot_folder

        assert self.runs_folder is not None
        try:
            folder = new_plot_folder(self.runs_folder, self._sheet or Path("sheet.svg"))
            run = start_plot(folder, ready, port=port, time_scale=time_scale)
        except MonolineError as error:
            self.post_message(WorkFailed("The plot was not started", str(error)))
            return
        self.app.call_from_thread(self._started, run)

    def _started(self, run: Run) -> None:
        self.monoline.look_at_jobs()
        self._take_up(run)

    # orders

    def action_pause(self) -> None:
        """Slow down along the line, raise the pen, hold."""
        if self.followed is not None:
            self.followed.order("pause")

    def action_resume(self) -> None:
        """Lower the pen where the line was left, and go on."""
        if self.followed is not None:
            self.followed.order("resume")

    def action_stop_now(self) -> None:
        """Raise the pen at once, then ask what to do."""
        if self.followed is None or not self.live:
            return
        self.followed.order("pen_up")
        self.monoline.jobs.asked = True

    def action_what_then(self) -> None:
        """Ask whether to go on or to end, while the pen is up."""
        if isinstance(self.app.screen, ChoiceDialog):
            return
        where = "" if (at := self._plotting.pen_mm) is None else f" at {at[0]:.1f}, {at[1]:.1f} mm"
        text = (
            f"The pen is up{where} and holds its place.\n\nResume lowers it on the line and goes on. "
            "Abandon ends the plot; what is drawn stays drawn."
        )
        self.app.push_screen(ChoiceDialog("Paused", text, ("Stay paused", "Resume", "Abandon")), self._answered)
        self.refresh_bindings()

    def _answered(self, answer: str | None) -> None:
        self.refresh_bindings()
        if answer == "Resume":
            self.action_resume()
        elif answer == "Abandon" and self.followed is not None:
            self.followed.stop()

    def action_go_on(self) -> None:
        """Draw the rest of a plot that was stopped."""
        if self.followed is not None and (place := self._plotting.place) is not None:
            self._make_rest_ready(self.followed, *place, self.query_one(PlotOptions).machine)

    @work(thread=True, group="ready", exit_on_error=False)
    def _make_rest_ready(self, run: Run, stroke: int, along_mm: float, machine: str) -> None:
        from plotter.axidraw import find_machine
        from plotter.ready import ready_sheet
        from plotter.route import Place

        begin = Place(stroke, along_mm)
        try:
            ready = ready_sheet(run.folder / SHEET, find_machine(machine), optimised=False, begin=begin)
        except MonolineError as error:
            self.post_message(WorkFailed("The plot can't go on", str(error)))
            return
        self.app.call_from_thread(self._rest_ready, ready)

    def _rest_ready(self, ready: Ready) -> None:
        self._ready = ready
        self.action_start()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done as things are."""
        if action == "start":
            return not self.live and self._ready is not None
        if action == "pause":
            return self.moving == "drawing"
        if action == "resume":  # while the question is open its own answers count, and the space bar lowers no pen
            return self.moving == "paused" and not isinstance(self.app.screen, ChoiceDialog)
        if action == "stop_now":
            return self.live and self.moving != "paused"
        if action == "what_then":
            return self.moving == "paused"
        if action == "go_on":
            return not self.live and self.followed is not None and self._plotting.place is not None
        return super().check_action(action, parameters)
