"""From traced drawings to those worth learning: joined, simplified, chosen by their points, ordered.

Nothing here knows files. Each drawing that is left out comes back with its reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field

from drawing.accept import Rules
from drawing.connect import Apart, join, splice
from drawing.drawing import Drawing
from drawing.errors import DrawingError
from prep.order import Direction, Order, Place, Start, order_strokes

SIZE = 200.0
"""The long side of every drawing, which all lengths in the settings refer to."""


class SelectSettings(BaseModel):
    """What becomes of a traced drawing, and which are kept. Lengths are of a drawing whose long side is 200."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    join: float = Field(default=15.0, ge=0, le=SIZE)
    """Ends up to so far apart are joined, over white too; 0 joins only ends that touch."""
    splice: float = Field(default=0.0, ge=0, le=SIZE)
    """A stroke up to so far from another one is drawn on the way, out and back; 15 to 30 is usual, 0 is off."""
    one_line: bool = False
    """Whether each drawing becomes exactly one stroke; one that can't within ``max_connector`` is left out."""
    max_connector: float = Field(default=60.0, ge=0, le=2 * SIZE)
    """The most white that a connector may cross, whatever asks for it."""
    epsilon: float = Field(default=0.2, ge=0, le=20)
    """Points nearer than this to the line through the others are left out (Ramer-Douglas-Peucker)."""
    max_points: int = Field(default=249, ge=4)
    """The most points of a drawing; epsilon is raised for one that has more. Sketch-RNN learns up to 250 well."""
    cut: float = Field(default=0.05, ge=0, lt=0.5)
    """The share of drawings left out at either end, those of the fewest and of the most points at ``epsilon``."""
    min_side: float = Field(default=0.04, ge=0, le=1)
    """A drawing whose long side is less than this share of its page's is too small to be one."""
    max_strokes: int | None = Field(default=None, ge=1)
    """The most strokes, after joining."""
    rules: Rules = Rules()
    """What else a drawing must meet."""
    start: Start = "left"
    """Where a drawing begins: at its highest end (``top``), its leftmost (``left``), the one that reaches farthest
    out (``longest``), or as traced, which is chance. A start that was chosen by hand stays."""
    order: Order = "near"
    """Which stroke is next: the nearest, or as traced."""
    direction: Direction = "near"
    """Which way strokes after the first are drawn: from the nearer end (``near``), ``down``, to the ``right``, or as
    traced."""
    imports: bool = False
    """Whether imported drawings are joined, spliced and ordered too, which have strokes and an order of their own."""


@dataclass(frozen=True)
class Candidate:
    """A traced or imported drawing, in any unit."""

    name: str
    """Unlike any other's, as ``sb01/001-2``."""
    drawing: Drawing
    page: str = ""
    """What it shares with other drawings that must stay in the same split; its name if that is empty."""
    page_side: float = 0.0
    """Long side of its page in the drawing's unit; 0 if nobody knows."""
    at: Place | None = None
    """A start chosen by hand, in the drawing's unit."""
    by_hand: bool = False
    """Whether the order and directions of its strokes are somebody's choice."""
    imported: bool = False
    """Whether its strokes and their order are its own, and not found on a scan."""
    apart: tuple[Apart, ...] = ()
    """Pairs of places whose ends are not to be joined, in the drawing's unit."""
    split: str = ""
    """The split of the set it comes from."""
    origin: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Where it comes from, JSON values."""


@dataclass(frozen=True)
class Chosen:
    """A drawing ready to be learnt: its long side is 200, its bounds begin at 0, 0."""

    candidate: Candidate
    """What it was, without its drawing."""
    drawing: Drawing
    scale: float
    """What the candidate's coordinates were multiplied by, after the corner was taken off."""
    corner: Place
    """Where this drawing's 0, 0 lies in the candidate's unit."""
    strokes_before: int
    """Before anything was joined or spliced over white, while it was traced or here."""
    points_before: int
    epsilon: float
    """The greater of the two with which it was simplified."""

    @property
    def name(self) -> str:
        """The candidate's."""
        return self.candidate.name


@dataclass(frozen=True)
class Dropped:
    """A drawing that was left out."""

    name: str
    reason: str


@dataclass(frozen=True)
class Selection:
    """What a selection kept, what it left out, and by which figures."""

    chosen: tuple[Chosen, ...]
    dropped: tuple[Dropped, ...]
    points: tuple[int, ...]
    """Points at the settings' epsilon of all drawings that the cut was made among, ascending."""
    low: int
    """Drawings with fewer were cut."""
    high: int
    """Drawings with more were cut."""


def select(
    candidates: Iterable[Candidate],
    settings: SelectSettings,
    on_done: Callable[[int], object] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Selection:
    """Join, simplify and choose.

    A drawing is scaled to a long side of 200, joined, spliced, made one line if that is asked for, and simplified
    with ``epsilon``. The cut is made by the points it then has, before ``max_points`` makes them all alike.

    Args:
        on_done: gets how many candidates were looked at so far.
        should_stop: asked between drawings; what was looked at until then is chosen from.
    """
    ready: list[tuple[Chosen, int]] = []
    dropped: list[Dropped] = []
    for number, candidate in enumerate(candidates, 1):
        if should_stop():
            break
        try:
            chosen = _prepared(candidate, settings)
            ready.append((chosen, chosen.drawing.points))
        except DrawingError as error:
            dropped.append(Dropped(candidate.name, str(error)))
        on_done(number)
    points = sorted(count for _, count in ready)
    low, high = cut_bounds(points, settings.cut)
    kept: list[Chosen] = []
    for chosen, count in ready:
        try:
            _check_cut(count, low, high, settings.cut)
            kept.append(_finished(chosen, settings))
        except DrawingError as error:
            dropped.append(Dropped(chosen.name, str(error)))
    return Selection(tuple(kept), tuple(dropped), tuple(points), low, high)


def cut_bounds(points: list[int], share: float) -> tuple[int, int]:
    """The fewest and the most points that stay when a share is cut at each end of some ascending counts."""
    if not points:
        return 0, 0
    off = math.floor(share * len(points))
    return points[off], points[-1 - off]


def to_size(drawing: Drawing) -> tuple[Drawing, float, Place]:
    """A drawing with a long side of 200 and its bounds at 0, 0, what it was multiplied by, and its corner before.

    Raises:
        DrawingError: it is empty or has no size.
    """
    side = max(drawing.size) if drawing.lines else 0.0
    if not side > 0:
        raise DrawingError("has no line in it")
    scale = SIZE / side
    left, top = drawing.bounds[:2]
    return drawing.translate(-left, -top).scale(scale), scale, (left, top)


def connect(drawing: Drawing, settings: SelectSettings, apart: Sequence[Apart] = ()) -> Drawing:
    """Joined and spliced as the settings ask, never over more white than they allow.

    Args:
        apart: pairs of places whose ends are not joined; only one line, where that is asked for, goes over them.

    Raises:
        DrawingError: one line was asked for, and needs a longer connector.
    """
    most = settings.max_connector
    drawing = join(drawing, min(settings.join, most), apart)
    if settings.splice > 0:
        drawing = splice(drawing, min(settings.splice, most))
    reach = max(settings.join, settings.splice, 1.0)
    while settings.one_line and len(drawing.lines) > 1:  # near ones first, so that little white is crossed
        within = min(reach, most)
        drawing = splice(join(drawing, within), within)
        if within == most and len(drawing.lines) > 1:
            raise DrawingError(f"would need a connector longer than {most:g} to be one line")
        reach *= 2
    return drawing


def _prepared(candidate: Candidate, settings: SelectSettings) -> Chosen:
    traced = candidate.drawing
    side = max(traced.size) if traced.lines else 0.0
    if candidate.page_side > 0 and side < settings.min_side * candidate.page_side:
        raise DrawingError(f"is tiny: {side / candidate.page_side:.1%} of its page, less than {settings.min_side:.1%}")
    drawing, scale, corner = to_size(traced)
    (left, top), bridges = corner, sum(int(mark.sum()) for mark in traced.connectors)
    apart = [tuple(((x - left) * scale, (y - top) * scale) for x, y in pair) for pair in candidate.apart]
    if not candidate.imported or settings.imports or settings.one_line:
        drawing = connect(drawing, settings, cast(Sequence[Apart], apart))
    drawing = drawing.simplify(settings.epsilon)
    strokes = len(traced.lines) + bridges  # some were joined while they were traced
    bare = replace(candidate, drawing=Drawing(()))  # as traced it is large, and there may be a great many
    return Chosen(bare, drawing, scale, corner, strokes, traced.points, settings.epsilon)


def _check_cut(points: int, low: int, high: int, share: float) -> None:
    if points < low:
        raise DrawingError(f"needs {points} points; the {share:.0%} with the fewest, below {low}, were cut")
    if points > high:
        raise DrawingError(f"needs {points} points; the {share:.0%} with the most, above {high}, were cut")


def _finished(chosen: Chosen, settings: SelectSettings) -> Chosen:
    strokes = len(chosen.drawing.lines)
    if settings.max_strokes is not None and strokes > settings.max_strokes:
        raise DrawingError(f"has {strokes} strokes, more than {settings.max_strokes}")
    drawing, epsilon = chosen.drawing.simplify_within(settings.max_points)
    drawing, again, (left, top) = to_size(drawing)  # what was simplified away may have been its edge
    if reasons := settings.rules.reasons(drawing):
        raise DrawingError("; ".join(reasons))
    candidate, scale = chosen.candidate, chosen.scale * again
    corner = (chosen.corner[0] + left / chosen.scale, chosen.corner[1] + top / chosen.scale)
    at = candidate.at and ((candidate.at[0] - corner[0]) * scale, (candidate.at[1] - corner[1]) * scale)
    if candidate.by_hand or (candidate.imported and not settings.imports):
        drawing = order_strokes(drawing, at=at)
    else:
        drawing = order_strokes(drawing, settings.start, settings.order, settings.direction, at)
    epsilon = max(epsilon, chosen.epsilon)
    return replace(chosen, drawing=drawing, scale=scale, corner=corner, epsilon=epsilon)
