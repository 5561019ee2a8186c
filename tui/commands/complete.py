"""The command that draws on from a beginning."""

from __future__ import annotations

from typing import Annotated

import typer

from tui.commands.sampling import (
    CheckpointName,
    Format,
    MaxPoints,
    OutDir,
    PenTemperature,
    Seed,
    Temperature,
    draw_into,
    open_sampler,
)
from tui.commands.target import Target
from tui.console import AsJson, Force
from tui.given import read_given

Z_OF = ("beginning", "drawing", "prior")


def register(app: typer.Typer) -> None:
    """Add this command to the top level."""
    app.command()(complete)


def complete(
    checkpoint: CheckpointName,
    beginning: Annotated[str, typer.Argument(metavar="BEGINNING", help="An SVG, seed:7 or FILE.npz#test/12.")],
    out: OutDir,
    n: Annotated[int, typer.Option("-n", "--n", min=1, max=1000, help="How many, with seeds that follow.")] = 6,
    first: Annotated[int | None, typer.Option(metavar="N", min=2, help="Only its first N points are given.")] = None,
    z: Annotated[
        str, typer.Option("--z", help="What leads it on: the beginning, the whole drawing, or a prior for each seed.")
    ] = "beginning",
    size: Annotated[
        float | None, typer.Option(metavar="MM", min=1e-6, help="Long side of the finished drawing, about.")
    ] = None,
    temperature: Temperature = 0.3,
    pen_temperature: PenTemperature = None,
    seed: Seed = 1,
    max_points: MaxPoints = None,
    form: Format = "svg",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Draw on from a beginning, whose points stay where they are, one by one."""
    from model import orders
    from model.complete import Beginning
    from model.sample import Order

    if z not in Z_OF:
        raise typer.BadParameter(f"--z is {', '.join(Z_OF[:-1])} or {Z_OF[-1]}, not {z}")
    target = Target(out, form, force)
    given = read_given(beginning)
    names = [f"rest-{number:06}" for number in range(seed, seed + n)]
    target.check(names)
    sampler = open_sampler(checkpoint)
    whole = given.lines(sampler, temperature)
    begun = Beginning.of(whole, first, orders.growth(sampler, whole, first, size, own=given.is_own(sampler)))
    known = sampler.latent(given.endpoint(sampler)) if z == "drawing" else None
    common = Order(seed, temperature, pen_temperature, max_points)
    every = orders.complete(sampler, begun, n, common, known, "prior" if z == "prior" else "beginning")
    draw_into(target, names, sampler, every, as_json)
