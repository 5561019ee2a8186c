"""``monoline sheet`` and ``monoline optimize``: drawings on paper, and the order in which the pen takes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tui.commands.sheet_options import (
    Caption,
    Captions,
    CropMarks,
    Edition,
    Frame,
    Growing,
    Layered,
    PerSheet,
    Registration,
    Signature,
    SignatureMm,
    TitleLine,
    Trim,
    Turned,
    check_caption,
    check_file,
    furniture_of,
)
from tui.console import AsJson, CommandError, Force, check_free, finish

if TYPE_CHECKING:
    from drawing.collection import Entry
    from drawing.drawing import Drawing
    from plotter.axidraw import PlotSettings
    from plotter.optimize import Figures
    from plotter.sheet import Sheet

Picture = Annotated[
    Path | None, typer.Option(metavar="FILE.png", help="A picture of the paper too.", show_default=False)
]
Nib = Annotated[
    float | None,
    typer.Option(metavar="MM", help="Width of the pen's line, for previews; in the file too.", show_default=False),
]
Travel = Annotated[bool, typer.Option("--travel", help="Dot the ways of the lifted pen in the picture.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the top level."""
    for command in (sheet, optimize):
        app.command()(command)


def sheet(
    drawings: Annotated[
        list[Path], typer.Argument(metavar="SVG...", help="Drawings in order; any file or folder of drawings will do.")
    ],
    out: Annotated[Path, typer.Option(metavar="SHEET.svg", help="The sheet to write.", show_default=False)],
    paper: Annotated[
        str, typer.Option(help="A0 to A6, letter, legal, tabloid, or a size as 200x300 or 8x10in.")
    ] = "A4",
    landscape: Annotated[bool, typer.Option("--landscape", help="The long side across.")] = False,
    grid: Annotated[
        str, typer.Option(metavar="RxC", help="Rows and columns; what makes drawings largest by default.")
    ] = "",
    margin: Annotated[float, typer.Option(metavar="MM", min=0, max=2000, help="White around all.")] = 15.0,
    gutter: Annotated[float, typer.Option(metavar="MM", min=0, max=2000, help="White between drawings.")] = 6.0,
    series: Annotated[
        Literal["grid", "strip", "spiral", "overlay", "flipbook"] | None,
        typer.Option(help="All of one scale, in rows, in one row, along a spiral, over each other, or one a page."),
    ] = None,
    scale: Annotated[
        Literal["each", "same"] | None,
        typer.Option(help="Each drawing as large as fits, or all of one scale; the latter in a series."),
    ] = None,
    align: Annotated[
        Literal["box", "ink", "origin"] | None,
        typer.Option(help="Centre the bounds or the ink of each drawing, or leave all where they lie to each other."),
    ] = None,
    turned: Turned = False,
    growing: Growing = False,
    per_sheet: PerSheet = 1,
    layered: Layered = False,
    captions: Captions = False,
    caption: Caption = "",
    edition: Edition = "",
    title_line: TitleLine = "",
    signature: Signature = "",
    signature_mm: SignatureMm = 10.0,
    frame: Frame = None,
    crop_marks: CropMarks = False,
    trim: Trim = "",
    registration: Registration = False,
    title: Annotated[str, typer.Option(help="Kept in the file; that at the foot by default.")] = "",
    nib: Nib = None,
    picture: Picture = None,
    travel: Travel = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Lay drawings out on paper, true to size."""
    from plotter.layout import SheetSettings
    from plotter.series import edition_files, lay_out_edition
    from plotter.sheet import write_sheet

    _check_ending(out, ".svg")
    check_nib(nib)
    rows, columns = _grid(grid)
    if series is None and (turned or growing or per_sheet > 1):
        raise typer.BadParameter("--turned and --growing are for --series spiral, --per-sheet is for flipbook")
    furniture = furniture_of(
        edition=edition,
        title=title_line,
        signature=check_file(signature),
        signature_mm=signature_mm,
        frame_mm=frame,
        crop_marks=crop_marks,
        trim=trim,
        registration=registration,
    )
    entries, skipped = _entries(drawings)
    settings = SheetSettings(
        paper=_paper(paper),
        landscape=landscape,
        margin_mm=margin,
        rows=rows,
        columns=columns,
        gutter_mm=gutter,
        scale=scale,
        align=align,
        captions=captions,
        caption=check_caption(caption),
        nib_mm=nib,
        turned=turned,
        growing=growing,
        per_sheet=per_sheet,
        layered=layered,
        furniture=furniture,
    )
    numbers = lay_out_edition(entries, series, settings, title=title or title_line)
    sheets = [sheet for each in numbers.values() for sheet in each]
    each = len(sheets) // len(numbers)
    files = edition_files(out, list(numbers), each)
    pictures = [] if picture is None else edition_files(_check_ending(picture, ".png"), list(numbers), each)
    for file in (*files, *pictures):
        check_free(file, force)
    for file, made in zip(files, sheets, strict=True):
        write_sheet(file, made)
    for file, made in zip(pictures, sheets, strict=False):
        _save_picture(file, made, travel)
    result = {
        "files": [str(file) for file in files],
        "pictures": [str(file) for file in pictures],
        "paper": sheets[0].paper.name,
        "width_mm": sheets[0].paper.width_mm,
        "height_mm": sheets[0].paper.height_mm,
        "nib_mm": nib,
        "series": series,
        "edition": [number for number in numbers if number],
        "drawings": len(entries),
        "cells": [
            {"name": cell.name, "box_mm": list(cell.box), "scale": cell.scale} for each in sheets for cell in each.cells
        ],
        "strokes": sum(len(each.drawing.lines) for each in sheets),
        "ink_m": sum(each.drawing.ink for each in sheets) / 1000,
        "skipped": skipped,
    }
    named = str(files[0]) if len(files) == 1 else f"{files[0]} to {files[-1].name}"
    words = "1 drawing" if len(entries) == 1 else f"{len(entries)} drawings"
    strokes = "1 stroke" if result["strokes"] == 1 else f"{result['strokes']:,} strokes"
    many = "each of " if len(numbers) > 1 and each == 1 else ""
    on = sheets[0].paper if len(sheets) == 1 else f"{many}{len(sheets)} sheets of {sheets[0].paper}"
    text = f"{named}: {words} on {on}, {strokes}, {result['ink_m']:.2f} m of ink{' in all' if many else ''}"
    finish(result, text, as_json=as_json, skipped=skipped)


def _check_ending(path: Path, ending: str) -> Path:
    if path.suffix.lower() != ending:
        raise typer.BadParameter(f"{path.name} must end in {ending}")
    return path


def check_nib(nib: float | None) -> None:
    """Refuse a width that no pen has."""
    from plotter.sheet import LARGEST_NIB_MM

    if nib is not None and not 0 < nib <= LARGEST_NIB_MM:
        raise typer.BadParameter(f"--nib {nib:g} is no width; it is more than 0 and at most {LARGEST_NIB_MM:g} mm")


def _grid(text: str) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    match = re.fullmatch(r"(\d{1,3})\s*[x×]\s*(\d{1,3})", text.strip().lower())
    if match is None or not (1 <= int(match[1]) <= 500 and 1 <= int(match[2]) <= 500):
        raise typer.BadParameter(f"--grid {text} is not rows x columns, as 3x4")
    return int(match[1]), int(match[2])


def _paper(name: str) -> str:
    from plotter.errors import SheetError
    from plotter.papers import find_paper

    try:
        find_paper(name)
    except SheetError as error:
        raise typer.BadParameter(f"--paper: {error}") from None
    return name


def _entries(paths: Sequence[Path]) -> tuple[list[Entry], list[str]]:
    """The drawings of all files in order, and what could not be read."""
    from drawing.collection import read_collection

    entries: list[Entry] = []
    skipped: list[str] = []
    for path in paths:
        found = read_collection(path)
        entries += [entry for split in found.splits.values() for entry in split]
        skipped += found.skipped
    return entries, skipped


def _save_picture(path: Path, sheet: Sheet, travel: bool) -> None:
    from drawing.picture import page_picture, save_png
    from plotter.sheet import HAIRLINE_MM

    image = page_picture(
        sheet.drawing,
        (sheet.paper.width_mm, sheet.paper.height_mm),
        margin=sheet.margin_mm,
        pen=HAIRLINE_MM if sheet.nib_mm is None else sheet.nib_mm,
        travel_from=(0.0, 0.0) if travel else None,
        show_connectors=True,
    )
    save_png(path, image)


def optimize(
    file: Annotated[Path, typer.Argument(metavar="SHEET.svg", help="A sheet; any SVG in true size.")],
    out: Annotated[Path, typer.Option(metavar="FILE.svg", help="The sheet to write.", show_default=False)],
    join: Annotated[
        float | None,
        typer.Option(
            metavar="MM", min=0, max=100, help="Join ends up to so far apart; 0.152 by default, 0 if they touch."
        ),
    ] = None,
    simplify: Annotated[
        float,
        typer.Option(
            metavar="MM", min=0, max=1000, help="Leave out points nearer than this to the line; 0.02 is unseen."
        ),
    ] = 0.0,
    min_length: Annotated[float, typer.Option(metavar="MM", min=0, max=1000, help="Leave out shorter strokes.")] = 0.0,
    sort: Annotated[bool, typer.Option(help="Order the strokes.")] = True,
    two_opt: Annotated[bool, typer.Option(help="Improve the order by two-opt.")] = True,
    vpype: Annotated[
        str, typer.Option(metavar="COMMANDS", help="vpype commands instead, as 'linemerge linesort reloop'.")
    ] = "",
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="plot.KEY=VALUE", help="For the time it takes.")
    ] = None,
    nib: Nib = None,
    picture: Picture = None,
    travel: Travel = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Order a sheet's strokes for few lifts and little travel; joined gaps stay marked."""
    from configs.load import load
    from plotter.axidraw import PlotterSettings
    from plotter.optimize import OptimizeSettings, optimise
    from plotter.sheet import read_sheet, rounded, write_sheet

    _check_ending(out, ".svg")
    check_nib(nib)
    check_free(out, force)
    if picture is not None:
        check_free(_check_ending(picture, ".png"), force)
    if vpype.strip() and (join is not None or simplify or min_length or not sort or not two_opt):
        raise typer.BadParameter("--vpype takes the place of the other steps; name them in it")
    plot = load(PlotterSettings, None, settings or ()).plot
    given = read_sheet(file)
    if not given.drawing.lines:
        raise CommandError(f"{file} has no lines to draw.")
    chosen = OptimizeSettings(
        join_mm=plot.join_mm if join is None else join,
        simplify_mm=simplify,
        min_length_mm=min_length,
        sort=sort,
        two_opt=two_opt,
        pipeline=vpype,
    )
    page_mm = given.paper.width_mm, given.paper.height_mm
    done = optimise(given.drawing, chosen, page_mm=page_mm, layers=given.layers)
    made = given.with_drawing(rounded(done.drawing), done.page_mm, layers=done.layers)
    made = made if nib is None else replace(made, nib_mm=nib)
    write_sheet(out, made)
    if picture is not None:
        _save_picture(picture, made, travel)
    before = _figures(done.before, given.drawing, plot)
    after = _figures(done.after, made.drawing, plot)
    remarks = [*given.left_out, *done.remarks]
    result = {"file": str(out), "before": before, "after": after, "remarks": remarks}
    finish(result, _table(out, before, after, remarks), as_json=as_json)


def _figures(figures: Figures, drawing: Drawing, plot: PlotSettings) -> dict[str, float]:
    from plotter.plan import make_plan

    return {**figures.to_json(), "duration_s": make_plan(drawing.lines, plot).duration_s}


def _table(out: Path, before: dict[str, float], after: dict[str, float], remarks: list[str]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in (str(out), "before", "after"):
        table.add_column(name, justify="left" if name == str(out) else "right")
    for key, name, form in (
        ("strokes", "strokes", "{:,}"),
        ("ink_m", "ink, m", "{:.2f}"),
        ("travel_m", "travel, m", "{:.2f}"),
    ):
        table.add_row(name, form.format(before[key]), form.format(after[key]))
    table.add_row("time", *(_clock(each["duration_s"]) for each in (before, after)))
    if remarks:
        table.caption = "\n".join(remarks)
        table.caption_justify = "left"
    return table


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
