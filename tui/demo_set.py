"""The studio's datasets, and the demo set: what the demo artist draws into a studio that has none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.folder import Studio

NAME = "demo.npz"
DRAWINGS = 400
SEED = 1


BESIDE = (".md", ".png")
"""Endings of what lies beside a dataset: its datasheet and its contact sheet."""


def datasets(studio: Studio) -> list[Path]:
    """The files and folders of drawings in the studio's datasets, the newest first."""
    every = (path for path in studio.datasets.iterdir() if not path.name.startswith("."))
    paths = [path for path in every if path.suffix.lower() not in BESIDE]
    return sorted(paths, key=lambda path: (-path.stat().st_mtime, path.name))


def draw_demo_set(studio: Studio, on_share: Callable[[float], object]) -> None:
    """Write the demo set into the studio's datasets, unless it is there.

    Args:
        on_share: is told how much of it is drawn, 0 to 1.

    Raises:
        MonolineError: the studio is in use, or can't be written.
    """
    from drawing.collection import write_collection
    from prep.artist import ArtistSettings
    from prep.book import about_book, draw_book, split_book
    from studio.lock import locked

    path, settings = studio.datasets / NAME, ArtistSettings()
    if path.exists():
        return
    with locked(studio.folder):
        sketches = list(draw_book(SEED, DRAWINGS, settings, lambda done: on_share(done / DRAWINGS)))
        write_collection(path, split_book(sketches), about_book(SEED, settings))
