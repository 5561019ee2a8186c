"""Score traced scans against what the rendered book knows of them.

python benchmarks/tracing_score.py TRUTH.json PREDICTIONS.json [--kind drawing] [--all] [--no-dtw] [--json]

TRUTH.json is what ``prep.render`` writes beside its scans. PREDICTIONS.json is {"pages": {"sb01/art/001.jpg":
{"drawings": [{"strokes": [[[x, y], ...], ...]}, ...], "seconds": 1.2}}} in pixels of the scan, strokes in drawing
order. Pages that were not predicted are skipped, or with --all count as empty.

Figures, one row a true drawing, then averaged (a median for strokes and dtw%):

  chamfer%    symmetric mean nearest distance / diagonal of the drawing, in percent
  cover       part of the true ink that has predicted line within tol
  spurious    part of the predicted line farther than tol from any true ink
  strokes     predicted strokes in the drawing / true strokes
  exact1      part of the drawings of one stroke that were predicted as one stroke
  longest     part of the true ink that the best single predicted stroke covers
  cross       true passages through a self-crossing that one predicted stroke follows from 3 % of the diagonal before
              to 3 % after
  clear       the same, only crossings of 25 degrees or more with no other piece of line within 4 % of the diagonal
              and 6 pen widths
  cont8, 50   true arcs of 8 % / 50 % of the diagonal followed in one go
  contQ       true arcs of a quarter of the stroke's length followed in one go
  dtw%        mean step of dynamic time warping, whole drawing in order (reversal allowed) / diagonal
  sepF1       boxes of drawings matched at IoU > 0.8, counted over all pages
  number      part of the pages whose page number got into some drawing

tol = 1.5 % of the diagonal + 2 px.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import KDTree

Points = NDArray[np.float64]
Row = dict[str, Any]
Boxes = tuple[int, int, int]
"""Matched, true and predicted boxes of a page."""

STEP = 2.0
"""Distance between samples of lines that are only measured for nearness, px."""


def resample(points: ArrayLike, step: float) -> Points:
    """Points about ``step`` apart along the line, two at least."""
    line = np.asarray(points, float)
    if len(line) < 2:
        return np.repeat(line[:1], 2, axis=0)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    if along[-1] <= 0:
        return np.repeat(line[:1], 2, axis=0)
    at = np.linspace(0, along[-1], max(2, round(along[-1] / step) + 1))
    return np.column_stack([np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])])


def bounds(strokes: Sequence[Points]) -> Points:
    """Left, top, right, bottom."""
    every = np.vstack(strokes)
    return np.concatenate([every.min(axis=0), every.max(axis=0)])


def iou(a: Points, b: Points) -> float:
    """Intersection over union of two boxes."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return float(width * height / (area - width * height))


class Passes:
    """Where the predicted strokes pass near each true sample."""

    def __init__(self, truth: Points, predicted: Sequence[Points], tol: float, step: float) -> None:
        self.truth, self.predicted, self.tol = truth, predicted, tol
        self.step_tol = 1.5 * tol / step
        self.near: list[list[tuple[int, int]]] = [[] for _ in truth]
        if not predicted:
            return
        every = np.vstack(predicted)
        owner = np.repeat(np.arange(len(predicted)), [len(line) for line in predicted])
        local = np.concatenate([np.arange(len(line)) for line in predicted])
        for index, found in enumerate(KDTree(every).query_ball_point(truth, tol)):
            if not found:
                continue
            hits = np.sort(found)
            away = np.hypot(*(every[hits] - truth[index]).T)
            cut = np.flatnonzero((np.diff(hits) > 1) | (np.diff(owner[hits]) != 0)) + 1
            for run in np.split(np.arange(len(hits)), cut):
                best = run[np.argmin(away[run])]
                self.near[index].append((int(owner[hits[best]]), int(local[hits[best]])))

    def follows(self, index: int, count: int) -> bool:
        """Does one predicted stroke run from a true sample to the one ``count`` samples on?"""
        slack = 0.25 * count + self.step_tol
        return any(
            abs(abs(end - start) - count) <= slack and self._between(index, count, stroke, start, end)
            for stroke, start in self.near[index]
            for other, end in self.near[index + count]
            if other == stroke
        )

    def _between(self, index: int, count: int, stroke: int, start: int, end: int) -> bool:
        for part in (0.25, 0.5, 0.75):
            true = self.truth[index + round(part * count)]
            seen = self.predicted[stroke][round(start + part * (end - start))]
            if np.hypot(*(seen - true)) > 1.6 * self.tol:
                return False
        return True


def crossings(samples: Points, owner: NDArray[np.intp], step: float) -> list[tuple[int, int]]:
    """Pairs of segment numbers where the true line crosses itself."""
    a, b = samples[:-1], samples[1:]
    real = owner[:-1] == owner[1:]
    pairs = KDTree((a + b) / 2).query_pairs(1.05 * step, output_type="ndarray")
    if not len(pairs):
        return []
    i, j = pairs.min(axis=1), pairs.max(axis=1)
    keep = real[i] & real[j] & ((j - i > 3) | (owner[i] != owner[j]))
    i, j = i[keep], j[keep]
    r, s, d = b[i] - a[i], b[j] - a[j], a[j] - a[i]
    den = r[:, 0] * s[:, 1] - r[:, 1] * s[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (d[:, 0] * s[:, 1] - d[:, 1] * s[:, 0]) / den
        u = (d[:, 0] * r[:, 1] - d[:, 1] * r[:, 0]) / den
    hit = (np.abs(den) > 1e-9) & (t >= 0) & (t < 1) & (u >= 0) & (u < 1)
    return list(zip(i[hit].tolist(), j[hit].tolist(), strict=True))


def dtw(a: Points, b: Points) -> float:
    """Mean step of dynamic time warping of two lines."""
    away = np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])
    n, m = away.shape
    distance: list[list[float]] = away.tolist()
    cost, steps = [0.0] + [np.inf] * m, [0.0] * (m + 1)
    for i in range(n):
        before, steps_before = cost, steps
        cost, steps = [np.inf] * (m + 1), [0.0] * (m + 1)
        row = distance[i]
        for j in range(1, m + 1):
            both, down, right = before[j - 1], before[j], cost[j - 1]
            if both <= down and both <= right:
                cost[j], steps[j] = both + row[j - 1], steps_before[j - 1] + 1
            elif down <= right:
                cost[j], steps[j] = down + row[j - 1], steps_before[j] + 1
            else:
                cost[j], steps[j] = right + row[j - 1], steps[j - 1] + 1
    return cost[m] / max(1, steps[m])


def spread(strokes: Sequence[Points], count: int) -> Points:
    """So many points evenly along all strokes in order."""
    total = sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in strokes)
    points = np.vstack([resample(line, max(total / count, 1e-6)) for line in strokes])
    return points[np.linspace(0, len(points) - 1, count).round().astype(int)]


def score_page(
    page: Mapping[str, Any], drawings: Sequence[Mapping[str, Any]], dtw_points: int = 160
) -> tuple[list[Row], Boxes, bool]:
    """Score one page: a row a true drawing, its boxes, and whether its number got into a drawing.

    Args:
        page: one of the truth's pages.
        drawings: what was predicted for it.
        dtw_points: points of a drawing for its dtw; 0 leaves it out.
    """
    lines = [[np.asarray(line, float) for line in each["strokes"] if len(line) > 1] for each in drawings]
    lines = [each for each in lines if each]
    truths = [[np.asarray(line, float) for line in each["strokes"]] for each in page["drawings"]]
    boxes = [bounds(each) for each in truths]
    flat = [line for each in lines for line in each]
    every, owner = _true_points(page, truths)
    tree = KDTree(every)
    assigned: dict[int, list[Points]] = {index: [] for index in range(len(truths))}
    seen: list[tuple[Points, Points, NDArray[np.intp]]] = []
    number = False
    for line in flat:
        points = resample(line, STEP)
        away, near = tree.query(points)
        who = owner[near]
        number |= bool(np.any((who == -1) & (away < 8)))
        seen.append((points, away, who))
        values, counts = np.unique(who, return_counts=True)
        most = int(values[np.argmax(counts)])
        if most >= 0:
            assigned[most].append(line)
    rows = [
        _score_drawing(page, index, strokes, boxes[index], flat, assigned[index], seen, dtw_points)
        for index, strokes in enumerate(truths)
    ]
    predicted = [bounds(each) for each in lines]
    return rows, (_matched(boxes, predicted), len(boxes), len(predicted)), number


def _matched(truths: Sequence[Points], predicted: Sequence[Points]) -> int:
    used: set[int] = set()
    for box in truths:
        free = ((iou(box, other), index) for index, other in enumerate(predicted) if index not in used)
        best, which = max(free, default=(0.0, -1))
        if best > 0.8:
            used.add(which)
    return len(used)


def _true_points(page: Mapping[str, Any], truths: Sequence[Sequence[Points]]) -> tuple[Points, NDArray[np.intp]]:
    """Samples of all true ink and whose they are; -1 is the page number's."""
    points = [np.vstack([resample(line, STEP) for line in each]) for each in truths]
    owner = [np.full(len(each), index) for index, each in enumerate(points)]
    number = [resample(line, STEP) for line in (page.get("page_number") or {}).get("strokes", [])]
    if number:
        points.append(np.vstack(number))
        owner.append(np.full(len(points[-1]), -1))
    return np.vstack(points), np.concatenate(owner)


def _score_drawing(
    page: Mapping[str, Any],
    index: int,
    strokes: Sequence[Points],
    box: Points,
    flat: Sequence[Points],
    assigned: Sequence[Points],
    seen: Sequence[tuple[Points, Points, NDArray[np.intp]]],
    dtw_points: int,
) -> Row:
    diagonal = float(np.hypot(*(box[2:] - box[:2])))
    tol = 0.015 * diagonal + 2
    total = sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in strokes)
    step = float(np.clip(total / 1200, 1.5, 6))
    parts = [resample(line, step) for line in strokes]
    samples = np.vstack(parts)
    owner = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    row: Row = {"file": page["file"], "diag": diagonal, "length": total}
    row |= {"true_strokes": len(strokes), "pred_strokes": len(assigned)}
    row |= _nearness(index, samples, seen, diagonal, tol)
    passes = Passes(samples, [resample(line, step) for line in flat], tol, step)
    row |= _arcs(parts, passes, diagonal, step)
    row |= _crossings(samples, owner, passes, diagonal, step, page["drawings"][index].get("pen", 3.0))
    row["longest"] = 0.0
    for line in assigned:
        away = KDTree(resample(line, STEP)).query(samples)[0]
        row["longest"] = max(row["longest"], float((away < tol).mean()))
    row["dtw"] = np.nan
    if assigned and dtw_points:
        a, b = spread(strokes, dtw_points), spread(assigned, dtw_points)
        row["dtw"] = 100 * min(dtw(a, b), dtw(a, b[::-1])) / diagonal
    return row


def _nearness(
    index: int,
    samples: Points,
    seen: Sequence[tuple[Points, Points, NDArray[np.intp]]],
    diagonal: float,
    tol: float,
) -> Row:
    mine = np.concatenate([away[who == index] for _, away, who in seen]) if seen else np.zeros(0)
    if not len(mine):
        return {"chamfer": np.nan, "cover": 0.0, "spurious": 0.0}
    back = KDTree(np.vstack([points for points, _, _ in seen])).query(samples)[0]
    return {
        "chamfer": 50 * (mine.mean() + back.mean()) / diagonal,
        "cover": float((back < tol).mean()),
        "spurious": float((mine > tol).mean()),
    }


def _arcs(parts: Sequence[Points], passes: Passes, diagonal: float, step: float) -> Row:
    row: Row = {}
    for name, arc in (("cont8", 0.08 * diagonal), ("cont50", 0.5 * diagonal), ("contQ", None)):
        good = tried = start = 0
        for part in parts:
            count = len(part)
            want = arc if arc is not None else 0.25 * (count - 1) * step
            reach = round(want / step)
            if reach >= 4 and count > reach:
                for at in range(start, start + count - reach, max(1, reach // 8)):
                    good += passes.follows(at, reach)
                    tried += 1
            start += count
        row[name] = good / tried if tried else np.nan
    return row


def _crossings(
    samples: Points, owner: NDArray[np.intp], passes: Passes, diagonal: float, step: float, pen: float
) -> Row:
    reach = max(3, round(max(10.0, 0.03 * diagonal) / step))
    apart = max(0.04 * diagonal, 6 * pen)
    here = KDTree(samples)
    good = tried = clear_good = clear = 0
    for pair in crossings(samples, owner, step):
        u, v = (samples[at + 1] - samples[at] for at in pair)
        sine = abs(u[0] * v[1] - u[1] * v[0]) / (np.hypot(*u) * np.hypot(*v) + 1e-9)
        around = np.array(here.query_ball_point(samples[pair[0]], apart))
        gap = np.minimum(abs(around - pair[0]), abs(around - pair[1]))
        alone = gap.max(initial=0) * step < 1.3 * apart
        for at in pair:
            low = np.searchsorted(owner, owner[at])
            high = np.searchsorted(owner, owner[at], side="right") - 1
            first, last = max(low, at - reach), min(high, at + 1 + reach)
            if last - first >= 4:
                hit = passes.follows(int(first), int(last - first))
                good += hit
                tried += 1
                if alone and sine > 0.42:
                    clear_good += hit
                    clear += 1
    row: Row = {"cross": good / tried if tried else np.nan, "crossings": tried // 2}
    return row | {"cross_good": good, "cross_all": tried, "clear_good": clear_good, "clear_all": clear}


def summary(
    rows: Sequence[Row], boxes: Sequence[Boxes], numbers: Sequence[bool], seconds: Sequence[float] = ()
) -> dict[str, Any]:
    """The figures of all pages; see the docstring of the module."""

    def average(key: str) -> float:
        return float(np.nanmean([row[key] for row in rows]))

    def total(key: str) -> int:
        return sum(row[key] for row in rows)

    single = [row["pred_strokes"] == 1 for row in rows if row["true_strokes"] == 1]
    matched, true, predicted = np.sum(boxes, axis=0)
    with warnings.catch_warnings():  # means of columns without a number
        warnings.simplefilter("ignore", RuntimeWarning)
        out: dict[str, Any] = {
            "pages": len(boxes),
            "drawings": len(rows),
            "chamfer%": average("chamfer"),
            "cover": average("cover"),
            "spurious": average("spurious"),
            "strokes": float(np.median([row["pred_strokes"] / row["true_strokes"] for row in rows])),
            "exact1": float(np.mean(single)) if single else float("nan"),
            "longest": average("longest"),
            "cross": total("cross_good") / max(1, total("cross_all")),
            "clear": total("clear_good") / max(1, total("clear_all")),
            "crossings": total("cross_all") // 2,
            "clearings": total("clear_all") // 2,
            "cont8": average("cont8"),
            "cont50": average("cont50"),
            "contQ": average("contQ"),
            "dtw%": float(np.nanmedian([row["dtw"] for row in rows])),
            "sepF1": 2 * matched / max(1, true + predicted),
            "boxes": f"{matched}/{true}t/{predicted}p",
            "number": float(np.mean(numbers)),
        }
    if seconds:
        out["s/page"] = float(np.mean(seconds))
    return out


def score(
    truth: Mapping[str, Any],
    predictions: Mapping[str, Any],
    *,
    kind: str = "drawing",
    count_absent: bool = False,
    dtw_points: int = 160,
) -> dict[str, Any]:
    """Figures of all pages of a kind, by name; empty if truth and predictions have no page in common.

    Args:
        truth: as the file holds it.
        predictions: by the page's file.
        count_absent: a page that was not predicted counts as one without drawings.
    """
    rows: list[Row] = []
    boxes: list[Boxes] = []
    numbers: list[bool] = []
    seconds: list[float] = []
    for page in truth["pages"]:
        got = predictions.get(page["file"], {"drawings": []} if count_absent else None)
        if page["kind"] != kind or not page["drawings"] or got is None:
            continue
        found, box, number = score_page(page, got["drawings"], dtw_points)
        rows += found
        boxes.append(box)
        numbers.append(number)
        if "seconds" in got:
            seconds.append(got["seconds"])
    return summary(rows, boxes, numbers, seconds) if rows else {}


def main() -> None:
    """Print the figures, one a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth", type=Path)
    parser.add_argument("predictions", type=Path)
    parser.add_argument("--kind", default="drawing")
    parser.add_argument("--all", action="store_true", help="pages that were not predicted count as empty")
    parser.add_argument("--no-dtw", action="store_true", help="leave out what takes longest")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    truth = json.loads(asked.truth.read_text())
    predictions = json.loads(asked.predictions.read_text())["pages"]
    points = 0 if asked.no_dtw else 160
    out = score(truth, predictions, kind=asked.kind, count_absent=asked.all, dtw_points=points)
    if not out:
        sys.exit("no pages in common")
    if asked.json:
        print(json.dumps(out))
        return
    for key, value in out.items():
        print(f"{key:10s} {value:.3f}" if isinstance(value, float) else f"{key:10s} {value}")


if __name__ == "__main__":
    main()
