"""How the studio feels: key to repaint, a gallery of 40, memory, and ten thousand actions, in a terminal of its own.

    python benchmarks/studio.py [--actions 10000] [--minutes 2]

The terminal says that it takes whole frames (mode 2026), so that a frame is over when the application
says so. A key counts until the last frame that shows what it did: a move of the cursor in a gallery of 24
drawings changes the cells that it leaves and enters. First nothing else runs, then a training run takes
all cores, as ``monoline train`` would; beside it stands the least application that Textual can show, which
repaints one line, under the same load.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import random
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
MONOLINE = [str(Path(sys.executable).parent / "monoline")]
COLUMNS, LINES = 120, 36
REPAINT_MS, GALLERY_MS, MEMORY_MB, GROWTH_MB = 50.0, 20.0, 150.0, 5.0
KEYS = 300
QUIET_S = 0.004
"""Without a byte for so long after a frame, and nothing more belongs to it."""
FRAME_ENDS = b"\x1b[?2026l"
ASKED, ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;1$y"
WALK = {
    "1": ["right", "left", "down", "up", "enter escape", "n", "b b", "f1 escape", "v escape", "pagedown", "home"],
    "2": [", .", "l l", "end", "home", "f1 escape", "ctrl+b ctrl+b"],
    "3": ["right", "left", "down", "up", "enter escape", "k d", "l l", "+ -", "r", "s escape", "a escape"],
    "4": ["d", "right", "left", "n N", "s s", "o o", "enter escape", "a escape", "h escape"],
    "5": ["v v", "f1 escape", "o escape", "h escape"],
}
"""On each screen what a person does there that leaves it as it was, or nearly; keys of one entry go together."""
EVERYWHERE = ["t escape", "ctrl+p escape", "question_mark question_mark"]
BYTES = {
    "right": b"\x1b[C", "left": b"\x1b[D", "up": b"\x1b[A", "down": b"\x1b[B", "escape": b"\x1b", "enter": b"\r",
    "f1": b"\x1bOP", "ctrl+b": b"\x02", "ctrl+p": b"\x10", "pagedown": b"\x1b[6~", "home": b"\x1b[H", "end": b"\x1b[F",
    "question_mark": b"?",
}  # fmt: skip
BARE = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        yield Static("0", id="count")

    def on_key(self):
        count = self.query_one("#count", Static)
        count.update(str(int(str(count.render())) + 1))

Bare().run()
"""


FORTY = """
from textual.app import App
from drawing.drawing import Drawing
from prep.artist import sketch
from tui.widgets.gallery import Gallery

DRAWINGS = [sketch(1, index).drawing for index in range(400)]

class Forty(App):
    turn = 0

    def compose(self):
        yield Gallery(numbered=False)

    def on_ready(self):
        self.on_key()

    def on_key(self):
        first = 40 * (self.turn % 10)
        self.turn += 1
        fresh = [Drawing(each.lines) for each in DRAWINGS[first : first + 40]]
        self.query_one(Gallery).show(fresh, [f"forty {self.turn}"] * 40)

Forty().run()
"""
"""Forty drawings that were never shown before, for each key."""


class Terminal:
    """A program in a pseudo terminal that is read here."""

    def __init__(self, command: Sequence[str], columns: int = COLUMNS, lines: int = LINES) -> None:
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
            os.execvp(command[0], list(command))
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process = psutil.Process(self.pid)
        self._last = b""

    def read(self, seconds: float) -> bytes:
        """What comes within this time, as soon as something does; the question for whole frames is answered."""
        if not select.select([self._terminal], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self._terminal, 1 << 18)
        except OSError:
            raise SystemExit("The program ended:\n" + plain(self._last).decode(errors="replace")) from None
        self._last = (self._last + data)[-20_000:]
        if ASKED in data:
            os.write(self._terminal, ANSWER)
        return data

    def until(self, text: str, seconds: float = 90.0) -> None:
        """Read until this is on the screen."""
        limit, seen = time.monotonic() + seconds, b""
        while text.encode() not in plain(seen):
            if time.monotonic() > limit:
                raise TimeoutError(f"{text} never came")
            seen = (seen + self.read(1.0))[-(1 << 20) :]

    def rest(self, seconds: float = 0.3, most: float = 10.0) -> None:
        """Read until nothing has come for this long, or something always does."""
        limit = time.monotonic() + most
        while self.read(seconds) and time.monotonic() < limit:
            pass

    def write(self, keys: str) -> None:
        """Press keys, named apart by blanks; an escape gets the time that it takes to be one."""
        for key in keys.split():
            os.write(self._terminal, BYTES.get(key, key.encode()))
            if key == "escape":
                self.idle(0.12)

    def idle(self, seconds: float) -> None:
        """Let time go by, reading what comes."""
        limit = time.monotonic() + seconds
        while (left := limit - time.monotonic()) > 0:
            self.read(left)

    def frame_ms(self, key: str) -> float:
        """Milliseconds from a key until the frame that shows it is there."""
        began = time.perf_counter()
        self.write(key)
        seen, ended = b"", began
        while True:
            data = self.read(QUIET_S if FRAME_ENDS in seen else 5.0)
            if not data:
                break
            seen, ended = seen + data, time.perf_counter()
        if FRAME_ENDS not in seen:
            raise TimeoutError("no frame within 5 s")
        return 1000 * (ended - began)

    def memory_mb(self) -> float:
        """What the process alone holds, without its children."""
        return self.process.memory_info().rss / 1e6

    def close(self) -> None:
        """End it."""
        os.kill(self.pid, signal.SIGKILL)
        os.close(self._terminal)
        os.waitpid(self.pid, 0)


def plain(data: bytes) -> bytes:
    """Without orders to the terminal."""
    return re.sub(rb"\x1b\[[0-9;?<=>]*[A-Za-z$]|\x1b[()][A-Z0-9]|\x1b[=>]", b"", data)


def keys_ms(terminal: Terminal, keys: Sequence[str]) -> list[float]:
    """Each key, with a person's pause after it."""
    chance, took = random.Random(1), []
    for number in range(KEYS):
        took.append(terminal.frame_ms(keys[number % len(keys)]))
        terminal.idle(chance.uniform(0.02, 0.12))
    return took


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 stay below."""
    return statistics.quantiles(values, n=20)[-1]


def tell(what: str, value: float, limit: float, unit: str) -> None:
    """A line with the ratio to the limit."""
    print(f"{what:<62} {value:8.1f} {unit}  {value / limit:.2f} of the limit of {limit:g} {unit}", flush=True)


def repaint(folder: Path, minutes: float) -> None:
    """Key to repaint, with nothing else and beside a training run, of the studio and of bare Textual."""
    bare = Terminal([sys.executable, "-P", "-c", BARE])
    bare.until("0")
    studio = Terminal([*MONOLINE, "--studio", str(folder), "--demo"])
    studio.until("kept", 180)
    studio.rest(3.0)
    ways = (("a key in Sample", studio, ("right", "left", "down", "up")), ("a key in bare Textual", bare, ("a",)))
    for what, terminal, keys in ways:
        took = keys_ms(terminal, keys)
        tell(f"{what}, nothing else runs, 95th percentile", p95(took), REPAINT_MS, "ms")
    data = next((folder / "datasets").glob("*.npz"))
    train = ["train", "small", "--data", str(data), "--out", str(folder / "runs" / "load"), "--minutes", str(minutes)]
    with subprocess.Popen([*MONOLINE, *train], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        events = folder / "runs" / "load" / "events.jsonl"
        while not (events.exists() and b'"step"' in events.read_bytes()):
            time.sleep(0.2)
        for what, terminal, keys in ways:
            took = keys_ms(terminal, keys)
            tell(f"{what}, beside a training run, 95th percentile", p95(took), REPAINT_MS, "ms")
            print(f"{'':<62} median {statistics.median(took):.1f} ms, worst {max(took):.1f} ms")
        studio.write("2")
        studio.rest(1.0)
        took = keys_ms(studio, ("l", "l"))
        tell("a key in Train, which is watched, 95th percentile", p95(took), REPAINT_MS, "ms")
        assert run.poll() is None, "the training ended before the keys did: --minutes"
        run.send_signal(signal.SIGINT)
    bare.close()
    studio.close()


def gallery() -> None:
    """A key until forty other drawings are on the screen, in cells of 18 x 10."""
    terminal = Terminal([sys.executable, "-P", "-c", FORTY], 200, 60)
    terminal.until("forty 1")
    terminal.rest(1.0)
    took = keys_ms(terminal, ("a",))
    tell("a gallery of 40 drawings, painted anew, median", statistics.median(took), GALLERY_MS, "ms")
    tell("a gallery of 40 drawings, painted anew, 95th percentile", p95(took), GALLERY_MS, "ms")
    terminal.close()


def actions(folder: Path, count: int) -> None:
    """Memory, threads and files of the process after ever more of what a person does."""
    studio = Terminal([*MONOLINE, "--studio", str(folder), "--demo"])
    studio.until("kept", 180)
    studio.rest(3.0)
    chance, done, screen = random.Random(2), 0, "3"
    held: list[tuple[int, float]] = []
    began = time.monotonic()
    while done < count:
        if chance.random() < 0.05:
            screen = chance.choice(list(WALK))
            keys = screen
        else:
            keys = chance.choice(WALK[screen] if chance.random() < 0.95 else EVERYWHERE)
        studio.write(keys)
        studio.idle(0.01)
        done += len(keys.split())
        if done // (count // 20) > len(held):
            studio.rest(1.0)
            held.append((done, studio.memory_mb()))
            process = studio.process
            beside = f"{process.num_threads()} threads  {process.num_fds()} files  {time.monotonic() - began:.0f} s"
            print(f"{done:>7} actions  {held[-1][1]:6.1f} MB  {beside}", flush=True)
    assert studio.process.is_running()
    tell(f"memory after {done} actions", held[-1][1], MEMORY_MB, "MB")
    half = held[len(held) // 2 :]
    tell("growth over the second half of them", half[-1][1] - half[0][1], GROWTH_MB, "MB")
    studio.close()


def main() -> None:
    """Print each beside its limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--actions", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=4.0, help="how long the training run may take")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        studio = Path(folder) / "studio"
        gallery()
        repaint(studio, asked.minutes)
        actions(studio, asked.actions)


if __name__ == "__main__":
    main()
