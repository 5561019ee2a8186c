"""Corrections by hand: kept for ever in an append-only file beside a page's drawings, and undone by one more line."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from prep.errors import PrepError
from studio.files import AppendLog, read_log

Kind = Literal["flip", "cut", "join", "delete", "reverse", "start", "check"]
ENDING = ".corrections.jsonl"


class Correction(BaseModel):
    """One thing that a person put right in a traced scan, by the place where it is, in pixels of the scan."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    kind: Kind
    """``flip`` lets lines go through a junction the next other way, ``cut`` ends a stroke and begins another,
    ``join`` connects two stroke ends, ``delete`` takes a stroke or a drawing away, ``reverse`` turns one around,
    ``start`` has a drawing begin there, ``check`` says that a junction is right as it is."""
    at: tuple[float, float]
    """x and y as the scan is displayed, from its top left."""
    to: tuple[float, float] | None = None
    """The other end, of a join."""
    value: Literal["", "stroke", "drawing"] = ""
    """What to delete or reverse: a stroke unless it says drawing."""

    @model_validator(mode="after")
    def _complete(self) -> Correction:
        if (self.kind == "join") != (self.to is not None):
            raise ValueError("a join has two places, and nothing else has")
        if self.value and self.kind not in ("delete", "reverse"):
            raise ValueError("only delete and reverse tell a stroke from a drawing")
        return self

    def __str__(self) -> str:
        places = " to ".join(f"{x:.0f}, {y:.0f}" for x, y in filter(None, (self.at, self.to)))
        return f"{self.kind}{' ' + self.value if self.value else ''} at {places}"


def applied(corrections: Iterable[Correction]) -> tuple[Correction, ...]:
    """Those that change what is traced."""
    return tuple(each for each in corrections if each.kind != "check")


@dataclass(frozen=True)
class Kept:
    """A correction in its file."""

    number: int
    """Its line, from 0 on."""
    correction: Correction
    kept_at: float
    """Seconds since 1970."""


def read_kept(path: Path) -> tuple[Kept, ...]:
    """The corrections in a file that are not undone, in the order they were made; none if there is no file.

    Raises:
        PrepError: a line that no monoline has written.
        DamagedLog: a damaged line before the last one.
    """
    kept: dict[int, Kept] = {}
    for number, record in enumerate(read_log(path).records):
        try:
            if "undo" in record:
                kept.pop(int(record["undo"]), None)
            else:
                kept[number] = Kept(number, Correction.model_validate(record["correction"]), float(record["at"]))
        except (ValidationError, KeyError, TypeError, ValueError):
            raise PrepError(
                f"{path}, line {number + 1}, is a correction that this monoline does not know; update monoline."
            ) from None
    return tuple(kept.values())


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """As read_kept, without when they were made."""
    return tuple(each.correction for each in read_kept(path))


def keep_correction(path: Path, correction: Correction) -> None:
    """Append a correction; it is on the disk when this returns.

    Raises:
        StudioError: the file can't be written.
    """
    with AppendLog(path, durable=True) as log:
        log.append({"correction": correction.model_dump(exclude_defaults=True), "at": time.time()})


def undo_correction(path: Path) -> Correction | None:
    """Take back the newest correction in a file that is not undone yet; None if there is none."""
    kept = read_kept(path)
    if not kept:
        return None
    with AppendLog(path, durable=True) as log:
        log.append({"undo": kept[-1].number, "at": time.time()})
    return kept[-1].correction


def newest(paths: Iterable[Path]) -> Path | None:
    """Of some files the one with the newest correction that is not undone; None if there is none."""
    found = [(kept[-1].kept_at, path) for path in paths if (kept := read_kept(path))]
    return max(found)[1] if found else None
