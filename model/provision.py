"""What a run takes along: a copy of the drawings it learns from, so that its folder is all it needs elsewhere."""

from __future__ import annotations

import shutil
from pathlib import Path

from studio.errors import StudioError
from studio.events import Listener, Said
from studio.files import replacing, replacing_folder

STEM = "data"
LARGEST = 200 << 20
"""Bytes of drawings that are copied; of more the place is remembered only."""


def keep_data(folder: Path, path: Path, on_event: Listener) -> None:
    """Copy the drawings into the folder of a run unless they are very large; what can't be copied is told."""
    files = [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]
    size = sum(each.stat().st_size for each in files)
    if size > LARGEST:
        on_event(Said(text=f"{path} is not copied into the run; to go on elsewhere name it there with --data"))
        return
    try:
        if path.is_dir():
            with replacing_folder(folder / STEM, lambda _: True) as place:
                shutil.copytree(path, place, dirs_exist_ok=True)
        else:
            with replacing(folder / (STEM + "".join(path.suffixes[-2:]))) as place:
                shutil.copyfile(path, place)
    except (StudioError, OSError, shutil.Error) as error:
        on_event(Said(text=f"{path} could not be copied into the run: {error}", level="warning"))


def kept_data(folder: Path) -> Path | None:
    """The copy in the folder of a run; None if there is none."""
    return next((each for each in kept_in(folder)), None)


def kept_in(folder: Path) -> list[Path]:
    """All copies of drawings in the folder of a run."""
    return [each for each in sorted(folder.glob(f"{STEM}*")) if each.name == STEM or each.name.startswith(f"{STEM}.")]
