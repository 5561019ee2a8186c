"""Commands about the plotter itself: which are plugged in."""

from __future__ import annotations

from typing import Any

import typer

from tui.console import AsJson, finish


def register(app: typer.Typer) -> None:
    """Add this command to the top level."""
    app.command()(ports)


def ports(as_json: AsJson = False) -> None:
    """Tell which plotters are plugged in; firmware and voltage of those that no other program uses."""
    from plotter.ports import find_ports

    found = [{"device": port.device, "name": port.name, **_ask(port.device)} for port in find_ports()]
    finish({"ports": found}, "\n".join(map(_described, found)) or "No plotter is plugged in.", as_json=as_json)


def _ask(device: str) -> dict[str, Any]:
    """Firmware and voltage; None where the port can't be opened or nobody answers."""
    from plotter.board import Board
    from plotter.errors import PlotterError
    from plotter.transport import open_transport

    told: dict[str, Any] = {"firmware": None, "voltage": None}
    try:
        board = Board(open_transport(device))
    except PlotterError as error:
        return {**told, "error": str(error)}
    try:
        told["firmware"] = str(board.identify())
        told["voltage"] = round(board.voltage(), 1)
    except PlotterError as error:
        return {**told, "error": str(error)}
    finally:
        board.close()
    return told


def _described(port: dict[str, Any]) -> str:
    """A line about a port."""
    from plotter.board import LOW_VOLTAGE_V

    nickname = f" ({port['name']})" if port["name"] else ""
    name = f"{port['device']}{nickname}"
    if port["firmware"] is None:
        return f"{name}: {port['error']}"
    if port["voltage"] is None:
        return f"{name}: firmware {port['firmware']}; {port['error']}"
    power = "" if port["voltage"] >= LOW_VOLTAGE_V else ": the motors have no power, look at the supply"
    return f"{name}: firmware {port['firmware']}, {port['voltage']:g} V{power}"
