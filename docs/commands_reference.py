"""commands.md: every command with its arguments and options, read from the command line itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

import typer
from typer.core import TyperCommand, TyperGroup

from tui.main import app

Found = TyperCommand | TyperGroup
GROUPS = {
    "The studio": ("serve", "pack", "unpack", "doctor", "demo"),
    "From scans to a dataset": ("prep",),
    "Datasets": ("dataset",),
    "Training": ("train", "evaluate", "kl-sweep", "import-pretrained"),
    "Drawing": (
        "sample", "ladder", "reconstruct", "complete", "interpolate", "vary", "arithmetic", "density", "redo",
        "sketches",
    ),
    "Sheets": ("sheet", "optimize", "estimate", "export"),
    "Plotting": ("plot", "plots", "pens"),
    "The machine": ("ports", "card", "outline", "jog", "home", "pen", "motors", "simulate"),
}  # fmt: skip
"""Commands in the order in which somebody needs them; what stands in none of these comes last."""
REST = "And more"
HEAD = """# Commands

Every command with its arguments and options. This page is written by `make reference` from the command line itself;
`monoline COMMAND --help` says the same. Without a command, `monoline` opens the studio.

With `--json` a command that succeeds prints one object and nothing else; what it tells on the way goes to stderr. Exit
codes: 0 done, 1 failed, 2 bad arguments, 3 stopped with everything saved, 4 done with items skipped, which are listed.
A file that exists is overwritten only with `--force`. CKPT is a run, a checkpoint or the name of one that comes with
monoline (`portraits`). A DRAWING is an SVG, `seed:7`, or `FILE.npz#test/12`.
"""


def commands_page() -> str:
    """The whole page."""
    group = command_line()
    known = {name for names in GROUPS.values() for name in names}
    groups = {**GROUPS, REST: tuple(name for name in group.commands if name not in known)}
    parts = [HEAD, "## `monoline`\n", _about(group, "monoline")]
    for title, names in groups.items():
        here = [name for name in names if name in group.commands]
        if here:
            parts.append(f"## {title}\n")
        for name in here:
            parts += [
                f"### `monoline {path}`\n\n{_about(each, f'monoline {path}')}" for path, each in _all(group, name)
            ]
    return "\n".join(parts)


def command_line() -> TyperGroup:
    """All commands."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return group


def _all(group: TyperGroup, name: str, before: str = "") -> Iterator[tuple[str, Found]]:
    """A command by its name, and those below it."""
    command = group.commands[name]
    assert isinstance(command, TyperCommand | TyperGroup)
    yield before + name, command
    if isinstance(command, TyperGroup):
        for inner in command.commands:
            yield from _all(command, inner, f"{before}{name} ")


def _section(path: str, command: Found) -> str:
    return f"### `{path}`\n\n{_about(command, path)}"


def _about(command: Found, path: str) -> str:
    """What a command does, how it is called, and a table of what it takes."""
    context = typer.Context(command, info_name=path)
    usage = command.get_usage(context).removeprefix("Usage: ")
    parts = [f"{_words(command.help or '')}\n", f"    {' '.join(usage.split())}\n"]
    records = [found for each in command.get_params(context) if (found := each.get_help_record(context))]
    records = [(name, text) for name, text in records if name != "--help"]
    if records:
        rows = [f"| `{_cell(_plain(name))}` | {_cell(_bounds(' '.join(text.split())))} |" for name, text in records]
        parts.append("\n".join(["| | |", "|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _plain(name: str) -> str:
    """An option's name and what it takes, without the types that only a program needs."""
    for kind, word in (("<float range>", "X"), ("<int range>", "N"), ("<float>", "X"), ("<int>", "N")):
        name = name.replace(kind, word)
    return re.sub(r" <(?!.* ).*>$", "", re.sub(r" <(str|path|text|list\[.*\])>", "", name))


def _bounds(text: str) -> str:
    """What a number may be, in words; a bound that no person reaches is none."""
    text = re.sub(r"<=x<=(\d{12,})", "<=x", text)
    text = re.sub(r"([\d.e-]+)<=x<=([\d.]+)", r"\1 to \2", text)
    text = re.sub(r"([\d.]+)<=x|x>=([\d.]+)", lambda found: f"from {found[1] or found[2]}", text)
    return text.replace("] [", "; ")


def _words(text: str) -> str:
    return "\n\n".join(" ".join(each.split()) for each in text.split("\n\n"))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
