"""What is done to a drawing after it was made: strokes connected, lines smoothed, in a way a recipe can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drawing.connect import join, one_line, splice
from drawing.curve import fit_curves
from drawing.drawing import Drawing
from drawing.errors import DrawingError


@dataclass(frozen=True)
class Finish:
    """Lengths are in the drawing's unit; what is None is not done."""

    connect: float | None = None
    """Strokes are joined and spliced over gaps up to this; connectors are marked."""
    one_line: bool = False
    """And then over any gap, the near ones first, until one line is left."""
    curves: float | None = None
    """Curves are laid through the points, none farther from its point than this."""

    def __post_init__(self) -> None:
        if self.connect is not None and not self.connect >= 0:
            raise DrawingError(f"Gaps can be bridged up to a distance of 0 or more, not {self.connect:g}.")
        if self.curves is not None and not self.curves > 0:
            raise DrawingError(f"A curve needs a distance above 0 that it may stray, not {self.curves:g}.")

    def apply(self, drawing: Drawing) -> Drawing:
        """The finished drawing."""
        if self.connect is not None:
            drawing = splice(join(drawing, self.connect), self.connect)
        if self.one_line:
            drawing = one_line(drawing, self.connect or 0.0)
        if self.curves is not None:
            drawing = fit_curves(drawing, self.curves)
        return drawing

    def told(self) -> dict[str, float | int | str | bool]:
        """As the settings of a recipe; what is not done is left out."""
        every = {"connect": self.connect, "one_line": self.one_line or None, "curves": self.curves}
        return {name: value for name, value in every.items() if value is not None}

    @classmethod
    def of(cls, settings: Mapping[str, float | int | str | bool]) -> Finish:
        """From the settings of a recipe; others there are left alone."""
        connect, curves = settings.get("connect"), settings.get("curves")
        return cls(
            None if connect is None else float(connect),
            bool(settings.get("one_line", False)),
            None if curves is None else float(curves),
        )


UNTOUCHED = Finish()
"""Nothing is done."""
