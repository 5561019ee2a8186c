"""SheetScreen: a sheet, how it is to be drawn, and what that takes; the half of Plot where no pen moves."""

from __future__ import annotations

import contextlib
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Footer, Static

from configs.errors import MonolineError
from tui.messages import PlotterFound, WorkFailed
from tui.plotting import estimate
from tui.screens.following import FollowingScreen
from tui.screens.sheet_choice import ask_for_sheet
from tui.widgets.header import StudioHeader
from tui.widgets.plot_options import PlotOptions
from tui.widgets.sheet_view import PaperShown, SheetView

if TYPE_CHECKING:
    from plotter.ports import Port
    from plotter.ready import Ready
    from plotter.sheet import Sheet

EMPTY = "No sheet yet.\n\nPress o to choose one,\nor p in Sample or Interpolate."
COLOURS = {
    "DRAWING": "-going",
    "DONE": "-done",
    "FAILED": "-bad",
    "LOST": "-bad",
    "READY": "-done",
    "NOT READY": "-bad",
}


class SheetScreen(FollowingScreen):
    """The sheet on the left, what is to be known and chosen on the right."""

    AUTO_FOCUS = ""
    VERTICAL_BREAKPOINTS = [(0, "-low"), (34, "-middle"), (50, "-high")]
    DEFAULT_CSS = """
    SheetScreen #side { width: 38; padding: 0 1; background: $surface; scrollbar-size-vertical: 1; }
    SheetScreen.-narrow #side { width: 36; }
    SheetScreen #word { height: 1; text-align: center; text-style: bold; background: $panel; margin-bottom: 1; }
    SheetScreen.-middle #word, SheetScreen.-high #word { height: 3; content-align: center middle; }
    SheetScreen #word.-going { background: $accent; color: $background; }
    SheetScreen #word.-held { background: $warning; color: $background; }
    SheetScreen #word.-done { background: $success; color: $background; }
    SheetScreen #word.-bad { background: $error; color: $background; }
    SheetScreen #about, SheetScreen #figures { height: auto; margin-bottom: 1; }
    SheetScreen #remarks { height: auto; margin-top: 1; color: $foreground 70%; }
    """

    def __init__(self) -> None:
        super().__init__(attrgetter("plots"))
        self._sheet: Path | None = None
        self._ready: Ready | None = None
        self._asked = 0
        """Counts what was asked for, so that a late answer is known as such."""
        self._word = ""

    @property
    def path(self) -> Path | None:
        """The file of the sheet that is shown."""
        return self._sheet

    @property
    def live(self) -> bool:
        """Whether a plot goes on; the sheet is then that plot's."""
        return False

    def leave_plot(self) -> None:
        """Show no plot any more."""

    def compose(self) -> ComposeResult:
        """Header, sheet, side, footer."""
        yield StudioHeader()
        with Horizontal():
            yield SheetView(empty=EMPTY, id="paper")
            with VerticalScroll(id="side", can_focus=False):
                yield Static("NO SHEET", id="word", markup=False)
                yield Static("", id="about", markup=False)
                yield Static("", id="figures", markup=False)
                yield PlotOptions(id="options")
                yield Static("", id="remarks", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Look for plotters."""
        self.action_ports()

    def refresh_shared(self) -> None:
        """Take the sheet that another screen sent, unless the pen is busy; look whether a plot goes on."""
        self.poll(everything=True)
        if self.monoline.sheet is not None and not self.live:
            self.open_sheet(self.monoline.sheet)

    def open_sheet(self, path: Path) -> None:
        """Show a sheet and make it ready; one that another screen has sent is forgotten over it."""
        self.monoline.sheet = None
        self._sheet = path
        self.leave_plot()
        self._prepare()

    def _prepare(self) -> None:
        if self._sheet is None or self.live:
            return
        options = self.query_one(PlotOptions)
        self._asked += 1
        self._ready = None
        self.say("MAKING READY", self._sheet.name, "")
        self._read_and_plan(self._asked, self._sheet, options.machine, options.optimised)

    @work(thread=True, group="ready", exit_on_error=False)
    def _read_and_plan(self, asked: int, path: Path, machine: str, optimised: bool) -> None:
        from plotter.axidraw import find_machine
        from plotter.ready import ready_sheet
        from plotter.sheet import read_sheet

        try:
            self.app.call_from_thread(self._sheet_read, asked, read_sheet(path))
            ready = ready_sheet(path, find_machine(machine), optimised=optimised)
        except MonolineError as error:
            self.app.call_from_thread(self._not_ready, asked, str(error))
            return
        self.app.call_from_thread(self._made_ready, asked, ready)

    def _sheet_read(self, asked: int, sheet: Sheet) -> None:
        if asked == self._asked:
            self.query_one(SheetView).show(shown(sheet))

    def _not_ready(self, asked: int, error: str) -> None:
        if asked == self._asked:
            self.say("NOT READY", self._sheet.name if self._sheet else "", "", error)

    def _made_ready(self, asked: int, ready: Ready) -> None:
        if asked == self._asked:
            self._ready = ready
            self.query_one(SheetView).show(shown(ready.sheet))
            self._show_estimate()

    def _show_estimate(self) -> None:
        if self._ready is None or self._sheet is None:
            return
        options = self.query_one(PlotOptions)
        paper = f"{self._ready.sheet.paper}, margin {self._ready.sheet.margin_mm:g} mm"
        figures = estimate(self._ready, options.time_scale)
        self.say("READY", f"{self._sheet.name}\n{paper}", figures, "\n".join(self._ready.remarks))

    def say(self, word: str, about: str, figures: str, remarks: str = "") -> None:
        """Bring the side up to date."""
        label = self.query_one("#word", Static)
        label.update(word)
        label.set_classes(COLOURS.get(word, "-held" if word.startswith(("PAUS", "STOP")) else ""))
        for name, text in (("about", about), ("figures", figures), ("remarks", remarks)):
            box = self.query_one(f"#{name}", Static)
            box.update(text)
            box.display = bool(text)
        self.query_one(PlotOptions).display = not self.live
        if self._word != word:  # the keys in the footer depend on it, and are costly to show
            self._word = word
            self.refresh_bindings()

    @on(PlotOptions.Changed)
    def _options_changed(self, event: PlotOptions.Changed) -> None:
        self.post_message(PlotterFound(self.query_one(PlotOptions).port))
        if event.anew:
            self._prepare()
        elif self.followed is None:
            self._show_estimate()
        self.refresh_bindings()

    def action_sheet(self) -> None:
        """Choose a sheet."""
        ask_for_sheet(self, self.open_sheet)

    def action_release(self) -> None:
        """Leave the choices, so that enter starts the plot again and chooses nothing."""
        self.set_focus(None)

    def action_travel(self) -> None:
        """Show the ways between strokes, or hide them."""
        view = self.query_one(SheetView)
        view.travel = not view.travel

    @work(thread=True, group="ports", exit_on_error=False)
    def action_ports(self) -> None:
        """Look which plotters are plugged in."""
        from plotter.ports import find_ports

        self.app.call_from_thread(self._ports_found, find_ports())

    def _ports_found(self, found: list[Port]) -> None:
        self.query_one(PlotOptions).show_ports(found)

    @work(thread=True, group="pen", exclusive=True, exit_on_error=False)
    def action_pen(self, up: bool) -> None:
        """Raise or lower the pen while nothing is drawn, to put it into its clip."""
        from plotter.axidraw import PlotSettings
        from plotter.board import Board, PenServo
        from plotter.transport import open_transport

        settings = PlotSettings()
        heights = PenServo(settings.servo_up, settings.servo_down, settings.servo_raise_rate, settings.servo_lower_rate)
        try:
            board = Board(open_transport(self.query_one(PlotOptions).port))
            with contextlib.closing(board):
                board.identify()
                board.set_servo(heights)
                if up:
                    board.pen_up(settings.raise_ms)
                else:
                    board.pen_down(settings.lower_ms)
                board.wait_idle()
        except MonolineError as error:
            self.post_message(WorkFailed("The pen was not moved", str(error)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done as things are."""
        if action in ("sheet", "ports"):
            return not self.live
        if action == "release":
            return self.focused is not None and not self.live
        if action == "pen":
            return not self.live and self.is_mounted and not self.query_one(PlotOptions).simulated
        return True


def shown(sheet: Sheet) -> PaperShown:
    """A sheet as a SheetView takes it."""
    paper = sheet.paper
    return PaperShown(paper.width_mm, paper.height_mm, sheet.drawing, sheet.margin_mm, str(paper))
