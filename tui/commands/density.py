"""The command that shows what a network expects next at every point of a drawing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tui.commands.sampling import CheckpointName, open_sampler
from tui.console import AsJson, Force, check_free, finish
from tui.given import read_given


def register(app: typer.Typer) -> None:
    """Add this command to the top level."""
    app.command()(density)


def density(
    checkpoint: CheckpointName,
    drawing: Annotated[str, typer.Argument(metavar="DRAWING", help="An SVG, seed:7 or FILE.npz#test/12.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="A .png or .svg file.", show_default=False)],
    data: Annotated[
        Path | None, typer.Option(metavar="FILE", help="An .npz file with the mixtures and entropies.")
    ] = None,
    temperature: Annotated[float, typer.Option("--temperature", "-t", min=0.01, max=10, help="Of the mixtures.")] = 1.0,
    draw_at: Annotated[float, typer.Option(min=0, max=10, help="Temperature at which a seed is drawn.")] = 0.3,
    width_px: Annotated[int, typer.Option(min=200, max=4000, help="Width of a .png.")] = 1200,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Show the mixture of the next point all along a drawing, and its entropy step by step."""
    import numpy as np

    from drawing.picture import save_png
    from model.density import density

    if out.suffix.lower() not in (".png", ".svg"):
        raise typer.BadParameter(f"{out.name} must end in .png or .svg")
    if data is not None and data.suffix.lower() != ".npz":
        raise typer.BadParameter(f"{data.name} must end in .npz")
    for path in (out, data):
        if path is not None:
            check_free(path, force)
    given = read_given(drawing)
    sampler = open_sampler(checkpoint)
    lines = given.lines(sampler, draw_at)
    z = sampler.latent(given.endpoint(sampler)) if sampler.conditional else None
    found = density(sampler, lines, z, temperature, fit=not given.is_own(sampler))
    if out.suffix.lower() == ".png":
        from drawing.density_picture import density_picture

        save_png(out, density_picture(found, width_px))
    else:
        from drawing.density_svg import write_density_svg

        write_density_svg(out, found)
    if data is not None:
        found.save(data)
    points = len(found.nats) - 1
    nats = float((np.nansum(found.nats) + found.pen_nats.sum()) / points)
    entropy = float(found.entropy[:-1].mean())
    result = {
        "file": str(out),
        "data": None if data is None else str(data),
        "points": points + 1,
        "entropy": entropy,
        "pen_entropy": float(found.pen_entropy.mean()),
        "nats_per_point": nats,
        "temperature": temperature,
    }
    text = f"{out}: {points + 1} points, entropy {entropy:.2f} nats on average, the drawing itself {nats:.2f}"
    finish(result, text, as_json=as_json)
