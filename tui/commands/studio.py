"""Commands about the whole: is everything well, and a first tour."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from configs.errors import MonolineError
from tui.commands.demo import demo
from tui.console import FAILED, AsJson, finish, note


@dataclass(frozen=True)
class Check:
    """One thing that ``doctor`` looked at."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def register(app: typer.Typer) -> None:
    """Add these commands to the top level."""
    app.command()(doctor)
    app.command()(demo)


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Look whether all is well: Python, torch and device, terminal, plotters, official software, studio."""
    checks = list(examine(context.obj))
    ok = all(check.ok for check in checks)
    result = {"ok": ok, "checks": [asdict(check) for check in checks]}
    lines = [f"[{'green' if c.ok else 'red'}]{'✓' if c.ok else '✗'}[/] {c.name:<18} {_escape(c.found)}" for c in checks]
    remedies = [f"  {check.name}: {_escape(check.remedy)}" for check in checks if check.remedy]
    finish(result, "\n".join([*lines, *remedies]), as_json=as_json)
    if not ok:
        note(f"monoline: {', '.join(check.name for check in checks if not check.ok)} must be put right first.")
        raise typer.Exit(FAILED)


def examine(studio: Path) -> Iterator[Check]:
    """Every check in turn; torch is imported, no port is opened."""
    fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Check(
        "Python", fits, f"{platform.python_version()} in {sys.prefix}", "" if fits else "use Python 3.11 to 3.13"
    )
    yield _torch()
    yield _vpype()
    yield _terminal()
    yield _pictures()
    yield _browser()
    yield _plotters()
    yield _official()
    yield _studio(studio)


def _torch() -> Check:
    try:
        from model.device import best_device, torch_version

        device = best_device()
        return Check("torch and device", True, f"torch {torch_version()}, {device.kind} ({device.name})")
    except (ImportError, OSError, RuntimeError) as error:
        return Check("torch and device", False, str(error), "install monoline again with make install")


def _vpype() -> Check:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return Check("vpype", True, f"vpype {version('vpype')}")
    except PackageNotFoundError:
        return Check("vpype", False, "not installed", "install monoline again with make install")


def _terminal() -> Check:
    size = shutil.get_terminal_size()
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    colours = "24 bit colours" if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit") else "256 colours"
    found = f"{size.columns} x {size.lines}, {colours}, {'UTF-8' if utf8 else sys.stdout.encoding}"
    remedy = "" if utf8 else "braille needs UTF-8: set LC_ALL=C.UTF-8"
    if size.columns < 80 or size.lines < 24:
        remedy = "make the window 80 x 24 at least"
    return Check("terminal", True, found, remedy)


def _pictures() -> Check:
    from tui.sharp import HOW_TO_GET, ask_terminal, is_available, may_answer

    if not may_answer(os.environ):
        return Check("pictures", True, "braille and half blocks: the terminal is not known to show pictures")
    if not is_available():
        return Check("pictures", True, "braille and half blocks", f"optional, for sharp ones here; {HOW_TO_GET}")
    sharpness = ask_terminal()
    found = f"{sharpness.kind}, {sharpness.cell[0]} x {sharpness.cell[1]} pixels a character"
    return Check("pictures", True, found if sharpness.kind else "braille and half blocks: the terminal shows no others")


def _browser() -> Check:
    from importlib.metadata import version

    from tui.commands.serve import HOW_TO_GET, is_available

    if is_available():
        return Check("browser", True, f"monoline serve, with textual-serve {version('textual-serve')}")
    return Check("browser", True, "monoline serve is not installed", f"optional; {HOW_TO_GET}")


def _plotters() -> Check:
    from plotter.ports import find_ports

    found = [f"{port.device}{f' ({port.name})' if port.name else ''}" for port in find_ports()]
    return Check("plotters", True, ", ".join(found) or "none plugged in")


def _official() -> Check:
    from plotter.official import HOW_TO_GET, find_official, has_only_modules, version_of

    how = "driven as a subprocess by plot --port official, tested with a stand-in only"
    found = [f"{each.name} {version_of(each)}".rstrip() + f", {each.where}" for each in find_official()]
    if found:
        return Check("official software", True, "; ".join(found), how)
    words = "a Python module without its command, which can't be driven" if has_only_modules() else "not installed"
    return Check("official software", True, words, f"optional; {HOW_TO_GET}; {how}")


def _studio(folder: Path) -> Check:
    from studio.folder import is_studio, open_studio

    if not is_studio(folder):
        reason = _not_a_place(folder)
        if reason:
            return Check("studio", False, f"{folder} {reason}", "name a new or an empty folder with --studio")
        return Check("studio", True, f"none yet at {folder}", "monoline makes it when it is opened")
    try:
        studio = open_studio(folder)
        found = f"{studio.name}, version {studio.settings.version}, at {folder}"
        return Check("studio", True, found, " ".join(_faults_of_settings(folder)))
    except MonolineError as error:
        return Check("studio", False, str(error), "put that right, or name another with --studio")


def _faults_of_settings(folder: Path) -> tuple[str, ...]:
    """What is wrong with how the studio is to look and be played; it opens all the same."""
    from textual.theme import BUILTIN_THEMES

    from tui.settings import read_ui
    from tui.themes import OURS

    return read_ui(folder, {*BUILTIN_THEMES, *(theme.name for theme in OURS)})[1]


def _not_a_place(folder: Path) -> str:
    """Why no studio can be made there; empty if one can."""
    if folder.exists() and not folder.is_dir():
        return "is a file"
    if folder.is_dir() and any(folder.iterdir()):
        return "has files in it and is no studio"
    there = next(each for each in (folder, *folder.resolve().parents) if each.exists())
    return "" if os.access(there, os.W_OK) else "can't be written"


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)
