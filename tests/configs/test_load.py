from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from configs.errors import ConfigError
from configs.load import load, presets
from prep.artist import ArtistSettings


class Pen(BaseModel):
    model_config = ConfigDict(extra="forbid")
    width_mm: float = Field(default=0.3, gt=0)
    colour: str = "black"


class Sheet(BaseModel):
    model_config = ConfigDict(extra="forbid")
    copies: int = 1
    pen: Pen = Pen()
    spare: Pen | None = None


def write(folder: Path, text: str) -> Path:
    path = folder / "sheet.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_source_the_defaults_hold() -> None:
    assert load(Sheet) == Sheet()


def test_a_file_fills_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    sheet = load(Sheet, write(tmp_path, "copies = 3\n[pen]\nwidth_mm = 0.5\n"))
    assert (sheet.copies, sheet.pen.width_mm, sheet.pen.colour) == (3, 0.5, "black")


def test_overrides_replace_single_values_and_the_last_one_wins(tmp_path: Path) -> None:
    path = write(tmp_path, "copies = 3\n")
    sheet = load(Sheet, path, ["copies=4", "pen.width_mm = 0.8", "pen.colour=red", "copies=5"])
    assert (sheet.copies, sheet.pen.width_mm, sheet.pen.colour) == (5, 0.8, "red")


@pytest.mark.parametrize(
    ("text", "overrides", "words"),
    [
        ("copys = 3", [], ["sheet.toml", "'copys'", "did you mean 'copies'"]),
        ("[pen]\nwidth = 1", [], ["sheet.toml", "'pen.width'", "did you mean 'width_mm'", "colour"]),
        ("[spare]\ncolor = 'red'", [], ["'spare.color'", "did you mean 'colour'"]),
        ("", ["pen.widht_mm=1"], ["--set pen.widht_mm=1", "did you mean 'width_mm'"]),
        ("copies = 'many'", [], ["sheet.toml", "copies", "integer", "'many'"]),
        ("[pen]\nwidth_mm = -1", [], ["pen.width_mm", "greater than 0", "-1"]),
        ("", ["pen.width_mm=-2"], ["--set pen.width_mm=-2", "greater than 0"]),
        ("copies = = 3", [], ["sheet.toml", "not TOML", "line 1"]),
        ("", ["copies"], ["--set copies", "key=value"]),
        ("", [".=1"], ["key=value"]),
        ("copies = 2", ["copies.x=1"], ["copies is a value", "--set copies.x=1"]),
    ],
)
def test_a_fault_is_one_line_that_names_place_and_key(
    tmp_path: Path, text: str, overrides: list[str], words: list[str]
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(Sheet, path, overrides)
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


def test_a_missing_file_and_a_binary_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml can't be read"):
        load(Sheet, tmp_path / "nowhere.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not a text file"):
        load(Sheet, tmp_path / "binary.toml")


def test_an_unknown_preset_is_answered_with_the_nearest_and_all() -> None:
    with pytest.raises(ConfigError, match=r"no preset 'portrait', did you mean 'portraits'; the presets are: .*demo"):
        load(ArtistSettings, "portrait")


@pytest.mark.parametrize("preset", ["demo", "portraits"])
def test_every_preset_of_the_artist_loads(preset: str) -> None:
    assert preset in presets()
    assert load(ArtistSettings, preset).kinds["profile"] > 0


def test_a_value_the_schema_refuses_in_its_own_words_is_told_in_one_line() -> None:
    with pytest.raises(
        ConfigError, match=r"--set kinds.unicorn=1: kinds: the artist can't draw unicorn; known kinds are"
    ) as caught:
        load(ArtistSettings, "demo", ["kinds.unicorn=1"])
    assert "\n" not in str(caught.value)
