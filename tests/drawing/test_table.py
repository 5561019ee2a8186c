"""Sheets with words at their heads and sides."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from drawing.drawing import Drawing
from drawing.svg import read_svg
from drawing.table import table_picture, table_svg

CROSS = Drawing.of([[(0, 0), (9, 9)], [(0, 9), (9, 0)]])


def test_words_stand_beside_the_drawings_and_not_on_them() -> None:
    blank, said = (
        np.asarray(table_picture([CROSS] * 6, heads, sides, cell_px=100))
        for heads, sides in ((["", "", ""], ["", ""]), (["0.1", "0.3", "1"], ["seed 1", "seed 2"]))
    )
    assert blank.shape == said.shape
    changed = (blank != said).any(axis=2)
    assert not changed[20:, 60:].any()
    assert [bool(changed[:20, 60 + 100 * k : 160 + 100 * k].any()) for k in range(3)] == [True] * 3
    assert [bool(changed[20 + 100 * k : 120 + 100 * k, :60].any()) for k in range(2)] == [True] * 2


def test_in_an_svg_words_are_text_that_is_not_drawn(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text(table_svg([CROSS] * 4, ["0.1", "<1>"], ["seed 1", "a-very-long-name.svg"]), encoding="utf-8")
    found = read_svg(path)
    assert len(found.drawing.lines) == 8
    assert found.left_out == ("text was left out (4 times)",)
    text = path.read_text(encoding="utf-8")
    assert "&lt;1&gt;" in text
    assert "…g-name.svg" in text
