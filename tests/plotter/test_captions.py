"""What is lettered below a drawing."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from drawing.collection import Entry
from drawing.drawing import Drawing
from drawing.recipe import Recipe
from plotter.captions import caption_of_all, captions_of
from plotter.errors import SheetError
from plotter.layout import SheetSettings

INK = Drawing.of([[(0, 0), (1, 1)]])
SAMPLE = Entry(INK, "first", Recipe(kind="sample", seed=7, temperature=0.3))
WALK = [Entry(INK, f"f{n}", Recipe(kind="interpolate", seed=1, temperature=0.1, at=n / 2)) for n in range(3)]
OWN = Entry(INK, "portrait 3")


def test_what_is_known_is_told() -> None:
    assert captions_of([SAMPLE, OWN]) == ["seed 7  t 0.3", "portrait 3"]
    assert captions_of(WALK) == ["step 1 of 3", "step 2 of 3", "step 3 of 3"]
    assert caption_of_all(WALK) == "3 steps"
    assert caption_of_all([OWN, SAMPLE]) == "portrait 3 to seed 7  t 0.3"
    assert caption_of_all([OWN]) == "portrait 3"


def test_a_text_of_ones_own_has_it_in_its_fields() -> None:
    assert captions_of([SAMPLE], "{name}, no. {seed:03d} at {temperature}") == ["first, no. 007 at 0.3"]
    assert captions_of(WALK, "{step}/{steps} {at:.2f}") == ["1/3 0.00", "2/3 0.50", "3/3 1.00"]
    assert captions_of([SAMPLE, OWN], "{{{seed}}}") == ["{7}", "{}"]  # what is not known leaves nothing
    assert captions_of([OWN], "by hand") == ["by hand"]


def test_a_field_that_no_drawing_knows_is_refused() -> None:
    with pytest.raises(SheetError, match=r"No drawing tells its seed; leave \{seed\} out"):
        captions_of([OWN, OWN], "{seed}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{sead}", r"\{sead\} in '\{sead\}' is none of \{name\}, \{seed\}"),
        ("{seed", "a brace in '{seed' is open"),
        ("{seed.real}", "is none of"),
        ("{name!r}", "is none of"),
        ("{seed:.2q}", "'.2q' in '{seed:.2q}' is no way to write {seed}"),
        ("{seed:{steps}}", "is no way to write"),
    ],
)
def test_a_text_that_can_not_be_filled_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SheetSettings(caption=text)
