"""Commands about the plotters themselves: which are plugged in, which come and go, and what they are called."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.console import AsJson, finish, note

if TYPE_CHECKING:
    from plotter.ports import Port

LOOK_S = 0.5
"""Between two looks at the ports."""

app = typer.Typer(help="Which plotters are plugged in, and what they are called.")


def register(top: typer.Typer) -> None:
    """Add these commands to the top level."""
    top.add_typer(app, name="ports")


@app.callback(invoke_without_command=True)
def ports(
    context: typer.Context,
    watch: Annotated[bool, typer.Option("--watch", help="Tell which come and go, until ctrl-c.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell which plotters are plugged in; firmware and voltage of those that no other program uses; official software.

    With --watch there is a line for each that comes or goes, with --json an object a line; none is opened.
    """
    if context.invoked_subcommand is not None:
        return
    if watch:
        _watch(as_json)
        return
    from plotter.official import find_official
    from plotter.ports import find_ports

    found = [{"device": port.device, "name": port.name, **_ask(port.device)} for port in find_ports()]
    official = [{"port": f"official:{each.name}", "command": each.where} for each in find_official()]
    lines = [*(map(_described, found) if found else ["No plotter is plugged in."])]
    lines += [f"{each['port']}: {each['command']}, on whichever plotter it finds" for each in official]
    finish({"ports": found, "official": official}, "\n".join(lines), as_json=as_json)


@app.command("name")
def name_port(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Up to 16 letters, digits and signs; '' for none.")],
    port: Annotated[str, typer.Option(metavar="PORT", help="auto, a device, its present name, or tcp://HOST:PORT.")] = (
        "auto"
    ),
    as_json: AsJson = False,
) -> None:
    """Give a plotter a nickname, which does for --port from then on.

    The board keeps it and starts anew, which raises the pen and lets the motors go.
    """
    from plotter.board import Board
    from plotter.care import check_nickname, set_nickname
    from plotter.ports import device_of
    from plotter.transport import open_transport

    check_nickname(name)
    board = Board(open_transport(device_of(port)))
    try:
        board.identify()
        before = board.nickname()
        changed = set_nickname(board, name)
    finally:
        board.close()
    device = board.transport.name
    called = f"is called {name}" if name else "has no name"
    text = f"the plotter at {device} {called}{' now, and starts anew' if changed else ' already'}"
    finish({"device": device, "name": name, "before": before, "changed": changed}, text, as_json=as_json)


def _watch(as_json: bool) -> None:
    from plotter.ports import PortWatch

    ports = PortWatch()
    try:
        change = ports.poll()
        if not change.appeared:
            note("No plotter is plugged in yet; waiting, ctrl-c ends it.")
        while True:
            for came, each in ((False, change.vanished), (True, change.appeared)):
                for port in each:
                    sys.stdout.write(_line(port, came, as_json))
            sys.stdout.flush()
            time.sleep(LOOK_S)
            change = ports.poll()
    except KeyboardInterrupt:
        return


def _line(port: Port, came: bool, as_json: bool) -> str:
    if as_json:
        told = {"event": "plugged in" if came else "unplugged", "device": port.device, "name": port.name}
        return json.dumps(told, ensure_ascii=False) + "\n"
    return f"{'plugged in' if came else 'unplugged '}  {port}\n"


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
