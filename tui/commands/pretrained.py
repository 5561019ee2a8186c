"""``monoline import-pretrained``: Google's sketch-rnn-js networks become checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tui.console import AsJson, Force, check_free, finish


def register(app: typer.Typer) -> None:
    """Add the command to the top level."""
    app.command("import-pretrained")(import_pretrained)


def import_pretrained(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .gen.json, .gen.js, .vae.json or .vae.js.")],
    out: Annotated[Path, typer.Option(metavar="CKPT", help="The .safetensors to write.", show_default=False)],
    scale: Annotated[
        float | None,
        typer.Option(min=1e-6, max=1e6, help="What offsets are divided by; half the file's scale_factor by default."),
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Turn one of Google's pretrained sketch-rnn-js networks into a checkpoint; its licence is stated nowhere.

    Drawings of another size than the screen's pixels, as QuickDraw's simplified ones, want --scale to be the
    standard deviation of their offsets, which monoline dataset info tells.
    """
    if out.suffix.lower() != ".safetensors":
        raise typer.BadParameter(f"{out.name or '--out'} must end in .safetensors")
    check_free(out, force)
    from model.checkpoint import save_checkpoint
    from model.pretrained import import_pretrained as imported

    found = imported(file, scale)
    digest = save_checkpoint(out, found)
    told = found.training
    result = {
        "checkpoint": str(out),
        "hash": digest,
        "name": found.data["name"],
        "kind": found.net.kind,
        "version": told["version"],
        "weights": sum(each.numel() for each in found.weights.values()),
        "scale": found.scale,
        "n_max": found.n_max,
        "source": {"file": told["file"], "hash": told["hash"], "licence": told["licence"]},
    }
    text = (
        f"{out}: {result['name']}, a {found.net.kind} network of {result['weights']:,} weights, up to {found.n_max} "
        f"points, scale {found.scale:.4f}\nits licence: {told['licence']}"
    )
    finish(result, text, as_json=as_json)
