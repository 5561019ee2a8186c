"""SVG in through svgelements, and out in millimetres with marks and recipe inside.

Reading gives lines in millimetres, whatever units, transforms, shapes and viewports the file uses.
Nothing outside the file is ever fetched.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import defusedxml.ElementTree as SafeTree
import numpy as np
from defusedxml import DefusedXmlException

from drawing.drawing import Drawing
from drawing.errors import DrawingError, RefusedFile, UnreadableFile
from drawing.geometry import Polyline
from drawing.recipe import Recipe
from drawing.svg_guard import check_tree
from drawing.svg_layers import INKSCAPE, SvgLayer, found_layers, mark_layers
from drawing.svg_path import NAMESPACE
from drawing.svg_shapes import visible_lines
from drawing.svg_tree import plain_tree
from drawing.svg_viewport import read_viewport
from studio.files import write_text

CHORD_MM = 0.01
"""Curves become chords that stray no farther than this, well below a plotter's step of 0.0125 mm."""
MAX_BYTES = 256 << 20
INK = "#111111"
"""Colour of lines whose colour nobody has said."""
NOT_XML = re.compile("[^\\t\\n\\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML has no place for, not even escaped."""
_ORIGIN = f"{{{NAMESPACE}}}origin"
_RECIPE = f"{{{NAMESPACE}}}recipe"


@dataclass(frozen=True)
class SvgFile:
    """What an SVG holds that monoline can use."""

    drawing: Drawing
    """In mm, from the top left of the page; in files by monoline from their own origin, see ``page_mm``."""
    width_mm: float
    """Of the page; of the drawing where the file states none."""
    height_mm: float
    recipe: Recipe | None = None
    title: str = ""
    notes: Mapping[str, str] = field(default_factory=dict[str, str])
    """What else monoline has noted in the metadata, by name."""
    left_out: tuple[str, ...] = ()
    """What was not drawn, in words: text, images, a recipe that can't be read."""
    page_mm: tuple[float, float] = (0.0, 0.0)
    """Where the top left of the page lies in the drawing's coordinates."""
    layers: tuple[SvgLayer, ...] = ()
    """All strokes, layer by layer; none where the file has no layers."""


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
    groups = mark_layers(tree)
    viewport = read_viewport(path, tree)
    tolerance = chord_mm / viewport.largest_scale
    own = tree.get(_ORIGIN) is not None and viewport.is_identity_scale
    with np.errstate(all="ignore"):  # absurd numbers come out as coordinates that are not finite
        lines, marks, owners = visible_lines(path, plain_tree(path, tree, (viewport.width, viewport.height)), tolerance)
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
    page_mm = (-float(viewport.matrix[0, 2]), -float(viewport.matrix[1, 2])) if own else (0.0, 0.0)
    title = next((each.text or "" for each in tree if each.tag.rpartition("}")[2] == "title"), "")
    hidden = (f"the hidden layer {group.name!r} was left out" for group in groups if not group.shown)
    left_out = (*_not_drawn(tree), *hidden, *left_out)
    layers = found_layers(groups, owners)
    if own:  # what is drawn in no colour of its own has none
        layers = tuple(replace(layer, colour="") if layer.colour == INK else layer for layer in layers)
    return SvgFile(drawing, width_mm, height_mm, recipe, title, _read_notes(tree), left_out, page_mm, layers)


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


def _read_notes(tree: ElementTree.Element) -> dict[str, str]:
    own = f"{{{NAMESPACE}}}"
    every = (element for metadata in tree if metadata.tag.rpartition("}")[2] == "metadata" for element in metadata)
    return {
        element.tag.removeprefix(own): element.text or ""
        for element in every
        if element.tag.startswith(own) and element.tag != _RECIPE
    }


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
    notes: Mapping[str, str] | None = None,
    layers: Sequence[SvgLayer] = (),
) -> str:
    """A drawing in mm as SVG: one path a stroke, connectors marked, the recipe as metadata.

    Args:
        width_mm, height_mm: the page. Without them it is as large as the drawing needs.
        decimals: digits after the point; 4 is 0.1 micrometre. None keeps every bit.
        notes: more for the metadata, by names of lowercase letters; they come back in ``SvgFile.notes``.
        layers: all strokes one after the other, as Inkscape's layers; they come back in ``SvgFile.layers``.
    """
    left, top, right, bottom = drawing.bounds if drawing.lines else (0.0, 0.0, 1.0, 1.0)
    x0, width = (min(0.0, left), right - min(0.0, left)) if width_mm is None else (0.0, width_mm)
    y0, height = (min(0.0, top), bottom - min(0.0, top)) if height_mm is None else (0.0, height_mm)
    x, y, w, h = (_number(value, decimals) for value in (x0, y0, width, height))
    w, h = ("1" if side == "0" else side for side in (w, h))  # a page without width is no page
    names = f' xmlns:inkscape="{INKSCAPE}"' if layers else ""
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:monoline="{NAMESPACE}"{names} width="{w}mm" height="{h}mm"'
        f' viewBox="{x} {y} {w} {h}" monoline:origin="keep">',
    ]
    if title:
        head.append(f"<title>{_text(title)}</title>")
    told = {} if recipe is None else {"recipe": recipe.to_json()}
    told.update(notes or {})
    if told:
        elements = (f"<monoline:{name}>{_text(text)}</monoline:{name}>" for name, text in told.items())
        head.append(f"<metadata>{''.join(elements)}</metadata>")
    body: list[str] = []
    for number, layer in enumerate(layers or [SvgLayer("", (0, len(drawing.lines)))], start=1):
        body.append(f"<g{_layer_attributes(number, layer) if layers else ''} {_style(layer, stroke_width_mm)}>")
        body += (_path(drawing, index, decimals) for index in range(*layer.strokes))
        body.append("</g>")
    return "\n".join([*head, *body, "</svg>", ""])


def _layer_attributes(number: int, layer: SvgLayer) -> str:
    notes = "".join(f" monoline:{name}={quoteattr(_clean(text))}" for name, text in layer.notes.items())
    return f' id="layer{number}" inkscape:groupmode="layer" inkscape:label={quoteattr(_clean(layer.name))}{notes}'


def _style(layer: SvgLayer, width_mm: float) -> str:
    return (
        f'fill="none" stroke={quoteattr(layer.colour or "#111")} stroke-width="{width_mm:g}"'
        ' stroke-linecap="round" stroke-linejoin="round"'
    )


def _path(drawing: Drawing, index: int, decimals: int | None) -> str:
    connectors = np.flatnonzero(drawing.marks(index))
    mark = f" monoline:connectors={quoteattr(' '.join(map(str, connectors)))}" if len(connectors) else ""
    return f'<path d="{_path_data(drawing.lines[index], decimals)}"{mark}/>'


def write_svg(path: Path, drawing: Drawing, **options: Any) -> None:
    """Write ``svg_text`` with these options to a file, whole or not at all."""
    write_text(path, svg_text(drawing, **options))


def _path_data(line: Polyline, decimals: int | None) -> str:
    values = (line if decimals is None else np.round(line, decimals)) + 0.0  # + 0.0: no minus zero
    numbers = [_plain(number) for number in values.ravel().tolist()]
    words = list(map(",".join, zip(numbers[::2], numbers[1::2], strict=True)))
    return f"M{words[0]}z" if len(words) == 1 else "M" + "L".join(words)


def _text(text: str) -> str:
    """Text for XML, which has no place for most control characters, not even escaped."""
    return escape(_clean(text))


def _clean(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)


def _number(value: float, decimals: int | None) -> str:
    return _plain((value if decimals is None else round(value, decimals)) + 0.0)


def _plain(value: float) -> str:
    return repr(value).removesuffix(".0")
