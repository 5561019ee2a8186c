"""Sampler: the warm worker with the network, as the screens see it.

A screen asks and gets messages; torch is loaded in the worker and nowhere else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.message_pump import MessagePump

from tui.asker import Asker
from tui.foresight import Foresight, read_foresight
from tui.growth import Growth

if TYPE_CHECKING:
    from drawing.drawing import Drawing
    from drawing.recipe import Recipe

COMMAND = (sys.executable, "-P", "-m", "model.worker")
"""-P: a folder called model in the working directory must not be taken for monoline's."""


@dataclass(frozen=True)
class Sample:
    """A drawing that the network made."""

    drawing: Drawing
    recipe: Recipe
    seed: int
    temperature: float
    finished: bool
    """False if it was cut off at the greatest length."""
    nats_per_point: float | None = None
    rejected: int = 0
    """How many others, drawn for the same cell, broke the rules."""


@dataclass(frozen=True)
class Network:
    """What the worker told of a checkpoint that it has loaded."""

    name: str = ""
    kind: str = ""
    """``conditional``, or ``decoder`` without latent vectors."""
    device: str = ""
    n_max: int = 250
    """Most points of a drawing."""
    about: dict[str, Any] = field(default_factory=dict)


class Sampled(Message):
    """A drawing of a request is done."""

    def __init__(self, request: int, index: int, sample: Sample) -> None:
        super().__init__()
        self.request, self.index, self.sample = request, index, sample


class Grew(Message):
    """Lines of a request are longer than before; ``growth`` has all that is known of them."""

    def __init__(self, request: int, growth: Growth) -> None:
        super().__init__()
        self.request, self.growth = request, growth

    def can_replace(self, message: Message) -> bool:
        """Only the newest counts: nothing is lost of what the others would have shown."""
        return isinstance(message, Grew) and message.request == self.request


class Rejected(Message):
    """All that was drawn for a place of a request broke the rules: how many there were, and why the first did."""

    def __init__(self, request: int, index: int, count: int, reasons: tuple[str, ...]) -> None:
        super().__init__()
        self.request, self.index, self.count, self.reasons = request, index, count, reasons


class Foreseen(Message):
    """What the network expected along a drawing."""

    def __init__(self, request: int, foresight: Foresight) -> None:
        super().__init__()
        self.request, self.foresight = request, foresight


class Evened(Message):
    """A walk was re-timed; the largest change between two frames over the mean one, before and after."""

    def __init__(self, request: int, before: float, after: float) -> None:
        super().__init__()
        self.request, self.before, self.after = request, before, after


class SamplingProgress(Message):
    """So much of a request is done, 0 to 1."""

    def __init__(self, request: int, share: float) -> None:
        super().__init__()
        self.request, self.share = request, share

    def can_replace(self, message: Message) -> bool:
        """Only the newest counts."""
        return isinstance(message, SamplingProgress) and message.request == self.request


class SamplingEnded(Message):
    """Nothing more comes for this request: it is done, cancelled, or failed with an error."""

    def __init__(self, request: int, error: str = "") -> None:
        super().__init__()
        self.request, self.error = request, error


class NetworkLoading(Message):
    """The worker loads something: ``what``; empty when it has ended."""

    def __init__(self, what: str, network: Network | None = None) -> None:
        super().__init__()
        self.what, self.network = what, network


class Sampler(Asker):
    """The worker that draws."""

    def __init__(self, app: MessagePump, command: Sequence[str] = COMMAND) -> None:
        """Args:
        app: gets NetworkLoading; all else goes to whoever asked.
        """
        super().__init__(command)
        self._app = app
        self._checkpoint = ""
        self._loading = False
        self._growth: dict[int, Growth] = {}

    def ask(self, asker: MessagePump, do: str, checkpoint: str, **fields: Any) -> int:
        """Ask for drawings, and return the number that all messages about them carry.

        A worker that can't be started is told like any other failure, by SamplingEnded.

        Args:
            checkpoint: a path, or the name of a bundled one.
            fields: see model.worker; with ``grow`` there are messages about lines on their way, too.
        """
        return self.pose(asker, {"do": do, "checkpoint": checkpoint, **fields})

    def send(self, request: dict[str, Any]) -> None:
        """Pass a request on, after an order to load its network where another one is loaded, or none."""
        checkpoint = str(request["checkpoint"])
        fresh = not self.worker.running
        if fresh:
            self._tell_loading("starting")
        if fresh or checkpoint != self._checkpoint:
            self.worker.send({"id": next(self.numbers), "do": "load", "checkpoint": checkpoint})
        self.worker.send(request)
        self._checkpoint = checkpoint

    def cancel(self, number: int) -> None:
        """Ask that nothing more be drawn for a request; what comes of it still is not passed on."""
        self._growth.pop(number, None)
        if self.asked.pop(number, None) is not None and self.worker.running:
            self.worker.send({"id": number, "do": "cancel"})

    def overhear(self, event: str, reply: dict[str, Any]) -> None:
        """Tell the application what is being loaded."""
        if event == "loading":
            self._tell_loading(str(reply.get("what", "the network")))
        elif event == "loaded":
            self._tell_loading("", _network(reply.get("about", {})))
        elif self._loading:
            self._tell_loading("")
        if event == "lost":
            self._growth.clear()  # what is asked again begins again

    def read(self, number: int, event: str, reply: dict[str, Any]) -> Message | None:
        """What a reply on the way tells; None for one that nobody knows."""
        match event:
            case "progress":
                return SamplingProgress(number, float(reply["done"]) / max(1.0, float(reply["total"])))
            case "lines":
                return Grew(number, self._grown(number, reply))
            case "sample":
                return Sampled(number, int(reply["index"]), read_sample(reply))
            case "rejected":
                reasons = tuple(str(reason) for reason in reply["reasons"])
                return Rejected(number, int(reply["index"]), int(reply["rejected"]), reasons)
            case "density":
                return Foreseen(number, read_foresight(reply))
            case "even":
                return Evened(number, float(reply["before"]), float(reply["after"]))
            case _:
                return None

    def ended(self, number: int, error: str, reply: dict[str, Any]) -> Message:
        """Done, cancelled or failed."""
        self._growth.pop(number, None)
        return SamplingEnded(number, error)

    def _grown(self, number: int, reply: dict[str, Any]) -> Growth:
        growth = self._growth.setdefault(number, Growth(float(reply["whole"])))
        for index, steps in reply["lines"]:
            growth.add(int(index), [int(step) for step in steps])
        return growth

    def _tell_loading(self, what: str, network: Network | None = None) -> None:
        self._loading = bool(what)
        self._app.post_message(NetworkLoading(what, network))


def read_sample(reply: dict[str, Any]) -> Sample:
    """The drawing in a worker's reply."""
    from drawing.recipe import Recipe
    from drawing.stroke import from_stroke3

    nats = reply.get("nats_per_point")
    return Sample(
        from_stroke3(reply["rows"]),
        Recipe.from_json(json.dumps(reply["recipe"])),
        int(reply["seed"]),
        float(reply["temperature"]),
        bool(reply["finished"]),
        None if nats is None else float(nats),
        int(reply.get("rejected") or 0),
    )


def _network(about: dict[str, Any]) -> Network:
    return Network(
        str(about.get("name", "")),
        str(about.get("kind", "")),
        str(about.get("device", "")),
        int(about.get("n_max", Network.n_max)),
        about,
    )
