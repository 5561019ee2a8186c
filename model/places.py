"""Where on the page the pen is, as further inputs of a decoder.

A network that only hears how the pen moves must add up all movements to know where it is. Told so, it finds
back to where a line began.
"""

from __future__ import annotations

import torch
from torch import Tensor

PLACES = 4
"""Numbers a step: the place on the page, and the place as seen from where the stroke began; x and y each."""
PAGE = 8.0
"""Places are divided by this: a drawing is some sixteen standard deviations of an offset wide."""


def first_places(like: Tensor, batch: int) -> Tensor:
    """Before the first input the pen is where the stroke begins, (1, B, 4)."""
    return like.new_zeros(1, batch, PLACES)


def places_after(inputs: Tensor, before: Tensor) -> tuple[Tensor, Tensor]:
    """Where the pen is after each input.

    Args:
        inputs: stroke-5, (T, B, 5).
        before: places of the pen and of the beginning of its stroke, (1, B, 4), as ``first_places`` or the
            last call gave.

    Returns:
        (T, B, 4), divided by PAGE, and what the next call needs, (1, B, 4).
    """
    pen = before[..., :2] + inputs[..., :2].cumsum(dim=0)  # (T, B, 2)
    steps = torch.arange(len(inputs), device=inputs.device)[:, None].expand(inputs.shape[:2])
    # the last input with a lift up to each step: where it stood, the next stroke is seen from
    lift = torch.where(inputs[..., 3] > 0.5, steps, -1).cummax(dim=0).values  # (T, B)
    stood = pen.gather(0, lift.clamp(min=0)[..., None].expand_as(pen))
    begin = torch.where((lift < 0)[..., None], before[..., 2:], stood)
    return torch.cat([pen, pen - begin], dim=-1) / PAGE, torch.cat([pen[-1:], begin[-1:]], dim=-1)
