"""The command line: every command of monoline, and the terminal application without one."""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from configs.errors import MonolineError, OptionError
from tui.commands import (
    archive,
    care,
    complete,
    dataset,
    density,
    evaluate,
    export,
    kl_sweep,
    latent,
    machine,
    pens,
    plot,
    plots,
    prep,
    pretrained,
    sample,
    serve,
    sheet,
    simulate,
    sketches,
    studio,
    train,
)
from tui.commands.overview import say_overview
from tui.console import BAD_ARGUMENTS, FAILED, STOPPED, note
from tui.plain import is_plain, speak_plainly
from tui.start import default_studio, open_studio

INTERRUPTED = 130
"""What typer returns after ctrl-c."""

app = typer.Typer(
    name="monoline",
    help="From your sketchbook to your pen plotter: a Sketch-RNN of your own line. Without a command: the studio.",
    no_args_is_help=False,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(dataset.app, name="dataset")
app.add_typer(prep.app, name="prep")
app.add_typer(pens.app, name="pens")
app.add_typer(sketches.app, name="sketches")
studio.register(app)
machine.register(app)
care.register(app)
simulate.register(app)
sheet.register(app)
export.register(app)
plot.register(app)
plots.register(app)
train.register(app)
evaluate.register(app)
pretrained.register(app)
kl_sweep.register(app)
sample.register(app)
latent.register(app)
complete.register(app)
density.register(app)
serve.register(app)
archive.register(app)


@app.callback(invoke_without_command=True)
def open_app(
    context: typer.Context,
    studio: Annotated[
        Path | None, typer.Option("--studio", metavar="DIR", help="The studio to work in.", show_default=False)
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Let the demo artist fill an empty studio.")] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="Plain sentences, for a screen reader; no colours, bars or pictures.")
    ] = False,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Open the studio in the terminal."""
    if show_version:
        from importlib.metadata import version

        typer.echo(version("monoline"))
        raise typer.Exit
    speak_plainly(plain)
    context.obj = studio or default_studio()
    if context.invoked_subcommand is not None:
        return
    if is_plain():
        typer.echo(say_overview(context.obj))
        raise typer.Exit
    if not sys.stdout.isatty():
        raise MonolineError("The studio needs a terminal; name a command instead, see monoline --help.")
    raise typer.Exit(open_studio(context.obj, demo))


FIRST = {"--plain": "--plain", "--studio": "--studio DIR"}
"""Options of monoline itself, of which people think as of a command's."""


@functools.cache
def _command() -> Callable[..., Any]:
    """All commands, made once: a tenth of a second that a test of many command lines would take for each of them."""
    return typer.main.get_command(app)


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit code; every error becomes one line on stderr."""
    try:
        code = _command()(arguments, prog_name="monoline", standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - all of them are told
        return tell(error)
    return _stopped() if code == INTERRUPTED else int(code or 0)


def tell(error: Exception | KeyboardInterrupt) -> int:
    """One line on stderr for whatever ended a command, and its exit code; a defect is raised again if asked for."""
    match error:
        case typer.TyperException():
            command = context.command_path if (context := getattr(error, "ctx", None)) else "monoline"
            words = " ".join(error.format_message().split()).replace(": Value error, ", ": ").rstrip(".")
            if (first := FIRST.get(getattr(error, "option_name", ""))) is not None:
                example = f"monoline {first} {command.partition(' ')[2]}".rstrip()
                words = f"{words}; it stands before the command, as in {example}"
            note(f"monoline: {words}. See {command} --help.")
            return BAD_ARGUMENTS
        case MonolineError():
            note(f"monoline: {' '.join(str(error).split())}")
            return BAD_ARGUMENTS if isinstance(error, OptionError) else FAILED
        case typer.Abort() | KeyboardInterrupt():
            return _stopped()
        case BrokenPipeError():
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads any more; end quietly
        case OSError():
            note(f"monoline: {error.filename or 'the output'} can't be read or written: {error.strerror or error}.")
        case _ if os.environ.get("MONOLINE_DEBUG"):
            raise error
        case _:
            note(
                f"monoline: unexpected {type(error).__name__}: {' '.join(str(error).split())} "
                "(a defect; MONOLINE_DEBUG=1 shows where)"
            )
    return FAILED


def _stopped() -> int:
    note("monoline: stopped")
    return STOPPED


def main() -> None:
    """Run what the terminal asked for."""
    leave(run(sys.argv[1:]))


def leave(code: int) -> NoReturn:
    """End the process."""
    if code == STOPPED:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second ctrl-c while it ends changes nothing
    sys.exit(code)


if __name__ == "__main__":
    main()
