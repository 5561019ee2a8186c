"""The demo artist: a book of single-line drawings that never ends, made of designed motifs and chance.

It stands in for scans where there are none yet. Drawing number ``index`` of the book ``seed`` is
always the same drawing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from drawing.drawing import Drawing
from drawing.geometry import Polyline, rdp
from prep.motifs import cats, figures, hands, pairs, plants
from prep.motifs.chance import Chance
from prep.motifs.curve import Control, shake, spline, sway
from prep.motifs.frontal import frontal
from prep.motifs.profile import profile, with_cat
from prep.motifs.quarter import quarter

SIZE = 200.0
"""The long side of every drawing."""

_SHORTEST = 0.9  # shorter segments are left out, where the long side is SIZE
_SWAY = 0.025  # how far proportions wander, as a part of the long side
_STRETCH = 0.045  # how much wider or narrower than designed, one standard deviation


@dataclass(frozen=True)
class _Motif:
    draw: Callable[[Chance], Control]
    weight: float
    mirrored: float  # how often it is drawn the other way round
    coarse: float = 0.6  # tolerance relative to the settings'; a figure of few points can afford a rounder line


_MOTIFS: dict[str, _Motif] = {
    "profile": _Motif(profile, 30, 0.2, 0.85),
    "three_quarter": _Motif(quarter, 21, 0.2, 1.0),
    "frontal": _Motif(frontal, 18, 0.0, 1.0),
    "with_cat": _Motif(with_cat, 3, 0.2, 1.0),
    "couple": _Motif(pairs.couple, 3, 0.0),
    "hand": _Motif(hands.hand, 3, 0.2),
    "standing": _Motif(figures.standing, 2, 0.2),
    "walker": _Motif(figures.walker, 2, 0.2),
    "dancer": _Motif(figures.dancer, 2, 0.2),
    "seated": _Motif(figures.seated, 2.5, 0.2),
    "sitting_cat": _Motif(cats.sitting_cat, 2.5, 0.2, 0.85),
    "sleeping_cat": _Motif(cats.sleeping_cat, 2, 0.2),
    "walking_cat": _Motif(cats.walking_cat, 2, 0.2, 0.85),
    "pot_plant": _Motif(plants.pot_plant, 2.5, 0.0),
    "branch": _Motif(plants.branch, 2, 0.0),
    "flower": _Motif(plants.flower, 2.5, 0.0),
}

KINDS: tuple[str, ...] = tuple(_MOTIFS)
"""The kinds of drawing the artist makes."""


def _default_kinds() -> dict[str, float]:
    return {name: motif.weight for name, motif in _MOTIFS.items()}


class ArtistSettings(BaseModel):
    """What the artist likes to draw, and with what hand."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kinds: dict[str, float] = Field(default_factory=_default_kinds)
    """How often each kind of drawing is made, relative to the others; a kind left out is never made."""
    max_points: int = Field(default=200, ge=40)
    """The most points a drawing may have."""
    epsilon: float = Field(default=0.6, ge=0, le=5)
    """Tolerance of the Ramer-Douglas-Peucker simplification of a portrait, where the long side is 200; kinds of
    drawing that need fewer points are told up to twice as finely."""
    tremor: float = Field(default=0.15, ge=0, le=3)
    """How unsteady the hand is: the size of its swerves, where the long side of a drawing is 200."""

    @field_validator("kinds")
    @classmethod
    def _known(cls, kinds: dict[str, float]) -> dict[str, float]:
        unknown = sorted(set(kinds) - set(KINDS))
        if unknown:
            raise ValueError(f"the artist can't draw {', '.join(unknown)}; known kinds are {', '.join(KINDS)}")
        if any(not np.isfinite(weight) or weight < 0 for weight in kinds.values()):
            raise ValueError("a weight is a number that is 0 or more")
        if not any(kinds.values()):
            raise ValueError(f"give one kind at least a weight above 0; known kinds are {', '.join(KINDS)}")
        return kinds


@dataclass(frozen=True)
class Sketch:
    """One drawing of the artist's book."""

    drawing: Drawing
    """One polyline, y down, its bounds start at 0, 0 and are 200 on the long side, rounded to 0.01."""
    kind: str
    """One of KINDS."""
    seed: int
    """The book."""
    index: int
    """The number of the drawing in the book."""


def sketch(seed: int, index: int, settings: ArtistSettings | None = None) -> Sketch:
    """Make drawing number ``index`` of the book ``seed``.

    It depends on the seed, the index and the settings alone, never on how many others are made.

    Args:
        seed: any whole number.
        index: any whole number, from 0 on.
        settings: what the artist likes to draw; the defaults if there are none.
    """
    settings = settings or ArtistSettings()
    chance = Chance(seed, index)
    kind = chance.pick({name: settings.kinds.get(name, 0.0) for name in KINDS})
    motif = _MOTIFS[kind]
    mirrored = chance.often(motif.mirrored)
    line = spline(motif.draw(chance)) * [chance.about(1.0, _STRETCH), 1.0]
    line = _sized(sway(line, chance, _SWAY))
    line = _sized(shake(line, chance, settings.tremor, span=16.0))
    if mirrored:
        line[:, 0] = line[:, 0].max() - line[:, 0]
    return Sketch(Drawing((_simplified(line, settings, motif.coarse),)), kind, seed, index)


def _sized(line: Polyline) -> Polyline:
    low, high = line.min(axis=0), line.max(axis=0)
    return (line - low) * (SIZE / float((high - low).max()))


def _simplified(line: Polyline, settings: ArtistSettings, coarse: float) -> Polyline:
    line = _spaced(rdp(line, coarse * settings.epsilon))
    line = Drawing((line,)).simplify_to(settings.max_points).lines[0]
    return np.round(_sized(line), 2) + 0.0  # + 0.0 makes one zero of two


def _spaced(line: Polyline) -> Polyline:
    """Leave out points that stand too near to the one before; they cost a network a step and show nothing."""
    points = line.tolist()
    kept = [0]
    for index in range(1, len(points)):
        if math.dist(points[index], points[kept[-1]]) >= _SHORTEST:
            kept.append(index)
    kept[-1] = len(points) - 1
    return line[kept]
