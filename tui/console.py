"""How every command speaks: one JSON object or a text on stdout, all else on stderr, exit codes.

0 done, 1 failed, 2 bad arguments, 3 stopped by the person with everything saved, 4 done with
items skipped.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from configs.errors import MonolineError
from tui.figures import duration
from tui.pace import Pace
from tui.plain import is_plain, plain_words, without_signs

FAILED, BAD_ARGUMENTS, STOPPED, SKIPPED = 1, 2, 3, 4
LISTED = 10
"""Most skipped items named one by one on stderr; --json names all."""
LINE_EVERY_S = 5.0

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout, nothing else.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")]


class CommandError(MonolineError):
    """A command can't do what its arguments ask for."""


def note(text: str) -> None:
    """A line on stderr."""
    print(without_signs(text) if is_plain() else text, file=sys.stderr)  # noqa: T201 - tui may speak


def finish(
    result: Mapping[str, Any],
    text: RenderableType,
    *,
    as_json: bool = False,
    skipped: Sequence[str] = (),
    named: bool = False,
) -> None:
    """Report what was done; with items skipped, list them, unless they were ``named`` as they came, and exit with 4."""
    if as_json:
        sys.stdout.write(json.dumps(result, allow_nan=False, ensure_ascii=False) + "\n")
    else:
        if is_plain():
            sys.stdout.write(f"{plain_words(text)}\n")
        else:
            Console(soft_wrap=True, highlight=False).print(text)
    if skipped:
        note(f"{len(skipped)} skipped, named above" if named else f"{len(skipped)} skipped:")
        for each in () if named else skipped[:LISTED]:
            note(f"  {each}")
        if len(skipped) > LISTED and not named:
            note(f"  and {len(skipped) - LISTED} more; --json lists all")
        raise typer.Exit(SKIPPED)


class Advance(Protocol):
    """Tells how much is done, and how much there is if that has changed."""

    def __call__(
        self, done: float, changed: float | None = None, unit: str = "", pace: Pace | None = None, /
    ) -> object:
        """So much is done.

        Args:
            changed: the new total.
            unit: of both, where they are no count.
            pace: knows what is being done, and how long it takes; without it the bar reckons for itself.
        """


_COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())


class _Left(TimeRemainingColumn):
    """How long it takes: as a pace of what is being done says, or else as the bar reckons."""

    def render(self, task: Task) -> Text:
        pace = task.fields.get("pace")
        if pace is None:
            return super().render(task)
        return Text("" if pace.left_s is None else f"{duration(pace.left_s)} left", style="progress.remaining")


@contextmanager
def progress(what: str, total: float) -> Generator[Advance]:
    """Show how much is done: a bar on a terminal, a line now and then elsewhere or in plain mode, all on stderr.

    The block gets a function that takes how much is done so far, and a new total where that has changed.
    """
    console = Console(stderr=True)
    if console.is_terminal and not is_plain():
        with Progress(*_COLUMNS, _Left(), console=console, transient=True) as bar:
            task = bar.add_task(what, total=total)

            def move(done: float, changed: float | None = None, unit: str = "", pace: Pace | None = None) -> None:
                doing = pace.last.doing if pace is not None and pace.last is not None else ""
                words = doing or (f"{what}, {unit}" if unit else what)
                bar.update(task, completed=done, total=changed, description=words, pace=pace)

            yield move
        return
    said = time.monotonic()

    def line(done: float, changed: float | None = None, unit: str = "", pace: Pace | None = None) -> None:
        nonlocal said
        if time.monotonic() - said >= LINE_EVERY_S:
            said = time.monotonic()
            doing = pace.doing if pace is not None else ""
            note(doing or f"{what}: {_told(done)} of {_told(changed or total)}{f' {unit}' if unit else ''}")

    yield line


@contextmanager
def stoppable() -> Generator[Callable[[], bool]]:
    """For the block, ctrl-c only says that it should stop, which the block asks for; a second one interrupts it."""
    asked = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    if threading.current_thread() is not threading.main_thread():  # where no signal arrives
        yield lambda: asked
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)


def _told(amount: float) -> str:
    """Without decimals where there are whole ones enough to see it grow."""
    return f"{amount:,.0f}" if amount >= 10 else f"{amount:.2g}"


def check_free(path: Path, force: bool) -> None:
    """Refuse to write over a file, or into a folder with files in it, unless forced."""
    if str(path) in ("", "."):
        raise CommandError("The target has no name.")
    taken = any(path.iterdir()) if path.is_dir() else path.exists()
    if taken and not force:
        raise CommandError(f"{path} exists; name another, or overwrite it with --force.")
