"""The machines that can be driven: how far they reach, and how fast, high and carefully they shall draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from configs.nearest import did_you_mean
from plotter.errors import SheetTooLarge, UnknownMachine
from plotter.servo import LIFTS, Lift, PenLift

TOLERANCE_MM = 0.05
"""A sheet may reach so far over the end of the travel: rounding in somebody's SVG."""


class PlotSettings(BaseModel):
    """How to draw; the defaults are those of the official software, so that times compare."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    speed_down_mm_s: float = Field(default=50.2, ge=0.5, le=400)
    """Top speed with the pen down."""
    accel_down_mm_s2: float = Field(default=762.0, ge=10, le=20_000)
    """Acceleration with the pen down, along the line."""
    speed_up_mm_s: float = Field(default=150.6, ge=0.5, le=400)
    """Top speed with the pen up."""
    accel_up_mm_s2: float = Field(default=1143.0, ge=10, le=20_000)
    """Acceleration with the pen up."""
    cornering_mm: float = Field(default=0.0508, ge=0.001, le=2)
    """How far a round corner would stray from a sharp one; the more, the faster it is passed."""
    raise_ms: int = Field(default=130, ge=0, le=5000)
    """Time for the pen to come up, during which the carriage rests."""
    lower_ms: int = Field(default=146, ge=0, le=5000)
    """Time for the pen to come down."""
    pen_up_pct: float = Field(default=60.0, ge=0, le=100)
    """Height of the raised pen, in percent of the servo's range."""
    pen_down_pct: float = Field(default=30.0, ge=0, le=100)
    """Height of the pen on the paper."""
    raise_pct_s: float = Field(default=375.0, gt=0, le=20_000)
    """How fast the servo raises, in percent of its range a second."""
    lower_pct_s: float = Field(default=250.0, gt=0, le=20_000)
    """How fast the servo lowers."""
    lowest_v: float = Field(default=7.5, ge=0, le=30)
    """Supply of the motors below which nothing is drawn; 0 for a board that can't measure it."""
    join_mm: float = Field(default=0.152, ge=0, le=10)
    """Ends so near to each other become one line when a sheet is optimised."""
    hop_mm: float = Field(default=0.0, ge=0, le=100)
    """Over ways no longer than this the pen is raised to ``hop_pct`` only; 0 always raises it all the way."""
    hop_pct: float = Field(default=40.0, ge=0, le=100)
    """Height of the pen on such short ways: clear of the paper, and no more."""
    raise_early_ms: int = Field(default=0, ge=0, le=5000)
    """The carriage sets out so long before the pen is all up; monoline card overlap finds how long."""
    lower_early_ms: int = Field(default=0, ge=0, le=5000)
    """The pen begins to come down so long before the carriage is there."""
    jerk_mm_s3: float = Field(default=0.0, ge=0, le=1e8)
    """How fast an acceleration may grow and fade, along the line; 0 for at once. From firmware 3.0.2 on."""
    lift: Lift = "standard"
    """What moves the pen: the servo of an AxiDraw, or a brushless one."""

    def with_defaults(self, values: Mapping[str, float | str]) -> PlotSettings:
        """The settings with other defaults: what a person or a pen has set stays, and may still be told apart."""
        stated = set(self.model_fields_set)
        others = {key: value for key, value in values.items() if key not in stated}
        return PlotSettings.model_construct(_fields_set=stated, **{**self.model_dump(), **others})

    @property
    def pen_lift(self) -> PenLift:
        """What moves the pen."""
        return LIFTS[self.lift]

    @property
    def servo_up(self) -> int:
        """Servo counts of the raised pen."""
        return self.pen_lift.counts(self.pen_up_pct)

    @property
    def servo_down(self) -> int:
        """Servo counts of the pen on the paper."""
        return self.pen_lift.counts(self.pen_down_pct)

    @property
    def servo_hop(self) -> int:
        """Servo counts of the pen on a short way."""
        return self.pen_lift.counts(self.hop_pct)

    @property
    def servo_raise_rate(self) -> int:
        """Counts in a period of the servo while the pen comes up."""
        return self.pen_lift.rate(self.raise_pct_s)

    @property
    def servo_lower_rate(self) -> int:
        """Counts in a period of the servo while the pen comes down."""
        return self.pen_lift.rate(self.lower_pct_s)


class PlotterSettings(BaseModel):
    """What ``--set plot.x=v`` and a settings file may say about plotting."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plot: PlotSettings = PlotSettings()


@dataclass(frozen=True)
class Machine:
    """A model and how far its carriage travels from the home corner."""

    name: str
    title: str
    width_mm: float
    height_mm: float
    lift: Lift = "standard"
    """What moves its pen, unless it was rebuilt."""

    def apply(self, settings: PlotSettings) -> PlotSettings:
        """The settings with what this machine lifts its pen with; what a person has set in them stays."""
        return settings.with_defaults({"lift": self.lift})

    def reaches(self, left: float, top: float, right: float, bottom: float) -> bool:
        """Whether these bounds, in mm from the home corner, lie within the travel."""
        return (
            left >= -TOLERANCE_MM
            and top >= -TOLERANCE_MM
            and right <= self.width_mm + TOLERANCE_MM
            and bottom <= self.height_mm + TOLERANCE_MM
        )

    def check(self, bounds: tuple[float, float, float, float]) -> None:
        """Refuse bounds, in mm from the home corner, that the carriage can't reach.

        Raises:
            SheetTooLarge: with the numbers, and the models that would do.
        """
        if self.reaches(*bounds):
            return
        left, top, right, bottom = bounds
        others = [each.name for each in MACHINES if each.reaches(*bounds)]
        remedy = f"choose a machine that does ({', '.join(others)})" if others else "scale or move the drawing"
        raise SheetTooLarge(
            f"The lines reach from {left:.1f}, {top:.1f} to {right:.1f}, {bottom:.1f} mm, but the {self.title} "
            f"travels {self.width_mm:g} x {self.height_mm:g} mm; {remedy}."
        )


MACHINES = (
    Machine("axidraw-minikit", "AxiDraw MiniKit", 160.0, 101.6),
    Machine("axidraw-v3-b6", "AxiDraw V3/B6", 190.0, 140.0),
    Machine("axidraw-v3", "AxiDraw V3", 300.0, 218.0),
    Machine("axidraw-se-a4", "AxiDraw SE/A4", 300.0, 218.0),
    Machine("nextdraw-8511", "NextDraw 8511", 300.0, 218.0, "brushless"),
    Machine("axidraw-v3-a3", "AxiDraw V3/A3", 430.0, 297.0),
    Machine("axidraw-se-a3", "AxiDraw SE/A3", 430.0, 297.0),
    Machine("nextdraw-1117", "NextDraw 1117", 430.0, 297.0, "brushless"),
    Machine("axidraw-v3-xlx", "AxiDraw V3 XLX", 595.0, 218.0),
    Machine("axidraw-se-a2", "AxiDraw SE/A2", 594.0, 432.0),
    Machine("nextdraw-2234", "NextDraw 2234", 863.6, 558.8, "brushless"),
    Machine("axidraw-se-a1", "AxiDraw SE/A1", 864.0, 594.0),
)
"""By reach; the travel is that of the official software's table, of the 2234 that of its name, in inches."""
DEFAULT_MACHINE = "axidraw-v3-a3"


def find_machine(name: str) -> Machine:
    """The machine of this name.

    Raises:
        UnknownMachine: with the nearest name.
    """
    names = [each.name for each in MACHINES]
    if name.lower() in names:
        return MACHINES[names.index(name.lower())]
    hint = did_you_mean(name.lower(), names, quoted=False)
    raise UnknownMachine(f"There is no machine {name!r}{hint}; the machines are: {', '.join(names)}.")
