"""The official AxiDraw and NextDraw software, if the person has installed it; never required, never imported.

It is driven as a person would: by its commands ``axicli`` and ``nextdraw``, with the options that their makers'
manuals tell of (axidraw.com/doc/cli_api, bantam.tools/nd_cli), and by what they print.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

from plotter.axidraw import PlotSettings
from plotter.errors import PlotterError, PlotterNotFound

OFFICIAL = "official"
"""The port of whichever there is; ``official:axicli`` and ``official:nextdraw`` name one, any other name a plotter."""
AXICLI, NEXTDRAW = "axicli", "nextdraw"
COMMANDS = (AXICLI, NEXTDRAW)
HOW_TO_GET = (
    "its maker offers it for download: axicli at axidraw.com/doc/cli_api, nextdraw at bantam.tools/nd_cli; it must lie "
    "on the path"
)
FASTEST_MM_S = 200.8
"""Speed of axicli at 100 %, measured; it goes up to 110 %, 8.7 inches a second."""
ACCEL_MM_S2 = 1016.0
"""Acceleration of axicli at 100 %, pen down; pen up it is half as much again."""
RATE_PCT_S = 5.0
"""So many percent of the servo's range in a second are 1 % of its rate of raising or lowering."""
_VERSION_S = 15.0
_MODELS = {
    "axidraw-v3": 1,
    "axidraw-se-a4": 1,
    "axidraw-v3-a3": 2,
    "axidraw-se-a3": 2,
    "axidraw-v3-xlx": 3,
    "axidraw-minikit": 4,
    "axidraw-se-a1": 5,
    "axidraw-se-a2": 6,
    "axidraw-v3-b6": 7,
    "nextdraw-8511": 8,
    "nextdraw-1117": 9,
    "nextdraw-2234": 10,
}
_TAKEN = (
    "speed_down_mm_s", "speed_up_mm_s", "accel_down_mm_s2", "pen_up_pct", "pen_down_pct", "raise_pct_s", "lower_pct_s",
    "join_mm", "lift",
)  # fmt: skip
"""Settings that it is told, or that have been seen to before."""


@dataclass(frozen=True)
class Official:
    """Official software that can be driven."""

    name: str
    """axicli or nextdraw."""
    command: tuple[str, ...]
    """What starts it."""

    @property
    def where(self) -> str:
        """The command as a person types it."""
        return " ".join(self.command)

    def pen(self, *, up: bool) -> list[str]:
        """Options that raise or lower the pen and do nothing else."""
        mode, option = ("manual", "--manual_cmd") if self.name == AXICLI else ("utility", "--utility_cmd")
        return ["--mode", mode, option, "raise_pen" if up else "lower_pen"]


@dataclass(frozen=True)
class Chosen:
    """Official software, and the plotter that it shall draw on."""

    official: Official
    plotter: str = ""
    """A device or a nickname; empty for the first that it finds."""


def is_official(port: str) -> bool:
    """Whether a port means the official software."""
    return port == OFFICIAL or port.startswith(f"{OFFICIAL}:")


def find_official() -> list[Official]:
    """Official software on the path, and axicli as a module of this Python; nothing is run."""
    found = [Official(name, (path,)) for name in COMMANDS if (path := shutil.which(name))]
    if AXICLI not in [each.name for each in found] and _has_module(AXICLI):
        found.append(Official(AXICLI, (sys.executable, "-m", AXICLI)))
    return found


def has_only_modules() -> bool:
    """Whether NextDraw's Python module is there, but no command that could be driven."""
    return not find_official() and any(map(_has_module, ("nextdraw", "pyaxidraw")))


def _has_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def choose(port: str) -> Chosen:
    """What a port as ``official``, ``official:nextdraw`` or ``official:nextdraw:East`` means.

    Raises:
        PlotterNotFound: it is not installed; the message says how to get it.
    """
    words = port.split(":", 2)[1:]
    name = words[0] if words and words[0] in COMMANDS else ""
    plotter = ":".join(words[1:] if name else words).strip()
    found = [each for each in find_official() if name in ("", each.name)]
    if not found:
        raise PlotterNotFound(f"The official software{f' {name}' if name else ''} is not installed; {HOW_TO_GET}.")
    return Chosen(found[0], plotter)


def version_of(official: Official) -> str:
    """What it says of its version; empty if it does not. It is run, and touches no plotter."""
    try:
        done = subprocess.run(
            [*official.command, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=_VERSION_S, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = re.search(r"\d+(?:\.\d+)+\S*", f"{done.stdout} {done.stderr}")
    return match[0] if match is not None else ""


def options_of(chosen: Chosen, settings: PlotSettings, machine: str) -> list[str]:
    """Machine, heights and speeds as its options, for everything that it is asked to do.

    Raises:
        PlotterError: it does not know the machine.
    """
    name = chosen.official.name
    model = _MODELS.get(machine)
    if model is None or (name == AXICLI and model > 7):
        others = ", ".join(each for each, number in _MODELS.items() if name == NEXTDRAW or number <= 7)
        raise PlotterError(f"{name} does not know the machine {machine}; it knows {others}.")
    options = {
        "--model": model,
        "--speed_pendown": _percent(settings.speed_down_mm_s / FASTEST_MM_S, 110),
        "--speed_penup": _percent(settings.speed_up_mm_s / FASTEST_MM_S, 110),
        "--accel": _percent(settings.accel_down_mm_s2 / ACCEL_MM_S2, 110),
        "--pen_pos_up": round(settings.pen_up_pct),
        "--pen_pos_down": round(settings.pen_down_pct),
        "--pen_rate_raise": _percent(settings.raise_pct_s / RATE_PCT_S / 100, 100),
        "--pen_rate_lower": _percent(settings.lower_pct_s / RATE_PCT_S / 100, 100),
    }
    words = [word for option, value in options.items() for word in (option, str(value))]
    words += ["--penlift", "3"] if settings.lift == "brushless" else []
    return [*words, "--port", chosen.plotter] if chosen.plotter else words


def _percent(share: float, most: int) -> int:
    return min(most, max(1, round(100 * share)))


def not_taken(chosen: Chosen, settings: PlotSettings) -> list[str]:
    """What of the settings it can't be told, in words."""
    usual = PlotSettings()
    left = [
        f"plot.{name}"
        for name in type(settings).model_fields
        if name not in _TAKEN and getattr(settings, name) != getattr(usual, name)
    ]
    words = [f"{chosen.official.name} can't be told {', '.join(left)}"] if left else []
    if max(settings.speed_down_mm_s, settings.speed_up_mm_s) > 1.1 * FASTEST_MM_S:
        words.append(f"{chosen.official.name} draws at {1.1 * FASTEST_MM_S:.0f} mm/s at most")
    if chosen.official.name == NEXTDRAW:
        words.append("nextdraw takes speeds as percents of its own fastest, which may be others than those of axicli")
    return words


_PERCENT = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d+)?)\s*%")
_TIME = re.compile(r"(?:print time|elapsed time)\s*:\s*((?:\d+:)*\d+(?:\.\d+)?)", re.I)
_DRAWN = re.compile(r"length of path (?:drawn|to draw)\s*:\s*(\d+(?:\.\d+)?)\s*(m|mm|in)\b", re.I)
_MM = {"m": 1000.0, "mm": 1.0, "in": 25.4}


class Listener:
    """Understands what it prints, as far as that tells something; whatever else it prints are its words."""

    def __init__(self) -> None:
        self.share = 0.0
        """How much of what it was asked for is done, 0 to 1, by its progress bar."""
        self.seconds: float | None = None
        """How long it takes, of a preview; or took."""
        self.drawn_mm: float | None = None
        """Length that is to be drawn, of a preview; or was."""
        self.paused = False
        """It says that it has paused."""
        self.button = False
        """It says that this was because of the button."""
        self._words: list[str] = []
        self._rest = ""

    def hear(self, text: str) -> None:
        """Take what it printed since; lines end as lines do, or where a progress bar begins anew."""
        *lines, self._rest = re.split(r"[\r\n]", self._rest + text)
        for line in lines:
            self._take(line)
        if match := _PERCENT.search(self._rest):  # a bar that waits for its next state
            self._progress(match)

    def end(self) -> None:
        """It prints no more."""
        self._take(self._rest)
        self._rest = ""

    @property
    def words(self) -> str:
        """The last of what it said, in one line."""
        return " ".join(" ".join(self._words).split())[-400:]

    def _take(self, line: str) -> None:
        if not line.strip():
            return
        if match := _PERCENT.search(line):
            self._progress(match)
            return
        self._words.append(line.strip())
        if match := _TIME.search(line):
            self.seconds = _seconds(match[1])
        if match := _DRAWN.search(line):
            self.drawn_mm = float(match[1]) * _MM[match[2].lower()]
        if re.search(r"\bpaused\b", line, re.I):
            self.paused = True
            self.button = "button" in line.lower()

    def _progress(self, match: re.Match[str]) -> None:
        self.share = max(self.share, min(1.0, float(match[1]) / 100))


def _seconds(text: str) -> float:
    total = 0.0
    for part in text.split(":"):
        total = 60 * total + float(part)
    return total
