"""The studio in headless Chromium, from the command to the screen."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.folder import create_studio

TOKEN = "a-token-that-nobody-guesses"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TURNS_MS = 20_000


@pytest.fixture(scope="module")
def chromium() -> str:
    """A browser of this system; without one the test is skipped, in CI it fails."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("install Chromium (apt-get install chromium): CI looks at the studio in a browser")
    if found is None:
        pytest.skip("install Chromium to look at the studio in a browser")
    return found


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a studio that is served behind a token, and the server."""
    folder = create_studio(tmp_path / "ink").folder
    command = [sys.executable, "-P", "-m", "tui.main", "--studio", str(folder), "serve", "--port", "0"]
    environment = os.environ | {"MONOLINE_TOKEN": TOKEN, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip(), server
        finally:
            server.kill()


async def test_the_studio_in_a_browser(
    chromium: str, served: tuple[str, subprocess.Popen[str]], tmp_path: Path
) -> None:
    from playwright.async_api import Page, async_playwright

    address, server = served
    elsewhere: list[str] = []

    async def opened(page: Page) -> None:
        page.on("request", lambda request: None if request.url.startswith(address) else elsewhere.append(request.url))
        await page.wait_for_selector("body.-first-byte", timeout=TURNS_MS)
        await page.wait_for_function("!document.getElementById('terminal').hidden && document.title", timeout=TURNS_MS)

    async def picture_changes(page: Page, before: bytes) -> None:
        for _ in range(200):
            if await page.locator("#terminal").screenshot() != before:
                return
            await page.wait_for_timeout(50)
        raise AssertionError("nothing changed on the page")

    async def steady(page: Page) -> bytes:
        """The page once it has stopped changing."""
        last = await page.locator("#terminal").screenshot()
        for _ in range(100):
            await page.wait_for_timeout(150)
            now = await page.locator("#terminal").screenshot()
            if now == last:
                return now
            last = now
        raise AssertionError("the page goes on changing")

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        first = await browser.new_page()
        refused = await first.goto(f"{address}?token=not-this-one-at-all")
        assert refused is not None
        assert refused.status == 401

        await first.goto(f"{address}?token={TOKEN}")
        await opened(first)
        assert first.url == address  # the token is out of the address bar
        assert await first.title() == "monoline"
        assert await first.evaluate("document.fonts.check('16px \"Roboto Mono\"', '\\u28ff')")
        before = await steady(first)
        await first.keyboard.press("F1")
        await picture_changes(first, before)
        shown = await steady(first)

        context = await browser.new_context(viewport={"width": 700, "height": 500})
        second = await context.new_page()
        await second.goto(f"{address}?token={TOKEN}")
        await opened(second)
        await second.wait_for_selector("body.looks-on", timeout=TURNS_MS)
        assert await second.title() == "monoline (looking on)"
        await steady(second)
        assert await second.evaluate("own.width") == await first.evaluate("own.width")
        wide, room = await second.evaluate(
            "[document.querySelector('.xterm-screen').getBoundingClientRect().right, window.innerWidth]"
        )
        assert 0 < wide <= room  # all of the other's window is seen
        await second.mouse.click(60, 40)
        await second.keyboard.press("F1")
        await second.keyboard.press("Control+q")
        assert await steady(first) == shown

        seen = await steady(second)
        await first.keyboard.press("F1")
        await picture_changes(second, seen)

        await first.close()
        await second.wait_for_selector("body:not(.looks-on)", timeout=TURNS_MS)
        await second.set_viewport_size({"width": 500, "height": 320})
        await second.reload()
        await opened(second)
        columns, rows = await second.evaluate("[own.width, own.height]")
        assert columns >= 80  # on a small screen its characters are small, and the studio has room
        assert rows >= 24
        await second.keyboard.press("Control+q")
        await second.wait_for_selector("#end:not([hidden])", timeout=TURNS_MS)
        await second.click("#again")
        await opened(second)
        await browser.close()

    assert not elsewhere
    server.send_signal(signal.SIGTERM)
    out, told = server.communicate(timeout=20)
    assert server.returncode == 0
    assert TOKEN not in out + told
