from __future__ import annotations

import numpy as np
import pytest
from read_back import apart_mm, read_hpgl

from drawing.geometry import Polyline
from plotter.errors import SheetError
from plotter.hpgl import find_device, hpgl_devices, reach_mm, write_hpgl
from plotter.papers import Paper, find_paper

UNIT_MM = 0.02488
ROUNDED_MM = 0.018
"""Half a unit each way."""
T = np.linspace(0.0, 9.0, 700)
SPIRAL: Polyline = np.column_stack([60 + 5 * T * np.cos(T), 90 + 5 * T * np.sin(T)])
TICK: Polyline = np.array([(100.0, 60.0), (110.0, 80.0), (160.0, 30.0)])
DOT: Polyline = np.array([(150.0, 120.0)])


def on_paper(line: Polyline, *, origin_mm: tuple[float, float]) -> Polyline:
    """From y up and the plotter's origin to y down and the top left of the paper."""
    return np.column_stack([origin_mm[0] + line[:, 0], origin_mm[1] - line[:, 1]])


def test_a_wide_sheet_is_drawn_where_it_lies_within_half_a_plotter_unit() -> None:
    file = write_hpgl([[SPIRAL, TICK], [DOT]], find_paper("A4").landscape(), "hp7475a")
    back = read_hpgl(file.text, UNIT_MM)
    assert [pen for pen, _ in back] == [1, 1, 2]
    # vpype: on A4 the origin lies 10 mm from the left, 206 mm from the top
    lines = [on_paper(line, origin_mm=(10.0, 206.0)) for _, line in back]
    assert apart_mm(lines[:2], [SPIRAL, TICK]) < ROUNDED_MM
    assert np.abs(lines[2] - DOT).max() < ROUNDED_MM
    assert file.paper == "a4"
    assert file.remarks == ("The plotter must be configured in Metric mode.",)
    assert file == write_hpgl([[SPIRAL, TICK], [DOT]], find_paper("A4").landscape(), "hp7475a")


def test_a_tall_sheet_is_turned_as_the_plotter_counts_and_never_mirrored() -> None:
    back = read_hpgl(write_hpgl([[SPIRAL, TICK]], find_paper("A4"), "hp7475a").text, UNIT_MM)
    lines = [on_paper(line, origin_mm=(10.0, 206.0)) for _, line in back]
    upright = [np.column_stack([210 - line[:, 1], line[:, 0]]) for line in lines]
    assert apart_mm(upright, [SPIRAL, TICK]) < ROUNDED_MM


@pytest.mark.parametrize("name", hpgl_devices())
def test_all_within_reach_is_drawn_and_what_lies_beyond_is_refused(name: str) -> None:
    if name == "designmate":  # vpype 1.15 has a slip in its own file
        with pytest.raises(SheetError, match="vpype can't read its settings of designmate"):
            find_device(name)
        return
    device = find_device(name)
    for paper in device.papers:
        assert paper.size_mm is not None
        for width, height in (paper.size_mm, paper.size_mm[::-1]):
            sheet = Paper("own", width, height)
            reach = reach_mm(paper, sheet)
            assert reach is not None
            left, top, right, bottom = reach[0] + 0.03, reach[1] + 0.03, reach[2] - 0.03, reach[3] - 0.03
            corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
            back = read_hpgl(write_hpgl([[corners]], sheet, name, paper_name=paper.name).text, 1.0)
            assert len(back) == 1
            assert len(back[0][1]) == 4
            for beyond in ((-0.2, 0.0), (0.0, -0.2), (0.2, 0.0), (0.0, 0.2)):
                with pytest.raises(SheetError, match=r"reaches from"):
                    write_hpgl([[corners + beyond]], sheet, name, paper_name=paper.name)


def test_refusals_say_what_there_is() -> None:
    with pytest.raises(SheetError, match=r"no HPGL plotter 'hp7475b'; the plotters are: hp7475a,"):
        write_hpgl([[TICK]], find_paper("A4"), "hp7475b")
    with pytest.raises(SheetError, match=r"A6.* does not go into hp7475a, which takes a4 \(297 x 210 mm\), a3"):
        write_hpgl([[TICK]], find_paper("A6"), "hp7475a")
    with pytest.raises(SheetError, match=r"no paper 'a3' of A4.*those that fit: a4, a4p"):
        write_hpgl([[TICK]], find_paper("A4"), "dxy", paper_name="a3")
    with pytest.raises(SheetError, match="7 layers, but hp7475a has 6 pens"):
        write_hpgl([[TICK]] * 7, find_paper("A4"), "hp7475a")


def test_of_papers_of_a_size_that_is_taken_which_lies_as_the_sheet_does() -> None:
    assert write_hpgl([[TICK]], find_paper("A4"), "dxy").paper == "a4p"
    assert write_hpgl([[TICK]], find_paper("A4").landscape(), "dxy").paper == "a4"
