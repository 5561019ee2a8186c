"""Pages of lines, dots and words."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from drawing.errors import DrawingError
from drawing.plate import Plate, dashes


def inked(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    return int(np.asarray(image.convert("L").crop(box)).min()) < 128


def test_a_page_has_its_size_and_its_marks_as_svg_and_as_picture(tmp_path: Path) -> None:
    plate = Plate(40.0, 20.0)
    plate.line([(5, 5), (35, 5)], width_mm=0.5, dash_mm=(2.0, 1.0))
    plate.line([(1, 1)])  # no line
    plate.dot(10.0, 15.0, 1.0)
    plate.words("a < b", 20.0, 15.0)
    plate.write(tmp_path / "a.svg")
    plate.write(tmp_path / "a.png")
    tree = ElementTree.parse(tmp_path / "a.svg").getroot()
    assert (tree.get("width"), tree.get("height"), tree.get("viewBox")) == ("40mm", "20mm", "0 0 40 20")
    assert [each.tag.rpartition("}")[2] for each in tree] == ["rect", "path", "circle", "text"]
    assert tree[1].get("stroke-dasharray") == "2 1"
    assert tree[3].text == "a < b"
    image = Image.open(tmp_path / "a.png")
    assert image.size == (240, 120)
    assert inked(image, (30, 27, 210, 33))
    assert inked(image, (55, 85, 65, 95))
    assert inked(image, (120, 81, 150, 99))
    assert not inked(image, (0, 45, 240, 75))


def test_upright_words_are_read_from_below() -> None:
    plate = Plate(20.0, 40.0)
    plate.words("WWWWWW", 10.0, 20.0, 3.0, "middle", upright=True)
    ink = np.argwhere(np.asarray(plate.image().convert("L")) < 128) / 6.0
    (top, left), (bottom, right) = ink.min(axis=0), ink.max(axis=0)
    assert bottom - top > 4 * (right - left)
    assert (top + bottom) / 2 == pytest.approx(20.0, abs=0.5)
    assert (left + right) / 2 == pytest.approx(10.0, abs=0.8)
    assert 'transform="rotate(-90 10.000 20.000)"' in plate.svg_text()


def test_dashes_go_on_around_corners() -> None:
    corner = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]])
    first, second = dashes(corner, (3.0, 2.0))
    assert first.tolist() == [[0, 0], [3, 0]]
    assert second.tolist() == [[4, 1], [4, 4]]
    (longer,) = dashes(corner, (6.0, 2.0))
    assert longer.tolist() == [[0, 0], [4, 0], [4, 2]]
    assert dashes(corner, ())[0] is corner


def test_a_page_that_is_too_large_is_refused() -> None:
    with pytest.raises(DrawingError, match="too large"):
        Plate(1e5, 1e5).image()
