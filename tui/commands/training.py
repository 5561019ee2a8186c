"""Where ``train`` does its work: in a child that outlives it, or, under torchrun, in the very processes."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.events import Event, Failed, Measured, Said
from tui.commands.following import RunFailed, follow, outcome
from tui.console import CommandError, note

TARGET = "model.train:run"
Outcome = tuple[dict[str, Any], Callable[[], None]]
"""The result of a run, and what exits as it ended."""


def train_in_child(out: Path, arguments: dict[str, Any]) -> Outcome:
    """Start a run and follow it to its end; one that could not begin leaves its place free."""
    from studio.lock import NAME as LOCK
    from studio.runs import start_run

    fresh = not out.exists()
    run = start_run(out, TARGET, arguments)
    try:
        return follow(run, f"training {out.name}", _line)
    except RunFailed:
        last = next(reversed(run.events()), None)  # none if it was killed before its first word
        told = isinstance(last, Failed) and not last.remedy  # a remedy names a file of the run
        if told and not arguments["resume"] and not (out / "resume.safetensors").exists():
            delete_run(out)  # the next try is to find the place free
            if fresh:
                (out / LOCK).unlink(missing_ok=True)
                with contextlib.suppress(OSError):  # somebody else has put something there
                    out.rmdir()
        raise


def train_here(out: Path, arguments: dict[str, Any]) -> Outcome:
    """Be the leader of the processes that torchrun has started: the one that writes the run and tells of it."""
    from studio.child import work_here

    def tell(event: Event) -> None:
        line = event.text if isinstance(event, Said) else _line(event)
        if line:
            note(line)

    run = work_here(out, TARGET, arguments, tell)
    return outcome(run, run.events()[-1])


def train_with_leader(out: Path) -> None:
    """Be another of these processes: what to do comes from the leader, and so does all that is told."""
    from model.train import run
    from studio.child import on_signals
    from studio.runs import Orders

    orders = Orders(out, 0)
    on_signals(orders.stop)
    run(out, {}, lambda _: None, orders)


def check_apart(out: Path, data: Path, preset: str, begin: str | None = None) -> None:
    """Refuse a run that holds what it is to be made from, or lies in it: one would go with the other.

    Raises:
        CommandError: where the drawings, the settings or the weights to begin with are in ``out``, or it is in them.
    """
    folder = out.resolve()
    settings = preset if preset.endswith(".toml") else None
    used = ((begin, "the weights to begin with"), (data, "the drawings"), (settings, "the settings"))
    for path, what in used:
        if path is not None and Path(path).resolve().is_relative_to(folder):
            raise CommandError(f"{out} holds {what}; name another folder for the new run.")
    if folder.is_relative_to(data.resolve()):
        raise CommandError(f"{out} lies in the drawings, which a run takes along; name a folder elsewhere.")


def make_room(out: Path, force: bool) -> None:
    """A new run needs a folder without another; with --force an earlier run there is deleted."""
    from studio.lock import NAME as LOCK
    from studio.runs import refuse_running

    if not out.exists() or all(each.name == LOCK for each in out.iterdir()):
        return
    if not (out / "run.json").is_file():
        raise CommandError(f"{out} has files in it and is no run; name a new folder.")
    if not force:
        raise CommandError(f"{out} is a run already; go on with it with --resume, or begin anew with --force.")
    refuse_running(out)
    delete_run(out)


def delete_run(out: Path) -> None:
    """Delete what a training writes, and nothing else."""
    from model.provision import kept_in

    for name in ("events.jsonl", "orders.jsonl", "run.json", "log.txt", "config.toml"):
        (out / name).unlink(missing_ok=True)
    for name in ("model", "best", "resume"):
        (out / f"{name}.safetensors").unlink(missing_ok=True)
    shutil.rmtree(out / "samples", ignore_errors=True)
    for kept in kept_in(out):
        if kept.is_dir():
            shutil.rmtree(kept, ignore_errors=True)
        else:
            kept.unlink(missing_ok=True)


def _line(event: Event) -> str | None:
    if isinstance(event, Measured) and "valid" in event.values:
        return f"step {event.step:,}: {event.values['valid']:.4f} nats per point on unseen drawings"
    return None
