"""Checkpoints that the studio can draw with: those that come with monoline, and those trained here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.folder import Studio


def checkpoints(studio: Studio | None) -> list[tuple[str, str]]:
    """Each as what finds it and what it is called, the studio's newest first."""
    from model.bundled import bundled

    lines = [(name, f"{name}  (comes with monoline)") for name in bundled()]
    if studio is None:
        return lines
    trained = sorted(studio.runs.glob("*/model.safetensors"), key=lambda path: -path.stat().st_mtime)
    return [*((str(path), network_name(str(path))) for path in trained), *lines]


def network_name(checkpoint: str) -> str:
    """What a checkpoint is called: its own name, or that of the run it lies in."""
    path = Path(checkpoint)
    return (path.parent.name if path.stem in ("model", "best") else path.stem) if path.suffix else path.name
