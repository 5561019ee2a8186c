"""What is done to a drawing after it was made, as a recipe tells it."""

from __future__ import annotations

import pytest

from drawing.drawing import Drawing
from drawing.errors import DrawingError
from drawing.finish import UNTOUCHED, Finish

BROKEN = Drawing.of([[(0, 0), (10, 0)], [(12, 0), (20, 0), (30, 8)], [(90, 0), (99, 0)]])


def test_what_is_not_asked_for_is_not_done() -> None:
    assert UNTOUCHED.apply(BROKEN) == BROKEN
    assert UNTOUCHED.told() == {}
    assert Finish.of({"factor": 2.0}) == UNTOUCHED


def test_gaps_are_bridged_up_to_a_distance_and_told() -> None:
    near, all_ = Finish(connect=5.0).apply(BROKEN), Finish(connect=5.0, one_line=True).apply(BROKEN)
    assert [len(near.lines), len(all_.lines)] == [2, 1]
    assert near.connector_length == 2.0
    assert all_.connector_length > 60
    assert Finish(connect=0.0).apply(BROKEN) == BROKEN


@pytest.mark.parametrize("finish", [Finish(), Finish(3.0), Finish(None, True), Finish(0.0, False, 0.4)])
def test_it_comes_back_out_of_a_recipe(finish: Finish) -> None:
    assert Finish.of(finish.told()) == finish


def test_lines_are_rounded_last() -> None:
    assert Finish(one_line=True, curves=0.5).apply(BROKEN).points > BROKEN.points + 5


def test_nonsense_is_refused() -> None:
    with pytest.raises(DrawingError, match="0 or more, not -1"):
        Finish(connect=-1.0)
    with pytest.raises(DrawingError, match="above 0"):
        Finish(curves=0.0)
