"""Rules that a drawing must meet to be kept, and the reasons why one does not."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from drawing.drawing import Drawing
from drawing.geometry import segment_lengths


class Rules(BaseModel):
    """Limits on a drawing; whatever is None is not looked at.

    Ink and segments are measured in diagonals of the drawing's own bounds, so that the same rules
    hold for a dataset on 200 units and for a sheet in millimetres.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    max_strokes: int | None = Field(default=None, ge=1)
    """Most strokes; 1 accepts single-line drawings only."""
    min_points: int | None = Field(default=None, ge=1)
    """Fewest points; below some 10 there is hardly a drawing."""
    max_points: int | None = Field(default=None, ge=1)
    """Most points; Sketch-RNN learns up to some 250 well."""
    min_ink: float | None = Field(default=None, ge=0)
    """Least ink, in diagonals."""
    max_ink: float | None = Field(default=None, ge=0)
    """Most ink, in diagonals; a tangle has much."""
    max_segment: float | None = Field(default=None, gt=0)
    """Longest straight segment of ink, in diagonals; a slip of the pen is long."""
    max_aspect: float | None = Field(default=None, ge=1)
    """Longer side of the bounds over the shorter one."""
    max_connector: float | None = Field(default=None, ge=0)
    """Share of the ink that is connectors, 0 to 1."""

    def reasons(self, drawing: Drawing) -> list[str]:
        """Why the drawing is not accepted, in plain words; empty if it is."""
        if not drawing.lines:
            return ["is empty"]
        diagonal = drawing.diagonal or 1.0
        short, long = sorted(drawing.size)
        measures = [
            ("strokes", float(len(drawing.lines)), None, self.max_strokes),
            ("points", float(drawing.points), self.min_points, self.max_points),
            ("diagonals of ink", drawing.ink / diagonal, self.min_ink, self.max_ink),
            ("diagonals in one segment", _longest_ink_segment(drawing) / diagonal, None, self.max_segment),
            ("times as long as wide", long / short if short else np.inf, None, self.max_aspect),
            ("of the ink in connectors", drawing.connector_length / (drawing.ink or 1.0), None, self.max_connector),
        ]
        found: list[str] = []
        for name, value, least, most in measures:
            if least is not None and value < least:
                found.append(f"{value:.4g} {name}, fewer than {least:g}")
            if most is not None and value > most:
                found.append(f"{value:.4g} {name}, more than {most:g}")
        return found

    def accepts(self, drawing: Drawing) -> bool:
        """True if the drawing breaks no rule."""
        return not self.reasons(drawing)


def _longest_ink_segment(drawing: Drawing) -> float:
    longest = [
        segment_lengths(line)[~drawing.marks(index)].max(initial=0.0) for index, line in enumerate(drawing.lines)
    ]
    return float(max(longest))
