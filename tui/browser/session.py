"""Session: one application, and the tabs that see it. One of them is in control; the others look on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from aiohttp import WSMsgType, web
from textual_serve.download_manager import DownloadManager

from tui.browser.application import Application
from tui.console import note

RETURN_S = 3.0
"""A tab that was in control and is loaded again comes back within this."""
BEHIND = 1 << 20
"""Bytes that wait for a slow tab; what is more is dropped, and painted anew once it keeps up."""
REPAINT_S = 1.0
"""Between two whole repaints at least."""
SMALLEST, LARGEST = (20, 5), (400, 200)
"""Columns and rows of a window that the application is told."""
# what the driver said when it began: the other screen, the mouse, pasting in brackets, no cursor
LOOK = b"\x1b[?1049h\x1b[?25l\x1b[2J"
STEER = b"\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h\x1b[?2004h"

Size = tuple[int, int]


class Tab:
    """A page that is open somewhere; what it is to see waits here, so that nobody waits for it."""

    def __init__(self, socket: web.WebSocketResponse, name: str, size: Size) -> None:
        """Args:
        name: the same after the page was loaded again.
        size: columns and rows that its window has room for.
        """
        self.socket, self.name, self.size = socket, name, size
        self.behind = False
        """Something was dropped, so that all must be painted anew."""
        self._waiting: deque[bytes | str] = deque()
        self._amount = 0
        self._news = asyncio.Event()

    def show(self, data: bytes) -> None:
        """Paint, unless it is behind too far."""
        if self.behind:
            return
        if self._amount + len(data) > BEHIND:
            self.behind = True
            self._waiting = deque(each for each in self._waiting if isinstance(each, str))
            self._amount = 0
            self._news.set()
            return
        self._waiting.append(data)
        self._amount += len(data)
        self._news.set()

    def tell(self, kind: str, what: dict[str, Any]) -> None:
        """Send a message to the page."""
        self.tell_text(json.dumps([kind, what]))

    def tell_text(self, text: str) -> None:
        """Send a message to the page as it is."""
        self._waiting.append(text)
        self._news.set()

    async def send(self, session: Session) -> None:
        """Send what waits, for as long as the page is there."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                each = self._waiting.popleft()
                if isinstance(each, str):
                    await self.socket.send_str(each)
                else:
                    await self.socket.send_bytes(each)
                    self._amount = max(0, self._amount - len(each))
            if self.behind:
                self.behind = False
                session.ask_for_repaint()

    async def emptied(self) -> None:
        """Wait until all was sent."""
        while self._waiting:
            await asyncio.sleep(0.01)


class Session:
    """Starts the application for the first tab, and keeps it whoever comes and goes."""

    def __init__(self, command: Sequence[str]) -> None:
        """Args:
        command: starts the application.
        """
        self._command = command
        self.downloads = DownloadManager()
        self.tabs: list[Tab] = []
        """In the order in which they came."""
        self.control: Tab | None = None
        self.application: Application | None = None
        self.size: Size = (80, 24)
        """Of the application, columns and rows."""
        self._expected = ""
        """Name of a tab that was in control, and may come back."""
        self._repainting: asyncio.Task[None] | None = None
        self._repainted = 0.0
        self._passing: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None

    async def serve(self, socket: web.WebSocketResponse, name: str, size: Size) -> None:
        """Let a page see the application until it goes away, and steer it while it is in control."""
        tab = Tab(socket, name, within(size))
        self.tabs.append(tab)
        sending = asyncio.create_task(tab.send(self))
        try:
            if self.control is None and self._expected in ("", name):
                await self._give_control(tab)
            else:
                self._attach(tab)
            await self._listen(tab)
        finally:
            self.tabs.remove(tab)
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await sending
            if self.control is tab:
                self._lose_control(tab)

    async def _listen(self, tab: Tab) -> None:
        """Take what a page sends. Only the one in control is heard."""
        async for message in tab.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                kind, what = json.loads(message.data)
            except (ValueError, TypeError):
                continue
            if kind == "resize" and (size := _size_of(what)) is not None:
                tab.size = size
            if tab is not self.control or self.application is None:
                continue
            if kind == "stdin" and isinstance(what, str):
                await self.application.send_bytes(what.encode("utf-8", "ignore"))
            elif kind == "resize":
                await self._resize(tab.size)
            elif kind == "blur":
                await self.application.blur()
            elif kind == "focus":
                await self.application.focus()

    # who is in control

    async def _give_control(self, tab: Tab) -> None:
        self.control, self._expected = tab, ""
        if self.application is None:
            self.size = tab.size
            await self._start()
        tab.show(LOOK + STEER)
        await self._resize(tab.size)
        self._tell(tab)
        self.ask_for_repaint()

    def _attach(self, tab: Tab) -> None:
        tab.show(LOOK)
        self._tell(tab)
        self.ask_for_repaint()

    def _lose_control(self, tab: Tab) -> None:
        """The application goes on. Whoever loads that page again comes back; if nobody does, the next tab has it."""
        self.control, self._expected = None, tab.name
        back = any(each.name == tab.name for each in self.tabs)  # it was slow to notice that the page was loaded again
        self._passing = asyncio.create_task(self._pass_on(tab.name, 0.0 if back else RETURN_S))

    async def _pass_on(self, name: str, wait_s: float) -> None:
        await asyncio.sleep(wait_s)
        if self.control is None and self._expected == name:
            self._expected = ""
            for tab in [*(each for each in self.tabs if each.name == name), *self.tabs][:1]:
                await self._give_control(tab)

    def _tell(self, tab: Tab) -> None:
        """What a page is to know: whether it may steer, and how large the application is."""
        role = "control" if tab is self.control else "view"
        tab.tell("studio", {"role": role, "width": self.size[0], "height": self.size[1]})

    # the application

    async def _start(self) -> None:
        self.application = Application(
            self._command, on_paint=self._paint, on_text=self._tell_control, downloads=self.downloads
        )
        await self.application.start(*self.size)
        self._watching = asyncio.create_task(self._watch(self.application))

    def _paint(self, data: bytes) -> None:
        for tab in self.tabs:
            tab.show(data)

    async def _tell_control(self, text: str) -> None:
        if self.control is not None:
            self.control.tell_text(text)

    async def _watch(self, application: Application) -> None:
        """When the application has ended, tell all tabs; the next that is opened starts it again."""
        await application.ended()
        # whoever had it has it no more, and is not waited for: a slow tab must not have it started again for nobody
        self.application, self.control, self._expected = None, None, ""
        if application.code:
            note(f"monoline: the studio ended with code {application.code}:\n{application.last_words}")
        words = application.last_words if application.code == 0 else "It ended by a fault; the server's terminal tells."
        for tab in list(self.tabs):
            tab.tell("ended", {"words": words})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(tab.emptied(), 1.0)
            await tab.socket.close()

    async def _resize(self, size: Size) -> None:
        changed, self.size = size != self.size, size
        if self.application is not None and changed:
            for tab in self.tabs:
                if tab is not self.control:
                    self._tell(tab)
            await self.application.set_terminal_size(*size)

    def ask_for_repaint(self) -> None:
        """Have the application paint all anew, soon."""
        if self._repainting is None or self._repainting.done():
            self._repainting = asyncio.create_task(self._repaint())

    async def _repaint(self) -> None:
        await asyncio.sleep(max(0.0, self._repainted + REPAINT_S - time.monotonic()))
        self._repainted = time.monotonic()
        if self.application is not None:
            await self.application.repaint()

    async def close(self) -> None:
        """End the application in order, and all tabs."""
        if self.application is not None:
            await self.application.end()
        if self._watching is not None:
            await self._watching
        for tab in list(self.tabs):
            await tab.socket.close()
        for task in (self._repainting, self._passing):
            if task is not None:
                task.cancel()


def within(size: Size) -> Size:
    """A size that the application can have, whatever a page says."""
    width, height = (max(least, min(each, most)) for each, least, most in zip(size, SMALLEST, LARGEST, strict=True))
    return width, height


def _size_of(what: Any) -> Size | None:
    """Columns and rows as a page tells them."""
    try:
        return within((int(what["width"]), int(what["height"])))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
