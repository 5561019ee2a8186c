"""Plot: a sheet on paper, looked at before, watched, paused, stopped, taken up again."""

from __future__ import annotations

import itertools
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.binding import Binding

from configs.errors import MonolineError
from tui.figures import duration
from tui.going_on import Place, Standing, find_place, look
from tui.history import Past, read_history
from tui.messages import WorkFailed
from tui.plot_choice import Made, PlotChoice
from tui.plotting import BROKEN_OFF, LIVE, SHEET
from tui.screens.exporting import ask_for_export
from tui.screens.plot_live import LiveScreen
from tui.widgets.checklist import said
from tui.widgets.dialog import ChoiceDialog, HistoryDialog, ZoomScreen
from tui.widgets.move_dialog import MoveDialog
from tui.widgets.plot_options import PlotOptions

if TYPE_CHECKING:
    from studio.runs import Run


class PlotScreen(LiveScreen):
    """Starts plots, and takes up those that were broken off."""

    HELP = "**Plot.** enter draws once each line of the list is ticked; space pauses; escape raises the pen."
    BINDINGS = [
        Binding("enter", "start", "Start", id="plot.start"),
        Binding("enter", "anew", "Draw anew", id="plot.anew"),
        Binding("space", "pause", "Pause", id="plot.pause"),
        Binding("space", "resume", "Resume", id="plot.resume"),
        Binding("f", "filled", "Pen filled", id="plot.filled"),
        Binding("c", "change", "Change", id="plot.change"),
        Binding("c", "more", "Choices", id="plot.more"),
        Binding("x,escape", "stop_now", "Stop now", show=False, id="plot.stop_now"),
        Binding("x,escape", "what_then", "Go on or end", id="plot.what_then"),
        Binding("escape", "release", "Back to the sheet", id="plot.release"),
        Binding("r", "go_on", "Go on", id="plot.go_on"),
        Binding("o", "sheet", "Sheet", id="plot.sheet"),
        Binding("h", "history", "History", id="plot.history"),
        Binding("u", "pen(True)", "Pen up", id="plot.pen_up"),
        Binding("d", "pen(False)", "Pen down", id="plot.pen_down"),
        Binding("j", "move", "Move", id="plot.move"),
        Binding("E", "export", "Export", show=False, id="plot.export"),
        Binding("z", "zoom", "Zoom", show=False, id="plot.zoom"),
        Binding("v", "travel", "Travel", show=False, id="plot.travel"),
        Binding("left_square_bracket", "begin(-1)", "Begin earlier", show=False, id="plot.earlier"),
        Binding("right_square_bracket", "begin(1)", "Begin later", show=False, id="plot.later"),
        Binding("left_curly_bracket", "begin(-10)", "Begin 10 earlier", show=False, id="plot.much_earlier"),
        Binding("right_curly_bracket", "begin(10)", "Begin 10 later", show=False, id="plot.much_later"),
        Binding("f5", "ports", "Look again", show=False, id="plot.ports"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._starting = False
        self._offered: set[str] = set()
        """Names of plots that were looked at, whether they can go on."""

    # what is shown

    def take_states(self, states: list[tuple[str, str]]) -> None:
        """A plot that goes on is shown, whoever started it; before anything else is, the last one if it can go on."""
        from studio.runs import Run

        states = [(name, state) for name, state in states if name not in self.unreadable]
        live = [name for name, state in states if state in LIVE[:2]]
        if self.runs_folder is None or self.live:
            return
        if live:
            self.take_up(Run(self.runs_folder / live[0]))
        elif self.followed is None and self._choice is None and states and states[0][1] in BROKEN_OFF:
            name = states[0][0]
            if name not in self._offered:
                self._offered.add(name)
                self._open_plot(self.runs_folder / name, None)

    def open_sheet(self, path: Path) -> None:
        """Show a sheet and make it ready; that of a plot that can go on, with what is drawn of it."""
        if path.parent.parent == self.runs_folder:
            self._open_plot(path.parent, path)
        else:
            super().open_sheet(path)

    @work(thread=True, group="plot", exit_on_error=False)
    def _open_plot(self, folder: Path, path: Path | None) -> None:
        self.app.call_from_thread(self._plot_opened, folder, path, find_place(folder) is not None)

    def _plot_opened(self, folder: Path, path: Path | None, can_go_on: bool) -> None:
        from studio.runs import Run

        if self.live or (can_go_on and self.followed is not None and self.followed.folder == folder):
            return
        if can_go_on and (path is not None or self._choice is None):
            self.monoline.sheet = None
            self.take_up(Run(folder))
        elif path is not None:
            super().open_sheet(path)

    def action_zoom(self) -> None:
        """Show the sheet on the whole screen, sharp where the terminal can."""
        from tui.widgets.sharp_view import sheet_picture

        if self._made is not None:
            sheet = self._made.ready.sheet
            self.app.push_screen(ZoomScreen(sheet.drawing, make=sheet_picture(sheet)))

    # a new plot

    def action_start(self) -> None:
        """Look once more at everything, then begin to draw; where a pen will move, ask first."""
        if self._made is not None and not self.live and not self._starting:
            self.check(self._checked)

    def _checked(self) -> None:
        made, options = self._made, self.query_one(PlotOptions)
        if made is None:
            return
        if self.bad:
            self.refuse(self.bad[0])
        elif options.simulated:
            self._start(made)
        else:
            dialog = ChoiceDialog("Draw on paper?", self._question(made), ("Not yet", "Start"))
            self.app.push_screen(dialog, partial(self._confirmed, made))

    def _question(self, made: Made) -> str:
        options, ready, settings = self.query_one(PlotOptions), made.ready, made.passes[0].ready.plan.settings
        parts = made.parts(options.copies)
        total_s = sum(part.duration_s for part in parts)
        papers = 1 + sum(part.wait == "paper" for part in parts)
        sheets = f"{papers} sheets, " if papers > 1 else ""
        pens = list(dict.fromkeys(part.pen for part in parts if part.pen))
        pen = f"the pen {parts[0].pen}" if parts[0].pen and len(pens) > 1 else "the pen"
        more = f" Pens: {', then '.join(pens)}; it waits for each." if len(pens) > 1 else ""
        warnings = "".join(f"\n! {said(check)}" for check in self.checks if check.state == "warning")
        return (
            f"{sheets}{ready.sheet.paper}, {duration(total_s)} on {ready.machine.title if ready.machine else ''} "
            f"at {options.port}.\n"
            f"Pen up at {settings.pen_up_pct:g} %, down at {settings.pen_down_pct:g} %.{more}{warnings}\n\n"
            f"Is the carriage at its home corner, the paper's top left corner there too, and {pen} in its clip?"
        )

    def _confirmed(self, made: Made, answer: str | None) -> None:
        if answer == "Start" and not self.live:
            self._start(made)

    def _start(self, made: Made) -> None:
        if self._starting:
            return
        options = self.query_one(PlotOptions)
        self._starting = True
        begun = made if self._begin is None else made.begin_at(self._begin)
        self._draw(begun, options.port, options.time_scale, options.copies)

    @work(thread=True, group="start", exit_on_error=False)
    def _draw(self, made: Made, port: str, time_scale: float, copies: int) -> None:
        """Draw in a process of its own, and follow it."""
        from plotter.job import start_plot
        from plotter.ready import new_plot_folder

        studio = self.monoline.studio
        assert studio is not None
        try:
            with self.wire:
                run = start_plot(
                    new_plot_folder(studio.plots, made.choice.sheet), made.parts(copies), port=port,
                    time_scale=time_scale, pen="" if made.pen is None else made.pen.name, studio=studio.folder,
                )  # fmt: skip
        except MonolineError as error:
            self._starting = False
            self.post_message(WorkFailed("The plot was not started", str(error)))
            return
        self.app.call_from_thread(self._started, run, made)

    def _started(self, run: Run, made: Made | None) -> None:
        self._starting = False
        self.monoline.look_at_jobs()
        self.take_up(run, made)

    def action_anew(self) -> None:
        """Make the plot that is shown ready once more, with all its sheets, to be drawn from its beginning."""
        if self.followed is None or self.live:
            return
        folder, told, options = self.followed.folder, self._plotting.arguments, self.query_one(PlotOptions)
        parts = [part for at, part in enumerate(told.get("parts") or [{}]) if at == 0 or part.get("wait") == "paper"]
        names = [str(part.get("sheet", SHEET)) for part in parts]
        copies = len(list(itertools.takewhile(lambda name: name == names[0], names)))
        for option, value in (("copies", copies), ("machine", told.get("machine")), ("pen", told.get("pen", ""))):
            options.choose(option, str(value))
        queue, values = tuple(folder / name for name in names[copies:]), self._plotting.unusual
        self.choose(PlotChoice(folder / names[0], queue=queue, values=values))

    @work(thread=True, group="history", exclusive=True, exit_on_error=False)
    def action_history(self) -> None:
        """Look through earlier plots, and show one."""
        if (plots := self.runs_folder) is not None:
            self.app.call_from_thread(self._show_history, read_history(plots))

    def _show_history(self, past: list[Past]) -> None:
        if self.app.screen is not self or self.live:
            return
        if not past:
            self.notify("There are no plots yet: o chooses a sheet, enter draws it.")
            return
        lines = [(each.folder.name, each.line) for each in past]
        self.app.push_screen(HistoryDialog("Plots", lines, self.followed.name if self.followed else ""), self._recall)

    def _recall(self, name: str | None) -> None:
        from studio.runs import Run

        if name is not None and self.runs_folder is not None and not self.live:
            self.monoline.sheet = None
            self.take_up(Run(self.runs_folder / name))

    def action_export(self) -> None:
        """Write the sheet, as it would be drawn, for another program or machine."""
        if self._made is not None:
            ask_for_export(self, self._made)

    # a plot that was broken off

    def action_go_on(self) -> None:
        """Draw the rest of a plot, whatever ended it; where a pen will move, ask first."""
        place, run, options = self._place, self.followed, self.query_one(PlotOptions)
        if place is None or run is None or self.live or self._starting:
            return
        port = place.port(options.port)
        if port == place.told.port and place.told.port == "simulator":
            scale = options.time_scale if options.simulated else place.told.time_scale
            self._go_on(run, {"time_scale": scale})
            return
        self._look_before(run, place, port)

    @work(thread=True, group="checks", exit_on_error=False)
    def _look_before(self, run: Run, place: Place, port: str) -> None:
        with self.wire:
            standing = look(port, place)
        self.app.call_from_thread(self._looked, run, place, port, standing)

    def _looked(self, run: Run, place: Place, port: str, standing: Standing) -> None:
        if run is not self.followed or self.live:
            return
        if bad := [check for check in standing.checks if check.state == "bad"]:
            self.refuse(bad[0])
            return
        text = f"{standing.words}\n\nIt goes on at {port}, from {place.words}. Is the pen in its clip?"
        dialog = ChoiceDialog("Go on?", text, ("Not yet", "Go on"))
        changed: dict[str, object] = {"port": port, "at_home": standing.at_mm is None}
        self.app.push_screen(dialog, partial(self._go_on_answered, run, changed))

    def _go_on_answered(self, run: Run, changed: dict[str, object], answer: str | None) -> None:
        if answer == "Go on" and run is self.followed and not self.live:
            self._go_on(run, changed)

    def _go_on(self, run: Run, changed: dict[str, object]) -> None:
        self._starting = True
        self._resume(run, changed)

    @work(thread=True, group="start", exit_on_error=False)
    def _resume(self, run: Run, changed: dict[str, object]) -> None:
        from plotter.job import resume_plot

        try:
            with self.wire:
                resumed = resume_plot(run.folder, **changed)
        except MonolineError as error:
            self._starting = False
            self.post_message(WorkFailed("The plot can't go on", str(error)))
            return
        self.app.call_from_thread(self._started, resumed, None)

    # the pen

    def action_pen(self, up: bool) -> None:
        """Raise or lower the pen, to put it into its clip: of a plot that is paused, or while nothing is drawn."""
        if self.live and self.followed is not None:
            self.followed.order("pen_up" if up else "pen_down")
        else:
            options = self.query_one(PlotOptions)
            self._move_pen(up, options.port, options.machine)

    @work(thread=True, group="pen", exclusive=True, exit_on_error=False)
    def _move_pen(self, up: bool, port: str, machine: str) -> None:
        import contextlib

        from plotter.axidraw import PlotSettings, find_machine
        from plotter.board import Board
        from plotter.care import lower_pen, raise_pen
        from plotter.official import is_official
        from plotter.official_process import move_pen
        from plotter.transport import open_transport

        settings = self._made.settings if self._made else find_machine(machine).apply(PlotSettings())
        try:
            if is_official(port):
                with self.wire:
                    move_pen(port, settings, self.query_one(PlotOptions).machine, up=up)
                return
            with self.wire, contextlib.closing(Board(open_transport(port))) as board:
                board.identify()
                (raise_pen if up else lower_pen)(board, settings)
        except MonolineError as error:
            self.post_message(WorkFailed("The pen was not moved", str(error)))

    def action_move(self) -> None:
        """Move the carriage by keys, while nothing is drawn."""
        from plotter.axidraw import PlotSettings, find_machine

        options, made = self.query_one(PlotOptions), self._made
        machine = find_machine(options.machine)
        settings = machine.apply(PlotSettings()) if made is None else made.settings
        bounds = None if made is None else made.ready.sheet.drawing.bounds
        dialog = MoveDialog(self.wire, options.port, machine, settings, bounds)
        self.app.push_screen(dialog, lambda _: self.check())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done as things are."""
        if action in ("start", "export"):
            return not self.live and self._made is not None
        if action == "anew":
            return not self.live and self._made is None and self.followed is not None
        if action == "history":
            return not self.live
        if action == "go_on":
            return not self.live and self._place is not None
        if action == "pen":
            if self.live:
                return self.moving == "paused"
            return self.is_mounted and not self.query_one(PlotOptions).simulated
        if action == "move":
            return not self.busy and self.is_mounted and not self.query_one(PlotOptions).without_board
        return super().check_action(action, parameters)
