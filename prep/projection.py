"""A map of scans: places on a plane where what is alike lies together, the same for the same vectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prep.space import Values

NEIGHBOURS = 12
"""Those nearest to a vector draw it to them."""
OTHERS = 5
"""So many others, by chance, push it away at each step."""
STEPS = 200
MOST = 3000
"""More vectors than that come to lie between those of half as many that are nearest to them."""
ROWS = 2048

Places = NDArray[np.float64]  # (n, 2)


def project(vectors: Values, seed: int = 0) -> Places:
    """Places on a plane, (n, 2), from -1 to 1.

    It begins with the two directions in which the vectors vary most; then neighbours draw together and others apart,
    as in UMAP.

    Args:
        vectors: (n, d).
    """
    points = np.asarray(vectors, dtype=np.float32)
    if len(points) < 3:
        return np.zeros((len(points), 2)) + np.linspace(-0.5, 0.5, len(points))[:, None]
    random = np.random.default_rng(seed)
    if len(points) <= MOST:
        return _framed(_settle(points, random))
    some = np.sort(random.choice(len(points), MOST // 2, replace=False))
    places = _settle(points[some], random)
    neighbours, distances = _neighbours(points, points[some], 4)
    weight = 1.0 / (distances + 1e-3 * float(distances.mean()) + 1e-9)
    weight /= weight.sum(axis=1, keepdims=True)
    return _framed((places[neighbours] * weight[..., None]).sum(axis=1))


def flat(vectors: Values) -> Places:
    """The two directions in which vectors vary most (PCA), (n, 2)."""
    centred = np.asarray(vectors, dtype=np.float64)
    centred = centred - centred.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    kept = directions[:, ::-1][:, :2]
    kept = kept * np.where(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])] < 0, -1.0, 1.0)
    found = centred @ kept
    return found if found.shape[1] == 2 else np.column_stack([found[:, 0], np.zeros(len(found))])


def _settle(points: Values, random: np.random.Generator) -> Places:
    """Places of at most ``MOST`` vectors."""
    count = len(points)
    many = min(NEIGHBOURS, count - 1)
    near, distances = _neighbours(points, points, many + 1)
    own = near == np.arange(count)[:, None]
    own[~own.any(axis=1), -1] = True  # among many that are the same
    near, distances = near[~own].reshape(count, many), distances[~own].reshape(count, many)
    least = distances[:, :1]
    scale = np.maximum((distances - least).mean(axis=1, keepdims=True), 1e-9)
    pull = -2.0 * np.exp(-(distances - least) / scale)
    other = near.ravel()
    places = flat(points)
    places *= 10.0 / max(float(np.abs(places).max()), 1e-9)
    places += random.normal(scale=1e-3, size=places.shape)  # those in one place must come apart
    for step in range(STEPS):
        rate = 1.0 - step / STEPS
        apart = places[:, None] - places[near]
        force = np.clip(apart * (pull / (1.0 + np.einsum("ijk,ijk->ij", apart, apart)))[..., None], -4.0, 4.0)
        move = force.sum(axis=1) - _sums(other, force.reshape(-1, 2), count)
        for _ in range(OTHERS):
            strangers = random.integers(count, size=count)
            apart = places - places[strangers]
            squares = np.einsum("ij,ij->i", apart, apart)
            move += many / OTHERS * np.clip(apart * (2.0 / ((0.01 + squares) * (1.0 + squares)))[:, None], -4.0, 4.0)
        places += np.clip(rate * 0.3 * move / many, -1.0, 1.0)
    return places


def _sums(which: NDArray[np.integer], values: Places, count: int) -> Places:
    return np.array([np.bincount(which, values[:, axis], count) for axis in (0, 1)], dtype=np.float64).T


def _neighbours(points: Values, among: Values, many: int) -> tuple[NDArray[np.int64], Values]:
    """The nearest to each point, (n, many), and how far they are, the nearest first."""
    middle = among.mean(axis=0)
    points, among = points - middle, among - middle
    own = np.einsum("ij,ij->i", among, among)
    found = np.zeros((len(points), many), dtype=np.int64)
    far = np.zeros((len(points), many), dtype=np.float32)
    for begin in range(0, len(points), ROWS):
        part = points[begin : begin + ROWS]
        squares = own - 2.0 * (part @ among.T) + np.einsum("ij,ij->i", part, part)[:, None]
        rows = np.arange(len(part))
        for place in range(many):  # a few times the least is quicker than a partition
            at = squares.argmin(axis=1)
            found[begin + rows, place], far[begin + rows, place] = at, np.sqrt(np.maximum(squares[rows, at], 0.0))
            squares[rows, at] = np.inf
    return found, far


def _framed(places: Places) -> Places:
    """Within -1 and 1, one scale for both axes; a few that lie far out are brought to the edge."""
    low, high = np.quantile(places, [0.005, 0.995], axis=0)
    middle, reach = (low + high) / 2, max(float((high - low).max()) / 2, 1e-9)
    return np.clip((places - middle) / (reach * 1.05), -1.0, 1.0)
