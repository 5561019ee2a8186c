"""The checkpoints that come with monoline, found by name."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from configs.nearest import did_you_mean
from model.errors import BadCheckpoint

ENDING = ".safetensors"


def bundled() -> list[str]:
    """Names of the bundled checkpoints."""
    folder = resources.files("model") / "checkpoints"
    if not folder.is_dir():
        return []
    return sorted(each.name.removesuffix(ENDING) for each in folder.iterdir() if each.name.endswith(ENDING))


def find_checkpoint(name: str | Path) -> Path:
    """The file of a checkpoint: a path, the folder of a run (its newest weights), or a bundled name.

    Raises:
        BadCheckpoint: there is none; the message names those there are.
    """
    path = Path(name)
    if path.is_dir() and (path / f"model{ENDING}").is_file():
        return path / f"model{ENDING}"
    if path.is_file():
        return path
    if str(name) in bundled():
        return Path(str(resources.files("model") / "checkpoints" / f"{name}{ENDING}"))
    if path.is_dir():
        raise BadCheckpoint(f"{path} is no training run: it has no model{ENDING} yet.")
    hint = did_you_mean(str(name), bundled())
    raise BadCheckpoint(f"There is no checkpoint {name}{hint}; bundled ones are: {', '.join(bundled()) or 'none'}.")
