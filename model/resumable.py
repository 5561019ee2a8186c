"""What going on needs: a network, its average and what the optimiser knows, in one safetensors file.

Beside the tensors stands JSON, in the file's own header. Nothing is ever unpickled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from model.checkpoint import KEY
from model.errors import BadCheckpoint

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    from model.adam import Adam
    from model.muon import Muon

ADAM, MUON = "adam", "muon"
OF_ADAM, MOMENTUM = ("step", "exp_avg", "exp_avg_sq"), "momentum"


def pack(net: Module, average: Mapping[str, Tensor], optimiser: Adam | Muon, about: Mapping[str, Any]) -> bytes:
    """All of it as the bytes of a file."""
    from safetensors.torch import save

    tensors: dict[str, Tensor] = {}
    for name, weight in net.named_parameters():
        tensors[f"net.{name}"] = weight.detach()
        tensors[f"average.{name}"] = average[name]
        for key, value in optimiser.state.get(weight, {}).items():
            tensors[f"{MUON if key == MOMENTUM else ADAM}.{key}.{name}"] = value
    whole = {name: each.cpu().contiguous() for name, each in tensors.items()}
    return save(whole, metadata={KEY: json.dumps(about)})


def read(data: bytes, path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The JSON and the tensors of such bytes.

    Args:
        path: where they come from, for errors.

    Raises:
        BadCheckpoint: damaged, or not of a run.
    """
    from safetensors.torch import load

    try:
        tensors = load(data)
        size = int.from_bytes(data[:8], "little")
        return json.loads(json.loads(data[8 : 8 + size])["__metadata__"][KEY]), tensors
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadCheckpoint(f"{path} is damaged or not of a run ({str(error)[:120]}).") from None


def unpack(tensors: Mapping[str, Tensor], net: Module, average: Mapping[str, Tensor], optimiser: Adam | Muon) -> None:
    """Put the tensors where they were; a KeyError or RuntimeError if one is missing or has another shape."""
    import torch

    begun = any(name.startswith((f"{ADAM}.", f"{MUON}.")) for name in tensors)  # nothing is known before the first step
    for name, weight in net.named_parameters():
        with torch.no_grad():
            weight.copy_(tensors[f"net.{name}"])
        average[name].copy_(tensors[f"average.{name}"])
        if not begun:
            continue
        if f"{MUON}.{MOMENTUM}.{name}" in tensors:
            optimiser.state[weight] = {MOMENTUM: tensors[f"{MUON}.{MOMENTUM}.{name}"].to(weight.device)}
        else:
            state = {key: tensors[f"{ADAM}.{key}.{name}"].to(weight.device) for key in OF_ADAM}
            optimiser.state[weight] = {**state, "step": state["step"].cpu()}
