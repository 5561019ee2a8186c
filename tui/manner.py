"""Manner: how everything in the gallery is drawn, apart from seed and temperature.

From scratch, or on from a beginning, or around another drawing; and how the best is chosen. Frozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from tui.arrangement import Place

if TYPE_CHECKING:
    from tui.walk import End

MOST_OF = 16
"""Most drawings of which the best is taken."""


@dataclass(frozen=True)
class Source:
    """What the drawings of the gallery begin with: nothing, the first points of a drawing, or the whole as it is."""

    kind: Literal["seeds", "complete", "vary"] = "seeds"
    end: End | None = field(default=None, hash=False)
    first: int = 0
    """Points that are kept."""
    whole: float | None = None
    """The long side of the finished drawing in the unit of the beginning, where that is known."""
    hand: int = 0
    """The seed of the points of all variations; the seeds in the gallery are the ways that z goes."""
    spread: float = 0.3
    """0 for the drawing itself to 1 for any other."""

    @property
    def words(self) -> str:
        """What stands in front of the gallery."""
        name = "" if self.end is None else self.end.name
        if self.kind == "complete":
            return f"{name}, continued" if self.whole else f"the first {self.first} points of {name}, continued"
        return f"around {name}" if self.kind == "vary" else ""


SEEDS = Source()


@dataclass(frozen=True)
class Request:
    """What the worker is asked, and for which places, by their index."""

    do: str
    fields: dict[str, Any]
    places: tuple[int, ...]


@dataclass(frozen=True)
class Manner:
    """See above; a drawing is known by its manner, seed and temperature."""

    checkpoint: str = ""
    pen: float | None = None
    """Temperature of the pen, if it has its own."""
    max_points: int | None = None
    best_of: int = 1
    one_line: bool = False
    """Only drawings of one stroke are accepted."""
    source: Source = SEEDS

    @property
    def choosy(self) -> bool:
        """Whether the best is chosen; a beginning and variations are drawn as they come."""
        return self.source.kind == "seeds" and (self.best_of > 1 or self.one_line)

    def of(self, source: Source) -> Manner:
        """The same from another source."""
        return replace(self, source=source)

    def requests(self, places: Sequence[tuple[int, Place]]) -> list[Request]:
        """What to ask for these places, each with its index."""
        if not places:
            return []
        if self.source.kind == "seeds":
            fields: dict[str, Any] = {"items": [place.told(self.pen, self.max_points) for _, place in places]}
            if self.choosy:
                fields["best_of"] = self.best_of
            if self.one_line:
                fields["rules"] = {"max_strokes": 1}
            return [Request("draw", fields, tuple(index for index, _ in places))]
        return [self._related(run) for run in _runs(places)]

    def _related(self, run: list[tuple[int, Place]]) -> Request:
        source, place = self.source, run[0][1]
        assert source.end is not None
        fields: dict[str, Any] = {
            "drawing": source.end.told(), "n": len(run), "seed": place.seed, "temperature": place.temperature,
            "pen_temperature": self.pen, "max_points": self.max_points,
        }  # fmt: skip
        if source.kind == "vary":
            fields |= {"seed": source.hand, "direction": place.seed, "spread": source.spread}
        elif source.whole is not None:
            fields["size"] = source.whole
        elif source.end.drawing is None or source.first < source.end.drawing.points:
            fields["first"] = source.first
        return Request(source.kind, fields, tuple(index for index, _ in run))


def _runs(places: Sequence[tuple[int, Place]]) -> Iterator[list[tuple[int, Place]]]:
    """Places of one temperature whose seeds follow each other."""
    run: list[tuple[int, Place]] = []
    for index, place in sorted(places, key=lambda each: (each[1].temperature, each[1].seed)):
        if run and (run[-1][1].temperature, run[-1][1].seed + 1) != (place.temperature, place.seed):
            yield run
            run = []
        run.append((index, place))
    yield run
