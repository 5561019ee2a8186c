"""The hand that draws: steps a network on, point by point, for many drawings at once.

Matrix products round differently with their shape, so the network runs in float64 and each offset is
rounded to a grid of 2^-12 of the scale before it is kept and fed back: what differs in the last digits
of a sum is rounded away. It knows offsets in the scale of the network only, no drawings and no files.

On a CPU the drawings are shared out among threads, each of which computes on one core by itself: threads
that share one product wait for one another at every step.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from queue import SimpleQueue

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from drawing.stroke import Stroke3
from model import generator
from model.mixture import Mixture
from model.noise import step_noise
from model.pen import Pen, pen_of

GRID = 4096.0
"""Offsets are multiples of 1 / GRID."""
TILE, TILE_ON_GPU = 128, 1024
"""Most drawings in one batch."""
WORTH = 12
"""Drawings that are worth a thread of their own; fewer take as long as these."""
STRIDE = 8
"""Steps between two looks at what has ended: a look costs as much as a step of few drawings."""
DIGITS = 6
"""Decimals of nats; those beyond differ with the batch."""


@dataclass(frozen=True)
class Ask:
    """One drawing asked of a hand."""

    seed: int
    tau: float
    pen_tau: float
    cap: int
    """Most points, those of the beginning among them."""
    z: NDArray[np.float64] | None = None
    """None for a network without latent vectors."""
    beginning: Stroke3 | None = None
    """Points kept as they are, in the scale of the network; the hand draws on from the last of them."""


@dataclass(frozen=True)
class Drawn:
    """What became of it."""

    rows: Stroke3
    """In the scale of the network."""
    finished: bool
    """Whether the network ended it, rather than the cap."""
    nats: float
    """How unlikely the network finds what it drew, at temperature 1: without the points of a beginning."""


@dataclass(frozen=True)
class Stepped:
    """How far a batch is."""

    first: int
    """Place of its first drawing."""
    done: int
    """Points drawn, of those that are asked for at most; a drawing that has ended has all of its own."""


@dataclass(frozen=True)
class Grown:
    """What the last steps added to those drawings of a batch that go on."""

    places: list[int]
    steps: list[list[int]]
    """For each of them dx and dy, in 1 / GRID, and 1 where the pen lifts after that, again and again."""


Event = tuple[int, Drawn] | Stepped | Grown
Events = Generator[Event, None, None]
OnDrawn = Callable[[int, Drawn], object]
OnGrown = Callable[[Grown], object]
OnStep = Callable[[int, int], object]
"""Gets how many points are drawn, and how many there are at most, both of all drawings together."""


class Hand:
    """Draws with one network; not to be used by two threads at once."""

    def __init__(self, net: generator.Generator, threads: int | None = None) -> None:
        """Args:
        net: in float64.
        threads: most to share drawings out among; by default one a core. A GPU is fed by one.
        """
        self.device = next(net.parameters()).device
        on_cpu = self.device.type == "cpu"
        self.threads, self.tile = (threads or _cores(), TILE) if on_cpu else (1, TILE_ON_GPU)
        with torch.no_grad():
            self.pen: Pen = pen_of(net)

    def draw(
        self,
        asks: Sequence[Ask],
        on_drawn: OnDrawn,
        on_step: OnStep,
        should_stop: Callable[[], bool],
        on_grown: OnGrown | None = None,
    ) -> None:
        """Draw all that is asked; ``on_drawn`` gets each, by its place, as soon as it is done.

        All of them are called in the thread that draw is called in; once stopped, nothing more is told.

        Args:
            on_grown: gets what is added to lines every STRIDE points, until their last piece, which comes with them.
        """
        threads = max(1, min(self.threads, len(asks) // WORTH))
        total, done = sum(each.cap for each in asks), dict[int, int]()
        tiles, stop = deque(_tiles(len(asks), threads, self.tile)), threading.Event()
        if should_stop():
            return
        grows = on_grown is not None
        if threads > 1:
            events = self._shared(asks, tiles, stop, grows, threads)
        else:
            events = self._one_by_one(asks, tiles, stop, grows)
        with closing(events):
            for event in events:
                if isinstance(event, Stepped):
                    done[event.first] = event.done
                    on_step(sum(done.values()), total)
                elif isinstance(event, Grown):
                    assert on_grown is not None
                    on_grown(event)
                else:
                    on_drawn(*event)
                if should_stop():
                    return

    def _one_by_one(self, asks: Sequence[Ask], tiles: deque[range], stop: threading.Event, grows: bool) -> Events:
        while not stop.is_set():
            try:
                tile = tiles.popleft()
            except IndexError:  # none is left
                return
            yield from self._tile(asks, tile, stop, grows)

    def _shared(
        self, asks: Sequence[Ask], tiles: deque[range], stop: threading.Event, grows: bool, threads: int
    ) -> Events:
        """The events of threads that take one tile after the other."""
        told: SimpleQueue[Event | BaseException | None] = SimpleQueue()

        def work() -> None:
            torch.set_num_threads(1)  # those of this thread
            try:
                for event in self._one_by_one(asks, tiles, stop, grows):
                    told.put(event)
                told.put(None)
            except BaseException as error:  # noqa: BLE001  raised again by the thread that waits
                told.put(error)

        before = torch.get_num_threads()
        team = [threading.Thread(target=work, name=f"hand {n + 1}") for n in range(threads)]
        try:
            for each in team:
                each.start()
            working = threads
            while working:
                event = told.get()
                if isinstance(event, BaseException):
                    raise event
                if event is None:
                    working -= 1
                else:
                    yield event
        finally:
            stop.set()
            for each in team:
                each.join()
            torch.set_num_threads(before)

    @torch.no_grad()
    def _tile(self, asks: Sequence[Ask], chosen: range, stop: threading.Event, grows: bool) -> Events:
        """Draw these in one batch, which grows smaller as they end."""
        batch = _Batch([asks[index] for index in chosen], self.pen, self.device)
        while len(batch.at) and not stop.is_set():
            for column, drawn in batch.stride():
                yield chosen[column], drawn
            if grows and len(batch.at):
                yield batch.grown(chosen.start)
            yield Stepped(chosen.start, batch.done)


class _Batch:
    """Drawings that are stepped on together."""

    def __init__(self, asks: Sequence[Ask], pen: Pen, device: torch.device) -> None:
        def tensor(values: Sequence[float] | NDArray[np.float64]) -> Tensor:
            return torch.from_numpy(np.asarray(values, dtype=np.float64)).to(device)

        self.caps = np.array([each.cap for each in asks])
        steps = int(self.caps.max()) + STRIDE
        self.noise = tensor(np.stack([step_noise(each.seed, steps) for each in asks], axis=1))  # (T, B, 4)
        self.tau = tensor([each.tau for each in asks])[:, None]
        self.pen_tau = tensor([each.pen_tau for each in asks])[:, None]
        z = None if asks[0].z is None else tensor(np.stack([np.asarray(each.z) for each in asks]))
        self.pen = pen.at_start(z, len(asks))
        self.inputs = pen.net.first_input(self.noise, len(asks))[0]  # (B, 5)
        self.one_hot = torch.eye(3, dtype=torch.float64, device=device)
        self.rows = np.zeros((steps, len(asks), 3))
        self.begun = np.zeros(len(asks), dtype=np.int64)
        for column, each in enumerate(asks):
            if each.beginning is not None:
                self.begun[column] = min(len(each.beginning), each.cap)
                self.rows[: self.begun[column], column] = each.beginning[: self.begun[column]]
        self.given = tensor(self.rows[: self.begun.max()].copy())  # (T, B, 3)
        self.begun_there = torch.from_numpy(self.begun).to(device)
        self.nats = np.zeros(len(asks))
        self.step = 0
        self.at = np.arange(len(asks))  # column of ``rows`` of each drawing still going on

    @property
    def done(self) -> int:
        """Points drawn; a drawing that has ended counts as if it had been drawn up to its cap."""
        return int(self.caps.sum() - np.maximum(self.caps[self.at] - self.step, 0).sum())

    def stride(self) -> list[tuple[int, Drawn]]:
        """Take some steps; those drawings, by their column, that ended in them."""
        pens, offsets, nats = self._steps()
        steps = np.arange(self.step, self.step + STRIDE)[:, None]  # (K, 1)
        finishes, capped = pens == 2, steps >= self.caps[self.at]
        last = finishes | capped
        length = np.where(last.any(axis=0), last.argmax(axis=0), STRIDE)  # points of this stride, (B,)
        drawn = steps - self.step < length
        self.rows[self.step : self.step + STRIDE, self.at, :2] = offsets
        self.rows[self.step : self.step + STRIDE, self.at, 2] = pens == 1
        own = steps >= self.begun[self.at]
        ends = (steps - self.step == length) & finishes
        self.nats[self.at] += np.where(own & (drawn | ends), nats[0], 0.0).sum(axis=0)
        self.nats[self.at] += np.where(own & drawn, nats[1], 0.0).sum(axis=0)
        found: list[tuple[int, Drawn]] = []
        for place in np.flatnonzero(length < STRIDE):
            column, points = int(self.at[place]), self.step + int(length[place])
            rows, nat = self.rows[:points, column].copy(), round(float(self.nats[column]), DIGITS)
            found.append((column, Drawn(rows, bool(finishes[length[place], place]), nat)))
        self.step += STRIDE
        if found:
            self._keep(np.flatnonzero(length == STRIDE))
        return found

    def grown(self, first: int) -> Grown:
        """What the last stride added to what goes on; the batch begins at this place."""
        rows = self.rows[self.step - STRIDE : self.step, self.at]  # (K, B, 3)
        steps = np.rint(rows * (GRID, GRID, 1.0)).astype(np.int64).swapaxes(0, 1).reshape(len(self.at), -1)
        return Grown((first + self.at).tolist(), steps.tolist())

    def _steps(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Pen states (K, B), offsets (K, B, 2), and nats (2, K, B) of pen and offset, of the next K steps."""
        at = torch.from_numpy(self.at).to(self.noise.device)
        noise = self.noise[self.step : self.step + STRIDE, at]
        raws: list[Tensor] = []
        pens: list[Tensor] = []
        offsets: list[Tensor] = []
        for k in range(STRIDE):
            raw = self.pen.step(self.inputs)
            offset, pen = Mixture.of(raw).pick(noise[k], self.tau, self.pen_tau)
            offset = torch.round(offset * GRID) / GRID
            if self.step + k < len(self.given):
                told = self.given[self.step + k, at]
                given = self.begun_there[at] > self.step + k
                offset = torch.where(given[:, None], told[:, :2], offset)
                pen = torch.where(given, told[:, 2].long(), pen)
            self.inputs = torch.cat([offset, self.one_hot[pen]], dim=1)
            raws.append(raw)
            pens.append(pen)
            offsets.append(offset)
        pen, offset, mixture = torch.stack(pens), torch.stack(offsets), Mixture.of(torch.stack(raws))
        nats = -torch.stack([mixture.pen_log_likelihood(pen), mixture.log_likelihood(offset)])
        return pen.cpu().numpy(), offset.cpu().numpy(), nats.cpu().numpy()

    def _keep(self, places: NDArray[np.int64]) -> None:
        columns = torch.from_numpy(places).to(self.noise.device)
        self.pen.keep(columns)
        self.tau, self.pen_tau, self.inputs = self.tau[columns], self.pen_tau[columns], self.inputs[columns]
        self.at = self.at[places]


def _tiles(count: int, threads: int, most: int) -> list[range]:
    """Ranges that make up 0 to ``count``, about as long as one another, as many as threads or a multiple."""
    tiles = threads * -(-count // (threads * most))
    ends = [count * n // tiles for n in range(tiles + 1)] if tiles else []
    return [range(start, end) for start, end in pairwise(ends)]


def _cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
