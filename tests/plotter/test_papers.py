from __future__ import annotations

import pytest

from plotter.errors import SheetError
from plotter.papers import PAPERS, Paper, find_paper, paper_of_size


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("A4", (210, 297)),
        ("a3", (297, 420)),
        (" Letter ", (215.9, 279.4)),
        ("legal", (215.9, 355.6)),
        ("tabloid", (279.4, 431.8)),
        ("200x300", (200, 300)),
        ("300 x 200mm", (300, 200)),
        ("20x30.5cm", (200, 305)),
        ("8x10in", (203.2, 254)),
        ("8.5×11in", (215.9, 279.4)),
    ],
)
def test_a_paper_is_found_by_name_or_size(name: str, size: tuple[float, float]) -> None:
    paper = find_paper(name)
    assert (paper.width_mm, paper.height_mm) == size


def test_every_a_paper_is_half_of_the_next_larger() -> None:
    for number in range(6):
        larger, smaller = PAPERS[f"A{number}"], PAPERS[f"A{number + 1}"]
        assert (smaller.height_mm, smaller.width_mm) == (larger.width_mm, larger.height_mm // 2)


@pytest.mark.parametrize("name", ["A9", "", "200", "200x", "axb", "200x300pt", "-5x7", "200x300x400"])
def test_an_unknown_paper_is_told_with_those_there_are(name: str) -> None:
    with pytest.raises(SheetError, match=r"There is no paper .*A4, .* 200x300"):
        find_paper(name)


@pytest.mark.parametrize("name", ["1x200", "200x9000", "0x0"])
def test_a_paper_of_no_possible_size_is_refused(name: str) -> None:
    with pytest.raises(SheetError, match="can't be"):
        find_paper(name)


def test_paper_turns_by_its_long_side() -> None:
    across = find_paper("A4").landscape()
    assert (across.width_mm, across.height_mm) == (297, 210)
    assert across.landscape() == across
    assert across.portrait() == find_paper("A4")
    assert find_paper("300x200").portrait().width_mm == 200


def test_a_size_is_known_again_either_way_up() -> None:
    assert paper_of_size(297.05, 209.9) == Paper("A4", 297, 210)
    assert paper_of_size(123, 45.5) == Paper("123x45.5", 123, 45.5)
    assert str(paper_of_size(210, 297)) == "A4, 210 x 297 mm"
    assert str(paper_of_size(50, 60)) == "50 x 60 mm"
