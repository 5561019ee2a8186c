from __future__ import annotations

import json
from pathlib import Path

import networks
import numpy as np
import pytest

from drawing.stroke import from_moves, to_moves
from model import suite as suites
from model.checkpoint import Checkpoint
from model.suite import Suite, judge


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return networks.saved(tmp_path_factory.mktemp("net") / "a.safetensors", networks.lively_net(latent=4))


ROWS = networks.some_rows([12 + index % 9 for index in range(24)], seed=1)
TRAIN = networks.some_rows([10 + index % 11 for index in range(40)], seed=2)


def figures(suite: Suite) -> dict[str, object]:
    return json.loads(json.dumps(suite.to_json(), allow_nan=False))


def test_all_figures_are_there_and_the_same_again(checkpoint: Checkpoint) -> None:
    told: list[tuple[int, int]] = []
    found = judge(checkpoint, ROWS, TRAIN, samples=12, on_progress=lambda done, total: told.append((done, total)))
    result = figures(found)
    assert figures(judge(checkpoint, ROWS, TRAIN, samples=12)) == result
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (12 + 12 + 12 + 24 + 40,) * 2
    assert result["samples"] == 12
    assert result["temperature"] == 0.3
    assert result["finish_rate"] == sum(each.finished for each in found.samples) / 12
    assert [each.seed for each in found.samples] == list(range(1, 13))
    for side in (result, result["train"]):
        assert isinstance(side, dict)
        assert set(side["wasserstein"]) == {"points", "strokes", "ink", "pen_up_share", "aspect", "turning_angle"}
        assert all(value >= 0 for value in side["wasserstein"].values())
        assert {"precision", "recall", "density", "coverage", "tangle_rate", "nearly_empty_rate"} <= set(side)
    # drawings made as the split's were are more like them than what chance weights draw
    assert found.train is not None
    assert found.train.wasserstein["points"] < found.made.wasserstein["points"]
    assert found.memory is not None
    assert found.memory.train == 40
    assert len(found.twins) == 12
    hot = judge(checkpoint, ROWS, [], samples=2, temperature=1.0)
    assert [each.recipe.temperature for each in hot.samples] == [1.0, 1.0]


def test_what_needs_z_is_null_without(tmp_path: Path) -> None:
    known = networks.saved(tmp_path / "b.safetensors", networks.lively_net("decoder"), first_dropped=True)
    result = figures(judge(known, ROWS, [], samples=3))
    nothing = {"active_dimensions", "latent", "reconstruction", "nearest_train", "train"}
    nothing |= {"precision", "recall", "density", "coverage"}  # three samples have no five neighbours
    assert {name for name, value in result.items() if value is None} == nothing


def test_what_was_learnt_by_heart_is_seen(checkpoint: Checkpoint) -> None:
    free = judge(checkpoint, ROWS, TRAIN, samples=12)
    own = [to_moves(each.drawing) for each in free.samples if each.drawing.points > 3]
    heart = judge(checkpoint, ROWS, [*TRAIN, *own], samples=12)
    assert free.memory is not None
    assert heart.memory is not None
    assert free.memory.ratio is not None
    assert heart.memory.ratio == 0.0 < 0.5 < free.memory.ratio
    assert heart.memory.copies >= len(own) / 12
    assert all(twin == each.drawing for twin, each in zip(heart.twins, heart.samples, strict=True)
               if each.drawing.points > 3)  # fmt: skip
    # tested on train itself, no drawing counts as its own neighbour
    again = judge(checkpoint, TRAIN, TRAIN, samples=12)
    assert again.train is None
    assert again.memory is not None
    assert again.memory.ratio is not None
    assert again.memory.ratio > 0.5


def test_dimensions_of_z_that_say_nothing_are_not_active(tmp_path: Path) -> None:
    net = networks.lively_net(latent=4)
    net.encoder.mu.weight.data[1:3] = 0.0
    found = judge(networks.saved(tmp_path / "c.safetensors", net), ROWS, [], samples=1)
    assert (found.latent, found.active) == (4, 2)


def test_reconstructions_are_measured_against_their_own_drawing(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sampler that gives each drawing back as it was has no distance; where it gives another's, it has."""
    from model.sample import Sampler

    rows = ROWS[:6]
    drawn = Sampler.make
    given = [from_moves(each) for each in rows]

    def copies(self: Sampler, orders: list, *rest: object) -> list:  # pyright: ignore[reportMissingTypeArgument]
        found = drawn(self, orders, *rest)  # pyright: ignore[reportArgumentType]
        if orders[0].z is None:
            return found
        assert {order.temperature for order in orders} == {0.1}
        return [type(each)(given[k], each.seed, True, 0.0, each.recipe) for k, each in enumerate(found)]

    monkeypatch.setattr(Sampler, "make", copies)
    again = judge(checkpoint, rows, [], samples=50).reconstruction
    assert again is not None
    assert again.drawings == 6
    assert again.chamfer_pct == pytest.approx(0.0, abs=1e-9)
    assert again.others_pct > 3.0


def test_a_tangle_and_an_empty_sheet_are_told_by_their_ink(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    from model.sample import Sampler

    drawn = Sampler.make
    line = np.column_stack([np.linspace(0, 30, 20), np.zeros(20)])
    coil = 20 * np.column_stack([np.cos(np.arange(900.0)), np.sin(np.arange(900.0))])
    shapes = [[line], [coil], [0.01 * line], []]

    def made(self: Sampler, orders: list, *rest: object) -> list:  # pyright: ignore[reportMissingTypeArgument]
        from drawing.drawing import Drawing

        return [
            type(each)(Drawing(tuple(shapes[k % 4])), each.seed, True, 0.0, each.recipe)
            for k, each in enumerate(drawn(self, orders, *rest))  # pyright: ignore[reportArgumentType]
        ]

    monkeypatch.setattr(Sampler, "make", made)
    found = judge(checkpoint, ROWS, [], samples=8).made
    assert (found.tangle_rate, found.empty_rate) == (0.25, 0.5)


def test_a_large_split_is_thinned_evenly(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suites, "MOST", 10)
    found = judge(checkpoint, ROWS, TRAIN, samples=2)
    assert found.memory is not None
    assert found.memory.train == 10
    assert suites._evenly(range(25), 10) == [0, 2, 5, 7, 10, 12, 15, 17, 20, 22]
