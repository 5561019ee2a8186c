from __future__ import annotations

import numpy as np
import pytest

from prep.errors import PrepError
from prep.kmeans import k_means, nearest


def heaps(count: int = 6, each: int = 30, across: int = 100) -> np.ndarray:
    """Vectors in heaps far from each other, the first with the most."""
    random = np.random.default_rng(5)
    middles = random.normal(size=(count, across)) * 10
    sizes = [each + 10 * (count - number) for number in range(count)]
    return np.concatenate(
        [middle + random.normal(size=(size, across)) for middle, size in zip(middles, sizes, strict=True)]
    ).astype(np.float32)


@pytest.mark.parametrize("across", [3, 100])
def test_heaps_are_found_the_largest_first_and_the_same_again(across: int) -> None:
    vectors = heaps(across=across)
    found = k_means(vectors, 6, seed=1)
    assert np.bincount(found.numbers).tolist() == [90, 80, 70, 60, 50, 40]
    assert (np.diff(found.numbers) != 0).sum() == 5  # a heap is one cluster
    assert found.distances == pytest.approx(np.linalg.norm(vectors - found.centroids[found.numbers], axis=1), abs=1e-3)
    again = k_means(vectors, 6, seed=1)
    assert (again.centroids == found.centroids).all()
    assert (nearest(vectors, found.centroids)[0] == found.numbers).all()


def test_there_are_no_more_clusters_than_different_vectors_and_none_is_empty() -> None:
    same = np.repeat(np.eye(3, dtype=np.float32), 5, axis=0)
    found = k_means(same, 16, seed=0)
    assert sorted(np.bincount(found.numbers).tolist()) == [5, 5, 5]
    assert found.distances.max() < 1e-5
    assert len(k_means(np.ones((4, 2), np.float32), 8, seed=0).centroids) == 1
    assert len(k_means(np.ones((1, 70), np.float32), 8, seed=0).centroids) == 1
    random = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    assert np.bincount(k_means(random, 40, seed=2).numbers, minlength=1).min() == 1


def test_a_rare_kind_is_found_among_more_vectors_than_starts_are_tried_on() -> None:
    many = np.zeros((9000, 2), dtype=np.float32)
    many[4321] = 50, 50
    for seed in range(4):
        assert np.bincount(k_means(many, 3, seed).numbers).tolist() == [8999, 1]


@pytest.mark.parametrize("vectors", [np.zeros((0, 4)), np.full((3, 2), np.nan)])
def test_what_can_not_be_clustered_is_refused(vectors: np.ndarray) -> None:
    with pytest.raises(PrepError):
        k_means(vectors.astype(np.float32), 2, seed=0)
