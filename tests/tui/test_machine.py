from __future__ import annotations

import json
import threading
from collections.abc import Iterable

import pytest
from commands import refused, told

from plotter.ports import Port
from plotter.simulated_link import TcpLink, serve
from plotter.simulator import SimulatedBoard
from tui.main import run

Capture = pytest.CaptureFixture[str]


def test_ports_tells_firmware_and_voltage_of_each_that_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    link, stop = TcpLink(0), threading.Event()
    thread = threading.Thread(target=serve, args=(SimulatedBoard(), link, 0.0, stop.is_set), daemon=True)
    plugged = [Port(link.port, "East"), Port("/dev/ttyACM99", "")]
    monkeypatch.setattr("plotter.ports.find_ports", lambda: plugged)
    monkeypatch.setattr("plotter.transport.find_ports", list)
    thread.start()
    assert run(["ports", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)["ports"]
    assert first == {"device": plugged[0].device, "name": "East", "firmware": "2.8.1", "voltage": 9.0}
    assert (second["device"], second["firmware"], second["voltage"]) == ("/dev/ttyACM99", None, None)
    assert run(["ports"]) == 0
    out = capsys.readouterr().out
    assert f"{plugged[0].device} (East): firmware 2.8.1, 9 V" in out
    assert "/dev/ttyACM99: There is no plotter" in out
    stop.set()
    thread.join(10)


def test_no_ports_is_an_answer_too(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr("plotter.ports.find_ports", list)
    monkeypatch.setattr("plotter.official.find_official", list)
    assert run(["ports", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ports": [], "official": []}
    assert run(["ports"]) == 0
    assert "No plotter is plugged in" in capsys.readouterr().out


EAST, WEST = Port("/dev/ttyACM0", "East"), Port("/dev/ttyACM1", "")


def look(monkeypatch: pytest.MonkeyPatch, looks: Iterable[list[Port]]) -> None:
    """Have the system tell these ports, one after the other, and the person press ctrl-c then."""
    rest = iter(looks)

    def find() -> list[Port]:
        try:
            return next(rest)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr("plotter.ports.find_ports", find)
    monkeypatch.setattr("tui.commands.machine.LOOK_S", 0.0)


def test_a_watch_has_a_line_for_each_that_comes_and_goes(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    looks = [[], [EAST], [EAST], [EAST, WEST], [WEST]]
    look(monkeypatch, looks)
    assert run(["ports", "--watch"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "plugged in  /dev/ttyACM0 (East)",
        "plugged in  /dev/ttyACM1",
        "unplugged   /dev/ttyACM0 (East)",
    ]
    assert "waiting" in err
    look(monkeypatch, looks[1:])
    assert run(["ports", "--watch", "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["event"] for line in lines] == ["plugged in", "plugged in", "unplugged"]
    assert lines[0] == {"event": "plugged in", "device": "/dev/ttyACM0", "name": "East"}


def test_a_plotter_gets_a_name_once(capsys: Capture) -> None:
    lines: list[str] = []
    simulated = SimulatedBoard(nickname="East", on_log=lambda _at, _held, line, _reply: lines.append(line))
    link, stop = TcpLink(0), threading.Event()
    thread = threading.Thread(target=serve, args=(simulated, link, 0.0, stop.is_set), daemon=True)
    port = link.port
    thread.start()
    same = told(capsys, ["ports", "name", "East", "--port", port])
    assert same == {"device": port, "name": "East", "before": "East", "changed": False}
    assert not [line for line in lines if line.startswith(("ST", "RB"))]
    assert "16 plain letters" in refused(capsys, ["ports", "name", "a,b", "--port", port], 1)
    assert run(["ports", "name", "West EBB", "--port", port]) == 0
    assert capsys.readouterr().out == f"the plotter at {port} is called West EBB now, and starts anew\n"
    assert [line for line in lines if line.startswith(("ST", "RB"))] == ["ST,West EBB", "RB"]
    stop.set()
    thread.join(10)


def test_a_name_that_can_not_be_is_refused_before_anything_is_opened(capsys: Capture) -> None:
    assert "names a port of another kind" in refused(capsys, ["ports", "name", "auto", "--port", "/dev/none"], 1)
    assert "no plotter at" in refused(capsys, ["ports", "name", "East", "--port", "/dev/none"], 1)
