"""What torch is installed and what it can compute on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.errors import ModelError

if TYPE_CHECKING:
    import torch


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


def choose_device(asked: str = "auto") -> torch.device:
    """The device of that name, as ``cuda:1``, or the best one.

    Raises:
        ModelError: there is no such device here.
    """
    import torch

    if asked == "auto":
        return torch.device(best_device().kind)
    try:
        device = torch.device(asked)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError):  # torch's answers to a device that it has not here
        raise ModelError(f"There is no device {asked!r} here; the best one is {best_device().kind!r}.") from None
    return device


def multiplies_bfloat16(device: torch.device) -> bool:
    """Whether matrices multiply faster in bfloat16 than in float32 there."""
    import torch

    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device.type == "cpu" and bool(torch.cpu._is_avx512_bf16_supported())


def one_thread() -> None:
    """Have this process compute on one core, as sampling does best: a step is over before a second thread wakes."""
    import torch

    torch.set_num_threads(1)


def torch_version() -> str:
    """Version of torch; imports it."""
    import torch

    return torch.__version__
