"""MapScreen: all scans, or all drawings, as dots that are near to each other where they are alike."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widgets import Static

from tui.screens.asking import Asks
from tui.screens.screen import StudioScreen
from tui.shelf import Dot, Item, colour_of, read_dots, read_items, read_pictures
from tui.widgets.dot_map import DotMap
from tui.widgets.half_blocks import PictureView
from tui.widgets.header import StudioHeader
from tui.widgets.keys import Keys

EMPTY = "There is nothing on the map yet: sort the clusters first, with R."


class MapScreen(Asks, StudioScreen):
    """The map, and what is under the cursor."""

    BINDINGS = [
        Binding("n", "label(1)", "Next label", id="map.next"),
        Binding("p", "label(-1)", "Label before", show=False, id="map.before"),
        Binding("f", "like", "Similar", id="map.like"),
        Binding("escape,q", "close", "Back", id="map.close"),
    ]
    DEFAULT_CSS = """
    MapScreen #map-title { height: 1; padding: 0 1; color: $foreground 70%; }
    MapScreen #map-side { width: 34; padding: 0 1; }
    MapScreen #map-told { height: 5; color: $foreground 70%; }
    MapScreen.-narrow #map-side { width: 26; }
    """

    def __init__(self, of: str) -> None:
        super().__init__()
        self.of, self.dots, self.item = of, list[Dot](), None

    item: Item | None

    def compose(self) -> ComposeResult:
        """Header, labels, map and scan, footer."""
        yield StudioHeader()
        yield Static("", id="map-title", markup=False)
        with Horizontal():
            yield DotMap()
            with Vertical(id="map-side"):
                yield PictureView(id="large")
                yield Static("", id="map-told", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Ask for it."""
        self.query_one(DotMap).focus()
        self.query_one("#map-title", Static).update("The map is being drawn ...")
        self.ask("map", self._take, of=self.of)

    def _take(self, told: dict[str, Any]) -> None:
        self.dots = read_dots(told)
        counts = [(label, sum(which == place for which in told["label"])) for place, label in enumerate(told["labels"])]
        title, dots = Text(f"{len(self.dots):,} {self.of}: " if self.dots else EMPTY), self.query_one(DotMap)
        for label, count in counts:
            if count:
                title.append("● ", dots.style_of(colour_of(label)))
                title.append(f"{label} {count:,}  ")
        self.query_one("#map-title", Static).update(title)
        dots.show(self.dots)
        self.refresh_keys()

    @on(DotMap.Chosen)
    def _chosen(self, event: DotMap.Chosen) -> None:
        if event.index >= len(self.dots):  # others may be shown by now
            return
        key, view = self.dots[event.index].key, self.query_one("#large", PictureView)
        width, height = view.size

        def told(answer: dict[str, Any]) -> None:
            items = read_items(answer["items"])
            self.item = items[0] if items else None
            self.query_one("#map-told", Static).update(self.item.told if self.item is not None else "")

        def seen(answer: dict[str, Any]) -> None:
            view.show(read_pictures(answer["pictures"]).get(key))

        self.ask("items", told, newest="item", of=self.of, keys=[key])
        if width and height:
            self.ask("pictures", seen, newest="large", keys=[key], columns=width, rows=height)

    def on_resize(self, event: Resize) -> None:
        """Another room for the scan."""
        if self.dots:
            self.call_after_refresh(lambda: self._chosen(DotMap.Chosen(self.query_one(DotMap).cursor)))

    def action_label(self, step: int) -> None:
        """To a dot of the next label."""
        if self.dots:
            here = self.query_one(DotMap)
            colours = sorted({dot.colour for dot in self.dots})
            colour = colours[(colours.index(self.dots[here.cursor].colour) + step) % len(colours)]
            here.cursor = next(index for index, dot in enumerate(self.dots) if dot.colour == colour)

    @on(DotMap.Opened)
    @on(PictureView.Opened)
    def action_like(self) -> None:
        """What is like the one under the cursor, on the shelf."""
        from tui.screens.shelf import ShelfScreen

        if self.item is not None and self.of == "scans":
            self.app.push_screen(ShelfScreen(query=f'like:"{self.item.page}"'))

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is about dots needs some; drawings have no pages of their own on the shelf."""
        if action == "label":
            return True if self.dots else None
        if action == "like":
            return True if self.dots and self.of == "scans" else None
        return True
