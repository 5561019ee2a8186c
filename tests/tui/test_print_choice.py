"""What was chosen for paper, and how it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from configs.errors import ConfigError
from drawing.collection import Entry
from drawing.drawing import Drawing
from studio.folder import create_studio
from tui.print_choice import FILE, PrintChoice, load_choice, save_choice, sheet_names

BOX = Drawing.of([[(0, 0), (100, 0), (100, 60), (0, 60), (0, 0)]])
CHOICE = PrintChoice(
    "200x300", False, 12.5, "spiral", "turned and growing", 4, False, "{step}", "1-2", "Walk", "A. Look", 5.0, "both"
)


def test_it_is_kept_in_the_studio(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "ink")
    assert load_choice(studio) == PrintChoice()
    for choice in (CHOICE, PrintChoice(paper="A3")):
        save_choice(studio, choice)
        assert load_choice(studio) == choice


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("layout = 'star'", "layout: input should be"),
        ("colour = 'red'", "colour is no setting of a sheet"),
        ("= 3", "can't be read"),
    ],
)
def test_a_file_that_can_not_be_is_told_with_its_name(tmp_path: Path, text: str, words: str) -> None:
    studio = create_studio(tmp_path / "ink")
    (studio.sheets / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"{FILE}.*{words}"):
        load_choice(studio)


def test_what_it_says_is_on_the_sheets() -> None:
    every = CHOICE.lay_out([Entry(BOX, f"n{n}") for n in range(5)], "walk")
    assert list(every) == ["1/2", "2/2"]
    sheet = every["1/2"][0]
    assert (sheet.title, sheet.paper.width_mm) == ("Walk 1/2", 200)
    assert sheet.cells[4].scale > sheet.cells[0].scale  # growing
    strokes = sheet.cells[3].strokes
    assert strokes is not None
    corners = sheet.drawing.lines[strokes[0]]
    assert abs(corners[0, 1] - corners[1, 1]) > 0.5  # and turned
    assert sheet_names("w", every) == ["w-01-of-2", "w-02-of-2"]
    grid = PrintChoice(spiral="turned", per_sheet=4)  # only a spiral has the one, a flip-book the other
    assert len(grid.lay_out([Entry(BOX)] * 3, "")[""]) == 1


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (PrintChoice(edition="9/8"), "edition: Edition 9/8 can't be"),
        (PrintChoice(caption="{sead}"), "caption: {sead}"),
        (PrintChoice(margin_mm=-1), "margin: Input should be greater"),
        (PrintChoice(frame_mm=-1), "frame: Input should be greater"),
        (PrintChoice(paper="A9"), "paper: There is no paper 'A9'"),
    ],
)
def test_a_value_that_can_not_be_is_told_with_its_name(choice: PrintChoice, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        choice.settings()
    assert str(caught.value).startswith(words)
