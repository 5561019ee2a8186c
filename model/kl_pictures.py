"""Figures of a sweep over w_KL: losses over training, the trade-off, and drawings beside their reconstructions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drawing.chart import STYLES, Curve, draw_chart
from drawing.drawing import Drawing
from drawing.plate import Plate

if TYPE_CHECKING:
    from model.kl_sweep import Trained

CELL, EDGE, HEAD = 32.0, 3.0, 15.0
SMOOTHED = 0.02
"""Share of a curve of batches that is averaged around each of its points."""
LEAST_SPAN = 0.05
"""Nats that an axis shows at least, so that networks that are alike look alike."""
BEGINNING = 0.05
"""Share of the training whose losses may lie above what is shown."""


def draw_curves(trained: Sequence[Trained]) -> Plate:
    """L_R and L_KL over the steps of training: batches as thin lines, the valid split as dots on thicker ones."""
    plate = Plate(200.0, 190.0)
    for column, name, title, top in (
        (1, "L_R", "L_R, how far drawings are from their reconstruction (nats)", 14.0),
        (2, "L_KL", "L_KL, how much the latent vector tells (nats a dimension)", 108.0),
    ):
        curves: list[Curve] = []
        for style, each in enumerate(trained):
            batches, valid = each.train_curve, each.valid_curve
            curves.append(Curve(batches[:, 0], _smoothed(batches[:, column]), style, width_mm=0.25))
            label = f"w_KL {each.weight:g}"
            curves.append(Curve(valid[:, 0], valid[:, column], style, label, dots=True, width_mm=0.55))
        range_ = _shown(curves, from_zero=column == 2)
        draw_chart(
            plate, (22.0, top, 172.0, top + 62.0), curves, title=title, x_name="step", y_name=name, y_range=range_
        )
    plate.words("thin: batches in training; thick, with dots: the valid split", 22.0, 184.0, 2.8)
    return plate


def draw_tradeoff(trained: Sequence[Trained]) -> Plate:
    """L_KL against L_R on the valid split, a point for each weight."""
    plate = Plate(130.0, 112.0)
    l_r, l_kl = (np.array([float(each.valid.get(key, np.nan)) for each in trained]) for key in ("L_R", "L_KL"))
    points = [
        Curve(l_r[index : index + 1], l_kl[index : index + 1], index, f"w_KL {each.weight:g}", dots=True)
        for index, each in enumerate(trained)
    ]
    draw_chart(
        plate,
        (22.0, 14.0, 108.0, 92.0),
        [Curve(l_r, l_kl, len(STYLES) - 1, width_mm=0.25), *points],
        title="the trade-off, on the valid split",
        x_name="L_R (nats)",
        y_name="L_KL (nats a dimension)",
        x_range=_apart(l_r),
        y_range=_apart(l_kl, from_zero=True),
        names_at_points=True,
    )
    return plate


def draw_reconstructions(
    trained: Sequence[Trained], originals: Sequence[Drawing], again: Sequence[Sequence[Drawing]]
) -> Plate:
    """Rows of drawings: each beside what the networks of the weights make of it.

    Args:
        again: the reconstructions of all originals, for each weight.
    """
    plate = Plate(EDGE * 2 + CELL * (1 + len(trained)), HEAD + CELL * len(originals) + EDGE)
    plate.words("original", EDGE + CELL / 2, 5.0, 3.0, "middle")
    for column, each in enumerate(trained, start=1):
        middle = EDGE + CELL * (column + 0.5)
        plate.words(f"w_KL {each.weight:g}", middle, 5.0, 3.0, "middle")
        figures = f"L_R {each.valid.get('L_R', np.nan):.3f}  L_KL {each.valid.get('L_KL', np.nan):.3f}"
        plate.words(figures, middle, 9.5, 2.2, "middle")
    for row, original in enumerate(originals):
        for column, drawing in enumerate([original, *(each[row] for each in again)]):
            _place(plate, drawing, max(original.size), EDGE + column * CELL, HEAD + row * CELL)
    return plate


def _place(plate: Plate, drawing: Drawing, size: float, left: float, top: float) -> None:
    """A drawing in its cell, on the scale of a row; only one too large for it is made smaller."""
    if not drawing.lines:
        return
    room = CELL * 0.84
    factor = room / max(size, *drawing.size, 1e-9)
    x0, y0, x1, y1 = drawing.bounds
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    for line in drawing.lines:
        plate.line((line - middle) * factor + [left + CELL / 2, top + CELL / 2], width_mm=0.25)


def _smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each value as the mean of those around it; at the ends of as many as there are."""
    reach = int(len(values) * SMOOTHED)
    if not reach:
        return values
    sums = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(values))
    wide = np.minimum(reach, np.minimum(at, len(values) - 1 - at))
    return (sums[at + wide + 1] - sums[at - wide]) / (2 * wide + 1)


def _shown(curves: Sequence[Curve], *, from_zero: bool = False) -> tuple[float, float]:
    """What lies between the lowest value and the highest after the beginning of the training."""
    last = max((float(curve.x[-1]) for curve in curves if len(curve.x)), default=0.0)
    return _apart(np.concatenate([curve.y[curve.x > BEGINNING * last] for curve in curves]), from_zero=from_zero)


def _apart(values: NDArray[np.float64], *, from_zero: bool = False) -> tuple[float, float]:
    """Lowest and highest, with some room, and LEAST_SPAN apart at least.

    Args:
        from_zero: of what is never less than 0, as a divergence: the axis begins there.
    """
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    if from_zero:
        return 0.0, max(1.12 * high, LEAST_SPAN)
    room = max(0.12 * (high - low), (LEAST_SPAN - (high - low)) / 2)
    return low - room, high + room
