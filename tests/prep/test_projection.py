from __future__ import annotations

import numpy as np
import pytest

from prep import projection
from prep.projection import flat, project


def heaps(each: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Five heaps in 20 dimensions, of which two directions tell little."""
    random = np.random.default_rng(2)
    kinds = np.repeat(np.arange(5), each)
    return (np.eye(5, 20)[kinds] * 6 + random.normal(size=(len(kinds), 20))).astype(np.float32), kinds


def alike(places: np.ndarray, kinds: np.ndarray) -> float:
    """How many of the five nearest places are of the same kind."""
    apart = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    return float((kinds[np.argsort(apart, axis=1)[:, :5]] == kinds[:, None]).mean())


def test_what_is_alike_lies_together_more_than_on_the_plain_projection(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, kinds = heaps()
    places = project(vectors)
    assert alike(places, kinds) > 0.97 > 0.9 > alike(flat(vectors), kinds)
    assert np.abs(places).max() <= 1
    assert (project(vectors) == places).all()
    monkeypatch.setattr(projection, "MOST", 100)
    assert alike(project(vectors), kinds) > 0.9


@pytest.mark.parametrize("count", range(5))
def test_a_few_vectors_or_many_that_are_the_same_have_places(count: int) -> None:
    assert np.isfinite(project(np.ones((count, 3), np.float32))).all()
    assert project(np.ones((count, 3), np.float32)).shape == (count, 2)
    assert np.isfinite(project(np.ones((count * 20, 1), np.float32))).all()
