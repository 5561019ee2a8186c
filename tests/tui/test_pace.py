"""What is being done, and how long the rest takes."""

from __future__ import annotations

from functools import partial

import pytest

from studio.events import Changed, Progress, Started, Stopped
from tui.pace import Pace
from tui.preparing import Preparing

look = partial(Progress, total=210, what="scan", doing="looking at scan")
teach = partial(Progress, total=20, what="lesson", doing="teaching the network your folders, lesson")


def test_each_piece_of_work_has_a_pace_of_its_own() -> None:
    pace = Pace()
    assert pace.doing == ""
    for at, done in ((0.0, 0), (10.0, 70)):
        pace.take(look(at=at, done=done))
    assert pace.doing == "looking at scan 70 of 210, 20 s left"
    pace.take(teach(at=40.0, done=1, most_s=300.0))
    assert pace.doing == "teaching the network your folders, lesson 1 of 20"
    pace.take(teach(at=140.0, done=2, most_s=200.0))
    assert (
        pace.doing == "teaching the network your folders, lesson 2 of 20, 3 min 20 s left"
    )  # not 30 min: a clock ends it
    pace.take(teach(at=150.0, done=13, most_s=190.0))
    assert pace.left_s == pytest.approx(7 * 110 / 12)


def test_what_is_done_is_told_as_long_as_it_is_done() -> None:
    story = Preparing()
    for event in (Started(what="x"), Changed(state="look"), teach(at=0.0, done=3)):
        story.take(event)
    assert story.doing == "teaching the network your folders, lesson 3 of 20"
    assert story.words == "find → look ▶ → trace → select → dataset"
    story.take(Changed(state="sort"))
    assert story.doing == ""
    for event in (Changed(state="look"), look(at=1.0, done=210), teach(at=2.0, done=3)):
        story.take(event)
    story.take(Stopped(result={"stopped": True}))
    assert story.doing == ""
    assert story.words.startswith("find → look ■ 210 of 210 → ")  # scans, not lessons
