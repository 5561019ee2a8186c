"""Pens: kept in the studio, their ink counted by whoever draws with them, their heights over the defaults."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from configs.load import load
from plotter.axidraw import PlotSettings, PlotterSettings
from plotter.pens import (
    Pen,
    PenError,
    change_pen,
    fill,
    find_pen,
    read_pens,
    remove_pen,
    save_pen,
    use_ink,
)
from studio.errors import StudioBusy
from studio.folder import create_studio
from studio.lock import locked

BLACK = Pen(name="black 0.5", nib_mm=0.5, pen_up_pct=55, pen_down_pct=25, speed_down_mm_s=40, capacity_m=200)


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    return create_studio(tmp_path / "studio").folder


def lengths() -> st.SearchStrategy[float]:
    return st.floats(0, 1e5)


PENS = st.builds(
    Pen,
    name=st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20),
    nib_mm=st.floats(0.01, 30),
    pen_up_pct=st.none() | st.floats(51, 100),
    pen_down_pct=st.none() | st.floats(0, 50),
    speed_down_mm_s=st.none() | st.floats(0.5, 400),
    colour=st.sampled_from(("", "#1a2B3c", "black", "Payne grey", "rouge-brun")),
    capacity_m=st.none() | st.floats(0.1, 1e6),
    used_m=lengths(),
)


# kept


def test_a_studio_without_pens_has_none(studio: Path) -> None:
    assert read_pens(studio) == ()


@given(pens=st.lists(PENS, max_size=5, unique_by=lambda pen: pen.name.casefold()))
def test_pens_come_back_bit_by_bit_and_by_name(tmp_path_factory: pytest.TempPathFactory, pens: list[Pen]) -> None:
    studio = create_studio(tmp_path_factory.mktemp("pens") / "s").folder
    for pen in pens:
        assert save_pen(studio, pen) == pen
    assert read_pens(studio) == tuple(sorted(pens, key=lambda pen: pen.name.casefold()))
    for pen in pens:
        assert find_pen(studio, f" {pen.name}  ") == pen


def test_a_name_is_one_whatever_its_case_and_spaces(studio: Path) -> None:
    save_pen(studio, BLACK)
    assert find_pen(studio, " Black  0.5") == BLACK
    assert change_pen(studio, "BLACK 0.5", nib_mm=0.7).name == "black 0.5"
    assert [pen.nib_mm for pen in read_pens(studio)] == [0.7]


def test_a_pen_is_made_or_changed_field_by_field(studio: Path) -> None:
    assert change_pen(studio, "brush", nib_mm=4) == Pen(name="brush", nib_mm=4)
    use_ink(studio, "brush", 3)
    changed = change_pen(studio, "brush", capacity_m=10, colour="red")
    assert changed == Pen(name="brush", nib_mm=4, capacity_m=10, colour="red", used_m=3)
    assert read_pens(studio) == (changed,)


def test_a_pen_that_is_unknown_is_answered_with_the_nearest(studio: Path) -> None:
    with pytest.raises(PenError, match="no pen 'black', and no other yet; make it with monoline pens set"):
        find_pen(studio, "black")
    save_pen(studio, BLACK)
    save_pen(studio, Pen(name="Fude"))
    for ask in (find_pen, remove_pen, fill, lambda folder, name: use_ink(folder, name, 1)):
        with pytest.raises(
            PenError, match=r"no pen 'blck 0.5', did you mean 'black 0.5'; the pens are: black 0.5, Fude"
        ):
            ask(studio, "blck 0.5")
    with pytest.raises(PenError, match="no pen 'xyz'; the pens are"):
        find_pen(studio, "xyz")


def test_a_pen_is_forgotten(studio: Path) -> None:
    save_pen(studio, BLACK)
    save_pen(studio, Pen(name="Fude"))
    assert remove_pen(studio, "fude").name == "Fude"
    assert read_pens(studio) == (BLACK,)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"nib_mm": 0}, "nib_mm: input should be greater than 0"),
        ({"nib_mm": "wide"}, "nib_mm: input should be a valid number"),
        ({"capacity_m": -1}, "capacity_m: input should be greater than 0"),
        ({"pen_up_pct": 20, "pen_down_pct": 20}, r"raised to 20 % it is no higher than lowered to 20 %"),
        ({"colour": "#12"}, "colour: it is written as #1a2b3c, or as a word"),
        ({"nibs": 3}, "nibs: extra inputs"),
    ],
)
def test_what_no_pen_can_be_is_told_and_nothing_is_changed(studio: Path, fields: dict, words: str) -> None:
    save_pen(studio, BLACK)
    with pytest.raises(PenError, match=f"'black 0.5' can't be kept so: {words}"):
        change_pen(studio, "black 0.5", **fields)
    assert read_pens(studio) == (BLACK,)


@pytest.mark.parametrize("name", ["", "  ", "-n", "a\x00b", "x" * 41])
def test_a_name_that_nobody_could_type_is_refused(studio: Path, name: str) -> None:
    with pytest.raises(PenError, match="can't be kept so: name: "):
        change_pen(studio, name)
    assert read_pens(studio) == ()


def test_pens_need_a_studio(tmp_path: Path) -> None:
    for ask in (read_pens, lambda folder: save_pen(folder, BLACK), lambda folder: use_ink(folder, "x", 1)):
        with pytest.raises(PenError, match="is no studio, and pens are kept in one; open it once with monoline"):
            ask(tmp_path / "nowhere")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", r"damaged \(it is not JSON\); put that right, or delete"),
        ("[" * 100_000, r"damaged \(it is not JSON\)"),
        ("[]", "damaged"),
        ('{"format": 1, "pens": [{"name": "a", "nib_mm": -1}]}', r"damaged \(pens\.0\.nib_mm: input should be greater"),
        ('{"format": 1, "pens": [{"name": "a"}, {"name": "A"}]}', "two pens of one name"),
        ('{"format": 2, "inks": []}', r"later monoline \(format 2\); update monoline"),
        ("\udce9", "can't be read: it is not text"),
    ],
)
def test_a_file_that_is_wrong_is_told_and_left_as_it_is(studio: Path, text: str, words: str) -> None:
    path = studio / "pens" / "pens.json"
    path.parent.mkdir()
    path.write_bytes(text.encode(errors="surrogateescape"))
    for ask in (read_pens, lambda folder: save_pen(folder, BLACK)):
        with pytest.raises(PenError, match=words) as raised:
            ask(studio)
        assert str(path) in str(raised.value)
        assert "\n" not in str(raised.value)
    assert path.read_bytes() == text.encode(errors="surrogateescape")


# ink


def test_ink_is_counted_since_the_last_filling(studio: Path) -> None:
    save_pen(studio, BLACK)
    assert find_pen(studio, "black 0.5").ink_left_m == 200
    use_ink(studio, "black 0.5", 1.5)
    assert use_ink(studio, "black 0.5", 60).ink_left_m == pytest.approx(138.5)
    assert find_pen(studio, "black 0.5").lacks_m(140) == pytest.approx(1.5)
    assert find_pen(studio, "black 0.5").lacks_m(138) == 0
    assert use_ink(studio, "black 0.5", 500).ink_left_m == 0  # it drew more than anybody thought
    assert fill(studio, "black 0.5") == BLACK


def test_a_pen_of_unknown_capacity_is_counted_all_the_same(studio: Path) -> None:
    save_pen(studio, Pen(name="a"))
    pen = use_ink(studio, "a", 7)
    assert (pen.used_m, pen.ink_left_m, pen.lacks_m(1e9)) == (7, None, 0)


def test_keeping_a_pen_anew_forgets_no_ink_that_was_counted_meanwhile(studio: Path) -> None:
    pen = save_pen(studio, BLACK)
    use_ink(studio, pen.name, 12)
    kept = save_pen(studio, pen.model_copy(update={"nib_mm": 0.7}))
    assert (kept.nib_mm, kept.used_m) == (0.7, 12)
    assert read_pens(studio) == (kept,)


@pytest.mark.parametrize("metres", [-1.0, float("nan"), float("inf")])
def test_ink_that_is_no_length_is_refused(studio: Path, metres: float) -> None:
    save_pen(studio, BLACK)
    with pytest.raises(ValueError, match="ink is a length"):
        use_ink(studio, BLACK.name, metres)
    assert read_pens(studio) == (BLACK,)


COUNT = """
import sys
from pathlib import Path
from plotter.pens import use_ink
print("ready", flush=True)
sys.stdin.readline()
for _ in range(20):
    use_ink(Path(sys.argv[1]), "black 0.5", 0.25)
"""


def test_processes_that_draw_at_once_lose_no_ink(studio: Path) -> None:
    save_pen(studio, BLACK)
    command = [sys.executable, "-c", COUNT, str(studio)]
    plots = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    try:
        for plot in plots:
            assert plot.stdout is not None
            assert plot.stdout.readline() == "ready\n"
        for plot in plots:
            assert plot.stdin is not None
            plot.stdin.write("\n")
            plot.stdin.flush()
        for _ in range(5):
            change_pen(studio, "black 0.5", nib_mm=0.6)
    finally:
        for plot in plots:
            plot.communicate(timeout=60)
    assert [plot.returncode for plot in plots] == [0, 0, 0]
    assert find_pen(studio, "black 0.5").used_m == 15


def test_a_pen_held_by_another_for_long_is_told(studio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_pen(studio, BLACK)
    monkeypatch.setattr("plotter.pens.WAIT_S", 0.01)
    with locked(studio / "pens"):
        with pytest.raises(StudioBusy, match="is in use by"):
            use_ink(studio, BLACK.name, 1)
        assert read_pens(studio) == (BLACK,)  # to look is always allowed
    with locked(studio):  # who writes the rest of the studio is not in the way
        use_ink(studio, BLACK.name, 1)


# settings


def plot(*overrides: str) -> PlotSettings:
    return load(PlotterSettings, None, overrides).plot


def test_a_pen_wins_over_defaults_and_a_person_over_the_pen() -> None:
    applied = BLACK.apply(plot())
    assert (applied.pen_up_pct, applied.pen_down_pct, applied.speed_down_mm_s) == (55, 25, 40)
    stated = BLACK.apply(plot("plot.pen_down_pct=31", "plot.speed_up_mm_s=99"))
    assert (stated.pen_up_pct, stated.pen_down_pct, stated.speed_down_mm_s) == (55, 31, 40)
    assert stated.speed_up_mm_s == 99
    # also where the person states the default itself
    assert BLACK.apply(plot("plot.speed_down_mm_s=50.2")).speed_down_mm_s == 50.2


def test_what_a_pen_does_not_tell_stays_as_it_is() -> None:
    assert Pen(name="a").apply(plot()) == PlotSettings()
    assert Pen(name="a", speed_down_mm_s=12).apply(plot()) == PlotSettings(speed_down_mm_s=12)


def test_a_pen_that_would_never_leave_the_paper_is_refused() -> None:
    low = Pen(name="low", pen_down_pct=60)
    with pytest.raises(PenError, match=r"raised pen \(60 %\) is no higher than the lowered \(60 %\)"):
        low.apply(plot())
    assert low.apply(plot("plot.pen_up_pct=80")).pen_down_pct == 60
    with pytest.raises(ValidationError, match="no higher than lowered"):
        Pen(name="low", pen_down_pct=60, pen_up_pct=50)


def test_a_pen_tells_the_ink_left_in_its_json() -> None:
    told = json.loads(json.dumps(BLACK.model_copy(update={"used_m": 20.0}).to_json()))
    assert told["name"] == "black 0.5"
    assert (told["capacity_m"], told["used_m"], told["ink_left_m"]) == (200, 20, 180)
