"""``monoline kl-sweep``: the same training for several w_KL, one after the other, and what came of it."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from tui.commands.train import DataFile
from tui.commands.training import check_apart, delete_run, train_in_child
from tui.console import AsJson, CommandError, Force, finish, note, progress
from tui.figures import steps as counted

ASKED = ("data", "preset", "overrides", "steps", "minutes", "device")
"""What must be the same for runs to be compared."""
FIXED = ("net.kind", "fit.kl_weight")
"""Settings that the sweep itself makes."""


def register(app: typer.Typer) -> None:
    """Add the command to the top level."""
    app.command("kl-sweep")(kl_sweep)


def kl_sweep(
    data: DataFile = Path(),
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the sweep.", show_default=False)] = Path(),
    weights: Annotated[str, typer.Option(metavar="A,B,...", help="w_KL of each network.")] = "0.25,0.5,1.0",
    preset: Annotated[str, typer.Option(help="small, magenta, artist, or a .toml file.")] = "small",
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="One setting, as fit.batch=50.")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Batches of each.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.01, help="Time of each; the first limit counts.")] = None,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    rows: Annotated[int, typer.Option(min=1, max=100, help="Drawings that are reconstructed.")] = 8,
    temperature: Annotated[float, typer.Option("--temperature", "-t", min=0, max=10)] = 0.1,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Train a network for each w_KL, and draw the losses, the trade-off and reconstructions side by side.

    Ctrl-C stops with everything saved; the same command goes on where it was. More --weights add to a sweep. With
    --steps all learn from the same batches; with --minutes alone a busy machine gives some of them fewer.
    """
    from model.asked import asked
    from model.kl_sweep import FILE, PICTURES, finish_sweep
    from studio.files import write_text

    if str(out) in ("", "."):
        raise typer.BadParameter("name the folder of the sweep with --out")
    if str(data) in ("", "."):
        raise typer.BadParameter("name the drawings with --data")
    wanted = _weights(weights)
    for text in settings or ():
        if text.partition("=")[0].strip() in FIXED:
            raise typer.BadParameter(f"the sweep sets {' and '.join(FIXED)} itself; leave --set {text} out")
    if not data.exists():
        raise CommandError(f"{data} does not exist.")
    asked(preset, [*(settings or ()), "net.kind=conditional"])  # a mistake is told before anything starts
    check_apart(out, data, preset)
    about: dict[str, Any] = {
        "data": str(data.resolve()),
        "preset": str(Path(preset).resolve()) if preset.endswith(".toml") else preset,
        "overrides": list(settings or ()),
        "steps": steps,
        "minutes": minutes,
        "device": device,
    }
    begun_anew = force and _delete_sweep(out)
    known = [] if begun_anew else _known(out, about)
    every = sorted({*wanted, *known})
    drawn = all((out / f"{name}.{ending}").exists() for name in PICTURES for ending in ("svg", "png"))
    if known and drawn and all(_finished(out, weight) for weight in every):
        raise CommandError(f"{out} is a sweep of these weights already; begin anew with --force.")
    began = time.monotonic()
    write_text(out / FILE, json.dumps({**about, "runs": [{"weight": each} for each in every]}, indent=1) + "\n")
    for weight in every:
        _train(out, weight, about)
    with progress("drawing", 1.0) as advance:
        result = finish_sweep(out, every, data, about, rows=rows, temperature=temperature, on_done=advance)
    result = {"out": str(out), **result, "seconds": round(time.monotonic() - began, 1)}
    lines = [
        f"w_KL {run['weight']:g}: L_R {run['valid']['L_R']:.4f}, L_KL {run['valid']['L_KL']:.4f}, "
        f"{run['valid']['nats_per_point']:.4f} nats per point after {counted(run['steps'])}"
        for run in result["runs"]
    ]
    finish(result, "\n".join([*lines, *(each for each in result["files"] if each.endswith(".png"))]), as_json=as_json)


def _weights(text: str) -> list[float]:
    from model.kl_sweep import folder_name

    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        raise typer.BadParameter(f"--weights is of the form 0.25,0.5,1.0, not {text}") from None
    if not all(0 <= each <= 1000 for each in found):
        raise typer.BadParameter(f"--weights lie between 0 and 1000, not {text}")
    if len({folder_name(each) for each in found}) < len(found):
        raise typer.BadParameter(f"--weights names one twice: {text}")
    return found


def _known(out: Path, about: dict[str, Any]) -> list[float]:
    """The weights of the sweep in this folder, which must be one that asked for the same."""
    from model.kl_sweep import FILE
    from studio.lock import NAME as LOCK

    if not (out / FILE).is_file():
        if out.exists() and (not out.is_dir() or any(each.name != LOCK for each in out.iterdir())):
            raise CommandError(f"{out} has files in it and is no sweep; name a new folder.")
        return []
    try:
        told = json.loads((out / FILE).read_text(encoding="utf-8"))
        before = {key: told[key] for key in ASKED}
        found = [float(each["weight"]) for each in told["runs"]]
    except (OSError, ValueError, KeyError, TypeError):
        raise CommandError(f"{out / FILE} can't be read; begin anew with --force.") from None
    other = [key for key in ASKED if before[key] != about[key]]
    if other:
        raise CommandError(
            f"{out} is a sweep with another {' and '.join(other)}; name a new folder, or begin anew with --force."
        )
    return found


def _finished(out: Path, weight: float) -> bool:
    from model.kl_sweep import folder_name
    from studio.runs import FILE, State, find_run

    folder = out / folder_name(weight)
    return (folder / FILE).is_file() and find_run(folder).state is State.FINISHED


def _train(out: Path, weight: float, about: dict[str, Any]) -> None:
    """The run of a weight, begun, gone on with, or left as it is if it is done; ctrl-c ends the command."""
    from model.kl_sweep import folder_name
    from studio.runs import refuse_running

    folder = out / folder_name(weight)
    if _finished(out, weight):
        note(f"w_KL {weight:g} is done already")
        return
    if folder.exists():
        refuse_running(folder)
    arguments = {
        **about,
        "overrides": [*about["overrides"], "net.kind=conditional", f"fit.kl_weight={weight!r}"],
        "data_named": True,
        "from_": None,
        "resume": (folder / "resume.safetensors").is_file(),
    }
    note(f"training {folder.name}")
    _, leave = train_in_child(folder, arguments)
    leave()


def _delete_sweep(out: Path) -> bool:
    """Delete what a sweep writes, and nothing else; False if there is none."""
    from model.kl_sweep import FILE, PICTURES
    from studio.lock import NAME as LOCK
    from studio.runs import refuse_running

    if not (out / FILE).is_file():
        return False
    runs = [each for each in sorted(out.glob("w-*")) if (each / "run.json").is_file()]
    for run in runs:
        refuse_running(run)
    for run in runs:
        delete_run(run)
        (run / LOCK).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # somebody has put something there
            run.rmdir()
    for name in PICTURES:
        for ending in ("svg", "png"):
            (out / f"{name}.{ending}").unlink(missing_ok=True)
    (out / FILE).unlink()
    return True
