"""LiveScreen: a plot as long as it goes on and thereafter; what it tells, and what it is told."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from configs.errors import MonolineError
from tui.figures import duration, metres
from tui.going_on import Place, find_place
from tui.messages import WorkFailed
from tui.plot_choice import Made, PlotChoice, recipe_words
from tui.plotting import BROKEN_OFF, LIVE, WAITS, Plotting
from tui.screens.plot_checks import CheckedScreen
from tui.screens.plot_sheet import shown
from tui.widgets.change_dialog import Change, ChangeDialog
from tui.widgets.dialog import ChoiceDialog
from tui.widgets.sheet_view import SheetView

if TYPE_CHECKING:
    from plotter.pens import Pen
    from plotter.sheet import Sheet
    from studio.runs import Run, State
    from tui.follower import News

FILLED = "Filled, resume"
SAID = ("paper", "pen", "pause")
"""What a plot waits for that it has words of its own for."""


class LiveScreen(CheckedScreen):
    """Follows a plot, whoever started it."""

    def __init__(self) -> None:
        super().__init__()
        self._plotting = Plotting()
        self._state: State | None = None
        self._loaded = ("", "")
        """Names of the plot and of its sheet that are shown."""
        self._ink_mm: list[float] = [0.0]
        """Ink of the sheet before each of its lines."""
        self._recipes = ""
        self._place: Place | None = None
        """Where the plot that is shown can go on."""
        self._changed: dict[str, dict[str, float]] = {}
        """Settings that were changed since it began, by the pen they hold for."""
        self._ours = False
        """Whether the plot that is shown was started here."""
        self._until_then: Run | PlotChoice | None = None
        """What was shown before a plot that goes on took its place."""

    @property
    def live(self) -> bool:
        """Whether the plot that is shown goes on."""
        return self.followed is not None and (self._state is None or self._state.value in LIVE)

    @property
    def moving(self) -> str:
        """What the plot is doing, as drawing or paused; empty if there is none."""
        return self._plotting.state if self.live else ""

    def leave_plot(self) -> None:
        """Show no plot any more."""
        self.follow(None)
        self._state, self._plotting, self._loaded = None, Plotting(), ("", "")
        self._place, self._recipes, self._changed = None, "", {}

    def take_up(self, run: Run, made: Made | None = None) -> None:
        """Show this plot, and follow it.

        Args:
            made: what it draws, if it is at hand, to be drawn once more.
        """
        from studio.runs import read_told

        self._until_then = self.followed or self._choice
        self._plotting, self._state = Plotting(arguments=read_told(run.folder).arguments), None
        self._place, self._changed, self._made = None, {}, made
        self._ours = run.ours
        self._asked += 1  # an estimate that comes now comes too late
        self._choice = PlotChoice(run.folder / self._plotting.sheet)
        self.follow(run)
        self._load_sheet()

    def given_up(self, run: Run) -> bool:
        """A plot that could not begin takes its folder along: then what was shown before is shown again."""
        if run.folder.exists():
            return False
        why = "is gone from the studio" if self._plotting.values else "could not begin; nothing has moved"
        self.notify(f"The plot {run.name} {why}.")
        before, self._until_then = self._until_then, None
        self.leave_plot()
        if isinstance(before, PlotChoice):
            self.choose(before)
        elif before is not None and before.folder.exists():
            self.take_up(before)
        else:
            self._choice = self._made = self._begin = self.whole = None
            self.query_one(SheetView).show(None)
            self.say("NO SHEET", "", "")
        return True

    def _load_sheet(self) -> None:
        run = self.followed
        if run is not None and self._loaded != (run.name, self._plotting.sheet):
            self._loaded = run.name, self._plotting.sheet
            self._read_plot(run.folder / self._plotting.sheet, self._loaded)

    @work(thread=True, group="plot", exit_on_error=False)
    def _read_plot(self, path: Path, wanted: tuple[str, str]) -> None:
        from plotter.sheet import read_sheet

        try:
            self.app.call_from_thread(self._plot_read, wanted, read_sheet(path))
        except MonolineError as error:
            self.post_message(WorkFailed("The plot's sheet can't be shown", str(error)))

    def _plot_read(self, wanted: tuple[str, str], sheet: Sheet) -> None:
        if self._loaded != wanted:
            return
        self.query_one(SheetView).show(shown(sheet))
        self._ink_mm = [0.0, *itertools.accumulate(sheet.drawing.lengths.tolist())]
        self._recipes = recipe_words(sheet)
        self._show_plot()

    # what it tells

    def take_news(self, news: News) -> None:
        """Show what is new, and call where somebody is needed."""
        if not news.events and news.state is self._state:
            return
        before, was_live = (self.moving, self._plotting.why), self.live
        for event in news.events:
            self._plotting.take(event)
        self._state = news.state
        self._load_sheet()
        self._show_plot()
        if self.moving != before[0]:
            self.monoline.look_at_jobs()
        if not news.first and self.moving == "paused" and (self.moving, self._plotting.why) != before:
            self._call_for_a_person(self._plotting.why)
        if self.moving == "paused" and self.monoline.jobs.asked:
            self.monoline.jobs.asked = False
            self.action_what_then()
        if was_live and not self.live:
            self._ended(news)

    def _call_for_a_person(self, why: str) -> None:
        if why in WAITS:
            self.app.bell()
            said = next((text for text in reversed(self._plotting.said) if why in SAID), "")
            self.notify(said or WAITS[why], title=f"The plot waits: {why}", severity="warning", timeout=15)

    def _ended(self, news: News) -> None:
        if news.state.value in BROKEN_OFF:
            self._look_for_place(news.run)
        self.look_for_pens()
        if news.first:
            return
        plotting = self._plotting
        if news.state.value == "finished":
            # one that was taken up tells of what was drawn since
            drawn_mm = max(plotting.inked_mm, 1000 * float(plotting.result.get("drawn_m", 0.0)))
            text = f"{metres(drawn_mm)} drawn in {duration(plotting.before_s + plotting.done_s)}."
            self._ring(text, "The plot is done", "information")
        elif news.state.value in ("failed", "lost"):
            error = plotting.failed.error if plotting.failed is not None else "Its process ended without a last word."
            self._ring(error, "The plot was lost", "error")
        if news.state.value == "lost" and self._ours:
            self._rescue(news.run)

    @work(thread=True, group="start", exit_on_error=False)
    def _rescue(self, run: Run) -> None:
        """The process with the port was killed: the pen may be on the paper, and only we are left to raise it."""
        from plotter.job import rescue_pen

        with self.wire:
            raised = rescue_pen(run.folder)
        if raised:
            self.app.call_from_thread(self._ring, "Its process was killed.", "The pen was raised", "information")

    def _ring(self, text: str, title: str, severity: str) -> None:
        self.app.bell()
        self.notify(text, title=title, severity="error" if severity == "error" else "information", timeout=15)

    @work(thread=True, group="plot", exit_on_error=False)
    def _look_for_place(self, run: Run) -> None:
        self.app.call_from_thread(self._place_found, run, find_place(run.folder))

    def _place_found(self, run: Run, place: Place | None) -> None:
        if run is self.followed and not self.live:
            self._place = place
            self._show_plot()
            self.refresh_bindings()

    def _show_plot(self) -> None:
        from plotter.route import Place as Point

        run, plotting, state = self.followed, self._plotting, self._state
        if run is None or state is None:
            return
        view = self.query_one(SheetView)
        begin = Point(*plotting.begin)
        view.start = begin if begin != Point() else None
        before_mm = self._ink_mm[min(plotting.first_line, len(self._ink_mm) - 1)]
        view.inked_mm = None if state.value == "finished" else before_mm + plotting.inked_mm
        view.pen_mm = plotting.pen_mm if self.live else None
        about = "\n".join([run.name, plotting.where, *([self._recipes] if self._recipes else [])])
        hint = WAITS.get(plotting.why, "") if self.moving == "paused" else ""
        if self._place is not None:
            hint = f"r goes on from here: {self._place.words}."
        self.say(plotting.word(state), about, plotting.panel(state), hint)

    # what it is told

    def action_pause(self) -> None:
        """Slow down along the line, raise the pen, hold."""
        if self.followed is not None:
            self.followed.order("pause")

    def action_resume(self) -> None:
        """Lower the pen where the line was left, and go on."""
        if self.followed is not None:
            self.followed.order("resume")

    def action_filled(self) -> None:
        """The pen is full again: count its ink anew, and go on."""
        if self.followed is not None:
            self.followed.order("resume", refilled=True)

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
            "Abandon ends the plot; what is drawn stays drawn, and r goes on later."
        )
        choices = ("Stay paused", *((FILLED,) if self._plotting.why == "refill" else ()), "Resume", "Abandon")
        self.app.push_screen(ChoiceDialog("Paused", text, choices), self._answered)
        self.refresh_bindings()

    def _answered(self, answer: str | None) -> None:
        self.refresh_bindings()
        if answer == FILLED:
            self.action_filled()
        elif answer == "Resume":
            self.action_resume()
        elif answer == "Abandon" and self.followed is not None:
            self.followed.stop()

    def action_change(self) -> None:
        """While paused: other heights, another speed, another pen."""
        self._ask_for_change()

    @work(thread=True, group="pens", exit_on_error=False)
    def _ask_for_change(self) -> None:
        from plotter.axidraw import PlotSettings
        from plotter.pens import read_pens

        studio = self.monoline.studio
        try:
            pens = read_pens(studio.folder) if studio is not None else ()
        except MonolineError:  # heights can be changed without
            pens = ()
        changed = self._changed.get(self._plotting.part_pen, {})
        settings = PlotSettings.model_validate({**self._plotting.settings, **changed})
        self.app.call_from_thread(self._open_change, settings, pens)

    def _open_change(self, settings: object, pens: tuple[Pen, ...]) -> None:
        from plotter.axidraw import PlotSettings

        assert isinstance(settings, PlotSettings)
        if self.moving == "paused":
            can = pens if self._plotting.arguments.get("studio") else ()
            dialog = ChangeDialog(settings, can, self._plotting.pen)
            self.app.push_screen(dialog, self._change)

    def _change(self, change: Change | None) -> None:
        if change is None or self.followed is None or self.moving != "paused":
            return
        if change.pen is not None:
            self.followed.order("pen", name=change.pen)
            self._plotting.taken = self._plotting.part, change.pen
        if change.values:
            self.followed.order("settings", **change.values)
            self._changed.setdefault(self._plotting.part_pen, {}).update(change.values)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done as things are."""
        asked = isinstance(self.app.screen, ChoiceDialog)
        if action == "pause":
            return self.moving == "drawing"
        if action == "resume":  # while the question is open its own answers count, and the space bar lowers no pen
            return self.moving == "paused" and not asked
        if action == "filled":
            return self.moving == "paused" and not asked and bool(self._plotting.pen)
        if action == "stop_now":
            return self.live and self.moving != "paused"
        if action in ("what_then", "change"):
            return self.moving == "paused"
        return super().check_action(action, parameters)
