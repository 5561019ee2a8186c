"""The layers of an SVG: which strokes lie in which named group, and in which colour.

Layers are what Inkscape calls so, or the groups at the top of a file that has none of those, if their colours differ:
groups of one colour are for one pen, whatever they group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from xml.etree.ElementTree import Element

from drawing.svg_path import NAMESPACE

INKSCAPE = "http://www.inkscape.org/namespaces/inkscape"
LAYER = f"{{{NAMESPACE}}}layer"
"""Attribute that tells which layer a shape is in, by number; handed down from group to shape."""
MOST_GROUPS = 32
"""Top-level groups that are taken for layers; where there are more, they are something else."""
_MODE, _LABEL = f"{{{INKSCAPE}}}groupmode", f"{{{INKSCAPE}}}label"
_GROUPS = ("{http://www.w3.org/2000/svg}g", "g")


@dataclass(frozen=True)
class SvgLayer:
    """Strokes of one layer."""

    name: str
    """As the file has it; empty for strokes outside of all layers."""
    strokes: tuple[int, int]
    """The first one, and the first that is not in it."""
    colour: str = ""
    """Of its strokes as #1a2b3c; empty if they have none, or several."""
    inside: tuple[str, ...] = ()
    """Names of the layers around it, outermost first."""
    notes: Mapping[str, str] = field(default_factory=dict[str, str])
    """What monoline has noted at the layer, by names of lowercase letters."""


@dataclass(frozen=True)
class LayerGroup:
    """A group that is a layer."""

    name: str
    inside: tuple[str, ...]
    notes: Mapping[str, str]
    shown: bool
    plain: bool = False
    """It is a group that nobody has called a layer."""


def mark_layers(tree: Element) -> list[LayerGroup]:
    """Number the groups of a tree that are layers, in place, and return them.

    Inkscape's layers count at any depth, the innermost for a shape. A file without them has the groups
    at its top that have a label or an id, if there are two of them at least; ``found_layers`` looks at their colours.
    """
    for element in tree.iter():
        element.attrib.pop(LAYER, None)  # a file may say what it likes
    every = [*_layers_in(tree, ())]
    plain = not every
    if plain:
        named = [child for child in tree if child.tag in _GROUPS and _name(child)]
        every = [(child, ()) for child in named] if 2 <= len(named) <= MOST_GROUPS else []
    found: list[LayerGroup] = []
    for element, inside in every:
        found.append(LayerGroup(_name(element), inside, _notes(element), not _is_hidden(element), plain))
        element.set(LAYER, str(len(found) - 1))
    return found


def found_layers(groups: Sequence[LayerGroup], owners: Sequence[tuple[int, str]]) -> tuple[SvgLayer, ...]:
    """The layers of a file, one after the other, from the group (-1 for none) and the colour of each stroke."""
    layers: list[SvgLayer] = []
    start = 0
    for number, run in groupby(owners, key=lambda owner: owner[0]):
        colours = [colour for _, colour in run]
        stop = start + len(colours)
        colour = colours[0] if len(set(colours)) == 1 else ""
        group = groups[number] if 0 <= number < len(groups) else None
        if group is None:
            layers.append(SvgLayer("", (start, stop), colour))
        else:
            layers.append(SvgLayer(group.name, (start, stop), colour, group.inside, group.notes))
        start = stop
    if groups and groups[0].plain and len({layer.colour for layer in layers}) < 2:
        return ()
    return tuple(layers) if any(layer.name or layer.notes for layer in layers) else ()


def _layers_in(element: Element, inside: tuple[str, ...]) -> Iterator[tuple[Element, tuple[str, ...]]]:
    for child in element:
        if child.tag not in _GROUPS:
            continue
        if child.get(_MODE) == "layer":
            yield child, inside
            yield from _layers_in(child, (*inside, _name(child)))
        else:
            yield from _layers_in(child, inside)


def _name(element: Element) -> str:
    return " ".join(element.get(_LABEL, element.get("id", "")).split())


def _notes(element: Element) -> dict[str, str]:
    own = f"{{{NAMESPACE}}}"
    return {key.removeprefix(own): value for key, value in element.attrib.items() if key.startswith(own)}


def _is_hidden(element: Element) -> bool:
    styles = (part.replace(" ", "") for part in element.get("style", "").split(";"))
    return element.get("display") == "none" or "display:none" in styles
