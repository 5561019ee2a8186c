"""The ink of a pen while it draws: counted at once, kept in the studio by and by."""

from __future__ import annotations

from pathlib import Path

import pytest

from plotter.pen_ink import KEEP_MM, PenInk
from plotter.pens import PenError, change_pen, find_pen, remove_pen
from studio.folder import create_studio

LINE_MM = KEEP_MM / 10


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    folder = create_studio(tmp_path / "studio").folder
    change_pen(folder, "red", capacity_m=2.0, used_m=0.5)
    change_pen(folder, "grey")
    return folder


def used_mm(studio: Path, name: str = "red") -> float:
    return find_pen(studio, name).used_m * 1000


def test_what_is_left_is_counted_at_once_and_kept_in_the_end(studio: Path) -> None:
    ink = PenInk(studio, " RED ")
    assert ink.name == "red"
    assert ink.left_mm == pytest.approx(1500)
    ink.use(100.0)
    ink.use(-10.0)
    assert ink.left_mm == pytest.approx(1410)
    assert used_mm(studio) == 500  # too little to trouble the disk with
    ink.close()
    assert used_mm(studio) == pytest.approx(590)
    assert ink.problem == ""


def test_every_so_often_it_is_kept(studio: Path) -> None:
    ink = PenInk(studio, "red")
    for _ in range(25):
        ink.use(LINE_MM)
    ink._entries.put(None)  # what it has entered by now
    ink._thread.join()
    assert used_mm(studio) == pytest.approx(500 + 2 * KEEP_MM)


def test_a_filling_comes_after_what_was_drawn_before_it(studio: Path) -> None:
    ink = PenInk(studio, "red")
    ink.use(1400.0)
    ink.use(20.0)  # not kept yet
    ink.fill()
    assert ink.left_mm == 2000
    ink.use(30.0)
    ink.close()
    assert used_mm(studio) == pytest.approx(30)


def test_a_pen_of_no_known_capacity_counts_what_it_drew(studio: Path) -> None:
    ink = PenInk(studio, "grey")
    assert ink.left_mm is None
    ink.use(700.0)
    assert ink.left_mm is None
    ink.close()
    assert used_mm(studio, "grey") == pytest.approx(700)


def test_two_plots_with_one_pen_lose_no_ink(studio: Path) -> None:
    inks = [PenInk(studio, "red") for _ in range(3)]
    for _ in range(40):
        for ink in inks:
            ink.use(LINE_MM)
    for ink in inks:
        ink.close()
    assert used_mm(studio) == pytest.approx(500 + 120 * LINE_MM)


def test_a_pen_that_is_removed_meanwhile_stops_no_plot(studio: Path) -> None:
    ink = PenInk(studio, "red")
    remove_pen(studio, "red")
    ink.use(2 * KEEP_MM)
    ink.use(2 * KEEP_MM)
    ink.fill()
    ink.close()
    assert "no pen 'red'" in ink.problem
    assert ink.left_mm == 2000


def test_a_pen_that_is_not_there_is_told_before_anything_is_drawn(studio: Path, tmp_path: Path) -> None:
    with pytest.raises(PenError, match="There is no pen 'blue'"):
        PenInk(studio, "blue")
    with pytest.raises(PenError, match="no studio"):
        PenInk(tmp_path / "elsewhere", "red")


def test_at_rest_everybody_can_read_what_was_drawn(studio: Path) -> None:
    ink = PenInk(studio, "red")
    ink.use(40.0)
    assert used_mm(studio) == 500
    ink.settle()
    assert used_mm(studio) == pytest.approx(540)
    again = PenInk(studio, "red")  # the same pen named anew knows of it
    assert again.left_mm == pytest.approx(ink.left_mm)
    again.close()
    ink.close()
    assert used_mm(studio) == pytest.approx(540)
