"""The house rules that no linter holds."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ["configs", "drawing", "model", "plotter", "prep", "studio", "tui"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def loaded_by(statement: str) -> set[str]:
    """Top-level modules in sys.modules after a statement in a fresh process."""
    code = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(
        subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )


def test_the_application_starts_without_torch_and_vpype() -> None:
    assert not loaded_by("import tui.app") & {"torch", "vpype", "vpype_cli", "scipy", "shapely", "PIL", "svgelements"}


def test_the_command_line_starts_without_anything_heavy() -> None:
    assert not loaded_by("import tui.main") & {"torch", "vpype", "textual", "numpy", "scipy", "shapely", "PIL"}


def test_the_studio_does_not_wait_for_the_commands() -> None:
    loaded = loaded_by("import tui.start, tui.app, tui.screens.sample, tui.screens.prepare")
    assert not loaded & {"typer", "pydantic", "tomlkit", "markdown_it", "numpy", "torch", "vpype"}


TORCH = {
    *(
        "adam",
        "cells",
        "generator",
        "hand",
        "losses",
        "mixture",
        "pen",
        "muon",
        "parts",
        "places",
        "recorder",
        "sample",
        "sketch_rnn",
        "sweep",
        "trainer",
    ),
    "transformer",
}
"""Modules of model that are tensors through and through; all others import torch where they use it."""


@pytest.mark.parametrize("room", ["configs", "studio", "drawing", "prep", "model", "plotter"])
def test_no_room_loads_torch_or_textual_by_being_imported(room: str) -> None:
    stems = {path.stem for path in (ROOT / room).glob("*.py")} - {"__init__", "__main__"}
    modules = [f"{room}.{stem}" for stem in stems if not (room == "model" and stem in TORCH)]
    loaded = loaded_by(f"import {', '.join([room, *modules])}")
    assert not loaded & {"torch", "textual", "typer", "vpype"}


def test_neither_training_nor_drawing_loads_a_compiler() -> None:
    """It takes as long to load as all else; sympy comes with it."""
    loaded = loaded_by(
        """
import numpy as np
from model.data import Data, to_batch
from model.sample import Sampler
from model.settings import TrainSettings
from model.trainer import Trainer
rows = [np.array([[1.0, 2, 0], [2, 1, 1]])] * 2
net = {"body": "transformer", "encoder": 8, "decoder": 16, "layers": 1, "heads": 2, "latent": 2, "mixtures": 2}
settings = TrainSettings.model_validate({"net": net})
trainer = Trainer(settings, Data({"train": rows}, 1.0, 2, 3.0, "", False, False), "cpu")
trainer.learn(to_batch(rows, 1.0), 0.0)
Sampler(trainer.checkpoint(trainer.test(rows))).draw([1], max_points=2)
"""
    )
    assert "torch" in loaded
    assert "sympy" not in loaded


def test_no_other_distribution_owns_a_room() -> None:
    owners = packages_distributions()
    for room in ROOMS:
        assert set(owners.get(room, ["monoline"])) == {"monoline"}, f"{room} is owned by {owners[room]}"


def test_every_room_is_packaged_and_there_is_no_other() -> None:
    assert sorted(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == ROOMS
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages == set(ROOMS)


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    stated = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["dev"]]
    for requirement in stated:
        line = next(line for line in text.splitlines() if f'"{requirement}"' in line)
        assert len(line.partition("#")[2].strip()) > 10, f"say why {requirement} is needed"


def test_every_direct_dependency_is_pinned_within_its_range() -> None:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    known = {canonicalize_name(name): version for name, version in pins.items()}
    assert known["torch"] == "2.13.0"
    for text in [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["dev"]]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(known[canonicalize_name(requirement.name)]), text


def test_no_module_outgrows_its_room() -> None:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= 360, f"{path.relative_to(ROOT)} has {lines} lines; it wants a wall in it"


def test_tests_mirror_the_rooms_and_are_no_packages() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and any(path.glob("test_*.py"))}
    assert folders == {*ROOMS, "docs"}
