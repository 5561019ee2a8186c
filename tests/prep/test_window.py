from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from prep.window import greatest, least


@pytest.mark.parametrize("span", [1, 3, 5, 7, 25])
@pytest.mark.parametrize("axes", [(0, 1), (1,)])
def test_a_window_has_the_greatest_and_the_least_around_each_place(span: int, axes: tuple[int, ...]) -> None:
    values = np.random.default_rng(span).integers(0, 256, (40, 31, 3)).astype(np.uint8)
    size = [span if axis in axes else 1 for axis in range(3)]
    assert np.array_equal(greatest(values, span, axes), ndimage.maximum_filter(values, size, mode="nearest"))
    assert np.array_equal(least(values, span, axes), ndimage.minimum_filter(values, size, mode="nearest"))
