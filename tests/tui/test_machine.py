from __future__ import annotations

import json
import threading

import pytest

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
    assert run(["ports", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ports": []}
    assert run(["ports"]) == 0
    assert "No plotter is plugged in" in capsys.readouterr().out
