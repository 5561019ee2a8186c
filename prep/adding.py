"""Scans copied into a studio's sketchbooks."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from prep.errors import PrepError
from prep.sketchbook import ENDINGS, PARTS, PRIVATE, find_pictures
from studio.files import replacing
from studio.folder import Studio


@dataclass(frozen=True)
class Added:
    """What was copied."""

    book: str
    copied: int
    already: int
    """Scans that were there before."""


def add_scans(
    studio: Studio,
    source: Path,
    book: str,
    on_done: Callable[[int, int], object] = lambda _done, _total: None,
) -> Added:
    """Copy a picture, or all pictures of a folder, into a sketchbook; what lies there already stays as it is.

    Args:
        source: never changed.
        book: name of the sketchbook's folder, made if needed.
        on_done: gets how many are done, and of how many.

    Raises:
        PrepError: no pictures there, a folder that can't be looked into, a name that is none, another scan of the same
            name, or a disk that is full.
    """
    if wrong := wrong_name(book):
        raise PrepError(wrong)
    root = source if source.is_dir() else source.parent
    pictures = find_pictures(source, _refuse) if source.is_dir() else [source]
    if not pictures or pictures[0].suffix.lower() not in ENDINGS | {".pdf"}:
        raise PrepError(f"{source} has no pictures in it; scans are .jpg, .png, .tif, .heic and the like.")
    copied = already = 0
    for number, path in enumerate(pictures, 1):
        target = studio.sketchbooks / book / path.relative_to(root)
        try:
            if target.exists():
                if not filecmp.cmp(path, target, shallow=False):
                    raise PrepError(f"{target} is another scan than {path}; choose another sketchbook for it.")
                already += 1
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                with replacing(target) as temporary:
                    shutil.copyfile(path, temporary)
                copied += 1
        except OSError as error:
            raise PrepError(f"{path} can't be copied to {target}: {error.strerror or error}.") from None
        on_done(number, len(pictures))
    return Added(book, copied, already)


def books_in(source: Path) -> list[Path]:
    """The sketchbooks in a folder that holds nothing else; none if it is one itself: has pictures, or parts as art."""
    try:
        entries = sorted(source.iterdir()) if source.is_dir() else []
    except OSError:  # adding it tells why
        return []
    folders = [each for each in entries if each.is_dir() and not each.is_symlink() and not each.name.startswith(".")]
    itself = any(each.name.lower() in PARTS - {PRIVATE} for each in folders)
    if itself or any(each.suffix.lower() in ENDINGS for each in entries if not each.name.startswith(".")):
        return []
    return [each for each in folders if not wrong_name(each.name) and find_pictures(each)]


def _refuse(path: Path, reason: str) -> None:
    raise PrepError(f"{path} {reason}.")


def wrong_name(book: str) -> str:
    """Why a sketchbook can't be called so; empty if it can."""
    if not book or book.startswith(".") or "/" in book or "\\" in book or book.lower() == "priv":
        return "A sketchbook needs a name that can be a folder's, as sb01."
    return ""
