from __future__ import annotations

import fcntl
import math
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import numpy as np
import pytest
from screens import star

from plotter.papers import find_paper
from plotter.sheet import Sheet
from tui.sharp import Sharpness, ask_terminal, may_answer
from tui.widgets.sharp_view import Inks, drawn, scan_picture, sheet_picture

COMES_S = 30.0
PLAIN = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
QUESTION = re.compile(rb"\x1b_G[^\x1b]*a=q[^\x1b]*\x1b\\")


class Terminal:
    """What stands behind a pty: it answers as a kitty does, or as a plain terminal."""

    def __init__(self, descriptor: int, *, kitty: bool, sixel: bool = False) -> None:
        self._descriptor, self._kitty, self._sixel = descriptor, kitty, sixel
        self.seen = b""
        self._answered = 0

    def until(self, words: bytes) -> None:
        """Read until these came, answering what is asked."""
        limit = time.monotonic() + COMES_S
        while words not in self.seen:
            assert time.monotonic() < limit, self.seen[-2000:]
            if select.select([self._descriptor], [], [], 0.1)[0]:
                self.seen += os.read(self._descriptor, 65536)
                self._answer()

    def _answer(self) -> None:
        part = self.seen[self._answered :]
        if b"\x1b[c" in part:
            self._answered = len(self.seen)
            os.write(self._descriptor, b"\x1b[?62;4c" if self._sixel else b"\x1b[?62;22c")
        elif self._kitty and QUESTION.search(part):
            self._answered = len(self.seen)
            os.write(self._descriptor, b"\x1b_Gi=1;OK\x1b\\")

    def press(self, keys: bytes) -> None:
        os.write(self._descriptor, keys)


@pytest.mark.skipif(os.name != "posix", reason="a terminal is made with a pty, which this system has not")
@pytest.mark.parametrize(
    ("environment", "kind", "sends"),
    [
        ({"TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1"}, "kitty", b"\x1b_G"),
        ({"TERM": "foot"}, "sixel", b"\x1bP"),
        ({}, "", b""),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux"}, "", b""),
        ({"TERM": "xterm-kitty", "MONOLINE_PICTURES": "braille"}, "", b""),
    ],
)
def test_a_large_drawing_is_sharp_where_the_terminal_says_so_and_in_braille_everywhere_else(
    kept: Path, environment: dict[str, str], kind: str, sends: bytes
) -> None:
    ours, its = os.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 1000, 600))
    command = [sys.executable, "-P", "-m", "tui.start", "--studio", str(kept)]
    whole = {key: value for key, value in os.environ.items() if key not in ("TMUX", "STY", "TERM_PROGRAM")}
    with subprocess.Popen(
        command, stdin=its, stdout=its, stderr=its, start_new_session=True, env=whole | PLAIN | environment
    ) as studio:
        try:
            os.close(its)
            terminal = Terminal(ours, kitty=kind == "kitty", sixel=kind == "sixel")
            terminal.until(b"train")
            if not kind:
                assert b"\x1b[c" not in terminal.seen  # nobody was asked
                assert b"\x1b_G" not in terminal.seen
            terminal.press(b"z")
            terminal.until(b"Back")
            if kind == "kitty":
                terminal.until(b"\xf4\x8e\xbb\xae")  # the character that stands for a part of a picture
                assert b"f=100" in terminal.seen
                assert b"iVBORw0KGgo" in terminal.seen  # a PNG
                terminal.press(b"q")
                terminal.until(b"a=d")  # the terminal need not keep it
            elif kind == "sixel":
                terminal.until(b"\x1bP")
                terminal.until(b"\x1b\\")
            else:
                terminal.until("⠤".encode()[:2])
                assert b"\x1b_G" not in terminal.seen
                assert b"\x1bP" not in terminal.seen
        finally:
            studio.kill()
            os.close(ours)
    assert not sends or sends in terminal.seen


def test_where_nothing_is_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONOLINE_PICTURES", "kitty")
    assert ask_terminal() == Sharpness()


def test_terminals_that_answer_are_known_by_their_names() -> None:
    assert may_answer({"TERM": "xterm-kitty"})
    assert may_answer({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"})
    assert not may_answer({"TERM": "xterm-256color"})
    assert not may_answer({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1", "TMUX": "/tmp/x"})


def test_a_sharp_drawing_has_the_colours_of_the_theme_and_its_beginning_told_apart() -> None:
    whole = star(5)
    beginning = type(whole).of([whole.lines[0][:2]])
    inks = Inks((200, 210, 220), (1, 2, 3), (255, 0, 0))
    image = drawn(whole, beginning, (10, 20))((300, 200), inks)
    assert image.size == (300, 200)
    colours = [colour for _, colour in image.getcolors(1 << 16) or []]
    for wanted in ((200, 210, 220), (1, 2, 3), (255, 0, 0)):
        assert min(math.dist(wanted, colour) for colour in colours) < 20


def test_a_scan_and_a_sheet_fill_what_room_there_is() -> None:
    inks = Inks((0, 0, 0), (9, 9, 9), (255, 0, 0))
    grey = np.full((100, 50), 200, dtype=np.uint8)
    grey[40:60, 20:30] = 0
    image = scan_picture(grey, (-10.0, 0.0, 60.0, 100.0))((300, 200), inks)
    assert image.size == (300, 200)
    assert image.getpixel((0, 0)) == (9, 9, 9)
    assert image.getpixel((150, 100)) == (0, 0, 0)
    assert image.getpixel((150, 20)) == (200, 200, 200)
    paper = find_paper("A6")
    page = sheet_picture(Sheet(paper, star(5).scale(0.2), margin_mm=5.0))((300, 200), inks)
    assert page.size == (300, 200)
    assert page.getpixel((0, 0)) == (9, 9, 9)
    assert page.getpixel((150, 100)) != (9, 9, 9)
