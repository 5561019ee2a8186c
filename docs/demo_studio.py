"""The studio that the pictures show: two sketchbooks, a dataset, a sweep and a training, all made by commands."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from tui.main import run

KINDS = "['drawing', 'drawing', 'pattern', 'watercolor', 'notes']"
FEW_POINTS = '--set "kinds={profile = 1.0}" --set max_points=64 --set epsilon=2.5'
"""Profiles of few points are learnt within minutes."""
SMALL = (
    "--set net.body=rnn --set net.decoder=256 --set net.latent=16 --set fit.optimiser=adam --set fit.kl_start=1 "
    "--set fit.kl_floor=0 --set fit.prior_share=0 --set data.drop_points=0 --rows 5"
)
"""Of the sweep: networks that learn a latent vector within few steps, with its weight from the first of them on."""
COMMANDS = """
prep demo --books 2 --pages 15 --seed 3 --set first_book=47 --set "kinds={kinds}"
prep run --set shelf.backbone.download=false --set shelf.classify.epochs=0
prep clusters -k 5
prep label 0 0_drawings
prep run
dataset demo --n 2000 --seed 5 {few_points} --out {studio}/datasets/profiles.npz
kl-sweep --data {studio}/datasets/profiles.npz --out {studio}/runs/weights --steps 400 {small} --weights 0.01,0.1,1
train small --data {studio}/datasets/profiles.npz --out {studio}/runs/profiles --steps 500 --set fit.validate_every=50
"""
"""Steps, not minutes, so that a slow machine learns as much as a fast one."""


def make_studio(folder: Path) -> None:
    """Make it in a folder that is not there yet; some minutes on two cores.

    Raises:
        RuntimeError: a command failed.
    """
    with at_home(folder):
        for line in COMMANDS.strip().splitlines():
            monoline(line.format(studio=folder, kinds=KINDS, few_points=FEW_POINTS, small=SMALL))


def monoline(line: str) -> None:
    """Run a command.

    Raises:
        RuntimeError: it failed.
    """
    if run(shlex.split(line)) not in (0, 4):
        raise RuntimeError(f"monoline {line} failed")


@contextlib.contextmanager
def at_home(folder: Path) -> Iterator[None]:
    """Commands in the block work in this studio."""
    before = os.environ.get("MONOLINE_STUDIO")
    os.environ["MONOLINE_STUDIO"] = str(folder)
    try:
        yield
    finally:
        os.environ.pop("MONOLINE_STUDIO")
        if before is not None:
            os.environ["MONOLINE_STUDIO"] = before
