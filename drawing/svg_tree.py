"""An SVG tree made plain: copies, symbols and nested viewports as groups, without what is not drawn.

svgelements, which reads the shapes, draws symbols and markers that nobody uses and misplaces nested
viewports; groups and shapes it reads well.
"""

from __future__ import annotations

import copy
import math
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from drawing.errors import UnreadableFile
from drawing.svg_guard import HREF
from drawing.svg_viewport import LENGTH, MM_PER_UNIT, fitted, read_view_box

Size = tuple[float, float]  # of the viewport in user units, what percentages refer to

_SVG = "{http://www.w3.org/2000/svg}"
_NOT_DRAWN = (
    *("defs", "symbol", "marker", "mask", "clipPath", "pattern", "filter", "linearGradient", "radialGradient"),
    *("text", "image", "foreignObject", "title", "desc", "metadata", "style", "script"),
)
_PLACE = ("x", "y", "width", "height", "viewBox", "preserveAspectRatio")
_ALONG_X = ("x", "x1", "x2", "cx", "rx", "width")
_ALONG_Y = ("y", "y1", "y2", "cy", "ry", "height")


def plain_tree(path: Path, tree: Element, size: Size) -> Element:
    """A new tree of groups and shapes that draws the same; what svg_guard refuses must not come here.

    Args:
        size: width and height of the outermost viewport in user units.

    Raises:
        UnreadableFile: a nested viewport of no possible size, or copies nested too deep.
    """
    by_id = {element.attrib["id"]: element for element in tree.iter() if "id" in element.attrib}
    root = Element(tree.tag, _without(tree, *_PLACE))
    # a style counts wherever it stands
    root.extend(copy.copy(element) for element in tree.iter() if _name(element) == "style")
    try:
        _Copier(path, by_id).fill(root, tree, size)
    except RecursionError:
        raise UnreadableFile(f"{path} nests elements and copies too deep; ungroup it first.") from None
    return root


class _Copier:
    def __init__(self, path: Path, by_id: dict[str, Element]) -> None:
        self.path = path
        self.by_id = by_id

    def fill(self, out: Element, element: Element, size: Size) -> None:
        for child in element:
            made = self.copied(child, size)
            if made is not None:
                out.append(made)

    def copied(self, element: Element, size: Size) -> Element | None:
        name = _name(element)
        if name in _NOT_DRAWN or name.startswith("{") or (name == "path" and "d" not in element.attrib):
            return None
        if name == "svg":
            return self.viewport(element, element, size)
        if name == "use":
            return self.used(element, size)
        out = Element(element.tag, {key: _resolved(key, value, size) for key, value in element.attrib.items()})
        self.fill(out, element, size)
        return out

    def used(self, use: Element, size: Size) -> Element:
        shift = self.length(use, "x", size[0], "0"), self.length(use, "y", size[1], "0")
        out = _group(use, (*_PLACE, *HREF), f"translate({shift[0]!r},{shift[1]!r})")
        target = next((use.attrib[name] for name in HREF if name in use.attrib), "")
        source = self.by_id.get(target[1:]) if target else None
        if source is None:
            return out
        scaled = _name(source) in ("symbol", "svg")
        made = self.viewport(source, use, size) if scaled else self.copied(source, size)
        if made is not None:
            out.append(made)
        return out

    def viewport(self, element: Element, sized: Element, size: Size) -> Element | None:
        """A nested viewport as a group; the element that uses it has a say in its width and height."""
        width, height = (
            self.length(sized if name in sized.attrib else element, name, whole, "100%")
            for name, whole in zip(("width", "height"), size, strict=True)
        )
        if width <= 0 or height <= 0:
            return None
        x, y = self.length(element, "x", size[0], "0"), self.length(element, "y", size[1], "0")
        box = read_view_box(self.path, element.get("viewBox"))
        matrix = np.eye(2, 3) if box is None else fitted(element.get("preserveAspectRatio", ""), box, width, height)
        numbers = ",".join(map(repr, matrix.T.ravel().tolist()))
        out = _group(element, _PLACE, f"translate({x!r},{y!r}) matrix({numbers})")
        self.fill(out, element, (width, height) if box is None else box[2:])
        return out

    def length(self, element: Element, name: str, whole: float, default: str) -> float:
        """An attribute in user units."""
        text = element.get(name, default)
        match = LENGTH.fullmatch(default if text == "auto" else text)
        unit = match[2].lower() if match else "?"
        if match is None or unit not in {*MM_PER_UNIT, "%"}:
            raise UnreadableFile(f"{self.path} has a {name} that is no length: {text[:60]!r}.")
        return float(match[1]) * (whole / 100 if unit == "%" else MM_PER_UNIT[unit] / MM_PER_UNIT["px"])


def _name(element: Element) -> str:
    """The local name in SVG; elements of other vocabularies keep their namespace and so match nothing."""
    return element.tag.removeprefix(_SVG)


def _without(element: Element, *names: str) -> dict[str, str]:
    return {key: value for key, value in element.attrib.items() if key not in names}


def _group(element: Element, without: tuple[str, ...], transform: str) -> Element:
    out = Element(f"{_SVG}g", _without(element, *without))
    out.set("transform", f"{element.get('transform', '')} {transform}".strip())
    return out


def _resolved(key: str, value: str, size: Size) -> str:
    """A percentage as a number of user units, everything else as it is."""
    if not value.endswith("%") or key not in (*_ALONG_X, *_ALONG_Y, "r"):
        return value
    whole = size[0] if key in _ALONG_X else size[1] if key in _ALONG_Y else math.hypot(*size) / math.sqrt(2)
    try:
        return repr(float(value[:-1]) * whole / 100)
    except ValueError:
        return value
