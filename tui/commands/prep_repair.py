"""``monoline prep repair``: corrections by hand, kept for every later run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.console import AsJson, CommandError, finish

if TYPE_CHECKING:
    from prep.corrections import Correction
    from prep.sketchbook import ScanFile
    from studio.folder import Studio

Place = tuple[float, ...]
PLACE = "X,Y"
WHOLE = [""]  # a drawing is found by its name


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(repair)


def repair(
    context: typer.Context,
    drawing: Annotated[str, typer.Argument(help="A traced drawing, as sb01/001-2 or its SVG; or a scan.")],
    flip: Annotated[
        list[str] | None, typer.Option(metavar=PLACE, help="Let lines go through this junction otherwise.")
    ] = None,
    cut: Annotated[list[str] | None, typer.Option(metavar=PLACE, help="End a stroke here and begin another.")] = None,
    join: Annotated[list[str] | None, typer.Option(metavar="X,Y,X,Y", help="Connect these two stroke ends.")] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="Draw the whole drawing the other way round.")] = False,
    reverse_at: Annotated[
        list[str] | None, typer.Option("--reverse-at", metavar=PLACE, help="Draw this stroke the other way round.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar=PLACE, help="Begin the drawing with the stroke end here.")
    ] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Take the whole drawing away.")] = False,
    delete_at: Annotated[
        list[str] | None, typer.Option("--delete-at", metavar=PLACE, help="Take this stroke away.")
    ] = None,
    check: Annotated[
        list[str] | None, typer.Option(metavar=PLACE, help="This junction is right: the studio asks no more.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Correct what was traced, by places in pixels of the scan; every later run keeps to it.

    Corrections are made in the order flip, cut, join, reverse, start, delete, check. monoline prep undo takes back the
    last.
    """
    from prep.corrections import Correction
    from prep.pages import correct, corrections_of, find_scan, trace_one
    from prep.settings import read_settings
    from studio.folder import open_studio

    asked: list[tuple[str, str, Place]] = []
    for kind, value, texts in (
        ("flip", "", flip),
        ("cut", "", cut),
        ("join", "", join),
        ("reverse", "stroke", reverse_at),
        ("reverse", "drawing", WHOLE if reverse else None),
        ("start", "", [start] if start else []),
        ("delete", "stroke", delete_at),
        ("delete", "drawing", WHOLE if delete else None),
        ("check", "", check),
    ):
        asked += [(kind, value, _place(text, 4 if kind == "join" else 2) if text else ()) for text in texts or ()]
    if not asked:
        raise typer.BadParameter("say what to correct, as in: monoline prep repair sb01/001-2 --flip 410,522")
    studio = open_studio(context.obj)
    scan = find_scan(studio, drawing)
    corrections: list[Correction] = []
    for kind, value, place in asked:
        at = place or _middle(studio, scan, drawing)
        corrections.append(
            Correction.model_validate({"kind": kind, "at": at[:2], "to": at[2:] or None, "value": value})
        )
    for each in corrections:
        correct(studio, scan, each)
    report = trace_one(studio, scan, read_settings(studio).trace)
    fresh = {str(each) for each in corrections}
    lost = [note for note in report.notes if any(f"The correction {each} " in note for each in fresh)]
    result: dict[str, Any] = {
        "scan": scan.name,
        "corrections": [str(each) for each in corrections_of(studio, scan)],
        "drawings": [str(studio.drawings.joinpath(scan.page).with_name(each.file)) for each in report.drawings],
        "strokes": [each.strokes for each in report.drawings],
        "notes": list(report.notes),
        "seconds": report.seconds,
    }
    finish(result, _summary(scan, corrections, report.drawings), as_json=as_json, skipped=lost)


def _place(text: str, numbers: int) -> Place:
    """Numbers with commas between them."""
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if len(found) != numbers or not all(math.isfinite(each) for each in found):
        raise typer.BadParameter(f"{text!r} is no place; write {'X,Y,X,Y' if numbers == 4 else 'X,Y'} in scan pixels")
    return found


def _middle(studio: Studio, scan: ScanFile, name: str) -> Place:
    """A place on a drawing that nothing else of its page is nearer to: on the middle of its longest stroke."""
    from drawing.svg import read_svg
    from prep.homography import map_points
    from prep.pages import report_of

    report = report_of(studio, scan)
    stem = name.rpartition("/")[2].removesuffix(".svg")
    for each in report.drawings if report else ():
        if report and each.file == f"{stem}.svg":
            drawing = read_svg(studio.drawings.joinpath(scan.page).with_name(each.file)).drawing
            line = drawing.lines[int(drawing.lengths.argmax())]
            (place,) = map_points(report.to_scan, line[len(line) // 2] / report.mm + each.corner).tolist()
            return round(place[0], 1), round(place[1], 1)
    raise CommandError(f"{name} is no drawing of {scan.name}; name one, as {scan.page}-1.")


def _summary(scan: ScanFile, corrections: list[Correction], drawings: Any) -> str:
    strokes = sum(each.strokes for each in drawings)
    made = ", ".join(map(str, corrections))
    return f"{scan.name}: {made}; now {len(drawings)} drawings in {strokes} strokes"
