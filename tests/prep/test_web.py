from __future__ import annotations

import numpy as np
from inked import arc, inked

from drawing.geometry import length
from prep.skeleton import sharpen, thin
from prep.trace import centrelines, meet
from prep.web import Web, gather, weave


def web_of(lines: list, pen: float = 3.0) -> Web:
    return gather(weave(thin(sharpen(inked(lines, pen=pen), 2))), 3.2 * pen, 2 * pen)


def test_a_line_is_one_edge_between_its_ends() -> None:
    web = web_of([[(20, 30), (120, 90), (220, 170)]])
    assert len(web.edges) == 1
    assert sorted(web.degrees.tolist()) == [1, 1]
    ends = (web.edges[0][[0, -1]] + 0.5) / 2 - 0.5
    assert min(np.abs(ends - [(20, 30), (220, 170)]).max(), np.abs(ends[::-1] - [(20, 30), (220, 170)]).max()) < 3
    assert np.array_equal(web.edges[0][0], web.places[web.ends[0, 0]])


def test_two_lines_that_cross_meet_in_one_place() -> None:
    for angle in (90, 60):
        c, s = 90 * np.cos(np.radians(angle / 2)), 90 * np.sin(np.radians(angle / 2))
        web = web_of([[(120 - c, 100 - s), (120 + c, 100 + s)], [(120 - c, 100 + s), (120 + c, 100 - s)]])
        assert sorted(web.degrees.tolist()) == [1, 1, 1, 1, 4], angle


def test_edges_reach_from_place_to_place() -> None:
    web = weave(thin(sharpen(inked([[(30, 30), (210, 170)], [(30, 170), (210, 30)]]), 2)))
    for edge, ends in zip(web.edges, web.ends, strict=True):
        assert np.array_equal(edge[[0, -1]], web.places[ends])


def test_a_ring_is_an_edge_from_a_place_back_to_it() -> None:
    web = web_of([arc(120, 100, 60, 50, 0, 1.0)])
    assert len(web.edges) == 1
    assert web.ends[0, 0] == web.ends[0, 1]
    assert np.array_equal(web.edges[0][0], web.edges[0][-1])
    assert abs(length(web.edges[0]) / 2 / 347 - 1) < 0.08  # in steps from pixel to pixel


def test_a_small_ring_by_itself_is_no_blot() -> None:
    ring = weave(thin(sharpen(inked([arc(120, 100, 7, 7, 0, 1.0)]), 2)))
    assert len(gather(ring, 60.0, 1.0).edges) == 1


def test_every_pixel_of_the_skeleton_is_on_an_edge_or_at_a_place() -> None:
    skeleton = thin(
        sharpen(inked([arc(90, 90, 60, 50, 0, 1.3), [(20, 180), (220, 20)], arc(160, 110, 40, 60, 0, 1)]), 2)
    )
    web = weave(skeleton)
    points = np.concatenate([*web.edges, web.places])
    for row, column in zip(*np.nonzero(skeleton), strict=True):
        assert np.hypot(*(points - (column, row)).T).min() < 2.5
    assert (web.degrees != 0).all()


def test_the_roughness_of_a_line_is_no_edge() -> None:
    rng = np.random.default_rng(1)
    ink = inked([[(20, 100), (220, 100)]], pen=5.0)
    rough = rng.random(ink.light.shape) < 0.5
    ink.light[97:103][rough[97:103] & (ink.light[97:103] > 0.3)] = 0.2
    web = gather(weave(thin(sharpen(ink, 2))), 16.0, 10.0)
    assert len(web.edges) == 1


def test_an_empty_skeleton_has_an_empty_web() -> None:
    web = weave(np.zeros((20, 30), bool))
    assert len(web.edges) == len(web.places) == 0
    assert len(gather(web, 5.0, 3.0).edges) == 0


def test_a_page_with_nothing_but_a_blot_has_no_edges_and_no_strokes() -> None:
    ink = inked([[(60, 60), (60.5, 60.5)]], (120, 120), pen=2.0)
    assert len(meet(ink, 2).web.edges) == 0
    assert len(meet(ink, 2).web.along(np.zeros(0, np.intp), np.zeros((0, 3)), 1.0)) == 0
    assert centrelines(ink)[0] == []
