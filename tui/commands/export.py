"""``monoline export``: a sheet in the format of another program or machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from tui.commands.sheet import check_nib
from tui.console import AsJson, CommandError, Force, check_free, finish, note


def register(app: typer.Typer) -> None:
    """Add this command to the top level."""
    app.command()(export)


def export(
    sheet: Annotated[
        Path | None, typer.Argument(metavar="SHEET.svg", help="A sheet, or any SVG in true size.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="By its ending: .svg .hpgl .plt .gcode .nc .ngc .pdf .png.", show_default=False
        ),
    ] = None,
    device: Annotated[str, typer.Option(metavar="D", help="Of HPGL; --list names all.")] = "hp7475a",
    paper: Annotated[
        str,
        typer.Option(
            metavar="P", help="Of HPGL: the device's name for the paper, if it has several.", show_default=False
        ),
    ] = "",
    profile: Annotated[
        str, typer.Option(metavar="P", help="Of G-code; --list names all, those of ~/.vpype.toml too.")
    ] = "gcodemm",
    values: Annotated[
        list[str] | None,
        typer.Option("--value", metavar="KEY=VALUE", help="Of G-code: of the profile, as servo_down=600."),
    ] = None,
    dpi: Annotated[float, typer.Option(min=10, max=2400, help="Of PNG.")] = 300.0,
    nib: Annotated[
        float | None,
        typer.Option(metavar="MM", help="Width of the lines; the sheet's own, or 0.3.", show_default=False),
    ] = None,
    turn: Annotated[bool, typer.Option("--turn", help="Turn the sheet left by a quarter.")] = False,
    centre: Annotated[bool, typer.Option("--centre", help="Move the ink to the middle of the paper.")] = False,
    title: Annotated[str, typer.Option(help="Of PDF and SVG; the sheet's own.", show_default=False)] = "",
    author: Annotated[str, typer.Option(help="Of PDF.", show_default=False)] = "",
    list_all: Annotated[bool, typer.Option("--list", help="Only tell devices, their papers, and profiles.")] = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write a sheet for another program or machine, true to size: SVG, HPGL, G-code, PDF, PNG.

    SVG has AxiDraw's layer codes, for Inkscape and the official software. With --json, also what a person has to know
    at the machine.
    """
    from plotter.export import ExportSettings, export_sheet, format_of
    from plotter.sheet import read_sheet

    if list_all:
        _list(as_json)
        return
    if sheet is None or out is None:
        raise typer.BadParameter("name a sheet, and the file to write", param_hint="SHEET.svg FILE")
    check_nib(nib)
    format_of(out)
    check_free(out, force)
    if out.exists() and out.samefile(sheet):
        raise CommandError(f"{out} is the sheet itself; name another file.")
    settings = ExportSettings(
        device=device, paper=paper, profile=profile, values=_values(values), dpi=dpi, nib_mm=nib, turn=turn,
        centre=centre, author=author,
    )  # fmt: skip
    given = read_sheet(sheet)
    given = replace(given, title=title) if title else given
    done = export_sheet(given, out, settings)
    remarks = [*given.left_out, *done.remarks]
    for remark in remarks if not as_json else ():
        note(remark)
    result: dict[str, Any] = {
        "file": str(out),
        "format": done.format,
        "width_mm": done.paper.width_mm,
        "height_mm": done.paper.height_mm,
        "strokes": done.strokes,
        "ink_m": done.ink_m,
        "remarks": remarks,
    }
    finish(result, f"{out}: {done.format}, {done.paper}, {done.ink_m:.2f} m of ink", as_json=as_json)


def _values(given: list[str] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in given or ():
        key, sign, value = each.partition("=")
        if not sign or not key.strip():
            raise typer.BadParameter(f"--value {each} is not KEY=VALUE, as servo_down=600")
        found[key.strip()] = value.strip()
    return found


def _list(as_json: bool) -> None:
    """Tell what vpype knows."""
    from plotter.errors import SheetError
    from plotter.gcode import gcode_profiles
    from plotter.hpgl import find_device, hpgl_devices

    devices: list[dict[str, Any]] = []
    for name in hpgl_devices():
        try:
            device = find_device(name)
        except SheetError as error:
            devices.append({"name": name, "error": str(error)})
            continue
        papers = [{"name": each.name, "size_mm": each.size_mm, "info": each.info} for each in device.papers]
        devices.append({"name": name, "title": device.title, "pens": device.pens, "papers": papers})
    profiles = [{"name": name, "info": info} for name, info in gcode_profiles().items()]
    lines = ["HPGL devices"]
    for each in devices:
        names = ", ".join(paper["name"] for paper in each.get("papers", ()))
        words = each.get("error") or f"{each['title']}, {each['pens']} pens: {names}"
        lines.append(f"  {each['name']:<12} {words}")
    lines += ["G-code profiles", *(f"  {each['name']:<20} {each['info']}".rstrip() for each in profiles)]
    finish({"devices": devices, "profiles": profiles}, "\n".join(lines), as_json=as_json)
