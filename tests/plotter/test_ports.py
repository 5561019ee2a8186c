from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from serial.tools import list_ports

from plotter.ports import Change, Port, PortWatch, device_of, find_named, find_ports


def port(**told: object) -> SimpleNamespace:
    return SimpleNamespace(
        **{"device": "", "vid": None, "pid": None, "product": None, "description": "n/a", "serial_number": None, **told}
    )


def board(device: str, **told: object) -> SimpleNamespace:
    return port(device=device, vid=0x04D8, pid=0xFD92, **told)


Plug = Callable[..., None]


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Plug:
    return lambda *ports: monkeypatch.setattr(list_ports, "comports", lambda: list(ports))


def test_boards_are_found_by_product_and_by_usb_number_with_their_names(plug: Plug) -> None:
    plug(
        board("/dev/ttyACM1", product="EiBotBoard,East", description="EiBotBoard,East"),
        board("/dev/ttyACM0"),
        port(device="COM3", description="EiBotBoard,West (COM3)"),
        port(device="/dev/ttyUSB0", vid=0x1A86, pid=0x7523, product="USB Serial"),
        port(device="/dev/ttyS0"),
    )
    assert find_ports() == [Port("/dev/ttyACM0", ""), Port("/dev/ttyACM1", "East"), Port("COM3", "West")]


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"product": "EiBotBoard,East", "serial_number": "East"}, "East"),
        ({"product": "EiBotBoard,", "serial_number": ""}, ""),
        ({"product": "EiBotBoard,\x00\x00  ", "serial_number": "\x00"}, ""),
        ({"product": "EiBotBoard", "serial_number": "12345"}, ""),
        # Windows tells its own driver's name, and the nickname as the serial number only
        ({"description": "USB Serial Device (COM4)", "serial_number": "East EBB"}, "East EBB"),
        ({"description": "USB Serial Device (COM4)", "serial_number": "5&2A3F4&0&2"}, ""),
        ({"description": "EiBotBoard,East EBB (COM4)", "serial_number": "7&2A3F4&0&2"}, "East EBB"),
        # macOS
        ({"product": "EiBotBoard,East", "description": "EiBotBoard,East", "serial_number": "East"}, "East"),
    ],
)
def test_the_nickname_is_the_same_on_every_system(plug: Plug, told: dict[str, str], name: str) -> None:
    plug(board("COM4", **told))
    assert find_ports() == [Port("COM4", name)]


@pytest.mark.skipif(os.name == "nt", reason="links in /dev are POSIX")
def test_a_link_to_a_port_is_no_second_plotter(plug: Plug, tmp_path: Path) -> None:
    device, link = tmp_path / "ttyACM3", tmp_path / "ttyACM0"
    device.touch()
    link.symlink_to(device)
    plug(board(str(link)), board(str(device), product="EiBotBoard,East"))
    assert find_ports() == [Port(str(device), "East")]


def test_a_machine_without_plotters_has_none(plug: Plug) -> None:
    plug()
    assert find_ports() == []
    assert find_named("East") == []


def test_a_plotter_that_goes_while_the_system_is_asked_spoils_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([TypeError("int() argument must be a string"), OSError("gone"), [board("COM4")]])

    def comports() -> list[SimpleNamespace]:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(list_ports, "comports", comports)
    assert find_ports() == [Port("COM4", "")]


def test_a_nickname_is_found_as_people_type_it_and_all_else_is_opened_as_it_is(plug: Plug) -> None:
    plug(
        board("/dev/ttyACM0", product="EiBotBoard,east"),
        board("/dev/ttyACM1", product="EiBotBoard,East"),
        board("/dev/ttyACM2", product="EiBotBoard,West EBB"),
        board("/dev/ttyACM3"),
    )
    assert device_of("WEST ebb") == "/dev/ttyACM2"
    assert [each.device for each in find_named(" EAST ")] == ["/dev/ttyACM0", "/dev/ttyACM1"]
    assert device_of("East") == "/dev/ttyACM1"
    for same in ("", "auto", "simulator", "tcp://localhost:3333", "/dev/ttyACM0", "North"):
        assert device_of(same) == same
    assert find_named("") == []


def test_a_watch_tells_what_came_and_what_went_since_the_last_look() -> None:
    east, west, renamed = Port("/dev/ttyACM0", "East"), Port("/dev/ttyACM1", "West"), Port("/dev/ttyACM0", "North")
    looks = iter([[east], [east], [east, west], [renamed, west], []])
    watch = PortWatch(lambda: next(looks))
    assert watch.poll() == Change((east,))
    assert watch.poll() == Change()
    assert watch.poll() == Change((west,))
    assert watch.poll() == Change((renamed,), (east,))
    assert watch.ports == (renamed, west)
    assert watch.poll() == Change((), (renamed, west))
    assert watch.ports == ()


def test_a_watch_looks_at_the_system(plug: Plug) -> None:
    watch = PortWatch()
    plug()
    assert watch.poll() == Change()
    plug(board("COM4", product="EiBotBoard,East"))
    (port,) = watch.poll().appeared
    assert str(port) == "COM4 (East)"
    assert str(Port("COM5", "")) == "COM5"
