"""AskingScreen: asks the worker about the shelf, and shows scans or drawings as thumbnails, a part at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.screen import Screen

from tui.messages import WorkFailed
from tui.screens.screen import StudioScreen
from tui.screens.tracing import ScanShown
from tui.shelf import Item, read_items, read_pictures
from tui.tracing import Answered, TracingEnded
from tui.widgets.half_blocks import PictureView
from tui.widgets.thumbnails import Thumbnails

if TYPE_CHECKING:
    from tui.app import Monoline

PAGE = 120
"""Rows that come at once."""
PICTURES = 60
"""Pictures that are asked for at once."""

Then = Callable[[dict[str, Any]], object]


class Asks(Screen[Any]):
    """Asks the worker, and passes each answer on to what waits for it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._then: dict[int, Then] = {}
        self._newest: dict[str, int] = {}

    def on_unmount(self) -> None:
        """Nothing more is of interest."""
        cast("Monoline", self.app).tracing.forget(self)

    def ask(self, do: str, then: Then | None = None, *, newest: str = "", **fields: Any) -> int:
        """Ask the worker something about the studio.

        Args:
            do: see prep.shelf_answers.
            then: gets each answer.
            newest: of all that was asked under this name only the newest counts.
        """
        monoline = cast("Monoline", self.app)
        if (studio := monoline.studio) is None:
            return 0
        number = monoline.tracing.ask(self, do, studio=str(studio.folder), **fields)
        if then is not None:
            self._then[number] = then
        if newest:
            self._then.pop(self._newest.get(newest, 0), None)
            self._newest[newest] = number
        return number

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        if (then := self._then.get(event.request)) is not None:
            then(event.told)

    @on(TracingEnded)
    def _ended(self, event: TracingEnded) -> None:
        self._then.pop(event.request, None)
        self.request_ended(event.request, event.error)
        if event.error:
            self.post_message(WorkFailed("That can't be done", event.error))

    def request_ended(self, request: int, error: str) -> None:
        """Nothing more comes for a request."""


class AskingScreen(Asks, StudioScreen):
    """One list of things, wherever the worker has it from, and the larger picture of the one under the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[int, Item] = {}
        """What is known of the list, by its place."""
        self.known: dict[str, Item] = {}
        """All that was ever in view."""
        self.listing: dict[str, Any] = {}
        """What was asked of the worker to get it."""
        self._pages = self._fetching = self._large = 0
        """Requests on their way."""
        self._came = False
        """Whether the last request for rows brought some."""
        self._shown = ""
        """What is seen large."""

    def request_ended(self, request: int, error: str) -> None:
        """Ask for more, where more is in view."""
        if request == self._fetching:
            self._fetching = 0
            if not error:
                self._fetch()
        if request == self._pages:
            self._pages = 0
            if self._came and not error:  # else what is unknown stays so
                self._look()

    # the list

    @property
    def thumbnails(self) -> Thumbnails:
        """Where the list is shown."""
        return self.query_one("#thumbs", Thumbnails)

    def show_list(self, *, cursor: int = 0, fit: int = 0, **listing: Any) -> None:
        """Show another list, from this place on.

        Args:
            fit: see Thumbnails.begin.
            listing: what is asked of the worker: ``do``, and whatever that needs.
        """
        self.listing = listing

        def begin(told: dict[str, Any]) -> None:
            self.items = {}
            self.thumbnails.begin(int(told["total"]), fit=fit, cursor=cursor)
            self._take(told)
            self.list_changed(told)

        first = max(0, cursor - PAGE // 2)
        self._pages = self.ask(then=begin, newest="list", first=first, count=PAGE, **listing)

    def reload(self) -> None:
        """Ask for the same list again, and stay where the cursor is."""
        if self.listing:
            self.show_list(cursor=self.thumbnails.cursor, fit=self.thumbnails.fit, **self.listing)

    def list_changed(self, told: dict[str, Any]) -> None:
        """Another list is shown."""

    def _take(self, told: dict[str, Any]) -> None:
        first, items = int(told["first"]), read_items(told["items"])
        self._came = bool(items)
        self.items.update(enumerate(items, first))
        self.known.update((each.key, each) for each in items)
        self.thumbnails.put(first, [self.thumb(each) for each in items])
        self._look()

    def thumb(self, item: Item) -> Any:
        """How one is shown in the list."""
        return item.thumb(book=True)

    @on(Thumbnails.Looked)
    def _look(self) -> None:
        """Ask for what is in view and not there yet."""
        unknown = self.thumbnails.unknown()
        if unknown and not self._pages and self.listing:
            first = max(0, unknown.start - PAGE // 4)
            self._pages = self.ask(then=self._take, newest="list", first=first, count=PAGE, **self.listing)
        self._fetch()

    def _fetch(self) -> None:
        keys = [] if self._fetching else self.thumbnails.unseen()[:PICTURES]
        if keys:
            columns, rows = self.thumbnails.cell
            self._fetching = self.ask("pictures", self._seen, keys=keys, columns=columns, rows=rows)

    def _seen(self, told: dict[str, Any]) -> None:
        cell = int(told["columns"]), int(told["rows"])
        self.thumbnails.put_pictures(read_pictures(told["pictures"]), cell)

    # the one under the cursor

    @property
    def item(self) -> Item | None:
        """The one under the cursor, as far as it is known."""
        return self.items.get(self.thumbnails.cursor)

    @on(Thumbnails.Chosen)
    def _chosen(self) -> None:
        self.item_chosen()
        self.show_large()

    def item_chosen(self) -> None:
        """Another one is under the cursor."""

    @on(Thumbnails.Opened)
    @on(PictureView.Opened)
    def _opened(self) -> None:
        self.open_item()

    def open_item(self) -> None:
        """Look at the scan under the cursor from near, or at that on which the drawing is."""
        if self.item is not None:
            self.ask("find", self._open_scan, text=self.item.page)

    def _open_scan(self, told: dict[str, Any]) -> None:
        from tui.screens.scan import ScanScreen

        self.app.push_screen(ScanScreen([ScanShown(told["page"], Path(told["path"]), Path(told["corrections_path"]))]))

    @on(PictureView.Wheeled)
    def _wheeled(self, event: PictureView.Wheeled) -> None:
        self.thumbnails.action_move(event.step)

    @property
    def large(self) -> PictureView:
        """Where the one under the cursor is shown large."""
        return self.query_one("#large", PictureView)

    def show_large(self, *, anew: bool = False) -> None:
        """Show the one under the cursor large, if there is room."""
        item, size = self.item, self.large.size
        if item is None or not size.width or not size.height:
            self.large.show(None)
            self._shown = ""
            return
        wanted = f"{item.key} {size.width} {size.height}"
        if wanted == self._shown and not anew:
            return
        self._shown = wanted

        def seen(told: dict[str, Any]) -> None:
            if self._shown == wanted:
                self.large.show(read_pictures(told["pictures"]).get(item.key))

        self.ask("pictures", seen, newest="large", keys=[item.key], columns=size.width, rows=size.height)
