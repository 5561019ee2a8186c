"""History: the plots of a studio, what became of each; reads the end of each story only."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.figures import duration, metres

if TYPE_CHECKING:
    from studio.runs import Run

MOST = 60
"""Plots that are listed, the newest ones."""
_TAIL = 1 << 15
"""Bytes at the end of a story, in which it has told where it was more than once."""
_WORDS = {"finished": "done", "running": "draws", "elsewhere": "away"}
_STAMP = re.compile(r"\d{8}-\d{6}-")


@dataclass(frozen=True)
class Past:
    """A plot that was begun."""

    folder: Path
    started_at: float
    """Seconds since 1970, of its last start."""
    state: str
    drawn_mm: float
    share: float
    """How far it came, 0 to 1."""
    duration_s: float
    """Of the machine, since its last start."""

    @property
    def line(self) -> str:
        """All of it in a line."""
        at = time.strftime("%Y-%m-%d %H:%M", time.localtime(self.started_at))
        name = _STAMP.sub("", self.folder.name, count=1)
        word = _WORDS.get(self.state, self.state)
        return (
            f"{at} {name:<14.14} {word:<8.8} {self.share:>4.0%} {metres(self.drawn_mm):>7} "
            f"{duration(self.duration_s):>11}"
        )


def read_history(plots: Path) -> list[Past]:
    """The plots in a folder, the newest first; what can't be read is left out."""
    from configs.errors import MonolineError
    from studio.runs import find_runs, read_told

    found: list[tuple[float, Run]] = []
    for run in find_runs(plots):
        try:
            found.append((read_told(run.folder).started_at, run))
        except MonolineError:
            continue
    past: list[Past] = []
    for started_at, run in sorted(found, key=lambda each: -each[0])[:MOST]:
        try:
            past.append(_read(run, started_at))
        except MonolineError:
            continue
    return past


def _read(run: Run, started_at: float) -> Past:
    from studio.events import FILE
    from studio.files import log_size, read_log

    path = run.folder / FILE
    # a line that is cut where the reading begins does not count as one
    records = read_log(path, max(0, log_size(path) - _TAIL), strict=False).records
    values: dict[str, Any] = {}
    result: dict[str, Any] = {}
    for record in records:
        values |= record.get("values") or {}
        result = record.get("result") or {}
    state = run.state.value
    ink_mm, total_mm = float(values.get("ink_mm", 0.0)), float(values.get("ink_total_mm", 0.0))
    part, parts = float(values.get("part", 0.0)), float(values.get("parts", 1.0))
    share = (part + (ink_mm / total_mm if total_mm > 0 else 0.0)) / max(1.0, parts)
    return Past(
        run.folder, started_at, state,
        max(ink_mm, 1000 * float(result.get("drawn_m", 0.0))),
        1.0 if state == "finished" else min(1.0, share),
        float(result.get("duration_s", values.get("seconds", 0.0))),
    )  # fmt: skip
