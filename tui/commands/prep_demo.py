"""``monoline prep demo``: sketchbooks of the demo artist, as scans."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from tui.console import STOPPED, AsJson, CommandError, Force, finish, note, progress, stoppable


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(demo)


def demo(
    context: typer.Context,
    books: Annotated[int, typer.Option(min=1, max=99, help="How many sketchbooks.")] = 1,
    pages: Annotated[int, typer.Option(min=1, max=999, help="Pages of each.")] = 12,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other books.")] = 1,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="One setting, as papers=['squared'] or cameras=['telephone']."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Another folder than the studio's sketchbooks.")
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Have the demo artist fill sketchbooks, and scan them: to try preparation before there is a scan of yours.

    truth.json beside them tells the line of every drawing, to measure what is traced.
    """
    from configs.load import load
    from prep.render.book import render_book
    from prep.render.settings import RenderSettings
    from studio.folder import create_studio, is_studio, open_studio

    chosen = load(RenderSettings, None, [f"books={books}", f"pages={pages}", f"seed={seed}", *(settings or ())])
    if out is None:
        studio = open_studio(context.obj) if is_studio(context.obj) else create_studio(context.obj)
        out = studio.sketchbooks
    folders = [out / f"sb{chosen.first_book + number:02}" for number in range(chosen.books)]
    for folder in folders:
        if folder.exists() and not force:
            raise CommandError(f"{folder} exists; name another place with --out, or write over its pages with --force.")
    began = time.monotonic()
    total = chosen.books * chosen.pages
    with progress("rendering", total) as advance, stoppable() as should_stop:
        truth = render_book(out, chosen, on_done=advance, should_stop=should_stop)
        stopped = should_stop()
    drawings = sum(len(page.drawings) for page in truth.pages)
    result = {
        "out": str(out),
        "books": [folder.name for folder in folders],
        "pages": len(truth.pages),
        "drawings": drawings,
        "seconds": round(time.monotonic() - began, 3),
    }
    finish(result, f"{out}: {len(truth.pages)} pages with {drawings} drawings", as_json=as_json)
    if stopped and len(truth.pages) < total:
        note(f"monoline: stopped; {len(truth.pages)} of {total} pages are there")
        raise typer.Exit(STOPPED)
