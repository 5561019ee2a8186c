"""Layers: which lines of a sheet are drawn with which pen, one layer after the other.

In an SVG they are Inkscape's layers. How the pen draws a layer stands in its label, in the codes that the
AxiDraw software documents (wiki.evilmadscientist.com/AxiDraw_Layer_Control), so that both draw alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from drawing.drawing import Drawing
from drawing.svg_layers import SvgLayer
from plotter.errors import SheetError

NO_PEN = "-"
"""Instead of a pen: whichever is in the clip. No pen is called so."""
MOST_NUMBER = 1000
"""Largest number that the AxiDraw software takes for a layer's."""
_PEN = "pen"
"""Name of the note of the pen at the layer of the SVG."""
_LABEL = re.compile(r"\s*(?P<mark>[!%]?)\s*(?P<number>[0-9]*)(?P<codes>(?:\+[HSD][0-9]+)*)(?P<name>.*)", re.I | re.S)
_CODE = re.compile(r"\+([HSD])([0-9]+)", re.I)
_VALUES = {"H": range(101), "S": range(1, 111), "D": range(1, 10**7)}
"""Values that count; others are as if they were not there."""


@dataclass(frozen=True)
class Layer:
    """Lines of a sheet that are drawn in one go."""

    name: str
    strokes: tuple[int, int]
    """The first of the sheet's lines in it, and the first that is not."""
    colour: str = ""
    """As #1a2b3c; empty if nobody has said."""
    pen: str = ""
    """Name of a pen of the studio; empty for whichever is in the clip."""
    number: int | None = None
    """By which a person names it; on a sheet every layer has one."""
    pause: bool = False
    """The plot pauses before it."""
    hidden: bool = False
    """It is not drawn: notes, guides."""
    speed_pct: int | None = None
    """Top speed of the lowered pen in percent of the machine's; None leaves it to the plot's settings."""
    height_pct: int | None = None
    """Height of the lowered pen in percent; None leaves it to the plot's settings."""
    delay_ms: int = 0
    """The plot waits so long before it."""

    @property
    def title(self) -> str:
        """What a person calls it: ``2 red``."""
        return " ".join(filter(None, ("" if self.number is None else str(self.number), self.name)))


def read_label(label: str) -> Layer:
    """What the label of a layer says, without strokes.

    First ``%`` (not drawn) or ``!`` (pause before it), then its number, then ``+H30`` (height of the
    lowered pen, 0 to 100 %), ``+S50`` (speed, 1 to 110 %) and ``+D500`` (delay in ms), the last one of
    each counts; then its name. All may be left out, nothing may stand between number and codes.
    """
    match = _LABEL.fullmatch(label)
    assert match is not None  # any text fits
    stated, codes, name = match["number"], match["codes"], " ".join(match["name"].split())
    number = int(stated[:9]) if stated else None
    if number is not None and (number > MOST_NUMBER or len(stated) > 9):
        number, codes, name = None, "", " ".join(label.split()).lstrip("!% ")
    values = {"H": -1, "S": -1, "D": 0}
    for code, value in _CODE.findall(codes):
        if len(value) < 9 and int(value) in _VALUES[code.upper()]:
            values[code.upper()] = int(value)
    return Layer(
        name,
        (0, 0),
        number=number,
        pause=match["mark"] == "!",
        hidden=match["mark"] == "%",
        speed_pct=values["S"] if values["S"] > 0 else None,
        height_pct=values["H"] if values["H"] >= 0 else None,
        delay_ms=values["D"],
    )


def layer_label(layer: Layer) -> str:
    """The label that says all of this in an SVG: ``!2+S50 red``; ``read_label`` reads it."""
    mark = "%" if layer.hidden else "!" if layer.pause else ""
    codes = [
        "" if layer.number is None else str(layer.number),
        "" if layer.height_pct is None else f"+H{layer.height_pct}",
        "" if layer.speed_pct is None else f"+S{layer.speed_pct}",
        f"+D{layer.delay_ms}" if layer.delay_ms else "",
    ]
    return f"{mark}{''.join(codes)} {layer.name}".strip()


def read_layers(found: Sequence[SvgLayer]) -> tuple[Layer, ...]:
    """Layers of an SVG with what their labels say, numbered; speed and height hold in the layers inside too."""
    layers: list[Layer] = []
    begun: set[tuple[str, ...]] = set()
    for each in found:
        path = (*each.inside, each.name)
        said = [read_label(label) for label in path]
        fresh = [part for depth, part in enumerate(said, start=1) if path[:depth] not in begun]
        begun.update(path[:depth] for depth in range(1, len(path) if each.inside else 0))
        layers.append(
            Layer(
                next((part.name for part in reversed(said) if part.name), ""),
                each.strokes,
                each.colour,
                " ".join(each.notes.get(_PEN, "").split()),
                next((part.number for part in reversed(said) if part.number is not None), None),
                any(part.pause for part in fresh),
                any(part.hidden for part in said),
                next((part.speed_pct for part in reversed(said) if part.speed_pct is not None), None),
                next((part.height_pct for part in reversed(said) if part.height_pct is not None), None),
                sum(part.delay_ms for part in fresh),
            )
        )
    return numbered(layers)


def svg_layers(layers: Sequence[Layer]) -> tuple[SvgLayer, ...]:
    """The layers as an SVG holds them."""
    return tuple(
        SvgLayer(layer_label(layer), layer.strokes, layer.colour, notes={_PEN: layer.pen} if layer.pen else {})
        for layer in numbered(layers)
    )


def numbered(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The layers with a number each: those that have one keep it, the others get the lowest free ones."""
    taken = {layer.number for layer in layers}
    free = (number for number in range(1, len(layers) + len(taken) + 1) if number not in taken)
    return tuple(replace(layer, number=next(free)) if layer.number is None else layer for layer in layers)


def layers_of(drawings: Iterable[tuple[Layer, Drawing]]) -> tuple[Layer, ...]:
    """Layers for drawings laid one after the other, as ``sheet.together`` lays them; those without lines have none.

    Args:
        drawings: each with its layer, whose strokes do not matter yet.
    """
    layers: list[Layer] = []
    start = 0
    for layer, drawing in drawings:
        stop = start + len(drawing.lines)
        if stop > start:
            layers.append(replace(layer, strokes=(start, stop)))
        start = stop
    return numbered(layers)


def check_layers(layers: Sequence[Layer], lines: int) -> None:
    """Raise a ValueError unless the layers have all lines, one after the other."""
    start = 0
    for layer in layers:
        if layer.strokes[0] != start or layer.strokes[1] < start:
            raise ValueError(f"the layer {layer.title!r} has the lines {layer.strokes}, and should begin at {start}")
        start = layer.strokes[1]
    if layers and start != lines:
        raise ValueError(f"the layers have {start} lines, and the drawing has {lines}")


def kept_layers(layers: Sequence[Layer], kept: Iterable[int]) -> tuple[Layer, ...]:
    """The layers of a drawing of which these lines only, in their order, are left; empty layers are gone.

    Args:
        kept: indices of lines, ascending.
    """
    at = np.array(sorted(kept), dtype=np.intp)
    spans = ((layer, np.searchsorted(at, layer.strokes)) for layer in layers)
    return tuple(replace(layer, strokes=(int(a), int(b))) for layer, (a, b) in spans if b > a)


def passes_of(layers: Sequence[Layer]) -> list[tuple[Layer, ...]]:
    """The layers that are drawn, those together that are drawn in one go: with one pen, and as fast and as low."""
    passes: list[tuple[Layer, ...]] = []
    for layer in layers:
        if layer.hidden:
            continue
        last = passes[-1][-1] if passes else None
        if last is None or last.strokes[1] != layer.strokes[0] or _differs(last, layer):
            passes.append((layer,))
        else:
            passes[-1] = (*passes[-1], layer)
    return passes


def _differs(before: Layer, layer: Layer) -> bool:
    alike = all(getattr(before, name) == getattr(layer, name) for name in ("pen", "speed_pct", "height_pct"))
    return layer.pause or layer.delay_ms > 0 or not alike


def find_layers(layers: Sequence[Layer], text: str) -> tuple[int, ...]:
    """Which layers a text as ``1,3-4`` or ``red`` names, in their order, counted from 0.

    Args:
        text: numbers of layers, ranges of them and names, between commas.

    Raises:
        SheetError: it names what there is not.
    """
    if not layers:
        raise SheetError("The sheet has no layers; leave out the choice of them.")
    found: set[int] = set()
    whole = " ".join(text.split())  # a layer may have a comma in its name
    items = [whole] if any(whole.casefold() in _calls(layer) for layer in layers) else text.split(",")
    for item in filter(None, (" ".join(item.split()) for item in items)):
        found.update(_named(layers, item))
    if not found:
        raise SheetError(f"No layer is named; {_known(layers)}.")
    return tuple(sorted(found))


def with_pens(layers: Sequence[Layer], text: str) -> tuple[Layer, ...]:
    """The layers with the pens that a text as ``1=black 0.5,red=red`` gives them; ``red=-`` takes one away.

    Raises:
        SheetError: it can't be understood, or names a layer that there is not.
    """
    given = list(layers)
    items: list[str] = []
    for item in text.split(","):
        if items and item.strip() and "=" not in item:
            items[-1] += f",{item}"  # a pen may have a comma in its name
        else:
            items.append(item)
    for item in filter(None, (item.strip() for item in items)):
        name, pen = _taken_apart(layers, item)
        if not name or not pen:
            raise SheetError(f"{item!r} gives no layer a pen; write layer=pen between commas, as '1=black 0.5,2=red'.")
        for index in find_layers(layers, name):
            given[index] = replace(given[index], pen="" if pen == NO_PEN else " ".join(pen.split()))
    return tuple(given)


def _taken_apart(layers: Sequence[Layer], item: str) -> tuple[str, str]:
    """Layer and pen of ``layer=pen``; where there are several signs, the last one before which there is a layer."""
    words = item.split("=")
    for at in range(len(words) - 1, 0, -1):
        name = "=".join(words[:at]).strip()
        if any(" ".join(name.split()).casefold() in (*_calls(layer), str(layer.number)) for layer in layers):
            return name, "=".join(words[at:]).strip()
    name, _, pen = item.rpartition("=")
    return name.strip(), pen.strip()


def _named(layers: Sequence[Layer], item: str) -> list[int]:
    found = [index for index, layer in enumerate(layers) if item.casefold() in _calls(layer)]
    if not found and (match := re.fullmatch(r"([0-9]{1,4})(?:\s*[-–]\s*([0-9]{1,4}))?", item)):
        wanted = range(int(match[1]), int(match[2] or match[1]) + 1)
        found = [index for index, layer in enumerate(layers) if layer.number in wanted]
    if not found:
        raise SheetError(f"The sheet has no layer {item!r}; {_known(layers)}.")
    return found


def _calls(layer: Layer) -> tuple[str, str]:
    """By what a person may call it."""
    return layer.name.casefold(), layer.title.casefold()


def _known(layers: Sequence[Layer]) -> str:
    return f"the layers are {', '.join(layer.title for layer in layers)}"
