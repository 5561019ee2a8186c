"""Application: the studio as a child process that speaks textual-serve's protocol; knows no tab."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

END_S = 10.0
"""The application has so long to end when it is told to."""
LAST_WORDS = 2000
"""Characters of what it said that are kept."""
KEPT_FROM_IT = ("MONOLINE_TOKEN",)
"""Of the environment: what only the server is to know."""


class Application(AppService):
    """One running studio. What it paints goes to ``on_paint``, in whole writes of its driver."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        on_paint: Callable[[bytes], None],
        on_text: Callable[[str], Awaitable[None]],
        downloads: DownloadManager,
    ) -> None:
        """Args:
        command: the process to start.
        on_text: takes a message for the page in control: to open an address, to fetch a file.
        """
        super().__init__(
            "", write_bytes=_nothing, write_str=on_text, close=_nothing, download_manager=downloads
        )  # fmt: skip
        self._arguments, self._on_paint = list(command), on_paint
        self._said: deque[str] = deque(maxlen=LAST_WORDS)
        self.code: int | None = None
        """Exit code, once it has ended."""

    @property
    def last_words(self) -> str:
        """The end of what it said on stderr."""
        return "".join(self._said).strip()

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        environment = self._build_environment(width, height)
        environment.update(TEXTUAL_DRIVER="tui.browser.driver:TabDriver", COLORTERM="truecolor", TERM="xterm-256color")
        environment["MONOLINE_PICTURES"] = "braille"  # the page shows characters only
        for name in KEPT_FROM_IT:
            environment.pop(name, None)
        # ctrl-c in the terminal of the server is for the server, which ends this in order
        self._process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=environment,
            start_new_session=os.name == "posix",
        )
        assert self._process.stdin is not None
        self._stdin = self._process.stdin
        return self._process

    async def run(self) -> None:
        """Take what the process paints and tells until it ends."""
        process = self._process
        assert process is not None
        assert process.stdout is not None
        assert process.stderr is not None
        listening = asyncio.create_task(self._listen(process.stderr))
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionResetError):
            while await process.stdout.readline() not in (b"__GANGLION__\n", b""):
                pass  # nothing is painted before that line
            while True:
                kind = await process.stdout.readexactly(1)
                payload = await process.stdout.readexactly(int.from_bytes(await process.stdout.readexactly(4), "big"))
                if kind == b"D":
                    self._on_paint(payload)
                elif kind == b"M":
                    await self.on_meta(payload)
                elif kind == b"P":
                    await self.on_packed(payload)
        self.code = await process.wait()
        await listening

    async def _listen(self, stderr: asyncio.StreamReader) -> None:
        while data := await stderr.read(4096):
            self._said.extend(data.decode("utf-8", "replace"))

    async def repaint(self) -> None:
        """Have it paint the whole screen."""
        await self.send_meta({"type": "repaint"})

    async def end(self) -> None:
        """Have the application end in order; after a while it is ended."""
        if self._task is None or self._process is None:
            return
        await self.send_meta({"type": "quit"})
        try:
            await asyncio.wait_for(asyncio.shield(self._task), END_S)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._task

    async def ended(self) -> None:
        """Wait until it has ended."""
        if self._task is not None:
            await asyncio.shield(self._task)


def studio_command(folder: Path) -> tuple[str, ...]:
    """Starts the application on a studio."""
    return (sys.executable, "-P", "-m", "tui.browser.driver", str(folder))


async def _nothing(_data: bytes = b"") -> None:
    """What textual-serve would send to its one tab goes to all tabs, another way."""
