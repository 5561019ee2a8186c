"""How a part of a plot begins: the ink of its pen is counted from here on, and its layer may ask to wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from plotter.feed import PlotJob
from plotter.parts import PartArguments
from plotter.pen_ink import NoInk
from plotter.pens import PenError
from plotter.task import Ink, State
from studio.events import Listener, Said

HOLD_MS = 250
"""While it waits before a layer it looks for orders so often."""


def begin_part(
    parts: Sequence[PartArguments],
    job: PlotJob,
    on_event: Listener,
    find_ink: Callable[[str], Ink] | None,
    before: int,
    now: int,
) -> int:
    """Count the ink of the pen that a part is drawn with; how many ms its layer asks to wait."""
    part = parts[now]
    if find_ink is not None and part.pen != parts[before].pen:
        job.take_pen(partial(known_ink, partial(find_ink, part.pen), on_event) if part.pen else NoInk)
    return part.delay_ms if job.state is State.DRAWING else 0  # a person waits long enough


def known_ink(find: Callable[[], Ink], on_event: Listener) -> Ink:
    """The ink of a layer's pen; a sheet may name one that is not of this studio."""
    try:
        return find()
    except PenError as error:
        on_event(Said(text=f"{error} Its ink is not counted.", level="warning"))
        return NoInk()
