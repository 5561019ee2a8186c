"""What is drawn with: how wide, how dark, how even, and how much of the paper shows through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MediumName = Literal[
    "ink",
    "ballpoint-blue",
    "ballpoint-red",
    "ballpoint-green",
    "ballpoint-brown",
    "fineliner",
    "pencil",
    "brush",
]
Range = tuple[float, float]
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Medium:
    """A pen or pencil. Widths are in pixels on a page 1400 pixels high, other lengths in widths."""

    name: MediumName
    width: Range
    colours: tuple[Colour, Colour]
    """Darkest and lightest, as full ink shows on the scan."""
    opacity: Range = (0.94, 0.94)
    swell: float = 0.2
    """How much the width varies along the line, one standard deviation."""
    unrest: float = 0.5
    """How much of that is quick."""
    thinnest: float = 0.55
    thickest: float = 1.7
    tip: float = 0.75
    """Width at the ends, as a part of the width."""
    taper: float = 1.0
    """How far the ends reach, in widths."""
    flow: float = 0.12
    """How much the darkness varies along the line."""
    skips: float = 0.0
    """Gaps where the ball slips, in 1000 px."""
    tooth: float = 0.0
    """How much the roughness of the paper breaks the line up, 0 to 1."""
    soft: float = 0.0
    """Blur of the line's edge, px."""


def _ballpoint(name: MediumName, dark: Colour, light: Colour) -> Medium:
    return Medium(
        name,
        width=(1.7, 2.7),
        colours=(dark, light),
        opacity=(0.78, 0.93),
        swell=0.1,
        tip=0.9,
        flow=0.28,
        skips=1.6,
        tooth=0.22,
    )


MEDIA: dict[MediumName, Medium] = {
    each.name: each
    for each in (
        Medium("ink", (2.3, 4.2), ((18, 18, 18), (55, 55, 69))),
        _ballpoint("ballpoint-blue", (24, 34, 112), (52, 74, 168)),
        _ballpoint("ballpoint-red", (158, 22, 34), (206, 58, 58)),
        _ballpoint("ballpoint-green", (14, 88, 56), (40, 128, 84)),
        _ballpoint("ballpoint-brown", (92, 52, 28), (136, 88, 54)),
        Medium(
            "fineliner",
            (1.7, 2.9),
            ((16, 16, 18), (44, 44, 48)),
            swell=0.04,
            tip=1.2,
            flow=0.04,
        ),
        Medium(
            "pencil",
            (2.0, 4.0),
            ((62, 62, 66), (92, 90, 92)),
            opacity=(0.42, 0.85),
            swell=0.16,
            tip=0.6,
            taper=2.0,
            flow=0.3,
            tooth=0.7,
            soft=0.45,
        ),
        Medium(
            "brush",
            (4.0, 6.5),
            ((14, 14, 16), (38, 38, 44)),
            swell=0.5,
            unrest=0.1,
            thinnest=0.28,
            thickest=2.0,
            tip=0.2,
            taper=7.0,
            flow=0.06,
            tooth=0.06,
        ),
    )
}
