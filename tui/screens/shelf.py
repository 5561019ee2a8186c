"""Shelf: all scans of all books as thumbnails, searched, labelled, tagged, and like each other."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.events import Key
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.screens.deciding import DecidingScreen
from tui.shelf import Item, ShelfBook, read_books
from tui.widgets.half_blocks import PictureView
from tui.widgets.header import StudioHeader
from tui.widgets.keys import Keys
from tui.widgets.thumbnails import Thumb, Thumbnails

HINT = "/ searches: sb03p012, 2_notes, book:sb02, 2019-03, tag:extra, favourite, label:none, like:sb03p012"
EMPTY = "No scan is like that. esc shows all of them again."
EMPTY_SHELF = "There are no scans on the shelf yet.\nGo back with esc, and add some with a."
TYPING_S = 0.2
"""After the last letter, before anything is looked for."""


class ShelfScreen(DecidingScreen):
    """Books on the left, scans in the middle, the one under the cursor on the right."""

    HELP = "**Shelf.** Books on the left, scans in the middle; tab goes from one to the other, / searches."
    BINDINGS = [
        Binding("slash", "search", "Search", id="shelf.search"),
        Binding("f", "like", "Similar", id="shelf.like"),
        Binding("F", "favourites", "Favourites", show=False, id="shelf.favourites"),
        Binding("c", "clusters", "Clusters", id="shelf.clusters"),
        Binding("N", "naming", "Names", id="shelf.naming"),
        Binding("T", "timeline", "Timeline", id="shelf.timeline"),
        Binding("B", "covers", "Covers of the books", show=False, id="shelf.covers"),
        Binding("D", "duplicates", "Duplicates", show=False, id="shelf.duplicates"),
        Binding("ctrl+b,f2", "panel", "Panel", show=False, id="shelf.panel"),
        Binding("escape,q", "close", "Back", id="shelf.close"),
    ]
    DEFAULT_CSS = """
    ShelfScreen #shelf-query { height: 1; border: none; padding: 0 1; background: $panel; }
    ShelfScreen #shelf-books { width: 24; height: 1fr; border: round $panel; background: $background; }
    ShelfScreen #shelf-books:focus { border: round $primary; }
    ShelfScreen #shelf-middle { width: 1fr; height: 1fr; }
    ShelfScreen #shelf-empty { height: 1fr; content-align: center middle; text-align: center; }
    ShelfScreen #shelf-side { width: 40; padding: 0 1; }
    ShelfScreen #shelf-told { height: 5; color: $foreground 70%; }
    ShelfScreen #shelf-state { height: 1; padding: 0 1; color: $foreground 70%; }
    ShelfScreen.-narrow #shelf-books { width: 20; }
    """

    def __init__(self, book: str = "", query: str = "", *, searching: bool = False) -> None:
        """Args:
        book: only its scans; empty for all books.
        query: what is looked for, in the language of prep.search.
        searching: begin in the line that is typed into.
        """
        super().__init__()
        self.book, self.query_text, self._searching = book, query, searching
        self.books: tuple[ShelfBook, ...] = ()
        self._total = 0
        self._listed = False
        self._typing: Any = None

    def compose(self) -> ComposeResult:
        """Header, the line to search in, three columns, what is marked, footer."""
        yield StudioHeader()
        yield Input(self.query_text, placeholder=HINT, id="shelf-query", compact=True)
        with Horizontal():
            yield OptionList(id="shelf-books")
            with Vertical(id="shelf-middle"):
                yield Thumbnails(size=1, id="thumbs")
                yield Static("", id="shelf-empty", markup=False)
            with Vertical(id="shelf-side", classes="panel"):
                yield PictureView(id="large")
                yield Static("", id="shelf-told", markup=False)
        yield Static("", id="shelf-state", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Ask for the books and the scans."""
        self.query_one("#shelf-books", OptionList).border_title = "sketchbooks"
        self.query_one("#shelf-empty").display = False
        (self.query_one(Input) if self._searching else self.thumbnails).focus()
        self.find()
        self.ask("shelf_books", self._take_books, newest="books")

    # books

    def _take_books(self, told: dict[str, Any]) -> None:
        self.books = read_books(told["books"])
        self.labels = tuple(dict.fromkeys((*self.labels, *told.get("labels", ()))))
        options = self.query_one("#shelf-books", OptionList)
        lines = [Text(f"{'all':<7}{sum(book.scans for book in self.books):>7,}")]
        lines += [_line(book) for book in self.books]
        with self.prevent(OptionList.OptionHighlighted):
            options.clear_options()
            options.add_options([Option(line) for line in lines])
            names = ["", *(book.name for book in self.books)]
            options.highlighted = names.index(self.book) if self.book in names else 0

    @on(OptionList.OptionHighlighted, "#shelf-books")
    def _book_chosen(self, event: OptionList.OptionHighlighted) -> None:
        book = self.books[event.option_index - 1].name if event.option_index else ""
        if book != self.book:
            self.book = book
            self.find()

    @on(OptionList.OptionSelected, "#shelf-books")
    def _book_taken(self) -> None:
        self.thumbnails.focus()

    # the list

    def find(self) -> None:
        """List what is looked for."""
        self.show_list(do="shelf", query=self.query_text, book=self.book)

    def list_changed(self, told: dict[str, Any]) -> None:
        """Say how many there are, or what to do where there are none."""
        self._total, self._listed = int(told["total"]), True
        self.labels = tuple(dict.fromkeys((*self.labels, *told.get("labels", ()))))
        self.thumbnails.display = bool(self._total)
        empty = self.query_one("#shelf-empty", Static)
        empty.display = not self._total
        everything = not self.query_text and not self.book
        empty.update(str(told.get("wrong") or (EMPTY_SHELF if everything else EMPTY)))
        if not self._total:
            self.item_chosen()
            self.show_large()
        elif self.focused is None:
            self.thumbnails.focus()
        self.selection_changed()

    @property
    def covers(self) -> bool:
        """Whether each book is shown by the scan that stands for it."""
        return self.listing.get("do") == "covers"

    def thumb(self, item: Item) -> Thumb:
        """With its book where all are shown; a book by its name."""
        return Thumb(item.key, item.book) if self.covers else item.thumb(book=not self.book)

    def item_chosen(self) -> None:
        """Tell what is known of it."""
        self.query_one("#shelf-told", Static).update(self.item.told if self.item is not None else "")
        self.refresh_keys()

    def selection_changed(self) -> None:
        """Tell how many there are, and what a digit would do."""
        marked, things = len(self.thumbnails.marked), "book" if self.covers else "scan"
        count = f"{self._total:,} {things if self._total == 1 else f'{things}s'}"
        what = f"{marked:,} marked" if marked else "this one, space marks more"
        back = "   esc all again" if self.query_text else ""
        words = f"{count}{back}   0-9 label {what}: {'  '.join(self.labels[:5])}"
        if self.covers:
            words = f"{count}   enter shows the scans of one, esc all again"
        self.query_one("#shelf-state", Static).update(words)
        self.refresh_keys()

    def decided(self, told: dict[str, Any]) -> None:
        """The list and the counts may be others now."""
        super().decided(told)
        self.ask("shelf_books", self._take_books, newest="books")

    # searching

    def action_search(self) -> None:
        """Go to the line that is typed into."""
        self.query_one(Input).focus()

    @on(Input.Changed, "#shelf-query")
    def _typed(self, event: Input.Changed) -> None:
        if self._typing is not None:
            self._typing.stop()
        if event.value != self.query_text:
            self._typing = self.set_timer(TYPING_S, self._look_for)

    def _look_for(self) -> None:
        text = self.query_one(Input).value.strip()
        if text != self.query_text:
            self.query_text = text
            self.find()

    @on(Input.Submitted, "#shelf-query")
    def _submitted(self) -> None:
        self._look_for()
        self.thumbnails.focus()

    def on_key(self, event: Key) -> None:
        """Down leads from the line to the scans."""
        if event.key == "down" and isinstance(self.focused, Input):
            event.stop()
            self._submitted()

    def search(self, text: str) -> None:
        """Look for something."""
        self.query_text = text
        with self.prevent(Input.Changed):
            self.query_one(Input).value = text
        self.find()

    def action_like(self) -> None:
        """Those that are like the one under the cursor, the likest first."""
        if self.item is not None:
            self.book = ""
            with self.prevent(OptionList.OptionHighlighted):
                self.query_one("#shelf-books", OptionList).highlighted = 0
            self.search(f"like:{self.item.page}" if " " not in self.item.page else f'like:"{self.item.page}"')

    def action_favourites(self) -> None:
        """Favourites only, or all."""
        self.search("" if self.query_text == "favourite" else "favourite")

    # onwards

    def action_covers(self) -> None:
        """The books by their covers, or their scans again."""
        if self.covers:
            self.find()
        else:
            self.show_list(do="covers")

    def show_book(self, book: str) -> None:
        """Only the scans of this one."""
        self.book = book
        self.find()
        names = ["", *(each.name for each in self.books)]
        with self.prevent(OptionList.OptionHighlighted):
            self.query_one("#shelf-books", OptionList).highlighted = names.index(book) if book in names else 0

    def open_item(self) -> None:
        """Look at a scan from near, or at the scans of a book."""
        if self.item is not None and self.covers:
            self.show_book(self.item.book)
        else:
            super().open_item()

    def action_clusters(self) -> None:
        """Sort scans by clusters."""
        from tui.screens.clusters import ClustersScreen

        self.app.push_screen(ClustersScreen(), lambda _: self.decided({}))

    def action_naming(self) -> None:
        """Leaf through a book of loose scans and number its pages."""
        from tui.screens.naming import NamingScreen

        book = self.book or (self.item.book if self.item is not None else "")
        if book:
            self.app.push_screen(NamingScreen(book), lambda _: self.decided({}))

    def action_timeline(self) -> None:
        """How often what is looked for is in each book."""
        from tui.screens.timeline import TimelineScreen

        def chosen(where: tuple[str, str] | None) -> None:
            if where is not None:
                self.book, text = where
                self.search(text)
                self.ask("shelf_books", self._take_books, newest="books")

        self.app.push_screen(TimelineScreen(self.query_text), chosen)

    def action_duplicates(self) -> None:
        """Scans that are nearly the same."""
        from tui.screens.duplicates import DuplicatesScreen

        self.app.push_screen(DuplicatesScreen(), lambda _: self.decided({}))

    def action_close(self) -> None:
        """Leave the line that is typed into, what was looked for, or the shelf."""
        if isinstance(self.focused, Input):
            self.thumbnails.focus()
        elif self.thumbnails.marked:
            self.thumbnails.unmark()
        elif self.query_text or self.covers:
            self.search("")
        else:
            self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is about a scan needs one."""
        if action in ("like", "label", "label_dialog", "tag", "favour"):
            return True if self.item is not None else None
        if action == "naming":
            return True if self.book or self.item is not None else None
        return True


def _line(book: ShelfBook) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(f"{book.name:<9.9}{book.scans:>5,}")
    if book.labelled < book.scans:
        text.append(" ·")
    return text
