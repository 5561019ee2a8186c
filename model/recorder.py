"""Work on an NVIDIA GPU, recorded once for each shape of what it is given, and replayed from then on.

A recurrent network is thousands of small operations a step, each over before the processor has begun the next.
A recording (a CUDA graph) is begun as a whole, and the GPU does not wait for anyone.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

MOST = 48
"""Shapes that are recorded; each takes some room on the GPU."""

Given = Sequence[Tensor | None]
Shape = tuple[tuple[int, ...] | None, ...]


class Recorder:
    """Does the same work again and again: it must read the GPU's tensors only, and wait for none of them."""

    def __init__(self, work: Callable[[Given], Tensor], device: torch.device) -> None:
        """Args:
        work: what it changes besides what it returns must stay the same memory, as a gradient set to zero in place.
        """
        self._work, self._device = work, device
        self._recordings: dict[Shape, _Recording | None] = {}
        self._pool = None
        self._able = True

    @property
    def shapes(self) -> int:
        """How many are recorded."""
        return sum(each is not None for each in self._recordings.values())

    def run(self, given: Given) -> Tensor:
        """What comes of the work; good until the next one.

        The first time of a shape it is done as it stands, which also shows whether there is memory for it.
        """
        shape = tuple(None if each is None else tuple(each.shape) for each in given)
        recording = self._recordings.get(shape)
        if recording is None and shape in self._recordings and self._able:
            recording = self._recordings[shape] = self._record(given)
        elif len(self._recordings) < MOST:
            self._recordings.setdefault(shape, None)
        return self._work(_there(given, self._device)) if recording is None else recording.replay(given)

    def _record(self, given: Given) -> _Recording | None:
        """A recording, not yet run; None where the GPU has no room for any more."""
        room = _there(given, self._device)
        gc.collect()
        gc.disable()  # a recording that nobody needs any more must not be thrown away amid another
        try:
            with torch.cuda.device(self._device):
                self._pool = self._pool or torch.cuda.graph_pool_handle()
                graph = torch.cuda.CUDAGraph()
                with torch.cuda.graph(graph, pool=self._pool):
                    found = self._work(room)
        except torch.OutOfMemoryError:
            self._able = False
            return None
        finally:
            gc.enable()
        return _Recording(graph, room, found)


class _Recording:
    """A graph, where it reads and what it writes."""

    def __init__(self, graph: torch.cuda.CUDAGraph, room: Given, found: Tensor) -> None:
        self._graph, self._room, self._found = graph, room, found

    def replay(self, given: Given) -> Tensor:
        """The work on other numbers of the same shape."""
        for place, each in zip(self._room, given, strict=True):
            if place is not None and each is not None:
                place.copy_(each)
        self._graph.replay()
        return self._found


def _there(given: Given, device: torch.device) -> list[Tensor | None]:
    """A copy of each of them on the GPU."""
    return [None if each is None else each.to(device, copy=True) for each in given]
