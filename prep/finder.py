"""Tags that a person gave scans in the Finder of macOS, wherever that left them."""

from __future__ import annotations

import os
import plistlib
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

COLOURS = {2: "favourite", 5: "notes", 6: "private", 7: "extra"}
"""What the Finder's colours mean, by their numbers: green, yellow, red and orange. No colour is art."""
NAMES = {
    **dict.fromkeys(("red", "private", "priv"), "private"),
    **dict.fromkeys(("orange", "extra", "extras", "xtra"), "extra"),
    **dict.fromkeys(("yellow", "notes"), "notes"),
    **dict.fromkeys(("green", "favourite", "favourites", "favorite", "favorites"), "favourite"),
}
"""What tags without a colour mean, by what they are called."""
LARGEST = 1 << 20
"""Bytes of the largest file of attributes that is read; what a Finder writes has a few hundred."""

RELATIVE = "__MACOSX"
"""Folder in which an unpacked archive of macOS keeps what belongs to its files."""

_TAGS, _INFO, _DOUBLE = "_kMDItemUserTags", "com.apple.FinderInfo", "org.netatalk.Metadata"


class FinderTags(NamedTuple):
    """What the tags of a file mean."""

    tag: str = ""
    """notes, private or extra; empty without any of these colours."""
    favourite: bool = False


NONE = FinderTags()


class Finder:
    """Reads the tags of many files; what it knows of folders is as old as itself."""

    def __init__(self) -> None:
        self._beside: dict[Path, dict[str, list[Path]]] = {}

    def tags(self, path: Path) -> FinderTags:
        """The tags of a file, from its extended attributes and from what macOS leaves beside it on other disks.

        What is damaged counts as if it were not there, and nothing of it is raised.
        """
        meanings: set[str] = set()
        try:
            names = _list_attributes(path)
        except (OSError, ValueError):  # no such file, or a file system without attributes
            names = []
        for name in names:
            if any(each in name for each in (_TAGS, _INFO, _DOUBLE)):
                meanings |= _safely(lambda name=name: _attribute(name, _get_attribute(path, name)))
        folder = path.parent
        if (beside := self._beside.get(folder)) is None:
            beside = self._beside[folder] = _doubles(folder)
        for file in beside.get(path.name, ()) if beside else ():
            meanings |= _safely(lambda file=file: _double(_read(file)))
        if not meanings:
            return NONE
        tag = next((each for each in ("private", "extra", "notes") if each in meanings), "")
        return FinderTags(tag, "favourite" in meanings)


def finder_tags(path: Path) -> FinderTags:
    """The tags of one file; see Finder.tags."""
    return Finder().tags(path)


def _doubles(folder: Path) -> dict[str, list[Path]]:
    """Files that macOS left for files in a folder, by the names of those: beside them, and where archives keep them."""
    found: dict[str, list[Path]] = {}
    for place in (folder, *_relatives(folder.absolute())):
        try:
            with os.scandir(place) as entries:
                for each in entries:
                    if each.name.startswith("._"):
                        found.setdefault(each.name[2:], []).append(place / each.name)
        except OSError:
            continue
    return found


def _relatives(folder: Path) -> Iterator[Path]:
    """What an unpacked archive may have for a folder: one in ``__MACOSX``, which lies beside it or above."""
    inside = Path()
    for above in (folder, *folder.parents)[:4]:  # one in a part, a part, a book, a folder of sketchbooks
        yield above / RELATIVE / inside
        inside = above.name / inside


def _safely(read: Callable[[], set[str]]) -> set[str]:
    try:
        return read()
    except Exception:  # noqa: BLE001 - a damaged attribute is none, whatever the parser makes of it
        return set()


def _read(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(LARGEST)


def _attribute(name: str, value: bytes) -> set[str]:
    """What an attribute means; servers put something before and after the names that macOS gave them."""
    if _TAGS in name:
        return _plist(value)
    return _info(value) if _INFO in name else _double(value)


def _plist(value: bytes) -> set[str]:
    """What a property list of ``name, line end, number of its colour`` means."""
    meanings: set[str] = set()
    for each in plistlib.loads(value.rstrip(b"\0") if value.startswith(b"<") else value):
        name, _, number = str(each).partition("\n")
        colour = int(number) if number.strip().isdecimal() else 0
        meanings.add(COLOURS.get(colour, "") or (NAMES.get(name.strip().lower(), "") if not colour else ""))
    return meanings


def _info(value: bytes) -> set[str]:
    """What the label in the Finder's information means, from before there were tags."""
    return {COLOURS.get(value[9] >> 1 & 7, "")}


def _double(data: bytes) -> set[str]:
    """What an AppleDouble file means: the Finder's information, and attributes behind it."""
    if not data.startswith(b"\x00\x05\x16\x07"):
        return set()
    meanings: set[str] = set()
    (entries,) = struct.unpack_from(">H", data, 24)
    for number in range(min(entries, 64)):
        kind, offset, length = struct.unpack_from(">III", data, 26 + 12 * number)
        if kind != 9:
            continue
        part = data[offset : offset + length]
        meanings |= _safely(lambda part=part: _info(part))
        if data[offset + 34 : offset + 38] == b"ATTR":
            meanings |= _safely(lambda offset=offset: _attributes(data, offset + 34))
    return meanings


def _attributes(data: bytes, header: int) -> set[str]:
    meanings: set[str] = set()
    (count,) = struct.unpack_from(">H", data, header + 34)
    place = header + 36
    for _ in range(min(count, 256)):
        offset, length, _flags, name_length = struct.unpack_from(">IIHB", data, place)
        name = data[place + 11 : place + 11 + name_length].rstrip(b"\0").decode("utf-8", "replace")
        if any(each in name for each in (_TAGS, _INFO)):
            value = data[offset : offset + length]
            meanings |= _safely(lambda name=name, value=value: _attribute(name, value))
        place += -(-(11 + name_length) // 4) * 4
    return meanings


if sys.platform == "darwin":  # whose Python does not offer them
    import ctypes

    _libc = ctypes.CDLL(None, use_errno=True)
    _libc.listxattr.restype = _libc.getxattr.restype = ctypes.c_ssize_t
    _libc.listxattr.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]
    _libc.getxattr.argtypes = [
        *(ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p),
        *(ctypes.c_size_t, ctypes.c_uint32, ctypes.c_int),
    ]

    def _list_attributes(path: Path) -> list[str]:
        names = ctypes.create_string_buffer(1 << 16)
        size = _libc.listxattr(os.fsencode(path), names, len(names), 0)
        return [os.fsdecode(name) for name in names.raw[: max(0, size)].split(b"\0") if name]

    def _get_attribute(path: Path, name: str) -> bytes:
        value = ctypes.create_string_buffer(1 << 16)
        size = _libc.getxattr(os.fsencode(path), os.fsencode(name), value, len(value), 0, 0)
        return value.raw[: max(0, size)]

elif sys.platform == "linux":

    def _list_attributes(path: Path) -> list[str]:
        return os.listxattr(path)

    def _get_attribute(path: Path, name: str) -> bytes:
        return os.getxattr(path, name)

else:

    def _list_attributes(path: Path) -> list[str]:
        return []

    def _get_attribute(path: Path, name: str) -> bytes:
        return b""
