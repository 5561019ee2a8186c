"""Optimise a sheet: fewer lifts and less travel for the same ink, in vpype's order, or by a pipeline of one's own.

vpype, loaded when it is needed, decides the order only: points never pass through its pixels, so they stay
as they were bit by bit, and connectors stay marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from drawing.drawing import Drawing
from plotter.apart import kept_apart
from plotter.errors import SheetError
from plotter.layers import Layer, layers_of, passes_of
from plotter.pipeline import Piped, execute, run_pipeline
from plotter.sheet import together

TWO_OPT_WORK = 4e9
"""Most pairs of strokes that two-opt may look at, strokes squared times passes: some 15 s."""
TWO_OPT_PASSES = 250
_FEW_PASSES = 12
"""It seldom takes more until nothing improves."""
_FAR_MM = 1e7
"""Where the strokes begin and end that stand for home, so that no other order can be better."""


class OptimizeSettings(BaseModel):
    """What is done to a sheet before it is drawn."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    join_mm: float | None = Field(default=0.152, ge=0, allow_inf_nan=False)
    """Strokes whose ends are at most so far apart become one, the gap a marked connector; none joins nothing."""
    simplify_mm: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """Points nearer than this to the line without them are left out; 0 keeps all."""
    min_length_mm: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """Shorter strokes are left out, dots too; 0 keeps all."""
    sort: bool = True
    """Order and turn strokes for little travel, home and return counted."""
    two_opt: bool = True
    """Improve the order by two-opt: 10 to 25 % less travel, seconds for some thousand strokes."""
    home_x_mm: float = 0.0
    """Where the pen comes from and goes back to."""
    home_y_mm: float = 0.0
    pipeline: str = ""
    """vpype commands that take the place of all of the above, as ``linemerge linesort reloop``."""


@dataclass(frozen=True)
class Figures:
    """What a sheet asks of the machine."""

    strokes: int
    lifts: int
    ink_m: float
    """Drawn length, connectors included."""
    travel_m: float
    """Straight ways of the lifted pen, from home to the first stroke and back from the last too."""

    def to_json(self) -> dict[str, float]:
        """The figures by name."""
        return asdict(self)


@dataclass(frozen=True)
class Optimised:
    """A sheet's ink in the order and direction in which it is best drawn."""

    drawing: Drawing
    before: Figures
    after: Figures
    remarks: tuple[str, ...] = ()
    """What a person should know: strokes left out, two-opt cut short, what vpype printed."""
    page_mm: tuple[float, float] | None = None
    """Width and height of the page, if a pipeline has changed it."""
    layers: tuple[Layer, ...] = ()
    """The layers of the drawing as it is now."""


def measure(drawing: Drawing, home_mm: tuple[float, float] = (0.0, 0.0), layers: Sequence[Layer] = ()) -> Figures:
    """Strokes, lifts, ink and travel of a drawing in mm.

    Args:
        layers: those not drawn do not count, and between two that are not drawn in one go the pen comes home.
    """
    if layers:
        spans = [(each[0].strokes[0], each[-1].strokes[1]) for each in passes_of(layers)]
        parts = [measure(drawing.select(range(*span)), home_mm) for span in spans]
        return Figures(
            sum(part.strokes for part in parts),
            sum(part.lifts for part in parts),
            sum(part.ink_m for part in parts),
            sum(part.travel_m for part in parts),
        )
    travel = 0.0
    if drawing.lines:
        ends = np.array(home_mm)
        travel = drawing.travel + _distance(ends, drawing.lines[0][0]) + _distance(drawing.lines[-1][-1], ends)
    return Figures(len(drawing.lines), drawing.lifts, drawing.ink / 1000, travel / 1000)


def _distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.hypot(*(b - a)))


def optimise(
    drawing: Drawing,
    settings: OptimizeSettings | None = None,
    *,
    page_mm: tuple[float, float] | None = None,
    layers: Sequence[Layer] = (),
) -> Optimised:
    """Join, simplify, leave out the short, and sort; or whatever the pipeline says.

    Args:
        drawing: in mm.
        page_mm: width and height of the paper, which some vpype commands ask for.
        layers: of the drawing; each is optimised for itself, and they stay in their order.

    Raises:
        SheetError: nothing is left to draw, or vpype refuses the pipeline, in its own words.
    """
    settings = settings or OptimizeSettings()
    if (apart := kept_apart()) is not None:
        return apart.optimise(drawing, settings, page_mm, layers)
    home = settings.home_x_mm, settings.home_y_mm
    piped: Piped | None = None
    left = tuple(layers)
    if settings.pipeline.strip():
        piped = run_pipeline(drawing, settings.pipeline, page_mm, layers)
        done, left, remarks = piped.drawing, piped.layers, list(piped.remarks)
    elif layers:
        remarks: list[str] = []
        parts = [
            (layer, _in_best_order(drawing.select(range(*layer.strokes)), settings, home, remarks)) for layer in layers
        ]
        done, left = together([part for _, part in parts]), layers_of(parts)
    else:
        remarks = []
        done = _in_best_order(drawing, settings, home, remarks)
    if drawing.lines and not done.lines:
        raise SheetError("Nothing is left to draw; keep shorter strokes, or change the pipeline.")
    page = piped and piped.page_mm
    before, after = measure(drawing, home, layers), measure(done, home, left)
    return Optimised(done, before, after, tuple(dict.fromkeys(remarks)), page, left)


def _in_best_order(
    drawing: Drawing, settings: OptimizeSettings, home: tuple[float, float], remarks: list[str]
) -> Drawing:
    """The strokes of one layer joined, tidied and sorted; remarks are added to."""
    done, said = _tidied(drawing, settings)
    remarks += said
    if settings.sort:
        passes = _passes(len(done.lines)) if settings.two_opt else 0
        if settings.two_opt and passes < _FEW_PASSES:
            what = f"was cut short after {passes} passes" if passes else "was left out"
            remarks.append(f"two-opt {what}: with {len(done.lines):,} strokes it takes long")
        done = in_order(done, home, passes)
    return done


def _tidied(drawing: Drawing, settings: OptimizeSettings) -> tuple[Drawing, list[str]]:
    """The drawing joined, simplified and without its short strokes."""
    from drawing.connect import join  # scipy is slow to load

    remarks: list[str] = []
    if settings.join_mm is not None:
        drawing = join(drawing, settings.join_mm)
    if settings.simplify_mm > 0:
        drawing = drawing.simplify(settings.simplify_mm)
    if settings.min_length_mm > 0:
        kept: list[int] = np.flatnonzero(drawing.lengths >= settings.min_length_mm).tolist()
        if len(kept) < len(drawing.lines):
            count = len(drawing.lines) - len(kept)
            words = "1 stroke" if count == 1 else f"{count:,} strokes"
            remarks.append(f"{words} shorter than {settings.min_length_mm:g} mm left out")
            drawing = drawing.select(kept)
    return drawing, remarks


def _passes(strokes: int) -> int:
    return min(TWO_OPT_PASSES, int(TWO_OPT_WORK / max(strokes, 1) ** 2))


def in_order(drawing: Drawing, home_mm: tuple[float, float] = (0.0, 0.0), passes: int = TWO_OPT_PASSES) -> Drawing:
    """The strokes in vpype's order: always the nearest end next, then two-opt; never more travel than before.

    vpype's linesort begins at the first stroke of the file and forgets the way back. So it gets two more
    strokes, from far away to home and from home to far away, which can be nowhere but first and last.

    Args:
        passes: of two-opt over all strokes; 0 for none.
    """
    if not drawing.lines:
        return drawing
    home = complex(*home_mm)
    first, last = np.array([complex(-_FAR_MM), home]), np.array([home, complex(0, -_FAR_MM)])
    ends = [
        # all that vpype looks at are the ends; what lies between tells which stroke it is, and which way round
        np.array([complex(*line[0]), complex(index, 0), complex(index, 1), complex(*line[-1])])
        for index, line in enumerate(drawing.lines)
    ]
    ends = execute("linesort", [first, *ends])[1:]
    if passes > 0 and len(ends) > 1:
        # its greedy start can't but leave the last stroke too early, which is far worse, and so is not taken
        ends = execute(f"linesort --two-opt --passes {passes}", [first, *ends, last])[1:-1]
    order = [int(each[1].real) for each in ends]
    forward = [each[1].imag == 0 for each in ends]
    done = _taken(drawing, order, forward)
    return done if measure(done, home_mm).travel_m < measure(drawing, home_mm).travel_m else drawing


def _taken(drawing: Drawing, order: Sequence[int], forward: Sequence[bool]) -> Drawing:
    """The strokes in this order, each forward or from its end to its start."""
    ways = list(zip(order, forward, strict=True))
    lines = (drawing.lines[index] if way else drawing.lines[index][::-1] for index, way in ways)
    marks = (drawing.marks(index) if way else drawing.marks(index)[::-1] for index, way in ways)
    return Drawing(tuple(lines), tuple(marks) if drawing.connectors else ())
