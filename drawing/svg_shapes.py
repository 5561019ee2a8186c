"""The visible shapes of an SVG as polylines: styles and transforms through svgelements, curves as chords."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast
from xml.etree.ElementTree import Element, tostring

import numpy as np
import svgelements  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from drawing.drawing import Marks
from drawing.errors import RefusedFile, UnreadableFile
from drawing.geometry import Polyline
from drawing.svg_layers import LAYER
from drawing.svg_path import NAMESPACE, index_of, put_aside

se = cast(Any, svgelements)  # it is not typed

MAX_CHORDS = 5_000_000
"""Most points once curves are chords; a dense A3 sheet has some 300,000."""
CONNECTORS = f"{{{NAMESPACE}}}connectors"
"""Attribute that tells which segments of a path are connectors, by number."""


def visible_lines(
    path: Path, tree: Element, tolerance: float
) -> tuple[tuple[Polyline, ...], tuple[Marks, ...], list[tuple[int, str]]]:
    """Lines and connector marks of every visible shape, in the order of the file; the layer and colour of each.

    Args:
        tree: of groups and shapes, as ``plain_tree`` makes it; its straight shapes are taken out of it.
        tolerance: how far the chords of a curve may stray from it, in user units of the outermost
            viewport, in which the lines come too.

    Raises:
        UnreadableFile: a shape that can't be read.
        RefusedFile: more than MAX_CHORDS points.
    """
    lines: list[Polyline] = []
    marks: list[Marks] = []
    owners: list[tuple[int, str]] = []
    points = 0
    aside = put_aside(tree)
    try:
        for shape in _shapes(tree):
            attributes = cast(dict[str, Any], shape.values).get("attributes", {})
            stated = _stated_connectors(attributes)
            index = index_of(attributes)
            owner = int(shape.values.get(LAYER, -1)), _colour(shape.stroke)
            for line in _placed(path, shape, tolerance, None if index is None else aside[index]):
                points += len(line)
                _check_chords(path, points)
                mark = np.zeros(len(line) - 1, dtype=np.bool_)
                mark[stated[stated < len(mark)]] = True
                lines.append(line)
                marks.append(mark)
                owners.append(owner)
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError) as error:
        raise UnreadableFile(f"{path} has a shape that can't be read ({error}).") from None
    return tuple(lines), tuple(marks), owners


def _colour(colour: Any) -> str:
    """A colour of svgelements as #1a2b3c; empty for none."""
    if colour is None or colour.value is None:
        return ""
    return f"#{colour.red:02x}{colour.green:02x}{colour.blue:02x}"


def _shapes(tree: Element) -> Iterator[Any]:
    """Every visible shape as svgelements has it, not yet transformed."""
    parsed: Any = se.SVG.parse(io.BytesIO(tostring(tree)), reify=False)
    for element in parsed.elements() if parsed is not None else ():
        if isinstance(element, se.Shape) and element.values.get("visibility") not in ("hidden", "collapse"):
            yield element


def _check_chords(path: Path, points: int) -> None:
    if points > MAX_CHORDS:
        raise RefusedFile(
            f"{path} is refused: its curves come to more than {MAX_CHORDS:,} chords. "
            "Is its size right? Scale it down, simplify it or split it."
        )


def _placed(path: Path, shape: Any, tolerance: float, straight: list[Polyline] | None) -> Iterator[Polyline]:
    """The subpaths of a shape, known already or not, as polylines in user units of the outermost viewport.

    Points are transformed rather than the shape: svgelements can't turn a circle or a rectangle, and
    does not know what skewing makes of an arc.
    """
    m = shape.transform
    matrix = np.array([[m.a, m.c, m.e], [m.b, m.d, m.f]], dtype=np.float64)
    scale = float(np.linalg.norm(matrix[:, :2], 2))
    if scale == 0.0:
        return
    lines = _flatten(path, shape.segments(transformed=False), tolerance / scale) if straight is None else straight
    for line in lines:
        yield line if m.is_identity() else line @ matrix[:, :2].T + matrix[:, 2]


def _flatten(path: Path, segments: Iterable[Any], tolerance: float) -> Iterator[Polyline]:
    """The subpaths of svgelements' segments as polylines."""
    parts: list[NDArray[np.float64]] = []
    start = here = np.zeros(2)
    chords = 0

    def line() -> Iterator[Polyline]:
        # a lone move draws nothing; a closed point is a dot
        if len(parts) > 1:
            yield np.concatenate(parts)

    for segment in segments:
        if isinstance(segment, se.Move):
            yield from line()
            start = here = _xy(segment.end)
            parts = [here[None]]
            continue
        if not parts:
            parts = [here[None]]
        if isinstance(segment, se.Close):
            if not np.array_equal(here, start):
                parts.append(start[None])
            elif len(parts) == 1:
                parts.append(np.zeros((0, 2)))
            yield from line()
            parts, here = [], start
            continue
        if isinstance(segment, se.Line):
            parts.append(_xy(segment.end)[None])
        else:
            for curve in segment.as_cubic_curves() if isinstance(segment, se.Arc) else [segment]:
                parts.append(_flatten_bezier(curve, tolerance))
                chords += len(parts[-1])
                _check_chords(path, chords)
        here = parts[-1][-1] if len(parts[-1]) else here
    yield from line()


def _flatten_bezier(curve: Any, tolerance: float) -> NDArray[np.float64]:
    """Points of a quadratic or cubic Bezier curve after its start, at even parameters.

    The chord error of n pieces is at most ``d (d - 1) max |second difference| / (8 n^2)`` for
    degree d (Wang 1984).
    """
    inner = ("control",) if isinstance(curve, se.QuadraticBezier) else ("control1", "control2")
    control = np.array([_xy(getattr(curve, name)) for name in ("start", *inner, "end")])
    degree = len(control) - 1
    bend = float(np.hypot(*np.diff(control, n=2, axis=0).T).max())
    if not math.isfinite(bend):
        raise ValueError("a curve with infinite points")
    pieces = max(1, min(10_000, math.ceil(math.sqrt(degree * (degree - 1) * bend / (8 * tolerance)))))
    t = np.linspace(0.0, 1.0, pieces + 1)[1:, None]
    weights = [math.comb(degree, k) * t**k * (1 - t) ** (degree - k) for k in range(degree + 1)]
    out = cast(NDArray[np.float64], sum(weight * point for weight, point in zip(weights, control, strict=True)))
    out[-1] = control[-1]
    return out


def _xy(point: Any) -> NDArray[np.float64]:
    return np.array([point.x, point.y], dtype=np.float64)


def _stated_connectors(attributes: dict[str, Any]) -> NDArray[np.intp]:
    """Indices of the segments marked as connectors; none if they can't be read."""
    text = str(attributes.get(CONNECTORS, ""))
    try:
        stated = np.array([int(word) for word in text.split()], dtype=np.intp)
    except (ValueError, OverflowError):
        return np.zeros(0, dtype=np.intp)
    return stated[stated >= 0]
