"""What torch is installed and what it can compute on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Device:
    """A device that torch can use."""

    kind: str
    """``cuda``, ``mps`` or ``cpu``."""
    name: str
    """In the maker's words."""


def best_device() -> Device:
    """The fastest device of this machine; imports torch, which takes seconds."""
    import torch

    if torch.cuda.is_available():
        return Device("cuda", torch.cuda.get_device_name(0))
    if torch.backends.mps.is_available():
        return Device("mps", "Apple GPU")
    return Device("cpu", f"{torch.get_num_threads()} threads")


def torch_version() -> str:
    """Version of torch; imports it."""
    import torch

    return torch.__version__
