"""Prepare: from scans to a dataset, and through the drawings of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.demo_set import datasets
from tui.screens.shelving import ShelvingScreen
from tui.widgets.canvas import Canvas
from tui.widgets.dialog import PathDialog, ZoomScreen
from tui.widgets.gallery import Gallery
from tui.widgets.header import StudioHeader
from tui.widgets.keys import Keys

if TYPE_CHECKING:
    from drawing.collection import Collection, Entry
    from studio.folder import Studio

EMPTY = (
    "No drawings yet.\n\n"
    "Press [b]a[/b] to add scans of your sketchbooks,\nor [b]D[/b] for a sketchbook of the demo artist.\n\n"
    "To begin with drawings: [b]d[/b] for the demo artist's set,\nor [b]o[/b] to open a dataset or a folder of SVG."
)


class PrepareScreen(ShelvingScreen):
    """Sketchbooks and datasets on the left, what is in one in the middle, the chosen scan or drawing on the right."""

    HELP = "**Prepare.** Sketchbooks become a dataset: a adds scans, r traces them. Lists: arrows, enter opens."
    BINDINGS = [
        Binding("a", "add", "Add scans", id="prepare.add"),
        Binding("r", "run", "Run", id="prepare.run"),
        Binding("s", "stop", "Stop", id="prepare.stop"),
        Binding("w", "points", "Write", id="prepare.points"),
        Binding("b", "turn", "Scans", id="prepare.turn"),
        Binding("v", "shelf", "Shelf", id="prepare.shelf"),
        Binding("c", "clusters", "Clusters", id="prepare.clusters"),
        Binding("slash", "search", "Search the shelf", show=False, id="prepare.search"),
        Binding("N", "naming", "Names of pages", show=False, id="prepare.naming"),
        Binding("T", "timeline", "Timeline", show=False, id="prepare.timeline"),
        Binding("o", "open", "Open a file", show=False, id="prepare.open"),
        Binding("d", "demo", "Demo", show=False, id="prepare.demo"),
        Binding("D", "demo_book", "Demo sketchbook", show=False, id="prepare.demo_book"),
        Binding("n", "split", "Next split", show=False, id="prepare.split"),
        Binding("ctrl+b,f2", "panel", "Panel", show=False, id="prepare.panel"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._collection: Collection | None = None
        self._path = Path()
        self._split = ""
        self._listed: list[Path] = []
        self._known: Studio | None = None
        """The studio whose sketchbooks were looked at."""
        self._last_book = ""
        self._pressed = ""
        """What somebody asked for before the studio was open."""

    def compose(self) -> ComposeResult:
        """Header, three columns, footer."""
        yield StudioHeader()
        with Horizontal():
            with Vertical(id="left"):
                yield OptionList(id="books")
                yield OptionList(id="datasets")
            with Vertical(id="middle"):
                yield Static("", id="stages", markup=False)
                yield Static("", id="summary", markup=False)
                yield OptionList(id="scans")
                yield Gallery(id="gallery")
                yield Static(EMPTY, id="empty")
            with Vertical(id="detail", classes="panel"):
                yield Canvas(id="canvas")
                yield Static("", id="numbers", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Nothing is open yet."""
        self.query_one("#books", OptionList).border_title = "sketchbooks"
        self.query_one("#datasets", OptionList).border_title = "datasets"
        for name in ("#books", "#stages"):
            self.query_one(name).display = False
        self.show_middle()
        self.query_one("#empty").focus()

    def show_middle(self) -> None:
        """Either scans or drawings of a dataset, or what to press."""
        scans = self.book in self.books
        drawings = self._collection is not None and not scans
        fresh = scans and not self.query_one("#scans").display
        self.query_one("#scans").display = scans
        self.query_one(Gallery).display = drawings
        self.query_one("#empty").display = not scans and not drawings
        if fresh and self.focused is not self.query_one("#datasets"):
            self.query_one("#scans").focus()

    # the studio and its datasets

    def refresh_shared(self) -> None:
        """Show the studio's datasets, what was opened from elsewhere, and the open one where it is another."""
        if self.monoline.studio is None:
            return
        self._listed = [*datasets(self.monoline.studio), *self.monoline.elsewhere]
        options = self.query_one("#datasets", OptionList)
        options.clear_options()
        options.add_options([Option(Text(path.name)) for path in self._listed])
        path, collection = self.monoline.dataset, self.monoline.collection
        if path in self._listed:
            options.highlighted = self._listed.index(path)
        if path is not None and collection is not None and collection is not self._collection:
            self._open(path, collection)
        if self._known is not self.monoline.studio:
            self._known = self.monoline.studio
            self.list_scans()
            self.call_later(self._catch_up)

    async def _catch_up(self) -> None:
        """Do what was asked for while the studio was being opened."""
        asked, self._pressed = self._pressed, ""
        if asked and self.check_action(asked, ()):
            await self.run_action(asked)
        elif asked:
            self.notify("There are no scans yet; a adds some.")

    def waits(self, action: str) -> bool:
        """Whether something has to wait for the studio, and then is done by itself."""
        if self.monoline.studio is None:
            self._pressed = action
        return self.monoline.studio is None

    def action_add(self) -> None:
        """Ask for scans and copy them."""
        if not self.waits("add"):
            super().action_add()

    def action_run(self) -> None:
        """Trace what is out of date, choose, and write the dataset."""
        if not self.waits("run"):
            super().action_run()

    def action_points(self) -> None:
        """Show how many points the drawings have, where that is cut, and write the dataset from there."""
        if not self.waits("points"):
            super().action_points()

    def action_demo_book(self) -> None:
        """Have the demo artist fill a sketchbook, to have something to trace."""
        if not self.waits("demo_book"):
            super().action_demo_book()

    @on(OptionList.OptionSelected, "#datasets")
    def _dataset_chosen(self, event: OptionList.OptionSelected) -> None:
        path = self._listed[event.option_index]
        if path == self.monoline.dataset and self._collection is not None:
            self._open(path, self._collection)  # a book was shown meanwhile
        else:
            self.monoline.open_dataset(path)

    def action_open(self) -> None:
        """Ask for a file or folder of drawings and open it."""
        dialog = PathDialog("Open drawings", ".npz, .ndjson, .bin, .svg or a folder of SVG")
        self.app.push_screen(dialog, self._open_chosen)

    def _open_chosen(self, path: Path | None) -> None:
        if path is not None:
            self.monoline.open_dataset(path)

    def action_demo(self) -> None:
        """Let the demo artist draw a set, or open the one it drew before."""
        if not self.waits("demo"):
            self.monoline.open_demo_set()

    # what is open

    def _open(self, path: Path, collection: Collection) -> None:
        self._path, self._collection = path, collection
        self.book, self._last_book = "", self.book or self._last_book
        if skipped := list(collection.skipped):
            more = f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else ""
            self.notify(f"{skipped[0]}{more}", title="Left out", severity="warning", timeout=10)
        self.show_middle()
        self._show(next(split for split, entries in collection.splits.items() if entries))
        self.query_one(Gallery).focus()

    def action_turn(self) -> None:
        """From the drawings of a dataset to the scans of a sketchbook, and back."""
        if self.book and self._collection is not None:
            self._open(self._path, self._collection)
        elif not self.book and self.books:
            self.show_book(self._last_book if self._last_book in self.books else self.books[0])

    def _show(self, split: str) -> None:
        assert self._collection is not None
        self._split = split
        entries = self._collection.splits[split]
        counts = "  ".join(
            f"[{name} {len(found):,}]" if name == split else f"{name} {len(found):,}"
            for name, found in self._collection.splits.items()
        )
        self.query_one("#summary", Static).update(f"{self._path.name}  {counts}")
        self.query_one(Gallery).show([entry.drawing for entry in entries], [entry.name for entry in entries])

    def action_split(self) -> None:
        """Show the next split that has drawings."""
        if self._collection is not None:
            filled = [split for split, entries in self._collection.splits.items() if entries]
            self._show(filled[(filled.index(self._split) + 1) % len(filled)])

    @on(Gallery.Chosen)
    def _chosen(self, event: Gallery.Chosen) -> None:
        entry = self._entry(event.index)
        if entry is None:
            return
        drawing = entry.drawing
        self.query_one(Canvas).show(drawing)
        width, height = drawing.size if drawing.lines else (0.0, 0.0)
        name = f"{self._split} {event.index}" + (f"  {entry.name}" if entry.name else "")
        strokes = "1 stroke" if len(drawing.lines) == 1 else f"{len(drawing.lines)} strokes"
        numbers = f"{name}\n{strokes}, {drawing.points} points\nink {drawing.ink:.0f}, size {width:.0f} x {height:.0f}"
        self.query_one("#numbers", Static).update(numbers)

    @on(Gallery.Opened)
    def _zoomed(self, event: Gallery.Opened) -> None:
        if (entry := self._entry(event.index)) is not None:
            self.app.push_screen(ZoomScreen(entry.drawing))

    def _entry(self, index: int) -> Entry | None:
        """The drawing of this number; None where the gallery told of it before it showed another split."""
        entries = [] if self._collection is None else self._collection.splits[self._split]
        return entries[index] if index < len(entries) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The next split needs a dataset with more than one; a run needs scans, and one at a time goes on."""
        if action == "split":
            splits = {} if self._collection is None or self.book else self._collection.splits
            return None if sum(map(bool, splits.values())) < 2 else True
        if action in ("run", "points"):
            here = self.counts or self.listing or self.monoline.studio is None
            return True if here and not self.running else None
        if action in ("shelf", "clusters", "search", "timeline"):
            return True if self.counts or self.listing or self.monoline.studio is None else None
        if action == "naming":
            return True if self.book else None
        if action == "turn":
            return True if self._collection is not None and self.books else None
        if action == "stop":
            return True if self.running and not self.stopping else None
        return True
