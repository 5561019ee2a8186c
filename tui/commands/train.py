"""The command that trains a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tui.console import AsJson, CommandError, Force, finish
from tui.figures import steps as counted

DataFile = Annotated[
    Path, typer.Option("--data", help=".npz, .ndjson, or a folder of SVG.", show_default=False, metavar="FILE")
]


def register(app: typer.Typer) -> None:
    """Add this command to the top level."""
    app.command()(train)


def train(
    preset: Annotated[
        str, typer.Argument(metavar="PRESET", help="small, artist, quickdraw, magenta, paper, or a .toml file.")
    ] = "",
    data: DataFile = Path(),
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the run.", show_default=False)] = Path(),
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="One setting, as fit.batch=50.")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Batches in all.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.01, help="Time in all; the first limit counts.")] = None,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    start: Annotated[
        str | None, typer.Option("--from", metavar="CKPT", help="Begin with these weights.", show_default=False)
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Train a network; it goes on if the terminal closes, and can be stopped and resumed.

    Ctrl-C stops it with everything saved. PRESET tells the network and the training. Under torchrun it trains on many
    GPUs at once: torchrun --nproc-per-node 2 --no-python monoline train ...
    """
    from model.asked import asked
    from model.checkpoint import read_net
    from model.distributed import is_leader, under_torchrun
    from studio.runs import find_run, refuse_running
    from tui.commands.training import check_apart, make_room, train_here, train_in_child, train_with_leader

    if under_torchrun() and not is_leader():
        train_with_leader(out)
        return
    if str(out) in ("", "."):
        raise typer.BadParameter("name the folder of the run with --out")
    named = str(data) not in ("", ".")
    if resume:
        told = find_run(out).arguments
        begin = None
        preset = str(told.get("preset") or preset)  # the run goes on by its own settings, and is still called so
        refuse_running(out)
        if start is not None:
            raise typer.BadParameter("--resume goes on with the weights of the run; leave --from out")
        if not (out / "resume.safetensors").is_file():
            raise CommandError(f"{out} has nothing to resume yet; start it again without --resume, with --force.")
        if named and not data.exists():
            raise CommandError(f"{data} does not exist.")
        asked(out / "config.toml", settings or (), resumed=True)
        given = str(data) if named else str(told["data"])
        if not any(each.startswith("fit.steps=") for each in settings or ()):  # what is set now counts
            steps = steps or told.get("steps")
        minutes = minutes or told.get("minutes")
        device = str(told.get("device", device)) if device == "auto" else device
    else:
        if not preset:
            raise typer.BadParameter("name a preset or a .toml file, as in: monoline train small --data FILE --out DIR")
        if not named:
            raise typer.BadParameter("name the drawings with --data")
        if not data.exists():
            raise CommandError(f"{data} does not exist.")
        begin = _absolute(start)
        net = None if begin is None else read_net(Path(begin))
        asked(preset, settings or (), start=net)  # a mistake is told before anything starts
        given = str(data)
        check_apart(out, data, preset, begin)
        make_room(out, force)
    arguments: dict[str, Any] = {
        "preset": str(Path(preset).resolve()) if preset.endswith(".toml") else preset,
        "data": str(Path(given).resolve()),
        "data_named": named,
        "overrides": list(settings or ()),
        "steps": steps,
        "minutes": minutes,
        "device": device,
        "from_": begin,
        "resume": resume,
    }
    begin_work = train_here if under_torchrun() else train_in_child
    result, leave = begin_work(out, arguments)
    if "checkpoint" in result:  # the run, elsewhere, knows only where it is
        result = {**result, "checkpoint": str(out / Path(result["checkpoint"]).name)}
    finish(result, _summary(result), as_json=as_json)
    leave()


def _absolute(name: str | None) -> str | None:
    """The run has another working directory; a bundled name stays a name."""
    if name is None:
        return None
    from model.bundled import find_checkpoint

    return str(find_checkpoint(name).resolve())


def _summary(result: dict[str, Any]) -> str:
    valid = result.get("valid") or {}
    return (
        f"{result['checkpoint']}: {counted(result['steps'])} in {result['seconds']:.0f} s, "
        f"{valid.get('nats_per_point', float('nan')):.4f} nats per point at scale {valid.get('scale', 0):.4f}"
    )
