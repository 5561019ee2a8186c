"""K-means: vectors into so many clusters, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prep.errors import PrepError

Vectors = NDArray[np.float32]  # (n, d)
SAMPLE = 4096
"""Starts are tried on at most so many vectors, or 64 for each cluster if that is more; the best goes on with all."""
TRIED = 8
"""Steps after which starts are compared."""
STEPS = 100
STILL = 1e-4
"""Centroids that move less than this share of the vectors' spread have arrived."""
ROWS = 8192
"""So many vectors at once, that memory stays flat."""
TRIALS = 2
"""Candidates for each further centroid of a start, of which the better is taken."""
FLAT = 64
"""Starts are compared in so many directions by chance, which keep what is far from each other far."""


@dataclass(frozen=True, eq=False)
class Clustering:
    """Vectors by the nearest of some centroids."""

    centroids: Vectors
    """(k, d), the one with the most vectors first."""
    numbers: NDArray[np.int32]
    """(n,), which centroid is the nearest to each vector."""
    distances: NDArray[np.float32]
    """(n,), how far that is."""


def k_means(vectors: Vectors, k: int, seed: int, starts: int = 10) -> Clustering:
    """Find k centroids, each in the middle of the vectors that are nearer to it than to the others.

    Of several starts (k-means++) the best is taken. There are fewer than k where there are not so many different
    vectors; none is empty.

    Args:
        vectors: (n, d), finite.

    Raises:
        PrepError: no vectors, no clusters, or numbers that are none.
    """
    points = np.ascontiguousarray(vectors, dtype=np.float32)
    if points.ndim != 2 or not points.size:
        raise PrepError("There is nothing to cluster yet.")
    if k < 1 or starts < 1:
        raise PrepError(f"{k} is no number of clusters; there must be 1 at least.")
    if not np.isfinite(points).all():
        raise PrepError("Some vectors hold no numbers; look at the scans anew.")
    middle = points.mean(axis=0, dtype=np.float64).astype(np.float32)
    points = points - middle  # float32 is finest near zero
    random = np.random.default_rng(seed)
    size = max(SAMPLE, 64 * k)
    tried = points if len(points) <= size else points[np.sort(random.choice(len(points), size, replace=False))]
    best = _begin(tried, k, random, starts)
    if len(best) < k and len(tried) < len(points):  # the sample had too few different ones
        best = _begin(points, k, random, 1)
    best, _ = _settle(points, best, STEPS)
    numbers, distances = _nearest(points, best)
    counts = np.bincount(numbers, minlength=len(best))
    order = np.lexsort((np.arange(len(best)), -counts))
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order))
    return Clustering(best[order] + middle, place[numbers], np.sqrt(distances))


def nearest(vectors: Vectors, centroids: Vectors) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Which centroid is the nearest to each vector, (n,), and how far it is, (n,)."""
    middle = centroids.mean(axis=0)
    numbers, squares = _nearest(np.asarray(vectors, dtype=np.float32) - middle, centroids - middle)
    return numbers, np.sqrt(squares)


def _begin(points: Vectors, k: int, random: np.random.Generator, starts: int) -> Vectors:
    """Centroids of the best of several starts."""
    across = points.shape[1]
    flat = points
    if across > FLAT:
        flat = points @ (random.standard_normal((across, FLAT)) / np.sqrt(FLAT)).astype(np.float32)
    best, least = np.zeros(len(points), dtype=np.int32), np.inf
    for _ in range(starts):
        centroids, loss = _settle(flat, _spread(flat, k, random), TRIED)
        if loss < least * (1 - 1e-6):
            best, least = _nearest(flat, centroids)[0], loss
    _, best = np.unique(best, return_inverse=True)  # without empty ones
    return _middles(points, best, points[:, 0], int(best.max()) + 1)


def _nearest(
    points: Vectors, centroids: Vectors, own: Vectors | None = None
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """As ``nearest``, squared; sooner and less exact given the squares of the points' own lengths."""
    numbers = np.empty(len(points), dtype=np.int32)
    squares = np.empty(len(points), dtype=np.float32)
    lengths = np.einsum("ij,ij->i", centroids, centroids)
    for begin in range(0, len(points), ROWS):
        part = points[begin : begin + ROWS]
        found = lengths - 2.0 * (part @ centroids.T)
        at = found.argmin(axis=1)
        numbers[begin : begin + ROWS] = at
        if own is None:
            difference = part - centroids[at]
            squares[begin : begin + ROWS] = np.einsum("ij,ij->i", difference, difference)
        else:
            squares[begin : begin + ROWS] = np.maximum(found.min(axis=1) + own[begin : begin + ROWS], 0.0)
    return numbers, squares


def _spread(points: Vectors, k: int, random: np.random.Generator) -> Vectors:
    """Vectors far from each other (k-means++); fewer than k if there are no more different ones."""
    chosen = [int(random.integers(len(points)))]
    squares = _squares_to(points, points[chosen[0]])
    while len(chosen) < k:
        reach = np.cumsum(squares, dtype=np.float64)
        if reach[-1] <= 0:
            break
        trials = np.searchsorted(reach, random.random(TRIALS) * reach[-1], side="right")
        each = [np.minimum(squares, _squares_to(points, points[at])) for at in np.minimum(trials, len(points) - 1)]
        best = int(np.argmin([one.sum(dtype=np.float64) for one in each]))
        chosen.append(int(trials[best]))
        squares = each[best]
    return points[chosen]


def _squares_to(points: Vectors, point: Vectors) -> Vectors:
    difference = points - point
    return np.einsum("ij,ij->i", difference, difference)


def _settle(points: Vectors, centroids: Vectors, steps: int) -> tuple[Vectors, float]:
    """Move centroids into the middle of what is nearest to them, until they are there; and the sum of squares left."""
    own = np.einsum("ij,ij->i", points, points)
    still = STILL**2 * float(own.mean(dtype=np.float64))
    loss = np.inf
    for _ in range(steps):
        numbers, squares = _nearest(points, centroids, own)
        loss = float(squares.sum(dtype=np.float64))
        moved = _middles(points, numbers, squares, len(centroids))
        way = float(((moved - centroids) ** 2).sum(axis=1).max())
        centroids = moved
        if way <= still:
            break
    return centroids, loss


def _middles(points: Vectors, numbers: NDArray[np.integer], squares: Vectors, k: int) -> Vectors:
    """The middle of each cluster; one that became empty takes the vector farthest from its own centroid."""
    counts = np.bincount(numbers, minlength=k)
    sums = np.zeros((k, points.shape[1]), dtype=np.float32)
    for begin in range(0, len(points), ROWS):
        part = numbers[begin : begin + ROWS]
        which = np.zeros((k, len(part)), dtype=np.float32)
        which[part, np.arange(len(part))] = 1.0
        sums += which @ points[begin : begin + ROWS]
    middles = sums / np.maximum(counts, 1)[:, None].astype(np.float32)
    empty = np.flatnonzero(counts == 0)
    if len(empty):
        far = np.argsort(-squares, kind="stable")[: len(empty)]
        middles[empty] = points[far]
    return middles
