"""SharpView: a picture in pixels, where the terminal shows some; made anew for the room it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import work
from textual.app import ComposeResult
from textual.color import Color
from textual.widget import Widget

from tui.sharp import Sharpness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from drawing.drawing import Bounds, Drawing
    from plotter.sheet import Sheet

RGB = tuple[int, int, int]
LONGEST_PX = 2000
"""Of a sheet, which is drawn thrice as large first."""
INK_CELLS = 0.12
"""Width of a line, in characters."""


@dataclass(frozen=True)
class Inks:
    """Colours of the theme that a picture is made in."""

    ink: RGB
    paper: RGB
    accent: RGB


Make = Callable[[tuple[int, int], Inks], "Image"]
"""Makes a picture of so many pixels, width and height."""


class SharpView(Widget):
    """Shows what ``make`` makes, as soon as that is done."""

    DEFAULT_CSS = """
    SharpView { width: 1fr; height: 1fr; max-width: 290; max-height: 290; }
    SharpView > * { width: 100%; height: 100%; }
    """

    def __init__(self, sharpness: Sharpness, make: Make) -> None:
        super().__init__()
        self._sharpness, self._make = sharpness, make
        self._picture: Any = None

    def compose(self) -> ComposeResult:
        """The picture, of the kind that the terminal knows."""
        from textual_image.widget import SixelImage, TGPImage

        self._picture = TGPImage() if self._sharpness.kind == "kitty" else SixelImage()
        yield self._picture

    def on_resize(self) -> None:
        """A picture for this room."""
        if all(self.size):
            inks = Inks(*(_rgb(self.app, name) for name in ("foreground", "background", "accent")))
            across, down = self._sharpness.cell
            self._draw((self.size.width * across, self.size.height * down), inks)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _draw(self, size: tuple[int, int], inks: Inks) -> None:
        self.app.call_from_thread(self._show, self._make(size, inks))

    def _show(self, image: Image | None) -> None:
        if self._picture is not None:
            self._picture.image = image

    def on_unmount(self) -> None:
        """The terminal may forget the picture."""
        self._show(None)


def drawn(drawing: Drawing, given: Drawing | None, cell: tuple[int, int]) -> Make:
    """Makes the picture of a drawing, its given beginning told apart."""
    return partial(_drawn, drawing, given, cell)


def _drawn(drawing: Drawing, given: Drawing | None, cell: tuple[int, int], size: tuple[int, int], inks: Inks) -> Image:
    from drawing.picture import picture
    from drawing.raster import main_bounds

    return picture(
        drawing,
        size,
        box=main_bounds(drawing) if drawing.lines else None,
        ink_px=max(1.5, INK_CELLS * cell[0]),
        margin_px=cell[1] // 2,
        ink=inks.ink,
        paper=inks.paper,
        over=() if given is None else ((given, inks.accent),),
    )


def sheet_picture(sheet: Sheet) -> Make:
    """Makes the picture of a sheet as it will lie on the table."""
    return partial(_sheet, sheet)


def _sheet(sheet: Sheet, size: tuple[int, int], inks: Inks) -> Image:
    from PIL import Image, ImageOps

    from drawing.picture import page_picture

    paper = sheet.paper
    page = page_picture(
        sheet.drawing, (paper.width_mm, paper.height_mm), long_px=min(max(size), LONGEST_PX), margin=sheet.margin_mm
    )
    fitted = ImageOps.contain(page, size, Image.Resampling.LANCZOS)
    return _in_the_middle(fitted, size, inks.paper)


def scan_picture(grey: NDArray[np.uint8], box: Bounds) -> Make:
    """Makes the picture of what is seen of a scan.

    Args:
        grey: the page, shape (h, w).
        box: left, top, right and bottom of what is seen, in its pixels.
    """
    return partial(_scan, grey, box)


def _scan(grey: NDArray[np.uint8], box: Bounds, size: tuple[int, int], inks: Inks) -> Image:
    from PIL import Image

    left, top, right, bottom = box
    scale = min(size[0] / (right - left), size[1] / (bottom - top))
    height, width = grey.shape
    x0, y0, x1, y1 = max(0, int(left)), max(0, int(top)), min(width, int(right) + 1), min(height, int(bottom) + 1)
    if x1 <= x0 or y1 <= y0:
        return Image.new("RGB", size, inks.paper)
    room = (max(1, min(size[0], round((x1 - x0) * scale))), max(1, min(size[1], round((y1 - y0) * scale))))
    part = Image.fromarray(grey[y0:y1, x0:x1]).resize(room, Image.Resampling.LANCZOS)
    return _in_the_middle(part.convert("RGB"), size, inks.paper)


def _in_the_middle(picture: Image, size: tuple[int, int], around: RGB) -> Image:
    from PIL import Image

    whole = Image.new("RGB", size, around)
    whole.paste(picture, ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2))
    return whole


def _rgb(app: Any, name: str) -> RGB:
    """A colour of the theme; a terminal's own colours are not known, so that paper and ink stand in."""
    try:
        return Color.parse(app.theme_variables[name]).rgb
    except Exception:  # noqa: BLE001 - ansi colours and whatever a theme may call one
        return {"foreground": (17, 17, 17), "background": (247, 243, 232)}.get(name, (193, 68, 14))
