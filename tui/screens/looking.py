"""LookingScreen: a scanned page before and after it is traced, as a whole or from near, with a cursor on it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widgets import Static

from tui.screens.tracing import ScanShown, TracingScreen
from tui.things import Thing
from tui.view import Place, View
from tui.widgets.header import StudioHeader
from tui.widgets.keys import Keys
from tui.widgets.page_view import PageView
from tui.widgets.trace_panel import TracePanel

REACH = 3.5
"""Dots from the cursor within which something is meant."""
STEP = 1.5
"""How much closer one key or turn of the wheel goes."""
NEAR = 2.0
"""Page pixels a dot, or fewer, at which a doubtful crossing is shown."""
MODES = ("both", "after", "over", "before")


class LookingScreen(TracingScreen):
    """The scan on the left, its lines on the right, settings and figures beside them."""

    DEFAULT_CSS = """
    LookingScreen #pages { height: 1fr; }
    LookingScreen .page-column { width: 1fr; }
    LookingScreen #before-column { border-right: solid $panel; }
    LookingScreen .page-title { height: 1; color: $foreground 60%; padding: 0 1; }
    LookingScreen #scan-state { height: 1; padding: 0 1; }
    """

    def __init__(self, scans: Sequence[ScanShown], index: int = 0) -> None:
        super().__init__(scans, index)
        self.mode = "both"
        self.ink_before = False
        self.view = View()
        self._fitted = True
        """The whole page is in view, whatever becomes of the terminal."""
        self.cursor: Place | None = None
        self.end: Place | None = None
        """The first end of a join."""

    def compose(self) -> ComposeResult:
        """Header, two pages and the panel, what is under the cursor, footer."""
        yield StudioHeader()
        with Horizontal(id="pages"):
            with Vertical(id="before-column", classes="page-column"):
                yield Static("", id="before-title", classes="page-title", markup=False)
                yield PageView(id="before")
            with Vertical(id="after-column", classes="page-column"):
                yield Static("", id="after-title", classes="page-title", markup=False)
                yield PageView(id="after")
            yield TracePanel(classes="panel")
        yield Static("", id="scan-state", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """The lines have the focus."""
        self.query_one("#after", PageView).focus()
        self._arrange()

    # showing

    @property
    def pane(self) -> PageView:
        """The one that is surely seen."""
        return self.query_one("#before" if self.mode == "before" else "#after", PageView)

    @property
    def _cells(self) -> tuple[int, int]:
        return self.pane.size.width, self.pane.size.height

    def on_resize(self, event: Resize) -> None:
        """Another terminal, another view of the page; once the panes have taken their room."""
        self.call_after_refresh(self._resized)

    def _resized(self) -> None:
        if self._fitted:
            self._fit()
        self._paint()

    def _arrange(self) -> None:
        self.query_one("#before-column").display = self.mode in ("both", "before")
        self.query_one("#after-column").display = self.mode != "before"
        self.pane.focus()
        self.call_after_refresh(self._resized)
        self.show_state()

    def _fit(self) -> None:
        if self.picture is not None and all(self._cells):
            height, width = self.picture.grey.shape
            self.view, self._fitted = View.of((0.0, 0.0, float(width), float(height)), *self._cells), True

    def _paint(self) -> None:
        for pane in self.query(PageView):
            if pane.id == "before":
                pane.shows = frozenset(("ink",) if self.ink_before else ("picture",))
            else:
                pane.shows = frozenset(("ink", "strokes") if self.mode == "over" else ("strokes",))
            pane.picture, pane.ink, pane.page, pane.things = self.picture, self.ink, self.page, self.things
            pane.view, pane.cursor, pane.marked = self.view, self.cursor, self.end
            pane.show()

    def show_picture(self, *, fresh: bool) -> None:
        """A scan that was just opened is seen whole."""
        if fresh:
            self.cursor = self.end = None
            self._fit()
        self._paint()

    def show_page(self) -> None:
        """The cursor begins where the first drawing does."""
        if self.cursor is None and self.page is not None and self.page.drawings:
            x, y = self.page.drawings[0].drawing.lines[0][0].tolist()
            self.cursor = (x, y)
        self._paint()
        self.show_state()

    def thing(self) -> Thing:
        """What is under the cursor."""
        if self.things is None or self.cursor is None:
            return Thing("", (0.0, 0.0))
        return self.things.nearest(self.cursor, REACH * self.view.scale)

    def point(self, place: Place) -> None:
        """Put the cursor there, in view."""
        self.cursor = place
        if not self._fitted and all(self._cells):
            self.view = self.view.showing(place, *self._cells)
        self._paint()
        self.show_state()

    # looking around

    def action_go(self, x: int, y: int) -> None:
        """To the next crossing or end in a direction; without one, a little that way."""
        if self.things is None or self.cursor is None:
            return
        found = self.things.toward(self.cursor, x, y, 1.5 * self.view.scale, ends=self.end is not None)
        if found is not None:
            self.point(found.at)
        else:
            self.action_nudge(x, y)

    def action_nudge(self, x: int, y: int) -> None:
        """By one cell."""
        if self.cursor is not None:
            self.point((self.cursor[0] + 2 * x * self.view.scale, self.cursor[1] + 4 * y * self.view.scale))

    def action_doubt(self, step: int) -> None:
        """To the next crossing that may be seen otherwise, near enough to judge it."""
        if self.must_wait() or self.things is None:
            return
        found = self.things.next_doubtful(self.cursor or (0.0, 0.0), step)
        if found is None:
            self.notify("No crossing here is doubtful.", timeout=2)
        else:
            self.look_at(found.at)

    def look_at(self, place: Place) -> None:
        """Put the cursor there, near enough to judge what is there."""
        self.view, self._fitted = View(*place, min(self.view.scale, NEAR)), False
        self.point(place)

    def action_closer(self, step: int) -> None:
        """Closer to the cursor, or away from it."""
        self._zoom(step, self.cursor or (self.view.x, self.view.y))

    def _zoom(self, step: int, about: Place) -> None:
        if self.picture is None or not all(self._cells):
            return
        height, width = self.picture.grey.shape
        whole = View.of((0.0, 0.0, float(width), float(height)), *self._cells)
        self.view = self.view.zoomed(STEP**step, about, whole.scale)
        self._fitted = math.isclose(self.view.scale, whole.scale)
        if self._fitted:
            self.view = whole
        self.view = self.view.within((width, height), *self._cells)
        self._paint()
        self.show_state()

    def action_whole(self) -> None:
        """The whole page."""
        self._fit()
        self._paint()
        self.show_state()

    def action_close_up(self) -> None:
        """The drawing under the cursor as large as it goes, or the whole page again."""
        thing = self.thing()
        if not self._fitted or self.page is None or thing.drawing < 0:
            self.action_whole()
            return
        box = self.page.drawings[thing.drawing].drawing.bounds
        self.view, self._fitted = View.of(box, *self._cells, air=1.08), False
        self._paint()
        self.show_state()

    def action_before(self) -> None:
        """Scan and lines side by side, lines alone, lines over ink, scan alone."""
        self.mode = MODES[(MODES.index(self.mode) + 1) % len(MODES)]
        self._arrange()

    def action_picture(self) -> None:
        """Show the scan as it is, or what counts as ink on it."""
        self.ink_before = not self.ink_before
        self._paint()
        self.show_state()

    def action_scan(self, step: int) -> None:
        """The next scan, or the one before."""
        self.end = None
        self.go_to(self.index + step)

    @on(PageView.Dragged)
    def _dragged(self, event: PageView.Dragged) -> None:
        if self.picture is not None and not self._fitted:
            height, width = self.picture.grey.shape
            self.view = self.view.moved(event.dots_x, event.dots_y).within((width, height), *self._cells)
            self._paint()

    @on(PageView.Wheeled)
    def _wheeled(self, event: PageView.Wheeled) -> None:
        self._zoom(event.step, event.place)
