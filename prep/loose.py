"""Scans traced outside of a studio, to strokes in their own pixels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drawing.drawing import Drawing
from drawing.errors import DrawingError
from prep.homography import map_drawing
from prep.pages import trace_page
from prep.report import TOLERANCE

DECIMALS = 2


def trace_strokes(order: Mapping[str, Any]) -> tuple[int, str]:
    """Trace one scan; a function that travels to other processes.

    Args:
        order: ``path``, ``settings`` of tracing, and ``max_points`` of a drawing or None.

    Returns:
        How many drawings there are, and as JSON ``{drawings, seconds, notes}``: each drawing is ``{strokes: [[[x, y],
        ...], ...]}`` in pixels of the scan as displayed.

    Raises:
        UnreadableScan: it is no picture, or a damaged one.
    """
    path: Path = order["path"]
    page = trace_page(path, order["settings"])
    notes = [*page.traced.notes]
    drawings: list[dict[str, Any]] = []
    for each in page.mended:
        drawing = each.drawing.simplify(TOLERANCE)
        if order["max_points"] is not None:
            try:
                drawing = drawing.simplify_to(order["max_points"])
            except DrawingError as error:
                notes.append(str(error))
        drawings.append({"strokes": _strokes(map_drawing(page.traced.to_scan, drawing))})
    told = {"drawings": drawings, "seconds": round(page.seconds, 4), "notes": notes}
    return len(drawings), json.dumps(told, separators=(",", ":"))  # text takes a tenth of the room of lists


def _strokes(drawing: Drawing) -> list[list[list[float]]]:
    return [line.round(DECIMALS).tolist() for line in drawing.lines]
