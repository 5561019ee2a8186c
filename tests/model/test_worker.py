"""The warm process that draws, as the terminal application talks to it: over pipes."""

from __future__ import annotations

import contextlib
import itertools
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networks
import numpy as np
import pytest

from drawing.recipe import Endpoint
from drawing.stroke import from_stroke3, to_stroke3
from model.checkpoint import Checkpoint
from model.sample import Order, Sample, Sampler
from model.worker import Worker

PATIENCE_S = 60.0
"""How long a test waits for a reply before it gives up; torch loads slowly on a busy machine."""


class Peer:
    """The process, and what it said."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "model.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.replies: queue.Queue[dict[str, Any]] = queue.Queue()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.replies.put(json.loads(line))

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, **request: Any) -> None:
        self.say(json.dumps(request))

    def hear(self, number: int | None, *last: str) -> list[dict[str, Any]]:
        """Replies up to one of these events of a request; others' are left out."""
        found: list[dict[str, Any]] = []
        while True:
            reply = self.replies.get(timeout=PATIENCE_S)
            if reply["id"] == number:
                found.append(reply)
                if reply["event"] in (last or ("done", "failed", "cancelled", "loaded")):
                    return found

    def end(self, timeout_s: float = PATIENCE_S) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # it is gone already
            self.process.stdin.close()
        code = self.process.wait(timeout_s)
        self._thread.join()
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    peer.process.kill()
    peer.end()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Checkpoint]:
    path = tmp_path_factory.mktemp("worker") / "a.safetensors"
    return str(path), networks.saved(path, networks.lively_net(), data={"size": 20.0})


Kept = tuple[str, Checkpoint]


def told(reply: dict[str, Any]) -> tuple[list[list[float]], bool]:
    return reply["rows"], reply["finished"]


def expected(sample: Sample) -> tuple[list[list[float]], bool]:
    return to_stroke3(sample.drawing).tolist(), sample.finished


def test_it_tells_what_it_loads(peer: Peer, kept: Kept) -> None:
    peer.ask(id=1, do="load", checkpoint=kept[0])
    replies = peer.hear(1)
    assert replies[-1]["event"] == "loaded"
    assert {each["what"] for each in replies[:-1]} <= {"torch", "a.safetensors"}
    about = replies[-1]["about"]
    assert {name: about[name] for name in ("name", "kind", "step", "n_max", "hash", "device")} == {
        "name": kept[0], "kind": "conditional", "step": 7, "n_max": 40, "hash": kept[1].hash, "device": "cpu",
    }  # fmt: skip


def test_it_draws_what_a_sampler_draws(peer: Peer, kept: Kept) -> None:
    items: list[dict[str, Any]] = [
        {"seed": 4, "temperature": 0.3},
        {"seed": 5, "temperature": 0.8, "pen_temperature": 0.2, "max_points": 9},
        {"seed": 4, "temperature": 0.3, "pen_temperature": None, "max_points": None},
    ]
    peer.ask(id=2, do="draw", checkpoint=kept[0], items=items)
    replies = peer.hear(2)
    samples = {each["index"]: each for each in replies if each["event"] == "sample"}
    assert set(samples) == {0, 1, 2}
    for index, sample in enumerate(Sampler(kept[1]).make([Order(**item) for item in items])):
        assert told(samples[index]) == expected(sample)
        assert samples[index]["seed"] == sample.seed
        assert samples[index]["temperature"] == sample.recipe.temperature
        assert samples[index]["recipe"] == json.loads(sample.recipe.to_json())
    assert replies[-1]["event"] == "done"
    assert replies[-1]["seconds"] >= 0


def test_it_walks_and_reconstructs(peer: Peer, kept: Kept) -> None:
    sampler = Sampler(kept[1])
    rows = to_stroke3(sampler.draw([8], 0.5)[0].drawing).tolist()
    recipe = json.loads(sampler.draw([4], 0.5)[0].recipe.to_json())
    z = list(sampler.encode(from_stroke3(rows)))
    ends = [{"recipe": recipe, "rows": rows}, {"rows": rows}, {"seed": 9}]
    walk = {"do": "interpolate", "ends": ends, "steps": 5, "kind": "lerp"}
    peer.ask(id=3, checkpoint=kept[0], temperature=0.2, seed=3, **walk)
    orders = sampler.interpolate([Endpoint(seed=4), Endpoint(z=z), Endpoint(seed=9)], 5, Order(3, 0.2), "lerp")
    found = {each["index"]: told(each) for each in peer.hear(3) if each["event"] == "sample"}
    assert found == {index: expected(sample) for index, sample in enumerate(sampler.make(orders))}
    peer.ask(id=4, do="reconstruct", checkpoint=kept[0], drawing={"rows": rows}, temperature=0.2, seed=3)
    found_again = [each for each in peer.hear(4) if each["event"] == "sample"]
    assert told(found_again[0]) == expected(sampler.make([Order(3, 0.2, z=np.array(z))])[0])
    assert found_again[0]["recipe"]["kind"] == "reconstruct"


def test_a_bad_request_is_answered_and_the_next_one_is_worked_on(peer: Peer, kept: Kept) -> None:
    bad: list[tuple[dict[str, Any], str]] = [
        ({"do": "draw", "checkpoint": "no-such"}, "There is no checkpoint no-such"),
        ({"do": "draw"}, "checkpoint"),
        ({"do": "dance", "checkpoint": kept[0]}, "Nobody knows how to 'dance'"),
        ({"do": "draw", "checkpoint": kept[0], "items": [{"seed": -3}]}, "seed"),
        ({"do": "draw", "checkpoint": kept[0], "items": [{"seed": "x"}]}, "seed"),
        ({"do": "draw", "checkpoint": kept[0], "items": [{"sed": 3}]}, "not one"),
        ({"do": "draw", "checkpoint": kept[0], "items": [{"seed": 3, "max_points": 1.5}]}, "cap"),
        ({"do": "draw", "checkpoint": kept[0], "items": [{"seed": 3, "z": [1.0]}]}, "1 numbers"),
        ({"do": "draw", "checkpoint": kept[0], "items": 5}, "not one"),
        ({"do": "interpolate", "checkpoint": kept[0], "ends": [{"seed": 3}], "steps": 4}, "two drawings"),
        ({"do": "interpolate", "checkpoint": kept[0], "ends": [{"seed": 3}, {}], "steps": 4}, "needs its lines"),
        ({"do": "interpolate", "checkpoint": kept[0], "ends": [{"seed": -1}, {"seed": 2}], "steps": 4}, "not one"),
        ({"do": "vary", "checkpoint": kept[0], "drawing": {"seed": 2**64}}, "not one"),
        ({"do": "reconstruct", "checkpoint": kept[0], "drawing": {"rows": [[1, 2, "x"]]}}, "numbers"),
        ({"do": "reconstruct", "checkpoint": kept[0], "drawing": {"recipe": {"format": 99}}}, "format 99"),
    ]
    for number, (request, words) in enumerate(bad, 100):
        peer.ask(id=number, **request)
        reply = peer.hear(number)[-1]
        assert reply["event"] == "failed", request
        assert words in reply["error"], request
        assert "\n" not in reply["error"]
    for line in ("{not json", "[1, 2]", '"quit"', "7", "{}", ""):
        peer.say(line)
        assert peer.hear(None, "failed")[-1]["error"].startswith("A request is a line of JSON")
    peer.ask(id=200, do="draw", checkpoint=kept[0], items=[{"seed": 1}])
    assert peer.hear(200)[-1]["event"] == "done"


def test_a_request_is_cancelled_while_it_is_worked_on(peer: Peer, tmp_path: Path) -> None:
    endless = str(tmp_path / "endless.safetensors")
    networks.saved(Path(endless), networks.lively_net(end=-99.0))
    peer.ask(id=5, do="draw", checkpoint=endless, items=[{"seed": 1, "max_points": 10_000}])
    peer.ask(id=6, do="draw", checkpoint=endless, items=[{"seed": 2, "max_points": 10_000}])  # waits its turn
    progress = peer.hear(5, "progress")[-1]
    assert 0 < progress["done"] < progress["total"] == 10_000
    peer.ask(do="cancel", id=6)
    peer.ask(do="cancel", id=5)
    assert peer.hear(5, "cancelled", "done")[-1]["event"] == "cancelled"
    later = peer.hear(6, "cancelled", "done")
    assert later[-1]["event"] == "cancelled"
    assert not any(each["event"] == "sample" for each in later)


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    """Training writes new weights over the old ones while somebody looks at samples."""
    path = tmp_path / "a.safetensors"
    replies: list[dict[str, Any]] = []
    worker = Worker(replies.append)
    hashes = []
    for seed in (0, 1, 1):
        if len(hashes) < 2:
            hashes.append(networks.saved(path, networks.lively_net(seed=seed, decoder=16 + seed)).hash)
        worker.answer({"id": 1, "do": "load", "checkpoint": str(path)})
    loaded = [each for each in replies if each["event"] == "loaded"]
    assert [each["about"]["hash"] for each in loaded] == [hashes[0], hashes[1], hashes[1]]
    assert len([each for each in replies if each["event"] == "loading"]) == 2  # what is loaded stays


@pytest.mark.parametrize("how", ["quit", "end of stdin"])
def test_it_ends_when_told_or_left_alone_even_in_the_middle(tmp_path: Path, how: str) -> None:
    path = str(tmp_path / "endless.safetensors")
    networks.saved(Path(path), networks.lively_net(end=-99.0))
    peer = Peer()
    peer.ask(id=1, do="draw", checkpoint=path, items=[{"seed": seed, "max_points": 10_000} for seed in range(100)])
    peer.hear(1, "progress")
    if how == "quit":
        peer.ask(do="quit")
        assert peer.process.wait(PATIENCE_S) == 0
    assert peer.end() == 0
    samples = [each for each in itertools.chain(peer.replies.queue) if each["event"] == "sample"]
    assert not samples


def test_it_tells_of_lines_on_their_way_where_that_is_asked_for(peer: Peer, kept: Kept) -> None:
    items: list[dict[str, Any]] = [{"seed": seed, "temperature": 0.3, "max_points": 10_000} for seed in range(20)]
    many = dict.fromkeys(range(3000, 3200))
    items += [{"seed": seed, "temperature": 0.3} for seed in many]
    peer.ask(id=91, do="draw", checkpoint=kept[0], items=items, grow=True)
    replies = peer.hear(91)
    lines = [each for each in replies if each["event"] == "lines"]
    samples = {each["index"]: each for each in replies if each["event"] == "sample"}
    assert {each["whole"] for each in lines} == {round(20.0 / kept[1].scale * 4096)}
    steps: dict[int, list[int]] = {}
    for each in lines:
        for index, more in each["lines"]:
            steps.setdefault(index, []).extend(more)
    assert steps
    for index, more in steps.items():
        drawn = np.cumsum(samples[index]["rows"], axis=0)[1:, :2] - samples[index]["rows"][0][:2]
        grown = np.cumsum(np.reshape(more, (-1, 3)), axis=0)[:, :2] / 4096 * kept[1].scale
        np.testing.assert_allclose(grown, drawn[: len(grown)], atol=1e-6)
    peer.ask(id=92, do="draw", checkpoint=kept[0], items=items[:1])
    assert not [each for each in peer.hear(92) if each["event"] == "lines"]
