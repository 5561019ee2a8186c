from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from prep.histogram import BINS, bins, histogram_plate, histogram_text


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=50))
def test_each_count_lies_in_one_bin_of_a_round_width(counts: list[int]) -> None:
    found = bins(counts)
    assert len(found) <= BINS
    assert sum(each.count for each in found) == len(counts)
    widths = Counter(each.high - each.low + 1 for each in found)
    (width,) = widths
    assert str(width).rstrip("0") in ("1", "2", "5")
    for each in found:
        assert each.count == sum(each.low <= count <= each.high for count in counts)


def test_the_text_tells_what_was_cut() -> None:
    lines = histogram_text([10, 12, 31, 31, 31, 95], 20, 50)
    assert lines[0] == "10-14  ██████████████████████████▋ 2  cut"
    assert lines[4] == "30-34  ████████████████████████████████████████ 3"
    assert lines[-1].endswith("1  cut")
    assert histogram_text([]) == []


def test_the_chart_shows_the_cut() -> None:
    plate = histogram_plate([10, 12, 31, 31, 31, 95], 12, 31)
    assert "6 drawings; 12 to 31 points are kept" in plate.svg_text()
    assert plate.image(2.0).size == (320, 180)
