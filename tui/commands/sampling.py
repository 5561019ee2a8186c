"""Drawing from the command line: a network is opened, drawings come with a bar, and ctrl-c keeps what is done."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

import typer

from tui.console import STOPPED, note, progress

if TYPE_CHECKING:
    from model.sample import Order, Sample, Sampler
    from tui.commands.target import Target


def open_sampler(name: str) -> Sampler:
    """The sampler of a checkpoint; imports torch."""
    from model.bundled import find_checkpoint
    from model.checkpoint import load_checkpoint
    from model.device import one_thread

    path = find_checkpoint(name)
    from model.sample import Sampler

    one_thread()
    return Sampler(load_checkpoint(path))


class DrawingStopped(KeyboardInterrupt):
    """Ctrl-C while a network draws."""

    def __init__(self, found: dict[int, Sample], seconds: float) -> None:
        super().__init__()
        self.found, self.seconds = found, seconds
        """What was done by then, by its place among what was asked for, and how long it took."""


def draw(sampler: Sampler, orders: Sequence[Order]) -> tuple[list[Sample], float]:
    """Draw with a bar, and tell how long it took.

    Raises:
        DrawingStopped: ctrl-c; holds what is done.
    """
    began = time.monotonic()
    done: dict[int, Sample] = {}
    try:
        with progress("drawing", len(orders)) as advance:

            def take(index: int, sample: Sample) -> None:
                done[index] = sample
                advance(len(done))

            sampler.make(orders, take)
    except KeyboardInterrupt:
        raise DrawingStopped(done, round(time.monotonic() - began, 3)) from None
    return [done[index] for index in range(len(orders))], round(time.monotonic() - began, 3)


def draw_into(target: Target, names: Sequence[str], sampler: Sampler, orders: Sequence[Order], as_json: bool) -> None:
    """Draw, write and report; what is done when ctrl-c comes is written too, and the exit code says so."""
    try:
        found, seconds = draw(sampler, orders)
    except DrawingStopped as stop:
        done = sorted(stop.found)
        if done:
            some = [stop.found[index] for index in done]
            target.write([names[index] for index in done], some, stop.seconds, 0, as_json)
        if len(done) < len(orders):
            leave_stopped(len(done), len(orders))
    else:
        target.write(names, found, seconds, 0, as_json)


def leave_stopped(done: int, asked: int) -> NoReturn:
    """End as after ctrl-c, and tell how far it came."""
    note(f"monoline: stopped; {done} of {asked} drawings were done")
    raise typer.Exit(STOPPED)
