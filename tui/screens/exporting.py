"""Exporting the sheet that Plot shows: the question for a file name, and the file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from configs.errors import MonolineError
from tui.messages import WorkFailed
from tui.plotting import SHEET
from tui.widgets.dialog import TextDialog

if TYPE_CHECKING:
    from plotter.export import Exported
    from plotter.sheet import Sheet
    from tui.plot_choice import Made
    from tui.screens.plot_sheet import SheetScreen

HINT = "a name that ends in .svg .hpgl .gcode .pdf or .png"


def ask_for_export(screen: SheetScreen, made: Made) -> None:
    """Ask for a file, and write the sheet to it as it would be drawn, in the format of the name's ending."""
    studio = screen.monoline.studio
    if studio is None:
        return
    path = made.choice.sheet
    name = path.parent.name if path.name == SHEET else path.stem

    def named(text: str | None) -> None:
        if text:
            screen.run_worker(partial(_write, screen, made, _path(text)), thread=True, group="export")

    start = str(studio.sheets / f"{name}.pdf")
    screen.app.push_screen(TextDialog("Export to which file?", HINT, start, _wrong), named)


def _path(text: str) -> Path:
    return Path(text).expanduser()


def _wrong(text: str) -> str:
    """Why a file of this name can't be written; empty if it can."""
    from plotter.export import format_of

    path = _path(text)
    try:
        format_of(path)
    except MonolineError as error:
        return str(error)
    if path.exists():
        return f"{path} exists; name another."
    return "" if path.parent.is_dir() else f"There is no folder {path.parent}."


def _write(screen: SheetScreen, made: Made, path: Path) -> None:
    from plotter.export import ExportSettings, export_sheet

    sheet: Sheet = made.ready.sheet
    nib_mm = sheet.nib_mm if made.pen is None else made.pen.nib_mm
    try:
        done = export_sheet(sheet, path, ExportSettings(nib_mm=nib_mm))
    except (MonolineError, OSError) as error:
        screen.post_message(WorkFailed("The sheet was not exported", str(error)))
        return
    screen.app.call_from_thread(_written, screen, path, done)


def _written(screen: SheetScreen, path: Path, done: Exported) -> None:
    words = "\n".join(remark[:1].upper() + remark[1:] for remark in done.remarks)
    screen.notify(words or f"The sheet as {done.format}.", title=f"Written to {path.name}", timeout=10)
