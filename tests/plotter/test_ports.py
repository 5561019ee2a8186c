from __future__ import annotations

from types import SimpleNamespace

import pytest
from serial.tools import list_ports

from plotter.ports import Port, find_ports


def port(**told: object) -> SimpleNamespace:
    return SimpleNamespace(**{"device": "", "vid": None, "pid": None, "product": None, "description": "n/a", **told})


def test_boards_are_found_by_product_and_by_usb_number_with_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = [
        port(device="/dev/ttyACM1", vid=0x04D8, pid=0xFD92, product="EiBotBoard,East", description="EiBotBoard,East"),
        port(device="/dev/ttyACM0", vid=0x04D8, pid=0xFD92),
        port(device="COM3", description="EiBotBoard,West (COM3)"),
        port(device="/dev/ttyUSB0", vid=0x1A86, pid=0x7523, product="USB Serial"),
        port(device="/dev/ttyS0"),
    ]
    monkeypatch.setattr(list_ports, "comports", lambda: ports)
    assert find_ports() == [Port("/dev/ttyACM0", ""), Port("/dev/ttyACM1", "East"), Port("COM3", "West")]


def test_a_machine_without_plotters_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_ports, "comports", list)
    assert find_ports() == []
