"""PlotOptions: which plotter, machine and pen, in what order, how often, and how fast a simulated one goes."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label, Select, Static
from textual.widgets.select import InvalidSelectValueError

from tui.plotting import SIMULATOR
from tui.widgets.modal import Modal

if TYPE_CHECKING:
    from plotter.pens import Pen
    from plotter.ports import Port

AUTO, OTHER, TCP = "auto", "other", "tcp://"
NO_PEN = ""
MOST_COPIES = 12
SPEEDS = (1, 10, 60)
SPEED = 10
"""So that a drawing is watched in a minute or two, not in a quarter of an hour."""


class PlotOptions(Vertical):
    """A line for each choice; what can't be chosen now is not shown."""

    DEFAULT_CSS = """
    PlotOptions { height: auto; }
    PlotOptions Horizontal { height: 1; }
    PlotOptions Label { width: 9; color: $foreground 70%; }
    PlotOptions Select { width: 1fr; }
    """

    class Changed(Message):
        """Something else was chosen; ``anew`` if the sheet must be made ready again."""

        def __init__(self, *, anew: bool) -> None:
            super().__init__()
            self.anew = anew

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._named: list[str] = []
        """Ports that somebody has typed."""
        self._chosen = SIMULATOR
        """The port, also while another one is asked for."""
        self._picked = False
        """Somebody has chosen the port: it stays, whatever is plugged in."""
        self._found: list[Port] = []
        self._pens: tuple[Pen, ...] = ()

    def compose(self) -> ComposeResult:
        """Six lines at most."""
        from plotter.axidraw import DEFAULT_MACHINE, MACHINES

        machines = [(each.title, each.name) for each in MACHINES]
        rows = (
            ("plotter", "port", self._ports(), SIMULATOR),
            ("machine", "machine", machines, DEFAULT_MACHINE),
            ("order", "order", [("optimised", "optimised"), ("as it is", "as it is")], "optimised"),
            ("speed", "speed", [(f"{speed} x real time", str(speed)) for speed in SPEEDS], str(SPEED)),
            ("pen", "pen", [("none", NO_PEN)], NO_PEN),
            ("copies", "copies", [(str(count), str(count)) for count in range(1, MOST_COPIES + 1)], "1"),
        )
        for label, name, options, value in rows:
            with Horizontal(id=f"row-{name}"):
                yield Label(label)
                with self.prevent(Select.Changed):
                    yield Select(options, value=value, allow_blank=False, compact=True, id=name)

    def on_mount(self) -> None:
        """Without pens there is none to choose."""
        self.query_one("#row-pen").display = False

    def _value(self, name: str) -> str:
        return str(self.query_one(f"#{name}", Select).value)

    @property
    def port(self) -> str:
        """As a plot takes it."""
        return self._chosen

    @property
    def simulated(self) -> bool:
        """True where no pen will move."""
        return self.port == SIMULATOR

    @property
    def without_board(self) -> bool:
        """True where nobody can ask the plotter's board: there is none, or the official software has it."""
        return self.simulated or self.port.startswith("official")

    @property
    def machine(self) -> str:
        """Name of the model."""
        return self._value("machine")

    @property
    def optimised(self) -> bool:
        """Whether lines may be drawn in another order and direction."""
        return self._value("order") == "optimised"

    @property
    def time_scale(self) -> float:
        """How much faster the simulator goes than a machine; 1 for a machine."""
        return float(self._value("speed")) if self.simulated else 1.0

    @property
    def pen(self) -> str:
        """Name of the studio's pen; empty for none."""
        return self._value("pen")

    @property
    def copies(self) -> int:
        """How often the sheet is drawn, each time on new paper."""
        return int(self._value("copies"))

    def choose(self, name: str, value: str) -> None:
        """Choose one of what is offered, without a word to anybody; what is not offered is passed over."""
        select = self.query_one(f"#{name}", Select)
        with self.prevent(Select.Changed), contextlib.suppress(InvalidSelectValueError):
            select.value = value

    def show_pens(self, pens: Sequence[Pen]) -> None:
        """Offer the pens of the studio, each with the ink that is left."""
        if tuple(pens) == self._pens:
            return
        before, self._pens = self.pen, tuple(pens)
        select = self.query_one("#pen", Select)
        with self.prevent(Select.Changed):
            select.set_options([("none", NO_PEN), *((_pen_words(pen), pen.name) for pen in pens)])
            select.value = before if before in [pen.name for pen in pens] else NO_PEN
        self.query_one("#row-pen").display = bool(pens)
        if before:  # it may have been changed, or taken away
            self.post_message(self.Changed(anew=True))

    def _ports(self) -> list[tuple[str, str]]:
        from plotter.official import find_official

        official = [(f"official {each.name}", f"official:{each.name}") for each in find_official()]
        found = [(f"{port.name or 'AxiDraw'} {port.device}", port.device) for port in self._found]
        named = [(port, port) for port in self._named]
        known = {SIMULATOR, AUTO, *(port for _, port in official), *(port.device for port in self._found), *self._named}
        if self._picked and self._chosen not in known:
            named.append((f"{self._chosen}, not there", self._chosen))
        return [
            ("simulator", SIMULATOR),
            ("first one found", AUTO),
            *found,
            *official,
            *named,
            ("another port ...", OTHER),
        ]

    def show_ports(self, found: Sequence[Port]) -> None:
        """Offer the plotters that are plugged in; the first one is taken as long as nobody has chosen."""
        if list(found) == self._found:
            return
        first = not self._picked and bool(found) and self._chosen == SIMULATOR
        self._found = list(found)
        self._renew(self._found[0].device if first else self._chosen)

    def _renew(self, port: str) -> None:
        """Offer the ports anew, and take this one, or the simulator if it is none of them."""
        select = self.query_one("#port", Select)
        options = self._ports()
        with self.prevent(Select.Changed):
            select.set_options(options)
            select.value = port if port in [value for _, value in options] else SIMULATOR
        self._take_port()

    @on(Select.Changed)
    def _changed(self, event: Select.Changed) -> None:
        event.stop()
        if event.select.id == "port" and event.value == OTHER:
            self.app.push_screen(PortDialog(), self._port_named)
            return
        self.screen.set_focus(None)  # enter is to start now, not to choose again
        if event.select.id == "port":
            self._picked = True
            self._take_port()
        else:
            self.post_message(self.Changed(anew=event.select.id in ("machine", "order", "pen")))

    def _take_port(self) -> None:
        self._chosen = self._value("port")
        self.query_one("#row-speed").display = self.simulated
        self.post_message(self.Changed(anew=False))

    def _port_named(self, port: str | None) -> None:
        if port is not None and port not in [value for _, value in self._ports()]:
            self._named.append(port)
        self._picked = self._picked or port is not None
        self.screen.set_focus(None)
        self._renew(port or self._chosen)


def _pen_words(pen: Pen) -> str:
    left_m = pen.ink_left_m
    return pen.name if left_m is None else f"{pen.name}, {left_m:.1f} m left"


class PortDialog(Modal[str | None]):
    """Ask for a plotter's port: a device, a nickname, or an address on the network."""

    BINDINGS = [Binding("escape", "close", "Cancel", id="port.cancel")]
    DEFAULT_CSS = "PortDialog { align: center middle; background: $background 60%; }"

    def compose(self) -> ComposeResult:
        """Title and a line to type in."""
        with Vertical(classes="dialog"):
            yield Static("Which port?", classes="title", markup=False)
            yield Input(placeholder="/dev/ttyACM0, a plotter's nickname, or HOST:PORT")
            yield Static("enter takes it, esc goes back", id="reason", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes the port if it can be one."""
        text = event.value.strip()
        if port := port_named(text):
            self.dismiss(port)
        else:
            words = (
                f"{text or 'nothing'} is no port: a device as /dev/ttyACM0, a nickname, or HOST:PORT as studio:9000."
            )
            self.query_one("#reason", Static).update(words)

    def action_close(self) -> None:
        """Escape takes none."""
        self.dismiss(None)


def port_named(text: str) -> str | None:
    """The port that somebody means, as a plot takes it; None if it can't be one."""
    if text.startswith(TCP) or (":" in text and "/" not in text):
        host, _, port = text.removeprefix(TCP).rpartition(":")
        return f"{TCP}{host}:{port}" if host and port.isdecimal() and 0 < int(port) < 65_536 else None
    return text or None
