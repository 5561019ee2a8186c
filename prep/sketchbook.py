"""Sketchbooks: the scans in a folder of books, and what each page is called."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ENDINGS = frozenset(
    {
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp", ".bmp", ".gif"),
        *(".heic", ".heif", ".hif", ".avif", ".ppm", ".pgm", ".pnm"),
    }
)
"""Names of pictures that may be scans; what is in them is looked at when they are read."""
ART = "art"
PARTS = frozenset({"cover", ART, "notes", "xtra", "priv"})
"""Folders that a sorted sketchbook has; of such a book only ``art`` is drawings."""
LOOSE = "loose"
"""The part of scans that lie in no part of a book which has an ``art``."""
PRIVATE = "priv"
"""A folder of this name is never looked into."""

OnLeftOut = Callable[[Path, str], object]


@dataclass(frozen=True)
class ScanFile:
    """A scan in a sketchbook."""

    name: str
    """Its path from the folder of all sketchbooks, as ``sb01/art/001.jpg``."""
    page: str
    """What its page is called, as ``sb01/001``; the same after the page is scanned anew into another format."""
    path: Path
    part: str = ""
    """The folder in its book: art, cover, notes, xtra, or loose beside these; empty in a book without ``art``."""

    @property
    def book(self) -> str:
        """The sketchbook's folder."""
        return self.page.partition("/")[0]


@dataclass(frozen=True)
class Skipped:
    """Something that was not used, and why."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


@dataclass(frozen=True)
class Found:
    """What lies in the sketchbooks."""

    scans: tuple[ScanFile, ...]
    """By book, then by page, numbers in their order."""
    skipped: tuple[Skipped, ...] = ()

    @property
    def art(self) -> tuple[ScanFile, ...]:
        """Those that their folders call drawings."""
        return tuple(scan for scan in self.scans if scan.part in ("", ART))


def find_scans(sketchbooks: Path) -> Found:
    """All scans in a folder of sketchbooks, a folder a book, each with the part of its book that it lies in.

    Hidden files and folders called priv are never looked at. Of two files that are the same page, as 001.jpg and
    001.tif, the first counts.
    """
    scans: list[ScanFile] = []
    skipped: list[Skipped] = []
    for entry in sorted(_entries(sketchbooks), key=lambda path: place(path.name)):
        if entry.is_dir():
            if entry.is_symlink() and sketchbooks.resolve().is_relative_to(entry.resolve()):
                skipped.append(_left_out(sketchbooks, entry, "is a link that leads back to where it lies"))
                continue
            pages: dict[str, ScanFile] = {}
            for scan in _book(entry, lambda path, reason: skipped.append(_left_out(sketchbooks, path, reason))):
                if (same := pages.setdefault(scan.page, scan)) != scan:
                    skipped.append(Skipped(scan.name, f"is the same page as {same.path.name}"))
                elif scan.name.lower().endswith(".pdf"):
                    skipped.append(Skipped(scan.name, "is a PDF; export its pages as pictures"))
                elif (name := writable(scan.name)) != scan.name:
                    skipped.append(Skipped(name, "has a name that is no UTF-8; rename it"))
                else:
                    scans.append(scan)
        elif _is_picture(entry.name):
            skipped.append(Skipped(entry.name, "lies in no sketchbook; move it into a folder of its own"))
    return Found(tuple(scans), tuple(skipped))


def find_pictures(folder: Path, on_left_out: OnLeftOut = lambda _path, _reason: None) -> list[Path]:
    """All pictures in a folder and the folders in it, in the order of their names, private ones left out.

    Args:
        on_left_out: gets each folder that is not looked into, and why.
    """
    return [folder / name for name in _names(folder, on_left_out)]


def _names(folder: Path, on_left_out: OnLeftOut) -> list[str]:
    """As find_pictures, by their paths from the folder on, with slashes."""
    found: list[str] = []
    start = len(os.path.join(folder, ""))  # noqa: PTH118 - there may be 100,000, and paths of pathlib are slow

    def closed(error: OSError) -> None:
        on_left_out(Path(error.filename), f"can't be looked into: {error.strerror}")

    for place_, folders, files in os.walk(folder, onerror=closed):
        folders[:] = [name for name in folders if not name.startswith(".") and name.lower() != PRIVATE]
        for name in folders:
            if (Path(place_) / name).is_symlink():  # it may lead back here
                on_left_out(
                    Path(place_) / name, "is a link to a folder; move that folder here, or add it as a sketchbook"
                )
        inside = place_[start:].replace(os.sep, "/")
        found += [f"{inside}/{name}" if inside else name for name in files if _is_picture(name)]
    return sorted(found, key=place)


def page_in(inside: str, parts: Mapping[str, str]) -> tuple[str, str]:
    """What a page of a book is called in it, and the part that it lies in.

    Args:
        inside: the path of its scan in the book.
        parts: folders of parts that the book has, as they are spelt there: ``{"art": "Art"}``.
    """
    folder, _, rest = inside.partition("/")
    part = folder.lower() if rest and folder == parts.get(folder.lower()) else ""
    if ART in parts and not part:
        part = LOOSE
    page = inside[: inside.rfind(".")]
    if part == ART:  # its pages are called by their numbers alone
        page = page[len(ART) + 1 :]
    elif part == LOOSE:
        page = f"{LOOSE}/{page}"
    return page, part


def writable(name: str) -> str:
    """A name with bytes that are no UTF-8 told as ``\\xe9``: those of a folder from an old disk."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def place(name: str) -> str:
    """A text that sorts as a person would: ``page 9`` before ``page 10``."""
    return _DIGITS.sub(lambda digits: digits.group().zfill(12), name.lower())


_DIGITS = re.compile(r"\d+")


def _entries(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        for each in folder.iterdir():
            if not each.name.startswith(".") and each.name.lower() != PRIVATE:
                yield each


def _is_picture(name: str) -> bool:
    return not name.startswith(".") and name[name.rfind(".") :].lower() in _LISTED and "." in name


_LISTED = ENDINGS | {".pdf"}


def _left_out(sketchbooks: Path, path: Path, reason: str) -> Skipped:
    return Skipped(writable(path.relative_to(sketchbooks).as_posix()), reason)


def _book(book: Path, on_left_out: OnLeftOut) -> Iterator[ScanFile]:
    try:
        yield from _scans(book, on_left_out)
    except OSError as error:
        on_left_out(book, f"can't be looked into: {error.strerror}")


def _scans(book: Path, on_left_out: OnLeftOut) -> Iterator[ScanFile]:
    parts = {each.name.lower(): each.name for each in _entries(book) if each.is_dir() and each.name.lower() in PARTS}
    for inside in _names(book, on_left_out):
        page, part = page_in(inside, parts)
        yield ScanFile(f"{book.name}/{inside}", f"{book.name}/{page}", book / inside, part)
