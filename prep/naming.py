"""Scans as they come from a scanner, under whatever names, become pages of a book: a plan of names, and what is wrong
with it.

A page is called by its number, ``art/075.jpg``; another scan of it ``075v2``, a part of it ``077--full-diag``.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from prep.errors import PrepError
from prep.finder import Finder
from prep.glance import ALIKE, glance
from prep.moment import taken_at
from prep.moves import same
from prep.reference import parse_stem
from prep.sketchbook import ART, ENDINGS, PARTS, PRIVATE, find_pictures, place, writable

FOLDERS = {"art": ART, "cover": "cover", "notes": "notes", "extra": "xtra", "private": PRIVATE}
"""Where scans of each tag lie in their book."""
TAGS = {part: tag for tag, part in FOLDERS.items()}
SPELT = {".jpeg": ".jpg", ".jpe": ".jpg", ".jfif": ".jpg", ".tiff": ".tif", ".heif": ".heic", ".hif": ".heic"}
"""Endings that mean the same, as they are written here."""
LAST = 99_999

_VARIANT = re.compile(r"(v[1-9]\d{0,2}|--?[^\W\d][\w.,+()&' -]{0,60})?", re.IGNORECASE)
_LONG = re.compile(r"(?:sb|sketchbook|book)[ _-]*\d+[ _-]*(?:p|page)[ _-]*(\d.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Naming:
    """What a scan is to be called."""

    file: str
    """Its path in the book's folder."""
    page: int | None = None
    """None leaves it as it is."""
    variant: str = ""
    tag: str = "art"
    """art, cover, notes, extra or private."""
    note: str = ""
    """Why it is proposed so, for a person."""

    @property
    def stem(self) -> str:
        """Its page as it is written in names."""
        return "" if self.page is None else f"{self.page:03}{self.variant}"

    def target(self, parts: Mapping[str, str]) -> str:
        """Its new path in the book's folder.

        Args:
            parts: of ``parts_of``.
        """
        if self.page is None:
            return self.file
        ending, part = Path(self.file).suffix.lower(), FOLDERS[self.tag]
        return f"{parts.get(part, part)}/{self.stem}{SPELT.get(ending, ending)}"


@dataclass(frozen=True)
class Problem:
    """Why a scan can't be called as planned."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{writable(self.file)}: {self.reason}"


def parts_of(book: Path) -> dict[str, str]:
    """The folders of parts that a book has, as they are spelt there: ``{"art": "Art"}``."""
    return {
        each.name.lower(): each.name for each in sorted(book.iterdir()) if each.name.lower() in PARTS and each.is_dir()
    }


def propose(
    book: Path,
    by: str = "name",
    first: int | None = None,
    looks: Mapping[str, bytes] | None = None,
    tags: Mapping[str, str] | None = None,
) -> list[Naming]:
    """A page number for each scan of a book that has none: in the order of names, or of when it was taken, the next
    number counting on from the page before. What is called by a number already keeps it, if that is free.

    Args:
        book: its folder.
        by: name or time.
        first: the number to begin with; one more than the highest so far without.
        looks: perceptual hashes (32 bytes) of scans by their paths in the book, where known: a scan that looks like
            the one before becomes a variant of its page.
        tags: what a person said that scans are, by their paths in the book; else their tags in the Finder count.
    """
    finder, loose, stems = Finder(), dict[str, str](), set[str]()
    for path in find_pictures(book):
        file = path.relative_to(book).as_posix()
        if is_settled(file):
            stems.add(path.stem.lower())
        elif path.suffix.lower() in ENDINGS:
            loose[file] = _tag(file, (tags or {}).get(file) or finder.tags(path).tag)
    last = max((parsed[0] for parsed in map(parse_stem, stems) if parsed), default=0) if first is None else first - 1
    order = sorted(loose, key=lambda file: place(Path(file).stem))
    if by == "time":
        order.sort(key=lambda file: taken_at(book / file, loose[file]))
    claims: dict[str, Naming] = {}
    for file in order:
        page = _own(Path(file).stem)
        if page is not None and (own := Naming(file, *page, loose[file], "is called so already")).stem not in stems:
            claims[file] = own
            stems.add(own.stem)
    found: list[Naming] = []
    before: bytes | None = None
    for file in order:
        look = (looks or {}).get(file)
        if file in claims:
            found.append(claims[file])
        elif found and look and before and _differ(look, before) <= ALIKE:
            variant = next(f"v{number}" for number in count(2) if f"{last:03}v{number}" not in stems)
            found.append(Naming(file, last, variant, loose[file], f"looks like {writable(found[-1].file)}"))
        else:
            page = next(number for number in count(last + 1) if f"{number:03}" not in stems)
            found.append(Naming(file, page, "", loose[file]))
        last = found[-1].page or last
        stems.add(found[-1].stem)
        before = look
    return found


def look_at(
    book: Path,
    known: Mapping[str, bytes],
    tags: Mapping[str, str],
    on_done: Callable[[int, int], object] = lambda _done, _total: None,
) -> dict[str, bytes]:
    """Perceptual hashes of the scans of a book that have no page yet, by their paths in it; of private ones none.

    Args:
        known: those that were taken before.
        tags: as of ``propose``.
        on_done: gets how many scans are looked at, and of how many.
    """
    finder, found = Finder(), dict(known)
    files = [path.relative_to(book).as_posix() for path in find_pictures(book)]
    todo = [file for file in files if file not in known and not is_settled(file)]
    for number, file in enumerate(todo, 1):
        if (tags.get(file) or finder.tags(book / file).tag) != "private":
            with contextlib.suppress(PrepError):  # it is no picture, and gets a number like all others
                found[file] = glance(book / file, picture_side=0, features=False).dhash
        on_done(number, len(todo))
    return found


def is_settled(file: str) -> bool:
    """Whether a path in a book is that of a page already: a number, in the folder of a part."""
    folder, _, name = file.rpartition("/")
    return folder.lower() in PARTS and parse_stem(Path(name).stem) is not None


def count_on(namings: Sequence[Naming], index: int, page: int, variant: str = "") -> list[Naming]:
    """The plan after a person gave one scan a number: those after it that had plain numbers count on from there."""
    changed = [*namings[:index], replace(namings[index], page=page, variant=variant, note="")]
    last = page
    for each in namings[index + 1 :]:
        if each.page is None or each.note:
            changed.append(each)
        elif each.variant:
            changed.append(replace(each, page=last))
        else:
            last += 1
            changed.append(replace(each, page=last))
    return changed


def check(book: Path, namings: Sequence[Naming]) -> list[Problem]:
    """What is in the way of a plan; empty if it can be done."""
    problems: list[Problem] = []
    parts = parts_of(book)
    moving = {same(each.file) for each in namings}
    taken = {  # pages that stay as they are
        same(path.stem): path.relative_to(book).as_posix()
        for path in find_pictures(book)
        if is_settled(path.relative_to(book).as_posix()) and same(path.relative_to(book).as_posix()) not in moving
    }
    stems: dict[str, str] = {}
    for each in namings:
        if each.page is None:
            continue
        reason = _wrong(book, each)
        if not reason and (other := stems.setdefault(same(each.stem), each.file)) != each.file:
            reason = f"is to be {each.stem} like {writable(other)}; give one of them a variant, as {each.stem}v2"
        if not reason and (other := taken.get(same(each.stem))):
            reason = f"is to be {each.stem}, which {writable(other)} is already"
        if reason := reason or _in_the_way(book, each, moving, parts):
            problems.append(Problem(each.file, reason))
    folders = {book}
    for each in namings:
        if each.page is not None and each.tag in FOLDERS:
            folders |= {(book / each.target(parts)).parent, (book / each.file).parent}
    closed = ((folder.relative_to(book.parent).as_posix(), _closed(book, folder)) for folder in sorted(folders))
    return problems + [Problem(folder, reason) for folder, reason in closed if reason]


def _tag(file: str, tag: str) -> str:
    """What a scan is: by its tag, else by the folder that it lies in."""
    return tag or TAGS.get(file.partition("/")[0].lower() if "/" in file else "", "art")


def _own(stem: str) -> tuple[int, str] | None:
    """The page that a scan is called by already, as 012, 075v2 or sb48p012."""
    long = _LONG.fullmatch(stem)
    return parse_stem(long[1] if long else stem)


def _differ(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def _wrong(book: Path, naming: Naming) -> str:
    """What is wrong with a line of a plan by itself."""
    path = Path(naming.file)
    if path.is_absolute() or ".." in path.parts or "\0" in naming.file:
        return "lies in no folder of the book"
    if naming.page is None or not 0 <= naming.page <= LAST:
        return f"page {naming.page} is no number from 0 to {LAST:,}"
    if not _VARIANT.fullmatch(naming.variant) or naming.variant.endswith((" ", ".")):
        return f"{naming.variant!r} is no variant; write v2 or --a-name"
    if naming.tag not in FOLDERS:
        return f"there is no tag {naming.tag!r}; write {', '.join(FOLDERS)}"
    if path.suffix.lower() not in ENDINGS:
        return "is no picture that can be a scan"
    try:
        state = (book / path).lstat()
    except OSError as error:
        return "is not there" if error.errno == errno.ENOENT else f"can't be looked at: {error.strerror}"
    if not stat.S_ISREG(state.st_mode):
        return "is a link; put the file itself there" if stat.S_ISLNK(state.st_mode) else "is no file"
    return ""


def _in_the_way(book: Path, naming: Naming, moving: set[str], parts: Mapping[str, str]) -> str:
    """A file that has the new name and stays, or a private one of the same page: those are only asked for by name."""
    target = naming.target(parts)
    if os.path.lexists(book / target) and same(target) not in moving:
        return f"{target} is there already"
    if PRIVATE in parts:
        for ending in sorted(ENDINGS):
            private = f"{parts[PRIVATE]}/{naming.stem}{ending}"
            if same(private) not in moving and os.path.lexists(book / private):
                return f"is to be {naming.stem}, which a private scan is already"
    return ""


def _closed(book: Path, folder: Path) -> str:
    """Why files can't be moved out of or into a folder; empty if they can."""
    if folder != book and folder.is_symlink():
        return "is a link to another folder; move that folder here"
    if not os.path.lexists(folder):
        return ""
    if not folder.is_dir():
        return "is a file, and is to be a folder"
    if not os.access(folder, os.W_OK | os.X_OK):
        return "can't be written; change its permissions"
    if folder.stat().st_dev != book.stat().st_dev:
        return "lies on another disk than its book"
    return ""
