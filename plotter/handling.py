"""Handling: how a machine takes lines and corners, by name, as a person thinks of it."""

from __future__ import annotations

from dataclasses import dataclass

from configs.nearest import did_you_mean
from plotter.axidraw import PlotSettings
from plotter.errors import PlotterError


@dataclass(frozen=True)
class Handling:
    """Speeds, accelerations and corners that belong together."""

    name: str
    says: str
    """What it is for."""
    values: dict[str, float]
    """By the names of PlotSettings."""

    def apply(self, settings: PlotSettings) -> PlotSettings:
        """The settings handled like this; what a person or a pen has set in them stays."""
        return settings.with_defaults(self.values)


HANDLINGS = (
    Handling("usual", "as the official software draws", {}),
    Handling(
        "technical",
        "slow into corners, which stay sharp; no jolt where the firmware can (3.0.2)",
        {
            "speed_down_mm_s": 40.0, "accel_down_mm_s2": 500.0, "cornering_mm": 0.02, "accel_up_mm_s2": 900.0,
            "jerk_mm_s3": 60_000.0,
        },
    ),
    Handling(
        "sketch",
        "fast and lively: hard accelerations, corners taken wide",
        {
            "speed_down_mm_s": 100.0, "accel_down_mm_s2": 2000.0, "cornering_mm": 0.127, "speed_up_mm_s": 200.0,
            "accel_up_mm_s2": 2000.0,
        },
    ),
    Handling(
        "constant",
        "the same slow speed all along, for brush pens and ink that runs: only cusps are slower",
        {"speed_down_mm_s": 15.0, "accel_down_mm_s2": 6000.0, "cornering_mm": 0.5},
    ),
)  # fmt: skip
"""The first changes nothing."""


def find_handling(name: str) -> Handling:
    """The handling of this name.

    Raises:
        PlotterError: there is none; with the nearest name.
    """
    names = [each.name for each in HANDLINGS]
    if name.lower() in names:
        return HANDLINGS[names.index(name.lower())]
    hint = did_you_mean(name.lower(), names, quoted=False)
    raise PlotterError(f"There is no handling {name!r}{hint}; name {', '.join(names)}.")
