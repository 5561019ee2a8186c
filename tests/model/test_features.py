from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from drawing.collection import read_collection
from drawing.drawing import Drawing
from model import features
from model.errors import BadCheckpoint
from model.features import SHA256, SIDE, SIZE, embed, images
from model.metrics import likeness

CIRCLE = Drawing.of([[(np.cos(t), np.sin(t)) for t in np.linspace(0, 2 * np.pi, 60)]])
CROSS = Drawing.of([[(0, 0), (10, 10)], [(10, 0), (0, 10)]])


def test_the_picture_of_a_drawing_is_its_ink_alone() -> None:
    plain, far = images([CROSS, CROSS.scale(7).translate(-900, 40)])
    assert plain.shape == (SIDE, SIDE)
    assert (far == plain).all()
    assert plain.max() == 1.0
    assert (plain == plain.T).mean() > 0.99
    turned, dense = images([CROSS.reverse(), CROSS.resample(0.5)])
    assert (turned == plain).mean() > 0.99
    assert (dense == plain).mean() > 0.99
    wide = images([Drawing.of([[(0, 0), (100, 0)]])])[0]
    assert set(np.flatnonzero(wide.any(axis=1))) <= {SIDE // 2 - 1, SIDE // 2}  # its shape is kept: not stretched
    assert not images([Drawing(())])[0].any()
    assert images([Drawing.of([[(3, 3)]])])[0].any()


def test_the_encoder_is_small_and_the_one_that_is_named() -> None:
    file = Path(str(resources.files("model"))) / "checkpoints" / "encoders" / "eye.safetensors"
    data = file.read_bytes()
    assert len(data) <= 1 << 20
    assert hashlib.sha256(data).hexdigest() == SHA256
    assert SHA256 in file.with_suffix(".md").read_text(encoding="utf-8")


@pytest.fixture
def forgotten() -> Iterator[None]:
    features._weights.cache_clear()
    yield
    features._weights.cache_clear()


@pytest.mark.usefixtures("forgotten")
def test_another_encoder_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "SHA256", "0" * 64)
    with pytest.raises(BadCheckpoint, match=r"eye\.safetensors is not the encoder .*; install monoline again"):
        embed([CROSS])
    monkeypatch.setattr(features, "NAME", "nose")
    with pytest.raises(BadCheckpoint, match=r"nose\.safetensors can't be read"):
        embed([CROSS])


def test_a_drawing_has_one_vector_alone_and_among_others(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [CIRCLE, CROSS, Drawing(()), CIRCLE.rotate(40), Drawing.of([[(3, 3)]])]
    done: list[int] = []
    monkeypatch.setattr(features, "BATCH", 2)
    found = embed(every, done.append)
    assert done == [2, 4, 5]
    assert found.shape == (5, SIZE)
    assert np.isfinite(found).all()
    for index, drawing in enumerate(every):
        assert (embed([drawing])[0] == found[index]).all()
    assert embed([]).shape == (0, SIZE)
    assert np.linalg.norm(found[0] - found[3]) < 0.2 * np.linalg.norm(found[0] - found[1])


def test_it_tells_sets_apart_and_sees_noise(data: Path) -> None:
    collection = read_collection(data / "look_joined15.npz")
    train, valid = collection.drawings("train")[:200], collection.drawings("valid")[:200]
    other = read_collection(data / "quickdraw_monkey_1000.ndjson").drawings("train")[:200]
    rng = np.random.default_rng(0)

    def shaken(share: float) -> list[Drawing]:
        """Each point off its place by a share of the drawing's diagonal."""
        return [
            Drawing(tuple(line + rng.normal(0, share * each.diagonal, line.shape) for line in each.lines))
            for each in train
        ]

    real = embed(valid)
    found = [likeness(embed(some), real) for some in (train, shaken(0.02), shaken(0.05), other)]
    assert all(each is not None for each in found)
    density, coverage = ([getattr(each, name) for each in found] for name in ("density", "coverage"))
    assert 0.85 < density[0] < 1.25
    assert density[0] > density[1] > 2 * density[2]
    assert coverage[0] > 0.95 > coverage[1] > coverage[2] + 0.2
    assert density[3] < 0.4
    assert coverage[3] < 0.35
