"""The outermost viewport of an SVG: from its user units to millimetres on paper."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from drawing.errors import UnreadableFile

MM_PER_UNIT = {
    "mm": 1.0, "cm": 10.0, "q": 0.25, "in": 25.4, "pt": 25.4 / 72, "pc": 25.4 / 6, "px": 25.4 / 96, "": 25.4 / 96,
}  # fmt: skip
LENGTH = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([a-zA-Z%]*)\s*")


@dataclass(frozen=True)
class Viewport:
    """How user units lie on the page."""

    width: float
    """In user units; what percentages refer to."""
    height: float
    matrix: NDArray[np.float64]
    """(2, 3), user units to mm."""
    size_mm: tuple[float, float] | None
    """Width and height of the page; None where the file states neither."""

    @property
    def largest_scale(self) -> float:
        """Most mm that one user unit becomes."""
        return float(np.abs(self.matrix[:, :2]).max())

    @property
    def is_identity_scale(self) -> bool:
        """True if a user unit is exactly a millimetre."""
        return bool((self.matrix[:, :2] == np.eye(2)).all())


def read_viewport(path: Path, tree: Element) -> Viewport:
    """The viewport of the root element, by its width, height, viewBox and preserveAspectRatio.

    Raises:
        UnreadableFile: a size that is not positive and finite, or a viewBox that is not four numbers.
    """
    box = read_view_box(path, tree.get("viewBox"))
    width = _length_mm(path, "width", tree.get("width"))
    height = _length_mm(path, "height", tree.get("height"))
    if box is None:
        px = MM_PER_UNIT["px"]
        stated = (width, height) if width is not None and height is not None else None
        matrix = np.array([[px, 0.0, 0.0], [0.0, px, 0.0]])
        return Viewport((width or 1000 * px) / px, (height or 1000 * px) / px, matrix, stated)
    x, y, w, h = box
    if width is None and height is None:
        width, height = w * MM_PER_UNIT["px"], h * MM_PER_UNIT["px"]
    elif width is None or height is None:  # the other side follows the shape of the box
        width, height = (
            (width or height or 0) * (1 if width else w / h),
            (height or width or 0) * (1 if height else h / w),
        )
    matrix = fitted(tree.get("preserveAspectRatio", ""), (x, y, w, h), width, height)
    if not (np.isfinite(matrix).all() and matrix[0, 0] > 0 and matrix[1, 1] > 0):
        raise UnreadableFile(f"{path} has an impossible viewBox: {tree.get('viewBox', '')[:60]!r}.")
    return Viewport(w, h, matrix, (width, height))


def fitted(rule: str, box: tuple[float, float, float, float], width: float, height: float) -> NDArray[np.float64]:
    """Map of a viewBox into width x height by preserveAspectRatio (SVG 1.1, section 7.8), shape (2, 3)."""
    x, y, w, h = box
    sx, sy = width / w, height / h
    words = rule.split()
    if "none" not in words and not math.isclose(sx, sy, rel_tol=1e-9):
        sx = sy = max(sx, sy) if "slice" in words else min(sx, sy)
    align = next((word.lower() for word in words if word.startswith("x")), "xmidymid")
    spare = {"min": 0.0, "mid": 0.5, "max": 1.0}
    dx = spare.get(align[1:4], 0.5) * (width - sx * w)
    dy = spare.get(align[5:8], 0.5) * (height - sy * h)
    return np.array([[sx, 0.0, dx - sx * x], [0.0, sy, dy - sy * y]])


def read_view_box(path: Path, text: str | None) -> tuple[float, float, float, float] | None:
    """Left, top, width and height of a viewBox; None where there is none."""
    if text is None or not text.strip():
        return None
    try:
        x, y, w, h = (float(word) for word in text.replace(",", " ").split())
    except ValueError:
        raise UnreadableFile(f"{path} has a viewBox that is not four numbers: {text[:60]!r}.") from None
    if not (w > 0 and h > 0 and all(math.isfinite(value) and abs(value) < 1e12 for value in (x, y, w, h))):
        raise UnreadableFile(f"{path} has an impossible viewBox: {text[:60]!r}.")
    return x, y, w, h


def _length_mm(path: Path, name: str, text: str | None) -> float | None:
    """A length in mm; None where it is left to the viewBox (not stated, a percentage, auto)."""
    if text is None or not text.strip() or text.strip() == "auto":
        return None
    match = LENGTH.fullmatch(text)
    unit = match[2].lower() if match else "?"
    if match is None or unit not in {*MM_PER_UNIT, "%"}:
        raise UnreadableFile(f"{path} has a {name} that is no length: {text[:60]!r}.")
    if unit == "%":
        return None
    value = float(match[1]) * MM_PER_UNIT[unit]
    if not 0 < value < 1e6:
        raise UnreadableFile(f"{path} has an impossible {name}: {text[:60]!r}.")
    return value
