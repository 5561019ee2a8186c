"""What drawing a sheet takes, as it was laid out and as it is drawn: strokes, ink, travel and time, in three lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.figures import duration, metres

if TYPE_CHECKING:
    from plotter.sheet import Sheet


def effort(sheet: Sheet) -> str:
    """Before and after the usual optimisation, at the usual settings; too slow for the thread that paints.

    Raises:
        MonolineError: vpype fails.
    """
    from plotter.axidraw import PlotSettings
    from plotter.optimize import OptimizeSettings
    from plotter.plan import make_plan
    from plotter.ready import optimised_sheet

    settings = PlotSettings()
    ordered, before, after, _ = optimised_sheet(sheet, OptimizeSettings(join_mm=settings.join_mm))
    first, last = (make_plan(each.drawing.lines, settings).duration_s for each in (sheet, ordered))
    lifts = f"{before.lifts:,} lifts" if before.lifts == after.lifts else f"{before.lifts:,} → {after.lifts:,} lifts"
    return "\n".join(
        (
            f"draw    {metres(1000 * after.ink_m)} of ink, {lifts}",
            f"travel  {metres(1000 * before.travel_m)} → {metres(1000 * after.travel_m)}",
            f"time    {duration(first)} → {duration(last)}",
        )
    )
