"""``monoline pens`` as a person at a terminal uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Capture, refused, told

from plotter.pens import Pen, read_pens, save_pen, use_ink
from studio.folder import create_studio
from tui.commands.pens import ink_bar
from tui.main import run


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The studio that commands find."""
    folder = create_studio(tmp_path / "studio").folder
    monkeypatch.setenv("MONOLINE_STUDIO", str(folder))
    return folder


def said(capsys: Capture, arguments: list[str]) -> str:
    assert run(arguments) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_a_studio_without_pens_says_how_to_make_one(capsys: Capture, studio: Path) -> None:
    assert told(capsys, ["pens"]) == {"pens": []}
    assert "monoline pens set 'black 0.5' --nib 0.5" in said(capsys, ["pens"])


def test_a_pen_is_made_changed_filled_and_removed(capsys: Capture, studio: Path) -> None:
    options = ["--nib", "0.5", "--down", "25", "--up", "55", "--speed", "40", "--capacity", "200", "--colour", "black"]
    options += ["--hop", "3", "--hop-height", "35", "--raise-early", "50", "--lower-early", "60"]
    made = told(capsys, ["pens", "set", "black 0.5", *options])["pen"]
    assert made == {
        "name": "black 0.5",
        "nib_mm": 0.5,
        "pen_up_pct": 55,
        "pen_down_pct": 25,
        "speed_down_mm_s": 40,
        "hop_mm": 3,
        "hop_pct": 35,
        "raise_early_ms": 50,
        "lower_early_ms": 60,
        "colour": "black",
        "capacity_m": 200,
        "used_m": 0,
        "ink_left_m": 200,
    }
    use_ink(studio, "black 0.5", 50)
    changed = told(capsys, ["pens", "set", "Black 0.5", "--nib", "0.7"])["pen"]
    assert changed == {**made, "nib_mm": 0.7, "used_m": 50, "ink_left_m": 150}
    assert told(capsys, ["pens"]) == {"pens": [changed]}
    assert told(capsys, ["pens", "fill", "black 0.5"])["pen"]["ink_left_m"] == 200
    assert told(capsys, ["pens", "remove", "black 0.5"])["removed"]["name"] == "black 0.5"
    assert read_pens(studio) == ()


def test_the_list_shows_the_ink_left_as_a_bar(capsys: Capture, studio: Path) -> None:
    save_pen(studio, Pen(name="black 0.5", nib_mm=0.5, pen_down_pct=25, capacity_m=200, used_m=50, colour="#1a2b3c"))
    save_pen(studio, Pen(name="odd [bold] name", colour="red", used_m=3))
    _, black, odd = said(capsys, ["pens"]).splitlines()
    assert black.split() == ["■", "black", "0.5", "0.5", "25/-", "-", "█████████░░░", "150.0", "of", "200", "m"]
    assert odd.split() == ["odd", "[bold]", "name", "red", "0.3", "-/-", "-", "3.0", "m", "drawn"]
    save_pen(studio, Pen(name="odd [bold] name", hop_mm=5, hop_pct=35, raise_early_ms=50))
    assert said(capsys, ["pens"]).splitlines()[3:] == ["odd [bold] name: hops up to 5 mm at 35 %, sets out 50 ms early"]


@pytest.mark.parametrize(
    ("used", "bar"),
    [(0, "████████████"), (0.01, "███████████░"), (50, "██████░░░░░░"), (99.9, "█░░░░░░░░░░░"), (200, "░░░░░░░░░░░░")],
)
def test_the_bar_is_full_or_empty_only_if_the_pen_is(used: float, bar: str) -> None:
    assert ink_bar(Pen(name="a", capacity_m=100, used_m=used)).partition(" ")[0] == bar


def test_an_unknown_capacity_is_told_as_0(capsys: Capture, studio: Path) -> None:
    save_pen(studio, Pen(name="a", capacity_m=5))
    assert told(capsys, ["pens", "set", "a", "--capacity", "0"])["pen"]["ink_left_m"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["fill", "blck"], 1, "no pen 'blck', did you mean 'black'"),
        (["remove", "x"], 1, "no pen 'x'; the pens are: black"),
        (["set", "black", "--nib", "0"], 2, "--nib 0 is no width; it is more than 0 and at most 30 mm"),
        (["set", "black", "--down", "101"], 2, "--down"),
        (["set", "black", "--down", "50", "--up", "40"], 1, "raised to 40 % it is no higher than lowered to 50 %"),
        (["set", "black", "--colour", "#12"], 1, "it is written as #1a2b3c, or as a word"),
        (["set"], 2, "NAME"),
        (["sett", "black"], 2, "No such command 'sett'"),
    ],
)
def test_what_can_not_be_is_told_in_one_line(
    capsys: Capture, studio: Path, arguments: list[str], code: int, words: str
) -> None:
    save_pen(studio, Pen(name="black"))
    assert words in refused(capsys, ["pens", *arguments], code)
    assert read_pens(studio) == (Pen(name="black"),)


@pytest.mark.parametrize("arguments", [[], ["fill", "a"], ["remove", "a"]])
def test_without_a_studio_it_says_what_to_do(capsys: Capture, tmp_path: Path, arguments: list[str]) -> None:
    error = refused(capsys, ["--studio", str(tmp_path / "none"), "pens", *arguments], 1)
    assert "none is no studio, and pens are kept in one; open it once with monoline" in error
    assert not list(tmp_path.iterdir())


def test_the_first_pen_makes_the_studio_that_keeps_it(capsys: Capture, tmp_path: Path) -> None:
    folder = tmp_path / "none"
    assert run(["--studio", str(folder), "pens", "set", "a", "--nib", "0.5"]) == 0
    assert "none is a studio now" in capsys.readouterr().err
    assert [pen.nib_mm for pen in read_pens(folder)] == [0.5]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("kept")
    assert "is no studio" in refused(capsys, ["--studio", str(tmp_path / "other"), "pens", "set", "a"], 1)


def test_a_studio_named_on_the_command_line_is_the_one(capsys: Capture, studio: Path, tmp_path: Path) -> None:
    other = create_studio(tmp_path / "other").folder
    told(capsys, ["--studio", str(other), "pens", "set", "a"])
    assert [pen.name for pen in read_pens(other)] == ["a"]
    assert read_pens(studio) == ()


def test_a_damaged_file_of_pens_is_told(capsys: Capture, studio: Path) -> None:
    save_pen(studio, Pen(name="a"))
    (studio / "pens" / "pens.json").write_text("{")
    assert "pens.json is damaged (it is not JSON)" in refused(capsys, ["pens"], 1)
