"""From a scan to the drawings on it: the line's middle, through crossings, each drawing by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy.spatial import KDTree  # pyright: ignore[reportMissingTypeStubs]

from drawing.connect import join
from drawing.drawing import Bounds, Drawing
from drawing.geometry import Polyline, length, resample
from prep.corrections import Correction
from prep.costs import Floats, describe, learnt
from prep.homography import inverse, map_points
from prep.ink import Ink, InkSettings, find_ink
from prep.links import Stroke
from prep.meetings import Meetings
from prep.page import Page, straighten
from prep.repair import repair
from prep.scan import read_scan
from prep.separate import SeparateSettings, separate
from prep.skeleton import sharpen, thin
from prep.trajectory import Junction, recover
from prep.web import gather, weave

_GATHER = 1.6  # pens: places nearer than this are one meeting
_BROAD = 5.0  # page pixels: ink of a pen wider than this is looked at as it is, finer ink at twice its pixels
_SPUR = 1.0  # pens: dead ends shorter than this are the roughness of the line
_TRIM = 0.8  # pens next to a meeting, where a skeleton bends towards the other lines
_SMOOTH = 0.3  # of a pen: standard deviation of the average along the line
_SIDE = 200.0  # the long side of a drawing, in which limits of joining are told


class TraceSettings(BaseModel):
    """How a scan becomes drawings."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    backend: Literal["graph", "autotrace"] = "graph"
    """``graph`` follows the pen through crossings; ``autotrace`` is the tracer of the source article."""
    fine: bool = False
    """Looks at ink at twice as many pixels as usual: for small details, and slower."""
    join: float = Field(default=15.0, ge=0, le=200)
    """Ends of strokes of one drawing are joined over at most so much white, of 200 for its long side."""
    ink: InkSettings = InkSettings()
    """What counts as ink."""
    separate: SeparateSettings = SeparateSettings()
    """How strokes become drawings."""


@dataclass(frozen=True)
class TracedDrawing:
    """A drawing on a page."""

    drawing: Drawing
    """In page pixels, strokes as drawn; what crosses white is marked as a connector."""
    junctions: tuple[Junction, ...] = ()
    """Where lines meet in it, in page pixels: what a person may see otherwise."""

    @property
    def box(self) -> Bounds:
        """In page pixels."""
        return self.drawing.bounds


@dataclass(frozen=True)
class TracedScan:
    """What was found on a scan."""

    path: Path
    size: tuple[int, int]
    """Width and height of the scan as displayed, in its pixels."""
    page_size: tuple[int, int]
    """Width and height of the page as it lies flat, in page pixels."""
    to_scan: NDArray[np.float64]
    """(3, 3), the homography from page pixels to scan pixels."""
    pen: float
    """Width of the line, in page pixels; 0 without ink."""
    drawings: tuple[TracedDrawing, ...]
    notes: tuple[str, ...] = ()
    """What a person should know, a sentence each."""


@dataclass(frozen=True)
class Looked:
    """A scan with its ink found: all that does not change while junctions, joins and drawings are tried."""

    path: Path
    size: tuple[int, int]
    """Width and height of the scan as displayed, in its pixels."""
    page: Page
    ink: Ink


def trace_scan(path: Path, settings: TraceSettings | None = None, corrections: Sequence[Correction] = ()) -> TracedScan:
    """The drawings on a scan. A page without any is no error: it comes back empty, with a note.

    Raises:
        UnreadableScan: the file is no picture, damaged or absurd.
    """
    settings = settings or TraceSettings()
    return follow(look(path, settings), settings, corrections)


def look(path: Path, settings: TraceSettings) -> Looked:
    """Read a scan, lay its page flat, find its ink.

    Raises:
        UnreadableScan: see read_scan.
    """
    scan = read_scan(path)
    page = straighten(scan)
    return Looked(path, scan.size, page, find_ink(page, settings.ink))


def follow(looked: Looked, settings: TraceSettings, corrections: Sequence[Correction] = ()) -> TracedScan:
    """The drawings of a page whose ink is known, as a person has corrected them."""
    page, ink = looked.page, looked.ink
    if settings.backend == "autotrace":
        from prep.autotrace import source_method

        return finish(looked, source_method(page.rgb), (), (), corrections)
    strokes, junctions = centrelines(ink, factor_of(ink, settings), flips_of(page, corrections))
    return finish(looked, *parted(looked, strokes, settings), junctions, corrections)


def factor_of(ink: Ink, settings: TraceSettings) -> int:
    """At how many times the page's pixels its ink is looked at."""
    return (2 if settings.fine else 1) * (1 if ink.pen > _BROAD else 2)


def flips_of(page: Page, corrections: Sequence[Correction]) -> list[Polyline]:
    """The junctions that a person has flipped, in page pixels."""
    back = inverse(page.to_scan)
    return [map_points(back, each.at)[0] for each in corrections if each.kind == "flip"]


def parted(looked: Looked, strokes: Sequence[Polyline], settings: TraceSettings) -> tuple[list[Drawing], list[str]]:
    """The strokes of a page as drawings, joined, and what was left out, in words."""
    height, width = looked.page.rgb.shape[:2]
    groups, left_out = separate(strokes, (width, height), settings.separate)
    drawings = [_joined(Drawing(tuple(strokes[index] for index in group)), settings.join) for group in groups]
    return drawings, left_out


def finish(
    looked: Looked,
    drawings: Sequence[Drawing],
    left_out: Sequence[str],
    junctions: Sequence[Junction],
    corrections: Sequence[Correction],
) -> TracedScan:
    """A scan with its drawings, corrected but for flips, which come before."""
    page = looked.page
    height, width = page.rgb.shape[:2]
    others = [each for each in corrections if each.kind != "flip"]
    mended, found_nothing = repair(drawings, others, max(width, height), page.to_scan)
    return TracedScan(
        looked.path,
        looked.size,
        (width, height),
        page.to_scan,
        looked.ink.pen,
        tuple(_with_junctions([each.drawing for each in mended], junctions)),
        (*looked.ink.notes, *left_out, *found_nothing),
    )


def centrelines(
    ink: Ink, factor: int = 2, flips: Sequence[Polyline] = ()
) -> tuple[list[Polyline], tuple[Junction, ...]]:
    """The strokes of all ink of a page, and the junctions they go through, in its pixels.

    Args:
        factor: at how many times the page's pixels its ink is looked at.
        flips: (2,) each: points near which lines go the next other way through a junction.
    """
    return lines_through(ink, meet(ink, factor), factor, flips) if ink.mask.any() else ([], ())


def lines_through(
    ink: Ink, meetings: Meetings, factor: int, flips: Sequence[Polyline] = ()
) -> tuple[list[Polyline], tuple[Junction, ...]]:
    """As centrelines, of meetings at ``factor`` times the page's pixels."""
    found = recover(meetings, [_fine(point, factor) for point in flips])
    strokes = [(_line(meetings, stroke) + 0.5) / factor - 0.5 for stroke in found.strokes]
    strokes = [stroke for stroke in map(_or_dot, strokes, repeat(ink)) if stroke is not None]
    junctions = tuple(
        replace(each, at=((each.at[0] + 0.5) / factor - 0.5, (each.at[1] + 0.5) / factor - 0.5))
        for each in found.junctions
    )
    return strokes, junctions


def meet(ink: Ink, factor: int, costs: Floats | None = None) -> Meetings:
    """All places where the lines of a page meet, at ``factor`` times its pixels, with their costs."""
    part, corner = _cropped(ink)
    mask = sharpen(part, factor)
    skeleton = thin(mask)
    pen = np.count_nonzero(mask) / max(1, np.count_nonzero(skeleton))
    web = gather(weave(skeleton), _GATHER * pen, _SPUR * pen)
    web = replace(web, edges=tuple(_smoothed(edge, 1.2) for edge in web.edges))
    features = describe(web, pen, mask)
    shift = corner * float(factor)
    web = replace(web, places=web.places + shift, edges=tuple(edge + shift for edge in web.edges))
    return Meetings(web, features, learnt() if costs is None else costs)


def _cropped(ink: Ink) -> tuple[Ink, Polyline]:
    """The part of a page that has ink, with a margin, and the pixel of its top left corner, x and y."""
    margin = 2 + round(2 * ink.pen)
    spans = [np.flatnonzero(ink.mask.any(axis=axis)) for axis in (0, 1)]  # columns, rows
    x, y = (max(0, int(span[0]) - margin) if len(span) else 0 for span in spans)
    right, bottom = (int(span[-1]) + margin + 1 if len(span) else 0 for span in spans)
    part = replace(ink, mask=ink.mask[y:bottom, x:right], light=ink.light[y:bottom, x:right])
    return part, np.array([x, y], dtype=np.float64)


def _or_dot(stroke: Polyline, ink: Ink) -> Polyline | None:
    """A stroke; one no longer than the pen is wide is a dot if its ink is wider than a line, and else dirt."""
    if length(stroke) > ink.pen:
        return stroke
    middle = stroke.mean(axis=0)
    angles = np.arange(8) * np.pi / 4
    rim = np.rint(middle + 0.7 * ink.pen * np.column_stack([np.cos(angles), np.sin(angles)])).astype(np.intp)
    x, y = np.clip(rim, 0, np.array(ink.mask.shape[::-1]) - 1).T
    return middle[None] if ink.mask[y, x].all() else None


def _fine(point: Polyline, factor: int) -> tuple[float, float]:
    x, y = ((point + 0.5) * factor - 0.5).tolist()
    return x, y


def _line(meetings: Meetings, stroke: Stroke) -> Polyline:
    """A stroke as a smooth line through its meetings, closed if it is."""
    edges = meetings.web.edges
    parts: list[Polyline] = []
    last = len(stroke.arms) - 1
    for index, arm in enumerate(stroke.arms):
        edge = edges[arm >> 1]
        edge = edge[::-1] if arm & 1 else edge
        at = meetings.web.measured(arm >> 1)
        at = float(at[-1]) - at[::-1] if arm & 1 else at
        trim = min(_TRIM * meetings.pen, 0.4 * float(at[-1]))
        before, after = stroke.arms[index - 1] ^ 1, stroke.arms[(index + 1) % len(stroke.arms)]
        loose = (index == 0 and not stroke.closed) or before == arm  # an end, or a tip drawn out and back
        begin = 0.0 if loose else trim
        loose = (index == last and not stroke.closed) or after == arm ^ 1
        end = float(at[-1]) - (0.0 if loose else trim)
        parts.append(edge[(at >= begin - 1e-9) & (at <= end + 1e-9)])
    line = np.concatenate([*parts, parts[0][:1]] if stroke.closed else parts)
    if len(line) < 2:
        return edges[stroke.arms[0] >> 1][[0, -1]]
    return _smoothed(resample(line, 1.0), max(1.0, _SMOOTH * meetings.pen))


def _smoothed(line: Polyline, sigma: float) -> Polyline:
    """Averaged along the line with a Gaussian of ``sigma`` points; its ends stay."""
    from scipy.ndimage import correlate1d

    reach = min(round(3 * sigma), len(line) - 1)
    if len(line) < 4 or reach < 1:
        return line
    head = 2 * line[0] - line[reach:0:-1]
    tail = 2 * line[-1] - line[-2 : -reach - 2 : -1]
    smooth = correlate1d(np.concatenate([head, line, tail]), _bell(sigma), axis=0, mode="nearest")
    smooth = smooth[reach : reach + len(line)]
    smooth[0], smooth[-1] = line[0], line[-1]
    return smooth


@lru_cache(maxsize=64)
def _bell(sigma: float) -> Floats:
    """Weights of a Gaussian, as far as four standard deviations."""
    away = np.arange(-int(4 * sigma + 0.5), int(4 * sigma + 0.5) + 1)
    weights = np.exp(-0.5 / (sigma * sigma) * away**2)
    return weights / weights.sum()


def _joined(drawing: Drawing, limit: float) -> Drawing:
    return join(drawing, limit * max(drawing.size) / _SIDE) if limit > 0 else drawing


def _with_junctions(drawings: Sequence[Drawing], junctions: Sequence[Junction]) -> list[TracedDrawing]:
    """Each drawing with the junctions that lie on its ink."""
    found: list[list[Junction]] = [[] for _ in drawings]
    if drawings and junctions:
        owner = np.repeat(np.arange(len(drawings)), [drawing.points for drawing in drawings])
        points = np.concatenate([line for drawing in drawings for line in drawing.lines])
        tree = cast(Any, KDTree(points, compact_nodes=False, balanced_tree=False))
        _, nearest = tree.query([each.at for each in junctions])
        for each, point in zip(junctions, nearest.tolist(), strict=True):
            found[int(owner[point])].append(each)
    return [TracedDrawing(drawing, tuple(at)) for drawing, at in zip(drawings, found, strict=True)]
