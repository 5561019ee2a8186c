"""Chance by seed, walks through latent space, and checkpoints found by name: no network is needed."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from model import bundled
from model.bundled import find_checkpoint
from model.errors import BadCheckpoint, ModelError
from model.latent import lerp, path, slerp
from model.noise import prior, step_noise

seeds = st.integers(0, 2**63 - 1)
vectors = arrays(np.float64, 6, elements=st.floats(-5, 5))
shares = st.floats(0, 1)


@given(seeds, st.integers(1, 60), st.integers(0, 60))
def test_a_longer_stream_begins_with_the_shorter(seed: int, steps: int, more: int) -> None:
    assert np.array_equal(step_noise(seed, steps), step_noise(seed, steps + more)[:steps])
    assert np.array_equal(prior(seed, steps), prior(seed, steps + more)[:steps])


def test_the_numbers_of_a_seed_never_change() -> None:
    """Drawings kept with their seed must come out again under any later monoline."""
    expected = [[0.872073, 0.295365, -0.864858, 0.584646], [0.082843, 0.696633, -0.609161, -0.576102]]
    np.testing.assert_allclose(step_noise(7, 2), expected, atol=1e-6)


def test_uniforms_are_uniform_and_normals_normal() -> None:
    noise = step_noise(1, 20_000)
    assert noise[:, :2].min() >= 0.0
    assert noise[:, :2].max() < 1.0
    for column, kind in enumerate(("uniform", "uniform", "norm", "norm")):
        assert stats.kstest(noise[:, column], kind).pvalue > 1e-3
    assert np.abs(np.corrcoef(noise.T) - np.eye(4)).max() < 0.03
    assert stats.kstest(prior(3, 20_001), "norm").pvalue > 1e-3


def test_neighbouring_seeds_have_nothing_in_common() -> None:
    first = np.array([step_noise(seed, 1)[0] for seed in range(3000)])
    assert np.abs(np.corrcoef(first[:-1].T, first[1:].T)[:4, 4:]).max() < 0.06
    for column, kind in enumerate(("uniform", "uniform", "norm", "norm")):
        assert stats.kstest(first[:, column], kind).pvalue > 1e-3  # over seeds as over steps
    latents = np.array([prior(seed, 8) for seed in range(500)])
    assert len(np.unique(latents.round(6), axis=0)) == 500
    assert np.abs(latents.mean()) < 0.06
    uniform = np.array([step_noise(seed, 1)[0, :2] for seed in range(500)])
    told_by_points = np.sqrt(-2 * np.log1p(-uniform[:, 0])) * np.cos(2 * np.pi * uniform[:, 1])
    assert abs(np.corrcoef(latents[:, 0], told_by_points)[0, 1]) < 0.15  # z does not tell the first step


# walks


@given(vectors, vectors, shares)
def test_both_ways_begin_and_end_where_they_should(a: np.ndarray, b: np.ndarray, t: float) -> None:
    for between in (lerp, slerp):
        np.testing.assert_allclose(between(a, b, 0.0), a, atol=1e-9)
        np.testing.assert_allclose(between(a, b, 1.0), b, atol=1e-9)
        np.testing.assert_allclose(between(a, b, t), between(b, a, 1.0 - t), atol=1e-6)  # the same way back
        assert np.isfinite(between(a, b, t)).all()


@given(vectors, vectors, shares)
def test_an_arc_keeps_its_length_and_turns_evenly(a: np.ndarray, b: np.ndarray, t: float) -> None:
    length_a, length_b = np.linalg.norm(a), np.linalg.norm(b)
    if min(length_a, length_b) < 0.1:
        return
    angle = np.arccos(np.clip(a @ b / (length_a * length_b), -1, 1))
    if not 0.01 < angle < np.pi - 0.01:
        return
    at = slerp(a, b, t)
    assert np.linalg.norm(at) == pytest.approx((1 - t) * length_a + t * length_b, rel=1e-6)
    turned = np.arccos(np.clip(at @ a / (np.linalg.norm(at) * length_a), -1, 1))
    assert turned == pytest.approx(t * angle, abs=1e-4)


def test_where_there_is_no_arc_the_line_is_taken() -> None:
    a = np.array([1.0, 2.0, -1.0])
    for b in (-a, 3 * a, np.zeros(3), a):
        np.testing.assert_allclose(slerp(a, b, 0.25), lerp(a, b, 0.25), atol=1e-9)


@given(st.lists(vectors, min_size=2, max_size=4), st.integers(2, 20), st.sampled_from(("lerp", "slerp")), st.booleans())
def test_a_walk_passes_its_stops(ends: list[np.ndarray], steps: int, kind: str, loop: bool) -> None:
    frames, places = path(ends, steps, kind, loop=loop)  # type: ignore[arg-type]
    assert frames.shape == (steps, 6)
    assert places[0] == 0.0
    np.testing.assert_allclose(frames[0], ends[0], atol=1e-9)
    stops = [*ends, ends[0]] if loop else ends
    if not loop:
        assert places[-1] == 1.0
        np.testing.assert_allclose(frames[-1], ends[-1], atol=1e-9)
    else:
        assert places[-1] < 1.0  # the first frame follows the last
    frames, _ = path(ends, 3 * (len(stops) - 1) + (not loop), kind, loop=loop)  # type: ignore[arg-type]
    for index, stop in enumerate(stops[:-1] if loop else stops):
        np.testing.assert_allclose(frames[3 * index], stop, atol=1e-6)


def test_a_line_walks_even_steps() -> None:
    frames, _ = path([np.zeros(3), np.array([4.0, 0, -8.0])], 5, "lerp")
    np.testing.assert_allclose(frames[:, 0], [0, 1, 2, 3, 4])
    np.testing.assert_allclose(frames[:, 2], [0, -2, -4, -6, -8])


def test_a_walk_needs_two_ends_and_two_steps() -> None:
    with pytest.raises(ModelError, match="two drawings"):
        path([np.zeros(3)], 5)
    with pytest.raises(ModelError, match="two steps"):
        path([np.zeros(3), np.ones(3)], 1)


# names


def test_a_checkpoint_is_found_by_path_by_run_and_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model" / "checkpoints").mkdir(parents=True)
    (tmp_path / "model" / "checkpoints" / "faces.safetensors").write_bytes(b"x")
    monkeypatch.setattr(bundled.resources, "files", lambda _: tmp_path / "model")
    run = tmp_path / "run"
    run.mkdir()
    with pytest.raises(BadCheckpoint, match="run is no training run"):
        find_checkpoint(run)
    shutil.copy(tmp_path / "model" / "checkpoints" / "faces.safetensors", run / "model.safetensors")
    assert find_checkpoint(run) == run / "model.safetensors"
    assert find_checkpoint(str(run / "model.safetensors")) == run / "model.safetensors"
    assert bundled.bundled() == ["faces"]
    assert find_checkpoint("faces") == tmp_path / "model" / "checkpoints" / "faces.safetensors"
    with pytest.raises(BadCheckpoint, match=r"no checkpoint fases, did you mean 'faces'; bundled ones are: faces\."):
        find_checkpoint("fases")
    with pytest.raises(BadCheckpoint, match=r"no checkpoint /no/such\.safetensors; bundled"):
        find_checkpoint("/no/such.safetensors")


def test_every_bundled_checkpoint_is_where_its_name_says() -> None:
    for name in bundled.bundled():
        assert find_checkpoint(name).is_file()
        assert find_checkpoint(name).stat().st_size <= 6_000_000


def test_seeds_up_to_the_largest_are_seeds_of_their_own() -> None:
    for one, other in itertools.pairwise((0, 1, 2**32, 2**32 + 1, 2**63 - 1)):
        assert not np.array_equal(step_noise(one, 3), step_noise(other, 3))
