"""``monoline prep clusters``, ``label``, ``move``, ``similar``, ``find``, ``timeline`` and ``projector``."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tui.console import AsJson, CommandError, Force, check_free, finish

if TYPE_CHECKING:
    from rich.console import RenderableType

    from prep.catalog import Catalog
    from prep.piles import Of
    from prep.similar import Chapter
    from studio.folder import Studio

OfWhat = Annotated[Literal["scans", "drawings"], typer.Option("--of", help="Scans, or the drawings traced from them.")]
Sheet = Annotated[
    Path | None, typer.Option(metavar="FILE.png", help="Write a picture of them too, in the place of one before.")
]
NEAR, FAR = 4, 2
"""Members of a cluster that are told."""
BAR = 30
"""Columns of the longest bar of a timeline."""


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (clusters, label, move, similar, find, timeline, projector):
        app.command()(command)


def clusters(
    context: typer.Context,
    k: Annotated[int | None, typer.Option("-k", min=2, max=4096, help="Cluster anew, into so many.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Cluster anew, otherwise.")] = None,
    of: OfWhat = "scans",
    sheet: Sheet = None,
    as_json: AsJson = False,
) -> None:
    """List clusters: what is in them, their labels, the nearest to the middle and the farthest, where the errors are.

    Clustered anew, each takes over the label that most in it had; what was moved by hand stays where it was moved.
    """
    from prep.clusters import current, list_clusters, members, purity
    from prep.pinboard import cluster_rows
    from studio.folder import open_studio

    if k is not None or seed is not None:
        chosen = open_studio(context.obj)
        _choose(chosen, of, k, seed)
        run_sorting(chosen, of)
    with _shelf(context) as (catalog, studio):
        kept = current(catalog, of)
        if kept is None:
            raise CommandError(f"There are no clusters of {of} yet; monoline prep clusters -k 16 makes some.")
        told: list[dict[str, Any]] = []
        for each in list_clusters(catalog, of):
            near = members(catalog, of, each.number, NEAR)
            far = members(catalog, of, each.number, FAR, far=True)
            told.append(
                {"number": each.number, "label": each.label, "by_hand": each.by_hand, "size": each.size}
                | {
                    "moved": each.moved,
                    "spread": round(each.spread, 4),
                    "near": [member.page if of == "scans" else member.item for member in near],
                    "far": [member.page if of == "scans" else member.item for member in far if member not in near],
                }
            )
        agreed = purity(catalog, of)
        _board(catalog, studio, of, sheet, lambda: cluster_rows(catalog, of))
    by_hand = {"labelled": agreed.labelled, "agreeing": agreed.agreeing}
    result = {"of": of, "id": kept.id, "k": kept.k, "seed": kept.seed, "clusters": told, "by_hand": by_hand}
    finish(result, _clusters_table(told, agreed.labelled, agreed.agreeing), as_json=as_json)


def label(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="CLUSTER... NAME", help="Numbers of clusters, and their name.")],
    of: OfWhat = "scans",
    seen: Annotated[
        int | None, typer.Option(help="The id that prep clusters --json told: refuse if there are others by now.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give clusters a label, as 0_drawings; all in them that no hand has moved comes under it. A name of - takes it
    off."""
    from prep.clusters import list_clusters, name_clusters

    *numbers, name = words
    if not numbers or not all(number.isdecimal() for number in numbers):
        raise typer.BadParameter("name numbers of clusters, and a label, as in: monoline prep label 0 3 0_drawings")
    chosen = [int(number) for number in numbers]
    with _shelf(context) as (catalog, _):
        name_clusters(catalog, of, chosen, None if name == "-" else name, seen=seen)
        told = [
            {"number": each.number, "label": each.label, "size": each.size}
            for each in list_clusters(catalog, of)
            if each.number in chosen
        ]
    lines = [f"cluster {each['number']} with {each['size']:,} {of}: {each['label'] or 'no label'}" for each in told]
    finish({"of": of, "clusters": told}, "\n".join(lines), as_json=as_json)


def move(
    context: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="SCAN... LABEL", help="Scans, or traced drawings, and where they belong.")
    ],
    as_json: AsJson = False,
) -> None:
    """Put scans or traced drawings under a label by hand, for ever. A label of - leaves that to their clusters again.

    A drawing has the number of its page and its own: sb01/001-2.
    """
    from prep.decisions import label_drawings, label_scans

    *names, name = words
    if not names:
        raise typer.BadParameter("name scans or drawings, and a label, as in: monoline prep move sb01/001 0_drawings")
    value = None if name == "-" else name
    with _shelf(context) as (catalog, studio):
        found = [_item(catalog, studio, each) for each in names]
        scans = list(dict.fromkeys(item for of, item, _ in found if of == "scans"))
        drawings = list(dict.fromkeys(item for of, item, _ in found if of == "drawings"))
        if scans:
            label_scans(catalog, [int(scan) for scan in scans], value)
        if drawings:
            label_drawings(catalog, drawings, value)
    told = list(dict.fromkeys(shown for _, _, shown in found))
    text = f"{told[0] if len(told) == 1 else f'{len(told):,} of them'}: {value or 'as their clusters'}"
    finish({"moved": told, "label": value}, text, as_json=as_json)


def similar(
    context: typer.Context,
    scan: Annotated[str, typer.Argument(help="A scan, or a traced drawing as sb01/001-2.")],
    count: Annotated[int, typer.Option("-n", min=1, max=10_000, help="How many.")] = 16,
    sheet: Sheet = None,
    as_json: AsJson = False,
) -> None:
    """Find what is most like a scan, or a traced drawing, the nearest first."""
    from prep.similar import similar as alike

    with _shelf(context) as (catalog, studio):
        of, item, shown = _item(catalog, studio, scan)
        found = alike(catalog, of, item, count)
        told = [
            {"name": each.page if of == "scans" else each.item, "label": each.label}
            | {"distance": round(each.distance, 4)}
            for each in found
        ]
        _board(catalog, studio, of, sheet, lambda: [(f"like {shown}", ([item], [each.item for each in found]))])
    lines = [f"{each['name']}  {each['distance']:.2f}  {each['label'] or ''}".rstrip() for each in told]
    finish({"of": of, "scan": shown, "similar": told}, "\n".join(lines), as_json=as_json)


def find(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="QUERY", help="As: label:0_drawings book:48 fav after:2019")],
    sheet: Sheet = None,
    as_json: AsJson = False,
) -> None:
    """Find scans: sb48p005, label:0_drawings (label:none), book:40-48, tag:notes, cluster:3, after:2019-03,
    before:2020, like:sb48p005, fav, hand, or a part of a name. What begins with no: is left out, as no:fav.
    """
    from prep.search import search

    with _shelf(context) as (catalog, studio):
        ids = search(catalog, _query(words))
        rows = {row["id"]: row for row in catalog.rows("SELECT id, name, page, label, tag, favourite FROM shelf")}
        told = [
            {key: rows[scan][key] for key in ("name", "page", "label", "tag")}
            | {"favourite": bool(rows[scan]["favourite"])}
            for scan in ids
        ]
        _board(catalog, studio, "scans", sheet, lambda: [(_query(words), ([str(scan) for scan in ids[:400]],))])
    lines = [f"{each['name']}  {each['label'] or ''}{' *' if each['favourite'] else ''}".rstrip() for each in told]
    finish({"scans": told}, "\n".join([*lines, f"{len(told):,} scan{'s' * (len(told) != 1)}"]), as_json=as_json)


def timeline(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="THEME", help="A label, like:sb48p005, or any other query.")],
    as_json: AsJson = False,
) -> None:
    """Tell how often a theme comes in each book, and on which pages; books go by number, then by date."""
    from prep.search import search
    from prep.similar import timeline as by_book

    with _shelf(context) as (catalog, _):
        chapters = by_book(catalog, search(catalog, _query(words)))
    told = [
        {"book": each.book, "number": each.number, "from": each.began, "to": each.ended, "scans": each.scans}
        | {"found": len(each.found), "pages": [page for _, page in each.found]}
        for each in chapters
    ]
    finish({"theme": _query(words), "books": told}, _timeline_table(chapters), as_json=as_json)


def projector(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or one from before.")],
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write vectors.tsv, metadata.tsv and sprite.png for the Embedding Projector; private scans are left out."""
    from prep.projector import write_projector

    check_free(folder, force)
    with _shelf(context) as (catalog, _):
        count = write_projector(catalog, folder)
    text = f"{folder}: {count:,} scans; load vectors.tsv and metadata.tsv at projector.tensorflow.org"
    finish({"folder": str(folder), "scans": count}, text, as_json=as_json)


@contextmanager
def _shelf(context: typer.Context) -> Generator[tuple[Catalog, Studio]]:
    from prep.catalog import open_catalog
    from studio.folder import open_studio

    studio = open_studio(context.obj)
    with open_catalog(studio) as catalog:
        yield catalog, studio


def _choose(studio: Studio, of: Of, k: int | None, seed: int | None) -> None:
    """Remember how to cluster, so that the next run does not do it otherwise."""
    from prep.settings import read_settings, write_settings
    from studio.runs import refuse_running

    refuse_running(studio.preparation)
    settings = read_settings(studio)
    names = ("clusters", "seed") if of == "scans" else ("drawing_clusters", "drawing_seed")
    changed = {name: value for name, value in zip(names, (k, seed), strict=True) if value is not None}
    shelf = settings.shelf.model_copy(update=changed)
    write_settings(studio, settings.model_copy(update={"shelf": shelf}))


def run_sorting(studio: Studio, of: Of) -> None:
    """Look at what is new, and cluster all anew, in a process of its own; Ctrl-C stops it with everything saved."""
    from prep.pipeline import TARGET
    from studio.runs import start_run
    from tui.commands.following import follow

    first, last = ("find", "sort") if of == "scans" else ("sift", "sift")
    _, leave = follow(start_run(studio.preparation, TARGET, {"from": first, "to": last, "sorting": of}), "sorting")
    leave()


def _item(catalog: Catalog, studio: Studio, name: str) -> tuple[Of, str, str]:
    """What a person means: a scan and its id, or a drawing and its name; and how it is told."""
    from prep.pages import find_scan

    drawing = Path(name)
    if drawing.suffix == ".svg" and drawing.resolve().is_relative_to(studio.drawings.resolve()):
        drawing = drawing.resolve().relative_to(studio.drawings.resolve())
    row = catalog.one("SELECT name FROM drawings WHERE name = ?", (drawing.as_posix().removesuffix(".svg"),))
    if row is not None:
        return "drawings", row["name"], row["name"]
    scan = find_scan(studio, name)
    row = catalog.one("SELECT id FROM shelf WHERE name = ?", (scan.name,))
    if row is None:
        raise CommandError(f"{name} is not in the catalog yet; run monoline prep run.")
    return "scans", str(row["id"]), scan.page


def _query(words: Sequence[str]) -> str:
    """One text of what a shell has taken apart: a word with spaces was in quotes."""
    import shlex

    return words[0] if len(words) == 1 else " ".join(shlex.quote(word) if " " in word else word for word in words)


def _board(catalog: Catalog, studio: Studio, of: Of, path: Path | None, rows: Any) -> None:
    if path is None:
        return
    from prep.pinboard import draw_board, write_board

    write_board(path, draw_board(catalog, studio, of, rows()))


def _clusters_table(told: Sequence[dict[str, Any]], labelled: int, agreeing: int) -> RenderableType:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("cluster", "size"):
        table.add_column(name, justify="right")
    for name in ("label", "nearest", "farthest"):
        table.add_column(name)
    for each in told:
        moved = f" ({each['moved']} moved)" if each["moved"] else ""
        near, far = (" ".join(each[key]) for key in ("near", "far"))
        table.add_row(*map(Text, (f"{each['number']}", f"{each['size']:,}{moved}", each["label"] or "", near, far)))
    if not labelled:
        return table
    return Group(table, "", Text(f"{agreeing:,} of {labelled:,} that were moved by hand agree with their clusters"))


def _timeline_table(chapters: Sequence[Chapter]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    most = max((len(each.found) for each in chapters), default=0)
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("book")
    table.add_column("from")
    for name in ("found", "of"):
        table.add_column(name, justify="right")
    table.add_column("")
    table.add_column("pages", no_wrap=True, overflow="ellipsis")
    for each in chapters:
        bar = "█" * -(-BAR * len(each.found) // most) if most else ""
        pages = ", ".join(page.removeprefix(f"{each.book}/") for _, page in each.found)
        counts = (f"{len(each.found):,}", f"{each.scans:,}")
        table.add_row(*map(Text, (each.book, each.began or "", *counts, bar, pages)))
    return table
