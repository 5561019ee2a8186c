"""Hostile and damaged SVG: refused with one line that names the file, and nothing is fetched, run or left behind."""

from __future__ import annotations

import gzip
import random
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from drawing.drawing import Drawing
from drawing.errors import DrawingError, RefusedFile, UnreadableFile
from drawing.recipe import Recipe
from drawing.svg import read_svg, svg_text

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="100mm" height="100mm" viewBox="0 0 100 100">'
)
LINE = '<path d="M1,2L3,4"/>'


def page(body: str) -> str:
    return f"{HEAD}{body}</svg>"


LAUGHS = (
    '<!DOCTYPE svg [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{"&" + chr(97 + n) + ";"}{"&" + chr(97 + n) + ";"}">' for n in range(20))
    + "]>"
    + page("<text>&u;</text>" + LINE)
)
CHAIN = "".join(f'<g id="a{n}"><use href="#a{n + 1}"/><use href="#a{n + 1}"/></g>' for n in range(60))
WIDE = "".join(f'<g id="a{n}">' + f'<use href="#a{n + 1}"/>' * 100 + "</g>" for n in range(3))
DEEP_COPIES = "".join(f'<g id="a{n}">{"<g>" * 100}<use href="#a{n + 1}"/>{"</g>" * 100}</g>' for n in range(100))
LONG_CHAIN = "".join(f'<g id="a{n}"><use href="#a{n + 1}"/></g>' for n in range(400))
BACKWARDS = "".join(f'<g id="a{n}"><use href="#a{n + 1}"/></g>' for n in reversed(range(600)))
CURVES = "C500000,0 -500000,500000 1,1 " * 40_000  # 5 GB of points

REFUSED = {
    "a billion laughs": (LAUGHS, "declares XML entities"),
    "an entity from a file": (
        f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>{page("<text>&a;</text>" + LINE)}',
        "declares XML entities",
    ),
    "a parameter entity from the net": (
        f'<!DOCTYPE svg [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;]>{page(LINE)}',
        "declares XML entities",
    ),
    "a copy from another file": (page(f'<use href="file:///etc/passwd#x"/>{LINE}'), "uses another file (file:///etc"),
    "a copy from the net": (page(f'<use xlink:href="http://127.0.0.1:9/a.svg#x"/>{LINE}'), "uses another file (http"),
    "a copy of itself": (page(f'<g id="a"><use href="#a"/></g>{LINE}'), "#a is made of copies of itself"),
    "two copies of each other": (
        page(f'<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>{LINE}'),
        "is made of copies of itself",
    ),
    "copies of copies": (page(f'{CHAIN}<path id="a60" d="M0,0L1,1"/><use href="#a0"/>'), "points; more than 500,000"),
    "a million copies": (page(f'{WIDE}<path id="a3" d="M0,0L1,1"/>'), "points; more than 500,000"),
    "a million points": (page(f'<path d="M0,0{"L1,1" * 1_000_000}"/>'), "about 1,000,003 points"),
    "a million points in a polyline": (page(f'<polyline points="{"1,1 " * 1_000_000}"/>'), "points; more than 500,000"),
    "curves of millions of chords": (page(f'<path d="M0,0{CURVES}"/>'), "come to more than 5,000,000 chords"),
    "many paths of millions of chords": (
        page(f'<path d="M0,0{CURVES[:3000]}"/>' * 400),
        "come to more than 5,000,000 chords",
    ),
}
UNREADABLE = {
    "nothing": ("", "is not an SVG file, or was cut off"),
    "noise": ("\x00\x01\x02\x7f\x03", "is not an SVG file"),
    "a web page": ("<html><body><p>text</p></body></html>", "is XML, but not SVG: it begins with <html>"),
    "a careless web page": ("<!DOCTYPE html><html><body><p>text<br></body></html>", "is not an SVG file"),
    "plain text": ("hello", "is not an SVG file"),
    "half a file": (page(LINE)[:-20], "was cut off"),
    "10,000 groups": (page(f"{'<g>' * 10_000}{LINE}{'</g>' * 10_000}"), "nests elements deeper than 200"),
    "400 copies in a row": (page(LONG_CHAIN + LINE), "nests copies deeper than 200"),
    "groups of copies of groups": (page(DEEP_COPIES + LINE), "nests elements and copies too deep"),
    "copies in a row from the end": (page(BACKWARDS + LINE), "nests elements and copies too deep"),
    "an unknown encoding": ('<?xml version="1.0" encoding="klingon"?>' + page(LINE), "is not an SVG file"),
    "a number beyond all numbers": (page('<path d="M0,0L1e999,0"/>'), "coordinates that are not finite numbers"),
    "a far point": (page('<path d="M0,0L1e300,0"/>'), "1e+300 mm wide or high"),
    "a bent infinity": (page('<path d="M0,0C1e308,1e308 -1e308,0 5,5"/>'), "a shape that can't be read"),
    "an arc beyond all numbers": (page('<path d="M0,0A1e308,1e308 0 0 1 5,5"/>'), "a shape that can't be read"),
    "a circle beyond all numbers": (page('<circle r="1e308"/>'), "a shape that can't be read"),
    "an overflowing transform": (
        page(f'<g transform="scale(1e308) scale(1e308)">{LINE}</g>'),
        "coordinates that are not finite numbers",
    ),
    "a transform of no numbers": (page(f'<g transform="matrix(nan,0,0,1,0,0)">{LINE}</g>'), "can't be read"),
}


def assert_one_line_about(error: DrawingError, path: Path, reason: str) -> None:
    text = str(error)
    assert str(path) in text
    assert reason in text
    assert "\n" not in text
    assert len(text) < 400


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at once where a connection is tried."""

    def connect(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.mark.usefixtures("offline", "little_memory")
@pytest.mark.parametrize("what", REFUSED)
def test_a_hostile_page_is_refused(tmp_path: Path, what: str) -> None:
    text, reason = REFUSED[what]
    path = tmp_path / "hostile.svg"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedFile) as caught:
        read_svg(path)
    assert_one_line_about(caught.value, path, reason)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_damaged_page_is_told(tmp_path: Path, what: str) -> None:
    text, reason = UNREADABLE[what]
    path = tmp_path / "damaged.svg"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile) as caught:
        read_svg(path)
    assert_one_line_about(caught.value, path, reason)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.usefixtures("offline")
def test_a_document_type_alone_is_no_reason_to_refuse_or_to_connect(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    (tmp_path / "old.svg").write_text(doctype + page(f'<image href="http://127.0.0.1:9/x.png"/>{LINE}'))
    assert len(read_svg(tmp_path / "old.svg").drawing.lines) == 1


def test_what_is_just_within_the_limits_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.svg"
    path.write_text(page(f'{"<g>" * 190}{LINE}{"</g>" * 190}<path d="M0,0{"L1,1" * 50_000}"/>'))
    assert [len(line) for line in read_svg(path).drawing.lines] == [2, 50_001]


@pytest.mark.usefixtures("little_memory")
def test_two_packed_gigabytes_of_zeros_are_refused_and_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.svgz"
    path.write_bytes(gzip.compress(b"\0" * (16 << 20), 9) * 128)
    assert path.stat().st_size < 4 << 20
    with pytest.raises(RefusedFile, match=r"bomb\.svgz is larger than 256 MB"):
        read_svg(path)


@pytest.mark.parametrize("kept", [2, 9, 30, -9, -1])
def test_a_packed_file_that_was_cut_off_is_told(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "cut.svgz"
    path.write_bytes(gzip.compress(page(LINE).encode())[:kept])
    with pytest.raises(UnreadableFile, match=r"cut\.svgz"):
        read_svg(path)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"none\.svg can't be read: No such file"):
        read_svg(tmp_path / "none.svg")
    with pytest.raises(UnreadableFile, match="can't be read"):
        read_svg(tmp_path)


WRITTEN = svg_text(
    Drawing.of([[[1, 2], [30, 4], [5, 6]], [[7, 8]]]), recipe=Recipe(kind="artist", seed=3), title="page", width_mm=50
)
DRAWN = page(
    '<style>.a{display:none}</style><defs><g id="i"><circle cx="5" cy="5" r="2"/></g></defs>'
    '<g transform="rotate(30 5,5)"><use href="#i" x="3"/><path class="b" d="M1,2c3,4 5,6 7,8s1-1 2 2a3,4 5 0 1 6,7z"/>'
    '<rect x="1" width="50%" height="4" rx="1"/><polyline points="1,2 3,4"/></g>'
    '<svg viewBox="0 0 5 5"><line x2="4"/></svg>'
)


@pytest.mark.parametrize("text", [WRITTEN, DRAWN], ids=["written by monoline", "drawn by hand"])
def test_flipped_bytes_give_a_drawing_or_a_reason(tmp_path: Path, text: str) -> None:
    assert_flips_are_told(tmp_path / "flipped.svg", text.encode(), lambda path: read_svg(path).drawing)


def assert_flips_are_told(path: Path, whole: bytes, read: Callable[[Path], Drawing]) -> None:
    dice = random.Random(11)
    good = 0
    for _ in range(1500):
        data = bytearray(whole)
        for _ in range(dice.choice((1, 1, 2, 5))):
            place = dice.randrange(len(data))
            data[place] = dice.choice((dice.randrange(256), ord(dice.choice("0123456789.-e%#<>/\"' "))))
        path.write_bytes(data)
        told = ""
        try:
            good += read(path).points > 0
        except DrawingError as error:
            told = str(error)
        assert not told or path.name in told
    assert good > 100
    assert list(path.parent.iterdir()) == [path]


def test_a_page_cut_off_anywhere_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cut.svg"
    for size in range(0, len(DRAWN) - 1, 3):
        path.write_text(DRAWN[:size])
        with pytest.raises(UnreadableFile, match=r"cut\.svg"):
            read_svg(path)
