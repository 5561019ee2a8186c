"""Fit the costs of prep/costs.toml to pages whose true line is known.

    python benchmarks/costs.py FOLDER... [--test FOLDER...] [--out prep/costs.toml]

A FOLDER has scans and truth.json, as `monoline prep demo` and benchmarks/line.py write them. The true
line is matched to the web of each page (a Viterbi walk along its edges). Then the costs are those under
which, at every place, the true choice is likelier than the others there, and than those in which a run
of edges is drawn once more or once less (a pseudo-likelihood; L-BFGS).
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.spatial import KDTree

from drawing.geometry import resample
from prep.costs import AGAIN, ANGLES, END, MOST, NAMES, PAIR, TIP
from prep.ink import find_ink
from prep.meetings import Arm, Meetings, matchings, told
from prep.page import straighten
from prep.scan import read_scan
from prep.trace import meet
from prep.trajectory import drawn

WEIGHT = 0.002  # of the costs' distance from the first guess
LONGEST, STEPS = 25.0, 4  # pens and edges of runs that are drawn once more or less


def guess() -> np.ndarray:
    """Plain costs to begin with: angles in radians, an end as bad as a sharp turn."""
    costs = dict.fromkeys(NAMES, 0.0)
    for name, factor in (("turn_near", 0.45), ("turn_far", 0.25), ("zigzag", 0.35)):
        for kind in ("long", "short"):
            costs |= {f"{name}_{kind}_{knot}": factor * angle for knot, angle in enumerate(ANGLES)}
    costs |= {f"{name}_{kind}": 0.1 for name in ("gap", "turning") for kind in ("long", "short")}
    costs |= {"back": 3, "ends": 3, "free": 1, "tip": 0.6, "again": 0.15, "again_length": 0.05, "thrice": 0.5}
    return np.array([costs[name] for name in NAMES])


@dataclass
class Known:
    """A page with its web and its truth."""

    meetings: Meetings
    times: list[int]
    pairs: list[list[tuple[int, int]]]
    ends: list[list[int]]


def read(folder: Path, factor: int) -> Iterator[Known]:
    """The pages of a folder, matched to their truth."""
    truth = json.loads((folder / "truth.json").read_text())
    for page in truth["pages"]:
        ink = find_ink(straighten(read_scan(folder / page["file"])))
        if not page["drawings"] or not ink.mask.any():
            continue
        meetings = meet(ink, factor, guess())
        times = [0] * len(meetings.web.edges)
        pairs: list[list[tuple[Arm, Arm]]] = [[] for _ in meetings.arms]
        ends: list[list[Arm]] = [[] for _ in meetings.arms]
        for drawing in page["drawings"]:
            for stroke in drawing["strokes"]:
                walk = match(meetings, (np.array(stroke, float) + 0.5) * factor - 0.5)
                for arm in walk:
                    times[arm >> 1] += 1
                places = meetings.web.ends.ravel()
                if walk:
                    ends[places[walk[0]]].append(walk[0])
                    ends[places[walk[-1] ^ 1]].append(walk[-1] ^ 1)
                for one, other in itertools.pairwise(walk):
                    if places[one ^ 1] == places[other]:
                        pairs[places[other]].append((one ^ 1, other))
                    else:
                        ends[places[one ^ 1]].append(one ^ 1)
                        ends[places[other]].append(other)
        yield Known(meetings, times, pairs, ends)


def match(meetings: Meetings, line: np.ndarray) -> list[int]:
    """The arms by which a true line enters the edges that it runs along."""
    pen, web = meetings.pen, meetings.web
    if not web.edges:
        return []
    points = resample(line, 1.5)
    heading = np.gradient(points, axis=0)
    heading /= np.hypot(heading[:, 0], heading[:, 1])[:, None] + 1e-9
    counts = [len(edge) for edge in web.edges]
    owner = np.repeat(np.arange(len(counts)), counts)
    share = np.concatenate([np.linspace(0, 1, count) for count in counts])
    every = np.concatenate(web.edges)
    along = np.concatenate([np.gradient(edge, axis=0) if len(edge) > 1 else np.zeros((1, 2)) for edge in web.edges])
    along /= np.hypot(along[:, 0], along[:, 1])[:, None] + 1e-9
    lengths: list[float] = (web.lengths / pen).tolist()
    places: list[int] = web.ends.ravel().tolist()
    before: dict[int, tuple[float, float]] = {}
    came: list[dict[int, int | None]] = []
    near = KDTree(every).query_ball_point(points, 2 * pen)
    for point, found, way in zip(points, near, heading, strict=True):
        if not found:
            came.append({arm: arm for arm in before})
            continue
        hits = np.array(found)
        away = np.hypot(*(every[hits] - point).T)
        leaving: dict[int, tuple[float, int]] = {}
        for arm, (cost, done) in before.items():
            left = cost + 0.6 * (1 - done) * lengths[arm >> 1]
            place = places[arm ^ 1]
            if place not in leaving or left < leaving[place][0]:
                leaving[place] = (left, arm)
        now: dict[int, tuple[float, float]] = {}
        origin: dict[int, int | None] = {}
        for edge in np.unique(owner[hits]).tolist():
            mine = owner[hits] == edge
            nearest = hits[mine][away[mine].argmin()]
            same = float(along[nearest] @ way)
            for arm in (2 * edge, 2 * edge + 1):
                done = share[nearest] if arm % 2 == 0 else 1 - share[nearest]
                seen = 2 * (away[mine].min() / pen) ** 2 + 1 - (same if arm % 2 == 0 else -same)
                best: tuple[float, int | None] = (np.inf, None)
                if arm in before and done >= before[arm][1] - 2 / max(lengths[edge], 1e-3):
                    best = (before[arm][0], int(arm))
                if places[arm] in leaving:
                    left, other = leaving[places[arm]]
                    cost = left + 0.6 * done * lengths[edge] + 0.3
                    if cost < best[0] and other != arm:
                        best = (cost, other)
                if best[1] is None:
                    if before:
                        other = min(before, key=lambda each: before[each][0])
                        best = (before[other][0] + 12, other)
                    else:
                        best = (0.0, None)
                now[int(arm)], origin[int(arm)] = (best[0] + seen, float(done)), best[1]
        before = now
        came.append(origin)
    if not before:
        return []
    walk = [min(before, key=lambda each: before[each][0])]
    for origin in reversed(came):
        arm = origin.get(walk[-1])
        if arm is None:
            break
        if arm != walk[-1]:
            walk.append(arm)
    return walk[::-1]


class Counter:
    """Sums of features of what happens at places and along edges of one page."""

    def __init__(self, known: Known) -> None:
        self.known, features = known, known.meetings.features
        self.pair = {tuple(pair): index for index, pair in enumerate(features.pairs.tolist())}
        self.at = np.cumsum([0, len(PAIR), len(END), len(TIP), len(AGAIN)])

    def place(self, place: int, pairs: Iterable[tuple[Arm, Arm]], ends: Iterable[Arm]) -> np.ndarray:
        """What happens at a place."""
        out, features = np.zeros(len(NAMES)), self.known.meetings.features
        single = len(self.known.meetings.arms[place]) == 1
        for one, other in pairs:
            if single:
                out[self.at[2] : self.at[3]] += features.tip[one]
            else:
                out[: self.at[1]] += features.pair[self.pair[min(one, other), max(one, other)]]
        for arm in ends:
            out[self.at[1] : self.at[2]] += features.end[arm]
        return out

    def edge(self, edge: int, times: int) -> np.ndarray:
        """An edge drawn so often."""
        out = np.zeros(len(NAMES))
        out[self.at[3] :] = self.known.meetings.features.again[edge, times]
        return out


def contrasts(known: Known, costs: np.ndarray) -> list[np.ndarray]:
    """For each place rows of features of other choices minus those of the true one."""
    meetings = Meetings(known.meetings.web, known.meetings.features, costs)
    counter, times, web = Counter(known), list(known.times), meetings.web
    lengths = web.lengths / meetings.pen
    bad = {place for edge, count in enumerate(times) if not 1 <= count <= MOST for place in web.ends[edge].tolist()}
    true = [counter.place(place, known.pairs[place], known.ends[place]) for place in range(len(meetings.arms))]
    ways: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for edge, (a, b) in enumerate(web.ends.tolist()):
        if a != b and lengths[edge] < LONGEST and a not in bad and b not in bad:
            ways[a].append((edge, b))
            ways[b].append((edge, a))
    odd = {place for place, arms in enumerate(meetings.arms) if len(arms) % 2}
    out: list[np.ndarray] = []
    for place, arms in enumerate(meetings.arms):
        if place in bad:
            continue
        passages = meetings.passages(place, times)
        if 2 <= len(passages) <= 6 and len(arms) > 1:
            seen = {told(known.pairs[place], known.ends[place])}
            rows: list[np.ndarray] = []
            for pairs, ends in matchings(tuple(passages)):
                if (this := told(pairs, ends)) not in seen:
                    seen.add(this)
                    rows.append(counter.place(place, pairs, ends) - true[place])
            if rows:
                out.append(np.array(rows))
        rows = []
        left: list[tuple[int, tuple[int, ...], float]] = [(place, (), 0.0)]
        while left:
            at, run, length = left.pop()
            if run and ((at in odd and place in odd) or len(run) == 1):
                for by in (1, -1):
                    if all(1 <= times[edge] + by <= MOST for edge in run):
                        change = np.zeros(len(NAMES))
                        for edge in run:
                            change += counter.edge(edge, times[edge] + by) - counter.edge(edge, times[edge])
                            times[edge] += by
                        for each in {each for edge in run for each in web.ends[edge].tolist()}:
                            choice = meetings.best(each, times)
                            change += counter.place(each, choice.pairs, choice.ends) - true[each]
                        for edge in run:
                            times[edge] -= by
                        rows.append(change)
            if len(run) < STEPS:
                left += [
                    (other, (*run, edge), length + lengths[edge])
                    for edge, other in ways[at]
                    if edge not in run and length + lengths[edge] < LONGEST
                ]
        if rows:
            every = np.array(rows)
            out.append(every[np.argsort(every @ costs)[:12]])
    return out


def fit(pages: list[Known], rounds: int = 3) -> np.ndarray:
    """The costs of the pages' truth."""
    start = costs = guess()
    for turn in range(rounds):
        groups = [rows for known in pages for rows in contrasts(known, costs)]
        rows = np.concatenate(groups)
        sizes = [len(group) for group in groups]
        first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        group = np.repeat(np.arange(len(groups)), sizes)

        found = minimize(
            _loss, costs, (rows, first, group, start), jac=True, method="L-BFGS-B", options={"maxiter": 400}
        )
        costs = found.x
        print(f"round {turn + 1}: {len(groups):,} places, {found.fun:.4f} nats a place", file=sys.stderr)
    return costs


def _loss(
    costs: np.ndarray, rows: np.ndarray, first: np.ndarray, group: np.ndarray, start: np.ndarray
) -> tuple[float, np.ndarray]:
    """Nats a place, and their slope."""
    z = -rows @ costs
    top = np.maximum(np.maximum.reduceat(z, first), 0)
    e = np.exp(z - top[group])
    total = np.add.reduceat(e, first) + np.exp(-top)
    value = (top + np.log(total)).sum() / len(first) + WEIGHT * ((costs - start) ** 2).sum()
    slope = -(rows * (e / total[group])[:, None]).sum(axis=0) / len(first) + 2 * WEIGHT * (costs - start)
    return value, slope


def wrong(pages: list[Known], costs: np.ndarray) -> tuple[int, int]:
    """Edges that are not drawn as often as in truth, and all edges."""
    bad = total = 0
    for known in pages:
        times = drawn(Meetings(known.meetings.web, known.meetings.features, costs))
        bad += sum(a != min(b, MOST) for a, b in zip(times, known.times, strict=True) if b)
        total += sum(b > 0 for b in known.times)
    return bad, total


def write(path: Path, costs: np.ndarray, told: str) -> None:
    """Write the costs, in the order of the names in prep/costs.py."""
    lines = [f"# Costs of what the pen may do, fitted by benchmarks/costs.py to {told}.", ""]
    at = 0
    for name, names in (("pair", PAIR), ("end", END), ("tip", TIP), ("again", AGAIN)):
        values = ", ".join(f"{value:.3f}" for value in costs[at : at + len(names)])
        lines.append(f"{name} = [{values}]")
        at += len(names)
    path.write_text("\n".join(lines) + "\n")


def main() -> None:
    """Fit, tell, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--test", nargs="*", type=Path, default=[])
    parser.add_argument("--factors", default="2")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    pages = [
        known
        for factor in map(int, arguments.factors.split(","))
        for folder in arguments.folders
        for known in read(folder, factor)
    ]
    costs = fit(pages)
    tests = [(folder, list(read(folder, 2))) for folder in arguments.test]
    for folder, each in [("all fitted", pages), *tests]:
        bad, total = wrong(each, costs)
        print(f"{folder}: {bad} of {total} edges drawn too often or too seldom ({100 * bad / total:.1f} %)")
    for name, value in zip(NAMES, costs, strict=True):
        if "_long_" not in name and "_short_" not in name:
            print(f"  {name:20s} {value:7.3f}")
    if arguments.out:
        names = ", ".join(sorted({folder.name for folder in arguments.folders}))
        write(arguments.out, costs, f"{len(pages)} pages ({names})")


if __name__ == "__main__":
    main()
