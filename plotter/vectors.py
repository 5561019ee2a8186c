"""Checks the motion arithmetic against what a real board's own counters said, from a CSV file.

A row has ``command``, as sent, and what was counted on axis 1: any of ``ticks``, ``steps`` made forward and backward,
``accumulator``, ``rate`` and ``position`` at the end. An extra last number of the command is what the accumulator
held before; without it, it was cleared. A column ``firmware`` tells the version; without it, that of any will do.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from plotter.errors import PlotterError
from plotter.firmware import NEWEST, USUAL, Firmware
from plotter.moves import l3_track, lm_track, lt_track, sm_track
from plotter.simulated_commands import Home
from plotter.ticks import Track

COUNTED = ("ticks", "steps", "accumulator", "rate", "position")
NUMBERS = {"LM": 6, "L3": 8, "LT": 5, "T3": 7, "TD": 9, "SM": 3, "XM": 3, "HM": 3}
"""Arguments of each kind, without the accumulator."""
LEAST = {"SM": 2, "HM": 1}
VERSIONS = (NEWEST, USUAL, Firmware(2, 6, 5))


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
            reader = csv.DictReader(file)
            rows = list(reader)
            columns = [name for name in COUNTED if name in (reader.fieldnames or ())]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no CSV file of vectors"
        raise PlotterError(f"{path} can't be read: {why}.") from error
    failures: list[str] = []
    total = other = 0
    for number, row in enumerate(rows, 2):
        try:
            kind, *words = row["command"].strip().upper().split(",")
            if kind not in NUMBERS:
                other += 1
                continue
            told = {name: int(row[name]) for name in columns if row[name] != ""}
            arguments = [int(word) for word in words]
            versions = (Firmware.parse(row["firmware"]),) if row.get("firmware") else VERSIONS
        except (KeyError, ValueError, TypeError, AttributeError, PlotterError):
            raise PlotterError(f"{path}, line {number} is no vector; it has command, {', '.join(COUNTED)}.") from None
        if not told or len(arguments) < LEAST.get(kind, NUMBERS[kind]):
            raise PlotterError(f"{path}, line {number}: {row['command']!r} has too few numbers.")
        total += 1
        found = [counted for version in versions for counted in _count_all(kind, arguments, version)]
        if not any(all(each[name] == value for name, value in told.items()) for each in found):
            words = ", ".join(f"{name} {value}, worked out {found[0][name]}" for name, value in told.items())
            failures.append(f"line {number}, {row['command']}: counted {words}")
    return Checked(total - len(failures), total, other, tuple(failures))


def _count_all(kind: str, n: list[int], firmware: Firmware) -> list[dict[str, int]]:
    """What the counters tell of a command; more than one where the accumulator may be read in two ways."""
    held = n[NUMBERS[kind]] if len(n) > NUMBERS[kind] else None
    start, clear = held or 0, held is None
    if kind == "LM":
        return [_counted([lm_track(n[0], n[1], n[2], start, clear, firmware)])]
    if kind == "L3":
        return [_counted([l3_track(n[0], n[1], n[2], n[3], start, clear)])]
    if kind in ("LT", "T3"):
        jerk = n[3] if kind == "T3" else 0
        return [_counted([lt_track(n[0], n[1], n[2], jerk, start, clear, firmware)])]
    if kind == "TD":
        first = lt_track(n[0], n[1], 0, n[4], start, clear, firmware)
        goes_on = lt_track(n[0], n[2], n[3], -n[4], first.end_accumulator, False, firmware)
        anew = lt_track(n[0], n[2], n[3], -n[4], start, clear, firmware)
        return [_counted([first, goes_on]), _counted([first, anew])]
    if kind == "HM":
        moves = Home(n[0], (n[1], n[2]) if len(n) > 2 else (0, 0)).moves_from((0, 0), firmware)
        tracks = [sm_track(each.duration_ms, each.steps1, start, firmware) for each in moves]
        return [_counted(tracks)]
    steps = n[1] + n[2] if kind == "XM" else n[1]
    return [_counted([sm_track(n[0], steps, start, firmware)])]


def _counted(tracks: list[Track]) -> dict[str, int]:
    last = tracks[-1]
    return {
        "ticks": sum(track.total_ticks for track in tracks),
        "steps": sum(track.total_count for track in tracks),
        "accumulator": last.end_accumulator,
        "rate": last.rate_at(last.total_ticks),
        "position": sum(track.total_steps for track in tracks),
    }
