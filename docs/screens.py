"""A picture of each screen of the studio, taken while it is used."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from pictures import save
from screen_picture import screen_picture
from textual.pilot import Pilot

from tui.app import Monoline
from tui.messages import SheetReady
from tui.walk import End

SIZE = (120, 36)
LONGEST_S = 180.0
Use = Callable[[Monoline, Pilot[None]], Awaitable[None]]


async def take(folder: Path, name: str, mode: str, use: Use, *, after: Use | None = None) -> None:
    """Open the studio on a screen, use it, and take its picture."""
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}  # whatever terminal, or none, this runs in
    (folder / ".last.json").unlink(missing_ok=True)  # what was looked at last, which each picture is to begin without
    Monoline.DEFAULT_MODE = mode  # read when the application is made
    application = Monoline(folder)
    async with application.run_test(size=SIZE) as pilot:
        await use(application, pilot)
        await pilot.pause(0.3)
        save(name, screen_picture(application), colours=255)
        if after is not None:
            await after(application, pilot)


async def comes(pilot: Pilot[None], what: str, condition: Callable[[], object]) -> None:
    """Let the application go on until something holds.

    Raises:
        TimeoutError: it never did.
    """
    limit = time.monotonic() + LONGEST_S
    while not condition():
        if time.monotonic() > limit:
            raise TimeoutError(what)
        await pilot.pause(0.1)


def text(application: Monoline) -> str:
    """What the screen says."""
    strips = application.screen._compositor.render_strips()  # pyright: ignore[reportPrivateUsage] - no public way
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def says(application: Monoline, words: str) -> Callable[[], bool]:
    """Whether it says this by now."""
    return lambda: words in text(application)


async def full(application: Monoline, pilot: Pilot[None]) -> None:
    """Wait until the gallery of Sample is full."""

    def drawn() -> bool:
        summary = application.screen.query("#sample-summary")
        return bool(summary) and "kept" in str(summary.first().render())

    await comes(pilot, "the gallery never filled", drawn)


async def sample(application: Monoline, pilot: Pilot[None]) -> None:
    """Seeds at a temperature."""
    await full(application, pilot)


async def ladder(application: Monoline, pilot: Pilot[None]) -> None:
    """Seeds by temperatures."""
    await full(application, pilot)
    await pilot.press("l")
    await pilot.pause(0.5)
    await full(application, pilot)


async def tray(application: Monoline, pilot: Pilot[None]) -> None:
    """Four drawings that were kept, two of them marked."""
    await full(application, pilot)
    for _ in range(5):
        await pilot.press("k", "right")
    await pilot.press("t")
    await pilot.pause(0.5)
    await pilot.press("space", "right", "space")


async def interpolate(application: Monoline, pilot: Pilot[None]) -> None:
    """A walk through three seeds."""
    await pilot.pause(0.5)
    application.walk = tuple(End(f"seed {seed}", seed=seed) for seed in (7, 21, 13))
    application.tell()

    def drawn() -> bool:
        return "all drawn" in (told := text(application)) and "lifts" in told and "appears here" not in told

    await comes(pilot, "the walk never came", drawn)


async def prepare(application: Monoline, pilot: Pilot[None]) -> None:
    """The scans of the studio."""
    await comes(pilot, "no scans", says(application, "sb47"))
    await comes(pilot, "no dataset", says(application, "train"))
    await pilot.press("b")
    await comes(pilot, "no scans", says(application, "sb47/001"))
    await pilot.press(*["down"] * 7)
    await pilot.pause(1)


async def shelf(application: Monoline, pilot: Pilot[None]) -> None:
    """Thumbnails of all scans."""
    await prepare(application, pilot)
    await pilot.press("v")
    await pilot.pause(2)


async def clusters(application: Monoline, pilot: Pilot[None]) -> None:
    """What is alike."""
    await prepare(application, pilot)
    await pilot.press("c")
    await pilot.pause(2)


async def scan(application: Monoline, pilot: Pilot[None]) -> None:
    """A scan beside its lines."""
    await prepare(application, pilot)
    await pilot.press("enter")
    await comes(pilot, "never traced", lambda: not getattr(application.screen, "working", True))
    await pilot.pause(1)


async def train(application: Monoline, pilot: Pilot[None]) -> None:
    """A training that has ended."""
    await comes(pilot, "no run", says(application, "profiles"))
    await pilot.pause(1)


async def plot(application: Monoline, pilot: Pilot[None]) -> None:
    """A plot nearly half way."""
    await comes(pilot, "the sheet was never ready", lambda: application.screen.check_action("start", ()))
    await pilot.press("enter")

    def far() -> bool:
        return any(42 <= int(share) < 100 for share in re.findall(r"\b(\d+)%", text(application)))

    await comes(pilot, "it never drew", far)


async def stop(application: Monoline, pilot: Pilot[None]) -> None:
    """No plot goes on after its picture."""
    await pilot.press("x")
    await comes(pilot, "the plot never stopped", lambda: not application.jobs.plotting)


async def settings(application: Monoline, pilot: Pilot[None]) -> None:
    """How the studio looks and is played."""
    await prepare(application, pilot)
    await pilot.press("f3")
    await pilot.pause(1)


SCREENS: tuple[tuple[str, str, Use], ...] = (
    ("studio", "sample", sample),
    ("tray", "sample", tray),
    ("sample-ladder", "sample", ladder),
    ("interpolate", "interpolate", interpolate),
    ("prepare", "prepare", prepare),
    ("shelf", "prepare", shelf),
    ("clusters", "prepare", clusters),
    ("scan", "prepare", scan),
    ("train", "train", train),
    ("settings", "prepare", settings),
)


async def screens(folder: Path, sheet: Path) -> None:
    """All of them; the sheet is the one that is plotted."""
    for name, mode, use in SCREENS:
        await take(folder, name, mode, use)
    shutil.copy(sheet, folder / "sheets" / sheet.name)

    async def ready(application: Monoline, pilot: Pilot[None]) -> None:
        await pilot.pause(0.5)
        application.post_message(SheetReady(folder / "sheets" / sheet.name))
        await plot(application, pilot)

    await take(folder, "plot", "plot", ready, after=stop)
