from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import scripted_application
from aiohttp import ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer

from tui.browser import session as sessions
from tui.browser.gate import Gate
from tui.browser.server import Server
from tui.browser.session import Tab, within

COMMAND = (sys.executable, "-P", str(Path(scripted_application.__file__)))
COMES_S = 20.0


class Page:
    """A page as far as the server knows it."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.seen = ""
        self.studio: dict[str, Any] = {}
        self.ended: str | None = None

    async def sees(self, words: str) -> None:
        """Wait until this has been painted, and forget all until then."""
        async with asyncio.timeout(COMES_S):
            while words not in self.seen:
                await self._take()
        self.seen = self.seen.partition(words)[2]

    async def learns(self, **what: Any) -> None:
        """Wait until the page has been told this."""
        async with asyncio.timeout(COMES_S):
            while any(self.studio.get(key) != value for key, value in what.items()):
                await self._take()

    async def ends(self) -> str:
        """Wait until the page has been told that it is over; what it is told."""
        async with asyncio.timeout(COMES_S):
            while not self.socket.closed:
                await self._take()
        assert self.ended is not None
        return self.ended

    async def _take(self) -> None:
        message = await self.socket.receive()
        if message.type is WSMsgType.BINARY:
            self.seen += message.data.decode()
        elif message.type is WSMsgType.TEXT:
            kind, what = json.loads(message.data)
            if kind == "studio":
                self.studio = what
            elif kind == "ended":
                self.ended = what["words"]

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.say("stdin", key)

    async def say(self, *what: Any) -> None:
        await self.socket.send_str(json.dumps(what))


class Browser:
    """Opens pages of one server."""

    def __init__(self, client: TestClient[web.Request, web.Application], server: Server) -> None:
        self._client, self.server = client, server

    async def open(self, name: str, width: int = 100, height: int = 30) -> Page:
        origin = str(self._client.make_url("/")).rstrip("/")
        path = f"/ws/{name}?width={width}&height={height}"
        return Page(await self._client.ws_connect(path, origin=origin))


@pytest_asyncio.fixture
async def browser(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Browser]:
    monkeypatch.setattr(sessions, "REPAINT_S", 0.0)
    monkeypatch.setattr(sessions, "RETURN_S", 0.05)
    server = Server(COMMAND, Gate())
    async with TestClient(TestServer(server.make_app())) as client:
        yield Browser(client, server)


async def test_the_first_tab_has_the_studio_and_a_second_one_sees_it_and_can_do_nothing(browser: Browser) -> None:
    first = await browser.open("1", 100, 30)
    await first.learns(role="control", width=100, height=30)
    await first.press("a")
    await first.sees("[key a]")
    second = await browser.open("2", 60, 20)
    await second.learns(role="view", width=100, height=30)
    await second.sees("[repaint]")  # all that is there, not only what changes from now on
    await second.press("b", "q", "!")
    await second.say("resize", {"width": 60, "height": 20})
    await second.say("blur")
    await first.press("c")
    for page in (first, second):
        await page.sees("[key c]")
        assert "key b" not in page.seen
        assert "60" not in page.seen
        assert "blur" not in page.seen
    assert browser.server.session.size == (100, 30)


async def test_the_window_of_the_tab_in_control_counts(browser: Browser) -> None:
    first, second = await browser.open("1"), await browser.open("2")
    await first.say("resize", {"width": 90, "height": 40})
    await second.learns(role="view", width=90, height=40)
    await first.sees("[resize 90 40]")
    for nonsense in ({}, {"width": "wide", "height": 3}, None, {"width": 1e400, "height": 2}):
        await first.say("resize", nonsense)
    await first.socket.send_str("nonsense")
    await first.socket.send_bytes(b"nonsense")
    await first.say("stdin", {"no": "text"})
    await first.press("a\ud800")
    await first.sees("[key a]")
    assert within((10**9, -4)) == (400, 5)


async def test_the_application_goes_on_without_a_tab_and_the_next_one_has_it(browser: Browser) -> None:
    first = await browser.open("1")
    await first.sees("[begun]")
    await first.socket.close()
    second = await browser.open("2", 80, 24)
    await second.learns(role="control", width=80, height=24)
    await second.sees("[repaint]")
    assert "[begun]" not in second.seen
    await second.press("a")
    await second.sees("[key a]")


async def test_a_tab_that_looks_on_has_it_once_the_other_is_gone(browser: Browser) -> None:
    first, second = await browser.open("1"), await browser.open("2", 70, 25)
    await second.learns(role="view")
    await first.socket.close()
    await second.learns(role="control", width=70, height=25)
    await second.press("a")
    await second.sees("[key a]")


async def test_a_page_that_is_loaded_again_keeps_what_it_had(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "RETURN_S", 60.0)
    first, second = await browser.open("1"), await browser.open("2")
    await second.learns(role="view")
    await first.socket.close()
    again = await browser.open("1")
    await again.learns(role="control")
    await again.press("a")
    await second.sees("[key a]")
    assert second.studio["role"] == "view"


async def test_when_the_application_ends_all_tabs_are_told_and_the_next_one_starts_it(browser: Browser) -> None:
    first, second = await browser.open("1"), await browser.open("2")
    await second.learns(role="view")
    await first.press("q")
    assert await first.ends() == await second.ends() == "It goes on elsewhere."
    third = await browser.open("3")
    await third.sees("[begun]")
    await third.learns(role="control")


async def test_a_tab_that_is_slow_to_go_does_not_start_the_application_again(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "RETURN_S", 0.0)
    first, slow = await browser.open("1"), await browser.open("2")
    await slow.learns(role="view")
    session, going = browser.server.session, asyncio.Event()
    (tab,) = [each for each in session.tabs if each.name == "2"]
    emptied = tab.emptied

    async def late() -> None:
        await going.wait()
        await emptied()

    monkeypatch.setattr(tab, "emptied", late)
    await first.press("q")
    await first.ends()
    async with asyncio.timeout(COMES_S):
        while [each.name for each in session.tabs] != ["2"]:
            await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    assert session.application is None
    third = await browser.open("3")  # which has it, and does not look on at nothing
    await third.learns(role="control")
    await third.sees("[begun]")
    going.set()
    await slow.ends()


async def test_a_fault_is_told_in_the_terminal_of_the_server(
    browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    page = await browser.open("1")
    await page.press("!")
    assert "fault" in await page.ends()
    assert "a fault in line 7" in capsys.readouterr().err


async def test_a_tab_that_takes_nothing_stalls_nobody_and_sees_all_once_it_does(browser: Browser) -> None:
    first = await browser.open("1")
    slow = await browser.open("2")
    await slow.learns(role="view")
    await slow.sees("[repaint]")
    (tab,) = [each for each in browser.server.session.tabs if each.name == "2"]
    reading = asyncio.Event()
    tab.socket.send_bytes = _held(tab, reading)
    await first.press("f", "a")
    await first.sees("[key a]")
    assert tab.behind
    reading.set()
    await slow.sees("[repaint]")
    await first.press("b")
    await slow.sees("[key b]")


def _held(tab: Tab, until: asyncio.Event) -> Any:
    send = tab.socket.send_bytes

    async def held(data: bytes) -> None:
        await until.wait()
        await send(data)

    return held


async def test_the_application_ends_with_its_server(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(COMMAND, Gate())
    async with TestClient(TestServer(server.make_app())) as client:
        page = await Browser(client, server).open("1")
        await page.sees("[begun]")
        application = server.session.application
        assert application is not None
    assert application.code == 0
