"""A sheet as PDF: lines true to size, as wide as the pen, in layers that a viewer can switch off."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from drawing.geometry import Polyline
from plotter.papers import Paper

_EPOCH = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)
"""When the file says that it was made, so that the same sheet gives the same file."""


def pdf_bytes(
    layers: Sequence[tuple[str, str, Sequence[Polyline]]],
    sheet: Paper,
    nib_mm: float,
    *,
    title: str = "",
    author: str = "",
) -> bytes:
    """A PDF of one page.

    Args:
        layers: name, colour as #1a2b3c, and lines in mm from the top left of the sheet.
        nib_mm: width of the lines.
    """
    from fpdf import FPDF

    pdf: Any = FPDF(unit="mm", format=(sheet.width_mm, sheet.height_mm))
    pdf.set_creation_date(_EPOCH)
    pdf.set_title(title)
    pdf.set_creator("monoline")
    if author:
        pdf.set_author(author)
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.add_page()
    for name, colour, lines in layers:
        group = _open_group(pdf, name) if len(layers) > 1 else ""
        _draw(pdf, lines, colour, nib_mm)
        if group:
            pdf._out("EMC")
    return bytes(pdf.output())


def _draw(pdf: Any, lines: Sequence[Polyline], colour: str, nib_mm: float) -> None:
    from fpdf.drawing import PaintedPath

    path: Any = PaintedPath()
    path.style.paint_rule = "stroke"
    path.style.auto_close = False
    path.style.stroke_width = nib_mm
    path.style.stroke_color = colour
    path.style.stroke_cap_style = "round"
    path.style.stroke_join_style = "round"
    for line in lines:
        points = line.tolist()
        path.move_to(*points[0])
        for x, y in points[1:] or points:  # a dot goes nowhere, and its round cap shows
            path.line_to(x, y)
    with pdf.drawing_context() as context:
        context.add_item(path, clone=False)


def _open_group(pdf: Any, name: str) -> str:
    """Begin a layer of its own.

    fpdf2 makes such groups for what is only shown or only printed, and offers no name for them yet; the two tables
    that it writes them from are used here.
    """
    catalog = pdf._resource_catalog
    key = f"OC{len(catalog.optional_content_groups) + 1}"
    catalog.optional_content_groups[key] = {"on_view": True, "on_print": True, "label": name}
    from fpdf.enums import PDFResourceType

    catalog.resources_per_page[(pdf.page, PDFResourceType.PROPERTIES)].add(key)
    pdf._set_min_pdf_version("1.5")
    pdf._out(f"/OC /{key} BDC")
    return key
