"""Training: what the events of a training run say so far; knows no screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.events import PERCENT, Event, Failed, Made, Measured, Progress, Said, Started
from tui.figures import bar, duration, steps
from tui.pace import Pace
from tui.remedies import Remedy, find_remedy

if TYPE_CHECKING:
    from studio.runs import State

CHECKPOINT = "model.safetensors"
RESUME = "resume.safetensors"
LOG = "log.txt"
CONFIG = "config.toml"
LOG_LINES, FEW_LINES = 8, 5
RESUMABLE = ("stopped", "failed", "lost")

Point = tuple[float, float]


@dataclass
class Training:
    """The story of a run, told event by event."""

    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What it was started with."""
    train: list[Point] = field(default_factory=list[Point])
    """Step and nats per point."""
    valid: list[Point] = field(default_factory=list[Point])
    cuts: list[int] = field(default_factory=list[int])
    """Steps that were not taken, each of which halved the learning rate."""
    figures: dict[str, float] = field(default_factory=dict[str, float])
    """The newest value of everything that was measured."""
    samples: list[str] = field(default_factory=list[str])
    """Archives of samples, relative to the run's folder, in the order of their making."""
    step: int = 0
    total: float = 0
    """Steps in all; 0 where that is not known."""
    said: str = ""
    failed: Failed | None = None
    started_at: float = 0.0
    """Of the last start, in seconds since 1970."""
    told_at: float = 0.0
    before_s: float = 0.0
    """How long it went on before the last start."""
    _last_told: float = 0.0
    _done: float = 0
    _of: float = 0
    """So much of so much is done, in steps or in percent."""
    pace: Pace = field(default_factory=Pace)

    def take(self, event: Event) -> None:
        """Take the next event."""
        self._last_told, self.told_at = self.told_at, event.at
        if isinstance(event, Started):
            if self.started_at:
                self.before_s += max(0.0, self._last_told - self.started_at)
            self.failed, self.started_at, self.said = None, event.at, ""
            self.pace = Pace()
        elif isinstance(event, Progress):
            self._done, self._of = event.done, event.total
            if event.what == PERCENT:
                self.total = 0
            else:
                self.step, self.total = int(event.done), event.total
            self.pace.take(event)
        elif isinstance(event, Measured):
            self._measured(event)
        elif isinstance(event, Made):
            if event.what == "samples" and event.path not in self.samples:
                self.samples.append(event.path)
        elif isinstance(event, Said):
            self.said = event.text
        elif isinstance(event, Failed):
            self.failed = event

    def _measured(self, event: Measured) -> None:
        self.step = event.step
        before, skipped = self.figures.get("skipped", 0), event.values.get("skipped")
        while self.cuts and self.cuts[-1] > event.step:  # resumed from before it
            self.cuts.pop()
        if isinstance(skipped, int | float) and skipped > before:
            self.cuts.append(event.step)
        # a file may hold null for a value that was not finite
        self.figures |= {name: value for name, value in event.values.items() if isinstance(value, int | float)}
        for name, curve in (("train", self.train), ("valid", self.valid)):
            value = event.values.get(name)
            if isinstance(value, int | float):
                while curve and curve[-1][0] >= event.step:  # resumed from a step before the last one told
                    curve.pop()
                curve.append((float(event.step), float(value)))

    @property
    def best(self) -> Point | None:
        """Step and value of the best validation."""
        return min(self.valid, key=lambda point: point[1], default=None)

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1; None while that can't be said."""
        return min(1.0, self._done / self._of) if self._of > 0 else None

    @property
    def left_s(self) -> float | None:
        """Seconds to its end at the pace of the last reports; None while that can't be said."""
        return self.pace.left_s


def state_words(training: Training, state: State, *, stopping: bool) -> str:
    """The state of a run in words."""
    if state.value == "running":
        if stopping:
            return "stopping"
        if training.step:
            return "running"
        return "at its first steps" if training.said else "loading torch and the drawings"
    return {
        "starting": "starting",
        "lost": "ended without a last word",
        "elsewhere": "on another machine",
    }.get(state.value, state.value)


GLYPHS = {"running": "▶", "starting": "▶", "finished": "✓", "stopped": "■", "failed": "✗", "lost": "✗"}


def prompt(name: str, state: str) -> str:
    """A run in a list."""
    return f"{GLYPHS.get(state, '·')} {name}"


def headline(name: str, state: State, training: Training, *, stopping: bool, saving: bool = False) -> str:
    """A run in one line: its name, its state, how far it is."""
    total = f" of {training.total:,.0f}" if training.total else ""
    line = f"{name}   {state_words(training, state, stopping=stopping).upper()}   step {training.step:,}{total}"
    if state.value == "running" and not stopping and training.left_s is not None:
        line += f" · {duration(training.left_s)} left"
    return f"{line} · saving" if saving else line


def panel(training: Training) -> str:
    """The figures of a run, a line each."""
    told = training.arguments
    lines = [] if training.share is None else [f"{bar(training.share, 20)} {training.share:.0%}"]
    if training.started_at:
        limit = f" of {told['minutes']:g} min" if told.get("minutes") else ""
        lines.append(f"took       {duration(training.before_s + training.told_at - training.started_at)}{limit}")
    lines.append("")
    lines += _rows(training.figures, _CURVES)
    if training.best is not None:
        lines.append(f"best       {training.best[1]:.3f} at {training.best[0]:,.0f}")
    lines += _rows(training.figures, _INNER)
    if skipped := training.figures.get("skipped"):
        lines.append(f"skipped    {steps(int(skipped))}")
    lines += ["", f"preset     {_short(told.get('preset'))}", f"drawings   {_short(told.get('data'))}"]
    if told.get("from_"):
        lines.append(f"began with {_short(told['from_'])}")
    if training.said:
        lines += ["", training.said]
    return "\n".join(lines)


_CURVES = (("train", "train", ".3f"), ("valid", "valid", ".3f"))
_INNER = (
    ("L_R", "L_R", ".3f"),
    ("L_KL", "L_KL", ".3f"),
    ("KL weight", "w_KL", ".2f"),
    ("rate", "learning_rate", ".1e"),
    ("gradient", "gradient_norm", ".2f"),
    ("drawings/s", "drawings_per_s", ",.0f"),
)
"""Name shown, name measured, form."""


def _rows(figures: Mapping[str, float], rows: Sequence[tuple[str, str, str]]) -> list[str]:
    return [f"{name:<11}{figures[key]:{form}}" for name, key, form in rows if key in figures]


def _short(value: object) -> str:
    """A file by its name, a run's checkpoint by the run's."""
    path = Path(str(value or "none"))
    return path.parent.name if path.name == CHECKPOINT else path.name


def failure(training: Training, folder: Path, remedy: Remedy | None = None, lines: int = LOG_LINES) -> str:
    """What went wrong with a run, what to do, and what it printed last."""
    failed = training.failed
    error = failed.error if failed else f"{folder.name} was killed, or the power went."
    saved = (folder / RESUME).exists()
    go_on = "goes on from its last save" if saved else "begins anew"
    if remedy is not None and (remedy.changes or saved):
        words = f"{remedy.cause} {remedy.words} Press r: it {go_on}."
    elif remedy is not None:
        words = f"{remedy.cause} {remedy.words}"
    else:
        words = failed.remedy if failed else ""
        words = f"{words} Press r to go on from its last save.".strip() if saved else words
    return "\n".join([error, *([words] if words else []), "", *last_lines(folder / LOG, lines)])


def diagnosis(training: Training, folder: Path, *, lost: bool, low: bool) -> tuple[Remedy | None, str]:
    """The likely remedy of a run that failed, and ``failure`` with it.

    Args:
        lost: it ended without a word.
        low: there is little room to tell it.
    """
    remedy = find_remedy(last_said(training, folder), fit_of(folder), lost=lost)
    return remedy, failure(training, folder, remedy, FEW_LINES if low else LOG_LINES)


def last_said(training: Training, folder: Path) -> list[str]:
    """The error of a run, and what it printed last."""
    error = [training.failed.error, training.failed.remedy] if training.failed else []
    return [*error, *last_lines(folder / LOG)]


def fit_of(folder: Path) -> dict[str, Any]:
    """The ``[fit]`` that a run was begun with; nothing where that can't be read."""
    import tomllib

    try:
        return dict(tomllib.loads((folder / CONFIG).read_text(encoding="utf-8")).get("fit") or {})
    except (OSError, ValueError):
        return {}


def last_lines(path: Path, count: int = LOG_LINES) -> list[str]:
    """The last lines of what a run printed; none if it printed nothing."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 16_384))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line.rstrip() for line in text.splitlines() if line.strip()][-count:]
