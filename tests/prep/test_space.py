from __future__ import annotations

import numpy as np
import pytest

from prep.errors import PrepError
from prep.space import Space, fit_space


def values() -> dict[str, np.ndarray]:
    random = np.random.default_rng(3)
    features = random.normal(size=(50, 4)) * [1, 1000, 0.001, 0] + [0, 5, 0, 7]
    seen = random.normal(size=(50, 8)) @ random.normal(size=(8, 60)) * 9 + 2
    return {"features": features.astype(np.float32), "seen": seen.astype(np.float32)}


def test_every_feature_counts_alike_and_the_network_as_much_as_it_should() -> None:
    told = values()
    placed = fit_space(told, {"seen": 0.5}).place(told)
    spread = placed.var(axis=0)
    assert spread[:4] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0], rel=0.05)  # one never varies
    assert spread[4:].sum() == pytest.approx(0.5, rel=0.01)
    told["features"][0, 0] = 1e6  # an absurd one does not push all others together
    assert np.abs(fit_space(told, {}).place(told)[:, :4]).max() < 2.4


def test_new_scans_come_into_the_space_that_was_kept() -> None:
    told = values()
    space = fit_space({name: each[:40] for name, each in told.items()}, {"seen": 0.5})
    kept = Space.from_json(space.to_json())
    assert kept.size == 40
    assert kept.names == ("features", "seen")
    assert (kept.place(told) == space.place(told)).all()
    with pytest.raises(PrepError, match="cluster anew"):
        kept.place({**told, "features": told["features"][:, :3]})
