"""What a drawing looks like as a vector: the small encoder that comes with monoline, to measure likeness with.

It sees a small picture of the drawing, so that the order of strokes, the way they were drawn and the number of
points don't count. ``checkpoints/encoders/eye.md`` tells what it has learnt from and what its vectors tell apart;
``benchmarks/encoder.py`` trains it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Drawing
from drawing.raster import dots
from model.errors import BadCheckpoint

if TYPE_CHECKING:
    from torch import Tensor

Features = NDArray[np.float32]  # (drawings, SIZE)

NAME = "eye"
SHA256 = "93db24dc6c1bfca9229f6334abe9762bd24d03f2f41a515372e080b4d22ae977"
"""Of the file; figures by another encoder could not be compared."""
SIDE = 64
"""Width and height of the picture."""
SIZE = 128
"""Numbers in a vector."""
CHANNELS = (1, 16, 32, 64, 128, SIZE)
"""Of the picture, and of each layer's outputs."""
GROUPS = 8
BATCH = 100
GRID = 1024.0
"""Vectors are multiples of 1 / GRID, so that no figure hangs on the last digit of a sum."""
_FINE = 2  # the picture is drawn so many times larger
_INK = 2.0  # a line as wide as half a pixel is full ink


def images(drawings: Sequence[Drawing]) -> NDArray[np.float32]:
    """Pictures of drawings, each fitted to its square and centred, (drawings, SIDE, SIDE), ink 1 on paper 0."""
    out = np.zeros((len(drawings), SIDE, SIDE), dtype=np.float32)
    for index, drawing in enumerate(drawings):
        if drawing.lines:
            columns, rows = SIDE * _FINE // 2, SIDE * _FINE // 4
            fine = dots(drawing.lines, drawing.bounds, columns, rows, margin=2 * _FINE)
            shares = fine.reshape(SIDE, _FINE, SIDE, _FINE).mean(axis=(1, 3))
            out[index] = np.minimum(_INK * shares, 1.0)
    return out


def look(weights: Mapping[str, Tensor], pictures: Tensor) -> Tensor:
    """Vectors of pictures: five convolutions with group norm, each but the last halving the sides; the mean is taken.

    Args:
        weights: ``NUMBER.weight``, ``NUMBER.scale``, ``NUMBER.shift`` of each layer.
        pictures: (B, 1, SIDE, SIDE).

    Returns:
        Shape (B, SIZE). Their length is left to them: it tells of noise, which the direction hardly shows.
    """
    from torch.nn import functional

    layers = len(CHANNELS) - 1
    for layer in range(layers):
        pictures = functional.conv2d(pictures, weights[f"{layer}.weight"], padding=1)
        pictures = functional.group_norm(pictures, GROUPS, weights[f"{layer}.scale"], weights[f"{layer}.shift"])
        pictures = functional.relu(pictures)
        if layer < layers - 1:
            pictures = functional.max_pool2d(pictures, 2)
    return pictures.mean(dim=(2, 3))


def embed(
    drawings: Sequence[Drawing],
    on_done: Callable[[int], object] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Features:
    """A vector of each drawing, shape (drawings, SIZE).

    Args:
        on_done: gets how many are done so far.

    Raises:
        BadCheckpoint: the encoder's file is missing, or another one.
    """
    import torch

    weights = _weights()
    found = [np.zeros((0, SIZE), dtype=np.float32)]
    for at in range(0, len(drawings), BATCH):
        if should_stop():
            break
        pictures = torch.from_numpy(images(drawings[at : at + BATCH])[:, None])
        with torch.no_grad():
            found.append(look(weights, pictures).numpy())
        on_done(at + len(pictures))
    return (np.rint(np.concatenate(found) * GRID) / GRID).astype(np.float32)


@cache
def _weights() -> Mapping[str, Tensor]:
    from safetensors.torch import load

    file = resources.files("model") / "checkpoints" / "encoders" / f"{NAME}.safetensors"
    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadCheckpoint(f"{file} can't be read ({error.strerror or error}); install monoline again.") from None
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise BadCheckpoint(f"{file} is not the encoder that this monoline measures with; install monoline again.")
    return {name: each.float() for name, each in load(data).items()}
