"""A sheet in the format of another program or machine, by the ending of the file's name.

SVG for Inkscape and the official software, HPGL and G-code for other plotters, PDF and PNG for eyes. True to size,
the right way up, and the same file for the same sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from drawing.drawing import Drawing
from drawing.geometry import Polyline
from drawing.svg import INK
from plotter.drawn import ink_of
from plotter.errors import SheetError
from plotter.papers import Paper
from plotter.ready import turn_left
from plotter.sheet import HAIRLINE_MM, Sheet, write_sheet

FORMATS: dict[str, tuple[str, ...]] = {
    "SVG": (".svg",),
    "HPGL": (".hpgl", ".plt"),
    "G-code": (".gcode", ".nc", ".ngc"),
    "PDF": (".pdf",),
    "PNG": (".png",),
}
"""By the endings of files."""
DEVICE = "hp7475a"
DPI = 300.0


@dataclass(frozen=True)
class ExportSettings:
    """What a format leaves open."""

    device: str = ""
    """Of HPGL; hp7475a if empty."""
    paper: str = ""
    """Of HPGL: the device's name for the paper, where it has several of a size."""
    profile: str = ""
    """Of G-code; gcodemm if empty."""
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of G-code: what the profile leaves open, as servo_down."""
    dpi: float = DPI
    """Of PNG."""
    nib_mm: float | None = None
    """Width of the lines, of PDF, PNG and SVG; the sheet's own if None."""
    turn: bool = False
    """Turn the sheet left by a quarter: its right edge comes to the top."""
    centre: bool = False
    """Move the ink to the middle of the paper."""
    author: str = ""
    """Of PDF."""


@dataclass(frozen=True)
class Exported:
    """What was written."""

    format: str
    paper: Paper
    """As it lies in the file."""
    strokes: int
    ink_m: float
    """Of what is drawn."""
    remarks: tuple[str, ...] = ()
    """What a person has to know, in words."""


@dataclass(frozen=True)
class Inked:
    """The lines of one layer, or of several that follow each other with the same pen."""

    title: str
    colour: str
    """As #1a2b3c."""
    lines: tuple[Polyline, ...]
    pen: str = ""


def format_of(path: Path) -> str:
    """The format that a file's name asks for.

    Raises:
        SheetError: none of them.
    """
    ending = path.suffix.lower()
    for name, endings in FORMATS.items():
        if ending in endings:
            return name
    every = ", ".join(f"{name} ({' '.join(endings)})" for name, endings in FORMATS.items())
    raise SheetError(f"{path.name} does not tell the format by its ending; there are {every}.")


def export_sheet(sheet: Sheet, path: Path, settings: ExportSettings | None = None) -> Exported:
    """Write a sheet in the format of the file's ending, whole or not at all.

    Raises:
        SheetError: no such format, device, profile or paper; lines beyond its reach; nothing to draw.
    """
    from studio.files import write_bytes, write_text

    settings = settings or ExportSettings()
    name = format_of(path)
    if not sheet.drawing.lines:
        raise SheetError(f"There is nothing to write to {path.name}: the sheet has no lines.")
    sheet = _placed(sheet, settings)
    nib_mm = HAIRLINE_MM if sheet.nib_mm is None else sheet.nib_mm
    layers = inked(sheet)
    if not layers:
        raise SheetError(f"There is nothing to write to {path.name}: all layers of the sheet are hidden.")
    remarks: tuple[str, ...] = ()
    if name == "SVG":
        write_sheet(path, sheet)
    elif name == "HPGL":
        from plotter.hpgl import write_hpgl

        hpgl = write_hpgl(pens(layers), sheet.paper, settings.device or DEVICE, paper_name=settings.paper)
        write_text(path, hpgl.text)
        remarks = (f"for {settings.device or DEVICE}, paper {hpgl.paper}", *hpgl.remarks)
    elif name == "G-code":
        from plotter.gcode import write_gcode

        gcode = write_gcode(pens(layers), sheet.paper, settings.profile, values=settings.values, name=path.name)
        write_text(path, gcode.text)
        remarks = gcode.remarks
    elif name == "PDF":
        from plotter.pdf import pdf_bytes

        shown = [(each.title, each.colour, each.lines) for each in layers]
        write_bytes(path, pdf_bytes(shown, sheet.paper, nib_mm, title=sheet.title, author=settings.author))
    else:
        from plotter.png import write_png

        write_png(path, [(each.colour, each.lines) for each in layers], sheet.paper, nib_mm, settings.dpi)
    lines = [line for each in layers for line in each.lines]
    return Exported(name, sheet.paper, len(lines), ink_of(lines) / 1000, remarks)


def inked(sheet: Sheet) -> list[Inked]:
    """The sheet's lines layer by layer, in the order in which they are drawn; hidden layers are not."""
    if not sheet.layers:
        return [Inked("1", INK, sheet.drawing.lines)]
    return [
        Inked(layer.title, layer.colour or INK, sheet.drawing.lines[slice(*layer.strokes)], layer.pen)
        for layer in sheet.layers
        if not layer.hidden
    ]


def pens(layers: Sequence[Inked]) -> list[tuple[Polyline, ...]]:
    """Lines pen by pen: layers with the same pen that follow each other need no change."""
    found: list[tuple[str, tuple[Polyline, ...]]] = []
    for layer in layers:
        if found and layer.pen and found[-1][0] == layer.pen:
            found[-1] = layer.pen, found[-1][1] + layer.lines
        else:
            found.append((layer.pen, layer.lines))
    return [lines for _, lines in found]


def _placed(sheet: Sheet, settings: ExportSettings) -> Sheet:
    if settings.nib_mm is not None:
        sheet = replace(sheet, nib_mm=settings.nib_mm)
    if settings.turn:
        width, height = sheet.paper.width_mm, sheet.paper.height_mm
        sheet = sheet.with_drawing(turn_left(sheet.drawing, width), (height, width), layers=sheet.layers)
    if settings.centre:
        sheet = sheet.with_drawing(_centred(sheet), layers=sheet.layers)
    return sheet


def _centred(sheet: Sheet) -> Drawing:
    """The ink in the middle; what is not drawn goes along, and does not count."""
    seen = [line for each in inked(sheet) for line in each.lines]
    left, top, right, bottom = (Drawing(tuple(seen)) if seen else sheet.drawing).bounds
    width_mm, height_mm = sheet.paper.width_mm, sheet.paper.height_mm
    return sheet.drawing.translate((width_mm - left - right) / 2, (height_mm - top - bottom) / 2)
