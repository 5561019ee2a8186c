"""A warm process that draws: requests as JSON lines on stdin, replies as JSON lines on stdout.

The terminal application keeps one, so that torch is loaded once and never in its own process. See
``answer`` for what can be asked. A request is worked on at a time; ``cancel`` and ``quit`` are heard
meanwhile.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from configs.errors import MonolineError
from model.errors import ModelError

if TYPE_CHECKING:
    from drawing.drawing import Drawing
    from drawing.recipe import Endpoint
    from model.sample import Order, Sample, Sampler

Reply = Callable[[dict[str, Any]], None]
TELL_EVERY = 12
"""Steps between two replies of progress."""


class Worker:
    """The networks that were loaded, and what is being worked on."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._samplers: dict[str, tuple[tuple[str, float, int], Sampler]] = {}
        self.cancelled: set[Any] = set()
        self.quitting = False

    def answer(self, request: dict[str, Any]) -> None:
        """Do what is asked and reply; an error is a reply too.

        ``{"id", "do", "checkpoint", ...}`` where ``do`` is

        - ``load``: replies ``loaded`` with what the checkpoint is.
        - ``draw``: ``items`` of ``{"seed", "temperature", "pen_temperature", "max_points"}``.
        - ``reconstruct``: ``drawing``, ``temperature``, ``seed``.
        - ``interpolate``: ``ends``, ``steps``, ``kind``, ``temperature``, ``seed``, ``loop``.

        A drawing is ``{"recipe": {...}}``, ``{"rows": [[dx, dy, pen], ...]}`` or ``{"seed": n}``. Each
        drawing made is a ``sample`` as soon as it is done; ``done`` or ``cancelled`` is last.
        """
        number = request.get("id")
        began = time.monotonic()
        try:
            if request.get("do") == "load":
                self._load(str(request["checkpoint"]), number)
                return
            sampler = self._load(str(request["checkpoint"]), number, quiet=True)
            orders = _orders(sampler, request)
            sampler.make(
                orders,
                lambda index, sample: self._reply({"id": number, "event": "sample", **_told(index, sample)}),
                lambda done, total: self._tell(number, done, total),
                lambda: self.quitting or number in self.cancelled,
            )
            if number in self.cancelled:
                self._reply({"id": number, "event": "cancelled"})
            else:
                self._reply({"id": number, "event": "done", "seconds": round(time.monotonic() - began, 3)})
        except MonolineError as error:
            self._reply({"id": number, "event": "failed", "error": str(error)})
        except (KeyError, IndexError, TypeError, ValueError, RuntimeError) as error:  # torch's own are RuntimeErrors
            self._reply({"id": number, "event": "failed", "error": f"The request is not one: {error!r}."})
        finally:
            self.cancelled.discard(number)

    def _tell(self, number: Any, done: int, total: int) -> None:
        if done % TELL_EVERY == 0:
            self._reply({"id": number, "event": "progress", "done": done, "total": total})

    def _load(self, name: str, number: Any, *, quiet: bool = False) -> Sampler:
        """The sampler of a checkpoint, read again if its file has changed."""
        from model.bundled import find_checkpoint

        path = find_checkpoint(name)
        about = path.stat()
        stamp = (str(path), about.st_mtime, about.st_size)
        known = self._samplers.get(name)
        if known is None or known[0] != stamp:
            if "torch" not in sys.modules:
                self._reply({"id": number, "event": "loading", "what": "torch"})
                from model.device import one_thread

                one_thread()  # imports torch: the slow part, told of before
            self._reply({"id": number, "event": "loading", "what": path.name})
            from model.checkpoint import load_checkpoint
            from model.sample import Sampler

            known = (stamp, Sampler(load_checkpoint(path)))
            self._samplers[name] = known
        if not quiet:
            self._reply({"id": number, "event": "loaded", "about": _about(name, known[1])})
        return known[1]


def _about(name: str, sampler: Sampler) -> dict[str, Any]:
    checkpoint = sampler.checkpoint
    return {
        "name": name,
        "kind": checkpoint.net.kind,
        "step": checkpoint.step,
        "n_max": checkpoint.n_max,
        "cap": sampler.cap,
        "scale": checkpoint.scale,
        "hash": checkpoint.hash,
        "device": sampler.device.type,
    }


def _orders(sampler: Sampler, request: dict[str, Any]) -> list[Order]:
    from model.sample import Order

    what = request["do"]
    if what == "draw":
        return [Order(**item) for item in request["items"]]
    common = Order(
        int(request.get("seed", 0)),
        float(request.get("temperature", 0.1)),
        request.get("pen_temperature"),
        request.get("max_points"),
    )
    if what == "interpolate":
        ends = [_endpoint(sampler, each) for each in request["ends"]]
        kind, loop = request.get("kind", "slerp"), bool(request.get("loop"))
        return sampler.interpolate(ends, int(request["steps"]), common, kind, loop=loop)
    if what == "reconstruct":
        from drawing.recipe import Recipe

        end = _endpoint(sampler, request["drawing"])
        recipe = Recipe(kind="reconstruct", seed=common.seed, endpoints=(end,))
        return [replace(common, z=sampler.latent(end), recipe=recipe)]
    raise ModelError(f"Nobody knows how to {what!r}.")


def _endpoint(sampler: Sampler, told: dict[str, Any]) -> Endpoint:
    """The latent vector of a drawing: its recipe's own, that of a seed, or that of its lines."""
    from drawing.recipe import Endpoint, Recipe
    from drawing.stroke import from_stroke3

    if told.get("recipe"):
        end = sampler.endpoint_of(Recipe.from_json(json.dumps(told["recipe"])))
        if end is not None:
            return end
    if told.get("rows"):
        drawing: Drawing = from_stroke3(told["rows"])
        return Endpoint(drawing=told.get("name"), z=[float(value) for value in sampler.encode(drawing)])
    if told.get("seed") is not None:
        return Endpoint(seed=int(told["seed"]))
    raise ModelError("A drawing of another network needs its lines to be encoded.")


def _told(index: int, sample: Sample) -> dict[str, Any]:
    from drawing.stroke import to_stroke3

    return {
        "index": index,
        "seed": sample.seed,
        "temperature": sample.recipe.temperature,
        "rows": to_stroke3(sample.drawing).tolist(),
        "finished": sample.finished,
        "nats_per_point": sample.nats_per_point,
        "recipe": sample.recipe.model_dump(mode="json", exclude_none=True),
    }


def main() -> int:
    """Answer until ``quit`` or the end of stdin."""
    lock = threading.Lock()
    out = sys.stdout
    sys.stdout = sys.stderr  # what a library prints must not get between the replies

    def reply(message: dict[str, Any]) -> None:
        with lock:
            out.write(json.dumps(message) + "\n")
            out.flush()

    worker = Worker(reply)
    waiting: queue.Queue[dict[str, Any] | None] = queue.Queue()
    threading.Thread(target=_listen, args=(worker, waiting, reply), daemon=True, name="requests").start()
    try:
        while (request := waiting.get()) is not None:
            worker.answer(request)
    except (BrokenPipeError, KeyboardInterrupt):
        pass
    return 0


def _listen(worker: Worker, waiting: queue.Queue[dict[str, Any] | None], reply: Reply) -> None:
    for line in sys.stdin:
        try:
            request = json.loads(line)
            what = request["do"]
        except (ValueError, KeyError, TypeError):
            reply({"id": None, "event": "failed", "error": "A request is a line of JSON that says what to do."})
            continue
        if what == "quit":
            break
        if what == "cancel":
            worker.cancelled.add(request.get("id"))
        else:
            waiting.put(request)
    worker.quitting = True
    waiting.put(None)


if __name__ == "__main__":
    sys.exit(main())
