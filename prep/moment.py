"""When a scan was taken."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path


def taken_at(path: Path, tag: str = "") -> tuple[str, int]:
    """When a scan was taken, as it says itself; else, and of private ones, the time of its file. Sorts by time."""
    stated = ""
    if tag != "private":
        try:
            stated = _stated(path)
        except Exception:  # noqa: BLE001 - it is only a hint, and Pillow raises all sorts of things
            stated = ""
    try:
        state = path.stat()
    except OSError:
        return stated, 0
    if not stated:
        stated = datetime.fromtimestamp(state.st_mtime).strftime("%Y:%m:%d %H:%M:%S")  # noqa: DTZ006 - as cameras do
    return stated, state.st_mtime_ns


def _stated(path: Path) -> str:
    from PIL import Image

    with path.open("rb") as stream:
        if stream.read(12)[4:8] == b"ftyp":
            import pillow_heif

            pillow_heif.register_heif_opener()
    with Image.open(path) as image:
        exif = image.getexif()
        stated = exif.get_ifd(0x8769).get(0x9003) or exif.get(0x0132) or ""
    return stated if re.fullmatch(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d", str(stated)) else ""
