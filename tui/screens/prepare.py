"""Prepare: open a dataset, look through its drawings."""

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
from tui.screens.screen import StudioScreen
from tui.widgets.canvas import Canvas
from tui.widgets.dialog import PathDialog, ZoomScreen
from tui.widgets.gallery import Gallery
from tui.widgets.header import StudioHeader
from tui.widgets.keys import Keys

if TYPE_CHECKING:
    from drawing.collection import Collection

EMPTY = (
    "No drawings yet.\n\nPress [b]d[/b] for the demo artist's set,\nor [b]o[/b] to open a dataset or a folder of SVG."
)


class PrepareScreen(StudioScreen):
    """Datasets on the left, their drawings in the middle, the chosen one on the right."""

    BINDINGS = [
        Binding("o", "open", "Open", id="prepare.open"),
        Binding("d", "demo", "Demo", id="prepare.demo"),
        Binding("s", "split", "Split", id="prepare.split"),
        Binding("ctrl+b,f2", "panel", "Panel", id="prepare.panel"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._collection: Collection | None = None
        self._path = Path()
        self._split = ""
        self._listed: list[Path] = []

    def compose(self) -> ComposeResult:
        """Header, three columns, footer."""
        yield StudioHeader()
        with Horizontal():
            yield OptionList(id="datasets")
            with Vertical(id="middle"):
                yield Static("", id="summary", markup=False)
                yield Gallery(id="gallery")
                yield Static(EMPTY, id="empty")
            with Vertical(id="detail", classes="panel"):
                yield Canvas(id="canvas")
                yield Static("", id="numbers", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Nothing is open yet."""
        self.query_one("#datasets", OptionList).border_title = "datasets"
        self.query_one(Gallery).display = False
        self.query_one("#empty").focus()

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

    @on(OptionList.OptionSelected, "#datasets")
    def _dataset_chosen(self, event: OptionList.OptionSelected) -> None:
        self.monoline.open_dataset(self._listed[event.option_index])

    def action_open(self) -> None:
        """Ask for a file or folder of drawings and open it."""
        dialog = PathDialog("Open drawings", ".npz, .ndjson, .bin, .svg or a folder of SVG")
        self.app.push_screen(dialog, self._open_chosen)

    def _open_chosen(self, path: Path | None) -> None:
        if path is not None:
            self.monoline.open_dataset(path)

    def action_demo(self) -> None:
        """Let the demo artist draw a set, or open the one it drew before."""
        if self.monoline.studio is not None:
            self.monoline.open_demo_set()

    # what is open

    def _open(self, path: Path, collection: Collection) -> None:
        self._path, self._collection = path, collection
        if skipped := list(collection.skipped):
            more = f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else ""
            self.notify(f"{skipped[0]}{more}", title="Left out", severity="warning", timeout=10)
        self.query_one("#empty").display = False
        self.query_one(Gallery).display = True
        self._show(next(split for split, entries in collection.splits.items() if entries))
        self.query_one(Gallery).focus()

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
        assert self._collection is not None
        entry = self._collection.splits[self._split][event.index]
        drawing = entry.drawing
        self.query_one(Canvas).show(drawing)
        width, height = drawing.size if drawing.lines else (0.0, 0.0)
        name = f"{self._split} {event.index}" + (f"  {entry.name}" if entry.name else "")
        strokes = "1 stroke" if len(drawing.lines) == 1 else f"{len(drawing.lines)} strokes"
        numbers = f"{name}\n{strokes}, {drawing.points} points\nink {drawing.ink:.0f}, size {width:.0f} x {height:.0f}"
        self.query_one("#numbers", Static).update(numbers)

    @on(Gallery.Zoomed)
    def _zoomed(self, event: Gallery.Zoomed) -> None:
        assert self._collection is not None
        self.app.push_screen(ZoomScreen(self._collection.splits[self._split][event.index].drawing))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The next split needs a dataset with more than one."""
        if action == "split":
            filled = (
                [] if self._collection is None else [s for s, entries in self._collection.splits.items() if entries]
            )
            return None if len(filled) < 2 else True
        return True
