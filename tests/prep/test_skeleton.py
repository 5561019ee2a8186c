from __future__ import annotations

import numpy as np
import pytest
from inked import arc, inked
from scipy import ndimage

from prep.skeleton import sharpen, thin

EIGHT = np.ones((3, 3))


def test_a_line_is_thinned_to_its_middle() -> None:
    skeleton = thin(sharpen(inked([[(20, 100), (220, 100)]], pen=4.0), 2))
    rows, columns = np.nonzero(skeleton)
    assert np.abs((rows + 0.5) / 2 - 0.5 - 100).max() <= 0.75
    assert (columns / 2).min() < 24
    assert (columns / 2).max() > 216
    assert len(np.unique(columns)) == len(columns)  # one pixel wide


@pytest.mark.parametrize("pen", [1.5, 2.5, 4.0, 7.0])
def test_thinning_keeps_what_hangs_together_and_every_hole(pen: float) -> None:
    lines = [arc(70, 90, 45, 60, 0, 1.2), arc(170, 90, 40, 20, 0.3, 1.1), [(120, 20), (130, 180)]]
    mask = sharpen(inked(lines, pen=pen), 2)
    skeleton = thin(mask)
    assert skeleton[~mask].sum() == 0
    for ink, structure in ((True, EIGHT), (False, None)):
        assert ndimage.label(skeleton == ink, structure)[1] == ndimage.label(mask == ink, structure)[1]


def test_nothing_is_left_that_can_go() -> None:
    skeleton = thin(sharpen(inked([arc(120, 100, 70, 60, 0, 1)], pen=5.0), 2))
    neighbours = ndimage.convolve(skeleton.astype(int), EIGHT.astype(int), mode="constant") - 1
    assert (neighbours[skeleton] == 2).all()  # a ring, each pixel between two


def test_a_loop_no_wider_than_the_pen_stays_open() -> None:
    ink = inked([arc(120, 100, 4.0, 4.0, 0, 1.0), [(40, 104), (120, 104)]], pen=4.0)
    ink.mask[95:106, 115:126] = True  # as a coarser threshold would have it
    assert ndimage.label(~sharpen(ink, 2))[1] == 2  # the paper around, and that in the loop


def test_a_pale_line_beside_a_dark_one_is_not_cut() -> None:
    pale, dark = inked([[(20, 40), (220, 160)]]), inked([[(20, 160), (220, 40)]])
    light = np.minimum(0.45 + 0.55 * pale.light, dark.light)
    mask = pale.mask | dark.mask
    ink = type(pale)(mask, light.astype(np.float32), 3.0)
    assert ndimage.label(sharpen(ink, 2), EIGHT)[1] == 1


def test_an_empty_page_has_no_skeleton() -> None:
    assert not thin(sharpen(inked([]), 2)).any()
