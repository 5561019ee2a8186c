"""``monoline demo``: the whole loop without a screen, from the demo artist's hand to ink on paper."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from configs.errors import MonolineError
from studio.events import Event, Measured
from tui.console import STOPPED, AsJson, Force, check_free, finish, note

if TYPE_CHECKING:
    from drawing.collection import Entry
    from plotter.sheet import Sheet

CHECKPOINT = "portraits"
TEMPERATURES = (0.1, 0.3, 0.6)
SEEDS_A_ROW, WALK = 4, 8
FINE_TUNING = (
    "fit.batch=16",
    "fit.optimiser=adam",
    "fit.learning_rate=0.0015",
    "fit.fine_share=1.0",
    "fit.warm_up=20",
    "fit.steps=1000000",
    "fit.kl_start=1.0",
    "fit.validate_every=15",
    "data.drop_points=0",
    "data.rotate_degrees=0",
    "net.dropout=0",
)
"""From the bundled weights: small batches, of which a minute has more; Adam, which in so few of them gets further than
Muon; the latent vector's price from the first step on."""
OURS = (
    "demo.npz",
    "line.gif",
    *(f"{name}.png" for name in ("artist", "samples", "walk")),
    *(f"{name}.{ending}" for name in ("loss", "sheet", "optimised", "ink") for ending in ("svg", "png")),
    *(f"{folder}/*.svg" for folder in ("artist", "samples", "walk", "plot")),
    *(f"{folder}/{name}" for folder in ("run", "plot") for name in ("*.json", "*.jsonl", ".lock", "log.txt")),
    "run/config.toml",
    "run/data.npz",
    "run/*.safetensors",
    "run/samples/*.npz",
)


def is_of_the_demo(file: Path) -> bool:
    """Whether a file could have been made by ``demo``."""
    return any(file.match(pattern) for pattern in OURS)


class _Steps:
    """What was done, how long each took, and which files it made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[dict[str, Any]] = []
        self._began = time.perf_counter()

    def done(self, name: str, files: Sequence[Path], words: str = "") -> None:
        seconds = round(time.perf_counter() - self._began, 3)
        names = [str(file.relative_to(self.folder)) for file in files]
        self.told.append({"name": name, "seconds": seconds, "files": names})
        shown = ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
        note(f"{name:<10} {seconds:6.1f} s  {words + ': ' if words else ''}{shown}")
        self._began = time.perf_counter()


def demo(
    out: Annotated[Path, typer.Option(help="A new folder for everything that is made.")],
    n: Annotated[int, typer.Option("--n", "-n", min=40, help="How many drawings the demo artist makes.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other drawings.")] = 1,
    minutes: Annotated[float, typer.Option(min=0.01, help="How long the network is trained.")] = 1.0,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Go through the loop without a screen: draw, train, sample, walk, lay out, optimise, plot on the simulator."""
    from model.bundled import find_checkpoint
    from studio.files import replacing_folder

    check_free(out, force)
    find_checkpoint(CHECKPOINT)
    error_mm = None
    with replacing_folder(out, is_of_the_demo) as making:
        steps = _Steps(making)
        try:
            _draw(steps, seed, n)
            _train(steps, minutes)
            sheet = _lay_out(steps, seed, _sample(steps, seed))
            error_mm = _plot(steps, sheet)
        except (KeyboardInterrupt, typer.Exit):  # ctrl-c; a run that was stopped by it says so by Exit
            pass
    if error_mm is None:
        note(f"monoline: stopped; what was made so far is in {out}")
        raise typer.Exit(STOPPED)
    result = {"steps": steps.told, "ink_error_mm": round(error_mm, 5)}
    text = f"All is in {out}; look at sheet.png and ink.png first. The ink lies within {error_mm:.3f} mm of the sheet."
    finish(result, text, as_json=as_json)


def _draw(steps: _Steps, seed: int, n: int) -> None:
    """The demo artist's book: some as SVG, all as a dataset, pictures."""
    from drawing.collection import read_collection, write_collection
    from drawing.picture import contact_sheet, save_gif, save_png
    from drawing.svg import write_svg
    from prep.artist import ArtistSettings
    from prep.book import about_book, draw_book, recipe_of, split_book

    settings, folder = ArtistSettings(), steps.folder
    sketches = list(draw_book(seed, n, settings))
    kept = [folder / "artist" / f"{each.kind}-{each.index:06d}.svg" for each in sketches[:24]]
    for path, each in zip(kept, sketches, strict=False):
        write_svg(path, each.drawing, recipe=recipe_of(each), title=each.kind)
    steps.done("draw", kept, f"{n:,} drawings by the demo artist")
    write_collection(folder / "demo.npz", split_book(sketches), about_book(seed, settings))
    steps.done("dataset", [folder / "demo.npz"])
    drawings = read_collection(folder / "demo.npz").drawings("train")
    save_png(folder / "artist.png", contact_sheet(drawings[:60], 10, cell_px=160))
    save_gif(folder / "line.gif", drawings[0])
    steps.done("look", [folder / "artist.png", folder / "line.gif"])


def _train(steps: _Steps, minutes: float) -> None:
    """The bundled network learns the whole of the artist's repertoire, of which it knows the faces only."""
    from drawing.picture import picture, save_png
    from drawing.svg import write_svg
    from studio.runs import start_run
    from tui.commands.following import follow
    from tui.curve import draw_curve

    folder = steps.folder / "run"
    arguments = {
        "preset": "artist",
        "data": str((steps.folder / "demo.npz").resolve()),
        "overrides": list(FINE_TUNING),
        "minutes": minutes,
        "from_": CHECKPOINT,
    }
    run = start_run(folder, "model.train:run", arguments)
    _, leave = follow(run, "training", lambda event: _loss_line(event))
    leave()
    measured = [event for event in run.events() if isinstance(event, Measured)]
    if not any("train" in event.values for event in measured):
        raise MonolineError(f"The training made no step in {minutes:g} minutes; give it more with --minutes.")
    # of drawings that it does not learn from, which tell more than small batches of some length or other
    losses = [(event.step, event.values["valid"]) for event in measured if "valid" in event.values]
    curve = draw_curve(losses, "nats per point, unseen drawings", "step")
    write_svg(steps.folder / "loss.svg", curve)
    save_png(steps.folder / "loss.png", picture(curve, (900, 560)))
    files = [steps.folder / "loss.svg", steps.folder / "loss.png", folder / "model.safetensors"]
    words = f"{losses[-1][0]:,} steps, unseen drawings {losses[0][1]:.3f} to {losses[-1][1]:.3f} nats per point"
    steps.done("train", files, words)


def _loss_line(event: Event) -> str | None:
    if isinstance(event, Measured) and "valid" in event.values:
        return f"  step {event.step:>5,}: {event.values['valid']:.3f} nats per point on unseen drawings"
    return None


def _sample(steps: _Steps, seed: int) -> list[Entry]:
    """Twelve samples at three temperatures, and a walk between two drawings."""
    from drawing.collection import Entry
    from drawing.picture import contact_sheet, save_png
    from drawing.recipe import Endpoint
    from drawing.svg import write_svg
    from model.sample import Order
    from tui.commands.sampling import draw, open_sampler

    sampler = open_sampler(CHECKPOINT)
    orders = [Order(seed + column, tau) for tau in TEMPERATURES for column in range(SEEDS_A_ROW)]
    found, _ = draw(sampler, orders)
    files = [steps.folder / "samples" / f"seed-{each.seed:06}-at-{each.recipe.temperature:g}.svg" for each in found]
    for path, each in zip(files, found, strict=True):
        write_svg(path, each.drawing, recipe=each.recipe, title=path.stem, decimals=None)
    captions = [f"{each.seed} at {each.recipe.temperature:g}" for each in found]
    picture = steps.folder / "samples.png"
    save_png(picture, contact_sheet([each.drawing for each in found], SEEDS_A_ROW, cell_px=240, captions=captions))
    steps.done("sample", [picture, *files], f"{len(found)} drawings by {CHECKPOINT}")
    first, last = seed + 22, seed + 8  # far apart in the bundled network
    ends = [Endpoint(seed=first), Endpoint(seed=last)]
    frames, _ = draw(sampler, sampler.interpolate(ends, WALK, Order(seed, 0.1)))
    walk = [steps.folder / "walk" / f"step-{index:03}.svg" for index in range(WALK)]
    for path, each in zip(walk, frames, strict=True):
        write_svg(path, each.drawing, recipe=each.recipe, title=path.stem, decimals=None)
    picture = steps.folder / "walk.png"
    save_png(picture, contact_sheet([each.drawing for each in frames], WALK, cell_px=200))
    steps.done("walk", [picture, *walk], f"from seed {first} to seed {last}")
    return [
        Entry(each.drawing, path.stem, each.recipe)
        for path, each in zip([*files, *walk], [*found, *frames], strict=True)
    ]


def _lay_out(steps: _Steps, seed: int, entries: Sequence[Entry]) -> Path:
    """All on one A4 sheet."""
    from drawing.picture import page_picture, save_png
    from plotter.sheet import SheetSettings, lay_out, write_sheet

    settings = SheetSettings(paper="A4", columns=SEEDS_A_ROW, captions=True)
    sheet = lay_out(entries, settings, title=f"monoline demo, seed {seed}")
    path = steps.folder / "sheet.svg"
    write_sheet(path, sheet)
    paper = (sheet.paper.width_mm, sheet.paper.height_mm)
    save_png(path.with_suffix(".png"), page_picture(sheet.drawing, paper, margin=sheet.margin_mm))
    steps.done("sheet", [path, path.with_suffix(".png")], str(sheet.paper))
    return path


def _plot(steps: _Steps, path: Path) -> float:
    """Optimise, plot on the simulator in virtual time, and measure the ink."""
    from drawing.picture import page_picture, save_png
    from drawing.svg import read_svg, write_svg
    from plotter.axidraw import DEFAULT_MACHINE, find_machine
    from plotter.ink import connectors, ink_error_mm
    from plotter.job import start_plot
    from plotter.ready import ready_sheet
    from plotter.sheet import write_sheet
    from tui.commands.following import follow

    ready = ready_sheet(path, find_machine(DEFAULT_MACHINE))
    assert ready.before is not None
    assert ready.after is not None
    better = steps.folder / "optimised.svg"
    write_sheet(better, ready.sheet)
    save_png(better.with_suffix(".png"), _page(ready.sheet, travel=True))
    words = (
        f"{ready.before.lifts} to {ready.after.lifts} lifts, {ready.before.travel_m:.2f} to "
        f"{ready.after.travel_m:.2f} m of travel, {_minutes(ready.plan.duration_s)}"
    )
    steps.done("optimise", [better, better.with_suffix(".png")], words)
    folder = steps.folder / "plot"
    result, leave = follow(start_plot(folder, ready, port="simulator", time_scale=0), "plotting")
    leave()
    ink = read_svg(folder / "ink.svg").drawing
    paper = (ready.sheet.paper.width_mm, ready.sheet.paper.height_mm)
    write_svg(steps.folder / "ink.svg", ink, width_mm=paper[0], height_mm=paper[1])
    save_png(steps.folder / "ink.png", page_picture(ink, paper))
    error_mm = ink_error_mm(ready.sheet.drawing, ink.lines, connectors(ready.sheet.drawing))
    words = f"{result['drawn_m']:.2f} m of ink in {_minutes(result['duration_s'])} of the machine's time"
    steps.done("plot", [steps.folder / "ink.svg", steps.folder / "ink.png"], words)
    return error_mm


def _page(sheet: Sheet, *, travel: bool) -> Any:
    from drawing.picture import page_picture

    paper = (sheet.paper.width_mm, sheet.paper.height_mm)
    home = (0.0, 0.0) if travel else None
    return page_picture(sheet.drawing, paper, margin=sheet.margin_mm, travel_from=home)


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02} min"
