"""A sampling worker without a network: it speaks the lines of the real one, and draws spirals by seed and temperature.

Orders beside the real ones, for tests: a checkpoint called ``broken`` can't be loaded, one called ``deadly``
kills the process, ``mortal.safetensors`` once, as its file is deleted then, one called ``slow`` waits before each
drawing until the request is cancelled.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

cancelled: set[int] = set()
heard = threading.Condition()
requests: list[dict[str, Any]] = []


def tell(**reply: Any) -> None:
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()


def listen() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        with heard:
            if request["do"] == "cancel":
                cancelled.add(request["id"])
            else:
                requests.append(request)
            heard.notify_all()
    with heard:
        requests.append({"do": "quit"})
        heard.notify_all()


def rows(seed: int, temperature: float, points: int = 24) -> list[list[float]]:
    """A spiral with as many turns as the seed says, the rounder the colder."""
    turns = 1 + seed % 5
    places = [
        (
            (10 + 4 * k) * math.cos(2 * math.pi * turns * k / points) * (1 + temperature),
            (10 + 4 * k) * math.sin(2 * math.pi * turns * k / points),
        )
        for k in range(points)
    ]
    steps = [places[0], *((b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(places))]
    return [[round(dx, 3), round(dy, 3), float(k + 1 == points)] for k, (dx, dy) in enumerate(steps)]


def recipe(kind: str, seed: int, **more: Any) -> dict[str, Any]:
    return {"format": 1, "kind": kind, "seed": seed, "checkpoint": "5c" * 32, **more}


def foresight(told: list[list[float]]) -> dict[str, Any]:
    """What would be expected along a drawing: two Gaussians ahead, the surer the further on."""
    places = list(itertools.accumulate(((dx, dy) for dx, dy, _ in told), lambda a, b: (a[0] + b[0], a[1] + b[1])))
    steps = []
    for step, (x, y) in enumerate(places):
        wide = 60.0 / (1 + step)
        ahead = places[min(step + 1, len(places) - 1)]
        steps.append(
            {
                "entropy": 2.0 - step / 10,
                "pen_entropy": 0.1,
                "pen": [0.9, 0.06, 0.04],
                "nats": None if step + 1 == len(places) else 1.25 - step / 10,
                "pen_nats": 0.05,
                "components": [
                    {"weight": 0.8, "mean": list(ahead), "covariance": [[wide, wide / 2], [wide / 2, wide]]},
                    {"weight": 0.2, "mean": [x, y - 9], "covariance": [[4.0, 0.0], [0.0, 40.0]]},
                ],
            }
        )
    return {"points": places, "lifted": [bool(up) for _, _, up in told], "steps": steps}


def drawn(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The drawings that a request asks for, as replies."""
    what = request["do"]
    if what == "draw":
        k, strict = request.get("best_of", 1), bool(request.get("rules"))
        for index, item in enumerate(request["items"]):
            seed, temperature = item["seed"] * k, item["temperature"]
            if strict and item["seed"] % 5 == 3:
                why = ["2 strokes, more than 1"]
                yield {"event": "rejected", "index": index, "wanted": item["seed"], "rejected": k, "reasons": why}
                continue
            finished = item.get("max_points") is None or item["max_points"] >= 24
            made = rows(seed, temperature, 24 if finished else item["max_points"])
            more = {key: item[key] for key in ("pen_temperature", "max_points") if item.get(key) is not None}
            told = recipe("sample", seed, temperature=temperature, z=[0.1, 0.2], **more)
            rejected = {"rejected": k - 1} if strict else {}
            yield sample(index, seed, temperature, made, told, finished=finished) | rejected
    elif what in ("complete", "vary", "arithmetic"):
        given = request["drawing"]["rows"][: request.get("first")] if what == "complete" else []
        for index in range(request["n"]):
            seed = request["seed"] + (0 if what == "vary" else index)
            turn = request["direction"] + index if "direction" in request else seed
            made = [[*row[:2], 0.0] for row in given] + rows(turn, request["temperature"] + request.get("spread", 0))
            begun = [[row[0], row[1], 0] for row in given] or None
            told = recipe(what, seed, index=index, temperature=request["temperature"], beginning=begun)
            yield sample(index, seed, request["temperature"], made, told)
    else:
        steps = request["steps"]
        for index in range(steps):
            at = index / (steps if request["loop"] else steps - 1)
            told = recipe("interpolate", request["seed"], path=request["kind"], at=at, index=index)
            yield sample(index, request["seed"], request["temperature"], rows(request["seed"] + 1, at), told)


def sample(
    index: int, seed: int, temperature: float, made: list[list[float]], told: dict[str, Any], *, finished: bool = True
) -> dict[str, Any]:
    return {
        "event": "sample",
        "index": index,
        "seed": seed,
        "temperature": temperature,
        "rows": made,
        "finished": finished,
        "nats_per_point": -0.5,
        "recipe": told,
    }


def answer(request: dict[str, Any], loaded: set[str]) -> None:
    number, checkpoint = request["id"], request["checkpoint"]
    if checkpoint == "deadly":
        print("out of memory: 12 GB asked for", file=sys.stderr, flush=True)
        os._exit(3)
    if checkpoint == "broken":
        tell(id=number, event="failed", error="broken.safetensors is damaged; train it again.")
        return
    if checkpoint not in loaded:
        tell(id=number, event="loading", what="torch")
        loaded.add(checkpoint)
    if request["do"] == "load":
        about = {"name": checkpoint, "kind": "conditional", "step": 9000, "n_max": 200, "hash": "5c", "device": "cpu"}
        tell(id=number, event="loaded", about=about)
        return
    if request["do"] == "density":
        tell(id=number, event="density", **foresight(request["drawing"]["rows"]))
        tell(id=number, event="done", seconds=0.1)
        return
    if request.get("even"):
        tell(id=number, event="even", before=2.5, after=1.2)
    replies = list(drawn(request))
    for done, reply in enumerate(replies):
        if done == 3 and Path(checkpoint).name == "mortal.safetensors" and Path(checkpoint).exists():
            Path(checkpoint).unlink()
            os._exit(3)
        with heard:
            if checkpoint == "slow":
                heard.wait_for(lambda: number in cancelled)
            if number in cancelled:
                tell(id=number, event="cancelled")
                return
        tell(id=number, event="progress", done=done, total=len(replies))
        tell(id=number, **reply)
    tell(id=number, event="done", seconds=0.1)


def main() -> None:
    threading.Thread(target=listen, daemon=True).start()
    loaded: set[str] = set()
    while True:
        with heard:
            heard.wait_for(lambda: requests)
            request = requests.pop(0)
        if request["do"] == "quit":
            return
        answer(request, loaded)


if __name__ == "__main__":
    main()
