from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer

from configs.errors import OptionError
from tui.browser import gate as gates
from tui.browser.gate import Gate, good_token, is_loopback
from tui.browser.server import Server, serve

TOKEN = "a-token-that-nobody-guesses"

Client = TestClient[web.Request, web.Application]


@asynccontextmanager
async def client(token: str = "", *names: str) -> AsyncIterator[Client]:
    """The routes as they are served, with no application behind them."""
    async with TestClient(TestServer(Server(("false",), Gate(token, names)).make_app())) as opened:
        yield opened


async def status(opened: Client, path: str, **more: Any) -> int:
    async with opened.get(path, allow_redirects=False, **more) as response:
        return response.status


ROUTES = [
    "/",
    "/page.js",
    "/page.css",
    "/braille.ttf",
    "/alive",
    "/static/js/textual.js",
    "/ws/ab",
    "/download/x",
    "/no",
]


@pytest.mark.parametrize("path", ROUTES)
async def test_every_route_asks_for_the_token(path: str) -> None:
    async with client(TOKEN) as opened:
        assert await status(opened, path) == 401


async def test_the_address_with_the_token_opens_the_studio_once_and_a_cookie_from_then_on() -> None:
    async with client(TOKEN) as opened:
        async with opened.get("/", params={"token": TOKEN}, allow_redirects=False) as response:
            assert (response.status, response.headers["Location"]) == (303, "/")
            (cookie,) = response.headers.getall("Set-Cookie")
        assert TOKEN not in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        async with opened.get("/") as response:
            assert response.status == 200
            assert "<title>monoline</title>" in await response.text()


async def test_a_bearer_opens_it_too_and_a_wrong_one_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "PAUSE_S", 0.0)
    async with client(TOKEN) as opened:
        assert await status(opened, "/alive", headers={"Authorization": f"Bearer {TOKEN}"}) == 204
        for wrong in ("", "x", TOKEN[:-1], TOKEN + "x", "ä" * 30):
            assert await status(opened, "/alive", headers={"Authorization": f"Bearer {wrong}"}) == 401
        assert await status(opened, "/", params={"token": "ünknown"}) == 401
        name = f"monoline-{opened.port}"
        assert await status(opened, "/", headers={"Cookie": f"{name}={TOKEN}"}) == 401


async def test_wrong_tokens_are_answered_slowly_and_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "PAUSE_S", 0.05)
    monkeypatch.setattr(gates, "MOST_WAITING", 0)
    async with client(TOKEN) as opened:
        assert await status(opened, "/", params={"token": TOKEN}) == 429  # whatever comes then is not looked at
        monkeypatch.setattr(gates, "MOST_WAITING", 9)
        began = time.monotonic()
        assert await status(opened, "/", params={"token": "wrong"}) == 401
        assert time.monotonic() - began >= 0.05


@pytest.mark.parametrize(
    ("host", "answer"),
    [("localhost", 200), ("127.0.0.1:8000", 200), ("[::1]:8000", 200), ("192.168.1.5", 200), ("studio.home:8000", 200),
     ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("localhost.evil.example:8000", 421), ("", 421)],
)  # fmt: skip
async def test_a_stranger_s_name_leads_nowhere(host: str, answer: int) -> None:
    async with client("", "studio.home") as opened:
        assert await status(opened, "/", headers={"Host": host}) == answer


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1", None])
async def test_another_site_s_page_drives_no_studio(origin: str | None) -> None:
    async with client() as opened:
        headers = {"Upgrade": "websocket", "Connection": "Upgrade"} | ({} if origin is None else {"Origin": origin})
        assert await status(opened, "/ws/ab", headers=headers) == 403
        if origin is not None:
            assert await status(opened, "/", headers={"Origin": origin}) == 403


async def test_a_program_that_has_the_token_needs_to_come_from_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "PAUSE_S", 0.0)
    async with client(TOKEN) as opened:
        for token, answer in ((TOKEN, 400), ("not-this-one-at-all", 401)):  # 400: as far as the websocket's own words
            headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Authorization": f"Bearer {token}"}
            assert await status(opened, "/ws/ab", headers=headers) == answer


async def test_a_page_shows_in_no_frame_and_loads_nothing_from_elsewhere() -> None:
    async with client() as opened, opened.get("/") as response:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "http" not in (await response.text()).replace("http-equiv", "")


async def test_who_follows_a_link_from_elsewhere_gets_a_page_of_ours_that_leads_on() -> None:
    async with client(TOKEN) as opened:
        headers = {"Sec-Fetch-Site": "cross-site"}
        async with opened.get("/", params={"token": TOKEN}, headers=headers, allow_redirects=False) as response:
            assert response.status == 200
            assert 'content="0;url=/"' in await response.text()


async def test_no_log_tells_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    listens: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(Server(("false",), Gate(TOKEN)), "127.0.0.1", 0, listens.set_result))
    address = f"http://127.0.0.1:{await listens}/?token={TOKEN}"
    async with ClientSession() as session, session.get(address, allow_redirects=False) as response:
        assert response.status == 303
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
    assert TOKEN not in caplog.text


def test_tokens_are_long() -> None:
    assert len(good_token()) >= 32
    assert good_token() != good_token()
    with pytest.raises(OptionError, match="--token auto"):
        Gate("secret")


@pytest.mark.parametrize(
    ("host", "alone"), [("127.0.0.1", True), ("127.9.0.1", True), ("::1", True), ("LOCALHOST", True),
                        ("0.0.0.0", False), ("", False), ("192.168.1.5", False), ("studio.home", False), ("::", False)]
)  # fmt: skip
def test_loopback_is_what_only_this_machine_reaches(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone
