"""Where a sheet comes from: the tray, the studio's sheets, an earlier plot, or any file."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

from configs.errors import MonolineError
from tui.messages import WorkFailed
from tui.plotting import SHEET, has_begun
from tui.screens.screen import StudioScreen
from tui.widgets.dialog import ListDialog, PathDialog

TRAY, FILE = "tray", "file"
MOST = 12
"""Sheets that are listed, the newest first."""


def ask_for_sheet(screen: StudioScreen, take: Callable[[Path], None]) -> None:
    """Ask for a sheet; ``take`` gets its path, if one is chosen."""
    studio, tray = screen.monoline.studio, screen.monoline.tray
    if studio is None:
        return
    lines: list[tuple[str, str]] = []
    if tray is not None and tray.kept:
        lines.append((TRAY, f"the tray: {_drawings(len(tray.kept))} on one A4 sheet"))
    sheets = sorted(studio.sheets.glob("*.svg"), key=lambda path: -path.stat().st_mtime)
    lines += [(str(path), f"sheet  {path.stem}") for path in sheets[:MOST]]
    plots = (path for path in sorted(studio.plots.glob(f"*/{SHEET}"), reverse=True) if _worth_offering(path.parent))
    lines += [(str(path), f"plot   {path.parent.name}") for path in itertools.islice(plots, MOST)]
    lines.append((FILE, "a file ..."))

    def chosen(answer: str | None) -> None:
        if answer == FILE:
            screen.app.push_screen(PathDialog("Open a sheet", "an .svg, true to size"), given)
        elif answer == TRAY:
            _lay_out_tray(screen, take)
        elif answer is not None:
            take(Path(answer))

    def given(path: Path | None) -> None:
        if path is not None:
            take(path)

    screen.app.push_screen(ListDialog("Which sheet?", lines), chosen)


def _worth_offering(folder: Path) -> bool:
    """Whether this is the folder of a plot that came so far as to draw."""
    from studio.runs import Run, State

    try:
        run = Run(folder)
        return run.state is not State.FAILED or has_begun(run)
    except MonolineError:  # its sheet may be whole all the same
        return True


def _lay_out_tray(screen: StudioScreen, take: Callable[[Path], None]) -> None:
    from tui.sheets import new_sheet

    studio, tray = screen.monoline.studio, screen.monoline.tray
    assert studio is not None
    assert tray is not None
    try:
        take(new_sheet(studio, [kept.entry for kept in tray.kept], "tray"))
    except MonolineError as error:
        screen.post_message(WorkFailed("The tray can't be laid out", str(error)))


def _drawings(count: int) -> str:
    return "1 drawing" if count == 1 else f"{count} drawings"
