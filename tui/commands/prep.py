"""``monoline prep``: from scans of sketchbooks to a dataset."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.commands import prep_clusters, prep_demo, prep_repair, prep_shelf, prep_trace
from tui.console import AsJson, CommandError, finish

if TYPE_CHECKING:
    from rich.console import RenderableType

    from studio.folder import Studio

app = typer.Typer(help="From scans of sketchbooks to a dataset of line drawings.", no_args_is_help=True)
prep_trace.register(app)
prep_repair.register(app)
prep_shelf.register(app)
prep_demo.register(app)
prep_clusters.register(app)

STAGE = "find, look, sort, trace, sift, select or dataset."
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="One setting, kept in the studio, as select.join=20."),
]


@app.command()
def run(
    context: typer.Context,
    first: Annotated[str, typer.Option("--from", metavar="STAGE", help=f"Begin with {STAGE}")] = "find",
    last: Annotated[str, typer.Option("--to", metavar="STAGE", help=f"End with {STAGE}")] = "dataset",
    settings: Settings = None,
    preset: Annotated[
        str | None,
        typer.Option("--preset", metavar="NAME", help="Begin with the settings of a preset, or a .toml file."),
    ] = None,
    imports: Annotated[
        list[Path] | None,
        typer.Option("--import", metavar="PATH", help="Drawings beside scans: .npz, .ndjson, .bin, a folder of SVG."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="URL", help="A dask scheduler whose workers trace, as tcp://HOST:8786; auto is none."),
    ] = None,
    tls_ca: Annotated[
        str | None, typer.Option("--tls-ca", metavar="FILE", help="For tls://HOST:8786: who signs certificates.")
    ] = None,
    tls_cert: Annotated[
        str | None, typer.Option("--tls-cert", metavar="FILE", help="This computer's certificate.")
    ] = None,
    tls_key: Annotated[str | None, typer.Option("--tls-key", metavar="FILE", help="Its key.")] = None,
    as_json: AsJson = False,
) -> None:
    """Trace the studio's sketchbooks, choose drawings, write a dataset; only what is out of date is done.

    It goes on if the terminal closes. Ctrl-C stops it with everything saved; run it again to go on.
    """
    from prep.pipeline import STAGES, TARGET
    from prep.settings import read_settings, write_settings
    from studio.runs import refuse_running, start_run
    from tui.commands.following import follow

    for name in (first, last):
        if name not in STAGES:
            raise typer.BadParameter(f"there is no stage {name!r}; the stages are {', '.join(STAGES)}")
    if STAGES.index(first) > STAGES.index(last):
        raise typer.BadParameter(f"the stage {first} comes after {last}")
    studio = _open(context)
    refuse_running(studio.preparation)
    files = {"tls_ca": tls_ca, "tls_cert": tls_cert, "tls_key": tls_key}
    given = {name: str(Path(path).resolve()) if path else "" for name, path in files.items() if path is not None}
    engine = [f"engine.scheduler={scheduler}"] if scheduler is not None else []
    engine += [f"engine.{name}={json.dumps(path)}" for name, path in given.items()]
    chosen = read_settings(studio, [*(settings or ()), *engine], preset)
    for path in imports or ():
        if not path.exists():
            raise CommandError(f"{path} does not exist.")
        name = _name(studio, path)
        if name not in chosen.imports:
            chosen = chosen.model_copy(update={"imports": (*chosen.imports, name)})
    write_settings(studio, chosen)
    run = start_run(studio.preparation, TARGET, {"from": first, "to": last})
    result, leave = follow(run, "preparing")
    skipped = [] if result["stopped"] else result["skipped"]  # a stop is told by its own exit code
    finish(result, _summary(studio, result), as_json=as_json, skipped=skipped, named=True)
    leave()


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Tell how far preparation is, what is out of date, and what could not be used."""
    from rich.console import Group
    from rich.table import Table

    from prep.pipeline import status as how_far
    from prep.settings import read_settings

    studio = _open(context)
    result = how_far(studio, read_settings(studio))
    result["running"], result["doing"] = _running(studio)
    table = Table(box=None, header_style="bold")
    for name in ("stage", "done", "to do", "skipped", "seconds"):
        table.add_column(name, justify="left" if name == "stage" else "right")
    for each in result["stages"]:
        table.add_row(*(f"{each[key]}" for key in ("name", "done", "todo", "skipped", "seconds")))
    finish(result, Group(table, f"running: {result['doing']}") if result["doing"] else table, as_json=as_json)


@app.command()
def undo(
    context: typer.Context,
    scan: Annotated[str, typer.Argument(help="A scan or a drawing of it, whose newest correction is taken back.")] = "",
    as_json: AsJson = False,
) -> None:
    """Take back what was decided last: a correction, whose scan is traced again, or a label, tag, name on the shelf."""
    from prep.pages import corrections_of, find_scan, trace_one
    from prep.pages import undo as take_back
    from prep.pipeline import status as how_far
    from prep.settings import read_settings

    studio = _open(context)
    settings = read_settings(studio)
    decided = None if scan else _undo_decision(studio)
    if decided is not None:
        finish({"undone": decided}, f"undid: {decided}", as_json=as_json)
        return
    undone = take_back(studio, find_scan(studio, scan) if scan else None)
    if undone is None:
        raise CommandError(f"There is no correction to undo on {scan}." if scan else "There is nothing to undo.")
    page, correction = undone
    trace_one(studio, page, settings.trace)
    left = len(corrections_of(studio, page))
    result = {"undone": str(correction), "scan": page.name, "left": left, **how_far(studio, settings)}
    finish(result, f"{page.name}: undid {correction}; {left} corrections are left on it", as_json=as_json)


def _undo_decision(studio: Studio) -> str | None:
    """Take back what was decided on the shelf, if no correction is newer."""
    from prep.catalog import open_catalog
    from prep.decisions import newest
    from prep.pages import last_corrected
    from prep.renames import undo_newest

    corrected = last_corrected(studio)
    with open_catalog(studio) as catalog:
        decision = newest(catalog)
        if decision is None or (corrected is not None and corrected[1] > decision.at):
            return None
        return str(undo_newest(catalog, studio))


def _open(context: typer.Context) -> Studio:
    from studio.folder import open_studio

    return open_studio(context.obj)


def _name(studio: Studio, path: Path) -> str:
    """How settings name a file: from the studio's folder on, if it lies there, so that the studio can be moved."""
    path, folder = path.resolve(), studio.folder.resolve()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _running(studio: Studio) -> tuple[bool, str]:
    """Whether a run goes on, and what it is doing."""
    from studio.runs import FILE, Run, State
    from tui.preparing import Preparing

    if not (studio.preparation / FILE).exists():
        return False, ""
    run, story = Run(studio.preparation), Preparing()
    if run.state not in (State.STARTING, State.RUNNING):
        return False, ""
    for event in run.events():
        story.take(event)
    return True, story.doing or story.stage


def _summary(studio: Studio, result: dict[str, Any]) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    words = {
        "find": "scans",
        "look": "scans looked at",
        "sort": "scans in clusters",
        "sift": "drawings in clusters",
        "trace": "pages traced",
        "select": "drawings chosen",
        "dataset": "drawings in the dataset",
    }
    lines = []
    for each in result["stages"]:
        if each["name"] in ("sort", "sift") and not each["done"]:  # nobody has asked for it yet
            continue
        out = f", {each['skipped']:,} left out" if each["skipped"] else ""
        fresh = f", {each['fresh']:,} of them new" if 0 < each["fresh"] < each["done"] else ""
        lines.append(f"{each['name']:<8} {each['done']:,} {words[each['name']]}{fresh}{out}, {each['seconds']:.1f} s")
    parts: list[RenderableType] = [Text("\n".join(lines))]
    if any(each["name"] == "select" for each in result["stages"]) and not result["stopped"]:
        parts += ["", *_histogram(studio)]
    if result["dataset"]:
        parts += ["", Text(f"{result['dataset']}, with its datasheet and contact sheet beside it")]
    return Group(*parts)


def _histogram(studio: Studio) -> list[RenderableType]:
    """Points of all drawings, those in bold that were kept."""
    from rich.text import Text

    from prep.histogram import bins, histogram_text
    from prep.manifest import read_manifest

    told = read_manifest(studio, "select")
    if not told.get("points"):
        return []
    low, high = told["cut"]
    lines: list[RenderableType] = [Text(f"points of {len(told['points']):,} drawings; {low} to {high} are kept")]
    for each, text in zip(bins(told["points"]), histogram_text(told["points"], low, high), strict=True):
        lines.append(Text(text, style="" if each.high >= low and each.low <= high else "dim"))
    return lines
