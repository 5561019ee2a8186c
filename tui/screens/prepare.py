"""Prepare: open a dataset, look through its drawings."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from configs.errors import MonolineError
from tui.messages import Busy, DatasetOpened, StudioOpened, WorkFailed
from tui.screens.screen import StudioScreen
from tui.widgets.canvas import Canvas
from tui.widgets.dialog import PathDialog, ZoomScreen
from tui.widgets.gallery import Gallery
from tui.widgets.header import StudioHeader

if TYPE_CHECKING:
    from drawing.collection import Collection
    from studio.folder import Studio

DEMO_DRAWINGS = 400
EMPTY = (
    "No drawings yet.\n\nPress [b]d[/b] for the demo artist's set,\nor [b]o[/b] to open a dataset or a folder of SVG."
)


class PrepareScreen(StudioScreen):
    """Datasets on the left, their drawings in the middle, the chosen one on the right."""

    BINDINGS = [
        Binding("o", "open", "Open", id="prepare.open"),
        Binding("d", "demo", "Demo", id="prepare.demo"),
        Binding("s", "split", "Split", id="prepare.split"),
        Binding("ctrl+b", "panel", "Panel", id="prepare.panel"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.studio: Studio | None = None
        self._collection: Collection | None = None
        self._path = Path()
        self._split = ""

    def compose(self) -> ComposeResult:
        """Header, three columns, footer."""
        yield StudioHeader()
        with Horizontal():
            yield OptionList(id="datasets")
            with Vertical(id="middle"):
                yield Static("", id="summary", markup=False)
                yield Gallery(id="gallery")
                yield Static(EMPTY, id="empty")
            with Vertical(id="detail"):
                yield Canvas(id="canvas")
                yield Static("", id="numbers", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Nothing is open yet."""
        self.query_one("#datasets", OptionList).border_title = "datasets"
        self.query_one(Gallery).display = False
        self.query_one("#empty").focus()

    # the studio and its datasets

    @on(StudioOpened)
    def _studio_opened(self, event: StudioOpened) -> None:
        self.studio = event.studio
        names = self._list()
        if names:
            self.load(self.studio.datasets / names[0])
        elif event.fill:
            self.action_demo()

    def _list(self) -> list[str]:
        """Show the studio's datasets, the newest first, and return their names."""
        assert self.studio is not None
        files = [path for path in self.studio.datasets.iterdir() if not path.name.startswith(".")]
        names = [path.name for path in sorted(files, key=lambda path: (-path.stat().st_mtime, path.name))]
        options = self.query_one("#datasets", OptionList)
        options.clear_options()
        options.add_options([Option(name, id=name) for name in names])
        return names

    @on(OptionList.OptionSelected, "#datasets")
    def _dataset_chosen(self, event: OptionList.OptionSelected) -> None:
        if self.studio is not None and event.option.id is not None:
            self.load(self.studio.datasets / event.option.id)

    def action_open(self) -> None:
        """Ask for a file or folder of drawings and open it."""
        dialog = PathDialog("Open drawings", ".npz, .ndjson, .bin, .svg or a folder of SVG")
        self.app.push_screen(dialog, self._load_chosen)

    def _load_chosen(self, path: Path | None) -> None:
        if path is not None:
            self.load(path)

    @work(thread=True, exclusive=True, group="dataset", exit_on_error=False)
    def load(self, path: Path) -> None:
        """Read a dataset in the background."""
        from drawing.collection import read_collection

        self.post_message(Busy(f"opening {path.name}", 0.0))
        try:
            self.post_message(DatasetOpened(path, read_collection(path)))
        except MonolineError as error:
            self.post_message(WorkFailed(f"{path.name} can't be opened", str(error)))
        finally:
            self.post_message(Busy(f"opening {path.name}", None))

    def action_demo(self) -> None:
        """Let the demo artist draw a set, or open the one it drew before."""
        if self.studio is None:
            return
        path = self.studio.datasets / "demo.npz"
        if path.exists():
            self.load(path)
        else:
            self.draw_demo(path)

    @work(thread=True, exclusive=True, group="dataset", exit_on_error=False)
    def draw_demo(self, path: Path) -> None:
        """Have the demo artist draw, in the background."""
        from drawing.collection import read_collection, write_collection
        from prep.artist import ArtistSettings
        from prep.book import about_book, draw_book, split_book
        from studio.lock import locked

        assert self.studio is not None
        what, settings = "the demo artist draws", ArtistSettings()
        try:
            with locked(self.studio.folder):
                tell = partial(self._drawn, what)
                sketches = list(draw_book(1, DEMO_DRAWINGS, settings, tell))
                write_collection(path, split_book(sketches), about_book(1, settings))
            self.post_message(DatasetOpened(path, read_collection(path)))
        except MonolineError as error:
            self.post_message(WorkFailed("The demo set was not made", str(error)))
        finally:
            self.post_message(Busy(what, None))

    def _drawn(self, what: str, done: int) -> None:
        self.post_message(Busy(what, done / DEMO_DRAWINGS))

    # what is open

    @on(DatasetOpened)
    def _dataset_opened(self, event: DatasetOpened) -> None:
        self._collection, self._path = event.collection, event.path
        if self.studio is not None and event.path.parent == self.studio.datasets:
            names = self._list()
            self.query_one("#datasets", OptionList).highlighted = names.index(event.path.name)
        if event.collection.skipped:
            self.notify(f"{len(event.collection.skipped)} files could not be read", severity="warning")
        self.query_one("#empty").display = False
        self.query_one(Gallery).display = True
        self._show(next(split for split, entries in event.collection.splits.items() if entries))
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

    def action_panel(self) -> None:
        """Show or hide the right side; it starts hidden on a narrow terminal."""
        shown = bool(self.query_one("#detail").display)
        self.set_class(not shown, "-panel-on")
        self.set_class(shown, "-panel-off")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The next split needs a dataset with more than one."""
        if action == "split":
            filled = (
                [] if self._collection is None else [s for s, entries in self._collection.splits.items() if entries]
            )
            return None if len(filled) < 2 else True
        return True
