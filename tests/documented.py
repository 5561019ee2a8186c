"""For tests of the pages: the commands that they name, run or read as the command line would read them."""

from __future__ import annotations

import functools
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from tui.main import app

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Command:
    """A line of a block."""

    page: str
    line: int
    text: str
    runs: bool
    """Whether its block is marked as sh, whose commands a test runs; those of unmarked blocks are only read."""

    @property
    def words(self) -> list[str]:
        """The program and its arguments, without the remark behind."""
        return shlex.split(re.split(r"\s# ", self.text)[0])

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


def commands(page: Path) -> Iterator[Command]:
    """All commands in the blocks of a page."""
    text = page.read_text(encoding="utf-8")
    for block in FENCE.finditer(text):
        if block[1] in ("", "sh"):
            first = text.count("\n", 0, block.start(2)) + 1
            for number, line in enumerate(block[2].splitlines(), first):
                if line.strip() and not line.startswith("#"):
                    yield Command(page.name, number, line, block[1] == "sh")


def blocks(page: Path, language: str) -> list[str]:
    """The blocks of a page in a language."""
    return [block[2] for block in FENCE.finditer(page.read_text(encoding="utf-8")) if block[1] == language]


@functools.cache
def _command_line() -> Any:
    return typer.main.get_command(app)


def read_as_monoline(arguments: list[str]) -> None:
    """Have the command line read arguments, without doing what they say.

    Raises:
        TyperException: there is no such command or option, or a value can't be.
    """
    command, path = _command_line(), "monoline"
    context = None
    while True:
        inner = isinstance(command, TyperGroup)
        context = command.make_context(path, list(arguments), parent=context)
        if not inner:
            return
        rest = [*getattr(context, "_protected_args", ()), *context.args]
        if not rest:
            return
        path, command, arguments = command.resolve_command(context, rest)  # pyright: ignore[reportAssignmentType]


def read_as_dask(what: str, arguments: list[str]) -> None:
    """Have dask's own command line read arguments, without doing what they say."""
    from distributed.cli import dask_scheduler, dask_worker

    command = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}[what]
    here = [__file__ if word.endswith(".pem") else word for word in arguments]  # dask looks whether files exist
    command.make_context(f"dask {what}", here)
