"""The parts of a plot on the command line: layers and their pens, how they are told, and what is asked before."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.console import CommandError, note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plotter.axidraw import Machine, PlotSettings
    from plotter.parts import Part
    from plotter.pens import Pen
    from plotter.ready import Ready

Layers = Annotated[
    str | None, typer.Option(metavar="1,red", help="Only these layers, by number or name.", show_default=False)
]
Pens = Annotated[
    str | None,
    typer.Option(
        metavar="1=PEN,red=PEN", help="A pen of the studio for each layer; the plot waits between.", show_default=False
    ),
]
Vpype = Annotated[
    str,
    typer.Option(
        metavar="COMMANDS", help="vpype commands in place of the usual order, as 'linemerge linesort reloop'."
    ),
]


def passes(
    ready: Ready,
    settings: PlotSettings,
    *,
    studio: Path,
    usual: Pen | None = None,
    pens: str | None = None,
    again: bool = False,
) -> list[Part]:
    """The parts of a sheet: one, or one for each pen that its layers take.

    Args:
        pens: what was said of them; pens that only the file names need not be of this studio.
        again: what there is to remark was said.
    """
    from plotter.passes import find_pens, make_passes

    known, remarks = find_pens(ready.sheet.layers, studio, all_known=bool(pens))
    for remark in remarks if not again else ():
        note(remark)
    return make_passes(ready, settings, known, usual)


def told(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """What each part takes, as JSON."""
    return [
        {
            "layers": [layer.title for layer in _layers(part)],
            "pen": part.pen,
            "strokes": len(part.ready.plan.route.first),
            "duration_s": round(part.duration_s, 3),
            "ink_m": round(part.ready.plan.ink_m, 6),
            "travel_m": round(part.ready.plan.travel_m, 6),
        }
        for part in parts
    ]


def lines(parts: Sequence[Part]) -> str:
    """A line for each part, if there are several."""
    from tui.commands.plot import clock

    if len(parts) == 1:
        return ""
    rows = [
        (part.title or "all", part.pen or "no pen named", clock(part.duration_s), f"{part.ready.plan.ink_m:.2f} m")
        for part in parts
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "".join(
        f"\n  {title:<{widths[0]}}  {pen:<{widths[1]}}  {time:>{widths[2]}}  {ink:>{widths[3]}} of ink"
        for title, pen, time, ink in rows
    )


def measures(parts: Sequence[Part]) -> str:
    """Lines, ink and travel of all parts."""
    plans = [part.ready.plan for part in parts]
    lifts = sum(plan.lifts for plan in plans)
    words = "1 line" if lifts == 1 else f"{lifts:,} lines"
    ink_m, travel_m = sum(plan.ink_m for plan in plans), sum(plan.travel_m for plan in plans)
    return f"{words}, {ink_m:.2f} m of ink, {travel_m:.2f} m of travel"


def ask(parts: list[Part], machine: Machine, port: str, studio: Path) -> None:
    """Ask before anything moves; who can't be asked says --yes."""
    from plotter.checks import check_inks, check_port, check_sheet, passed
    from plotter.passes import pens_of
    from tui.commands.plot import clock

    if not sys.stdin.isatty():
        raise CommandError("Nobody can be asked before the machine moves; say --yes.")
    ready = parts[0].ready
    checks = (
        *check_sheet(ready),
        *check_inks(parts, pens_of(parts, studio)),
        *check_port(port, machine, ready.plan.settings),
    )
    for check in checks:
        if check.state != "ok":
            note(f"{check.name}: {check.says}; {check.remedy}")
    if not passed(checks):
        raise CommandError("Nothing has moved: put that right first, then plot again.")
    paper = ready.sheet.paper
    waits = [part.wait for part in parts]
    papers = f"; {waits.count('paper') + 1} sheets, with a pause for paper before each" if "paper" in waits else ""
    pens = f", the pen {parts[0].pen} in the clip" if parts[0].pen else ""
    question = (
        f"{machine.title} ({machine.width_mm:g} x {machine.height_mm:g} mm) at {port}; paper {paper.width_mm:g} x "
        f"{paper.height_mm:g} mm with its corner at home{pens}; {measures(parts)}{papers}, "
        f"{clock(sum(part.duration_s for part in parts))}.{lines(parts)}{chr(10) if len(parts) > 1 else ' '}Draw?"
    )
    typer.confirm(question, abort=True, err=True)


def _layers(part: Part) -> list[Any]:
    first, last = part.ready.lines or (0, len(part.ready.sheet.drawing.lines))
    return [layer for layer in part.ready.sheet.layers if first <= layer.strokes[0] and layer.strokes[1] <= last]
