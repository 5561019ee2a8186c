from __future__ import annotations

import numpy as np
import pytest

from tui.curve import HEIGHT_MM, WIDTH_MM, draw_curve


def test_a_falling_curve_falls_over_the_whole_width_and_height() -> None:
    drawing = draw_curve([(0, 3.0), (10, 1.0), (20, 0.5)], "loss", "step")
    curve = drawing.lines[1]
    assert curve[0] == pytest.approx((0, 0))
    assert curve[-1] == pytest.approx((WIDTH_MM, HEIGHT_MM))
    assert (np.diff(curve[:, 1]) > 0).all()  # y points down


def test_a_single_value_is_a_curve_too() -> None:
    drawing = draw_curve([(20, 1.5)], "loss", "step")
    assert np.isfinite(np.concatenate(drawing.lines)).all()
