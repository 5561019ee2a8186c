"""What an SVG tree must not ask for: other files, endless copies, a million points and more."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import Element

from drawing.errors import RefusedFile, UnreadableFile

MAX_POINTS = 500_000
"""Most points, copies by <use> counted; a dense A3 sheet has some 300,000."""
MAX_DEPTH = 200
"""Deepest nesting of elements and copies."""

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
HREF = ("href", "{http://www.w3.org/1999/xlink}href")
"""What names the target of a <use>; the first counts where both are given."""


def check_tree(path: Path, tree: Element) -> None:
    """Raise unless the tree refers to nothing outside itself and unfolds to a sane size.

    Raises:
        RefusedFile: a <use> of another file or of itself, or more than MAX_POINTS points.
        UnreadableFile: elements nested deeper than MAX_DEPTH.
    """
    _check_depth(path, tree)
    by_id = {element.attrib["id"]: element for element in tree.iter() if "id" in element.attrib}
    try:
        points = _Counter(path, by_id).points(tree, ())
    except RecursionError:  # neither elements nor copies alone are nested too deep, but both together
        raise UnreadableFile(f"{path} nests elements and copies too deep; ungroup it first.") from None
    if points > MAX_POINTS:
        raise RefusedFile(
            f"{path} has about {points:,} points; more than {MAX_POINTS:,} are refused. Simplify it or split it."
        )


def _check_depth(path: Path, tree: Element) -> None:
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise UnreadableFile(f"{path} nests elements deeper than {MAX_DEPTH}; ungroup it first.")
        level = [child for element in level for child in element]


class _Counter:
    """Counts points with copies unfolded, each definition once."""

    def __init__(self, path: Path, by_id: dict[str, Element]) -> None:
        self.path = path
        self.by_id = by_id
        self.known: dict[int, int] = {}

    def points(self, element: Element, inside: tuple[str, ...]) -> int:
        if id(element) in self.known:
            return self.known[id(element)]
        count = _own_points(element) + sum(self.points(child, inside) for child in element)
        if element.tag.rpartition("}")[2] == "use":
            count += self._copied(element, inside)
        self.known[id(element)] = count
        return count

    def _copied(self, element: Element, inside: tuple[str, ...]) -> int:
        target = next((element.attrib[name] for name in HREF if name in element.attrib), "")
        if not target.startswith("#"):
            if not target:
                return 0
            raise RefusedFile(f"{self.path} is refused: it uses another file ({target[:80]}). Embed it first.")
        name = target[1:]
        if name in inside:
            raise RefusedFile(f"{self.path} is refused: #{name} is made of copies of itself.")
        if len(inside) >= MAX_DEPTH:
            raise UnreadableFile(f"{self.path} nests copies deeper than {MAX_DEPTH}; ungroup it first.")
        copied = self.by_id.get(name)
        return 0 if copied is None else self.points(copied, (*inside, name))


def _own_points(element: Element) -> int:
    """Points stated in path data and point lists; a shape has some hundred once it is flattened."""
    data = element.attrib.get("d") or element.attrib.get("points")
    if data is None:
        return 1
    return 1 + sum(1 for _ in _NUMBER.finditer(data)) // 2
