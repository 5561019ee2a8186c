"""The official software at work: a process, what it printed so far, and how it is asked to pause."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import IO

from plotter.axidraw import PlotSettings
from plotter.errors import NotReady, PlotterBusy, PlotterError
from plotter.official import Listener, Official, choose, options_of
from studio.runs import POLL_S

LOG = "official.log"
"""All that it was asked and all that it printed, in the folder of the plot."""
CAN_PAUSE = os.name != "nt"
"""Windows has no SIGINT for a process without a terminal."""
_PID = "official.pid"
"""Number of its process, in the folder of the plot while it is at work."""
PEN_S = 20.0
"""It moves a pen within this time, or not at all."""
_END_S = 30.0


def move_pen(port: str, settings: PlotSettings, machine: str, *, up: bool) -> None:
    """Have the official software raise or lower the pen, while nothing is drawn.

    Raises:
        PlotterError: it is not installed, or in its own words.
    """
    chosen = choose(port)
    words = [*chosen.official.pen(up=up), *options_of(chosen, settings, machine)]
    with tempfile.TemporaryDirectory() as folder:
        heard, code = Software(Path(folder), chosen.official).ask(words, PEN_S)
    if code:
        raise PlotterError(f"{chosen.official.name} ended with code {code}: {heard.words or 'it did not say why.'}")


class Work:
    """It at work on one thing."""

    def __init__(self, process: subprocess.Popen[bytes], output: IO[str]) -> None:
        self._process, self._output = process, output
        self.heard = Listener()

    def poll(self) -> int | None:
        """Hear what it printed since; its exit code once it has ended."""
        code = self._process.poll()
        self.heard.hear(self._output.read())
        if code is not None:
            self.heard.end()
        return code

    def pause(self) -> None:
        """Ctrl-C: a plot comes to rest, raises the pen and saves how far it is."""
        self._process.send_signal(signal.SIGINT)

    def terminate(self) -> None:
        """End it harder."""
        self._process.terminate()

    def end(self) -> None:
        """See to it that it has ended, as gently as it allows."""
        for ask in (self.pause if CAN_PAUSE else self.terminate, self._process.kill):
            if self._process.poll() is not None:
                return
            ask()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_S)


class Software:
    """The official software, to be given work in the folder of a plot."""

    def __init__(self, folder: Path, official: Official) -> None:
        self._folder, self._official = folder, official

    def check_at_rest(self) -> None:
        """Refuse to begin while it still draws for a process that was killed; on Windows nobody can tell.

        Raises:
            PlotterBusy: it does.
        """
        path = self._folder / _PID
        with contextlib.suppress(OSError, ValueError):
            number = int(path.read_text(encoding="ascii"))
            if os.name == "posix":
                os.kill(number, 0)
                raise PlotterBusy(
                    f"{self._official.name} still draws this plot, as process {number}: wait for its end, or pause it "
                    f"by the plotter's button. If it has ended, delete {path}."
                )

    @contextlib.contextmanager
    def at_work(self, words: Sequence[str]) -> Generator[Work]:
        """Start it with these options; it has ended when the block has.

        What it prints goes to a file and not through a pipe: if this process is killed, it draws on undisturbed.

        Raises:
            NotReady: it can't be run.
        """
        log, command = self._folder / LOG, [*self._official.command, *words]
        with log.open("a", encoding="utf-8") as file:
            file.write(f"$ {' '.join(command)}\n")
        with log.open("ab") as out, log.open(encoding="utf-8", errors="replace", newline="") as back:
            back.seek(0, os.SEEK_END)
            try:
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=self._folder,
                    env={**os.environ, "PYTHONUNBUFFERED": "1"},
                )  # fmt: skip
            except OSError as error:
                raise NotReady(f"{command[0]} can't be run: {error.strerror or error}.") from error
            work, pid = Work(process, back), self._folder / _PID
            pid.write_text(str(process.pid), encoding="ascii")
            try:
                yield work
            finally:
                work.end()
                pid.unlink(missing_ok=True)

    def ask(
        self, words: Sequence[str], limit_s: float | None = None, *, give_up: Callable[[], bool] = lambda: False
    ) -> tuple[Listener, int]:
        """What it prints until it has ended, and its exit code.

        Args:
            limit_s: it is ended after so many seconds.
            give_up: asked meanwhile; it is ended if so.
        """
        until = None if limit_s is None else time.monotonic() + limit_s
        with self.at_work(words) as work:
            while (code := work.poll()) is None:
                if give_up() or (until is not None and time.monotonic() > until):
                    work.terminate()
                time.sleep(POLL_S)
        return work.heard, code
