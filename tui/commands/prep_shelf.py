"""``monoline prep name``, ``tag`` and ``sort``: books named, scans tagged, files by label."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tui.console import STOPPED, AsJson, CommandError, Force, check_free, finish, note, progress, stoppable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from prep.catalog import Catalog
    from prep.naming import Naming, Problem
    from studio.folder import Studio

TAGS = ("art", "notes", "private", "extra", "favourite")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(name)
    app.command()(tag)
    app.command()(sort)


def name(
    context: typer.Context,
    book: Annotated[str, typer.Argument(help="A sketchbook: its folder, or its number.")],
    by: Annotated[Literal["name", "time"], typer.Option(help="Number scans by name, or by when they were taken.")] = (
        "name"
    ),
    first: Annotated[
        int | None, typer.Option(min=0, help="The first number; else they count on from the last.")
    ] = None,
    plan: Annotated[
        Path | None, typer.Option(metavar="FILE.tsv", help="Write the proposal as a table, to change it.")
    ] = None,
    apply: Annotated[Path | None, typer.Option(metavar="FILE.tsv", help="Rename as this table says.")] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Rename as proposed.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Give the scans their names back from before.")] = False,
    number: Annotated[int | None, typer.Option(min=0, help="Number of the book, for references as 48/5.")] = None,
    began: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="When it was begun: 2019, 2019-03 or 2019-03-28.")
    ] = None,
    ended: Annotated[str | None, typer.Option("--to", metavar="DATE", help="When it was full.")] = None,
    cover: Annotated[
        str | None,
        typer.Option(metavar="SCAN", help="The scan that stands for it; else the first in its folder cover."),
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Give loose scans of a book their page numbers: art/001.jpg, art/075v2.jpg, notes/077--full-diag.jpg.

    Without options it only tells what it proposes. Nothing is overwritten, and it is whole or not at all. The number,
    dates and cover of a book are kept in the catalog.
    """
    from prep.catalog import open_catalog
    from studio.folder import open_studio

    if sum((plan is not None, apply is not None, accept, undo)) > 1:
        raise typer.BadParameter("say one of --plan, --apply, --accept and --undo")
    studio = open_studio(context.obj)
    with open_catalog(studio) as catalog:
        folder = _book(catalog, studio, book)
        told = [value is not None for value in (number, began, ended, cover)]
        if any(told):
            _tell(catalog, studio, folder, number, began, ended, cover)
        if undo:
            _take_back(studio, folder, as_json)
        elif plan is None and apply is None and not accept and any(told):
            _finish_plate(catalog, folder, as_json)
        elif apply is not None:
            from prep.plan import read_plan

            _rename(studio, folder, read_plan(apply, studio.sketchbooks / folder), as_json)
        else:
            namings = _proposal(catalog, studio, folder, by, first)
            if accept:
                _rename(studio, folder, namings, as_json)
            else:
                _finish_proposal(catalog, studio, folder, namings, plan, force=force, as_json=as_json)


def tag(
    context: typer.Context,
    scans: Annotated[list[str], typer.Argument(metavar="SCAN... TAG", help=f"Scans, and one of {', '.join(TAGS)}.")],
    off: Annotated[bool, typer.Option("--off", help="Take the tag off these scans.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what scans are, whatever folder they lie in, as the Finder's colours do: yellow notes, red private, orange
    extra, green favourite, none art.

    Of a private scan the studio keeps nothing but its name. Without its tag a scan is what its folder, or its tag in
    the Finder, says.
    """
    from prep.catalog import open_catalog
    from prep.decisions import favour_scans, tag_scans
    from prep.privacy import hide_by
    from studio.folder import open_studio

    *names, value = scans
    if value not in TAGS:
        raise typer.BadParameter(f"{value!r} is no tag; the last word is one of {', '.join(TAGS)}")
    if not names:
        raise typer.BadParameter(f"name the scans before it, as in: monoline prep tag sb01/001 {value}")
    studio = open_studio(context.obj)
    with open_catalog(studio) as catalog:
        rows = [_row(catalog, studio, each) for each in names]
        numbers = list(dict.fromkeys(row["id"] for row in rows))
        withdrawn: list[str] = []
        if value == "favourite":
            favour_scans(catalog, numbers, not off)
        else:
            if off:
                numbers = [row["id"] for row in rows if row["tag"] == value]
            given: Any = None if off else value
            _, withdrawn = hide_by(catalog, studio, lambda: tag_scans(catalog, numbers, given))
        marks = ", ".join("?" * len(rows))
        told = catalog.rows(_TOLD.format(marks), [row["id"] for row in rows])
    found = [{"name": row["name"], "tag": row["tag"], "favourite": bool(row["favourite"])} for row in told]
    lines = [f"{each['name']}: {each['tag']}{', favourite' if each['favourite'] else ''}" for each in found]
    result = {"scans": found, "withdrawn": withdrawn}
    finish(result, "\n".join([*lines, *withdrawn]), as_json=as_json)


_TOLD = """SELECT id, name, COALESCE(tag, NULLIF(finder, ''),
    CASE part WHEN '' THEN 'art' WHEN 'xtra' THEN 'extra' WHEN 'priv' THEN 'private' ELSE part END) AS tag,
    COALESCE(favourite, finder_favourite) AS favourite FROM scans WHERE id IN ({}) ORDER BY place"""


def sort(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Where the copies go, a folder a label.", show_default=False)
    ] = None,
    move: Annotated[
        bool, typer.Option("--move", help="Move scans to the parts of their books instead, as notes to notes.")
    ] = False,
    labels: Annotated[
        list[str] | None, typer.Option("--label", metavar="LABEL", help="Only scans with this label.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Copy scans by label to DIR/LABEL/sb48p005.jpg, private ones never; run it again to go on, or after changes.

    Nothing is overwritten. With --move scans stay in the studio, and go to the folder art, cover, notes or xtra of
    their book; monoline prep name BOOK --undo takes that back.
    """
    from prep.catalog import open_catalog
    from prep.finding import refresh
    from prep.sorting import copy_by_label, move_by_label
    from studio.folder import open_studio

    if (folder is None) != move:
        raise typer.BadParameter("name a folder for the copies, or say --move")
    studio = open_studio(context.obj)
    with open_catalog(studio) as catalog:
        refresh(catalog, studio)
        if folder is None:
            renamed, skipped = move_by_label(catalog, studio, labels or ())
            result: dict[str, Any] = {"moved": renamed.names, "skipped": skipped}
            finish(result, renamed.told, as_json=as_json, skipped=skipped)
            return
        with progress("copying", 1) as advance, stoppable() as should_stop:
            done = copy_by_label(
                catalog, studio, folder, labels or (), lambda number, total: advance(number, total), should_stop
            )
    result = {"copied": done.copied, "already": done.already, "moved": done.moved, "skipped": done.skipped}
    text = f"{folder}: {done.copied:,} copied, {done.already:,} were there, {done.moved:,} went to another label"
    finish(result, text, as_json=as_json, skipped=[] if done.stopped else done.skipped)
    if done.stopped:
        note("monoline: stopped; run it again to go on")
        raise typer.Exit(STOPPED)


# books


def _book(catalog: Catalog, studio: Studio, asked: str) -> str:
    """The folder of the book that a person means."""
    from prep.reference import book_number

    path = Path(asked)
    text = path.name if path.is_dir() else asked.rstrip("/")
    if text and "/" not in text and not text.startswith(".") and (studio.sketchbooks / text).is_dir():
        return text
    numbers = {row["name"]: row["number"] for row in catalog.rows("SELECT name, number FROM books")}
    folders = [each.name for each in sorted(studio.sketchbooks.iterdir()) if each.is_dir() and each.name[0] != "."]
    digits = text.lower().removeprefix("sb")
    if digits.isdecimal():
        for folder in folders:
            if book_number(folder, numbers.get(folder)) == int(digits):
                return folder
    raise CommandError(
        f"There is no sketchbook {asked} in {studio.sketchbooks}; there are {', '.join(folders) or 'none'}."
    )


def _tell(
    catalog: Catalog,
    studio: Studio,
    book: str,
    number: int | None,
    began: str | None,
    ended: str | None,
    cover: str | None,
) -> None:
    from prep.bookplate import fill_bookplate
    from prep.pages import find_scan

    scan = find_scan(studio, cover).name if cover else cover
    fill_bookplate(catalog, book, number=number, began=began, ended=ended, cover=scan)


def _finish_plate(catalog: Catalog, book: str, as_json: bool) -> None:
    from prep.bookplate import bookplate

    told = bookplate(catalog, book)
    dates = f"{told['began'] or '?'} to {told['ended'] or '?'}" if told["began"] or told["ended"] else "no dates"
    number = "no number" if told["number"] is None else f"number {told['number']}"
    text = f"{book}: {number}, {dates}, {told['cover'] or 'no cover'}"
    finish({"book": book, **told}, text, as_json=as_json)


def _proposal(catalog: Catalog, studio: Studio, book: str, by: str, first: int | None) -> list[Naming]:
    from prep.naming import look_at, propose

    rows = catalog.rows(
        "SELECT name, dhash FROM shelf JOIN looks ON scan = shelf.id AND looks.sha256 = shelf.sha256 WHERE book = ?",
        (book,),
    )
    known = {row["name"].partition("/")[2]: row["dhash"] for row in rows}
    tagged = catalog.rows("SELECT name, tag FROM scans WHERE book = ? AND NOT gone AND tag IS NOT NULL", (book,))
    tags = {row["name"].partition("/")[2]: row["tag"] for row in tagged}
    folder = studio.sketchbooks / book
    with progress("looking", 1) as advance:
        looks = look_at(folder, known, tags, lambda done, total: advance(done, total))
    return propose(folder, by, first, looks, tags)


def _finish_proposal(
    catalog: Catalog,
    studio: Studio,
    book: str,
    namings: list[Naming],
    plan: Path | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    from prep.bookplate import bookplate
    from prep.naming import check, parts_of
    from prep.plan import write_plan
    from prep.sketchbook import writable

    problems = check(studio.sketchbooks / book, namings)
    if plan is not None:
        check_free(plan, force)
        write_plan(plan, namings)
    parts = parts_of(studio.sketchbooks / book)
    told = [
        {"file": writable(each.file), "page": each.page, "variant": each.variant, "tag": each.tag}
        | {"to": each.target(parts), "note": each.note}
        for each in namings
    ]
    result = {"book": book, **bookplate(catalog, book), "plan": told, "problems": list(map(str, problems))}
    finish(result, _table(book, told, problems, plan), as_json=as_json, skipped=list(map(str, problems)))


def _table(book: str, told: list[dict[str, Any]], problems: list[Problem], plan: Path | None) -> RenderableType:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    if not told:
        return f"{book}: all scans have page numbers"
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("file", "page", "goes to", "because it"):
        table.add_column(column)
    for each in told:
        page = "" if each["page"] is None else f"{each['page']:03}{each['variant']}"
        table.add_row(*map(Text, (each["file"], page, each["to"], each["note"])))
    left = f"{len(told)} scans of {book}"
    if plan is not None:
        text = f"{left} in {plan}; change it, then: monoline prep name {book!r} --apply {plan}"
    elif problems:
        text = f"{left}, of which some can't be named so"
    else:
        text = f"{left}; rename them with --accept, or change the table that --plan FILE.tsv writes"
    return Group(table, "", Text(text))


def _rename(studio: Studio, book: str, namings: list[Naming], as_json: bool) -> None:
    from prep.renames import name_scans
    from prep.sketchbook import writable

    renamed = name_scans(studio, book, namings)
    names = {writable(old): new for old, new in renamed.names.items()}
    text = f"{renamed.told}; --undo takes it back" if names else f"{book}: nothing to rename"
    finish({"book": book, "renamed": names}, text, as_json=as_json)


def _take_back(studio: Studio, book: str, as_json: bool) -> None:
    from prep.renames import undo_names

    decision = undo_names(studio, book)
    if decision is None:
        raise CommandError(f"There is no renaming of {book} to undo.")
    finish({"book": book, "undone": str(decision)}, f"undid: {decision}", as_json=as_json)


def _row(catalog: Catalog, studio: Studio, asked: str) -> Any:
    """A scan in the catalog, private or not."""
    from prep.errors import PrepError
    from prep.pages import find_scan

    sql = "SELECT id, tag FROM scans WHERE NOT gone AND (name = :asked OR page = :asked) ORDER BY place"
    try:
        wanted = find_scan(studio, asked).name
    except PrepError:
        path, folder = Path(asked).resolve(), studio.sketchbooks.resolve()
        name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else asked.rstrip("/")
        row = catalog.one(sql, {"asked": name})
        if row is None:
            raise
        return row
    return catalog.one(sql, {"asked": wanted})
