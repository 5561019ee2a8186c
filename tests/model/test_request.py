"""What can be asked of the worker, and what it replies; without a process, a function is called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networks
import numpy as np
import pytest

from drawing.recipe import Endpoint
from drawing.stroke import from_stroke3, to_stroke3
from model.checkpoint import Checkpoint
from model.noise import DIRECTION, prior
from model.sample import Order, Sample, Sampler
from model.worker import Worker

ROWS = [[4.0, 5.0, 0], [3.0, 1.0, 0], [1.0, 4.0, 1], [2.0, 2.0, 0], [2.0, -3.0, 0]]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Checkpoint]:
    path = tmp_path_factory.mktemp("request") / "a.safetensors"
    net = networks.lively_net(end=-1.0)
    return str(path), networks.saved(path, net, first_dropped=True, n_max=24, data={"size": 20.0})


Kept = tuple[str, Checkpoint]


def asked(kept: Kept, **request: Any) -> list[dict[str, Any]]:
    replies: list[dict[str, Any]] = []
    Worker(replies.append).answer({"id": 1, "checkpoint": kept[0], **request})
    assert all(reply["id"] == 1 for reply in replies)
    return [reply for reply in replies if reply["event"] not in ("loading", "progress")]


def drawn(replies: list[dict[str, Any]]) -> list[list[list[float]]]:
    samples = sorted((each for each in replies if each["event"] == "sample"), key=lambda each: each["index"])
    assert [each["index"] for each in samples] == list(range(len(samples)))
    assert replies[-1]["event"] == "done"
    return [each["rows"] for each in samples]


def rows(samples: list[Sample]) -> list[list[list[float]]]:
    return [to_stroke3(each.drawing).tolist() for each in samples]


def test_a_drawing_is_drawn_again_many_times(kept: Kept) -> None:
    found = drawn(asked(kept, do="reconstruct", drawing={"seed": 3}, n=3, seed=8, temperature=0.4))
    assert found == rows(Sampler(kept[1]).make([Order(seed, 0.4, z=prior(3, 3)) for seed in (8, 9, 10)]))


def test_variations_lie_around_a_drawing(kept: Kept) -> None:
    sampler = Sampler(kept[1])
    found = asked(kept, do="vary", drawing={"rows": ROWS}, n=2, spread=0.6, seed=5, temperature=0.2)
    z = sampler.encode(from_stroke3(ROWS))
    expected = [0.8 * z + 0.6 * prior(5 + index, 3, DIRECTION) for index in range(2)]
    assert drawn(found) == rows(sampler.make([Order(5, 0.2, z=each) for each in expected]))  # one hand
    assert found[0]["recipe"]["kind"] == "vary"
    way = asked(kept, do="vary", drawing={"rows": ROWS}, spread=0.6, seed=5, direction=6, temperature=0.2)
    assert drawn(way) == drawn(found)[1:]  # by itself, and the hand is the same
    alone = asked(kept, do="vary", drawing={"rows": ROWS}, spread=0.0, seed=5)
    assert drawn(alone) == rows(sampler.make([Order(5, 0.1, z=z)]))


def test_what_makes_c_of_b_is_done_to_a(kept: Kept) -> None:
    found = asked(kept, do="arithmetic", a={"seed": 1}, b={"seed": 2}, c={"rows": ROWS}, n=2, seed=4)
    sampler = Sampler(kept[1])
    z = prior(1, 3) - prior(2, 3) + sampler.encode(from_stroke3(ROWS))
    assert drawn(found) == rows(sampler.make([Order(4, 0.1, z=z), Order(5, 0.1, z=z)]))
    assert [each.get("seed") for each in found[0]["recipe"]["endpoints"]] == [1, 2, None]


@pytest.mark.parametrize("z", ["beginning", "prior"])
def test_every_completion_begins_with_the_very_points(kept: Kept, z: str) -> None:
    given = [[0.123456789, 7.7, 0], [1 / 3, 2.0, 1], [-1.5, 2.0, 0], [0.5, 2.5, 0]]
    found = drawn(asked(kept, do="complete", rows=given, n=6, seed=2, temperature=0.6, z=z))
    begun = np.cumsum(np.array(given)[:, :2], axis=0)
    for each in found:
        np.testing.assert_allclose(np.cumsum(np.array(each)[:, :2], axis=0)[:4], begun, rtol=0, atol=1e-12)
        assert [row[2] for row in each[:3]] == [0, 1, 0]
    assert len({str(each) for each in found}) > 1
    assert any(len(each) > 4 and each[3][2] == 0 for each in found)


def test_a_completion_from_an_unknown_z_is_refused(kept: Kept) -> None:
    (reply,) = asked(kept, do="complete", rows=ROWS, n=1, z="drawing")
    assert reply["event"] == "failed"
    assert "not from 'drawing'" in reply["error"]


def test_the_first_points_of_a_drawing_lead_to_the_same_drawing_by_the_same_chance(kept: Kept) -> None:
    whole = Sampler(kept[1]).draw([11], 0.5)[0]
    told = {"recipe": whole.recipe.model_dump(mode="json"), "rows": to_stroke3(whole.drawing).tolist()}
    assert whole.drawing.points > 8
    found = asked(kept, do="complete", drawing=told, first=5, z="drawing", n=1, seed=11, temperature=0.5)
    assert from_stroke3(drawn(found)[0]) == whole.drawing


def test_a_walk_is_timed_by_what_changes(kept: Kept) -> None:
    ends: list[dict[str, Any]] = [{"seed": 2}, {"seed": 3}, {"seed": 4}]
    walk: dict[str, Any] = {"do": "interpolate", "ends": ends, "steps": 6, "seed": 3, "temperature": 0.1}
    plain, timed = asked(kept, **walk), asked(kept, **walk, even=True)
    even = next(each for each in timed if each["event"] == "even")
    assert 1.0 <= even["after"] < 0.9 * even["before"]
    assert len(drawn(timed)) == 6
    assert [drawn(timed)[index] for index in (0, -1)] == [drawn(plain)[index] for index in (0, -1)]
    places = [each["recipe"]["at"] for each in sorted(timed[1:-1], key=lambda each: each["index"])]
    assert places == sorted(places)
    assert places[0] == 0.0
    assert places[-1] == 1.0
    loop = asked(kept, **walk, loop=True, kind="spline")
    sampler = Sampler(kept[1])
    orders = sampler.interpolate([Endpoint(seed=seed) for seed in (2, 3, 4)], 6, Order(3, 0.1), "spline", loop=True)
    assert drawn(loop) == rows(sampler.make(orders))


def test_a_walk_on_the_spot_is_not_timed(kept: Kept) -> None:
    walk: dict[str, Any] = {"do": "interpolate", "steps": 3, "seed": 3, "even": True}
    timed = asked(kept, **walk, ends=[{"rows": ROWS}, {"rows": ROWS}])
    assert [each["event"] for each in timed] == ["sample"] * 3 + ["done"]
    assert drawn(timed)[0] == drawn(timed)[2]


def test_progress_never_goes_back(kept: Kept) -> None:
    """Neither from one batch to another beside it, nor from the timing of a walk to its drawing."""
    walk = {"do": "interpolate", "ends": [{"seed": 2}, {"seed": 3}], "steps": 5, "even": True}
    many = {"do": "draw", "items": [{"seed": seed, "temperature": 0.8} for seed in range(300)]}
    for request in (walk, many):
        replies: list[dict[str, Any]] = []
        Worker(replies.append).answer({"id": 1, "checkpoint": kept[0], **request})
        assert replies[-1]["event"] == "done"
        shares = [each["done"] / each["total"] for each in replies if each["event"] == "progress"]
        assert shares == sorted(shares)
        assert len(shares) > 3
        assert 0 < shares[0] < 0.9
        assert shares[-1] == 1.0


def test_only_a_few_networks_stay_in_memory_those_asked_for_last(kept: Kept, tmp_path: Path) -> None:
    paths = [str(tmp_path / f"{name}.safetensors") for name in "abcd"]
    for path in paths:
        networks.saved(Path(path), networks.lively_net())
    replies: list[dict[str, Any]] = []
    worker = Worker(replies.append)
    for path in (*paths[:3], paths[0], paths[3], paths[0], paths[2], paths[1]):
        worker.answer({"id": 1, "do": "draw", "checkpoint": path, "items": [{"seed": 1, "max_points": 2}]})
    loading = [each["what"][0] for each in replies if each["event"] == "loading" and each["what"] != "torch"]
    assert "".join(loading) == "abcdb"  # b made room for d, and was asked for last


@pytest.mark.parametrize("more", [{"best_of": 3}, {"rules": {"max_strokes": 1}}])
def test_what_is_not_drawn_by_seed_can_not_be_chosen(kept: Kept, more: dict[str, Any]) -> None:
    (reply,) = asked(kept, do="reconstruct", drawing={"seed": 3}, n=2, **more)
    assert reply["event"] == "failed"
    assert "leave best_of and rules out of 'reconstruct'" in reply["error"]


def test_the_best_of_several_is_the_likeliest_that_meets_the_rules(kept: Kept) -> None:
    items = [{"seed": seed, "temperature": 0.5} for seed in range(6)]
    found = asked(kept, do="draw", items=items, best_of=4, rules={"max_strokes": 1, "min_points": 2})
    every = Sampler(kept[1]).draw(range(24), 0.5)
    rejected = 0
    for index in range(6):
        group = every[4 * index : 4 * index + 4]
        good = [each for each in group if len(each.drawing.lines) == 1 and each.drawing.points > 1]
        rejected += 4 - len(good)
        reply = next(each for each in found if each.get("index") == index)
        assert (reply["wanted"], reply["rejected"]) == (index, 4 - len(good))
        if good:
            best = min(good, key=lambda each: (not each.finished, each.nats_per_point))
            assert (reply["seed"], reply["rows"]) == (best.seed, to_stroke3(best.drawing).tolist())
        else:
            assert reply["event"] == "rejected"
            assert reply["reasons"]
    assert found[-1]["rejected"] == rejected
    assert 0 < rejected < 24


def test_drawings_come_finished(kept: Kept) -> None:
    items = [{"seed": seed, "temperature": 0.5} for seed in range(5)]
    found = asked(kept, do="draw", items=items, finish={"one_line": True})
    assert max(sum(row[2] for row in each) for each in drawn(asked(kept, do="draw", items=items))) > 1
    assert all(sum(row[2] for row in each) <= 1 for each in drawn(found))
    assert found[0]["recipe"]["settings"] == {"one_line": True}


def test_what_is_expected_along_a_drawing_is_told_step_by_step(kept: Kept) -> None:
    reply = asked(kept, do="density", rows=ROWS)[0]
    assert reply["event"] == "density"
    assert reply["points"] == np.cumsum(np.array(ROWS)[:, :2], axis=0).tolist()
    assert reply["lifted"] == [False, False, True, False, True]
    assert len(reply["steps"]) == 5
    assert reply["steps"][-1]["nats"] is None
    for step in reply["steps"]:
        weights = [each["weight"] for each in step["components"]]
        assert weights == sorted(weights, reverse=True)
        assert 0.9 < sum(weights) <= 1.0 + 1e-9
        assert min(weights) >= 0.01
        assert step["pen_entropy"] >= 0
        assert np.isfinite(step["entropy"])


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"do": "complete", "rows": [[1, 1, 0]]}, "two points at least"),
        ({"do": "complete", "drawing": {"rows": ROWS}, "first": 9}, "The first 9 of 5 points"),
        ({"do": "complete", "rows": [[1, 0, 0]] * 40}, "leaves nothing to draw: this network draws up to 30"),
        ({"do": "complete", "rows": ROWS, "size": -1}, "size above 0"),
        ({"do": "complete", "rows": ROWS, "n": -2}, "drawings can be asked for"),
        ({"do": "vary", "drawing": {"seed": 1}, "spread": 1.5}, "between 0, the drawing itself, and 1"),
        ({"do": "arithmetic", "a": {"seed": 1}, "b": {"seed": 1}}, "'c'"),
        ({"do": "interpolate", "ends": [{"seed": 1}, {"seed": 2}], "steps": 3, "kind": "arc"}, "not 'arc'"),
        ({"do": "draw", "items": [{"seed": 1}], "best_of": -1}, "best of 1 to 1,000, not of -1"),
        ({"do": "draw", "items": [{"seed": 1}], "rules": {"strokes": 1}}, "The rule strokes"),
        ({"do": "draw", "items": [{"seed": 1}], "finish": {"connect": -1}}, "not -1"),
        ({"do": "density", "rows": [[1, 1, 0]]}, "two points at least"),
        ({"do": "density", "rows": ROWS, "temperature": 0}, "temperature of a density"),
    ],
)
def test_what_can_not_be_done_is_one_reply(kept: Kept, request_: dict[str, Any], words: str) -> None:
    replies = asked(kept, **request_)
    assert [each["event"] for each in replies] == ["failed"]
    assert words in replies[0]["error"]


def test_a_network_without_latent_vectors_completes_and_tells_what_it_expects(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    kept = str(path), networks.saved(path, networks.lively_net("decoder"))
    assert len(drawn(asked(kept, do="complete", rows=ROWS, n=2))) == 2
    assert asked(kept, do="density", rows=ROWS)[0]["event"] == "density"
    assert "without an encoder" in asked(kept, do="vary", drawing={"seed": 1})[0]["error"]
