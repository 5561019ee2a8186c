"""Packing: a studio goes into one file, without what is private, while nothing in it is being written."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from configs.errors import MonolineError

if TYPE_CHECKING:
    from studio.archive import Manifest, Moved
    from studio.folder import Studio

KINDS = {
    "scans": "sketchbooks", "drawings": "drawings", "datasets": "datasets", "runs": "runs", "sketches": "sketches",
    "sheets": "sheets", "plots": "plots",
}  # fmt: skip
"""What can be left out, and the folder that it lies in."""


class PackingError(MonolineError):
    """A studio can't be packed now, or not there."""


def pack_studio(
    studio: Studio,
    target: Path,
    without: Collection[str] = (),
    *,
    with_private: bool = False,
    on_moved: Moved = lambda _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[Manifest, list[str]]:
    """Pack a studio, whole or not at all.

    Args:
        without: kinds of files that are left out.

    Returns:
        What was packed, and a sentence on each dataset and run that private scans have changed or kept here.

    Raises:
        PackingError: something is being written, or the file would lie within the studio.
        ArchiveStopped: ``should_stop`` said so.
        StudioError: a file can't be read or written.
    """
    from prep.leaving import copy_catalog, settle_private
    from studio.archive import studio_files, write_archive
    from studio.lock import locked

    if target.resolve().is_relative_to(studio.folder.resolve()):
        raise PackingError(f"{target} would lie within the studio that it holds; name a place outside of it.")
    _check_still(studio, without)
    catalog = studio.catalog.name
    left_out = {KINDS[kind] for kind in without} | {
        catalog,
        *(f"{catalog}{each}" for each in ("-wal", "-shm", "-journal")),
    }
    with locked(studio.folder), tempfile.TemporaryDirectory() as scratch:
        staying = None if with_private else settle_private(studio)
        copy = Path(scratch, catalog)
        if studio.catalog.exists():
            copy_catalog(studio, copy, with_private=with_private)

        def skip(name: str) -> bool:
            return name in left_out or (staying is not None and staying.holds(name))

        files = [
            (name, path if staying is None else staying.without(name, path, Path(scratch)))
            for name, path in studio_files(studio.folder, skip)
        ]
        if copy.exists():
            files.append((catalog, copy))
        manifest = write_archive(
            target,
            studio.folder,
            files,
            without=without,
            private=with_private,
            on_moved=on_moved,
            should_stop=should_stop,
        )
    return manifest, [] if staying is None else list(staying.told)


def _check_still(studio: Studio, without: Collection[str]) -> None:
    """Refuse while something that is packed is written by a process of its own."""
    from studio.runs import FILE, Run, State
    from tui.sweeps import all_runs

    runs = [
        (run, kind) for kind, folder in (("runs", studio.runs), ("plots", studio.plots)) for run in all_runs(folder)
    ]
    runs += [(Run(studio.preparation), "")] if (studio.preparation / FILE).exists() else []
    for run, kind in runs:
        if kind in without:
            continue
        try:
            going = run.state in (State.RUNNING, State.STARTING)
        except MonolineError:  # damaged: it is packed as it is
            continue
        if going:
            or_else = f", or pack without it: --without {kind}" if kind else ""
            raise PackingError(f"{run.folder} goes on and is being written; wait for its end, or stop it{or_else}.")
