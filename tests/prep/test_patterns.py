from __future__ import annotations

import numpy as np

from drawing.drawing import Drawing
from prep.kmeans import k_means
from prep.patterns import NAMES, WEIGHTS, drawing_features


def blob(x: float, y: float, size: float, phase: float) -> np.ndarray:
    """A head on its shoulders, from left to right."""
    turn = np.linspace(-0.2, np.pi + 0.2, 30)
    head = np.stack([-np.cos(turn), -np.sin(turn) * (1 + 0.2 * np.sin(3 * turn + phase))], axis=1)
    return np.concatenate([[[-1.6, 1]], head * 0.8, [[1.6, 1]]]) * size + (x, y)


def chain(number: int) -> Drawing:
    """Eight heads in a row, as wide as the page."""
    return Drawing.of([np.concatenate([blob(20 * at, number % 3, 6, at + number) for at in range(1, 9)])])


def portrait(number: int) -> Drawing:
    """One head and a body, in two strokes."""
    return Drawing.of([blob(60, 60, 20 + number % 5, number), [(60, 90), (50 + number, 130), (65, 170)]])


def told(drawings: list[Drawing]) -> np.ndarray:
    found = np.stack([drawing_features(each, 210.0) for each in drawings])
    flat = (found - found.mean(axis=0)) / np.maximum(found.std(axis=0), 1e-6)
    return (flat * [WEIGHTS.get(name, 1.0) for name in NAMES]).astype(np.float32)


def test_chains_lie_apart_from_drawings() -> None:
    numbers = k_means(told([chain(n) for n in range(8)] + [portrait(n) for n in range(12)]), 2, seed=0).numbers
    assert set(numbers[:8].tolist()) == {1}
    assert set(numbers[8:].tolist()) == {0}


def test_features_are_what_they_are_called() -> None:
    found = dict(zip(NAMES, drawing_features(Drawing.of([[(0, 0), (10, 10)], [(0, 10), (10, 0)]]), 100.0), strict=True))
    assert found["aspect"] == 0
    assert found["width"] == np.float32(0.1)
    assert found["strokes"] == np.float32(np.log(2))
    assert found["crossings"] == np.float32(np.log1p(0.5))  # one on two diagonals of ink
    assert found["turns"] < 1e-6
    bent = dict(zip(NAMES, drawing_features(chain(0), 210.0), strict=True))
    assert np.expm1(bent["down"]) == 15  # up and down each head, and along to the next


def test_dots_and_straight_lines_have_features_too() -> None:
    for drawing in (
        Drawing.of([[(3, 3)]]),
        Drawing.of([[(0, 5), (9, 5)]]),
        Drawing.of([[(0, 0), (0, 0)]]),
        Drawing(()),
    ):
        assert np.isfinite(drawing_features(drawing, 0.0)).all()
