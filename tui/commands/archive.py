"""Commands that put a studio into one file, and take it out again elsewhere."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.console import STOPPED, AsJson, CommandError, Force, check_free, finish, note, progress, stoppable

if TYPE_CHECKING:
    from studio.folder import Studio

KINDS = {
    "scans": "sketchbooks", "drawings": "drawings", "datasets": "datasets", "runs": "runs", "sketches": "sketches",
    "sheets": "sheets", "plots": "plots",
}  # fmt: skip
"""What can be left out, and the folder that it lies in."""


def register(app: typer.Typer) -> None:
    """Add these commands to the top level."""
    app.command()(pack)
    app.command()(unpack)


def pack(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE.zip", help="Where the studio is packed to.")],
    without: Annotated[
        list[str] | None, typer.Option(metavar="KIND", help=f"Leave out {', '.join(KINDS)}; may be said again.")
    ] = None,
    with_private: Annotated[bool, typer.Option("--with-private", help="Take private scans along.")] = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Pack the studio into one file, to keep it or to open it elsewhere.

    Private scans stay here, and so does what was made of them. Nothing may be running meanwhile.
    """
    from prep.leaving import copy_catalog, settle_private
    from studio.archive import ArchiveStopped, studio_files, write_archive
    from studio.folder import open_studio
    from studio.lock import locked

    kinds = list(dict.fromkeys(without or ()))
    for kind in kinds:
        if kind not in KINDS:
            raise typer.BadParameter(f"--without {kind} is none of {', '.join(KINDS)}")
    if target.suffix.lower() != ".zip":
        raise typer.BadParameter(f"{target}: an archive ends with .zip")
    check_free(target, force)
    studio = open_studio(context.obj)
    if target.resolve().is_relative_to(studio.folder.resolve()):
        raise CommandError(f"{target} would lie within the studio that it holds; name a place outside of it.")
    _check_still(studio, kinds)
    left_out = {KINDS[kind] for kind in kinds}
    with locked(studio.folder), tempfile.TemporaryDirectory() as scratch, stoppable() as should_stop:
        staying = None if with_private else settle_private(studio)
        said = [] if staying is None else list(staying.told)
        for each in said:
            note(each)
        catalog = Path(scratch, studio.catalog.name)
        if studio.catalog.exists():
            copy_catalog(studio, catalog, with_private=with_private)
        of_the_catalog = {
            studio.catalog.name,
            *(f"{studio.catalog.name}{each}" for each in ("-wal", "-shm", "-journal")),
        }

        def skip(name: str) -> bool:
            return name in left_out or name in of_the_catalog or (staying is not None and staying.holds(name))

        files = list(studio_files(studio.folder, skip))
        if catalog.exists():
            files.append((studio.catalog.name, catalog))
        try:
            with progress("packing", 1.0) as advance:
                manifest = write_archive(
                    target, studio.folder, files, without=kinds, private=with_private, should_stop=should_stop,
                    on_moved=lambda done, total: advance(done / 1e6, max(total / 1e6, 1e-6), "MB"),
                )  # fmt: skip
        except ArchiveStopped as stopped:
            note(f"monoline: stopped; {stopped}")
            raise typer.Exit(STOPPED) from None
    size = target.stat().st_size
    result: dict[str, Any] = {
        "file": str(target), "bytes": size, "files": len(manifest.files), "without": kinds, "private": with_private,
        "told": said,
    }  # fmt: skip
    finish(result, f"{target}: {len(manifest.files):,} files, {size / 1e6:,.1f} MB", as_json=as_json)


def unpack(
    source: Annotated[Path, typer.Argument(metavar="FILE.zip", help="What pack wrote.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the studio is to be; new or empty.")],
    as_json: AsJson = False,
) -> None:
    """Unpack a studio into a new folder; each file is checked, and all are there in the end, or none."""
    from studio.archive import ArchiveStopped, read_archive
    from studio.folder import open_studio

    with stoppable() as should_stop:
        try:
            with progress("unpacking", 1.0) as advance:
                manifest = read_archive(
                    source, folder, should_stop=should_stop,
                    on_moved=lambda done, total: advance(done / 1e6, max(total / 1e6, 1e-6), "MB"),
                )  # fmt: skip
        except ArchiveStopped as stopped:
            note(f"monoline: stopped; {stopped}")
            raise typer.Exit(STOPPED) from None
    studio = open_studio(folder)
    result = {"folder": str(folder), "name": studio.name, "files": len(manifest.files), "without": manifest.without}
    finish(
        result, f"{studio.name}: {len(manifest.files):,} files; monoline --studio {folder} opens it", as_json=as_json
    )


def _check_still(studio: Studio, without: list[str]) -> None:
    """Refuse while something that is packed is written by a process of its own."""
    from configs.errors import MonolineError
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
            raise CommandError(f"{run.folder} goes on and is being written; wait for its end, or stop it{or_else}.")
