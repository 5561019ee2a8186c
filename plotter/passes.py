"""The passes of a plot: the layers of a sheet one after the other, each with its pen, as fast and as low as it wants.

Neighbours that are drawn alike are one pass; between two passes the carriage comes home, and may wait there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from plotter.axidraw import PlotSettings
from plotter.errors import SheetError
from plotter.layers import Layer, passes_of
from plotter.parts import PAPER, PAUSE, PEN, Part
from plotter.pens import Pen, PenError, find_pen
from plotter.plan import make_plan
from plotter.ready import Ready
from plotter.route import Place

FULL_MM_S = 200.8
"""Speed of the lowered pen that is 100 % in the label of a layer: so is 25 % the usual speed of a plot."""


def make_passes(
    ready: Ready,
    settings: PlotSettings,
    pens: Mapping[str, Pen],
    usual: Pen | None = None,
) -> list[Part]:
    """The parts of a sheet that was made ready, in drawing order; one of them if it has no layers.

    Args:
        settings: as a person has set them; what they leave open is the pen's, and a layer's label wins over both.
        pens: the pens of the layers that are known, by the names that layers have for them.
        usual: the pen of layers that name none.

    Raises:
        SheetError: a layer lowers the pen to where it is raised.
        PenError: as ``Pen.apply``.
    """
    layers, begin, lines = ready.sheet.layers, ready.begin, ready.sheet.drawing.lines
    settings = settings if ready.machine is None else ready.machine.apply(settings)
    if not layers:
        one = _planned(ready, (0, len(lines)), used(settings, usual), begin)
        return [Part(replace(one, lines=None), pen="" if usual is None else usual.name)]
    parts: list[Part] = []
    for some in passes_of(layers):
        first, last = some[0].strokes[0], some[-1].strokes[1]
        if begin.stroke >= last:
            continue
        layer = some[0]
        pen = pens.get(layer.pen, None if layer.pen else usual)
        name = layer.pen if pen is None else pen.name
        place = Place(begin.stroke - first, begin.along_mm) if begin.stroke >= first else Place()
        chosen = _of_layer(layer, used(settings, pen))
        wait, says = _before(parts[-1] if parts else None, some, layers, name)
        one = _planned(ready, (first, last), chosen, place)
        parts.append(Part(one, wait, says, name, _title(some), 0 if place != Place() else layer.delay_ms))
    return parts


def _planned(ready: Ready, span: tuple[int, int], settings: PlotSettings, begin: Place) -> Ready:
    """Of a sheet these lines only, planned if they are not yet."""
    lines, plan = ready.sheet.drawing.lines, ready.plan
    whole = span == (0, len(lines)) and begin == ready.begin
    if not whole or settings.model_dump() != plan.settings.model_dump():
        plan = make_plan(lines[slice(*span)], settings, plan.firmware, begin=begin)
    return replace(ready, plan=plan, begin=begin, lines=span)


def find_pens(
    layers: Sequence[Layer], studio: Path | None, *, all_known: bool = False
) -> tuple[dict[str, Pen], list[str]]:
    """The pens of a studio that layers name, by the names they have for them, and what is said of those unknown.

    Raises:
        PenError: with ``all_known``: one is not known; or the pens can't be read.
    """
    names = list(dict.fromkeys(layer.pen for layer in layers if layer.pen and not layer.hidden))
    found: dict[str, Pen] = {}
    remarks: list[str] = []
    for name in names:
        try:
            if studio is None:
                raise PenError(f"There is no studio to look for the pen {name!r} in.")
            found[name] = find_pen(studio, name)
        except PenError as error:
            if all_known:
                raise
            reason = str(error).partition(";")[0].rstrip(".")
            remarks.append(f"the pen {name} is drawn with as the plot is set, and its ink is not counted: {reason}")
    visible = [layer for layer in layers if not layer.hidden]
    colours = {layer.colour for layer in visible}
    if not names and len(colours) > 1 and not any(layer.pause for layer in visible[1:]):
        titles = ", ".join(layer.title for layer in visible)
        remarks.append(f"one pen draws all layers ({titles}) without a pause, as long as none has a pen of its own")
    return found, remarks


def pens_of(parts: Sequence[Part], studio: Path | None) -> dict[str, Pen]:
    """The pens of these parts that the studio knows, by name."""
    layers = [Layer("", (0, 0), pen=part.pen) for part in parts]
    return find_pens(layers, studio)[0]


def after_another(parts: Sequence[Part], says: str, before: Part) -> list[Part]:
    """The parts of a sheet that comes after another: paper is put in before, and its pen.

    Args:
        says: what a person is told of the paper.
        before: the last part of the other sheet.
    """
    first, *others = parts
    pen = f" Put in the pen {first.pen} too." if first.pen != before.pen and first.pen else ""
    return [replace(first, wait=PAPER, says=f"{says}{pen}"), *others]


def used(settings: PlotSettings, pen: Pen | None) -> PlotSettings:
    """The settings with a pen, if there is one."""
    return settings if pen is None else pen.apply(settings)


def _of_layer(layer: Layer, settings: PlotSettings) -> PlotSettings:
    changed: dict[str, float] = {}
    if layer.speed_pct is not None:
        changed["speed_down_mm_s"] = layer.speed_pct / 100 * FULL_MM_S
    if layer.height_pct is not None:
        changed["pen_down_pct"] = float(layer.height_pct)
        if layer.height_pct >= settings.pen_up_pct:
            raise SheetError(
                f"The layer {layer.title!r} lowers the pen to {layer.height_pct} %, which is no lower than the raised "
                f"pen ({settings.pen_up_pct:g} %); change +H in its label, or raise the pen higher."
            )
    return settings.model_copy(update=changed)


def _title(some: Sequence[Layer]) -> str:
    """What a person calls layers that are drawn in one go; in short, where they are many."""
    numbers = [layer.number for layer in some]
    first, last = numbers[0], numbers[-1]
    if len(some) > 2 and first is not None and last is not None and numbers == list(range(first, last + 1)):
        return f"{first} to {last}"
    return ", ".join(layer.title for layer in some)


def _before(before: Part | None, some: Sequence[Layer], layers: Sequence[Layer], pen: str) -> tuple[str, str]:
    """What is waited for before a pass, and what is said then."""
    if before is None:
        return "", ""
    drawn = [layer for layer in layers if not layer.hidden]
    which = f"layer {drawn.index(some[0]) + 1} of {len(drawn)}: {some[0].name or some[0].title}"
    if pen != before.pen:
        return PEN, f"Put in the pen {pen} for {which}." if pen else f"Put in the pen for {which}; none is named."
    if some[0].pause:
        return PAUSE, f"A pause is asked for before {which}."
    return "", ""
