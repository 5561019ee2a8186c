"""An EiBotBoard in software: bytes in, bytes out, tick by tick as the real one does.

It knows neither clock nor wire: who holds it says what time it is. One command is executed, others wait in the
queue (one, before firmware 3), and one more is stuck in the parser; while it is, nothing is answered. The OK of a
queued command comes only when it is in the queue. RB and BL pull the wire; after RB it comes back by itself, once who
holds the board plugs it in. Not simulated: limit switches, pins, and motor currents.
"""

from __future__ import annotations

from drawing.drawing import Drawing
from plotter.errors import PlotterError
from plotter.firmware import USUAL, Firmware
from plotter.simulated_faults import Faults
from plotter.simulated_parser import Log as Log
from plotter.simulated_parser import Parser
from plotter.simulated_plotter import Report, SimulatedPlotter
from plotter.simulated_port import SimulatedPort
from plotter.simulated_queue import MotionQueue
from plotter.simulated_servo import PEN_PIN
from plotter.simulated_state import State


class SimulatedBoard:
    """A board with a machine below it.

    Args:
        firmware: the version that it behaves like.
        travel_mm: reach of the machine; None for no limit.
        faults: what is to go wrong.
        on_log: told of every line.
        nickname: the name in its flash.
        command_cost: whether it takes the time that a board does to read a command.
        servo_pin: what the pen's servo is plugged into, RP4 of an AxiDraw, RP5 of a brushless lift.
        overlaps: the carriage may go while the pen is on its way up or down.
    """

    def __init__(
        self,
        firmware: Firmware = USUAL,
        travel_mm: tuple[float, float] | None = (430.0, 297.0),
        *,
        faults: Faults | None = None,
        on_log: Log | None = None,
        nickname: str = "",
        command_cost: bool = False,
        servo_pin: int = PEN_PIN,
        overlaps: bool = False,
    ) -> None:
        faults = faults or Faults()
        self.plotter = SimulatedPlotter(travel_mm, servo_pin=servo_pin, overlaps=overlaps)
        self.port = SimulatedPort(faults)
        self.now = 0
        """Ticks since power on."""
        self.powered: bool = True
        """Whether its supply is there."""
        self.restarting: bool = False
        """It was told to start anew (RB): its wire is gone, and comes back by itself."""
        self._state = State(firmware, nickname)
        self._state.tongue.future = firmware.has_future_syntax and "future" in self.port.faults.get(0, {})
        self._queue = MotionQueue(self._state, self.plotter)
        self._parser = Parser(self.port, self._state, self._queue, self.plotter, on_log, command_cost, self._befall)

    @property
    def asked(self) -> int:
        """Commands that were answered at once, not queued."""
        return self._parser.asked

    @property
    def polled(self) -> bool:
        """Whether the last two lines were the same query: somebody waits for its answer to change."""
        return self._parser.polled

    @polled.setter
    def polled(self, polled: bool) -> None:
        self._parser.polled = polled

    @property
    def report(self) -> Report:
        """What the machine did so far."""
        return self.plotter.report

    @property
    def drawing(self) -> Drawing:
        """The ink so far, in mm."""
        return Drawing.of(self.plotter.ink)

    @property
    def position(self) -> tuple[int, int]:
        """What QS tells, now."""
        return self._queue.motion(self.now).position

    @property
    def owes(self) -> bool:
        """Whether somebody waits for its word: a command is held back or not read yet, or a reply is late."""
        return self._parser.stuck or self.port.owes or self._parser.wakes(self.now) is not None

    @property
    def unplugged(self) -> bool:
        """Whether nobody can reach it: its cable is out, or it has no power."""
        return not (self.port.connected and self.powered)

    def press_button(self) -> None:
        """Somebody presses the button; the board keeps it until it is asked."""
        self._state.button = True

    def pull_cable(self) -> None:
        """The cable is out; the board lives on and does what it has."""
        self.port.pull()
        self.restarting = False

    def plug_in(self) -> None:
        """The cable is in again, or the board has started anew."""
        self.restarting = False
        self.port.connected = True

    def power_off(self) -> None:
        """The power is gone: carriage and pen stay where they are, and all that was queued is lost."""
        self._queue.stop(self.now, everything=True)
        self._parser.forget()
        self._state.powered = (False, False)
        self.plotter.servo_off(self.now)
        self.pull_cable()
        self.powered = False

    def power_on(self) -> None:
        """The power is back, and so is the cable: all is as after a reset."""
        self.powered = True
        self._reset()
        self._state.power_lost = self._state.firmware.has_future_syntax
        self.port.connected = True

    def unplug(self) -> None:
        """Cable and power are gone."""
        self.power_off()

    def put_home(self) -> None:
        """Somebody carries the carriage to the home corner, which inks nothing; the counters know nothing of it.

        Raises:
            PlotterError: the motors hold it.
        """
        if any(self._state.powered) and self.plotter.supplied:
            raise PlotterError("The motors hold the carriage; let them go with EM,0,0 first.")
        self._queue.settle(self.now)
        self.plotter.put_home()

    def set_voltage(self, volts: float) -> None:
        """Change the supply of the motors; below 7.5 V they do not move, and the board counts their steps all the same.

        On firmware 3 QG tells, once, that it was below the threshold of CU,60, which is 0 after a reset.
        """
        self._queue.settle(self.now)
        self.plotter.volts = volts
        self._state.see_supply(self.plotter.supply)

    def receive(self, data: bytes) -> None:
        """Take bytes off the wire, now."""
        if self.powered:
            self.port.hear(data)
            self._parser.read(self.now)

    def take(self) -> bytes:
        """What is on the wire by now."""
        return self.port.take(self.now)

    def next_event(self) -> int | None:
        """When something happens by itself, in ticks: a command ends, a late reply comes, a deaf board hears again."""
        due = self._queue.ends
        reply = self.port.due
        if reply is not None and (due is None or reply < due):
            due = reply
        if self._parser.deaf_until > self.now:
            wakes = self._parser.wakes(self.now)
            if wakes is not None and (due is None or wakes < due):
                return wakes
        return due

    def advance(self, tick: int) -> None:
        """Let time go by, to this tick."""
        parser = self._parser
        while True:
            ends, wakes = self._queue.ends, parser.deaf_until
            if self.now < wakes <= tick and (ends is None or wakes <= ends):
                self.now = wakes
                parser.read(self.now)
                continue
            if ends is None or ends > tick:
                break
            self.now = self._queue.end_one()
            if parser.stuck:
                parser.read(self.now)
        if tick > self.now:
            self.now = tick
        off_at = self._state.servo_off_at
        if off_at is not None and off_at <= self.now:
            self._state.servo_on, self._state.servo_off_at = False, None
            self.plotter.servo_off(off_at)
        if ends is None:
            self.plotter.settle(self.now)

    def settle(self) -> None:
        """Have the machine draw what it did until now, in the middle of a command too."""
        self._queue.settle(self.now)

    def run_out(self) -> None:
        """Let time go by until all that is queued is done and the servo rests."""
        while (event := self.next_event()) is not None:
            self.advance(event)
            self.take()
        self.advance(max(self.now, self.plotter.servo.ends))

    def _befall(self, kind: str, amount: float) -> None:
        """Something happens to the board, as its parser tells."""
        if kind == "button":
            self.press_button()
        elif kind == "sag":
            self.set_voltage(amount)
        elif kind == "unplug":
            self.pull_cable()
        elif kind == "restart":
            self.pull_cable()
            self.restarting = True
        elif kind == "power":
            self.power_off()
        elif kind == "reset":
            self._reset()

    def _reset(self) -> None:
        """Forget all but the nickname."""
        self._queue.stop(self.now, everything=True)
        self._parser.forget()
        self._state.reset()
        self.plotter.reset_servo(self.now)
