"""Where pictures go, and how they become small: paper and ink need few colours."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from drawing.picture import save_png

FOLDER = Path(__file__).parent / "pictures"


def save(name: str, image: Image.Image, colours: int = 24) -> None:
    """Write a picture of docs/pictures as PNG with a palette."""
    # the one keeps the few tints of ink on paper as they are, the other has room for many
    how = Image.Quantize.MEDIANCUT if colours < 64 else Image.Quantize.FASTOCTREE
    few = image.convert("RGB").quantize(colours, method=how, dither=Image.Dither.NONE)
    save_png(FOLDER / f"{name}.png", few)
