"""How a book is bound: the holes and wires of a spiral along one side of the page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prep.render.noise import Raster, blurred


@dataclass(frozen=True)
class Binding:
    """The binding of one book."""

    spiral: bool
    pitch: float
    """From ring to ring, px on a page 1400 px high."""


def choose_binding(rng: np.random.Generator) -> Binding:
    """A spiral on six of ten books."""
    return Binding(bool(rng.random() < 0.6), float(rng.uniform(26, 34)))


def bound(rgb: Raster, binding: Binding, binder: str, rng: np.random.Generator) -> Raster:
    """The page with its holes and wires, if there are any."""
    if not binding.spiral:
        return rgb
    height, width = rgb.shape[:2]
    strip = int(0.03 * width)  # all of it lies near the edge
    edge = np.arange(strip, dtype=np.float32)
    pitch = binding.pitch * height / 1400
    place = np.arange(height, dtype=np.float32) + rng.uniform(0, pitch)
    phase = np.abs(place % pitch - pitch / 2)
    hole = np.multiply.outer(phase < 0.2 * pitch, (edge > 0.008 * width) & (edge < 0.017 * width))
    wire = np.multiply.outer(phase < 0.09 * pitch, edge < 0.011 * width)
    layers = [
        (blurred(hole.astype(np.float32), 0.8) * np.float32(0.8), 42),
        (blurred(wire.astype(np.float32), 0.7) * np.float32(0.75), 165),
    ]
    part = np.s_[:, :strip] if binder == "left" else np.s_[:, width - strip :]
    out = rgb.copy()
    for alpha, tone in layers:
        alpha = (alpha if binder == "left" else alpha[:, ::-1])[..., None]
        out[part] = out[part] * (1 - alpha) + tone * alpha
    return out
