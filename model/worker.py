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
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from configs.errors import MonolineError

if TYPE_CHECKING:
    from model.choose import Chosen
    from model.growth import Growth
    from model.sample import Sample, Sampler

Reply = Callable[[dict[str, Any]], None]
TELL_EVERY = 0.01
"""Share of a request between two replies of progress."""
MOST_LOADED = 3
"""Networks that are kept in memory; of more, those that were asked for last."""


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
        - ``draw``: ``items`` of ``{"seed", "temperature", "pen_temperature", "max_points"}``. With
          ``best_of`` k or ``rules`` {"max_strokes": 1, ...} (drawing.accept) an item's seed s stands for
          the seeds s k to s k + k - 1; the likeliest that meets the rules comes as the item's sample, with
          ``wanted`` s and how many were ``rejected``. Where all were, an event ``rejected`` with ``index``,
          ``wanted``, ``rejected`` and ``reasons`` comes instead.
        - ``reconstruct``: ``drawing``, ``n``.
        - ``vary``: ``drawing``, ``n``, ``spread`` 0 to 1, ``direction``: the first of the ways, by default ``seed``.
        - ``arithmetic``: drawings ``a``, ``b``, ``c``, ``n``, ``strength``: A + s (C - B).
        - ``interpolate``: ``ends``, ``steps``, ``kind`` lerp, slerp or spline, ``loop``, ``easing`` (see
          model.latent), or ``even``; an event ``even`` then tells ``before`` and ``after``, the largest change
          over the mean one.
        - ``complete``: ``drawing`` and how many of its points come ``first``, or ``rows`` of stroke-3, whose
          last pen state says whether the line goes on; ``n``, ``z`` of beginning, drawing or prior,
          ``size`` of the whole. Each sample begins with exactly those points.
        - ``density``: ``drawing`` or ``rows``, ``temperature`` (of the mixture, by default 1): an event
          ``density`` with ``points``, ``lifted`` and ``steps``; see model.density.

        All that draw take ``seed``, ``temperature``, ``pen_temperature``, ``max_points`` and ``finish``
        {"connect", "one_line", "curves"} (drawing.finish). With ``grow`` an event ``lines`` tells now and then what
        was added to lines: ``lines`` of [index, [dx, dy, lift, ...]] in an unit of its own, and ``whole``, about how
        long a finished one is in that. A drawing is ``{"recipe": {...}}``, ``{"rows": [[dx, dy,
        pen], ...]}`` or ``{"seed": n}``. Each drawing made is a ``sample`` as soon as it is done; ``done`` or
        ``cancelled`` is last.
        """
        number = request.get("id")
        began = time.monotonic()
        try:
            if request.get("do") == "load":
                self._load(str(request["checkpoint"]), number)
                return
            sampler = self._load(str(request["checkpoint"]), number, quiet=True)
            done: dict[str, Any] = {"id": number, "event": "done"}
            if request.get("do") == "density":
                self._look(sampler, request, number)
            else:
                done.update(self._draw(sampler, request, number))
            if number in self.cancelled:
                self._reply({"id": number, "event": "cancelled"})
            else:
                self._reply({**done, "seconds": round(time.monotonic() - began, 3)})
        except MonolineError as error:
            self._reply({"id": number, "event": "failed", "error": str(error)})
        # torch's own are RuntimeErrors; a number too large is an ArithmeticError
        except (KeyError, IndexError, TypeError, ValueError, RuntimeError, ArithmeticError) as error:
            self._reply({"id": number, "event": "failed", "error": f"The request is not one: {error!r}."})
        finally:
            self.cancelled.discard(number)

    def _draw(self, sampler: Sampler, request: dict[str, Any], number: Any) -> dict[str, Any]:
        """Make the drawings of a request, and return what there is to tell of all of them."""
        from model.even import LOOKS
        from model.request import read_request, told_chosen, told_sample

        told = Told(lambda done, total: self._reply({"id": number, "event": "progress", "done": done, "total": total}))

        def should_stop() -> bool:
            return self.quitting or number in self.cancelled

        timing = LOOKS / (LOOKS + 1) if request.get("even") else 0.0
        asked = read_request(sampler, request, told.part(0.0, timing), should_stop)
        on_step = told.part(told.share, 1.0)
        if should_stop():
            return {}
        if asked.evenness is not None:
            self._reply({"id": number, "event": "even", **asdict(asked.evenness)})
        growth = self._growth(sampler, number, asked.choice.best_of) if request.get("grow") else None
        on_grown = None if growth is None else growth.take
        if asked.choice.plain:

            def on_sample(index: int, sample: Sample) -> None:
                if growth is not None:
                    growth.over(index)
                self._reply({"id": number, **told_sample(index, sample)})

            sampler.make(asked.orders, on_sample, on_step, should_stop, on_grown)
            return {}
        rejected = 0

        def on_chosen(index: int, chosen: Chosen) -> None:
            nonlocal rejected
            rejected += chosen.rejected
            if growth is not None:
                growth.over(index)
            self._reply({"id": number, **told_chosen(index, asked.orders[index].seed, chosen)})

        tries = [each for order in asked.orders for each in asked.choice.tries(order)]
        sampler.make(tries, asked.choice.sieve(on_chosen), on_step, should_stop, on_grown)
        return {"rejected": rejected}

    def _growth(self, sampler: Sampler, number: Any, of: int) -> Growth:
        """Tells of the lines of a request as they grow."""
        from model.growth import Growth
        from model.hand import GRID

        checkpoint = sampler.checkpoint
        whole = float(checkpoint.data.get("size") or 0.0) / checkpoint.scale * GRID
        return Growth(
            lambda lines: self._reply({"id": number, "event": "lines", "whole": round(whole), "lines": lines}), of
        )

    def _look(self, sampler: Sampler, request: dict[str, Any], number: Any) -> None:
        """Tell what the network expects along a drawing."""
        from model.density import density, told
        from model.request import endpoint, is_own, lines_of

        drawing = request.get("drawing") or {"rows": request["rows"]}
        z = sampler.latent(endpoint(sampler, drawing)) if sampler.conditional else None
        temperature, fit = float(request.get("temperature", 1.0)), not is_own(sampler, drawing)
        found = density(sampler, lines_of(sampler, drawing), z, temperature, fit=fit)
        self._reply({"id": number, "event": "density", **told(found)})

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
            self._samplers.pop(name, None)
            for other in list(self._samplers)[: -MOST_LOADED + 1]:
                del self._samplers[other]  # before there is a further one
            from model.checkpoint import load_checkpoint
            from model.sample import Sampler

            known = (stamp, Sampler(load_checkpoint(path)))
        self._samplers.pop(name, None)
        self._samplers[name] = known  # the newest one is last
        if not quiet:
            self._reply({"id": number, "event": "loaded", "about": _about(name, known[1])})
        return known[1]


class Told:
    """Progress of a request that has parts: it never goes back, and is told now and then only."""

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        self._tell = tell
        self.share = 0.0
        """What was told last."""

    def part(self, first: float, last: float) -> Callable[[int, int], None]:
        """Takes progress of a part, which is that of the whole from a share to another."""

        def on_step(done: int, total: int) -> None:
            share = first + (last - first) * done / max(total, 1)
            if share >= self.share + TELL_EVERY or share >= 1.0 > self.share:
                self.share = share
                self._tell(round(share * total), total)

        return on_step


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
