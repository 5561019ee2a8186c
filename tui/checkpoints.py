"""Checkpoints that the studio can draw with: those that come with monoline, and those trained here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.folder import Studio

PATTERNS = ("*/model.safetensors", "*/w-*/model.safetensors")
"""Where checkpoints are, in runs and in runs of sweeps."""


def checkpoints(studio: Studio | None) -> list[tuple[str, str]]:
    """Each as what finds it and what it is called, the studio's newest first."""
    from model.bundled import bundled

    lines = [(name, f"{name}  (comes with monoline)") for name in bundled()]
    if studio is None:
        return lines
    found = [each for pattern in PATTERNS for each in studio.runs.glob(pattern)]
    trained = sorted(found, key=lambda path: -path.stat().st_mtime)
    return [*((str(path), network_name(str(path))) for path in trained), *lines]


@cache
def networks() -> dict[str, str]:
    """Names of the bundled networks by the hash that recipes tell."""
    from model.bundled import bundled, find_checkpoint
    from model.data import file_hash

    return {file_hash(find_checkpoint(name)): name for name in bundled()}


def network_name(checkpoint: str) -> str:
    """What a checkpoint is called: its own name, or that of the run it lies in."""
    path = Path(checkpoint)
    if not path.suffix:
        return path.name
    if path.stem not in ("model", "best"):
        return path.stem
    run = path.parent
    return f"{run.parent.name}-{run.name}" if run.name.startswith("w-") else run.name
