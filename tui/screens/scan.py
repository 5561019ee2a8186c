"""Scan: what a person puts right on a traced page."""

from __future__ import annotations

from textual import on
from textual.binding import Binding
from textual.widgets import Static

from tui.screens.looking import REACH, LookingScreen
from tui.widgets.dialog import ListDialog, ZoomScreen
from tui.widgets.page_view import PageView, words_of
from tui.widgets.slider import Slider
from tui.widgets.trace_panel import TracePanel

MENU = (
    ("flip", "f  let the lines cross another way"),
    ("check", "space  the crossing is right as it is"),
    ("cut", "c  cut the line here"),
    ("join", "j  join this end with another one"),
    ("start", "s  begin the drawing here"),
    ("reverse('stroke')", "r  turn this stroke around"),
    ("reverse('drawing')", "R  turn the whole drawing around"),
    ("delete('stroke')", "d  take this stroke away"),
    ("delete('drawing')", "D  take the whole drawing away"),
    ("undo_correction", "^z  take back the newest correction"),
    ("close_up", "z  this drawing alone, or the whole page"),
)
"""Actions of the menu, and what they are called there."""
LINE = ("cut", "delete", "reverse", "start")
"""Actions that need a line under the cursor."""
TRACED = (*LINE, "flip", "check", "join", "doubt", "menu")
"""Actions that need lines at all, and say so where there are none yet."""


class ScanScreen(LookingScreen):
    """Looks at a scan, and corrects what was traced."""

    HELP = (
        "**Scan.** Arrows go from place to place, with shift a little; a click points, a drag moves, the wheel zooms."
    )
    BINDINGS = [
        Binding("n", "doubt(1)", "Next doubt", id="scan.next_doubt"),
        Binding("N", "doubt(-1)", "Doubt before", show=False, id="scan.doubt_before"),
        Binding("f", "flip", "Flip", id="scan.flip"),
        Binding("space", "check", "Right as it is", show=False, id="scan.check"),
        Binding("c", "cut", "Cut", id="scan.cut"),
        Binding("j", "join", "Join", id="scan.join"),
        Binding("d,delete", "delete('stroke')", "Delete", id="scan.delete"),
        Binding("D", "delete('drawing')", "Delete the drawing", show=False, id="scan.delete_drawing"),
        Binding("r", "reverse('stroke')", "Reverse the stroke", show=False, id="scan.reverse"),
        Binding("R", "reverse('drawing')", "Reverse the drawing", show=False, id="scan.reverse_drawing"),
        Binding("s", "start", "Begin the drawing here", show=False, id="scan.start"),
        Binding("ctrl+z,u", "undo_correction", "Take back a correction", show=False, id="scan.undo"),
        Binding("b", "before", "View", id="scan.before"),
        Binding("a,enter", "menu", "More", id="scan.menu"),
        Binding("p", "picture", "Picture or ink", show=False, id="scan.picture"),
        Binding("z", "close_up", "Drawing or page", show=False, id="scan.close_up"),
        Binding("Z", "sharp", "Scan in pixels", show=False, id="scan.sharp"),
        Binding("plus,equals_sign", "closer(1)", "Closer", show=False, id="scan.closer"),
        Binding("minus", "closer(-1)", "Farther", show=False, id="scan.farther"),
        Binding("0", "whole", "Whole page", show=False, id="scan.whole"),
        Binding("left_square_bracket", "scan(-1)", "Scan before", show=False, id="scan.scan_before"),
        Binding("right_square_bracket", "scan(1)", "Next scan", show=False, id="scan.next_scan"),
        Binding("l", "simple", "Points as learnt", show=False, id="scan.simple"),
        Binding("i", "fine", "Fine detail", show=False, id="scan.fine"),
        Binding("k", "backend", "Other tracer", show=False, id="scan.backend"),
        Binding("ctrl+r", "reset", "Settings as before", show=False, id="scan.reset"),
        Binding("ctrl+b,f2", "panel", "Panel", show=False, id="scan.panel"),
        Binding("escape,q", "close", "Back", id="scan.close"),
    ]

    def show_state(self) -> None:
        """What is looked at, what is under the cursor, and what may be done."""
        scan = self.scan
        self.query_one("#before-title", Static).update(f"{scan.page}  {'ink' if self.ink_before else 'scan'}")
        what = "lines over ink" if self.mode == "over" else "lines"
        count = 0 if self.page is None else len(self.page.drawings)
        drawings = "" if self.page is None else "  1 drawing" if count == 1 else f"  {count} drawings"
        self.query_one("#after-title", Static).update(f"{scan.page}  {what}{drawings}{'  …' if self.working else ''}")
        doubtful = 0 if self.things is None else len(self.things.doubtful)
        checked = sum(each.kind == "check" for each in self.corrections)
        corrections = len(self.corrections) - checked
        self.query_one(TracePanel).tell_page(self.page, (doubtful, checked), corrections, self.seconds)
        self.query_one("#scan-state", Static).update(self._words(doubtful))
        self.refresh_keys()

    def _words(self, doubtful: int) -> str:
        if self.failed:
            return self.failed
        if self.page is None:
            return "The scan is being read and traced ..."
        if self.end is not None:
            return "Go to the other end and press j again; esc leaves it."
        thing = self.thing()
        if thing.is_doubtful and self.things is not None:
            rank = 1 + (self.things.rank(thing.at) or 0)
            return f"doubt {rank} of {doubtful}: {words_of(thing)}   f otherwise, space right"
        if thing.kind or not doubtful:
            return words_of(thing)
        return f"nothing here; n goes to the first of {doubtful} doubtful crossings"

    @on(PageView.Pointed)
    def _pointed(self, event: PageView.Pointed) -> None:
        if self.things is None:
            return
        found = self.things.nearest(event.place, REACH * self.view.scale)
        self.point(found.at if found.kind else event.place)
        if self.end is not None and found.is_end:
            self.action_join()
        elif event.again:
            self.action_menu()

    # putting right

    def action_flip(self) -> None:
        """Let the lines go through the crossing the next other way."""
        self.keep("flip", self.thing().at)

    def action_check(self) -> None:
        """The crossing is right: it is doubtful no more. Go on to the next one that is."""
        thing = self.thing()
        rank = self.things.rank(thing.at) if self.things is not None else None
        if not self.keep("check", thing.at) or rank is None or self.things is None:
            return
        if left := self.things.doubtful:
            self.look_at(left[rank % len(left)].at)
        else:
            self.notify("No crossing of this scan is doubtful any more; ctrl+z takes the last check back.", timeout=4)

    def action_cut(self) -> None:
        """End a stroke here and begin another; a connector is taken away."""
        self.keep("cut", self.thing().at)

    def action_delete(self, what: str) -> None:
        """Take a stroke or a drawing away."""
        if self.keep("delete", self.thing().at, value=what):
            self.notify(f"The {what} is taken away; ctrl+z brings it back.", timeout=4)

    def action_reverse(self, what: str) -> None:
        """Have a stroke or a drawing drawn the other way round."""
        self.keep("reverse", self.thing().at, value=what)

    def action_start(self) -> None:
        """Have the drawing begin here."""
        self.keep("start", self.thing().at)

    def action_join(self) -> None:
        """Take the end under the cursor; then, at another one, connect the two."""
        if self.must_wait() or self.things is None or self.cursor is None:
            return
        found = self.things.end(self.cursor, 2 * REACH * self.view.scale)
        if found is None:
            self.notify("There is no end of a line here; arrows go from one to the next.", severity="warning")
        elif self.end is None:
            self.end = found.at
            self.point(found.at)
        else:
            first, self.end = self.end, None
            if first != found.at:
                self.keep("join", first, found.at)
            self.point(found.at)

    def action_undo_correction(self) -> None:
        """Take back the newest correction of this scan."""
        undone = self.take_back()
        self.notify("There is no correction to take back." if undone is None else f"Taken back: {undone}", timeout=3)

    def action_menu(self) -> None:
        """What can be done with what is under the cursor."""
        if self.must_wait():
            return
        lines = [(action, words) for action, words in MENU if self.check_action(*_called(action))]

        async def chosen(action: str | None) -> None:
            if action is not None:
                await self.run_action(action)

        self.app.push_screen(ListDialog(words_of(self.thing()).capitalize(), lines), chosen)

    def action_sharp(self) -> None:
        """Show what is seen of the scan in pixels, which few terminals can."""
        from drawing.drawing import Drawing
        from tui.widgets.sharp_view import scan_picture

        if self.picture is not None:
            make = scan_picture(self.picture.grey, self.view.box(*self._cells))
            self.app.push_screen(ZoomScreen(Drawing(()), make=make))

    def action_close(self) -> None:
        """Leave a join, a slider, or the scan; the settings stay as they were chosen."""
        if self.end is not None:
            self.end = None
            self.point(self.cursor or (0.0, 0.0))
        elif isinstance(self.focused, Slider):
            self.pane.focus()
        else:
            self.keep_settings()
            self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a crossing, a line or an end waits for one."""
        if action == "sharp":
            return self.picture is not None and bool(self.monoline.sharpness.kind)
        thing = self.thing()
        if self.page is None and action in TRACED:
            return None if self.failed else True
        if action in ("flip", "check"):
            other = thing.kind == "crossing" and thing.choices > 1
            return True if other and not (action == "check" and thing.settled) else None
        if action in LINE and not thing.kind:
            return None
        if action == "join" and (self.things is None or not self.things.ends):
            return None
        if action == "doubt" and (self.things is None or not self.things.doubtful):
            return None
        if action == "undo_correction" and not self.corrections:
            return None
        if action == "scan" and len(self.scans) < 2:
            return None
        return True


def _called(action: str) -> tuple[str, tuple[object, ...]]:
    name, _, rest = action.partition("(")
    return name, (rest,) if rest else ()
