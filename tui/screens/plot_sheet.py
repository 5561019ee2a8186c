"""SheetScreen: a sheet, how it is to be drawn, and what that takes; the part of Plot where no pen moves."""

from __future__ import annotations

import threading
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.events import Click
from textual.widgets import Static

from configs.errors import MonolineError
from tui.messages import PlotterFound, WorkFailed
from tui.plot_choice import Made, PlotChoice, make_ready, recipe_words
from tui.plotting import estimate
from tui.screens.following import FollowingScreen
from tui.screens.how_to_draw import words as how_words
from tui.screens.layer_choices import layer_colours
from tui.screens.more_choices import ask_for_more
from tui.screens.sheet_choice import ask_for_sheet
from tui.widgets.checklist import Checklist
from tui.widgets.header import StudioHeader
from tui.widgets.keys import Keys
from tui.widgets.plot_options import PlotOptions
from tui.widgets.sheet_view import PaperShown, SheetView

if TYPE_CHECKING:
    from plotter.pens import Pen
    from plotter.ports import Port
    from plotter.route import Place
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
WATCH_S = 2.0
"""Between two looks at what is plugged in."""


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
        self.wire = threading.Lock()
        """Held by whatever opens a plotter's port from here."""
        self._choice: PlotChoice | None = None
        self._how: tuple[str, tuple[tuple[str, float], ...]] = ("usual", ())
        """Handling and settings, which stay for the next sheet."""
        self.pens: tuple[Pen, ...] = ()
        """Those of the studio."""
        self.whole: Sheet | None = None
        """As it is in its file."""
        self._made: Made | None = None
        self._begin: Place | None = None
        """Where to begin; None for the beginning."""
        self._asked = 0
        """Counts what was asked for, so that a late answer is known as such."""
        self._word = ""
        self._watching = False
        self._pens_error = ""

    @property
    def path(self) -> Path | None:
        """The file of the sheet that is shown."""
        return None if self._choice is None else self._choice.sheet

    @property
    def live(self) -> bool:
        """Whether a plot goes on; the sheet is then that plot's."""
        return False

    @property
    def verdict(self) -> str:
        """Whether the sheet can be drawn, in a word."""
        return "READY"

    def leave_plot(self) -> None:
        """Show no plot any more."""

    def check(self) -> None:
        """Look whether all is right for a plot."""

    def compose(self) -> ComposeResult:
        """Header, sheet, side, footer."""
        yield StudioHeader()
        with Horizontal():
            yield SheetView(empty=EMPTY, id="paper")
            with VerticalScroll(id="side", can_focus=False):
                yield Static("NO SHEET", id="word", markup=False)
                yield Static("", id="about", markup=False)
                yield Checklist(id="checks")
                yield Static("", id="figures", markup=False)
                yield PlotOptions(id="options")
                yield Static("", id="remarks", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Look for plotters, now and every now and then."""
        self.query_one(Checklist).display = False
        self.watch_ports()
        self.set_interval(WATCH_S, self.watch_ports)

    def refresh_shared(self) -> None:
        """Take the sheet that another screen sent, unless the pen is busy; look whether a plot goes on."""
        self.poll(everything=True)
        self.look_for_pens()
        if self.monoline.sheet is not None and not self.live:
            self.open_sheet(self.monoline.sheet)

    def open_sheet(self, path: Path) -> None:
        """Show a sheet and make it ready; one that another screen has sent is forgotten over it."""
        queue = self.monoline.queue if path == self.monoline.sheet else ()
        handling, values = self._how
        self.choose(PlotChoice(path, queue=queue, handling=handling, values=values))

    def choose(self, choice: PlotChoice) -> None:
        """Make this ready, to be drawn from its beginning."""
        self.monoline.sheet = None
        self._choice, self._how = choice, (choice.handling, choice.values)
        self.leave_plot()
        self._prepare()

    def _prepare(self) -> None:
        if self._choice is None or self.live:
            return
        options = self.query_one(PlotOptions)
        self._asked += 1
        self._made, self._begin = None, None
        self.say("MAKING READY", self._choice.sheet.name, "")
        self._read_and_plan(self._asked, self._choice, options.machine, options.optimised, options.pen)

    @work(thread=True, group="ready", exit_on_error=False)
    def _read_and_plan(self, asked: int, choice: PlotChoice, machine: str, optimised: bool, pen: str) -> None:
        from plotter.sheet import read_sheet

        studio = self.monoline.studio
        try:
            self.app.call_from_thread(self._sheet_read, asked, read_sheet(choice.sheet))
            made = make_ready(
                choice, machine, optimised=optimised, pen=pen, studio=None if studio is None else studio.folder
            )
        except MonolineError as error:
            self.app.call_from_thread(self._not_ready, asked, str(error))
            return
        self.app.call_from_thread(self._made_ready, asked, made)

    def _sheet_read(self, asked: int, sheet: Sheet) -> None:
        if asked == self._asked:
            self.whole = sheet
            self.query_one(SheetView).show(shown(sheet))

    def _not_ready(self, asked: int, error: str) -> None:
        if asked == self._asked:
            self.say("NOT READY", self._choice.sheet.name if self._choice else "", "", error)

    def _made_ready(self, asked: int, made: Made) -> None:
        if asked != self._asked:
            return
        self._made = made
        view = self.query_one(SheetView)
        view.show(shown(made.ready.sheet))
        view.nib_mm = made.ready.sheet.nib_mm if made.pen is None else made.pen.nib_mm
        view.frames = tuple(cell.box for cell in made.ready.sheet.cells) if made.choice.cells else ()
        self.check()
        self.show_estimate()

    def show_estimate(self) -> None:
        """Show the sheet's figures."""
        made = self._made
        if made is None or self._choice is None or self.followed is not None:
            return
        options = self.query_one(PlotOptions)
        ready = made.ready
        about = [self._choice.sheet.name, f"{ready.sheet.paper}, margin {ready.sheet.margin_mm:g} mm"]
        about += [words] if (words := recipe_words(ready.sheet)) else []
        about += [f"drawn {how}"] if (how := how_words(made)) != "usual" else []
        figures = [estimate(ready, options.time_scale, made.passes), *made.figures(options.copies)]
        self.say(self.verdict, "\n".join(about), "\n".join(figures), "\n".join(self.remarks(made)))

    def remarks(self, made: Made) -> list[str]:
        """What a person should know, in words."""
        return list(made.ready.remarks)

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
        self.query_one(Checklist).display = self.followed is None and self._made is not None
        if self._word != word:  # the keys in the footer depend on it, and are costly to show
            self._word = word
            self.refresh_bindings()

    @on(PlotOptions.Changed)
    def _options_changed(self, event: PlotOptions.Changed) -> None:
        self.post_message(PlotterFound(self.query_one(PlotOptions).port))
        if event.anew and self.followed is None:
            self._prepare()
        elif event.anew:
            self._made = None  # what was made ready for the plot that is shown holds no more
        else:
            self.check()
            self.show_estimate()
        self.refresh_bindings()

    # where to begin

    def action_begin(self, by: int) -> None:
        """Begin so many lines later, or earlier."""
        from plotter.route import Place

        if self._made is None or self.live or self.followed is not None:
            return
        at = self._begin or Place()
        stroke = at.stroke + by + (1 if by < 0 and at.along_mm > 0 else 0)
        last = len(self._made.ready.sheet.drawing.lines) - 1
        self.begin_at(Place(min(max(0, stroke), last)))

    def begin_at(self, place: Place) -> None:
        """Begin there; what lies before it is not drawn."""
        if self._made is None:
            return
        self._begin = place
        self.query_one(SheetView).start = place if place.stroke or place.along_mm else None
        self._asked += 1
        self._plan_from(self._asked, self._made, place)

    @work(thread=True, group="ready", exit_on_error=False)
    def _plan_from(self, asked: int, made: Made, place: Place) -> None:
        planned = made.begin_at(place)
        planned.parts(1)  # each pass is planned here, and not where the screen is painted
        self.app.call_from_thread(self._planned, asked, planned)

    def _planned(self, asked: int, made: Made) -> None:
        if asked == self._asked:
            self._made = made
            self.show_estimate()

    def on_click(self, event: Click) -> None:
        """A click on the sheet begins there."""
        if not isinstance(event.widget, SheetView) or self._made is None or self.followed is not None:
            return
        if (at := event.widget.mm_at(event.x, event.y)) is not None:
            from plotter.selection import nearest_stroke

            self.begin_at(nearest_stroke(self._made.ready.sheet.drawing, *at))

    # what is at hand

    def action_sheet(self) -> None:
        """Choose a sheet."""
        ask_for_sheet(self, self.open_sheet)

    def action_more(self) -> None:
        """Choose what is rarely needed."""
        if self._made is not None:
            ask_for_more(self, self._made)

    def action_release(self) -> None:
        """Leave the choices, so that enter starts the plot again and chooses nothing."""
        self.set_focus(None)

    def action_travel(self) -> None:
        """Show the ways between strokes, or hide them."""
        view = self.query_one(SheetView)
        view.travel = not view.travel

    def action_ports(self) -> None:
        """Look at everything again: which plotters are plugged in, the pens, whether all is right."""
        self.watch_ports()
        self.look_for_pens()
        self.check()

    def watch_ports(self) -> None:
        """Look which plotters are plugged in, unless somebody is looking already."""
        if not self._watching:
            self._watching = True
            self._find_ports()

    @work(thread=True, group="ports", exit_on_error=False)
    def _find_ports(self) -> None:
        from plotter.ports import find_ports

        try:
            self.app.call_from_thread(self._ports_found, find_ports())
        finally:
            self._watching = False

    def _ports_found(self, found: list[Port]) -> None:
        self.query_one(PlotOptions).show_ports(found)

    @work(thread=True, group="pens", exit_on_error=False)
    def look_for_pens(self) -> None:
        """Read the pens of the studio."""
        from plotter.pens import read_pens

        if (studio := self.monoline.studio) is None:
            return
        try:
            self.app.call_from_thread(self._pens_found, read_pens(studio.folder))
        except MonolineError as error:
            if str(error) != self._pens_error:  # once is enough
                self._pens_error = str(error)
                self.post_message(WorkFailed("The pens can't be read", str(error)))

    def _pens_found(self, pens: tuple[Pen, ...]) -> None:
        self.pens = pens
        self.query_one(PlotOptions).show_pens(pens)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done as things are."""
        if action in ("sheet", "ports"):
            return not self.live
        if action == "release":
            return self.focused is not None and not self.live
        if action == "zoom":
            return self._made is not None
        if action in ("begin", "more"):
            return self._made is not None and self.followed is None
        return True


def shown(sheet: Sheet) -> PaperShown:
    """A sheet as a SheetView takes it."""
    paper = sheet.paper
    colours = layer_colours(sheet.layers)
    return PaperShown(paper.width_mm, paper.height_mm, sheet.drawing, sheet.margin_mm, str(paper), colours)
