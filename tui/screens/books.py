"""BooksScreen: sketchbooks and their scans, and the run that leads from them to a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual import on, work
from textual.events import ScreenResume
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from configs.errors import MonolineError
from tui.messages import Busy, WorkFailed
from tui.preparing import BookCounts, BookScan, read_counts, read_scans, summary
from tui.screens.points import PointsScreen
from tui.screens.preparing import PreparingScreen
from tui.screens.tracing import ScanShown
from tui.tracing import Answered, TracingEnded
from tui.widgets.canvas import Canvas
from tui.widgets.dialog import ChoiceDialog, PathDialog, TextDialog

if TYPE_CHECKING:
    from drawing.drawing import Drawing

DEMO_PAGES = 6
EACH, ONE = "Each is one", "All are one"
"""Whether the folders that are added are sketchbooks."""
DEMO = "the demo artist fills a sketchbook"


class PageDrawn(Message):
    """The drawings of a scan were read."""

    def __init__(self, page: str, drawing: Drawing | None) -> None:
        super().__init__()
        self.page, self.drawing = page, drawing


class ScansAdded(Message):
    """Scans were copied."""

    def __init__(self, words: str, book: str) -> None:
        super().__init__()
        self.words, self.book = words, book


class BooksScreen(PreparingScreen):
    """Knows the scans of the studio, adds to them, and shows what is in them."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: tuple[BookCounts, ...] = ()
        """All books."""
        self.scans: tuple[BookScan, ...] = ()
        """Those of the book that was asked for last."""
        self.book = ""
        """The one whose scans are shown; empty while a dataset is."""
        self.listing = False
        """Whether the worker still looks what there is; somebody in a hurry need not wait for it."""
        self._list_again = False
        """Whether something changed while it looked."""
        self._refused = ""
        """Why it could not look the last time."""
        self._listing = self._points = self._demo = self._writing = 0
        """Requests on their way."""

    def on_unmount(self) -> None:
        """Nothing more is of interest."""
        self.monoline.tracing.forget(self)

    def on_screen_resume(self, _: ScreenResume) -> None:
        """A scan may have been corrected, or files put there."""
        self.list_scans()

    @property
    def books(self) -> list[str]:
        """Names of the sketchbooks that have scans."""
        return [each.name for each in self.counts]

    @property
    def shown(self) -> list[BookScan]:
        """The scans of the book that is shown."""
        return [scan for scan in self.scans if scan.book == self.book]

    @property
    def _folder(self) -> str:
        assert self.monoline.studio is not None
        return str(self.monoline.studio.folder)

    # the sketchbooks

    def list_scans(self) -> None:
        """Have the worker look what there is; where no book has ever been, nothing is started."""
        studio = self.monoline.studio
        if self.listing:  # of a great many scans that takes a while, and one look at a time is enough
            self._list_again = True
        elif studio is not None and (self.counts or any(studio.sketchbooks.iterdir())):
            self._listing = self.monoline.tracing.ask(self, "list", studio=self._folder, book=self.book)
            self.listing = True
            self.refresh_keys()

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        if event.request == self._listing:
            before, self.listing, self._refused = self.books, False, ""
            self.counts = read_counts(event.told)
            self.scans, self.fresh = read_scans(event.told), bool(event.told.get("fresh", True))
            self.show_run()
            self._list_books(before)
            self.show_scans()
            if self._list_again:
                self._list_again = False
                self.list_scans()
        elif event.request == self._points:
            self._show_points(event.told)
        elif event.request == self._writing:  # the cut is kept
            self.start({"from": "select"})
        elif event.request == self._demo and event.event == "progress":
            self.post_message(Busy(DEMO, event.told["done"] / event.told["total"], "prepare"))
        elif event.request == self._demo:
            self.book = str(event.told["name"])
            self.notify(f"{self.book} is a sketchbook of the demo artist; r traces it.")
            self.list_scans()

    @on(TracingEnded)
    def _ended(self, event: TracingEnded) -> None:
        if event.request == self._demo:
            self.post_message(Busy(DEMO, None))
        if event.request == self._listing and event.error:
            self.listing = self._list_again = False
            if event.error == self._refused:  # it was told; closing its dialog has it look again
                return
            self._refused = event.error
        if event.error:
            self.post_message(WorkFailed("The sketchbooks can't be read", event.error))

    def _list_books(self, before: list[str]) -> None:
        books, names = self.query_one("#books", OptionList), self.books
        books.display = bool(names)
        if names != before:
            books.clear_options()
            books.add_options([Option(Text(each.line), id=each.name) for each in self.counts])
        else:
            for index, each in enumerate(self.counts):
                books.replace_option_prompt_at_index(index, Text(each.line))
        if self.book not in names and (self.book or self.monoline.collection is None):
            self.book = names[0] if names else ""

    @on(OptionList.OptionHighlighted, "#books")
    def _book_passed(self, event: OptionList.OptionHighlighted) -> None:
        """What is under the cursor is shown, as on the shelf."""
        if event.option_list.has_focus and event.option.id != self.book:
            self.show_book(str(event.option.id))

    @on(OptionList.OptionSelected, "#books")
    def _book_chosen(self, event: OptionList.OptionSelected) -> None:
        self.show_book(str(event.option.id))
        self.query_one("#scans", OptionList).focus()

    def show_book(self, name: str) -> None:
        """Show the scans of this one, as soon as they are told."""
        self.book = name
        self.show_scans()
        if not self.shown:
            self.list_scans()

    def show_scans(self) -> None:
        """Show the scans of the book, if one is chosen."""
        self.show_middle()
        listed, scans = self.query_one("#scans", OptionList), self.shown
        if not scans:
            return
        self.query_one("#books", OptionList).highlighted = self.books.index(self.book)
        at = listed.highlighted
        with self.prevent(OptionList.OptionHighlighted):
            same = [option.id for option in listed.options] == [scan.page for scan in scans]
            if same:
                for index, scan in enumerate(scans):
                    listed.replace_option_prompt_at_index(index, _line(scan))
            else:
                listed.clear_options()
                listed.add_options([Option(_line(scan), id=scan.page) for scan in scans])
            listed.highlighted = at if same and at is not None else 0
        self.query_one("#summary", Static).update(f"{self.book}  {summary(scans)}")
        self._tell_scan()
        self.refresh_keys()

    def show_middle(self) -> None:
        """Either scans or drawings of a dataset, or what to press."""

    @on(OptionList.OptionHighlighted, "#scans")
    def _tell_scan(self) -> None:
        """The scan under the cursor, beside the list."""
        at, scans = self.query_one("#scans", OptionList).highlighted, self.shown
        if at is None or at >= len(scans):
            return
        scan = scans[at]
        points = f"\n{scan.points:,} points" if scan.points else "\nenter opens it"
        self.query_one("#numbers", Static).update(f"{scan.page}\n{scan.words}{points}")
        self._draw_page(scan)

    @work(thread=True, exclusive=True, group="page", exit_on_error=False)
    def _draw_page(self, scan: BookScan) -> None:
        """Its drawings as they were traced, each in its place."""
        import numpy as np

        from drawing.drawing import Drawing
        from drawing.svg import read_svg

        lines: list[np.ndarray] = []
        try:
            for path, x, y, mm in scan.pictures:
                lines += [line / mm + (x, y) for line in read_svg(path).drawing.lines]
        except (MonolineError, OSError):  # being written anew just now
            lines = []
        self.post_message(PageDrawn(scan.page, Drawing(tuple(lines)) if lines else None))

    @on(PageDrawn)
    def _page_drawn(self, event: PageDrawn) -> None:
        at, scans = self.query_one("#scans", OptionList).highlighted, self.shown
        if at is not None and at < len(scans) and scans[at].page == event.page:
            self.query_one(Canvas).show(event.drawing)

    @on(OptionList.OptionSelected, "#scans")
    def _scan_opened(self, event: OptionList.OptionSelected) -> None:
        from tui.screens.scan import ScanScreen

        scans = [ScanShown(scan.page, scan.path, scan.corrections_path) for scan in self.shown]
        self.app.push_screen(ScanScreen(scans, event.option_index))

    # more of them

    def action_add(self) -> None:
        """Ask for a scan or a folder of them, and for a sketchbook to put them into."""
        self.app.push_screen(PathDialog("Add scans", "a folder of pictures, or one picture"), self._add)

    def _add(self, source: Path | None) -> None:
        if source is None:
            return
        from prep.adding import books_in, wrong_name

        def named(book: str | None) -> None:
            if book is not None:
                self._copy([(source, book)])

        def ask_name() -> None:
            start = source.resolve().name if source.is_dir() else self.book or "sketchbook"
            self.app.push_screen(TextDialog("Into which sketchbook?", "its name", start, wrong_name), named)

        def answered(answer: str | None) -> None:
            if answer == EACH:
                self._copy([(each, each.name) for each in books])
            elif answer == ONE:
                ask_name()

        books = books_in(source)
        if len(books) > 1:
            text = f"Is each of the {len(books):,} folders in {source.name} a sketchbook: {_some(books)}?"
            self.app.push_screen(ChoiceDialog("How many sketchbooks?", text, ("Back", EACH, ONE)), answered)
        else:
            ask_name()

    @work(thread=True, group="copy", exit_on_error=False)
    def _copy(self, books: Sequence[tuple[Path, str]]) -> None:
        from prep.adding import add_scans

        assert self.monoline.studio is not None
        copied = already = 0
        what = f"copying {books[0][0].name if len(books) == 1 else 'sketchbooks'}"
        try:
            for number, (source, book) in enumerate(books):

                def done(count: int, total: int, before: int = number) -> None:
                    self.post_message(Busy(what, (before + count / total) / len(books), "prepare"))

                added = add_scans(self.monoline.studio, source, book, done)
                copied, already = copied + added.copied, already + added.already
            there = f", {already:,} were there" if already else ""
            into = books[0][1] if len(books) == 1 else f"{len(books):,} sketchbooks"
            self.post_message(ScansAdded(f"{copied:,} scans copied into {into}{there}; r traces them.", books[0][1]))
        except MonolineError as error:
            self.post_message(WorkFailed("The scans were not added", str(error)))
        finally:
            self.post_message(Busy(what, None))

    @on(ScansAdded)
    def _added(self, event: ScansAdded) -> None:
        self.notify(event.words)
        self.book = event.book
        self.list_scans()

    def action_demo_book(self) -> None:
        """Have the demo artist fill a sketchbook, to have something to trace."""
        self.post_message(Busy(DEMO, 0.0, "prepare"))
        self._demo = self.monoline.tracing.ask(self, "demo", studio=self._folder, pages=DEMO_PAGES)

    # how many points

    def action_points(self) -> None:
        """Show how many points the drawings have, where that is cut, and write the dataset from there."""
        self._points = self.monoline.tracing.ask(self, "points", studio=self._folder)

    def _show_points(self, told: dict[str, Any]) -> None:
        if not told["fresh"] and not self.then_points:
            self.then_points = True
            self.notify("The drawings are traced and counted first.", timeout=4)
            self.start({"to": "select"})
            return
        self.then_points = False

        def chosen(cut: float | None) -> None:
            if cut is not None:
                self._writing = self.monoline.tracing.ask(self, "settings", studio=self._folder, keep={"cut": cut})

        self.app.push_screen(PointsScreen(told["points"], float(told["cut"])), chosen)


def _line(scan: BookScan) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(f"{scan.page.partition('/')[2]:<10} ", "bold" if scan.state != "traced" else "")
    text.append(scan.words, "dim" if scan.state == "skipped" else "")
    return text


def _some(books: Sequence[Path]) -> str:
    names = [each.name for each in books]
    return ", ".join(names if len(names) < 7 else [*names[:5], "...", names[-1]])
