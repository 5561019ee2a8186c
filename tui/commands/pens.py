"""``monoline pens``: the pens of a studio, what each wants of the machine, and the ink left in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.console import AsJson, CommandError, finish, note

if TYPE_CHECKING:
    from rich.console import Group
    from rich.text import Text

    from plotter.pens import Pen

app = typer.Typer(help="Your pens: nib, heights, speed, and the ink left in each.")

BAR = 12
"""Cells of the bar of ink left."""
Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the pen, as 'black 0.5'.", show_default=False)]


@app.callback(invoke_without_command=True)
def pens(context: typer.Context, as_json: AsJson = False) -> None:
    """List the pens of the studio, and the ink left in each."""
    if context.invoked_subcommand is not None:
        return
    from plotter.pens import read_pens

    found = read_pens(_studio(context))
    none = "No pens yet; make one, as in: monoline pens set 'black 0.5' --nib 0.5 --capacity 200"
    finish({"pens": [pen.to_json() for pen in found]}, _table(found) if found else none, as_json=as_json)


@app.command("set")
def set_pen(
    context: typer.Context,
    name: Name,
    nib: Annotated[
        float | None, typer.Option(metavar="MM", help="Width of its line; 0.3 for a new pen.", show_default=False)
    ] = None,
    down: Annotated[
        float | None,
        typer.Option(metavar="PCT", min=0, max=100, help="Its height on the paper, 0 to 100.", show_default=False),
    ] = None,
    up: Annotated[
        float | None, typer.Option(metavar="PCT", min=0, max=100, help="Its height when raised.", show_default=False)
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(
            metavar="MM_S", min=0.5, max=400, help="The fastest at which its ink still flows.", show_default=False
        ),
    ] = None,
    capacity: Annotated[
        float | None,
        typer.Option(metavar="M", min=0, help="Metres that a filling draws; 0 if unknown.", show_default=False),
    ] = None,
    hop: Annotated[
        float | None,
        typer.Option(
            metavar="MM", min=0, max=100, help="Raise it a bit only over ways no longer; 0 never.", show_default=False
        ),
    ] = None,
    hop_height: Annotated[
        float | None, typer.Option(metavar="PCT", min=0, max=100, help="So high it is then.", show_default=False)
    ] = None,
    raise_early: Annotated[
        int | None,
        typer.Option(
            metavar="MS", min=0, max=5000, help="Set out so long before it is up: card overlap.", show_default=False
        ),
    ] = None,
    lower_early: Annotated[
        int | None,
        typer.Option(metavar="MS", min=0, max=5000, help="Lower it so long before it is there.", show_default=False),
    ] = None,
    colour: Annotated[
        str | None, typer.Option(metavar="COLOUR", help="As black or #1a2b3c.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a pen, or change what is named of it.

    The pen wins over the defaults of plot, and plot --set over the pen.
    """
    from plotter.pens import change_pen
    from plotter.sheet import LARGEST_NIB_MM

    if nib is not None and not 0 < nib <= LARGEST_NIB_MM:
        raise typer.BadParameter(f"--nib {nib:g} is no width; it is more than 0 and at most {LARGEST_NIB_MM:g} mm")
    stated = {
        "nib_mm": nib,
        "pen_down_pct": down,
        "pen_up_pct": up,
        "speed_down_mm_s": speed,
        "hop_mm": hop,
        "hop_pct": hop_height,
        "raise_early_ms": raise_early,
        "lower_early_ms": lower_early,
        "capacity_m": capacity,
        "colour": colour,
    }
    changes: dict[str, Any] = {key: value for key, value in stated.items() if value is not None}
    if capacity == 0:
        changes["capacity_m"] = None
    _report(change_pen(_studio(context, make=True), name, **changes), as_json)


@app.command("fill")
def fill_pen(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Count the ink anew: the pen was filled, or a new one taken."""
    from plotter.pens import fill

    _report(fill(_studio(context), name), as_json)


@app.command()
def remove(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Forget a pen."""
    from plotter.pens import remove_pen

    gone = remove_pen(_studio(context), name)
    finish({"removed": gone.to_json()}, f"{gone.name} is forgotten", as_json=as_json)


def _studio(context: typer.Context, *, make: bool = False) -> Path:
    from studio.folder import create_studio, is_studio, open_studio

    folder: Path = context.obj
    if make and (not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))):
        note(f"{folder} is a studio now")
        return create_studio(folder).folder
    if not is_studio(folder):
        raise CommandError(
            f"{folder} is no studio, and pens are kept in one; open it once with monoline, "
            "or name another, as in: monoline --studio DIR pens."
        )
    return open_studio(folder).folder


def _report(pen: Pen, as_json: bool) -> None:
    finish({"pen": pen.to_json()}, _table([pen]), as_json=as_json)


def _table(pens: tuple[Pen, ...] | list[Pen]) -> Group:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("pen", "nib, mm", "down/up, %", "mm/s", "ink left"):
        table.add_column(title, justify="left" if title in ("pen", "ink left") else "right", no_wrap=True)
    for pen in pens:
        heights = f"{_or_dash(pen.pen_down_pct)}/{_or_dash(pen.pen_up_pct)}"
        table.add_row(_named(pen), f"{pen.nib_mm:g}", heights, _or_dash(pen.speed_down_mm_s), Text(ink_bar(pen)))
    return Group(table, *(Text(f"{pen.name}: {words}") for pen in pens if (words := _lifts(pen))))


def _lifts(pen: Pen) -> str:
    """How the pen is lifted, where it wants that otherwise."""
    hops = "" if pen.hop_mm is None else f"hops up to {pen.hop_mm:g} mm" if pen.hop_mm else "no hops"
    height = "" if pen.hop_pct is None else f"hops at {pen.hop_pct:g} %" if not hops else f"at {pen.hop_pct:g} %"
    out = "" if pen.raise_early_ms is None else f"sets out {pen.raise_early_ms} ms early"
    down = "" if pen.lower_early_ms is None else f"comes down {pen.lower_early_ms} ms early"
    return ", ".join(filter(None, (" ".join(filter(None, (hops, height))), out, down)))


def _named(pen: Pen) -> Text:
    from rich.text import Text

    swatch = ("■ ", pen.colour) if pen.colour.startswith("#") else ""
    word = f"  {pen.colour}" if pen.colour and not swatch else ""
    return Text.assemble(swatch, pen.name, (word, "dim"))


def ink_bar(pen: Pen, cells: int = BAR) -> str:
    """The ink left as a bar and in metres; without a capacity, what was drawn."""
    if pen.ink_left_m is None or pen.capacity_m is None:
        return f"{pen.used_m:.1f} m drawn"
    full = pen.ink_left_m / pen.capacity_m * cells
    # an end shows as one: full only if nothing was drawn, empty only if nothing is left
    shown = round(full) if full in (0, cells) else min(max(round(full), 1), cells - 1)
    return f"{'█' * shown}{'░' * (cells - shown)} {pen.ink_left_m:.1f} of {pen.capacity_m:g} m"


def _or_dash(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
