"""Drawings by the names that a person types."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from configs.errors import OptionError
from drawing.collection import Entry, write_collection
from drawing.drawing import Drawing
from drawing.errors import UnreadableFile
from drawing.recipe import Endpoint, Recipe
from drawing.svg import write_svg
from tui.given import read_given

ONE, TWO, THREE = (Drawing.of([[(0, 0), (4, k), (9, 2)]]) for k in (1, 2, 3))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_collection(tmp_path / "a.npz", {"train": [Entry(ONE), Entry(TWO)], "test": [Entry(THREE)]})
    return tmp_path / "a.npz"


def test_a_seed_is_a_drawing() -> None:
    given = read_given("seed:7")
    assert (given.seed, given.drawing) == (7, None)
    assert read_given(f"seed:{2**63 - 1}").seed == 2**63 - 1


@pytest.mark.parametrize("text", ["seed:", "seed:x", "seed:-1", f"seed:{2**63}", "seed:1.5"])
def test_a_seed_is_a_whole_number(text: str) -> None:
    with pytest.raises(OptionError, match=r"is not of the form seed:7\."):
        read_given(text)


def test_a_drawing_of_a_file_has_a_split_and_a_number(file: Path) -> None:
    assert read_given(f"{file}#train/1").drawing == TWO
    assert read_given(f"{file}#test/0").drawing == THREE
    assert read_given(f"{file}#1").drawing == TWO  # of the first split


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("valid/0", "no split 'valid'; there are: train, test"),
        ("train/2", "train has 2, numbers 0 to 1"),
        ("test/-1", "test has 1, number 0"),
        ("train/x", "names no drawing"),
        ("train/²", "names no drawing"),
        ("", "names no drawing"),
    ],
)
def test_what_names_nothing_in_the_file_is_told_with_what_is_there(file: Path, place: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        read_given(f"{file}#{place}")


def test_a_file_of_many_drawings_wants_a_number(file: Path) -> None:
    with pytest.raises(OptionError, match=r"holds 2 drawings; name one as .*a\.npz#train/0"):
        read_given(str(file))
    with pytest.raises(UnreadableFile, match="does not exist"):
        read_given("/no/such.svg")


def sampler(endpoint: Endpoint | None) -> Any:
    """Knows a recipe as its own, or does not; encodes every drawing as its number of points."""
    return cast(Any, SimpleNamespace(endpoint_of=lambda _: endpoint, encode=lambda drawing: [drawing.points, 0.5]))


def test_an_svg_of_this_network_is_its_own_latent_vector_and_any_other_is_encoded(tmp_path: Path) -> None:
    write_svg(tmp_path / "a.svg", ONE, recipe=Recipe(kind="sample", seed=5, checkpoint="ab"))
    given = read_given(str(tmp_path / "a.svg"))
    assert given.recipe is not None
    assert given.recipe.seed == 5
    assert given.drawing is not None
    assert given.drawing.points == 3
    assert given.endpoint(sampler(Endpoint(seed=5))) == Endpoint(seed=5)
    assert given.endpoint(sampler(None)) == Endpoint(drawing=str(tmp_path / "a.svg"), z=[3.0, 0.5])
    assert read_given("seed:9").endpoint(sampler(None)) == Endpoint(seed=9)
