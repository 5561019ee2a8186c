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
    for entry in sorted(_entries(sketchbooks), key=lambda path: natural(path.name)):
        if entry.is_dir():
            if entry.is_symlink() and sketchbooks.resolve().is_relative_to(entry.resolve()):
                skipped.append(_left_out(sketchbooks, entry, "is a link that leads back to where it lies"))
                continue
            pages: dict[str, ScanFile] = {}
            for scan in _book(entry, lambda path, reason: skipped.append(_left_out(sketchbooks, path, reason))):
                if (same := pages.setdefault(scan.page, scan)) != scan:
                    skipped.append(Skipped(scan.name, f"is the same page as {same.path.name}"))
                elif scan.path.suffix.lower() == ".pdf":
                    skipped.append(Skipped(scan.name, "is a PDF; export its pages as pictures"))
                elif (name := writable(scan.name)) != scan.name:
                    skipped.append(Skipped(name, "has a name that is no UTF-8; rename it"))
                else:
                    scans.append(scan)
        elif _is_picture(entry):
            skipped.append(Skipped(entry.name, "lies in no sketchbook; move it into a folder of its own"))
    return Found(tuple(scans), tuple(skipped))


def find_pictures(folder: Path, on_left_out: OnLeftOut = lambda _path, _reason: None) -> list[Path]:
    """All pictures in a folder and the folders in it, in the order of their names, private ones left out.

    Args:
        on_left_out: gets each folder that is not looked into, and why.
    """
    found: list[Path] = []

    def closed(error: OSError) -> None:
        on_left_out(Path(error.filename), f"can't be looked into: {error.strerror}")

    for place, folders, files in os.walk(folder, onerror=closed):
        folders[:] = [name for name in folders if not name.startswith(".") and name.lower() != PRIVATE]
        for name in folders:
            if (Path(place) / name).is_symlink():  # it may lead back here
                on_left_out(
                    Path(place) / name, "is a link to a folder; move that folder here, or add it as a sketchbook"
                )
        found += [Path(place) / name for name in files if _is_picture(Path(name))]
    return sorted(found, key=lambda path: natural(path.relative_to(folder).as_posix()))


def page_in(inside: Path, parts: Mapping[str, str]) -> tuple[str, str]:
    """What a page of a book is called in it, and the part that it lies in.

    Args:
        inside: the path of its scan in the book.
        parts: folders of parts that the book has, as they are spelt there: ``{"art": "Art"}``.
    """
    folder = inside.parts[0]
    part = folder.lower() if len(inside.parts) > 1 and folder == parts.get(folder.lower()) else ""
    if ART in parts and not part:
        part = LOOSE
    page = inside.with_suffix("") if inside.suffix else inside
    if part == ART:  # its pages are called by their numbers alone
        page = page.relative_to(folder)
    elif part == LOOSE:
        page = LOOSE / page
    return page.as_posix(), part


def writable(name: str) -> str:
    """A name with bytes that are no UTF-8 told as ``\\xe9``: those of a folder from an old disk."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key by which ``page 9`` comes before ``page 10``."""
    parts = re.split(r"(\d+)", name.lower())
    return tuple((1, int(part), part) if part.isdecimal() else (0, 0, part) for part in parts)


def _entries(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        for each in folder.iterdir():
            if not each.name.startswith(".") and each.name.lower() != PRIVATE:
                yield each


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS | {".pdf"} and not path.name.startswith(".")


def _left_out(sketchbooks: Path, path: Path, reason: str) -> Skipped:
    return Skipped(writable(path.relative_to(sketchbooks).as_posix()), reason)


def _book(book: Path, on_left_out: OnLeftOut) -> Iterator[ScanFile]:
    try:
        yield from _scans(book, on_left_out)
    except OSError as error:
        on_left_out(book, f"can't be looked into: {error.strerror}")


def _scans(book: Path, on_left_out: OnLeftOut) -> Iterator[ScanFile]:
    parts = {each.name.lower(): each.name for each in _entries(book) if each.is_dir() and each.name.lower() in PARTS}
    for path in find_pictures(book, on_left_out):
        page, part = page_in(path.relative_to(book), parts)
        name = path.relative_to(book.parent).as_posix()
        yield ScanFile(name, f"{book.name}/{page}", path, part)
