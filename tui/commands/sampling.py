"""Drawing from the command line: a network is opened, drawings come with a bar, and ctrl-c keeps what is done."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from tui.console import STOPPED, note, progress

if TYPE_CHECKING:
    from model.sample import Order, Sample, Sampler
    from tui.commands.target import Target

LAST_SEED = 2**62
"""So that the seeds that follow it fit the 63 bits that a seed has."""
CheckpointName = Annotated[str, typer.Argument(metavar="CKPT", help="A path, a run's folder, or a bundled name.")]
Temperature = Annotated[float, typer.Option("--temperature", "-t", min=0, max=10, help="0 is the likeliest line.")]
PenTemperature = Annotated[
    float | None, typer.Option(min=0, max=10, help="Of the pen's state; the same as the other by default.")
]
Seed = Annotated[int, typer.Option(min=0, max=LAST_SEED, help="Another seed, another hand.")]
MaxPoints = Annotated[
    int | None, typer.Option(min=1, max=10_000, help="Cap; 1.25 times the longest learnt by default.")
]
OutDir = Annotated[Path, typer.Option(metavar="DIR", help="Folder for what is made.", show_default=False)]
Format = Annotated[str, typer.Option("--format", help="svg, png or npz.")]
Connect = Annotated[
    float | None, typer.Option(metavar="MM", min=0, help="Join and splice strokes over gaps up to this.")
]
OneLine = Annotated[bool, typer.Option("--one-line", help="Connect all strokes, over any gap, the near ones first.")]
Curves = Annotated[
    float | None, typer.Option(metavar="MM", min=1e-6, help="Lay curves through the points, no farther from any.")
]
DRAWING = "An SVG, seed:7, FILE.npz#test/12, or mean:FILE.npz#test for the mean of a set."


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


def draw_into(
    target: Target,
    names: Sequence[str],
    sampler: Sampler,
    orders: Sequence[Order],
    as_json: bool,
    *,
    more: Mapping[str, Any] | None = None,
    words: str = "",
    before_s: float = 0.0,
) -> None:
    """Draw, write and report; what is done when ctrl-c comes is written too, and the exit code says so.

    Args:
        more: further keys of the JSON, and ``words`` for the text.
        before_s: how long it took to find out what to draw, which is told together with the drawing.
    """
    try:
        found, seconds = draw(sampler, orders)
    except DrawingStopped as stop:
        done = sorted(stop.found)
        if done:
            some = [stop.found[index] for index in done]
            target.write([names[index] for index in done], some, round(stop.seconds + before_s, 3), 0, as_json)
        if len(done) < len(orders):
            leave_stopped(len(done), len(orders))
    else:
        target.write(names, found, round(seconds + before_s, 3), 0, as_json, more=more, words=words)


def leave_stopped(done: int, asked: int) -> NoReturn:
    """End as after ctrl-c, and tell how far it came."""
    note(f"monoline: stopped; {done} of {asked} drawings were done")
    raise typer.Exit(STOPPED)
