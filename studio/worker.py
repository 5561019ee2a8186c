"""Worker: a process of its own that stays warm and answers requests, one JSON object a line.

It does not know what is asked for. What loads slowly, as torch, loads in there, and what breaks,
breaks in there: whoever asks hears of it and the next request finds a fresh process.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, cast

from studio.errors import WorkerError

Message = dict[str, Any]
QUIT: Message = {"do": "quit"}
CLOSING_S = 0.3
"""How long a process may take to end once it was told to; whoever quits waits for it, and it has nothing to lose."""


class Worker:
    """A process that answers requests; started by the first one, and again by the next one after it broke.

    Replies come in a thread of their own. Any number of requests may be on their way.
    """

    def __init__(
        self, command: Sequence[str], on_reply: Callable[[Message], object], on_end: Callable[[WorkerError], object]
    ) -> None:
        """Args:
        command: what to start; it reads requests from stdin, writes replies to stdout, and ends at
            ``{"do": "quit"}`` or the end of stdin.
        on_reply: takes a reply; called in a thread, one at a time.
        on_end: hears that the process ended without being told to, whatever was asked of it is lost;
            called in the same thread.
        """
        self._command, self._on_reply, self._on_end = tuple(command), on_reply, on_end
        self._process: _Process | None = None
        self._lock = threading.Lock()
        self._closed = False

    @property
    def running(self) -> bool:
        """True while the process is there, warm or warming up."""
        return self._process is not None and self._process.alive

    def send(self, request: Message) -> None:
        """Pass a request on, starting the process if there is none; returns at once.

        Raises:
            WorkerError: it can't be started, or ``close`` was called.
        """
        line = json.dumps(request, allow_nan=False).encode() + b"\n"
        with self._lock:
            if self._closed:
                raise WorkerError(f"{self._command[-1]} was closed; start monoline again.")
            if self._process is None or not self._process.alive:
                self._process = _Process(self._command, self._on_reply, self._on_end)
            self._process.requests.put(line)

    def close(self) -> None:
        """End the process within a moment; nothing more is heard of it."""
        with self._lock:
            self._closed = True
            process, self._process = self._process, None
        if process is not None:
            process.close()


class _Process:
    """One life of the process: a thread that feeds it and one that listens."""

    def __init__(
        self,
        command: tuple[str, ...],
        on_reply: Callable[[Message], object],
        on_end: Callable[[WorkerError], object],
    ) -> None:
        self._name, self._on_reply, self._on_end = command[-1], on_reply, on_end
        self._closing = False
        self.alive = True
        self.requests: queue.Queue[bytes | None] = queue.Queue()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the process has ended
        try:
            self._popen = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, start_new_session=True
            )
        except OSError as error:
            self._errors.close()
            raise WorkerError(f"{Path(command[0]).name} can't be started: {error.strerror or error}.") from error
        self._stdin = cast(IO[bytes], self._popen.stdin)
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._feed, self._listen)]
        for thread in self._threads:
            thread.start()

    def _feed(self) -> None:
        """Write what is asked; a thread of its own, since a pipe whose reader is busy blocks."""
        with contextlib.suppress(OSError, ValueError):  # it is gone: the listening thread tells of that
            while (line := self.requests.get()) is not None:
                self._stdin.write(line)
                self._stdin.flush()
        with contextlib.suppress(OSError):
            self._stdin.close()

    def _listen(self) -> None:
        stdout = cast(IO[bytes], self._popen.stdout)
        stray = ""
        for line in stdout:
            reply = _parse(line)
            if reply is None:  # a library that talks; worth knowing only if it is the last word
                stray = line.decode(errors="replace").strip() or stray
            elif not self._closing:
                self._on_reply(reply)
        stdout.close()
        code = self._popen.wait()
        self.alive = False
        self.requests.put(None)
        words = self._last_words() or stray
        self._errors.close()
        if not self._closing:
            how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
            why = f": {words.rstrip('.')}." if words else "."
            self._on_end(WorkerError(f"{self._name} {how}{why} The next request starts it again."))

    def _last_words(self) -> str:
        """The last line that is not empty of what it wrote to stderr."""
        self._errors.seek(0, 2)
        self._errors.seek(max(0, self._errors.tell() - 4096))
        lines = self._errors.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def close(self) -> None:
        self._closing = True
        self.requests.put(json.dumps(QUIT).encode() + b"\n")
        self.requests.put(None)
        try:
            self._popen.wait(CLOSING_S)
        except subprocess.TimeoutExpired:
            self._popen.kill()  # it holds nothing that could be lost
            self._popen.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()


def _parse(line: bytes) -> Message | None:
    try:
        reply: Any = json.loads(line)
    except ValueError:
        return None
    return cast(Message, reply) if isinstance(reply, dict) else None
