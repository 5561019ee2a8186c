"""The entry point: every command of monoline, and the terminal application without one."""

from __future__ import annotations

import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from configs.errors import MonolineError, OptionError
from tui.commands import dataset, machine, plot, sample, sheet, studio, train
from tui.console import BAD_ARGUMENTS, FAILED, STOPPED, note

app = typer.Typer(
    name="monoline",
    help="From your sketchbook to your pen plotter: a Sketch-RNN of your own line. Without a command: the studio.",
    no_args_is_help=False,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(dataset.app, name="dataset")
studio.register(app)
machine.register(app)
sheet.register(app)
plot.register(app)
train.register(app)
sample.register(app)


def default_studio() -> Path:
    """``$MONOLINE_STUDIO``, or ``monoline`` in the home folder."""
    stated = os.environ.get("MONOLINE_STUDIO")
    return Path(stated).expanduser() if stated else Path.home() / "monoline"


@app.callback(invoke_without_command=True)
def open_app(
    context: typer.Context,
    studio: Annotated[
        Path | None, typer.Option("--studio", metavar="DIR", help="The studio to work in.", show_default=False)
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Let the demo artist fill an empty studio.")] = False,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Open the studio in the terminal."""
    if show_version:
        typer.echo(version("monoline"))
        raise typer.Exit
    context.obj = studio or default_studio()
    if context.invoked_subcommand is not None:
        return
    if not sys.stdout.isatty():
        raise MonolineError("The studio needs a terminal; name a command instead, see monoline --help.")
    from tui.app import Monoline

    application = Monoline(context.obj, demo=demo)
    application.run()
    raise typer.Exit(application.return_code or 0)


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit code; every error becomes one line on stderr."""
    try:
        code = app(arguments, prog_name="monoline", standalone_mode=False)
    except typer.TyperException as error:
        note(f"monoline: {' '.join(error.format_message().split()).rstrip('.')}. See monoline --help.")
        return BAD_ARGUMENTS
    except MonolineError as error:
        note(f"monoline: {' '.join(str(error).split())}")
        return BAD_ARGUMENTS if isinstance(error, OptionError) else FAILED
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads any more; end quietly
        return FAILED
    except OSError as error:
        note(f"monoline: {error.filename or 'the output'} can't be read or written: {error.strerror or error}.")
        return FAILED
    except Exception as error:
        if os.environ.get("MONOLINE_DEBUG"):
            raise
        note(
            f"monoline: unexpected {type(error).__name__}: {' '.join(str(error).split())} "
            "(a defect; MONOLINE_DEBUG=1 shows where)"
        )
        return FAILED
    if code == 130:
        note("monoline: stopped")
        return STOPPED
    return int(code or 0)


def main() -> None:
    """Console entry point."""
    code = run(sys.argv[1:])
    if code == STOPPED:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second ctrl-c while it ends changes nothing
    sys.exit(code)


if __name__ == "__main__":
    main()
