from __future__ import annotations

import os
import plistlib
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from prep import finder
from prep.finder import Finder, FinderTags, finder_tags

NAME = "user.com.apple.metadata:_kMDItemUserTags"


def tags(*names: str) -> bytes:
    return plistlib.dumps(list(names), fmt=plistlib.FMT_BINARY)


def label(number: int) -> bytes:
    """The Finder's information on a file with this label."""
    return bytes(9) + bytes([number << 1 | 1]) + bytes(22)


def double(info: bytes = bytes(32), **attributes: bytes) -> bytes:
    """An AppleDouble file as macOS writes it."""
    names = {f"com.apple.metadata:{name}".encode() + b"\0": value for name, value in attributes.items()}
    table = b""
    start = 120 + sum(-(-(11 + len(name)) // 4) * 4 for name in names)
    values = b""
    for name, value in names.items():
        entry = struct.pack(">IIHB", start + len(values), len(value), 0, len(name)) + name
        table, values = table + entry + bytes(-len(entry) % 4), values + value
    told = b"ATTR" + struct.pack(">IIII12xHH", 0, start + len(values), start, len(values), 0, len(names))
    body = info + b"\0\0" + told + table + values
    head = struct.pack(">II16sH", 0x00051607, 0x00020000, b"Mac OS X        ", 2)
    return head + struct.pack(">IIIIII", 9, 50, len(body), 2, 50 + len(body), 0) + body


@pytest.fixture
def attributes(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Those of every file, whatever the file system of the tests can keep."""
    kept: dict[str, bytes] = {}
    monkeypatch.setattr(finder, "_list_attributes", lambda _path: list(kept))
    monkeypatch.setattr(finder, "_get_attribute", lambda _path, name: kept[name])
    return kept


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (tags("Yellow\n5"), FinderTags("notes")),
        (tags("Rot\n6", "Gelb\n5"), FinderTags("private")),
        (tags("Orange\n7", "Favorit\n2"), FinderTags("extra", favourite=True)),
        (tags("Blue\n4", "Sicily", "Gray\n1"), FinderTags()),
        (tags("Private", "Green"), FinderTags("private", favourite=True)),
        (tags("Red\n4"), FinderTags()),
        (tags(), FinderTags()),
        (plistlib.dumps(["Green\n2"]), FinderTags("", favourite=True)),
        (plistlib.dumps({"a": 1}), FinderTags()),
        (plistlib.dumps(7), FinderTags()),
        (tags("Red\n6")[:20], FinderTags()),
        (b"", FinderTags()),
        (b"bplist00" + bytes(range(256)), FinderTags()),
    ],
)
def test_colours_are_tags_and_damage_is_none(
    tmp_path: Path, attributes: dict[str, bytes], value: bytes, expected: FinderTags
) -> None:
    attributes[NAME] = value
    assert finder_tags(tmp_path / "1.jpg") == expected


def test_labels_from_before_there_were_tags(tmp_path: Path, attributes: dict[str, bytes]) -> None:
    attributes["com.apple.FinderInfo"] = label(6)
    assert finder_tags(tmp_path / "1.jpg") == FinderTags("private")
    attributes["com.apple.FinderInfo"] = label(2)[:9]
    assert finder_tags(tmp_path / "1.jpg") == FinderTags()


def test_a_real_attribute_is_read(tmp_path: Path) -> None:
    scan = tmp_path / "a b 🎨.jpg"
    scan.touch()
    set_attribute: Callable[[Path, str, bytes], None] | None = getattr(os, "setxattr", None)
    if set_attribute is None:
        pytest.skip("this Python sets no extended attributes")
    try:
        set_attribute(scan, NAME, tags("Red\n6", "Green\n2"))
    except OSError:
        pytest.skip("this file system has no extended attributes")
    assert finder_tags(scan) == FinderTags("private", favourite=True)
    assert finder_tags(tmp_path / "missing.jpg") == FinderTags()


def test_what_macos_leaves_on_other_disks_and_in_archives(tmp_path: Path) -> None:
    (tmp_path / "sb01/art").mkdir(parents=True)
    (tmp_path / "__MACOSX/sb01/art").mkdir(parents=True)
    (tmp_path / "sb01/art/._1.jpg").write_bytes(double(_kMDItemUserTags=tags("Yellow\n5")))
    (tmp_path / "sb01/art/._2.jpg").write_bytes(double(label(6)))
    (tmp_path / "__MACOSX/sb01/art/._3.jpg").write_bytes(double(_kMDItemUserTags=tags("Green\n2"), other=b"x"))
    look = Finder()
    found = [look.tags(tmp_path / f"sb01/art/{number}.jpg") for number in range(1, 5)]
    assert found == [FinderTags("notes"), FinderTags("private"), FinderTags("", favourite=True), FinderTags()]


def test_a_damaged_file_of_attributes_is_none(tmp_path: Path) -> None:
    whole = double(label(7), _kMDItemUserTags=tags("Yellow\n5"))
    beside = tmp_path / "._1.jpg"
    for size in range(0, len(whole), 7):
        beside.write_bytes(whole[:size])
        assert finder_tags(tmp_path / "1.jpg").tag in ("", "notes", "extra")
    for place in range(20, len(whole), 5):
        beside.write_bytes(whole[:place] + b"\xff\xff" + whole[place + 2 :])
        assert finder_tags(tmp_path / "1.jpg").tag in ("", "notes", "extra", "private")
    beside.unlink()
    beside.mkdir()
    assert finder_tags(tmp_path / "1.jpg") == FinderTags()


def test_a_scan_without_attributes_costs_one_listing_and_no_parsing(
    tmp_path: Path, attributes: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    attributes["user.other"] = b""
    asked: list[object] = []
    monkeypatch.setattr(finder, "_list_attributes", lambda path: asked.append(path) or ["user.other"])
    monkeypatch.setattr(finder, "_get_attribute", lambda _path, name: asked.append(name) or b"")
    assert Finder().tags(tmp_path / "1.jpg") == FinderTags()
    assert asked == [tmp_path / "1.jpg"]
