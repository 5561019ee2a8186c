"""``monoline dataset``: look into files of drawings, convert them, lay out a sheet, ask the demo artist."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.console import AsJson, CommandError, Force, check_free, finish, progress

if TYPE_CHECKING:
    from drawing.collection import Collection, Entry
    from drawing.drawing import Drawing

app = typer.Typer(help="Drawings in files: look, convert, lay out, or ask the demo artist.", no_args_is_help=True)

RULES = "max_strokes, min_points, max_points, min_ink, max_ink, max_segment, max_aspect, max_connector"
STRIP = 8
"""Drawings that info shows at most."""
Seed = Annotated[int, typer.Option(min=0, help="Another seed, other drawings.")]
File = Annotated[Path, typer.Argument(help=".npz, .ndjson, .ndjson.gz, .bin, .svg, a folder of SVG or .shards.")]


@app.command()
def info(file: File, as_json: AsJson = False) -> None:
    """Tell how many drawings, points and strokes a file has, and its scale."""
    from rich.console import Group
    from rich.text import Text

    from drawing.collection import read_collection, stream_collection
    from drawing.shards import is_shards
    from tui.commands.shards import describe_shards

    if is_shards(file):
        result = describe_shards(file)
        first = [entry.drawing for _, entry in itertools.islice(stream_collection(file).entries, STRIP)]
    else:
        collection = read_collection(file)
        result = describe(collection)
        first = [entry.drawing for entry in next(filter(None, collection.splits.values()))]
    finish(result, Group(_table(result), Text(_strip(first))), as_json=as_json, skipped=result["skipped"])


def describe(collection: Collection) -> dict[str, Any]:
    """The JSON of ``dataset info``.

    ``scale`` is one standard deviation over all offsets of the first split, which is what offsets are
    divided by; ``scale_without_first`` leaves out each first row, which in some files is a position.
    """
    from drawing.stroke import offset_scale, to_stroke3

    rows = [to_stroke3(entry.drawing) for entry in next(filter(None, collection.splits.values()))]
    return {
        "splits": {split: _measures(entries) for split, entries in collection.splits.items()},
        "scale": offset_scale(rows),
        "scale_without_first": offset_scale(each[1:] for each in rows),
        "about": {key: told for key, told in (collection.about or {}).items() if key != "drawings"},
        "skipped": list(collection.skipped),
    }


def _measures(entries: list[Entry]) -> dict[str, Any]:
    points = sorted(entry.drawing.points for entry in entries)
    strokes = sorted(len(entry.drawing.lines) for entry in entries)
    return {"drawings": len(entries), "points": _spread(points), "strokes": _spread(strokes)}


def _spread(values: list[int]) -> dict[str, int] | None:
    if not values:
        return None
    return {"min": values[0], "median": values[len(values) // 2], "max": values[-1]}


def _table(result: dict[str, Any]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("split", "drawings", "points", "strokes"):
        table.add_column(name, justify="left" if name == "split" else "right")
    for split, figures in result["splits"].items():
        spreads = [figures[key] or {"-": "-"} for key in ("points", "strokes")]
        table.add_row(split, f"{figures['drawings']:,}", *(" / ".join(map(str, each.values())) for each in spreads))
    scale, without = result["scale"], result["scale_without_first"]
    # training leaves first rows out where they are places on the page, and has then this scale
    first = f", {without:.4f} without first rows" if abs(without - scale) > 0.01 * scale else ""
    table.caption = f"min / median / max; scale (standard deviation of the offsets) {scale:.4f}{first}"
    table.caption_justify = "left"
    return table


def _strip(drawings: list[Drawing], columns: int = 16, rows: int = 8) -> str:
    """The first few drawings side by side in braille."""
    from rich.console import Console

    from drawing.raster import text_rows, thumbnails

    count = max(1, min(len(drawings), Console().width // (columns + 1), STRIP))
    cells = [text_rows(each) for each in thumbnails(drawings[:count], columns, rows)]
    return "\n".join(" ".join(row) for row in zip(*cells, strict=True))


@app.command()
def convert(
    paths: Annotated[list[Path], typer.Argument(metavar="IN... OUT", help="One or more sources, then the target.")],
    join: Annotated[
        float | None, typer.Option(min=0, help="Join ends up to so far apart, in the drawings' unit.")
    ] = None,
    splice: Annotated[float | None, typer.Option(min=0, help="Splice strokes into others up to so far away.")] = None,
    one_line: Annotated[bool, typer.Option("--one-line", help="Connect each drawing to exactly one stroke.")] = False,
    max_points: Annotated[
        int | None, typer.Option(min=2, help="Simplify each drawing to so many points at most.")
    ] = None,
    fit: Annotated[float | None, typer.Option(min=1e-6, help="Scale each drawing to this long side first.")] = None,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="RULE=VALUE", help=f"Keep what meets a rule: {RULES}.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Take only the first so many drawings of each split of each source.")
    ] = None,
    classic: Annotated[bool, typer.Option("--classic", help="Write .npz as other Sketch-RNN tools read it.")] = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Convert drawings between any formats, connecting, simplifying and choosing on the way.

    A target that ends in .shards is a folder for training on more drawings than fit into memory.
    """
    from dataclasses import replace

    from configs.load import load
    from drawing.accept import Rules
    from drawing.collection import read_collection
    from drawing.errors import DrawingError
    from tui.commands.shards import convert_to_shards, summary

    if len(paths) < 2:
        raise typer.BadParameter("name one source at least, and the target last")
    *sources, target = paths
    if any(target.resolve() == source.resolve() for source in sources):
        raise CommandError(f"{target} is a source too; name another target.")
    check_free(target, force)
    rules = load(Rules, None, accept or (), option="--accept")
    for name, value in (("--join", join), ("--splice", splice), ("--fit", fit)):
        if value is not None and not math.isfinite(value):
            raise typer.BadParameter(f"{name} must be a finite number")

    def change(drawing: Drawing) -> tuple[Drawing, list[str]]:
        try:
            changed = _changed(drawing, fit, join, splice, one_line, max_points)
            return changed, rules.reasons(changed)
        except DrawingError as error:
            return drawing, [str(error)]

    if target.name.lower().endswith(".shards"):
        if classic:
            raise typer.BadParameter("--classic is for .npz only")
        written, reasons = convert_to_shards(sources, target, change, limit)
        finish(written, summary(written), as_json=as_json, skipped=reasons)
        return
    collections = [read_collection(source) for source in sources]
    skipped = [reason for collection in collections for reason in collection.skipped]
    splits: dict[str, list[Entry]] = {}
    kept_places: dict[str, list[int]] = {}
    every = [entries[:limit] for collection in collections for entries in collection.splits.values()]
    total = sum(map(len, every))
    done = 0
    with progress("converting", total) as advance:
        for source, collection in zip(sources, collections, strict=True):
            for split, entries in collection.splits.items():
                kept = splits.setdefault(split, [])
                for index, entry in enumerate(entries[:limit]):
                    drawing, reasons = change(entry.drawing)
                    if reasons:
                        skipped.append(f"{source}#{split}/{index}: {'; '.join(reasons)}")
                    else:
                        kept.append(replace(entry, drawing=drawing))
                        kept_places.setdefault(split, []).append(index)
                    done += 1
                    advance(done)
    about = _told(collections[0].about, kept_places) if len(collections) == 1 else None
    if not any(splits.values()):
        raise CommandError(f"{target} was not written: none of {total:,} drawings is left; the first: {skipped[0]}")
    files = _write(target, splits, about, classic, force)
    counts = {split: len(entries) for split, entries in splits.items()}
    result = {"out": files, "drawings": counts, "skipped": skipped}
    finish(result, _summary(files, counts), as_json=as_json, skipped=skipped)


def _told(about: Mapping[str, Any] | None, kept: Mapping[str, list[int]]) -> Mapping[str, Any] | None:
    """What an archive says of itself, and of each drawing only where it comes from: it may be another one now."""
    if not isinstance(about, Mapping) or not isinstance(about.get("drawings"), Mapping):
        return about
    same = ("name", "page", "scan", "sha256", "box", "import", "corrections", "reversed")
    drawings = {
        split: [{key: told[index][key] for key in same if key in told[index]} for index in kept.get(split, ())]
        for split, told in about["drawings"].items()
    }
    return {**about, "drawings": drawings}


def _write(
    out: Path, splits: dict[str, list[Entry]], about: Mapping[str, Any] | None, classic: bool, force: bool
) -> list[str]:
    """Write where nothing is, or by force, and return the names of what was written."""
    from drawing.collection import target_files, write_collection

    for target in target_files(out, [split for split, entries in splits.items() if entries]):
        check_free(target, force)
    with progress("writing", sum(map(len, splits.values()))) as advance:
        files = write_collection(out, splits, about, classic=classic, on_done=advance)
    return [str(file) for file in files]


def _summary(files: list[str], counts: dict[str, int]) -> str:
    return f"{', '.join(files)}: {', '.join(f'{count:,} {split}' for split, count in counts.items())}"


def _changed(
    drawing: Drawing,
    fit: float | None,
    join_limit: float | None,
    splice_limit: float | None,
    single: bool,
    max_points: int | None,
) -> Drawing:
    from drawing.connect import join, one_line, splice

    if fit is not None and drawing.lines and max(drawing.size) > 0:
        drawing = drawing.translate(-drawing.bounds[0], -drawing.bounds[1]).scale(fit / max(drawing.size))
    if join_limit is not None:
        drawing = join(drawing, join_limit)
    if splice_limit is not None:
        drawing = splice(drawing, splice_limit)
    if single:
        drawing = one_line(drawing, max(join_limit or 0.0, splice_limit or 0.0))
    return drawing if max_points is None else drawing.simplify_to(max_points)


@app.command()
def sheet(
    file: File,
    out: Annotated[Path, typer.Argument(help="A .png, .svg or .gif file.")],
    split: Annotated[str, typer.Option(help="Which split; the first one that has drawings by default.")] = "",
    rows: Annotated[int, typer.Option(min=1, max=100)] = 6,
    columns: Annotated[int, typer.Option(min=1, max=100)] = 10,
    start: Annotated[int, typer.Option("--from", min=0, help="Number of the first drawing.")] = 0,
    seed: Annotated[int | None, typer.Option(min=0, help="Choose at random by this seed instead.")] = None,
    cell_px: Annotated[int, typer.Option(min=20, max=2000, help="Side of a cell.")] = 200,
    captions: Annotated[bool, typer.Option("--captions", help="Write number and name below each.")] = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Lay out drawings of a file as a picture: a contact sheet, or a GIF that draws the first one."""
    from drawing.collection import read_collection
    from drawing.picture import contact_sheet, save_gif, save_png
    from drawing.svg import write_svg

    if out.suffix.lower() not in (".png", ".svg", ".gif"):
        raise typer.BadParameter(f"{out.name} must end in .png, .svg or .gif")
    if captions and out.suffix.lower() != ".png":
        raise typer.BadParameter("--captions are written into a .png only")
    check_free(out, force)
    collection = read_collection(file)
    entries = collection.find(split or next(name for name, found in collection.splits.items() if found))
    chosen = _choose(len(entries), rows * columns, start, seed)
    if not chosen:
        raise CommandError(f"{file} has {len(entries)} drawings there; there is none from number {start} on.")
    columns = min(columns, len(chosen))
    if out.suffix.lower() == ".gif":
        chosen = chosen[:1]
    drawings = [entries[index].drawing for index in chosen]
    if out.suffix.lower() == ".svg":
        page, width, height = grid(drawings, columns)
        write_svg(out, page, width_mm=width, height_mm=height)
    elif out.suffix.lower() == ".gif":
        save_gif(out, drawings[0], (cell_px * 2, cell_px * 2))
    else:
        names = [f"{index} {entries[index].name}".strip() for index in chosen] if captions else ()
        save_png(out, contact_sheet(drawings, columns, cell_px=cell_px, captions=names))
    words = "1 drawing" if len(chosen) == 1 else f"{len(chosen)} drawings"
    words += f" of {len(entries):,}" if len(chosen) < len(entries) else ""
    result = {"file": str(out), "drawings": chosen, "skipped": list(collection.skipped)}
    finish(result, f"{out}: {words}", as_json=as_json, skipped=collection.skipped)


def grid(drawings: list[Drawing], columns: int, cell_mm: float = 30.0) -> tuple[Drawing, float, float]:
    """Drawings in rows as one drawing in mm, with the width and height of its page."""
    from drawing.drawing import Drawing

    lines = []
    for index, drawing in enumerate(drawings):
        if drawing.lines:
            x, y = index % columns * cell_mm, index // columns * cell_mm
            edge = cell_mm / 12
            lines += drawing.fit((x + edge, y + edge, x + cell_mm - edge, y + cell_mm - edge)).lines
    rows = -(-len(drawings) // columns)
    return Drawing(tuple(lines)), columns * cell_mm, rows * cell_mm


def _choose(count: int, wanted: int, start: int, seed: int | None) -> list[int]:
    if seed is None:
        return list(range(start, min(count, start + wanted)))
    import numpy as np

    return sorted(np.random.default_rng(seed).permutation(count)[:wanted].tolist())


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="The file to write, usually .npz.")],
    n: Annotated[int, typer.Option("--n", "-n", min=1, help="How many drawings.")] = 2000,
    seed: Seed = 1,
    preset: Annotated[str, typer.Option(help="demo, portraits, or a .toml file of the artist's settings.")] = "demo",
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="One setting, as tremor=0.5 or kinds.hand=9.")
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Let the demo artist draw: one line each, the same for the same seed; 90 % train, 5 % valid, 5 % test."""
    from configs.load import load
    from prep.artist import ArtistSettings
    from prep.book import about_book, draw_book, split_book

    check_free(out, force)
    chosen = load(ArtistSettings, preset, settings or ())
    with progress("drawing", n) as advance:
        sketches = list(draw_book(seed, n, chosen, advance))
    splits = split_book(sketches)
    files = _write(out, splits, about_book(seed, chosen), classic=False, force=force)
    counts = {split: len(entries) for split, entries in splits.items()}
    finish({"out": files, "drawings": counts, "seed": seed}, _summary(files, counts), as_json=as_json)
