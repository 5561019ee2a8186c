"""Server: the page, its fonts and its websocket, behind the gate, until somebody stops it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import textual_serve
from aiohttp import web
from textual_serve.server import Server as TextualServer

from configs.errors import MonolineError
from tui.browser.braille import make_braille_font
from tui.browser.gate import Gate, Handler
from tui.browser.session import Session

PAGE = Path(__file__).parent / "page"
THEIRS = Path(textual_serve.__file__).parent / "static"
"""The terminal for browsers, and its font."""
LONGEST = 1 << 20
"""Bytes of a message from a page, as a text that is pasted."""
HEARTBEAT_S = 10.0
"""A page that does not answer so long is gone."""


class ServeError(MonolineError):
    """The studio can't be served."""


class Server(TextualServer):
    """textual-serve's routes, for one session instead of an application a tab."""

    def __init__(self, command: Sequence[str], gate: Gate) -> None:
        """Args:
        command: starts the application.
        gate: decides who comes in.
        """
        super().__init__("", title="monoline")
        self._gate, self.session = gate, Session(command)
        self.download_manager = self.session.downloads

    def make_app(self) -> web.Application:
        """aiohttp's application, with all of its routes behind the gate."""
        app = web.Application(middlewares=[self._gate.middleware])
        app.add_routes(
            [
                web.get("/", _file(PAGE / "index.html")),
                web.get("/page.css", _file(PAGE / "page.css")),
                web.get("/page.js", _file(PAGE / "page.js")),
                web.get("/braille.ttf", _braille()),
                web.get("/alive", _alive),
                web.get("/ws/{tab:[0-9a-f]{1,64}}", self.handle_websocket),
                web.get("/download/{key}", self.handle_download),
                *(
                    web.static(f"/static/{each}", THEIRS / each, follow_symlinks=False)
                    for each in ("css", "js", "fonts")
                ),
            ]
        )
        app.on_shutdown.append(self.on_shutdown)
        return app

    async def on_shutdown(self, app: web.Application) -> None:
        """The application ends with its server."""
        await self.session.close()

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Attach a page."""
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=LONGEST)
        await socket.prepare(request)
        size = _number(request.query.get("width"), 80), _number(request.query.get("height"), 24)
        await self.session.serve(socket, request.match_info["tab"], size)
        return socket


async def serve(server: Server, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Serve until the process is told to end.

    Args:
        ready: is told the port once it listens.

    Raises:
        ServeError: nothing can listen there.
    """
    runner = web.AppRunner(server.make_app(), access_log=None, handler_cancellation=True, shutdown_timeout=2.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise ServeError(_why_not(error, host, port)) from error
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
                with contextlib.suppress(NotImplementedError):  # where a loop takes no signals, ctrl-c interrupts it
                    loop.add_signal_handler(number, stop.set)
        ready(runner.addresses[0][1])
        await stop.wait()
    finally:
        await runner.cleanup()


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is in use; name another with --port, or end what uses it."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} of {host} may not be used by you; name one from 1024 on with --port."
    return f"{host} is no address of this machine; name one with --host, as 127.0.0.1."


def _file(path: Path) -> Handler:
    async def handle(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(path)

    return handle


def _braille() -> Handler:
    font: list[bytes] = []

    async def handle(_request: web.Request) -> web.Response:
        if not font:
            font.append(make_braille_font())
        return web.Response(body=font[0], content_type="font/ttf")

    return handle


async def _alive(_request: web.Request) -> web.Response:
    """For a page that has lost its server, and waits for it."""
    return web.Response(status=204)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 6 else otherwise
