"""Commands that let a network draw: by seed, at several temperatures, again from a recipe."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.sampling import (
    LAST_SEED,
    CheckpointName,
    Connect,
    Curves,
    DrawingStopped,
    Format,
    MaxPoints,
    OneLine,
    OutDir,
    PenTemperature,
    Seed,
    Temperature,
    draw,
    draw_into,
    leave_stopped,
    open_sampler,
)
from tui.commands.target import Target, counted, told
from tui.console import SKIPPED, AsJson, CommandError, Force, check_free, finish, note
from tui.given import read_given

if TYPE_CHECKING:
    from model.choose import Choice
    from model.sample import Order, Sample, Sampler

BEFORE = 0.3
"""Temperature of a seed that is shown before it is drawn again."""
MOST_TRIED = 50
"""Seeds tried for each drawing wanted, before rules are said to be too strict."""


def register(app: typer.Typer) -> None:
    """Add these commands to the top level."""
    for command in (sample, ladder, redo):
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
    best_of: Annotated[
        int, typer.Option(metavar="K", min=1, max=1000, help="Number n is the likeliest of the seeds from n K on.")
    ] = 1,
    connect: Connect = None,
    one_line: OneLine = False,
    curves: Curves = None,
    form: Format = "svg",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Draw by seed; the same seed gives the same drawing, alone or among others."""
    from configs.load import load
    from drawing.accept import Rules
    from drawing.finish import Finish
    from model.choose import Choice
    from model.sample import Order

    target = Target(out, form, force)
    choice = Choice(best_of, load(Rules, None, accept or (), option="--accept"))
    if (seed + n) * best_of > LAST_SEED * 2:
        raise typer.BadParameter(f"--seed {seed} times --best-of {best_of} is beyond the last seed")
    common = Order(seed, temperature, pen_temperature, max_points, finish=Finish(connect, one_line, curves))
    sampler = open_sampler(checkpoint)
    if choice.plain:
        names = [_seed_name(number) for number in range(seed, seed + n)]
        target.check(names)
        draw_into(target, names, sampler, [replace(common, seed=number) for number in range(seed, seed + n)], as_json)
        return
    found, drawn, rejected, seconds, stopped = _chosen(sampler, common, n, choice)
    target.check([_seed_name(each.seed) for each in found])
    if found:
        names = [_seed_name(each.seed) for each in found]
        words = f"the best of {drawn:,} seeds" if best_of > 1 else ""
        more = {"drawn": drawn, "missing": n - len(found)}
        target.write(names, found, seconds, rejected, as_json, more=more, words=words)
    if len(found) < n:
        if stopped:
            leave_stopped(len(found), n)
        note(f"monoline: {n - len(found)} of {n} drawings are missing. {_strict(drawn, rejected)}")
        raise typer.Exit(SKIPPED)


def _strict(drawn: int, rejected: int) -> str:
    return f"Of {drawn:,} that were tried {drawn - rejected:,} met the rules; loosen --accept."


def _chosen(sampler: Sampler, first: Order, n: int, choice: Choice) -> tuple[list[Sample], int, int, float, bool]:
    """The first n numbers of which a drawing meets the rules; fewer where ctrl-c came before, or too many broke them.

    Returns:
        The drawings, how many were drawn up to the last of them, how many of those broke a rule, seconds, and whether
        ctrl-c came.

    Raises:
        CommandError: there is no such drawing among all that were tried.
    """
    kept: list[Sample] = []
    tried, rejected, seconds, stopped = 0, 0, 0.0, False
    size = choice.best_of
    most = MOST_TRIED * n
    while len(kept) < n and tried < most and not stopped:
        count = min(max(8 // size, n - len(kept), 1), most - tried)
        wanted = [replace(first, seed=first.seed + tried + index) for index in range(count)]
        try:
            some, took = draw(sampler, [each for order in wanted for each in choice.tries(order)])
        except DrawingStopped as stop:
            stopped, took = True, stop.seconds
            # a seed is passed by only if it was drawn
            some = [stop.found[index] for index in itertools.takewhile(stop.found.__contains__, itertools.count())]
        seconds += took
        for at in range(0, len(some) - size + 1, size):
            best = choice.best(some[at : at + size])
            tried += 1
            rejected += best.rejected
            if best.sample is not None:
                kept.append(best.sample)
                if len(kept) == n:
                    break
    if not kept and not stopped:
        raise CommandError(_strict(tried * size, rejected))
    return kept, tried * size, rejected, seconds, stopped


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
    from drawing.picture import save_png
    from drawing.table import table_picture, table_svg
    from model.sample import Order
    from studio.files import write_text

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
    heads = [f"{each:g}" for each in columns]
    sides = [_row_name(each.name) for each in given] if given else [f"seed {row}" for row in _range(seeds)]
    if given:  # each row begins with what it was made from
        heads = ["from", *heads]
        for row in reversed(range(len(given))):
            drawings.insert(row * len(columns), Drawing(()) if given[row].set_of else given[row].lines(sampler, BEFORE))
    if out.suffix.lower() == ".svg":
        write_text(out, table_svg(drawings, heads, sides))
    else:
        save_png(out, table_picture(drawings, heads, sides, cell_px=cell_px))
    result = {"file": str(out), "drawings": [told(each, None) for each in found], "seconds": seconds}
    finish(result, f"{out}: {counted(found)} in {seconds:.1f} s", as_json=as_json)


def _row_name(name: str) -> str:
    """The name of a drawing beside its row: without the folder that it lies in, but with its place in a file."""
    file, mark, place = name.partition("#")
    mean = "mean:" if file.startswith("mean:") else ""
    return mean + Path(file.removeprefix(mean)).name.removesuffix(".svg") + mark + place


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
    write_svg(out, new, recipe=again.recipe, title=kept.title, decimals=None, notes=kept.notes)
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
