"""Plotting: what the events of a plot say so far, and how that is told; knows no screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from studio.events import Changed, Event, Failed, Finished, Measured, Progress, Said, Started, Stopped
from tui.figures import bar, duration, metres

if TYPE_CHECKING:
    from plotter.parts import Part
    from plotter.ready import Ready
    from studio.runs import Run, State

SHEET = "sheet.svg"
"""The sheet in the folder of a plot."""
SIMULATOR = "simulator"
"""The port of the plotter in software, as a plot takes it."""
LIVE = ("starting", "running", "elsewhere")
BROKEN_OFF = ("stopped", "failed", "lost")
"""States of a plot of which a part may still be to be drawn."""
WORDS = {"finished": "DONE", "lost": "LOST", "elsewhere": "ON ANOTHER MACHINE"}
WAITS = {
    "paper": "Lay new paper at the home corner; then space goes on.",
    "pen": "Put the other pen into the clip: d lowers it, u raises it. Then space goes on.",
    "pause": "The next layer asks for a pause. Space goes on.",
    "refill": "The pen should be empty. Fill it, then f goes on; space goes on without.",
    "button": "The plotter's button was pressed. It goes on with the button or with space.",
}
"""What a plot that paused by itself waits for, by why."""


@dataclass
class Plotting:
    """The story of a plot, told event by event."""

    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What it was started with."""
    state: str = ""
    """As the work tells it: connecting, drawing, pausing, paused, stopping."""
    why: str = ""
    """What it waits for: paper, pen, refill, button; empty if somebody asked for it."""
    before_s: float = 0.0
    """Machine time before it was taken up again."""
    done_s: float = 0.0
    total_s: float = 0.0
    """Of the machine's time."""
    values: dict[str, float] = field(default_factory=dict[str, float])
    """The newest value of everything that was measured."""
    said: list[str] = field(default_factory=list[str])
    failed: Failed | None = None
    result: dict[str, Any] = field(default_factory=dict[str, Any])
    taken: tuple[int, str] = (-1, "")
    """A part, and the pen that a person has put in during it."""

    def take(self, event: Event) -> None:
        """Take the next event."""
        if isinstance(event, Started):
            self.before_s, self.done_s, self.total_s = self.before_s + self.done_s, 0.0, 0.0
            self.state, self.why, self.failed, self.result, self.said = "", "", None, {}, []
        elif isinstance(event, Changed):
            self.state, self.why = event.state, event.why
        elif isinstance(event, Progress):
            self.done_s, self.total_s = event.done, event.total
        elif isinstance(event, Measured):
            self.values |= {name: value for name, value in event.values.items() if isinstance(value, int | float)}
        elif isinstance(event, Said):
            self.said.append(event.text)
        elif isinstance(event, Failed):
            self.failed = event
        elif isinstance(event, Finished | Stopped):
            self.result = event.result

    @property
    def inked_mm(self) -> float:
        """Length of the sheet's lines that is drawn."""
        return self.values.get("ink_mm", 0.0)

    @property
    def pen_mm(self) -> tuple[float, float] | None:
        """Where the pen is; None before anything was measured."""
        x, y = self.values.get("x_mm"), self.values.get("y_mm")
        return None if x is None or y is None else (x, y)

    @property
    def share(self) -> float:
        """How much of the time is over, 0 to 1."""
        total_s = self.before_s + self.total_s
        return min(1.0, (self.before_s + self.done_s) / total_s) if total_s > 0 else 0.0

    @property
    def part(self) -> int:
        """Which of its sheets, or layers of one, it draws; counted from 0."""
        return min(int(self.values.get("part", 0)), len(self._parts) - 1)

    @property
    def sheet(self) -> str:
        """The file of the sheet that it draws, in its folder."""
        return str(self._parts[self.part].get("sheet", SHEET))

    @property
    def begin(self) -> tuple[int, float]:
        """Stroke, and mm along it, where it began to draw the present sheet."""
        if self._first_of_sheet:
            return 0, 0.0
        stroke = _first_line(self._parts[0]) + int(self.arguments.get("stroke", 0))
        return stroke, float(self.arguments.get("along_mm", 0.0))

    @property
    def first_line(self) -> int:
        """Of the sheet, which the present part begins with; 0 unless it draws some layers only."""
        return _first_line(self._parts[self.part])

    @property
    def part_pen(self) -> str:
        """The pen that the present part is for."""
        return str(self._parts[self.part].get("pen", ""))

    @property
    def pen(self) -> str:
        """What is in the clip by now, as it was told; empty if nobody has said."""
        told = self.part_pen or str(self.arguments.get("pen", ""))
        return self.taken[1] if self.taken[0] == self.part else told

    @property
    def _parts(self) -> list[Mapping[str, Any]]:
        return self.arguments.get("parts") or [{}]

    @property
    def _papers(self) -> list[int]:
        """The parts that begin a sheet of paper."""
        return [at for at, part in enumerate(self._parts) if at == 0 or part.get("wait") == "paper"]

    @property
    def _first_of_sheet(self) -> int:
        """The part that the present sheet of paper was begun with."""
        return max(at for at in self._papers if at <= self.part)

    @property
    def settings(self) -> dict[str, float]:
        """Heights, speeds and times it was started with, by their names; empty for the usual ones."""
        return dict(self._parts[self.part].get("settings", {}))

    @property
    def unusual(self) -> tuple[tuple[str, float], ...]:
        """Those of the settings that are numbers, not the usual ones and alike for all that was drawn.

        What differs is a pen's, or a layer asks for it.
        """
        from plotter.axidraw import PlotSettings

        usual = PlotSettings().model_dump()
        every = [part.get("settings", {}) for part in self._parts]
        numbers = [(key, value) for key, value in self.settings.items() if isinstance(value, int | float)]
        return tuple(
            (key, value)
            for key, value in numbers
            if value != usual.get(key, value) and all(each.get(key) == value for each in every)
        )

    @property
    def where(self) -> str:
        """The plotter and its model, a line each."""
        from plotter.axidraw import MACHINES

        port, name = str(self.arguments.get("port", "")), str(self.arguments.get("machine", ""))
        scale = self.arguments.get("time_scale", 1)
        speed = f", {f'{scale:g} x real time' if scale else 'waiting for nothing'}" if port == SIMULATOR else ""
        title = next((each.title for each in MACHINES if each.name == name), name)
        return f"{port}{speed}\n{title}"

    def word(self, state: State) -> str:
        """The state as one word for all to see, and why it waits."""
        if state.value == "running":
            why = f": {self.why.upper()}" if self.why and self.state == "paused" else ""
            return f"{self.state.upper()}{why}" if self.state else "STARTING"
        return WORDS.get(state.value, state.value.upper())

    def panel(self, state: State) -> str:
        """How far it is, a line each."""
        get = self.values.get
        lines = [f"{bar(self.share, 24)} {self.share:>4.0%}"]
        if (papers := self._papers)[1:]:
            lines.append(f"sheet    {papers.index(self._first_of_sheet) + 1} of {len(papers)}")
        if title := str(self._parts[self.part].get("title", "")):
            pen = f", {self.part_pen}" if self.part_pen else ""
            lines.append(f"layer    {title}{pen}")
        if (strokes := get("strokes")) is not None:
            stroke = min(int(get("stroke", 0)) + 1, int(strokes))
            lines.append(f"stroke   {stroke} of {int(strokes)}")
        if (total := get("ink_total_mm")) is not None:
            lines.append(f"ink      {metres(self.inked_mm)} of {metres(total)}")
        lines.append(f"elapsed  {duration(self.before_s + self.done_s)}")
        left = get("remaining_s", self.total_s - self.done_s)
        lines.append(f"left     {duration(0.0 if state.value == 'finished' else left)}")
        if self.pen_mm is not None:
            pen = "down" if get("pen_down") else "up"
            lines.append(f"pen      {pen}, at {self.pen_mm[0]:.1f}, {self.pen_mm[1]:.1f} mm")
        if self.failed is not None:
            lines += ["", self.failed.error, *([self.failed.remedy] if self.failed.remedy else [])]
        if self.said:
            lines += ["", *self.said[-3:]]
        return "\n".join(lines)


def _first_line(part: Mapping[str, Any]) -> int:
    return int((part.get("lines") or [0])[0])


def has_begun(run: Run) -> bool:
    """Whether a plot came so far as to draw; before that nothing has moved."""
    return any(isinstance(event, Measured) for event in run.events())


def estimate(ready: Ready, time_scale: float, parts: Sequence[Part] = ()) -> str:
    """A sheet and what drawing it takes, a line each; before and after where it was optimised.

    Args:
        time_scale: of the simulator; 1 for a real machine.
        parts: what it is drawn in, if that is several.
    """
    plans = [part.ready.plan for part in parts] or [ready.plan]
    time_s = sum(part.duration_s for part in parts) if parts else ready.plan.duration_s
    ink_m, travel_m = sum(plan.ink_m for plan in plans), sum(plan.travel_m for plan in plans)
    lifts = sum(plan.lifts for plan in plans)
    lines = [f"{'':<8}{'before':>11}{'after':>12}"] if ready.before is not None else []
    figures = ready.after
    strokes = len(ready.sheet.drawing.lines) if figures is None else figures.strokes
    rows = [
        ("strokes", f"{strokes:,}", None if ready.before is None else f"{ready.before.strokes:,}"),
        ("lifts", f"{lifts:,}", None if ready.before is None else f"{ready.before.lifts:,}"),
        ("ink", metres(1000 * ink_m), None if ready.before is None else metres(1000 * ready.before.ink_m)),
        (
            "travel",
            metres(1000 * travel_m),
            None if ready.before is None else metres(1000 * ready.before.travel_m),
        ),
    ]
    for name, after, before in rows:
        lines.append(f"{name:<8}{after:>10}" if before is None else f"{name:<8}{before:>11}{after:>12}")
    alike = all(plan.settings == ready.plan.settings for plan in plans)  # else it is no time of these pens
    time, before = duration(time_s), duration(ready.before_s) if alike and ready.before_s is not None else ""
    lines.append(f"{'time':<8}{time:>10}" if ready.before is None else f"{'time':<8}{before:>11}{time:>12}")
    lines += [f"{each.name:<8}{f'{each.count:,}':>11}{f'-{duration(each.seconds)}':>12}" for each in ready.saved]
    if time_scale > 1:
        lines.append(f"simulated in {duration(time_s / time_scale)}")
    return "\n".join(lines)
