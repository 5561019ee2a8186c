"""HPGL for the pen plotters that vpype knows: which there are, on which papers, how far they reach, and the file."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from drawing.drawing import Bounds
from drawing.geometry import Polyline
from plotter.errors import SheetError
from plotter.papers import Paper
from plotter.pipeline import PX_PER_MM, to_document, vpype_turn

SAME_MM = 0.6
"""Papers whose sides differ by less are the same: letter is 215.9 mm to one and 216 mm to another."""
TOLERANCE_MM = 0.05


@dataclass(frozen=True)
class HpglPaper:
    """A paper in a plotter, as vpype has it."""

    name: str
    size_mm: tuple[float, float] | None
    """Width and height as the plotter counts; None for any paper."""
    range_mm: Bounds | None
    """What the pen reaches, from the plotter's own origin, y as the plotter counts it."""
    origin_mm: tuple[float, float]
    """Where that origin lies on the paper, from its top left or bottom left."""
    from_bottom: bool
    y_up: bool
    rotated: bool
    orientation: str
    info: str


@dataclass(frozen=True)
class HpglDevice:
    """A plotter that vpype knows."""

    name: str
    title: str
    pens: int
    papers: tuple[HpglPaper, ...]
    info: str


@dataclass(frozen=True)
class Hpgl:
    """A sheet as HPGL."""

    text: str
    paper: str
    """The plotter's name for the paper."""
    remarks: tuple[str, ...]
    """What a person has to know at the plotter, in vpype's words."""


def hpgl_devices() -> tuple[str, ...]:
    """Names of the plotters, those of the person's own ``~/.vpype.toml`` too."""
    with vpype_turn() as (vpype, _, _):
        return tuple(vpype.config_manager.get_plotter_list())


def find_device(name: str) -> HpglDevice:
    """What vpype knows of a plotter.

    Raises:
        SheetError: there is none of this name, or vpype can't read its own settings of it.
    """
    with vpype_turn() as (vpype, _, _):
        manager = vpype.config_manager
        names = list(manager.get_plotter_list())
        if name.lower() not in names:
            raise SheetError(f"There is no HPGL plotter {name!r}; the plotters are: {', '.join(names)}.")
        try:
            config = manager.get_plotter_config(name.lower())
        except (ValueError, KeyError, TypeError) as error:
            raise SheetError(f"vpype can't read its settings of {name}: {' '.join(str(error).split())}.") from None
        unit_mm = config.plotter_unit_length / PX_PER_MM
        papers = tuple(_paper(each, unit_mm) for each in config.paper_configs)
        return HpglDevice(name.lower(), str(config.name), int(config.pen_count), papers, _words(config.info))


def write_hpgl(layers: Sequence[Sequence[Polyline]], sheet: Paper, device_name: str, *, paper_name: str = "") -> Hpgl:
    """Lines in mm from the top left of a sheet as HPGL; each layer with the plotter's next pen.

    Args:
        sheet: the paper as it lies before a person, wide or tall; vpype turns it as the plotter counts.
        paper_name: the plotter's name for the paper, where there are several of that size; empty for the first.

    Raises:
        SheetError: no such plotter; the paper does not go in; lines beyond the reach of its pen; more layers than pens.
    """
    device = find_device(device_name)
    if len(layers) > device.pens:
        raise SheetError(f"The sheet has {len(layers)} layers, but {device.title} has {device.pens} pens; merge some.")
    paper = _choose(device, sheet, paper_name)
    _check_reach(device, paper, sheet, layers)
    text = io.StringIO()
    with vpype_turn() as (vpype, _, _):
        document = to_document(vpype, layers, (sheet.width_mm, sheet.height_mm))
        vpype.write_hpgl(
            text, document, paper.name, sheet.is_landscape, False, device.name, None, absolute=False, quiet=True
        )
    remarks = tuple(words for words in (device.info, paper.info) if words)
    return Hpgl(text.getvalue(), paper.name, remarks)


def _paper(config: Any, unit_mm: float) -> HpglPaper:
    size: tuple[float, float] | None = config.paper_size
    x, y = config.x_range, config.y_range
    reach = None if x is None or y is None else (x[0] * unit_mm, y[0] * unit_mm, x[1] * unit_mm, y[1] * unit_mm)
    return HpglPaper(
        str(config.name),
        None if size is None else (size[0] / PX_PER_MM, size[1] / PX_PER_MM),
        reach,
        (config.origin_location[0] / PX_PER_MM, config.origin_location[1] / PX_PER_MM),
        config.origin_location_reference == "botleft",
        bool(config.y_axis_up),
        bool(config.rotate_180),
        str(config.paper_orientation or ""),
        _words(config.info),
    )


def _words(text: str) -> str:
    return " ".join(text.split())


def _choose(device: HpglDevice, sheet: Paper, name: str) -> HpglPaper:
    """The paper that goes in: the one named, or one of this size that lies as the sheet does, or one of this size."""
    fitting = [each for each in device.papers if each.size_mm is None or _same(each.size_mm, sheet)]
    if name:
        named = [each for each in fitting if each.name.lower() == name.lower()]
        if not named:
            others = ", ".join(each.name for each in fitting) or "none"
            raise SheetError(f"{device.title} has no paper {name!r} of {sheet}; those that fit: {others}.")
        return named[0]
    if not fitting:
        sizes = ", ".join(f"{each.name} ({_size(each)})" for each in device.papers)
        raise SheetError(f"{sheet} does not go into {device.title}, which takes {sizes}, either way round.")
    lying = [each for each in fitting if each.size_mm and (each.size_mm[0] > each.size_mm[1]) == sheet.is_landscape]
    sized = [each for each in fitting if each.size_mm]
    return (lying or sized or fitting)[0]


def _same(size_mm: tuple[float, float], sheet: Paper) -> bool:
    return all(
        math.isclose(a, b, abs_tol=SAME_MM)
        for a, b in zip(sorted(size_mm), sorted((sheet.width_mm, sheet.height_mm)), strict=True)
    )


def _size(paper: HpglPaper) -> str:
    return "any" if paper.size_mm is None else f"{paper.size_mm[0]:.4g} x {paper.size_mm[1]:.4g} mm"


def _check_reach(device: HpglDevice, paper: HpglPaper, sheet: Paper, layers: Sequence[Sequence[Polyline]]) -> None:
    """Refuse lines that the pen does not reach: vpype would cut them off without a word."""
    reach = reach_mm(paper, sheet)
    lines = [line for layer in layers for line in layer]
    if reach is None or not lines:
        return
    left, top = (min(float(line[:, axis].min()) for line in lines) for axis in (0, 1))
    right, bottom = (max(float(line[:, axis].max()) for line in lines) for axis in (0, 1))
    if min(left - reach[0], top - reach[1]) < -TOLERANCE_MM or max(right - reach[2], bottom - reach[3]) > TOLERANCE_MM:
        raise SheetError(
            f"The lines reach from {left:.1f}, {top:.1f} to {right:.1f}, {bottom:.1f} mm, but on {paper.name} the pen "
            f"of {device.title} reaches from {reach[0]:.1f}, {reach[1]:.1f} to {reach[2]:.1f}, {reach[3]:.1f} mm; "
            "scale the drawing, or take larger margins; --centre and --turn may help."
        )


def reach_mm(paper: HpglPaper, sheet: Paper) -> Bounds | None:
    """What the pen reaches of a sheet, in mm from its top left; None where vpype does not say.

    It undoes, corner by corner, what vpype does to a document: turn it if the plotter counts the other way round,
    turn it by half if need be, and move it to the plotter's origin.
    """
    if paper.range_mm is None:
        return None
    width, height = paper.size_mm or (sheet.width_mm, sheet.height_mm)
    if (paper.orientation == "portrait" and width > height) or (paper.orientation == "landscape" and width < height):
        width, height = height, width
    x0, y0 = paper.origin_mm
    y0 = height - y0 if paper.from_bottom else y0
    xs: list[float] = []
    ys: list[float] = []
    for x, y in (paper.range_mm[:2], paper.range_mm[2:]):
        x, y = x + x0, y0 - y if paper.y_up else y0 + y
        if paper.rotated:
            x, y = width - x, height - y
        if sheet.is_landscape != (width > height):
            x, y = height - y, x
        xs.append(x)
        ys.append(y)
    return min(xs), min(ys), max(xs), max(ys)
