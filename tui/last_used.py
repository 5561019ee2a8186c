"""LastUsed: what was open when the studio was left, kept in the studio apart from what a person writes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

FILE = ".last.json"
PORTRAITS = "portraits"
"""The bundled network that the studio begins with."""


@dataclass(frozen=True)
class LastUsed:
    """UI state; a file that is missing or damaged is as good as none."""

    dataset: str = ""
    """A path, from the studio's folder on where it lies there."""
    checkpoint: str = PORTRAITS
    """A bundled one by its name, or a path as above."""
    temperature: float = 0.3
    seed: int = 1
    """The first one in Sample."""
    ladder: bool = False

    @classmethod
    def read(cls, folder: Path) -> LastUsed:
        """What the studio in a folder was left with."""
        try:
            told: Any = json.loads((folder / FILE).read_text(encoding="utf-8"))
            known = {name: value for name, value in cast(dict[str, Any], told).items() if _is_right(name, value)}
        except (OSError, ValueError, AttributeError):
            return cls()
        return cls(**known)

    def write(self, folder: Path) -> None:
        """Keep it; nobody is told if that can't be done, for nothing of a person's is lost.

        Args:
            folder: of the studio.
        """
        from studio.errors import StudioError
        from studio.files import write_text

        try:
            write_text(folder / FILE, json.dumps(asdict(self), indent=1) + "\n")
        except StudioError:
            return


def _is_right(name: str, value: object) -> bool:
    default = getattr(LastUsed(), name, None)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match name:
        case "temperature":
            return number and 0.05 <= cast(float, value) <= 1.5
        case "seed":
            return number and isinstance(value, int) and 0 <= value <= 9999
        case _:
            return default is not None and isinstance(value, type(default))


def told_path(path: Path, folder: Path) -> str:
    """A path as it is kept: from the studio's folder on where it lies there, so that the studio can be moved."""
    path, folder = path.resolve(), folder.resolve()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def found_network(told: str, folder: Path) -> str:
    """The checkpoint that is meant; the one that monoline comes with if it is there no more."""
    if not Path(told).suffix:
        return told or PORTRAITS
    path = found_path(told, folder)
    return PORTRAITS if path is None else str(path)


def found_path(told: str, folder: Path) -> Path | None:
    """The path that is meant, if it is there still."""
    path = folder / told
    return path if told and path.exists() else None
