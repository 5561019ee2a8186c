"""Commands that put a studio into one file, and take it out again elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tui.console import STOPPED, AsJson, Force, check_free, finish, note, progress, stoppable
from tui.packing import KINDS


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
    from studio.archive import ArchiveStopped
    from studio.folder import open_studio
    from tui.packing import pack_studio

    kinds = list(dict.fromkeys(without or ()))
    for kind in kinds:
        if kind not in KINDS:
            raise typer.BadParameter(f"--without {kind} is none of {', '.join(KINDS)}")
    if target.suffix.lower() != ".zip":
        raise typer.BadParameter(f"{target}: an archive ends with .zip")
    check_free(target, force)
    with stoppable() as should_stop:
        try:
            with progress("packing", 1.0) as advance:
                manifest, said = pack_studio(
                    open_studio(context.obj), target, kinds, with_private=with_private, should_stop=should_stop,
                    on_moved=lambda done, total: advance(done / 1e6, max(total / 1e6, 1e-6), "MB"),
                )  # fmt: skip
        except ArchiveStopped as stopped:
            note(f"monoline: stopped; {stopped}")
            raise typer.Exit(STOPPED) from None
    for each in said:
        note(each)
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
