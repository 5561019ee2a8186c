"""Pictures for terminals with sixteen colours, of which four are greys: ink is told from paper in each picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.widgets.half_blocks import Dots, Pixels

if TYPE_CHECKING:
    from textual.app import App

LEVELS = ((0.35, 0), (0.65, 85), (0.88, 170))
"""Up to which share of the way from ink to paper which grey is taken; above, white."""
COLOURFUL = 60
"""Difference of a pixel's channels, of 255, from which its colour is left to the terminal."""


def as_shown(picture: Pixels | Dots | None, app: App[object]) -> Pixels | Dots | None:
    """A picture as the terminal can show it."""
    few = app.console.color_system == "standard"
    return with_contrast(picture) if few and isinstance(picture, Pixels) else picture


def with_contrast(picture: Pixels) -> Pixels:
    """The same in black, white and two greys, however pale its ink is; what is colourful stays."""
    import numpy as np

    rgb = np.frombuffer(picture.rgb, dtype=np.uint8).reshape(-1, 3).astype(np.float64)
    if not len(rgb):
        return picture
    grey = rgb.mean(axis=1)
    ink, paper = np.percentile(grey, (1, 80))
    share = (grey - ink) / max(1.0, paper - ink)
    found = np.full(len(rgb), 255, dtype=np.uint8)
    for most, level in reversed(LEVELS):
        found[share < most] = level
    result = np.repeat(found[:, None], 3, axis=1)
    colourful = rgb.max(axis=1) - rgb.min(axis=1) > COLOURFUL
    result[colourful] = rgb[colourful].astype(np.uint8)
    return Pixels(picture.width, picture.height, result.tobytes())
