"""Which plotters are plugged in, and under which names; asks the system for its ports, opens none."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

EIBOTBOARD = (0x04D8, 0xFD92)
"""USB vendor and product of the board in every AxiDraw."""
_PRODUCT = "EiBotBoard"
_LOOKS = 3
"""A plotter that goes while the system is asked makes the answer fail; then it is asked again."""


@dataclass(frozen=True)
class Port:
    """A port with a plotter behind it."""

    device: str
    """As /dev/ttyACM0, or COM3."""
    name: str
    """The nickname given to the board; empty if it has none."""

    def __str__(self) -> str:
        return f"{self.device} ({self.name})" if self.name else self.device


@dataclass(frozen=True)
class Change:
    """What is different since the last look."""

    appeared: tuple[Port, ...] = ()
    vanished: tuple[Port, ...] = ()


def find_ports() -> list[Port]:
    """Plotters that are plugged in, by device; a port that has two names in the system comes once."""
    found: dict[str, Port] = {}
    # a link comes after what it leads to, and is left out then
    for port in sorted(_listed(), key=lambda each: (Path(each.device).is_symlink(), str(each.device))):
        if _is_board(port):
            device = str(port.device)
            found.setdefault(os.path.realpath(device), Port(device, _nickname(port)))
    return sorted(found.values(), key=lambda each: each.device)


def find_named(name: str) -> list[Port]:
    """Plotters with this nickname, in whatever case it is typed; names need not be unique."""
    wanted = name.strip().casefold()
    return [port for port in find_ports() if wanted and port.name.casefold() == wanted]


def device_of(port: str) -> str:
    """What to open for what a person typed: the device of the plotter with this nickname, else the same."""
    named = find_named(port)
    exact = [each for each in named if each.name == port.strip()] or named
    return exact[0].device if exact else port


class PortWatch:
    """Tells which plotters come and go; whoever wants to know looks now and then.

    Args:
        find: how to look.
    """

    def __init__(self, find: Callable[[], list[Port]] | None = None) -> None:
        self.ports: tuple[Port, ...] = ()
        """Those that were there at the last look."""
        self._find = find

    def poll(self) -> Change:
        """What has changed since the last look; the first one tells all that is plugged in."""
        now = tuple((self._find or find_ports)())
        before, self.ports = self.ports, now
        return Change(
            tuple(port for port in now if port not in before), tuple(port for port in before if port not in now)
        )


def _listed() -> list[Any]:
    from serial.tools import list_ports

    for _ in range(_LOOKS):
        try:
            return list(cast(list[Any], list_ports.comports()))
        except (OSError, TypeError, ValueError):  # pyserial reads files of a device that may be gone by then
            continue
    return []


def _is_board(port: Any) -> bool:
    return (port.vid, port.pid) == EIBOTBOARD or str(port.description or "").startswith(_PRODUCT)


def _nickname(port: Any) -> str:
    """The product reads "EiBotBoard,<nickname>"; some systems tell it in the description, Windows in neither.

    There the USB serial number has it, where the system gives that and no path of its own making.
    """
    for text in (str(port.product or ""), str(port.description or "")):
        if text.startswith(_PRODUCT) and "," in text:
            return _clean(text.partition(",")[2].partition(" (")[0])
    serial = "" if port.product else str(getattr(port, "serial_number", None) or "")
    return "" if "&" in serial or len(serial) > 16 else _clean(serial)


def _clean(name: str) -> str:
    """Without what pads it in the flash."""
    return "".join(sign for sign in name if sign.isprintable()).strip()
