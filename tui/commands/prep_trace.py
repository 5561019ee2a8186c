"""``monoline prep trace``: scans to strokes in a file, without a studio."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tui.console import STOPPED, AsJson, CommandError, Force, check_free, finish, note, progress, stoppable

if TYPE_CHECKING:
    from prep.trace import TraceSettings


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(trace)


def trace(
    scans: Annotated[list[Path], typer.Argument(metavar="SCAN...", help="Pictures, or folders of them.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="JSON to write.", show_default=False)],
    root: Annotated[Path, typer.Option(metavar="DIR", help="Scans are named by their paths from here.")] = Path(),
    backend: Annotated[
        Literal["graph", "autotrace"], typer.Option(help="graph is monoline's own, autotrace the source article's.")
    ] = "graph",
    fine: Annotated[bool, typer.Option("--fine", help="See small details, at a fraction of the speed.")] = False,
    max_points: Annotated[
        int | None, typer.Option(min=2, help="Simplify each drawing to so many points at most.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="One setting of tracing, as ink.dark=0.5.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 is one a core, 1 this one alone.")] = 0,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Trace scans and separate the drawings on them: strokes in pixels of the scan, in one file.

    Scans that can't be read are skipped. Ctrl-C writes what is done.
    """
    from configs.load import load
    from prep.autotrace import require_autotrace
    from prep.engine import EngineSettings, run_each
    from prep.loose import trace_strokes
    from prep.trace import TraceSettings
    from studio.files import replacing

    check_free(out, force)
    skipped: list[str] = []
    named = _named(scans, root, lambda path, reason: skipped.append(f"{path} {reason}"))
    overrides = [f"backend={backend}", f"fine={str(fine).lower()}", *(settings or ())]
    chosen: TraceSettings = load(TraceSettings, None, overrides)
    if chosen.backend == "autotrace":
        require_autotrace()
    engine = EngineSettings(scheduler="serial" if workers == 1 else "auto", workers=workers)
    orders = [{"name": name, "path": path, "settings": chosen, "max_points": max_points} for name, path in named]
    began, scanned, drawings = time.monotonic(), 0, 0
    with (
        replacing(out) as temporary,
        temporary.open("w", encoding="utf-8", newline="\n") as file,
        progress("tracing", len(orders)) as advance,
        stoppable() as should_stop,
    ):
        file.write('{"pages":{')
        for done, each in enumerate(run_each(trace_strokes, orders, engine, should_stop), 1):
            name = each.item["name"]
            if each.result is None:
                reason = each.reason.removeprefix(f"{each.item['path']} ")
                skipped.append(f"{name}: {reason}")
            else:  # written at once: the strokes of a shelf of books are more than memory should hold
                count, text = each.result
                file.write(f"{',' if scanned else ''}\n{json.dumps(name)}:{text}")
                scanned, drawings = scanned + 1, drawings + count
            advance(done)
        stopped = should_stop()
        file.write("\n}}\n")
    seconds = round(time.monotonic() - began, 3)
    result: dict[str, Any] = {"scans": scanned, "drawings": drawings, "seconds": seconds, "peak_mb": peak_mb()}
    result |= {"out": str(out), "skipped": skipped}
    text = f"{out}: {drawings:,} drawings on {scanned:,} scans in {seconds:.1f} s"
    finish(result, text, as_json=as_json, skipped=[] if stopped else skipped)
    if stopped:
        note(f"monoline: stopped; {scanned:,} of {len(orders):,} scans were traced")
        raise typer.Exit(STOPPED)


def _named(scans: list[Path], root: Path, on_left_out: Callable[[Path, str], object]) -> list[tuple[str, Path]]:
    """The pictures and their names, each once."""
    from prep.sketchbook import find_pictures

    found: dict[str, Path] = {}
    for scan in scans:
        inside = find_pictures(scan, on_left_out) if scan.is_dir() else [scan]
        if not inside:
            raise CommandError(f"{scan} has no pictures in it.")
        for path in inside:
            if not path.resolve().is_relative_to(root.resolve()):
                raise typer.BadParameter(f"{path} does not lie in {root}; name a folder above it with --root")
            found.setdefault(path.resolve().relative_to(root.resolve()).as_posix(), path)
    return list(found.items())


def peak_mb() -> float:
    """The most memory that this process, or one of those it waited for, has held at a time."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(most / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)
