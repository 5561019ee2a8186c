"""Parts of a batch that a network works on one after the other, so that fewer of its steps stand for nothing."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn.functional import pad

from model.data import PAD_TO
from model.losses import Batch
from model.settings import NetSettings

SPARE = 0.05
"""Share of a batch's steps that may be padding before it is cut in two."""
FEW = 64
"""Drawings below which a batch stays whole: a product of few rows takes as long as one of more."""


def pay(net: NetSettings, device: str, precision: str) -> bool:
    """Whether a step in parts takes less time: not on a GPU, nor in a loop over the steps as of model.sweep.

    There a step of few drawings takes as long as one of many.
    """
    cells = {net.encoder_cell} if net.kind == "conditional" else set[str]()
    if net.body == "rnn":
        cells.add(net.cell)
    return device == "cpu" and precision == "float32" and cells <= {"lstm"} and not net.recurrent_dropout


def parts(batch: Batch) -> list[tuple[Tensor, Batch]]:
    """Which columns of a batch go together, int64 (b,), and the batch they are: all, or the short and the long ones.

    What is summed over the parts is what is summed over the batch.
    """
    lengths, columns = batch.lengths.sort(stable=True)
    count, steps = len(lengths), (lengths + PAD_TO) // PAD_TO * PAD_TO  # one more than points, rounded up
    if count < FEW or int(lengths.sum()) + count >= (1 - SPARE) * count * len(batch.inputs):
        return [(torch.arange(count), batch)]
    short = torch.arange(1, count)
    # steps of both parts, for each place to cut
    cut = int((short * steps[:-1] + (count - short) * steps[-1]).argmin()) + 1
    ends = ((columns[:cut], cut - 1), (columns[cut:], count - 1))
    return [(some, _of(batch, some, int(steps[last]))) for some, last in ends]


def lengthened(batch: Batch, to: int) -> Batch:
    """The batch with so many more steps after all ends that they are a multiple of ``to``."""
    more = -len(batch.inputs) % to
    inputs, offsets, pen = (
        pad(each, (0, 0) * (each.ndim - 1) + (0, more)) for each in (batch.inputs, batch.offsets, batch.pen)
    )
    inputs[len(batch.inputs) :, :, 4] = 1.0
    pen[len(batch.inputs) :] = 2
    return Batch(inputs, offsets, pen, batch.lengths)


def padding(batches: Iterable[Batch]) -> float:
    """Share of their steps that stand for nothing; a drawing needs one step more than points."""
    used = room = 0
    for batch in batches:
        used += int(batch.lengths.sum()) + len(batch.lengths)
        room += batch.inputs.shape[0] * batch.inputs.shape[1]
    return 1 - used / room


def _of(batch: Batch, columns: Tensor, steps: int) -> Batch:
    """These drawings, as many steps as the longest of them needs."""
    inputs, offsets, pen = (each[:steps].index_select(1, columns) for each in (batch.inputs, batch.offsets, batch.pen))
    return Batch(inputs, offsets, pen, batch.lengths[columns])
