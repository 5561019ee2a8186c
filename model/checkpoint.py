"""A checkpoint: one safetensors file with the weights, and the JSON that tells what they are.

The JSON stands in the file's own header, so that weights and settings can't be parted. Nothing is
ever unpickled.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from model.errors import BadCheckpoint
from model.settings import NetSettings
from studio.files import write_bytes

if TYPE_CHECKING:
    from torch import Tensor

    from model.generator import Generator

FORMAT = 2
"""Of what is written. Format 1 knew only plain LSTMs: whatever came since has a default that is just that."""
KEY = "monoline"
LARGEST_HEADER = 8 << 20
MOST_POINTS = 10_000


@dataclass(frozen=True)
class Checkpoint:
    """Weights and what is known of them."""

    net: NetSettings
    weights: Mapping[str, Tensor]
    scale: float
    """What offsets were divided by, in the unit of the drawings."""
    n_max: int
    """Most points in a drawing of the training set; a sampled one may have a quarter more."""
    first_dropped: bool
    """Whether a drawing starts at the origin before its first row."""
    step: int
    """Batches it was trained on."""
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    """Of the data: hash, counts."""
    training: dict[str, Any] = field(default_factory=dict[str, Any])
    """Settings of the training, and figures."""
    hash: str = ""
    """SHA-256 of the file; empty before it is written."""

    def build(self, dtype: str = "float32") -> Generator:
        """The network with these weights, ready to use."""
        import torch

        from model.networks import build

        with torch.device("meta"):  # neither memory nor random numbers for weights that are replaced
            net = build(self.net, initialise=False)
        wanted = {name: tuple(each.shape) for name, each in net.state_dict().items()}
        found = {name: tuple(each.shape) for name, each in self.weights.items()}
        if wanted != found:
            names = [name for name in sorted({*wanted, *found}) if wanted.get(name) != found.get(name)]
            raise BadCheckpoint(
                f"The weights don't fit the network that the checkpoint describes: {names[0]} is "
                f"{found.get(names[0], 'missing')}, not {wanted.get(names[0], 'there')}."
            )
        bad = [name for name, each in self.weights.items() if not torch.isfinite(each).all()]
        if bad:
            raise BadCheckpoint(f"{bad[0]} has weights that are no numbers; take an earlier checkpoint.")
        whole = {name: each.to(torch.float32, copy=True) for name, each in self.weights.items()}
        net.load_state_dict(whole, assign=True)  # to_empty would load sympy
        return net.to(getattr(torch, dtype)).eval()


def save_checkpoint(path: Path, checkpoint: Checkpoint, dtype: str | None = None) -> str:
    """Write a checkpoint whole or not at all, and return its SHA-256.

    Args:
        dtype: ``float16`` halves the file; by default the weights' own.
    """
    import torch
    from safetensors.torch import save

    about = {
        "format": FORMAT,
        "net": checkpoint.net.model_dump(),
        "scale": checkpoint.scale,
        "n_max": checkpoint.n_max,
        "first_dropped": checkpoint.first_dropped,
        "step": checkpoint.step,
        "data": checkpoint.data,
        "training": checkpoint.training,
    }
    weights = {
        name: each.detach().cpu().to(getattr(torch, dtype) if dtype else each.dtype).contiguous()
        for name, each in checkpoint.weights.items()
    }
    data = save(weights, metadata={KEY: json.dumps(about, sort_keys=True)})
    write_bytes(path, data)
    return hashlib.sha256(data).hexdigest()


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        BadCheckpoint: missing, damaged, not monoline's, or of a later monoline.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    about = read_about(path)
    try:
        data = path.read_bytes()
        weights = load(data)
    except (SafetensorError, OSError, ValueError) as error:
        raise BadCheckpoint(f"{path} is damaged ({error}); copy it again.") from None
    try:
        if not 0 < float(about["scale"]) < math.inf or not 1 <= int(about["n_max"]) <= MOST_POINTS:
            raise ValueError(f"scale {about['scale']}, n_max {about['n_max']}")
        return Checkpoint(
            net=NetSettings.model_validate(about["net"]),
            weights=weights,
            scale=float(about["scale"]),
            n_max=int(about["n_max"]),
            first_dropped=bool(about["first_dropped"]),
            step=int(about["step"]),
            data=dict(about["data"]),
            training=dict(about["training"]),
            hash=hashlib.sha256(data).hexdigest(),
        )
    except (ValidationError, KeyError, TypeError, ValueError) as error:
        raise BadCheckpoint(f"{path} describes no network that this monoline knows ({_line(error)}).") from None


def read_net(path: Path) -> NetSettings:
    """What network a checkpoint is of, without its weights and without torch."""
    about = read_about(path)
    try:
        return NetSettings.model_validate(about["net"])
    except (ValidationError, KeyError) as error:
        raise BadCheckpoint(f"{path} describes no network that this monoline knows ({_line(error)}).") from None


def read_about(path: Path) -> dict[str, Any]:
    """The JSON of a checkpoint, without its weights and without torch."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            if not 0 < size <= LARGEST_HEADER:
                raise ValueError("no safetensors header")
            header = json.loads(file.read(size))
        text = header["__metadata__"][KEY]
    except FileNotFoundError:
        raise BadCheckpoint(f"{path} does not exist.") from None
    except OSError as error:
        raise BadCheckpoint(f"{path} can't be read: {error.strerror or error}.") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadCheckpoint(f"{path} is no checkpoint of monoline, or was cut off.") from None
    try:
        about = json.loads(text)
        written = int(about["format"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadCheckpoint(f"{path} does not say what it is; it was changed by another program.") from None
    if written > FORMAT:
        raise BadCheckpoint(f"{path} was written by a later monoline (format {written}); update monoline to use it.")
    return about


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
