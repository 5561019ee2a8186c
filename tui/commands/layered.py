"""A sheet with layers on the command line: its pens, its parts, and how they are told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.console import note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plotter.axidraw import PlotSettings
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
    ready: Ready, settings: PlotSettings, *, studio: Path, usual: Pen | None = None, pens: str | None = None
) -> list[Part]:
    """The parts of a sheet: one, or one for each pen that its layers take.

    Args:
        pens: what was said of them; pens that only the file names need not be of this studio.
    """
    from plotter.passes import find_pens, make_passes

    known, remarks = find_pens(ready.sheet.layers, studio, all_known=bool(pens))
    for remark in remarks:
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


def _layers(part: Part) -> list[Any]:
    first, last = part.ready.lines or (0, len(part.ready.sheet.drawing.lines))
    return [layer for layer in part.ready.sheet.layers if first <= layer.strokes[0] and layer.strokes[1] <= last]
