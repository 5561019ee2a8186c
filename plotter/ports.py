"""Which plotters are plugged in; asks the system for its ports, opens none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

EIBOTBOARD = (0x04D8, 0xFD92)
"""USB vendor and product of the board in every AxiDraw."""
_PRODUCT = "EiBotBoard"


@dataclass(frozen=True)
class Port:
    """A port with a plotter behind it."""

    device: str
    """As /dev/ttyACM0, or COM3."""
    name: str
    """The nickname given to the board; empty if it has none."""


def find_ports() -> list[Port]:
    """Plotters that are plugged in, by device."""
    from serial.tools import list_ports

    found: list[Port] = []
    for port in cast(list[Any], sorted(list_ports.comports(), key=lambda each: str(each.device))):
        described = str(port.description or "")
        if (port.vid, port.pid) == EIBOTBOARD or described.startswith(_PRODUCT):
            # the product reads "EiBotBoard,<nickname>"; some systems put it into the description
            text = str(port.product or "") if str(port.product or "").startswith(_PRODUCT) else described
            found.append(Port(str(port.device), text.partition(",")[2].partition(" (")[0].strip()))
    return found
