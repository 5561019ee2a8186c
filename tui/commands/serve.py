"""The command that has the studio in a browser."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import Annotated
from urllib.parse import quote

import typer

from tui.console import CommandError, note

VARIABLE = "MONOLINE_TOKEN"
HOW_TO_GET = "pip install 'monoline[serve]'"
PLAIN = (
    "This is plain http: who shares the network can read along, the token too. Let it listen on 127.0.0.1 and come "
    "through ssh -L {port}:127.0.0.1:{port}, or put a proxy with https before it."
)


def register(app: typer.Typer) -> None:
    """Add this command to the top level."""
    app.command()(serve)


def is_available() -> bool:
    """True if what serving needs is installed; loads nothing of it."""
    from importlib.util import find_spec

    return find_spec("textual_serve") is not None


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen; 0.0.0.0 is everywhere.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", min=0, max=65535, help="0 takes any that is free.")] = 8000,
    token: Annotated[
        str | None,
        typer.Option(
            metavar="TOKEN",
            help=f"What a browser must know; auto makes a good one. From ${VARIABLE} no list of processes tells it.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Another name that this machine, or a proxy before it, is called by."),
    ] = None,
) -> None:
    """Open the studio in a browser; ctrl-c ends it.

    The first tab has it, and any other looks on. It goes on when tabs are closed, and ends with this command.
    """
    if not is_available():
        raise CommandError(f"The studio in a browser needs textual-serve, which is not installed: {HOW_TO_GET}.")
    from tui.browser.application import studio_command
    from tui.browser.gate import Gate, good_token, is_loopback
    from tui.browser.server import Server
    from tui.browser.server import serve as listen

    chosen = os.environ.get(VARIABLE, "") if token is None else token
    if token == "" or chosen.strip() != chosen:
        raise CommandError("The token is empty, or begins or ends with a space; --token auto makes a good one.")
    made = chosen == "auto"
    if made:
        chosen = good_token()
    if not chosen and not is_loopback(host):
        raise CommandError(
            f"Whoever reaches {host} could use this studio and its plotter; ask for a token with --token auto, "
            "or leave --host away."
        )
    gate = Gate(chosen, [*(name or ()), host])

    def ready(at: int) -> None:
        key = f"?token={quote(chosen, safe='')}" if made else ""  # one that is known already needs no showing
        typer.echo(f"http://{_address(host)}:{at}/{key}")
        note(f"the studio {context.obj} is there in a browser; ctrl-c ends it")
        if not is_loopback(host):
            note(PLAIN.format(port=at))

    asyncio.run(listen(Server(studio_command(context.obj.resolve()), gate), host, port, ready))


def _address(host: str) -> str:
    """As it stands in an address; a host that means every one is called by this machine's name."""
    if host in ("0.0.0.0", "::", ""):
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host
