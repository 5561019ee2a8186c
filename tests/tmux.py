"""A real terminal for tests: tmux, on a socket of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

COMES_S = 90.0
COLUMNS, LINES = 120, 36
THERE = shutil.which("tmux") is not None
needs_tmux = pytest.mark.skipif(
    not THERE and not os.environ.get("CI"), reason="tmux is not installed, and stands for the terminal here"
)
"""Skips where a person has no tmux; where everything must be tested, its absence fails."""


class Tmux:
    """The studio in a window of tmux."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        """Args:
        folder: for the exit code.
        arguments: of monoline.
        """
        self._socket = Path(tempfile.mkdtemp(prefix="monoline")) / "tmux"  # a socket's path must be short
        self._code = folder / "code"
        self._code.unlink(missing_ok=True)
        self._tmux("new-session", "-d", "-x", str(COLUMNS), "-y", str(LINES), "cat", check=True)
        self._tmux("set-option", "-g", "remain-on-exit", "on", check=True)
        studio = [sys.executable, "-P", "-m", "tui.start", *arguments]
        line = f'"$@"; echo $? > {self._code}; echo it has ended; cat'
        self._tmux("respawn-pane", "-k", "sh", "-c", line, "sh", *studio, check=True)

    def _tmux(self, *words: str, check: bool = False) -> str:
        environment = {name: value for name, value in os.environ.items() if name not in ("TMUX", "COLUMNS", "LINES")}
        environment |= {"LC_ALL": "C.UTF-8", "COLORTERM": "truecolor", "OMP_NUM_THREADS": "1"}
        command = ["tmux", "-S", str(self._socket), "-f", "/dev/null", *words]
        return subprocess.run(command, capture_output=True, text=True, check=check, env=environment).stdout

    @property
    def screen(self) -> str:
        """What is on it."""
        return self._tmux("capture-pane", "-p")

    def keys(self, *keys: str) -> None:
        """Press these."""
        self._tmux("send-keys", *keys, check=True)

    def until(self, *texts: str, without: str = "") -> str:
        """Wait until all of these are on the screen, and this is not."""
        return self.when(
            lambda: all(text in self.screen for text in texts) and not (without and without in self.screen)
        )

    def when(self, condition: Callable[[], object]) -> str:
        """Wait until something holds, and return what is on the screen then."""
        limit = time.monotonic() + COMES_S
        while not condition():
            assert time.monotonic() < limit, f"it never came to that:\n{self.screen}"
            time.sleep(0.1)  # the terminal is another process; there is nothing to wait on
        return self.screen

    @property
    def studio_pid(self) -> int:
        """The process that the studio is."""
        shell = int(self._tmux("display-message", "-p", "#{pane_pid}"))
        children = Path(f"/proc/{shell}/task/{shell}/children")
        if children.exists():
            return int(children.read_text().split()[0])
        return int(subprocess.run(["pgrep", "-P", str(shell)], capture_output=True, text=True, check=True).stdout)

    def kill(self) -> None:
        """End the studio as a crash does."""
        os.kill(self.studio_pid, signal.SIGKILL)
        self.until("it has ended")

    @property
    def code(self) -> int:
        """The exit code, once it has ended."""
        self.when(self._code.exists)
        self.when(lambda: self._code.read_text().strip())
        return int(self._code.read_text())

    def close(self) -> None:
        """Close the terminal: whatever runs there gets a SIGHUP."""
        self._tmux("kill-server")
        shutil.rmtree(self._socket.parent, ignore_errors=True)
