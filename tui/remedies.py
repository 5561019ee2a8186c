"""Remedies: the likely cause of a training that failed, by what it said last, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

USUAL_BATCH, USUAL_RATE = 100, 1e-3
"""What is said where a run does not tell its own."""


@dataclass(frozen=True)
class Remedy:
    """What to do, and with what changes a run can go on."""

    cause: str
    """Likely."""
    words: str
    """What to do."""
    overrides: tuple[str, ...] = ()
    """Settings to go on with, as ``fit.batch=50``."""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Of the run, changed."""
    sure: bool = True
    """Whether nothing else can have been the cause; otherwise going on unchanged may do, and is tried first."""

    @property
    def changes(self) -> bool:
        """Whether going on with it is another thing than going on."""
        return bool(self.overrides or self.arguments)


_MEMORY = re.compile(
    r"OutOfMemoryError|out of memory|too little memory|CUBLAS_STATUS_ALLOC_FAILED|MemoryError|"
    r"[Cc]an(?:no|')t allocate memory|not enough memory|bad_alloc"
)
_DEVICE = re.compile(
    r"There is no device|not compiled with CUDA enabled|No CUDA GPUs are available|Found no NVIDIA driver|"
    r"driver on your system is too old|no kernel image is available|CUDA-capable device|"
    r"MPS .* not (?:available|supported)"
)
_DISK = re.compile(r"No space left on device|Disk quota exceeded|Make room on the disk|ENOSPC|not enough space")
_NUMBERS = re.compile(
    r"is no number|could not be taken|has no likelihood|contains? nan|is nan|nan or inf|diverge", re.IGNORECASE
)
_MISSING = re.compile(r"does not exist|No such file or directory|FileNotFoundError|holds no drawings")
_RIGHTS = re.compile(r"Permission denied|Read-only file system|Operation not permitted")
_MODULE = re.compile(r"ModuleNotFoundError|ImportError|cannot open shared object|undefined symbol|DLL load failed")


def find_remedy(said: Sequence[str], settings: Mapping[str, Any], *, lost: bool) -> Remedy | None:
    """The remedy of the first cause that what was said tells of; None if nothing is recognised.

    Args:
        said: the error, and what was printed last.
        settings: ``fit`` of the run, where it is known.
        lost: the process ended without a word of its own.
    """
    text = "\n".join(said)
    batch, rate = int(settings.get("batch") or USUAL_BATCH), float(settings.get("learning_rate") or USUAL_RATE)
    fewer = (f"fit.batch={max(batch // 2, 1)}",)
    if _DISK.search(text):
        return Remedy("The disk is full.", "Make room on it, then go on.")
    if _DEVICE.search(text):
        return Remedy("torch does not have the device.", "Go on with the best there is here.", (), {"device": "auto"})
    if _MEMORY.search(text) and batch > 1:
        return Remedy("The memory is too small for so many drawings at once.", f"Batch {batch} → {batch // 2}.", fewer)
    if _NUMBERS.search(text):
        lower = f"{rate / 4:g}"
        words = f"Learning rate {rate:g} → {lower}."
        return Remedy("It learnt too fast and came apart.", words, (f"fit.learning_rate={lower}",))
    if _RIGHTS.search(text):
        return Remedy("A folder can't be written.", "Put its rights right, then go on.")
    if _MODULE.search(text):
        return Remedy("A library is missing or does not fit.", "Install again with make install, then go on.")
    if _MISSING.search(text):
        return Remedy("The drawings are not where they were.", "Bring them back, then go on; or n begins with others.")
    if lost and batch > 1:
        return Remedy(
            "The system ended it, often because the memory was full, or the power went.",
            f"If the memory is short, R goes on with batch {batch} → {batch // 2}.", fewer, sure=False,
        )  # fmt: skip
    return None
