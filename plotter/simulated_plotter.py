"""The simulated machine below the simulated board: carriage, pen servo, paper; what it drew and did wrong.

Times are ticks since power on, places are in mm from the home corner, y down.
"""

from __future__ import annotations

import math

from plotter.ebb import STEPS_PER_MM
from plotter.simulated_report import Report as Report
from plotter.simulated_report import Violation as Violation
from plotter.simulated_servo import PEN_PIN
from plotter.simulated_servo import Servo as Servo
from plotter.ticks import RATE_PER_STEP_S, STEP, TICK_S, TICKS_PER_MS, Track

DEVIATION_MM = 0.01
"""A move that bends off its chord by more, which is less than a step, is told with points in between."""
JUMP_STEPS_S = 10_000
"""A motor can't change its speed at once by more than this (125 mm/s) without losing steps; a coarse limit."""
LOW_SUPPLY = 250
"""Below 7.5 V, as QC tells it, the motors do not move."""
TRAVEL_SLACK_MM = 0.05
PEN_SLACK_TICKS = TICKS_PER_MS
Place = tuple[float, float]
Tracks = tuple[Track, Track]


class SimulatedPlotter:
    """Carriage and pen over a sheet of paper."""

    def __init__(
        self,
        travel_mm: tuple[float, float] | None = (430.0, 297.0),
        *,
        servo_pin: int = PEN_PIN,
        overlaps: bool = False,
    ) -> None:
        """Args:
        servo_pin: what the pen's servo is plugged into, RP4 of an AxiDraw.
        overlaps: the carriage may go while the pen is on its way, as long as that is not on the paper.
        """
        self.travel_mm = travel_mm
        self._overlaps = overlaps
        self.report = Report()
        self.servo = Servo(pin=servo_pin, driven=servo_pin == PEN_PIN)
        self.ink: list[list[Place]] = []
        """Lines drawn so far, in mm; a dot has one point."""
        self.touching = False
        self.volts = 9.0
        """Of the motors' supply."""
        self._carried = False
        self._contact: int | None = None
        self._sixteenths = (0, 0)
        self._place: Place = (0.0, 0.0)
        self._speeds = (0, 0)
        self._ended = 0
        self._first: int | None = None
        self._outside = False

    @property
    def place_mm(self) -> Place:
        """Where the pen is, as of the last move."""
        return self._place

    @property
    def supply(self) -> int:
        """The supply as the board reads it, of 1023."""
        return min(1023, round(self.volts * 300 / 9))

    @property
    def supplied(self) -> bool:
        """Whether the supply moves the motors."""
        return self.supply >= LOW_SUPPLY

    def put_home(self) -> None:
        """Somebody carries the carriage to the home corner; where it comes down again it inks from its next move."""
        self._sixteenths, self._place = (0, 0), (0.0, 0.0)
        self._carried = self.touching

    def servo_off(self, tick: int) -> None:
        """The servo loses its power: the pen stays where it is."""
        self.settle(tick)
        self.servo.halt(tick)
        self._contact = None

    def move_pen(self, up: bool, tick: int, wait_ticks: int) -> None:
        """Begin to raise or lower it; the board waits meanwhile."""
        servo = self.servo
        self.set_servo(servo.up if up else servo.down, servo.raise_rate if up else servo.lower_rate, tick, wait_ticks)

    def set_servo(self, target: int, rate: int, tick: int, wait_ticks: int) -> None:
        """Begin to move the servo to these counts."""
        self.settle(tick)
        self.servo.go(target, rate, tick)
        self._contact = None
        if self.servo.touches(self.servo.target) != self.touching:
            # where its places were changed meanwhile, it may have been on the other side of the paper all along
            meets = self.servo.next_contact(tick)
            self._contact = tick if meets is None else meets
        if wait_ticks:  # one tick between two moves is less than a step, and no rest
            self._busy(tick, tick + wait_ticks, (0, 0) if wait_ticks > 1 else self._speeds)

    def reset_servo(self, tick: int) -> None:
        """As after power on: the default places, and the pen goes up as fast as it can."""
        now = self.servo.at(tick)
        pin = self.servo.pin
        self.servo = Servo(pin=pin, driven=pin == PEN_PIN, value=now, target=round(now), began=tick, ends=tick)
        self.set_servo(self.servo.up, 0, tick, 0)

    def rest(self, tick: int, ticks: int) -> None:
        """A pause that the board was told to make."""
        self.settle(tick)
        self._busy(tick, tick + ticks, (0, 0))

    def settle(self, tick: int) -> None:
        """Time goes by with the carriage at rest; the pen may meet or leave the paper."""
        if self._contact is not None and self._contact <= tick:
            self._contact = None
            self._touch(not self.touching)

    def move(
        self,
        tracks: Tracks,
        start: int,
        ticks: int,
        microstep: int = 1,
        since: int = 0,
        powered: tuple[bool, bool] = (True, True),
    ) -> None:
        """Carry out a command that began at ``start``, from its tick ``since`` to its tick ``ticks``.

        Args:
            microstep: size of a step in 1/16 of a full one: 1, 2, 4, 8 or 16.
            powered: which motors the board has switched on; the others stay where they are.
        """
        first, second = tracks
        self.settle(start + since)
        if since == 0:
            self._check_speed(tracks, start)
        one, two = microstep, microstep
        if self.touching and since == 0 and not self.servo.touches(self.servo.target) and moves(tracks):
            self.report.violate(start, "ink_in_travel", "the motors moved before the pen had left the paper")
        if not (powered[0] and powered[1] and self.supplied):
            if since == 0 and moves(tracks):
                why = "the motors have no supply" if not self.supplied else "a motor is switched off"
                self.report.violate(start, "unpowered", f"{why}: steps are counted, and the carriage does not go")
            one, two = ((microstep if each and self.supplied else 0) for each in powered)
        base1 = self._sixteenths[0] - one * first.steps_at(since)
        base2 = self._sixteenths[1] - two * second.steps_at(since)
        contact = None if self._contact is None or self._contact >= start + ticks else self._contact - start
        for at in [*_points(tracks, since, ticks, contact, microstep), ticks]:
            self._sixteenths = base1 + one * first.steps_at(at), base2 + two * second.steps_at(at)
            self._draw_to(*self._sixteenths)
            if at == contact:
                self.settle(start + at)
                if self.touching and moves(tracks) and at < ticks:
                    left_ms = (ticks - at) / TICKS_PER_MS
                    self.report.violate(start + at, "early_ink", f"the pen met the paper {left_ms:.0f} ms too early")
        if since == 0 and not self._overlaps and moves(tracks) and self.servo.ends - start > PEN_SLACK_TICKS:
            overlap_ms = (min(self.servo.ends, start + ticks) - start) / TICKS_PER_MS
            self.report.violate(start, "pen_moving", f"the motors moved for {overlap_ms:.0f} ms while the servo did")
        self._check_place(start + ticks)
        self._busy(start + since, start + ticks, (first.rate_at(ticks), second.rate_at(ticks)))

    def _draw_to(self, axis1: int, axis2: int) -> None:
        x0, y0 = self._place
        x, y = (axis1 + axis2) / (2 * STEPS_PER_MM), (axis1 - axis2) / (2 * STEPS_PER_MM)
        if x == x0 and y == y0:
            return
        length_m = math.hypot(x - x0, y - y0) / 1000
        self._place = (x, y)
        if self.touching:
            if self._carried:
                self.ink.append([(x0, y0)])
                self._carried = False
            self.report.ink_m += length_m
            self.ink[-1].append(self._place)
        else:
            self.report.travel_m += length_m

    def _touch(self, touching: bool) -> None:
        self._carried = False
        if touching:
            self.ink.append([self._place])
        else:
            self.report.lifts += 1
        self.touching = touching

    def _busy(self, start: int, end: int, speeds: tuple[int, int]) -> None:
        """Keep the times; look whether the motors had to stop in the middle of a line."""
        if self._first is None:
            self._first = start
        elif start > self._ended and self.touching:
            gap_s = (start - self._ended) * TICK_S
            self.report.starved_s += gap_s
            self.report.longest_starved_s = max(self.report.longest_starved_s, gap_s)
            if max(map(abs, self._speeds)) > RATE_PER_STEP_S * 800:
                self.report.halts += 1
        self.report.busy_s += (end - start) * TICK_S
        self.report.duration_s = (end - self._first) * TICK_S
        self._speeds, self._ended = speeds, end

    def _check_speed(self, tracks: Tracks, tick: int) -> None:
        came_from = self._speeds if tick == self._ended else (0, 0)
        for axis, track in enumerate(tracks):
            if track.ticks == 0:
                continue
            if track.top_rate > STEP:
                per_s = track.top_rate / RATE_PER_STEP_S
                self.report.violate(
                    tick, "too_fast", f"axis {axis + 1} was to make {per_s:.0f} steps/s, 25,000 is the most"
                )
            if track.then is not None:
                self.report.violate(tick, "below_zero", f"the rate of axis {axis + 1} fell below zero and rolled over")
            jump = abs(track.rate_at(1) - came_from[axis]) / RATE_PER_STEP_S
            if jump > JUMP_STEPS_S:
                self.report.violate(tick, "jump", f"axis {axis + 1} changed its speed by {jump:.0f} steps/s at once")

    def _check_place(self, tick: int) -> None:
        if self.travel_mm is None:
            return
        x, y = self._place
        low, (width, height) = -TRAVEL_SLACK_MM, self.travel_mm
        outside = not (low <= x <= width + TRAVEL_SLACK_MM and low <= y <= height + TRAVEL_SLACK_MM)
        if outside and not self._outside:
            self.report.violate(tick, "out_of_travel", f"the carriage was to go to {x:.2f}, {y:.2f} mm")
        self._outside = outside


def moves(tracks: Tracks) -> bool:
    """Whether a motor turns; in a pause none does."""
    first, second = tracks
    return bool(first.start or first.acc or first.jerk or second.start or second.acc or second.jerk)


def _points(tracks: Tracks, since: int, ticks: int, contact: int | None, microstep: int) -> list[int]:
    """Ticks inside a command at which its path must be told: where it bends, and where the pen's state changes."""
    bends = _bends(tracks, ticks, microstep)
    if contact is None and since == 0:
        return bends
    return sorted(each for each in {*bends, ticks if contact is None else contact} if since < each < ticks)


def _bends(tracks: Tracks, ticks: int, microstep: int) -> list[int]:
    first, second = tracks
    if first.ticks == 0 or second.ticks == 0:
        return []  # one motor alone moves along a line
    kink = min(first.total_ticks, second.total_ticks)
    if not (first.acc or second.acc or first.jerk or second.jerk or first.then or second.then):
        return [kink] if kink < ticks and _deviation_mm(tracks, [kink], ticks, microstep) > DEVIATION_MM else []
    probes = [ticks // 4, ticks // 2, 3 * ticks // 4, *([kink] if kink < ticks else [])]
    off_mm = _deviation_mm(tracks, probes, ticks, microstep)
    if off_mm <= DEVIATION_MM:
        return []
    # pieces of a parabola bend by the square of their length
    pieces = min(ticks, math.ceil(2 * math.sqrt(off_mm / DEVIATION_MM)))
    return sorted({kink, *(ticks * piece // pieces for piece in range(1, pieces))} - {0, ticks})


def _deviation_mm(tracks: Tracks, probes: list[int], ticks: int, microstep: int) -> float:
    """How far the path at these ticks is from the straight line to its end."""
    first, second = tracks
    end1, end2 = first.place_at(ticks), second.place_at(ticks)
    length = math.hypot(end1, end2)
    worst = 0.0
    for probe in probes:
        one, two = first.place_at(probe), second.place_at(probe)
        off = abs(one * end2 - two * end1) / length if length > 1 else math.hypot(one, two)
        worst = max(worst, off)
    # one step of one motor moves the pen by 1/80 mm along a diagonal, 1/(80 sqrt 2) mm
    return worst * microstep / (STEPS_PER_MM * math.sqrt(2))
