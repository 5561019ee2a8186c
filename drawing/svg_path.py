"""The straight shapes of an SVG, read directly: paths of M, L, H, V and Z, polylines and polygons.

svgelements makes several objects of each point, which for a dense sheet takes seconds. What is plain is
taken here and put aside, point by point the same; whatever is not plain is left to svgelements whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

import numpy as np

from drawing.geometry import Polyline

NAMESPACE = "urn:monoline"
"""Of the attributes and metadata that monoline adds to an SVG."""
_NUMBER = r"[-+]?+(?>[0-9]*\.[0-9]++|[0-9]++)(?>[eE][-+]?+[0-9]++)?+"
_PLAIN = re.compile(r"[MmLlHhVvZz0-9eE.+\- ,\t\n\f\r]*+")
_LONE_POINT = re.compile(r"\.(?![0-9])")
_COMMAND = re.compile(r"([MmLlHhVvZz])([^MmLlHhVvZz]*)")
_ONE_NUMBER = re.compile(_NUMBER)
_SPACES = " ,\t\n\f\r"
_POINTS = re.compile(rf"\s*+{_NUMBER}(?>\s*+,\s*+|\s++|(?=-)){_NUMBER}"
                     rf"(?>(?>\s*+,\s*+|\s++){_NUMBER}(?>\s*+,\s*+|\s++|(?=-)){_NUMBER})*+\s*+")  # fmt: skip
_INDEX = f"{{{NAMESPACE}}}straight"


def put_aside(tree: Element) -> list[list[Polyline]]:
    """Read every plain straight shape of a tree and put a short one in its place, in place.

    Returns:
        The subpaths of each shape put aside, in user units of the shape; ``index_of`` finds them again.
    """
    aside: list[list[Polyline]] = []
    for element in tree.iter():
        element.attrib.pop(_INDEX, None)  # a file may say what it likes
        name = element.tag.rpartition("}")[2]
        reader = _READERS.get(name)
        if reader is None:
            continue
        key, read, stub = reader
        lines = read(element.attrib.get(key, ""))
        if lines:
            element.attrib[key] = stub
            element.attrib[_INDEX] = str(len(aside))
            aside.append(lines)
    return aside


def index_of(attributes: dict[str, str]) -> int | None:
    """Which of the shapes put aside an element stands for, if it does."""
    stated = attributes.get(_INDEX)
    return None if stated is None else int(stated)


def straight_path(data: str) -> list[Polyline] | None:
    """Subpaths of path data, or None where anything in it is not plain.

    A move that is not drawn from is no subpath, and a closed point is a dot.
    """
    if not _PLAIN.fullmatch(data) or _LONE_POINT.search(data) or data.lstrip(_SPACES)[:1] not in ("M", "m"):
        return None
    lines: list[Polyline] = []
    flat: list[float] = []  # x and y of the subpath's points in turn; none after it was closed
    x0 = y0 = x = y = 0.0
    for command, text in _COMMAND.findall(data):
        values = _numbers(text)
        if values is None or (not values) != (command in "Zz") or (command in "MmLl" and len(values) % 2):
            return None
        if command in "Mm":
            if len(flat) > 2:
                lines.append(_line(flat))
            x0, y0 = x, y = (values[0], values[1]) if command == "M" else (values[0] + x, values[1] + y)
            flat, values = [], values[2:]
        if not flat:
            flat = [x, y]
        if command in "ML":
            flat += values
        elif command in "ml":
            for index in range(0, len(values), 2):
                x, y = values[index] + x, values[index + 1] + y
                flat += (x, y)
        elif command in "Hh":
            for value in values:
                x = value if command == "H" else x + value
                flat += (x, y)
        elif command in "Vv":
            for value in values:
                y = value if command == "V" else y + value
                flat += (x, y)
        x, y = flat[-2:]
        if command in "Zz":
            lines.append(_line(flat if (x, y) == (x0, y0) else [*flat, x0, y0]))
            flat, x, y = [], x0, y0
    if len(flat) > 2:
        lines.append(_line(flat))
    return lines


def straight_polyline(points: str) -> list[Polyline] | None:
    """The line of a ``points`` attribute, or None where it is not plain or has a point only."""
    if not _POINTS.fullmatch(points):
        return None
    values = _numbers(points)
    return None if values is None or len(values) < 4 else [_line(values)]


def straight_polygon(points: str) -> list[Polyline] | None:
    """The closed line of a ``points`` attribute, or None where it is not plain or has a point only."""
    lines = straight_polyline(points)
    if lines is None or np.array_equal(lines[0][0], lines[0][-1]):
        return lines
    return [np.concatenate([lines[0], lines[0][:1]])]


def _numbers(text: str) -> list[float] | None:
    try:
        return list(map(float, text.replace(",", " ").split()))
    except ValueError:  # numbers need no space between them where a sign or a point begins the next
        if _ONE_NUMBER.sub("", text).strip(_SPACES):
            return None
        return list(map(float, _ONE_NUMBER.findall(text)))


def _line(flat: list[float]) -> Polyline:
    return np.array(flat, dtype=np.float64).reshape(-1, 2)


_READERS: dict[str, tuple[str, Callable[[str], list[Polyline] | None], str]] = {
    "path": ("d", straight_path, "M0,0L1,0"),
    "polyline": ("points", straight_polyline, "0,0 1,0"),
    "polygon": ("points", straight_polygon, "0,0 1,0"),
}
"""For each element: where its data stands, who reads them, and what stands there instead."""
