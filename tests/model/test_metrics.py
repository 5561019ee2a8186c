from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drawing.drawing import Drawing
from model import metrics
from model.metrics import chamfer, likeness, measures, nearest, wasserstein

SQUARE = Drawing.of([[(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]])
TWO = Drawing.of([[(0, 0), (30, 0)], [(30, 10), (0, 10)]])


def test_what_is_measured_of_a_drawing() -> None:
    found = measures([SQUARE, TWO, Drawing(())])
    assert found["points"].tolist() == [5, 4, 0]
    assert found["strokes"].tolist() == [1, 2, 0]
    assert found["ink"] == pytest.approx([40 / np.hypot(10, 10), 60 / np.hypot(30, 10), 0])
    assert found["pen_up_share"] == pytest.approx([0, 10 / 70, 0])
    assert found["aspect"] == pytest.approx([0.5, 0.75, 0.5])
    assert found["turning_angle"] == pytest.approx([np.pi / 2] * 3)
    larger = measures([SQUARE.scale(3).translate(100, 7), TWO.scale(0.1), Drawing(())])
    for name, values in found.items():
        assert larger[name] == pytest.approx(values)


def test_distances_count_in_spreads_of_the_real_drawings() -> None:
    values = np.random.default_rng(0).normal(5.0, 4.0, 500)
    real = {"points": values, "strokes": np.ones(500), "turning_angle": values}
    made = {"points": values + 2 * values.std(), "strokes": np.full(20, 4.0), "turning_angle": np.zeros(0)}
    found = wasserstein(made, real)
    assert found == {"points": pytest.approx(2.0), "strokes": pytest.approx(3.0), "turning_angle": None}
    assert wasserstein(real, real)["points"] == 0.0


def plainly(made: NDArray[np.float32], real: NDArray[np.float32], k: int) -> list[float]:
    """Precision, recall, density and coverage, one pair after another."""

    def away(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
        return float(np.sqrt(((a.astype(float) - b.astype(float)) ** 2).sum()))

    def radius(index: int, among: NDArray[np.float32]) -> float:
        return sorted(away(among[index], each) for other, each in enumerate(among) if other != index)[k - 1]

    inside = [[away(m, r) <= radius(i, real) for i, r in enumerate(real)] for m in made]
    near_made = [[away(m, r) <= radius(i, made) for i, m in enumerate(made)] for r in real]
    precision = sum(any(row) for row in inside) / len(made)
    recall = sum(any(row) for row in near_made) / len(real)
    density = sum(sum(row) for row in inside) / (k * len(made))
    coverage = sum(any(column) for column in zip(*inside, strict=True)) / len(real)
    return [precision, recall, density, coverage]


@pytest.mark.parametrize("shift", [0.0, 1.0, 50.0])
def test_likeness_is_that_of_the_papers(shift: float, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    real = rng.normal(0, 1, (23, 4)).astype(np.float32)
    made = (rng.normal(0, 1, (17, 4)) * 0.7 + shift).astype(np.float32)
    monkeypatch.setattr(metrics, "AT_ONCE", 6)
    found = likeness(made, real, k=3)
    assert found is not None
    got = [found.precision, found.recall, found.density, found.coverage]
    assert got == pytest.approx(plainly(made, real, 3))
    assert (sum(got) == 0.0) == (shift == 50.0)


def test_too_few_drawings_have_no_likeness() -> None:
    few = np.zeros((3, 2), dtype=np.float32)
    assert likeness(few, np.zeros((30, 2), dtype=np.float32), k=3) is None
    assert likeness(np.zeros((30, 2), dtype=np.float32), few, k=3) is None


def test_the_nearest_drawing_is_never_the_drawing_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "AT_ONCE", 2)
    spots = np.array([[0, 0], [3, 0], [10, 0], [10, 1], [4, 0]], dtype=np.float32)
    assert nearest(spots, spots)[1].tolist() == [0.0] * 5
    indices, away = nearest(spots, spots, but_itself=True)
    assert indices.tolist() == [1, 4, 3, 2, 1]
    assert away.tolist() == [3, 1, 1, 1, 1]


def test_chamfer_is_how_far_the_ink_is_away() -> None:
    line = Drawing.of([[(0, 0), (100, 0)]])
    assert chamfer(line, line.translate(0, 5), 1.0) == pytest.approx(5.0)
    pieces = Drawing.of([[(100, 0), (60, 0), (60, 0)], [(60, 0), (0, 0)]])
    assert chamfer(line, pieces, 1.0) == pytest.approx(0.0, abs=1e-9)
    # ink that is missing counts on one of the two ways, half of the mean
    half = Drawing.of([[(0, 0), (50, 0)]])
    assert chamfer(line, half, 0.5) == chamfer(half, line, 0.5) == pytest.approx(12.5 / 2, rel=0.02)
