"""SVG in through svgelements, and out in millimetres with marks and recipe inside.

Reading gives lines in millimetres, whatever units, transforms, shapes and viewports the file uses.
Nothing outside the file is ever fetched.
"""

from __future__ import annotations

import gzip
import io
import math
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import defusedxml.ElementTree as SafeTree
import numpy as np
import svgelements  # pyright: ignore[reportMissingTypeStubs]
from defusedxml import DefusedXmlException
from numpy.typing import NDArray

from drawing.drawing import Drawing, Marks
from drawing.errors import DrawingError, RefusedFile, UnreadableFile
from drawing.geometry import Polyline
from drawing.recipe import Recipe
from drawing.svg_guard import check_tree
from drawing.svg_tree import plain_tree
from drawing.svg_viewport import read_viewport
from studio.files import write_text

se = cast(Any, svgelements)  # it is not typed

NAMESPACE = "urn:monoline"
CHORD_MM = 0.01
"""Curves become chords that stray no farther than this, well below a plotter's step of 0.0125 mm."""
MAX_BYTES = 256 << 20
MAX_CHORDS = 5_000_000
"""Most points once curves are chords; a dense A3 sheet has some 300,000."""
_NOT_XML = re.compile("[^\\t\\n\\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONNECTORS = f"{{{NAMESPACE}}}connectors"
_ORIGIN = f"{{{NAMESPACE}}}origin"
_RECIPE = f"{{{NAMESPACE}}}recipe"


@dataclass(frozen=True)
class SvgFile:
    """What an SVG holds that monoline can use."""

    drawing: Drawing
    """In mm, from the top left of the page."""
    width_mm: float
    """Of the page; of the drawing where the file states none."""
    height_mm: float
    recipe: Recipe | None = None
    left_out: tuple[str, ...] = ()
    """What was not drawn, in words: text, images, a recipe that can't be read."""


def read_svg(path: Path, chord_mm: float = CHORD_MM) -> SvgFile:
    """Read an ``.svg`` or ``.svgz`` file.

    Every visible path and shape becomes a stroke for each subpath, in the order of the file, with or
    without a stroke colour. A file without units has 96 units an inch, as CSS has it.

    Args:
        chord_mm: how far the chords of a curve may stray from it.

    Raises:
        UnreadableFile: not an SVG, damaged, or nothing to draw inside.
        RefusedFile: entities, references to other files, or far too much in it.
    """
    tree = _parse(path, _bytes(path))
    check_tree(path, tree)
    viewport = read_viewport(path, tree)
    tolerance = chord_mm / viewport.largest_scale
    own = tree.get(_ORIGIN) is not None and viewport.is_identity_scale
    with np.errstate(all="ignore"):  # absurd numbers come out as coordinates that are not finite
        lines, marks = _lines(path, plain_tree(path, tree, (viewport.width, viewport.height)), tolerance)
        try:
            drawing = Drawing(lines, marks)
            drawing = drawing if own else drawing.transform(viewport.matrix)
        except DrawingError:
            raise UnreadableFile(f"{path} has coordinates that are not finite numbers.") from None
    if not lines:
        raise UnreadableFile(f"{path} holds no lines to draw; text and images must be made into paths first.")
    _check_extent(path, drawing)
    recipe, left_out = _read_recipe(tree)
    width_mm, height_mm = viewport.size_mm or drawing.size
    return SvgFile(drawing, width_mm, height_mm, recipe, (*_not_drawn(tree), *left_out))


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            packed = file.peek(2)[:2] == b"\x1f\x8b"
            source = cast(io.BufferedIOBase, gzip.GzipFile(fileobj=file)) if packed else file
            data = source.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"{path} can't be read: {getattr(error, 'strerror', None) or error}.") from None
    if len(data) > MAX_BYTES:
        raise RefusedFile(f"{path} is larger than {MAX_BYTES >> 20} MB; simplify it or split it.")
    return data


def _parse(path: Path, data: bytes) -> ElementTree.Element:
    try:
        tree = SafeTree.fromstring(data, forbid_entities=True, forbid_external=True)
    except DefusedXmlException:
        raise RefusedFile(
            f"{path} is refused: it declares XML entities, which can hide gigabytes or other files. "
            "Save it again as plain SVG."
        ) from None
    except (ElementTree.ParseError, ValueError, LookupError, RecursionError) as error:
        raise UnreadableFile(f"{path} is not an SVG file, or was cut off ({error}).") from None
    if tree.tag.rpartition("}")[2] != "svg":
        raise UnreadableFile(f"{path} is XML, but not SVG: it begins with <{tree.tag.rpartition('}')[2]}>.")
    return tree


def _lines(path: Path, tree: ElementTree.Element, tolerance: float) -> tuple[tuple[Polyline, ...], tuple[Marks, ...]]:
    """Lines and marks of every visible shape, in user units of the outermost viewport."""
    lines: list[Polyline] = []
    marks: list[Marks] = []
    points = 0
    try:
        for shape in _shapes(tree):
            stated = _stated_connectors(shape)
            for line in _placed(path, shape, tolerance):
                points += len(line)
                _check_chords(path, points)
                mark = np.zeros(len(line) - 1, dtype=np.bool_)
                mark[stated[stated < len(mark)]] = True
                lines.append(line)
                marks.append(mark)
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError) as error:
        raise UnreadableFile(f"{path} has a shape that can't be read ({error}).") from None
    return tuple(lines), tuple(marks)


def _shapes(tree: ElementTree.Element) -> Iterator[Any]:
    """Every visible shape as svgelements has it, not yet transformed."""
    parsed: Any = se.SVG.parse(io.BytesIO(ElementTree.tostring(tree)), reify=False)
    for element in parsed.elements() if parsed is not None else ():
        if isinstance(element, se.Shape) and element.values.get("visibility") not in ("hidden", "collapse"):
            yield element


def _check_chords(path: Path, points: int) -> None:
    if points > MAX_CHORDS:
        raise RefusedFile(
            f"{path} is refused: its curves come to more than {MAX_CHORDS:,} chords. "
            "Is its size right? Scale it down, simplify it or split it."
        )


def _placed(path: Path, shape: Any, tolerance: float) -> Iterator[Polyline]:
    """The subpaths of a shape as polylines in user units of the outermost viewport.

    Points are transformed rather than the shape: svgelements can't turn a circle or a rectangle, and
    does not know what skewing makes of an arc.
    """
    m = shape.transform
    matrix = np.array([[m.a, m.c, m.e], [m.b, m.d, m.f]], dtype=np.float64)
    scale = float(np.linalg.norm(matrix[:, :2], 2))
    if scale == 0.0:
        return
    for line in _flatten(path, shape.segments(transformed=False), tolerance / scale):
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


def _stated_connectors(shape: Any) -> NDArray[np.intp]:
    """Indices of the segments marked as connectors; none if they can't be read."""
    text = str(cast(dict[str, Any], shape.values).get("attributes", {}).get(_CONNECTORS, ""))
    try:
        stated = np.array([int(word) for word in text.split()], dtype=np.intp)
    except (ValueError, OverflowError):
        return np.zeros(0, dtype=np.intp)
    return stated[stated >= 0]


def _check_extent(path: Path, drawing: Drawing) -> None:
    largest = max(drawing.size)
    if largest > 1e6 or (0 < largest < 1e-3):
        raise UnreadableFile(
            f"{path} is {largest:.3g} mm wide or high; its width, height or viewBox must be wrong. No plotter is so."
        )


def _read_recipe(tree: ElementTree.Element) -> tuple[Recipe | None, tuple[str, ...]]:
    element = tree.find(f".//{_RECIPE}")
    if element is None:
        return None, ()
    try:
        return Recipe.from_json(element.text or ""), ()
    except DrawingError as error:
        return None, (str(error),)


def _not_drawn(tree: ElementTree.Element) -> Iterator[str]:
    for name, words in (("text", "text"), ("image", "an image"), ("foreignObject", "a foreign object")):
        count = sum(element.tag.rpartition("}")[2] == name for element in tree.iter())
        if count:
            yield f"{words} was left out" + (f" ({count} times)" if count > 1 else "")


def svg_text(
    drawing: Drawing,
    *,
    width_mm: float | None = None,
    height_mm: float | None = None,
    recipe: Recipe | None = None,
    stroke_width_mm: float = 0.3,
    title: str = "",
    decimals: int | None = 4,
) -> str:
    """A drawing in mm as SVG: one path a stroke, connectors marked, the recipe as metadata.

    Args:
        width_mm, height_mm: the page. Without them it is as large as the drawing needs.
        decimals: digits after the point; 4 is 0.1 micrometre. None keeps every bit.
    """
    left, top, right, bottom = drawing.bounds if drawing.lines else (0.0, 0.0, 1.0, 1.0)
    x0, width = (min(0.0, left), right - min(0.0, left)) if width_mm is None else (0.0, width_mm)
    y0, height = (min(0.0, top), bottom - min(0.0, top)) if height_mm is None else (0.0, height_mm)
    x, y, w, h = (_number(value, decimals) for value in (x0, y0, width, height))
    w, h = ("1" if side == "0" else side for side in (w, h))  # a page without width is no page
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:monoline="{NAMESPACE}" width="{w}mm" height="{h}mm"'
        f' viewBox="{x} {y} {w} {h}" monoline:origin="keep">',
    ]
    if title:
        head.append(f"<title>{_text(title)}</title>")
    if recipe is not None:
        head.append(f"<metadata><monoline:recipe>{_text(recipe.to_json())}</monoline:recipe></metadata>")
    style = (
        f'fill="none" stroke="#111" stroke-width="{stroke_width_mm:g}" stroke-linecap="round" stroke-linejoin="round"'
    )
    body = [f"<g {style}>"]
    for index, line in enumerate(drawing.lines):
        connectors = np.flatnonzero(drawing.marks(index))
        mark = f" monoline:connectors={quoteattr(' '.join(map(str, connectors)))}" if len(connectors) else ""
        body.append(f'<path d="{_path_data(line, decimals)}"{mark}/>')
    return "\n".join([*head, *body, "</g>", "</svg>", ""])


def write_svg(path: Path, drawing: Drawing, **options: Any) -> None:
    """Write ``svg_text`` with these options to a file, whole or not at all."""
    write_text(path, svg_text(drawing, **options))


def _path_data(line: Polyline, decimals: int | None) -> str:
    values = (line if decimals is None else np.round(line, decimals)) + 0.0  # + 0.0: no minus zero
    words = [f"{_plain(x)},{_plain(y)}" for x, y in cast(list[list[float]], values.tolist())]
    return f"M{words[0]}z" if len(words) == 1 else "M" + "L".join(words)


def _text(text: str) -> str:
    """Text for XML, which has no place for most control characters, not even escaped."""
    return escape(_NOT_XML.sub("\ufffd", text))


def _number(value: float, decimals: int | None) -> str:
    return _plain((value if decimals is None else round(value, decimals)) + 0.0)


def _plain(value: float) -> str:
    return repr(value).removesuffix(".0")
