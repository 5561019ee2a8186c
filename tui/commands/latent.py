"""Commands that move through latent space: again, around, along a walk, by arithmetic."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.sampling import (
    DRAWING,
    CheckpointName,
    Connect,
    Curves,
    Format,
    MaxPoints,
    OneLine,
    OutDir,
    PenTemperature,
    Seed,
    Temperature,
    draw_into,
    leave_stopped,
    open_sampler,
)
from tui.commands.target import Target
from tui.console import AsJson, Force, note, progress
from tui.given import read_given

if TYPE_CHECKING:
    from drawing.recipe import Endpoint
    from model.even import Evenness
    from model.latent import Kind
    from model.sample import Order, Sampler

Many = Annotated[int, typer.Option("-n", "--n", min=1, max=1000, help="How many, with seeds that follow.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the top level."""
    for command in (reconstruct, vary, arithmetic, interpolate):
        app.command()(command)


def reconstruct(
    checkpoint: CheckpointName,
    drawing: Annotated[str, typer.Argument(metavar="DRAWING", help=DRAWING)],
    out: OutDir,
    n: Many = 1,
    temperature: Temperature = 0.1,
    pen_temperature: PenTemperature = None,
    seed: Seed = 1,
    max_points: MaxPoints = None,
    connect: Connect = None,
    one_line: OneLine = False,
    curves: Curves = None,
    form: Format = "svg",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Encode a drawing and draw it again from its latent vector."""
    from drawing.finish import Finish
    from model.orders import again
    from model.sample import Order

    target = Target(out, form, force)
    given = read_given(drawing)
    names = [f"again-{number:06}" for number in range(seed, seed + n)]
    target.check(names)
    sampler = open_sampler(checkpoint)
    common = Order(seed, temperature, pen_temperature, max_points, finish=Finish(connect, one_line, curves))
    draw_into(target, names, sampler, again(sampler, given.endpoint(sampler), n, common), as_json)


def vary(
    checkpoint: CheckpointName,
    drawing: Annotated[str, typer.Argument(metavar="DRAWING", help=DRAWING)],
    out: OutDir,
    n: Annotated[int, typer.Option("-n", "--n", min=1, max=1000, help="How many.")] = 12,
    spread: Annotated[float, typer.Option(min=0, max=1, help="0 is the drawing itself, 1 any other as likely.")] = 0.3,
    temperature: Temperature = 0.1,
    pen_temperature: PenTemperature = None,
    seed: Seed = 1,
    max_points: MaxPoints = None,
    connect: Connect = None,
    one_line: OneLine = False,
    curves: Curves = None,
    form: Format = "svg",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Draw variations from around a drawing in latent space; the hand stays the same."""
    from drawing.finish import Finish
    from model.orders import vary
    from model.sample import Order

    target = Target(out, form, force)
    given = read_given(drawing)
    names = [f"like-{number:03}" for number in range(n)]
    target.check(names)
    sampler = open_sampler(checkpoint)
    common = Order(seed, temperature, pen_temperature, max_points, finish=Finish(connect, one_line, curves))
    draw_into(target, names, sampler, vary(sampler, given.endpoint(sampler), n, spread, common), as_json)


def arithmetic(
    checkpoint: CheckpointName,
    a: Annotated[str, typer.Argument(metavar="A", help=DRAWING)],
    b: Annotated[str, typer.Argument(metavar="B", help="What is taken away.")],
    c: Annotated[str, typer.Argument(metavar="C", help="What is added.")],
    out: OutDir,
    n: Many = 1,
    strength: Annotated[
        float, typer.Option(min=-10, max=10, help="How much of C - B is added: 1 all, 0 nothing, below 0 the contrary.")
    ] = 1.0,
    temperature: Temperature = 0.1,
    pen_temperature: PenTemperature = None,
    seed: Seed = 1,
    max_points: MaxPoints = None,
    connect: Connect = None,
    one_line: OneLine = False,
    curves: Curves = None,
    form: Format = "svg",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Draw A - B + C: what makes C of B, done to A. The mean of a set shows in which direction it lies."""
    from drawing.finish import Finish
    from model.orders import arithmetic
    from model.sample import Order

    target = Target(out, form, force)
    given = [read_given(text) for text in (a, b, c)]
    names = [f"sum-{number:06}" for number in range(seed, seed + n)]
    target.check(names)
    sampler = open_sampler(checkpoint)
    common = Order(seed, temperature, pen_temperature, max_points, finish=Finish(connect, one_line, curves))
    ends = [each.endpoint(sampler) for each in given]
    draw_into(target, names, sampler, arithmetic(sampler, ends, n, common, strength), as_json)


def interpolate(
    checkpoint: CheckpointName,
    drawings: Annotated[list[str], typer.Argument(metavar="A B [C...]", help=DRAWING)],
    out: OutDir,
    steps: Annotated[int, typer.Option(min=2, max=10_000, help="Frames in all, both ends counted.")] = 8,
    kind: Annotated[str, typer.Option(help="slerp, lerp, or spline, which is smooth at the drawings too.")] = "slerp",
    loop: Annotated[bool, typer.Option("--loop", help="Back to the first drawing.")] = False,
    easing: Annotated[
        str, typer.Option(help="How each leg is gone: linear, in, out or in-out (slow there).")
    ] = "linear",
    even: Annotated[bool, typer.Option("--even", help="Time the frames so that the drawings change evenly.")] = False,
    temperature: Temperature = 0.1,
    pen_temperature: PenTemperature = None,
    seed: Seed = 1,
    max_points: MaxPoints = None,
    connect: Connect = None,
    one_line: OneLine = False,
    curves: Curves = None,
    form: Format = "svg",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Walk through latent space from drawing to drawing; the hand stays the same, only z moves."""
    from drawing.finish import Finish
    from model.latent import EASINGS, KINDS
    from model.sample import Order

    if easing not in EASINGS:
        raise typer.BadParameter(f"--easing is {', '.join(EASINGS[:-1])} or {EASINGS[-1]}, not {easing}")
    if even and easing != "linear":
        raise typer.BadParameter("--even times the frames itself; leave out --easing")
    if kind not in KINDS:
        raise typer.BadParameter(f"--kind is {', '.join(KINDS[:-1])} or {KINDS[-1]}, not {kind}")
    if len(drawings) < 2:
        raise typer.BadParameter("name two drawings at least")
    target = Target(out, form, force)
    names = [f"step-{number:03}" for number in range(steps)]
    target.check(names)
    given = [read_given(text) for text in drawings]
    sampler = open_sampler(checkpoint)
    common = Order(seed, temperature, pen_temperature, max_points, finish=Finish(connect, one_line, curves))
    ends = [each.endpoint(sampler) for each in given]
    began = time.monotonic()
    if even:
        orders, evenness = _even_walk(sampler, ends, steps, common, kind, loop)
    else:
        orders, evenness = sampler.interpolate(ends, steps, common, kind, loop=loop, easing=easing), None
    looked_s = time.monotonic() - began
    stops = [sampler.latent(end) for end in ends]
    still = [bool((a == b).all()) for a, b in itertools.pairwise(stops)]
    if all(still):
        note("all of these drawings have one z, as all of one seed do: there is nothing to walk, all frames are alike")
    elif any(still) and not even:
        note("two of these drawings have one z, as all of one seed do: the frames between them are alike")
    if evenness is None:
        more = {"even": None} if even else None
        words = "no frame differs from another, so there is nothing to time" if even and not all(still) else ""
        draw_into(target, names, sampler, orders, as_json, more=more, words=words, before_s=looked_s)
        return
    before, after = round(evenness.before, 3), round(evenness.after, 3)
    words = f"the largest change is {after:g} times the mean one, and was {before:g} times it"
    more = {"even": {"before": before, "after": after}}
    draw_into(target, names, sampler, orders, as_json, more=more, words=words, before_s=looked_s)


def _even_walk(
    sampler: Sampler, ends: list[Endpoint], steps: int, common: Order, kind: Kind, loop: bool
) -> tuple[list[Order], Evenness | None]:
    """The frames of a walk that is re-timed, and how evenly they are."""
    from model.even import even_walk

    try:
        with progress("timing", 1) as advance:
            return even_walk(sampler, ends, steps, common, kind, loop=loop, on_step=lambda a, b: advance(a, b))
    except KeyboardInterrupt:
        leave_stopped(0, steps)
