"""Commands about plots that were begun: which there are, going on with one, telling one that goes on what to do."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.console import AsJson, CommandError, finish, note

if TYPE_CHECKING:
    from plotter.journal import Progress
    from studio.events import Event
    from studio.runs import Run

ID = Annotated[
    str | None, typer.Argument(metavar="ID", help="Name or folder of a plot; the newest one.", show_default=False)
]
WAITS = {
    "paper": "waiting for new paper",
    "pen": "waiting for another pen",
    "pause": "its layer asks for a pause",
    "refill": "the pen should be empty: fill it",
    "button": "its button was pressed",
}
"""Why a plot is paused, if nobody asked for it here."""

app = typer.Typer(no_args_is_help=False, help="Plots that were begun, and orders to one that goes on.")


def register(top: typer.Typer) -> None:
    """Add the group to the top level."""
    top.add_typer(app, name="plots")


@app.callback(invoke_without_command=True)
def plots(context: typer.Context, as_json: AsJson = False) -> None:
    """List the plots of the studio, the newest first."""
    if context.invoked_subcommand is not None:
        return
    rows = [_described(run) for run in _newest(context.obj)]
    text = "\n".join(map(_line, rows))
    finish({"plots": rows}, text or "There are no plots yet.", as_json=as_json)


def _line(row: dict[str, Any]) -> str:
    why = f" ({WAITS.get(row['why'], row['why'])})" if row["why"] else ""
    return f"{row['id']}: {row['state']}{why}, {row['drawn_m']:.2f} of {row['of_m']:.2f} m drawn"


@app.command()
def pause(context: typer.Context, plot: ID = None) -> None:
    """Slow down along the line, raise the pen and hold."""
    _order(context.obj, plot, "pause")


@app.command()
def resume(
    context: typer.Context,
    plot: ID = None,
    refilled: Annotated[bool, typer.Option("--refilled", help="The pen has a new filling.")] = False,
) -> None:
    """Go on with a plot that is paused."""
    _order(context.obj, plot, "resume", refilled=refilled)


@app.command()
def stop(context: typer.Context, plot: ID = None) -> None:
    """Slow down along the line, raise the pen and end; plot --resume goes on later."""
    _order(context.obj, plot, "stop")


@app.command(name="set")
def change(
    context: typer.Context,
    settings: Annotated[list[str], typer.Argument(metavar="plot.KEY=VALUE...", help="As plot.pen_down_pct=28.")],
    plot: Annotated[str | None, typer.Option("--id", metavar="ID", help="Of the plot; the newest one.")] = None,
) -> None:
    """Change heights, speeds or times of a plot that is paused; they hold for the pen in the clip."""
    from tui.commands.plot import settings_of

    chosen = settings_of(settings)
    values = {name: getattr(chosen, name) for name in chosen.model_fields_set}
    for name, value in values.items():
        if isinstance(value, str):
            raise typer.BadParameter(
                f"plot.{name} is the machine's, and can't change on the way", param_hint="plot.KEY"
            )
    _order(context.obj, plot, "settings", **values)


@app.command(name="pen")
def take_pen(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A pen of the studio.")],
    plot: Annotated[str | None, typer.Option("--id", metavar="ID", help="Of the plot; the newest one.")] = None,
) -> None:
    """Tell a plot that is paused that another pen is in the clip: its heights, speed, hops, overlap, ink."""
    from plotter.axidraw import PlotSettings
    from plotter.pens import find_pen

    found = find_pen(context.obj, name)
    found.apply(PlotSettings())  # says what is wrong with its heights
    _order(context.obj, plot, "pen", name=found.name)
    _order(context.obj, plot, "settings", **found.put_in())


def find_plot(studio: Path, named: list[str] | None) -> Path:
    """The folder of the plot that is meant: by path or name, else the newest that can be taken up.

    Raises:
        CommandError: there is none.
    """
    from plotter.errors import PlotterError
    from plotter.job import read_place
    from studio.errors import StudioError

    if named:
        return _named(studio, named[0]).folder
    for run in _newest(studio):
        with contextlib.suppress(PlotterError, StudioError, OSError):
            read_place(run.folder)
            return run.folder
    raise CommandError(
        "No plot can be taken up: all are drawn to their end, or none was begun. Name one if it is elsewhere."
    )


def go_on(folder: Path, *, port: str | None, overlap_mm: float, time_scale: float | None, yes: bool) -> Run:
    """Take a plot up, after asking what has to be seen to."""
    from plotter.job import read_place, resume_plot
    from plotter.official import is_official
    from studio.runs import find_run
    from tui.going_on import LEAVE

    told, progress = read_place(folder)
    changed: dict[str, Any] = {"overlap_mm": overlap_mm}
    changed |= {} if port is None else {"port": port}
    changed |= {} if time_scale is None else {"time_scale": time_scale}
    port = port or told.port
    where = f"part {progress.part + 1}, line {progress.place.stroke + 1}" if len(told.parts) > 1 else (
        f"line {progress.place.stroke + 1}"
    )  # fmt: skip
    began = time.strftime("%Y-%m-%d %H:%M", time.localtime(_started(find_run(folder))))
    if port != "simulator" and not (yes or sys.stdin.isatty()):
        raise CommandError("Nobody can be asked before the machine moves; say --yes.")
    note(f"going on with {folder.name} of {began}, from {where}, at {port}")
    if is_official(port) != is_official(told.port):
        raise CommandError(f"{folder.name} was begun at {told.port}; only there can it be taken up.")
    if is_official(port):
        if not yes:
            typer.confirm(f"{LEAVE} Go on?", abort=True, err=True)
    elif port != "simulator":
        at_mm = _counted(port, progress)
        changed["at_home"] = at_mm is None
        if yes:
            note(f"{_words(at_mm)} {'' if at_mm else 'That is taken to be done, since --yes was said.'}".strip())
        else:
            typer.confirm(f"{_words(at_mm)} Go on?", abort=True, err=True)
    return resume_plot(folder, **changed)


def _counted(port: str, progress: Progress) -> tuple[float, float] | None:
    """Where the plotter counts its carriage; None if it has lost its power, and the place with it."""
    from plotter.board import Board
    from plotter.care import position_mm
    from plotter.meeting import lived
    from plotter.transport import open_transport

    with contextlib.closing(Board(open_transport(port))) as board:
        board.identify()
        return position_mm(board) if lived(board, progress) else None


def _words(at_mm: tuple[float, float] | None) -> str:
    """What a person has to know before the carriage moves."""
    if at_mm is not None:
        x, y = at_mm
        return f"The plotter has kept its power and counts its carriage at {x:.1f}, {y:.1f} mm: leave it there."
    return (
        "The plotter has lost its place. Put the carriage home by hand, to the top left corner (monoline motors off "
        "lets it go), and leave the paper where it is."
    )


def follow_plot(run: Run, what: str) -> tuple[dict[str, Any], Callable[[], None]]:
    """Follow a plot to its end; where it waits for a person, tell them, and take their Enter for an answer."""
    from tui.commands.following import follow

    told = _Teller(run)
    with _as_interrupts():
        try:
            return follow(run, what, told)
        finally:
            bell()


@contextlib.contextmanager
def _as_interrupts() -> Generator[None]:
    """Have SIGTERM and SIGHUP end a plot as ctrl-c does, with its last words."""
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        numbers = []
    before = [(number, signal.signal(number, signal.default_int_handler)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def bell() -> None:
    """Have the terminal make itself heard."""
    if sys.stderr.isatty():
        sys.stderr.write("\a")
        sys.stderr.flush()


class _Teller:
    """A line for what a plot tells; where it waits, someone to hear Enter."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._listens = False
        self._waits = False
        self._refilled = False
        port = str(run.arguments.get("port", ""))
        self._simulated = port == "simulator"
        self._button = "" if port.startswith("official") else "the plotter's button or "

    def __call__(self, event: Event) -> str | None:
        from studio.events import Changed

        if not isinstance(event, Changed):
            return None
        self._waits = event.state == "paused"
        if event.state != "paused":
            return event.state if event.state in ("pausing", "stopping") else None
        waits = WAITS.get(event.why, "")
        if waits and self._simulated:  # there is neither paper nor ink
            self._run.order("resume", refilled=event.why == "refill")
            return f"paused, {waits}; simulated, so it goes on"
        bell()
        if not waits:
            return "paused"
        if sys.stdin.isatty():
            self._refilled = event.why == "refill"
            self._listen()
            return f"paused, {waits}; press Enter to go on"
        return f"paused, {waits}; {self._button}monoline plots resume goes on"

    def _listen(self) -> None:
        if not self._listens:
            self._listens = True
            threading.Thread(target=self._hear, daemon=True, name="enter").start()

    def _hear(self) -> None:
        while sys.stdin.readline():
            if self._waits:
                self._run.order("resume", refilled=self._refilled)


def _order(studio: Path, plot: str | None, order: str, /, **values: Any) -> None:
    """Tell a plot that goes on."""
    from studio.runs import State

    live = (State.RUNNING, State.STARTING, State.ELSEWHERE)
    run = _named(studio, plot) if plot else next((each for each in _newest(studio) if each.state in live), None)
    if run is None or run.state not in live:
        raise CommandError(f"{'No plot' if run is None else run.name} is going on; monoline plots lists them.")
    now = _doing(run)
    if order in ("resume", "settings", "pen") and now != "paused":
        raise CommandError(f"{run.name} is {now or 'starting'}, not paused; monoline plots pause {run.name} pauses it.")
    if order == "stop":
        run.stop()
    else:
        run.order(order, **values)
    note(f"{run.name}: {order}")


def _doing(run: Run) -> str:
    """What a plot that goes on does, as drawing or paused; empty before it has said so."""
    from studio.events import Changed

    return next((event.state for event in reversed(run.events()) if isinstance(event, Changed)), "")


def _named(studio: Path, name: str) -> Run:
    from studio.errors import RunError
    from studio.runs import find_run

    for folder in (Path(name), studio / "plots" / name):
        try:
            return find_run(folder)
        except RunError:
            continue
    raise CommandError(f"There is no plot {name}; monoline plots lists those of the studio.")


def _newest(studio: Path) -> list[Run]:
    """Plots of the studio and of the working folder, the newest first."""
    from plotter.job import TARGET
    from studio.errors import RunError
    from studio.runs import find_runs, read_told

    found: list[tuple[float, Run]] = []
    for run in {
        each.folder.resolve(): each for place in (studio / "plots", Path.cwd()) for each in find_runs(place)
    }.values():
        with contextlib.suppress(RunError):
            told = read_told(run.folder)
            if told.target == TARGET:
                found.append((told.started_at, run))
    return [run for _, run in sorted(found, key=lambda each: -each[0])]


def _described(run: Run) -> dict[str, Any]:
    from studio.errors import StudioError
    from studio.events import Changed, Measured
    from studio.runs import State

    events: list[Event] = []
    with contextlib.suppress(StudioError):  # a file that is damaged hides no other plot
        events = run.events()
    state = run.state.value
    changed = next((event for event in reversed(events) if isinstance(event, Changed)), None)
    values = next((event.values for event in reversed(events) if isinstance(event, Measured)), {})
    why = ""
    if run.state is State.RUNNING and changed is not None:
        state, why = changed.state, changed.why
    return {
        "id": run.name,
        "state": state,
        "why": why,
        "started": time.strftime("%Y-%m-%d %H:%M", time.localtime(_started(run))),
        "drawn_m": round(values.get("drawn_mm", values.get("ink_mm", 0.0)) / 1000, 3),
        "of_m": round(values.get("all_mm", values.get("ink_total_mm", 0.0)) / 1000, 3),
        "folder": str(run.folder),
    }


def _started(run: Run) -> float:
    from studio.runs import read_told

    return read_told(run.folder).started_at
