"""How long from ``make studio`` to the first frame, in a terminal of its own; best of eight, and cold.

Beside it stands the least application that Textual can show, on the same machine in the same run: the
three take turns, so that a machine that is busy for a while is so for all of them.

Cold means that the system has dropped what it had read of the disk, which only root may ask for; else
it is told as not measured.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT_S, RUNS = 0.6, 8
LOOK_FOR = b"Prepare"
BARE = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        yield Static("Prepare")

Bare().run()
"""


def first_frame_s(command: list[str]) -> float:
    """Seconds until the tabs of the header are on the screen."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
        os.execvp(command[0], command)
    began = time.perf_counter()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    seen = b""
    try:
        while LOOK_FOR not in seen:
            if not select.select([terminal], [], [], 30)[0]:
                raise TimeoutError("no first frame within 30 s")
            seen += os.read(terminal, 65536)
        return time.perf_counter() - began
    finally:
        os.kill(child, signal.SIGTERM)
        os.close(terminal)
        os.waitpid(child, 0)


def drop_caches() -> bool:
    """Have the system forget what it has read; False where that is not allowed."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3")
    except OSError:
        return False
    return True


def main() -> None:
    """Print each, and its ratio to the limit and to bare Textual."""
    folder = Path(tempfile.mkdtemp()) / "studio"
    through_make = ["make", "--silent", "studio"]
    commands = {
        "bare Textual": [sys.executable, "-P", "-c", BARE],
        "monoline": [str(ROOT / ".venv/bin/monoline"), "--studio", str(folder)],
        "make studio": through_make,
    }
    subprocess.run(["make", "--silent", "install"], cwd=ROOT, check=True)
    first_frame_s(through_make)  # the demo studio is made by now
    cold = first_frame_s(through_make) if drop_caches() else None
    best = dict.fromkeys(commands, 30.0)
    for _ in range(RUNS):
        for name, command in commands.items():
            best[name] = min(best[name], first_frame_s(command))
    for name, took_s in best.items():
        print(
            f"{name:<12} warm {took_s:.2f} s to the first frame ({took_s / LIMIT_S:.2f} of the limit of {LIMIT_S} s, "
            f"{took_s / best['bare Textual']:.2f} of bare Textual)"
        )
    print("make studio  cold " + ("not measured, it takes root" if cold is None else f"{cold:.2f} s"))
    shutil.rmtree(folder.parent, ignore_errors=True)


if __name__ == "__main__":
    main()
