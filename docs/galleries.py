"""Pictures of what is drawn: by the demo artist, by networks, by the tracer on a page, by the plotter on paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from demo_studio import monoline
from pictures import FOLDER, save
from PIL import Image, ImageDraw, ImageOps

from drawing.picture import contact_sheet, save_gif
from drawing.recipe import Endpoint
from model.sample import Order
from prep.artist import sketch
from tui.commands.sampling import open_sampler

PAGE = "sb48/art/002.jpg"
HIGH = 900
"""Pixels of a page in the picture of one that was traced."""
SHARP = 3
COLOURS = ("#b3261e", "#1f5fa8", "#2e7d32", "#8e5a00", "#6a3fa0", "#00798a")
"""Of strokes, one after the other."""


def artist() -> None:
    """Thirty-six drawings of the demo artist, and one of them as it is drawn."""
    drawings = [sketch(7, index).drawing for index in range(36)]
    save("artist", contact_sheet(drawings, 9, cell_px=120), colours=12)
    save_gif(FOLDER / "line.gif", drawings[0], (320, 320))


def network() -> None:
    """Portraits of the bundled network: seeds, a ladder of temperatures, a walk, and what it expected."""
    sampler = open_sampler("portraits")
    portraits = [each.drawing for each in sampler.draw(range(1, 25), 0.3)]
    save("portraits", contact_sheet(portraits, 8, cell_px=140), colours=12)
    rows = [Order(seed, tau) for seed in range(1, 5) for tau in (0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)]
    found = sampler.make(rows)
    captions = [f"{each.seed} at {each.recipe.temperature:g}" for each in found]
    save("ladder", contact_sheet([each.drawing for each in found], 7, cell_px=140, captions=captions), colours=12)
    walk = sampler.make(sampler.interpolate([Endpoint(seed=23), Endpoint(seed=9)], 8, Order(1, 0.1)))
    save("walk", contact_sheet([each.drawing for each in walk], 8, cell_px=140), colours=12)


def density(folder: Path) -> None:
    """Where the next point was expected, along a portrait: the command's own picture."""
    monoline(f"density portraits seed:5 --out {folder}/density.png")
    _shrunk("density", Image.open(folder / "density.png"), 1200, 48)


def sweep(studio: Path) -> None:
    """What a sweep of w_KL leaves: reconstructions of the same drawings, and beside them its trade-off."""
    run = studio / "runs" / "weights"
    parts = [Image.open(run / f"{name}.png").convert("RGB") for name in ("reconstructions", "tradeoff")]
    whole = Image.new("RGB", (sum(each.width for each in parts), max(each.height for each in parts)), "white")
    whole.paste(parts[0], (0, 0))
    whole.paste(parts[1], (parts[0].width, 0))
    _shrunk("kl", whole, 1300, 32)


def traced(studio: Path, folder: Path) -> None:
    """A page of the demo artist beside its strokes, each in a colour of its own with a ring where it begins."""
    path = studio / "sketchbooks" / PAGE
    monoline(f"prep trace {path} --root {studio}/sketchbooks --out {folder}/traced.json --workers 1")
    told = json.loads((folder / "traced.json").read_text(encoding="utf-8"))
    strokes = list(_strokes(told))
    scan = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    factor = HIGH * SHARP / scan.height
    wide = round(scan.width * factor)
    lines = Image.new("RGB", (wide, HIGH * SHARP), "white")
    pen = ImageDraw.Draw(lines)
    for index, stroke in enumerate(strokes):
        points = [(x * factor, y * factor) for x, y in stroke]
        colour = COLOURS[index % len(COLOURS)]
        pen.line(points, fill=colour, width=round(1.7 * SHARP), joint="curve")
        (x, y), r = points[0], 6 * SHARP
        pen.ellipse((x - r, y - r, x + r, y + r), outline=colour, width=2 * SHARP)
    size = (wide // SHARP, HIGH)
    both = Image.new("RGB", (2 * size[0] + 24, HIGH), "#d9d4c7")
    both.paste(scan.resize(size, Image.Resampling.LANCZOS), (0, 0))
    both.paste(lines.resize(size, Image.Resampling.LANCZOS), (size[0] + 24, 0))
    save("traced", both, colours=255)


def plotted(folder: Path) -> None:
    """A sheet of twenty portraits, and the ink that the simulated plotter drew."""
    monoline(f"sample portraits -n 20 --temperature 0.3 --curves 0.5 --out {folder}/twenty")
    monoline(
        f"sheet {folder}/twenty --grid 4x5 --paper A4 --landscape --captions --title-line 'Twenty portraits' "
        f"--signature 'A. Look' --edition 1/10 --nib 0.4 --out {folder}/twenty.svg"
    )
    monoline(f"plot {folder}/twenty.svg --port simulator --yes --out {folder}/plotted")
    monoline(f"export {folder}/plotted/ink.svg {folder}/ink.png --dpi 110 --nib 0.4")
    _shrunk("plotted", Image.open(folder / "ink.png"), 1200, 12)


def _strokes(told: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """All strokes of all drawings, in pixels of the scan."""
    return [stroke for page in told["pages"].values() for each in page["drawings"] for stroke in each["strokes"]]


def _shrunk(name: str, image: Image.Image, wide: int, colours: int) -> None:
    """Save it no wider than this."""
    image = image.convert("RGB")
    if image.width > wide:
        image = image.resize((wide, round(image.height * wide / image.width)), Image.Resampling.LANCZOS)
    save(name, image, colours)
