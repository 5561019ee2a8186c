"""A sheet made ready for a machine: optimised, turned if it only fits so, checked against the travel, planned."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from pathlib import Path

from drawing.drawing import Drawing
from plotter.axidraw import Machine, PlotSettings
from plotter.ebb import USUAL, Firmware
from plotter.economy import Saving, savings
from plotter.errors import SheetError
from plotter.layers import find_layers, kept_layers, with_pens
from plotter.optimize import Figures, OptimizeSettings, optimise
from plotter.plan import Plan, make_plan
from plotter.route import Place
from plotter.selection import find_cells, parse_ranges, select_cells, select_strokes
from plotter.sheet import Sheet, read_sheet, rounded

SHEET = "sheet.svg"
"""The sheet in the folder of a plot."""


@dataclass(frozen=True)
class Ready:
    """A sheet as it lies on the machine, and what drawing it takes."""

    sheet: Sheet
    """In mm from the machine's home corner, lines in the order and direction in which they are drawn."""
    plan: Plan
    machine: Machine | None
    begin: Place
    turned: bool = False
    """Whether the sheet was turned left by 90 degrees: its right edge lies along the machine's long side."""
    before: Figures | None = None
    """What the sheet asked for before it was optimised, if it was."""
    after: Figures | None = None
    before_s: float | None = None
    """What it would have taken then."""
    saved: tuple[Saving, ...] = ()
    """What joins, hops and overlap spare, of ``plan``."""
    remarks: tuple[str, ...] = ()
    """What a person should know, in words."""
    lines: tuple[int, int] | None = None
    """Of the sheet, which the plan draws: the first, and the first that it does not; None for all."""


def ready_sheet(
    path: Path,
    machine: Machine | None,
    settings: PlotSettings | None = None,
    *,
    optimised: bool = True,
    firmware: Firmware = USUAL,
    begin: Place | None = None,
    cells: str = "",
    strokes: str = "",
    layers: str = "",
    pens: str = "",
    pipeline: str = "",
) -> Ready:
    """Read a sheet and make it ready; takes up to some seconds for thousands of strokes.

    Args:
        machine: None checks no travel.
        optimised: order, turn and join lines first.
        firmware: which the plan's commands are for.
        begin: where to begin, counted in the lines as they will be drawn.
        cells: only these of the sheet, as ``1,3-5``, from 1; all if empty.
        strokes: only these lines, as ``10-20``, counted as they will be drawn, from 1; all if empty.
        layers: only these, by number or name, as ``1,red``; all that are not hidden if empty.
        pens: of layers, as ``1=black 0.5,red=red``; the others keep those that the file names.
        pipeline: vpype commands that take the place of the usual steps to optimise.

    Raises:
        SheetTooLarge: the machine does not reach all lines, turned or not.
        SheetError: nothing to draw, nothing after ``begin``, no such cells, lines or layers, or vpype refuses
            the pipeline.
        DrawingError: the file can't be read.
    """
    settings, begin = settings or PlotSettings(), begin or Place()
    settings = settings if machine is None else machine.apply(settings)
    sheet = read_sheet(path)
    if not sheet.drawing.lines:
        raise SheetError(f"{path} has no lines to draw.")
    if cells:
        sheet = select_cells(sheet, find_cells(sheet, cells))
    if pens:
        sheet = replace(sheet, layers=with_pens(sheet.layers, pens))
    sheet, hidden = choose_layers(path, sheet, layers)
    remarks = [*sheet.left_out, *hidden]
    before = after = before_s = None
    if pipeline.strip():
        before_s = make_plan(sheet.drawing.lines, settings, firmware).duration_s
        sheet, before, after, said = optimised_sheet(sheet, OptimizeSettings(pipeline=pipeline))
        remarks += said
    sheet, turned = (sheet, False) if machine is None else place_on(sheet, machine)
    if turned:
        remarks.append("the sheet is turned left: lay its right edge along the long side of the machine")
    if (over_mm := sheet.overhang_mm()) > 0.05:
        remarks.append(f"lines reach {over_mm:.1f} mm beyond the edge of the paper")
    if optimised and not pipeline.strip():
        before_s = make_plan(sheet.drawing.lines, settings, firmware).duration_s
        sheet, before, after, said = optimised_sheet(sheet, OptimizeSettings(join_mm=settings.join_mm))
        remarks += said
    if strokes:
        chosen = parse_ranges(strokes, len(sheet.drawing.lines))
        sheet = sheet.with_drawing(select_strokes(sheet.drawing, chosen), layers=kept_layers(sheet.layers, chosen))
        after = None  # told of all lines
    if begin.stroke >= len(sheet.drawing.lines):
        raise SheetError(f"{path} has {len(sheet.drawing.lines)} lines to draw; there is no number {begin.stroke + 1}.")
    plan = make_plan(sheet.drawing.lines, settings, firmware, begin=begin)
    if settings.jerk_mm_s3 and not firmware.draws_with_jerk:
        remarks.append(
            f"limited jerk takes a board with firmware 3.0.2 or later; the time is that of {firmware}, without"
        )
    saved = savings(sheet.drawing, plan) if begin == Place() else ()
    return Ready(sheet, plan, machine, begin, turned, before, after, before_s, saved, tuple(remarks))


def begun_at(ready: Ready, begin: Place) -> Ready:
    """The same sheet, of which only what comes from a place on is drawn."""
    if begin == ready.begin:
        return ready
    plan = make_plan(ready.sheet.drawing.lines, ready.plan.settings, ready.plan.firmware, begin=begin)
    return replace(ready, plan=plan, begin=begin)


def choose_layers(path: Path, sheet: Sheet, chosen: str) -> tuple[Sheet, list[str]]:
    """The sheet with those of its layers that are drawn, and what is said of the others.

    Args:
        path: of the sheet, to name it.
        chosen: as for ``find_layers``; all that are not hidden if empty.

    Raises:
        SheetError: there is no such layer, or none to draw.
    """
    if chosen:
        kept = set(find_layers(sheet.layers, chosen))
    else:
        kept = {index for index, layer in enumerate(sheet.layers) if not layer.hidden}
    if len(kept) == len(sheet.layers) and not chosen:
        return sheet, []
    remarks = [f"the layer {layer.title} is not drawn" for at, layer in enumerate(sheet.layers) if at not in kept]
    strokes = [stroke for at in sorted(kept) for stroke in range(*sheet.layers[at].strokes)]
    if not strokes:
        raise SheetError(f"{path} has no layer to draw: {'; '.join(remarks)}. Name one to draw it all the same.")
    if chosen and len(remarks) > 2:  # whoever chose knows which; how many tells whether it was meant so
        remarks = [f"{len(remarks)} of {len(sheet.layers)} layers are not drawn"]
    layers = tuple(replace(layer, hidden=False) for layer in kept_layers(sheet.layers, strokes))
    return sheet.with_drawing(sheet.drawing.select(strokes), layers=layers), remarks


def optimised_sheet(sheet: Sheet, settings: OptimizeSettings) -> tuple[Sheet, Figures, Figures, tuple[str, ...]]:
    """A sheet in its best order, what it asked for before and asks for now, and what there is to say.

    Raises:
        SheetError: as ``optimise``.
    """
    page_mm = sheet.paper.width_mm, sheet.paper.height_mm
    done = optimise(sheet.drawing, settings, page_mm=page_mm, layers=sheet.layers)
    drawing = rounded(done.drawing) if settings.pipeline else done.drawing
    return sheet.with_drawing(drawing, done.page_mm, layers=done.layers), done.before, done.after, done.remarks


def place_on(sheet: Sheet, machine: Machine) -> tuple[Sheet, bool]:
    """The sheet as it lies on the machine, and whether it had to be turned left for that.

    Raises:
        SheetTooLarge: it is too large both ways.
    """
    if machine.reaches(*sheet.drawing.bounds):
        return sheet, False
    turned = turn_left(sheet.drawing, sheet.paper.width_mm)
    if not machine.reaches(*turned.bounds):
        machine.check(sheet.drawing.bounds)
    size_mm = sheet.paper.height_mm, sheet.paper.width_mm
    return sheet.with_drawing(turned, size_mm, layers=sheet.layers), True


def turn_left(drawing: Drawing, width_mm: float) -> Drawing:
    """A drawing on a page of this width, the page turned so that its right edge comes to the top."""
    return drawing.transform([[0, 1, 0], [-1, 0, width_mm]])


def new_plot_folder(plots: Path, sheet: Path) -> Path:
    """A free name for a plot of this sheet in the folder of plots; nothing is made yet."""
    earlier = re.fullmatch(r"\d{8}-\d{6}-(.+)", sheet.absolute().parent.name) if sheet.name == SHEET else None
    name = earlier[1] if earlier else sheet.stem  # the sheet of an earlier plot goes by that plot's name
    stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{name}"[:60]
    names = (stem if count == 1 else f"{stem}-{count}" for count in range(1, 10_000))
    return next(plots / name for name in names if not (plots / name).exists())
