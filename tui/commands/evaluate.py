"""The command that tells how good a network is: likelihood, and what it draws beside what it was to learn."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from configs.errors import OptionError
from tui.commands.sample import CheckpointName
from tui.commands.train import DataFile
from tui.console import AsJson, CommandError, Force, check_free, finish, progress

if TYPE_CHECKING:
    from rich.console import RenderableType

    from drawing.drawing import Drawing
    from model.evaluate import Likelihood
    from model.suite import Compared, Suite

SHOWN, COLUMNS, PAIRS = 200, 16, 32
"""Most samples on the sheet, side by side; and pairs of sample and nearest drawing, the nearest ones."""
CELL_PX = 150
FILES = ("evaluation.json", "samples.png", "samples.svg", "nearest.png", "nearest.svg")


def register(app: typer.Typer) -> None:
    """Add this command to the top level."""
    app.command()(evaluate)


def evaluate(
    checkpoint: CheckpointName,
    data: DataFile = Path(),
    split: Annotated[str, typer.Option(help="Which drawings of the file.")] = "test",
    dequantise: Annotated[
        bool, typer.Option("--dequantise", help="For the likelihood, add seeded noise to whole numbers.")
    ] = False,
    reference_scale: Annotated[
        float | None, typer.Option(min=1e-9, help="State the figure for offsets divided by this.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many drawings.")] = None,
    samples: Annotated[
        int, typer.Option(min=0, max=10_000, help="Drawn to be compared; with 0 the likelihood is all.")
    ] = 200,
    temperature: Annotated[float, typer.Option("--temperature", "-t", min=0, max=10, help="Of the samples.")] = 0.3,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for sheets and evaluation.json.", show_default=False)
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Tell how likely drawings are to a network, in nats per point, and compare what it draws with them.

    The same command prints the same figures. With --out it leaves contact sheets: samples, and pairs of a sample
    and the drawing of train that is nearest to it.
    """
    from model.bundled import find_checkpoint
    from model.checkpoint import load_checkpoint
    from model.data import dequantise as add_noise
    from model.data import drawings_for
    from model.device import one_thread
    from model.errors import NoSplit
    from model.evaluate import likelihood
    from model.suite import judge

    if str(data) in ("", "."):
        raise typer.BadParameter("name the drawings with --data")
    if out is not None:
        _check(out, samples > 0, force)
    known = load_checkpoint(find_checkpoint(checkpoint))
    try:
        rows = drawings_for(data, split, known.first_dropped)[:limit]
    except NoSplit as error:
        raise OptionError(str(error)) from None
    noisy = add_noise(rows) if dequantise else rows
    with progress("likelihood", len(rows)) as advance:
        found = likelihood(
            known.build(), noisy, known.scale, known.n_max, reference_scale=reference_scale, on_done=advance
        )
    suite = None
    if samples:
        one_thread()  # so that sums come out the same wherever they are made
        train = rows if split == "train" else _train(data, known.first_dropped)
        with progress("drawing and comparing", samples) as advance:
            suite = judge(known, rows, train, samples=samples, temperature=temperature, on_progress=advance)
    result = _result(found, suite, checkpoint, data, split, known.net.kind == "conditional")
    if out is not None:
        result["files"] = [str(path) for path in _write(out, suite, result)]
    finish(result, _told(found, suite, known.net.kind == "conditional"), as_json=as_json)


def _check(out: Path, whole: bool, force: bool) -> None:
    """Refuse before any work if a file is in the way."""
    if out.exists() and not out.is_dir():
        raise CommandError(f"{out} is a file; name a folder.")
    for name in FILES if whole else FILES[:1]:
        check_free(out / name, force)


def _train(data: Path, first_dropped: bool) -> Sequence[Any]:
    """The drawings of train; none where the file has no such split."""
    from model.data import drawings_for
    from model.errors import BadData

    try:
        return drawings_for(data, "train", first_dropped)
    except BadData:
        return []


def _result(
    found: Likelihood, suite: Suite | None, checkpoint: str, data: Path, split: str, conditional: bool
) -> dict[str, Any]:
    nothing: dict[str, Any] = {"finish_rate": None, "samples": 0}
    told = {**found.to_json(), "is_bound": conditional}  # the ELBO, its sign turned, where there is a z
    return {
        "checkpoint": checkpoint,
        "data": str(data),
        "split": split,
        **told,
        **(suite.to_json() if suite else nothing),
    }


def _write(out: Path, suite: Suite | None, result: dict[str, Any]) -> list[Path]:
    """Write the sheets and the figures; the files."""
    from studio.files import write_text

    paths: list[Path] = []
    if suite is not None:
        shown = suite.samples[:SHOWN]
        captions = [f"{each.seed}" for each in shown]
        paths += _sheet(out, "samples", [each.drawing for each in shown], captions, COLUMNS)
        if suite.twins:
            order = sorted(range(len(suite.twins)), key=lambda index: suite.away[index])[:PAIRS]
            pairs = [each for index in order for each in (suite.samples[index].drawing, suite.twins[index])]
            captions = [
                each for index in order for each in (f"{suite.samples[index].seed}", f"{suite.away[index]:.3f} away")
            ]
            paths += _sheet(out, "nearest", pairs, captions, COLUMNS // 2)
    file = out / FILES[0]
    write_text(file, json.dumps(result, indent=2, allow_nan=False, ensure_ascii=False) + "\n")
    return [*paths, file]


def _sheet(out: Path, name: str, drawings: Sequence[Drawing], captions: Sequence[str], columns: int) -> list[Path]:
    from drawing.picture import contact_sheet, save_png
    from drawing.svg import write_svg
    from tui.commands.dataset import grid

    png, svg = out / f"{name}.png", out / f"{name}.svg"
    save_png(png, contact_sheet(drawings, columns, cell_px=CELL_PX, captions=captions))
    page, width, height = grid(list(drawings), columns)
    write_svg(svg, page, width_mm=width, height_mm=height)
    return [png, svg]


def _told(found: Likelihood, suite: Suite | None, conditional: bool) -> RenderableType:
    parts = f"offsets {found.offsets:.4f}, pen {found.pen:.4f}"
    if conditional:
        parts += f", latent {found.kl:.4f}"
    text = (
        f"{found.nats_per_point:.4f} nats per point ({parts}) on {found.drawings:,} drawings, {found.points:,} points,"
        f" at scale {found.scale:.4f}\nL_R {found.L_R:.4f}, L_KL {found.L_KL:.4f} with n_max {found.n_max}"
    )
    if suite is None:
        return text
    from rich.console import Group

    if suite.latent is not None and suite.reconstruction is not None:
        again = suite.reconstruction
        text += (
            f"\n{suite.active} of {suite.latent} dimensions of z are active; reconstructions at {again.temperature:g} "
            f"are {again.chamfer_pct:.2f} % of the diagonal away, from another drawing {again.others_pct:.2f} %"
        )
    text += (
        f"\n{suite.made.drawings} samples at temperature {suite.temperature:g}: {suite.finish_rate:.1%} come to an end"
    )
    if suite.memory is not None:
        ratio = "" if suite.memory.ratio is None else f", {suite.memory.ratio:.2f} times as far as unseen drawings"
        text += (
            f"\nnearest of {suite.memory.train:,} drawings in train{ratio}; "
            f"{suite.memory.copies:.1%} are nearer than 99 of 100 unseen ones"
        )
    return Group(text, _table(suite))


def _table(suite: Suite) -> RenderableType:
    """Samples beside drawings of train, which show what can be reached at all."""
    from rich import box
    from rich.table import Table

    sides = [("samples", suite.made), *([("train", suite.train)] if suite.train else [])]
    table = Table("compared with the split", box=box.SIMPLE_HEAD)
    for name, side in sides:
        table.add_column(
            f"{side.drawings} {name}" if name == "samples" else f"{side.drawings} of {name}", justify="right"
        )
    for label, row in _rows([side for _, side in sides]):
        table.add_row(label, *row)
    return table


def _rows(sides: Sequence[Compared]) -> list[tuple[str, list[str]]]:
    rows = [
        ("nearly empty", [f"{side.empty_rate:.1%}" for side in sides]),
        ("tangled: more ink than 99 % of the split", [f"{side.tangle_rate:.1%}" for side in sides]),
    ]
    for name in sides[0].wasserstein:
        label = f"Wasserstein, {name.replace('_', ' ')}"
        rows.append((label, [_number(side.wasserstein[name]) for side in sides]))
    names = ("precision", "recall", "density", "coverage")
    return rows + [(name, [_number(getattr(side.likeness, name, None)) for side in sides]) for name in names]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
