"""A density and its pictures: heat where the next point was expected, arrays anyone can read."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from drawing.density import Density
from drawing.density_layout import lay_out
from drawing.density_picture import density_picture
from drawing.density_svg import density_svg, write_density_svg
from drawing.drawing import Drawing
from drawing.svg import read_svg

LINE = Drawing.of([[(0, 0), (30, 5), (60, 0)], [(60, 40), (20, 60)]])


def some_density(away: float = 0.0, line: Drawing = LINE) -> Density:
    """Two components a step: a sure one on the next point, or so far below it, and a faint one everywhere."""
    points = np.concatenate(line.lines)
    k = len(points)
    following = np.add(np.concatenate([points[1:], points[-1:]]), (0.0, away))
    nats = np.linspace(-3.0, 2.0, k)
    nats[-1] = np.nan
    return Density(
        line,
        np.tile([0.995, 0.005], (k, 1)),
        np.stack([following, np.zeros((k, 2))], axis=1),
        np.tile(np.stack([np.diag([4.0, 1.0]), np.eye(2) * 400]), (k, 1, 1, 1)),
        np.tile([0.8, 0.15, 0.05], (k, 1)),
        np.linspace(-2.0, 1.0, k),
        np.full(k, 0.6),
        nats,
        np.full(k, 0.2),
    )


def test_there_is_heat_where_a_point_was_expected() -> None:
    found = some_density(away=12.0)
    picture = np.asarray(density_picture(found, 300)).astype(int)
    layout = lay_out(found, 300)
    assert picture.shape[1] == 300

    def heat(place: tuple[float, float]) -> int:
        x, y = layout.place(np.array([place]))[0]
        red, _, blue = picture[round(y), round(x)]
        return red - blue

    assert heat((30, 17)) > 60  # twelve below the point
    assert heat((45, 25)) < 40


def test_the_picture_is_as_wide_as_asked_and_holds_all_of_the_drawing() -> None:
    layout = lay_out(some_density(), 300)
    placed = layout.place(some_density().points)
    assert (placed > layout.box[:2]).all()
    assert (placed < layout.box[2:]).all()
    assert layout.strip.top > layout.box[3]
    assert layout.strip.lifts == (layout.strip.entropy[2, 0],)  # the pen lifts after the third point
    assert layout.strip.entropy[0, 1] > layout.strip.entropy[-1, 1]  # more entropy stands higher
    for index, place, _ in layout.numbers:
        np.testing.assert_allclose(place, placed[index])


def test_a_drawing_without_a_size_is_a_point_among_what_was_expected() -> None:
    """Its picture was dark all over: what was expected lay far outside of it."""
    found = some_density(away=12.0, line=Drawing.of([[(5, 5)] * 4]))
    layout = lay_out(found, 300)
    assert [index for index, _, _ in layout.numbers] == [0]  # the others would stand on it
    (place,) = np.unique(layout.place(found.points), axis=0)
    assert (place > layout.box[:2]).all()
    assert (place < layout.box[2:]).all()
    picture = np.asarray(density_picture(found, 300)).astype(int)
    heat = picture[..., 0] - picture[..., 2]  # the background has little of it
    shown = heat[round(layout.box[1]) : round(layout.box[3]), round(layout.box[0]) : round(layout.box[2])]
    assert 0.02 < (shown > 60).mean() < 0.5
    x, y = layout.place(np.array([[5.0, 17.0]]))[0]
    assert heat[round(y), round(x)] > 60


def test_an_svg_has_an_ellipse_for_each_heavy_component(tmp_path: Path) -> None:
    text = density_svg(some_density())
    assert len(re.findall("<ellipse", text)) == 4 * 3  # four steps, three rings; the faint ones are left out
    tree = ElementTree.fromstring(text)
    assert tree.get("width") == "160.00mm"
    words = "".join(tree.itertext())
    assert "entropy of the next point" in words
    write_density_svg(tmp_path / "a.svg", some_density())
    assert read_svg(tmp_path / "a.svg").drawing.lines


def test_arrays_are_read_without_pickles(tmp_path: Path) -> None:
    found = some_density()
    found.save(tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["points"], np.concatenate(LINE.lines))
        np.testing.assert_array_equal(arrays["lifted"], [False, False, True, False, True])
        for name in ("weights", "means", "covariances", "pen", "entropy", "pen_entropy", "nats", "pen_nats"):
            np.testing.assert_array_equal(arrays[name], getattr(found, name))


def test_components_are_told_heaviest_first_and_faint_ones_left_out() -> None:
    found = some_density()
    assert found.components(0) == [
        {"weight": 0.995, "mean": [30.0, 5.0], "covariance": [[4.0, 0.0], [0.0, 1.0]]}
    ]  # fmt: skip
    assert [each["weight"] for each in found.components(0, least=0.0)] == [0.995, 0.005]
