"""``monoline --plain`` without a command: what is in the studio, what goes on, and what leads on, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from configs.errors import MonolineError

if TYPE_CHECKING:
    from studio.folder import Studio


def overview(folder: Path) -> Iterator[str]:
    """Sentences about a studio; none is made where there is none.

    Raises:
        MonolineError: the studio can't be opened.
    """
    from studio.folder import is_studio, open_studio

    if not is_studio(folder):
        yield f"There is no studio at {folder} yet."
        yield "The command monoline prep demo makes one with a sketchbook of the demo artist."
        yield "For scans of your own, copy each sketchbook into a folder of its own in sketchbooks, in that folder."
        yield "Then monoline prep run traces them."
        return
    studio = open_studio(folder)
    yield f"The studio {studio.name} is at {folder}."
    yield from _holds(studio)
    yield from _goes_on(studio)
    yield from _leads_on(studio)


def _files(folder: Path, *endings: str) -> list[Path]:
    """The newest first."""
    found = [path for path in folder.iterdir() if not path.name.startswith(".") and path.suffix in endings]
    return sorted(found, key=lambda path: (-path.stat().st_mtime, path.name))


def _count(number: int, one: str, many: str = "") -> str:
    return f"one {one}" if number == 1 else f"{number or 'no'} {many or one + 's'}"


def _holds(studio: Studio) -> Iterator[str]:
    from tui.checkpoints import checkpoints, network_name
    from tui.demo_set import datasets

    books = [path for path in studio.sketchbooks.iterdir() if path.is_dir() and not path.name.startswith(".")]
    yield f"It has {_count(len(books), 'sketchbook')}."
    if sets := datasets(studio):
        yield f"It has {_count(len(sets), 'dataset')}, the newest is {sets[0].name}."
    else:
        yield "It has no dataset yet."
    trained = [found for found, _ in checkpoints(studio) if Path(found).suffix]
    newest = f", the newest is {network_name(trained[0])}" if trained else ""
    yield f"{_count(len(trained), 'network was', 'networks were').capitalize()} trained here{newest}."
    kept, sheets = _files(studio.sketches, ".svg"), _files(studio.sheets, ".svg")
    yield f"{_count(len(kept), 'drawing is', 'drawings are').capitalize()} in the tray."
    yield f"{_count(len(sheets), 'sheet is', 'sheets are').capitalize()} ready to plot" + (
        f", the newest is {sheets[0].name}." if sheets else "."
    )


def _goes_on(studio: Studio) -> Iterator[str]:
    from tui.jobs import Jobs

    jobs = Jobs().look(studio)
    if not jobs:
        yield "Nothing goes on."
    for job in jobs:
        share = f", {job.share:.0%} done" if job.share else ""
        yield f"Going on: {job.words}{share}."


def _leads_on(studio: Studio) -> Iterator[str]:
    from tui.demo_set import datasets

    sets, sheets = datasets(studio), _files(studio.sheets, ".svg")
    if any(studio.sketchbooks.iterdir()):
        yield "monoline prep run traces the sketchbooks, and monoline prep status tells how far that is."
    else:
        yield "monoline prep demo has the demo artist fill a sketchbook; monoline prep run then traces it."
    if sets:
        yield f"monoline train small --data {sets[0]} --out {studio.runs / 'first'} --minutes 10 trains a network."
    yield "monoline sample portraits -n 12 --temperature 0.3 --out drawings draws with the network that comes along."
    if sheets:
        yield f"monoline plot {sheets[0]} --port simulator --yes plots the newest sheet without a machine."
    yield "monoline doctor tells whether all is well, and monoline --help names all commands."


def say_overview(folder: Path) -> str:
    """All of it, a sentence a line; what can't be opened is told as well."""
    try:
        return "\n".join(overview(folder))
    except OSError as error:
        raise MonolineError(f"{error.filename or folder} can't be read: {error.strerror or error}.") from error
