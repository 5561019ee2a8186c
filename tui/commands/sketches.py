"""``monoline sketches``: the kept drawings of a studio: find, note, star, rename."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.console import AsJson, CommandError, finish, note

if TYPE_CHECKING:
    from tui.tray import Kept, Tray

app = typer.Typer(help="The drawings you kept: find them by their recipe, note something of them, star, rename.")

SketchFile = Annotated[
    str, typer.Argument(metavar="FILE", help="A kept drawing: its file, or its name in the studio.", show_default=False)
]


@app.callback(invoke_without_command=True)
def sketches(context: typer.Context, as_json: AsJson = False) -> None:
    """List the kept drawings of the studio."""
    if context.invoked_subcommand is None:
        find(context, [], "kept", as_json)


@app.command()
def find(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORD...]", help="As seed:7, temp:0.2-0.4, net:portraits, kind:vary, fav, note:hand."),
    ] = None,
    sort: Annotated[str, typer.Option(help="kept, name, seed, temperature, ink or favourites.")] = "kept",
    as_json: AsJson = False,
) -> None:
    """Find kept drawings by their recipe, name and note; all words must hold, -WORD is the contrary."""
    from drawing.search import SORTS, in_order, read_search
    from tui.checkpoints import networks

    if sort not in SORTS:
        raise typer.BadParameter(f"--sort is one of {', '.join(SORTS)}, not {sort}")
    search = read_search(" ".join(_quoted(word) for word in words or []), networks())
    tray = _tray(context)
    found = in_order(search.of(tray.kept), sort)
    for fault in tray.skipped:
        note(f"monoline: {fault}")
    lines = [_line(kept) for kept in found] or ["None is so." if tray.kept else "Nothing is kept in this studio yet."]
    finish({"sketches": [_told(kept) for kept in found], "of": len(tray.kept)}, "\n".join(lines), as_json=as_json)


@app.command("note")
def note_of(
    context: typer.Context,
    file: SketchFile,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to note; '' takes a note away.")],
    as_json: AsJson = False,
) -> None:
    """Note something of a kept drawing; it stays in the file, and in what is made of it."""
    tray, kept = _find(context, file)
    new = tray.say(kept, replace(kept.about, note=text.strip()))
    words = f"{new.path}: noted" if new.about.note else f"{new.path}: no note any more"
    finish({"sketches": [_told(new)]}, words, as_json=as_json)


@app.command()
def star(
    context: typer.Context,
    file: SketchFile,
    no: Annotated[bool, typer.Option("--no", help="No favourite any more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a kept drawing a favourite."""
    tray, kept = _find(context, file)
    new = tray.say(kept, replace(kept.about, favourite=not no))
    words = f"{new.path}: {'no favourite any more' if no else 'a favourite'}"
    finish({"sketches": [_told(new)]}, words, as_json=as_json)


@app.command()
def rename(
    context: typer.Context,
    file: SketchFile,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What its file is to be called, without ending.")],
    as_json: AsJson = False,
) -> None:
    """Call a kept drawing something else."""
    tray, kept = _find(context, file)
    new = tray.rename(kept, name)
    finish({"sketches": [_told(new)]}, f"{kept.path}: now {new.path.name}", as_json=as_json)


def _quoted(word: str) -> str:
    """A word as the shell gave it, for a line of words."""
    import shlex

    return shlex.quote(word)


def _tray(context: typer.Context) -> Tray:
    from studio.folder import open_studio
    from tui.tray import Tray

    tray = Tray(open_studio(context.obj).sketches)
    tray.load()
    return tray


def _find(context: typer.Context, file: str) -> tuple[Tray, Kept]:
    """The tray, or one of the file alone where it is elsewhere, and the drawing."""
    from studio.folder import is_studio
    from tui.tray import Tray

    path = Path(file).expanduser()
    if path.suffix.lower() == ".svg" and path.exists():
        tray = Tray(path.parent)
        tray.load([path])
        if tray.skipped:
            raise CommandError(tray.skipped[0])
        return tray, tray.kept[0]
    tray = _tray(context) if is_studio(context.obj) else Tray(path.parent)
    for kept in tray.kept:
        if file in (kept.name, kept.path.name):
            return tray, kept
    raise CommandError(f"There is no file {file}, and nothing of that name is kept in {context.obj}.")


def _told(kept: Kept) -> dict[str, Any]:
    recipe = kept.recipe
    known: dict[str, Any] = {"kind": None, "seed": None, "temperature": None}
    if recipe is not None:
        known = {"kind": recipe.kind, "seed": recipe.seed, "temperature": recipe.temperature}
    drawn = {"strokes": len(kept.drawing.lines), "points": kept.drawing.points}
    return {
        "file": str(kept.path), "name": kept.name, **known, **drawn,
        "favourite": kept.about.favourite, "note": kept.about.note,
    }  # fmt: skip


def _line(kept: Kept) -> str:
    from rich.markup import escape

    words = f"  {' '.join(kept.about.note.split())}" if kept.about.note else ""  # which may have several lines
    return escape(f"{'★' if kept.about.favourite else ' '} {kept.name}  {kept.label}{words}")
