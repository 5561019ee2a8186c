"""Checks the motion arithmetic against what a real board's own counters said, from a CSV file.

A row has ``command`` (LM, LT, T3 or SM as sent, axis 1 alone, an extra last number being what the accumulator held
before; without it, it was cleared) and what was counted: ``ticks``, ``steps`` made forward and backward,
``accumulator``, ``rate`` and ``position`` at the end.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from plotter.errors import PlotterError
from plotter.ticks import (
    Track,
    cleared_accumulator,
    limited_track,
    sm_rate,
    start_rate,
    timed_track,
    unsigned_track,
)

COUNTED = ("ticks", "steps", "accumulator", "rate", "position")
NUMBERS = {"LM": 6, "LT": 5, "T3": 7, "SM": 3}
"""Arguments of each kind, without the accumulator."""


@dataclass(frozen=True)
class Checked:
    """How many vectors the arithmetic reproduces."""

    matched: int
    total: int
    """Rows of a kind that is known."""
    other: int
    """Rows of other kinds."""
    failures: tuple[str, ...]
    """What differs, one line each."""


def check_vectors(path: Path) -> Checked:
    """Compare a file of vectors with the arithmetic, every number of every row.

    Raises:
        PlotterError: the file can't be read, or is none of vectors.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no CSV file of vectors"
        raise PlotterError(f"{path} can't be read: {why}.") from error
    failures: list[str] = []
    total = other = 0
    for number, row in enumerate(rows, 2):
        try:
            kind, *words = row["command"].split(",")
            told = tuple(int(row[name]) for name in COUNTED)
            arguments = [int(word) for word in words]
        except (KeyError, ValueError, TypeError, AttributeError):
            raise PlotterError(f"{path}, line {number} is no vector; it has command, {', '.join(COUNTED)}.") from None
        if kind not in NUMBERS:
            other += 1
            continue
        if len(arguments) < NUMBERS[kind]:
            raise PlotterError(f"{path}, line {number}: {row['command']!r} has too few numbers.")
        total += 1
        found = _count(_track(kind, arguments))
        if found != told:
            failures.append(f"line {number}, {row['command']}: counted {told}, worked out {found}")
    return Checked(total - len(failures), total, other, tuple(failures))


def _track(kind: str, n: list[int]) -> Track:
    """Axis 1 of a command."""
    held = n[NUMBERS[kind]] if len(n) > NUMBERS[kind] else None
    if kind == "SM":
        return unsigned_track(sm_rate(n[0], n[1]), 0, n[1], held or 0)
    if kind == "LM":
        rate, steps, acc = (-n[0], -n[1], -n[2]) if n[1] < 0 else (n[0], n[1], n[2])
        start = start_rate(rate, acc)
        return limited_track(start, acc, steps, cleared_accumulator(start, acc) if held is None else held)
    ticks, rate, acc, jerk = n[0], n[1], n[2], n[3] if kind == "T3" else 0
    start = start_rate(rate, acc, jerk)
    return timed_track(ticks, start, acc, jerk, cleared_accumulator(start, acc, jerk) if held is None else held)


def _count(track: Track) -> tuple[int, ...]:
    ticks = track.total_ticks
    return ticks, track.total_count, track.end_accumulator, track.rate_at(ticks), track.total_steps
