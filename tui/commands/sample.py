"""Commands that let a network draw: by seed, at several temperatures, again, along a walk."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.sampling import DrawingStopped, draw, draw_into, leave_stopped, open_sampler
from tui.commands.target import Target, told
from tui.console import AsJson, CommandError, Force, check_free, finish, note
from tui.given import read_given

if TYPE_CHECKING:
    from drawing.accept import Rules
    from model.sample import Order, Sample, Sampler

LAST_SEED = 2**62
"""So that the seeds that follow it fit the 63 bits that a seed has."""
CheckpointName = Annotated[str, typer.Argument(metavar="CKPT", help="A path, a run's folder, or a bundled name.")]
Temperature = Annotated[float, typer.Option("--temperature", "-t", min=0, max=10, help="0 is the likeliest line.")]
PenTemperature = Annotated[
    float | None, typer.Option(min=0, max=10, help="Of the pen's state; the same as the other by default.")
]
Seed = Annotated[int, typer.Option(min=0, max=LAST_SEED, help="Another seed, another hand.")]
MaxPoints = Annotated[
    int | None, typer.Option(min=1, max=10_000, help="Cap; 1.25 times the longest learnt by default.")
]
OutDir = Annotated[Path, typer.Option(metavar="DIR", help="Folder for what is made.", show_default=False)]
Format = Annotated[str, typer.Option("--format", help="svg, png or npz.")]

MOST_TRIED = 50
"""Seeds tried for each drawing wanted, before rules are said to be too strict."""


def register(app: typer.Typer) -> None:
    """Add these commands to the top level."""
    for command in (sample, ladder, reconstruct, interpolate, redo):
        app.command()(command)


def sample(
    checkpoint: CheckpointName,
    out: OutDir,
    n: Annotated[int, typer.Option("-n", "--n", min=1, max=100_000, help="How many.")] = 12,
    temperature: Temperature = 0.3,
    pen_temperature: PenTemperature = None,
    seed: Annotated[int, typer.Option(min=0, max=LAST_SEED, help="The first seed; the next ones follow.")] = 1,
    max_points: MaxPoints = None,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="RULE=VALUE", help="Keep only what meets a rule, as max_strokes=1.")
    ] = None,
    form: Format = "svg",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Draw by seed; the same seed gives the same drawing, alone or among others."""
    from configs.load import load
    from drawing.accept import Rules
    from model.sample import Order

    target = Target(out, form, force)
    rules = load(Rules, None, accept or (), option="--accept")
    sampler = open_sampler(checkpoint)

    def order(number: int) -> Order:
        return Order(number, temperature, pen_temperature, max_points)

    if not accept:
        names = [_seed_name(number) for number in range(seed, seed + n)]
        target.check(names)
        draw_into(target, names, sampler, [order(number) for number in range(seed, seed + n)], as_json)
        return
    found, rejected, seconds = _accepted(sampler, order, seed, n, rules)
    target.check([_seed_name(each.seed) for each in found])
    if found:
        target.write([_seed_name(each.seed) for each in found], found, seconds, rejected, as_json)
    if len(found) < n:
        leave_stopped(len(found), n)


def _accepted(
    sampler: Sampler, order: Callable[[int], Order], seed: int, n: int, rules: Rules
) -> tuple[list[Sample], int, float]:
    """The first n drawings, in order of their seeds, that meet the rules; fewer where ctrl-c came before."""
    kept: list[Sample] = []
    tried, seconds, stopped = 0, 0.0, False
    while len(kept) < n and not stopped:
        if tried >= MOST_TRIED * n:
            raise CommandError(f"Of {tried:,} drawings {len(kept)} met the rules; loosen --accept.")
        try:
            some, took = draw(sampler, [order(seed + tried + index) for index in range(max(8, n - len(kept)))])
        except DrawingStopped as stop:
            stopped, took = True, stop.seconds
            # a seed is passed by only if it was drawn
            some = [stop.found[index] for index in itertools.takewhile(stop.found.__contains__, itertools.count())]
        seconds += took
        for each in some:
            tried += 1
            if rules.accepts(each.drawing):
                kept.append(each)
                if len(kept) == n:
                    break
    return kept, tried - len(kept), seconds


def ladder(
    checkpoint: CheckpointName,
    out: Annotated[Path, typer.Option(metavar="FILE", help="A .png or .svg file.", show_default=False)],
    seeds: Annotated[str, typer.Option(metavar="A-B", help="A row for each seed.")] = "",
    inputs: Annotated[
        str, typer.Option(metavar="DRAWING,...", help="Instead: a row for each drawing, reconstructed.")
    ] = "",
    temperatures: Annotated[str, typer.Option(help="A column for each.")] = "0.1,0.2,0.3,0.4,0.6,0.8,1.0",
    pen_temperature: PenTemperature = None,
    seed: Seed = 1,
    max_points: MaxPoints = None,
    cell_px: Annotated[int, typer.Option(min=20, max=1000, help="Side of a cell of a .png.")] = 160,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Draw a sheet to choose a temperature from: rows of seeds or drawings, columns of temperatures."""
    from drawing.drawing import Drawing
    from drawing.picture import contact_sheet, save_png
    from drawing.svg import write_svg
    from model.sample import Order
    from tui.commands.dataset import grid

    if out.suffix.lower() not in (".png", ".svg"):
        raise typer.BadParameter(f"{out.name} must end in .png or .svg")
    if bool(seeds) == bool(inputs):
        raise typer.BadParameter("name either --seeds, as 1-8, or --inputs")
    columns = _numbers(temperatures)
    check_free(out, force)
    sampler = open_sampler(checkpoint)
    given = [read_given(text) for text in inputs.split(",")] if inputs else []
    orders: list[Order] = []
    for row in _range(seeds) if seeds else range(len(given)):
        z = sampler.latent(given[row].endpoint(sampler)) if given else None
        number = seed if given else row
        orders += [Order(number, each, pen_temperature, max_points, z) for each in columns]
    found, seconds = draw(sampler, orders)
    drawings = [each.drawing for each in found]
    captions = [f"{each.seed} at {each.recipe.temperature:g}" for each in found]
    width = len(columns)
    if given:  # each row begins with what it was made from
        width += 1
        originals = [each.drawing or Drawing(()) for each in given]
        for row in reversed(range(len(given))):
            drawings.insert(row * len(columns), originals[row])
            captions.insert(row * len(columns), Path(given[row].name).name)
    if out.suffix.lower() == ".svg":
        page, w, h = grid(drawings, width)
        write_svg(out, page, width_mm=w, height_mm=h)
    else:
        save_png(out, contact_sheet(drawings, width, cell_px=cell_px, captions=captions))
    result = {"file": str(out), "drawings": [told(each, None) for each in found], "seconds": seconds}
    finish(result, f"{out}: {len(found)} drawings in {seconds:.1f} s", as_json=as_json)


def reconstruct(
    checkpoint: CheckpointName,
    drawing: Annotated[str, typer.Argument(metavar="DRAWING", help="An SVG, seed:7 or FILE.npz#test/12.")],
    out: OutDir,
    n: Annotated[int, typer.Option("-n", "--n", min=1, max=1000, help="How many, with seeds that follow.")] = 1,
    temperature: Temperature = 0.1,
    pen_temperature: PenTemperature = None,
    seed: Seed = 1,
    max_points: MaxPoints = None,
    form: Format = "svg",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Encode a drawing and draw it again from its latent vector."""
    from drawing.recipe import Recipe
    from model.sample import Order

    target = Target(out, form, force)
    given = read_given(drawing)
    names = [f"again-{number:06}" for number in range(seed, seed + n)]
    target.check(names)
    sampler = open_sampler(checkpoint)
    end = given.endpoint(sampler)
    orders = [
        Order(
            number,
            temperature,
            pen_temperature,
            max_points,
            sampler.latent(end),
            Recipe(kind="reconstruct", seed=number, endpoints=(end,)),
        )
        for number in range(seed, seed + n)
    ]
    draw_into(target, names, sampler, orders, as_json)


def interpolate(
    checkpoint: CheckpointName,
    drawings: Annotated[list[str], typer.Argument(metavar="A B [C...]", help="SVG, seed:7 or FILE.npz#test/12 each.")],
    out: OutDir,
    steps: Annotated[int, typer.Option(min=2, max=10_000, help="Frames in all, both ends counted.")] = 8,
    kind: Annotated[str, typer.Option(help="slerp or lerp.")] = "slerp",
    loop: Annotated[bool, typer.Option("--loop", help="Back to the first drawing.")] = False,
    temperature: Temperature = 0.1,
    pen_temperature: PenTemperature = None,
    seed: Seed = 1,
    max_points: MaxPoints = None,
    form: Format = "svg",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Walk through latent space from drawing to drawing; the hand stays the same, only z moves."""
    from model.sample import Order

    if kind not in ("lerp", "slerp"):
        raise typer.BadParameter(f"--kind is lerp or slerp, not {kind}")
    if len(drawings) < 2:
        raise typer.BadParameter("name two drawings at least")
    target = Target(out, form, force)
    names = [f"step-{number:03}" for number in range(steps)]
    target.check(names)
    given = [read_given(text) for text in drawings]
    sampler = open_sampler(checkpoint)
    common = Order(seed, temperature, pen_temperature, max_points)
    orders = sampler.interpolate([each.endpoint(sampler) for each in given], steps, common, kind, loop=loop)
    if any(a.z is not None and b.z is not None and (a.z == b.z).all() for a, b in itertools.pairwise(orders)):
        note("two of these drawings have one z, as all of one seed do: the frames between them are alike")
    draw_into(target, names, sampler, orders, as_json)


def redo(
    file: Annotated[Path, typer.Argument(help="An SVG with a recipe.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The SVG to write.", show_default=False)],
    checkpoint: Annotated[
        str, typer.Option(metavar="CKPT", help="Its checkpoint, where it is not a bundled one.")
    ] = "",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Draw an SVG again from the recipe inside; its own points stay what counts."""
    import numpy as np

    from drawing.svg import read_svg, write_svg

    check_free(out, force)
    kept = read_svg(file)
    if kept.recipe is None:
        damaged = next((words for words in kept.left_out if "recipe" in words), None)
        if damaged is not None:
            raise CommandError(f"{file} can't be drawn again. {damaged}")
        raise CommandError(f"{file} has no recipe inside; only single drawings that monoline made have one.")
    if kept.recipe.kind == "artist":
        raise CommandError(f"{file} is by the demo artist; monoline dataset demo draws its books again.")
    again = open_sampler(checkpoint or _bundled_with(kept.recipe.checkpoint, file)).redo(kept.recipe)
    old, new = kept.drawing, again.drawing
    same_shape = [line.shape for line in old.lines] == [line.shape for line in new.lines]
    deviation = None
    if same_shape:
        deviation = max(
            (float(np.abs(a - b).max()) for a, b in zip(old.lines, new.lines, strict=True) if len(a)), default=0.0
        )
    write_svg(out, new, recipe=again.recipe, title=kept.title, decimals=None)
    result = {"identical": deviation == 0.0, "max_deviation_mm": deviation, "file": str(out)}
    how = "identical" if deviation == 0.0 else "other points" if deviation is None else f"within {deviation:.3g} mm"
    finish(result, f"{out}: {how}", as_json=as_json)


def _bundled_with(hash_: str | None, file: Path) -> str:
    """The bundled checkpoint with this hash."""
    from model.bundled import bundled, find_checkpoint
    from model.data import file_hash

    for name in bundled():
        if file_hash(find_checkpoint(name)) == hash_:
            return name
    raise CommandError(
        f"{file} was drawn by a checkpoint that is not bundled, or no longer ({(hash_ or '?')[:12]}); name "
        "its file with --checkpoint."
    )


def _seed_name(seed: int) -> str:
    return f"seed-{seed:06}"


def _range(text: str) -> range:
    first, _, last = text.partition("-")
    if not first.isdigit() or not (last or first).isdigit() or int(last or first) < int(first):
        raise typer.BadParameter(f"--seeds is of the form 1-8, the lower one first, not {text}")
    return range(int(first), int(last or first) + 1)


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise typer.BadParameter(f"--temperatures is of the form 0.1,0.2, not {text}") from None
