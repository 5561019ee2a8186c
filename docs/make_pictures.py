"""Every picture of the README and of docs/, made by the program itself: ``make pictures``."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from textual.pilot import Pilot

from drawing.picture import contact_sheet, save_gif, save_png
from drawing.recipe import Endpoint
from model.sample import Order
from prep.artist import sketch
from tui.app import Monoline
from tui.commands.sampling import open_sampler

sys.path.insert(0, str(Path(__file__).parent))
from prints import prints
from screen_picture import screen_picture

PICTURES = Path(__file__).parent / "pictures"
SIZE = (120, 36)
LONGEST_S = 120.0


def main() -> None:
    """Make them all."""
    drawings = [sketch(7, index).drawing for index in range(36)]
    save_png(PICTURES / "artist.png", contact_sheet(drawings, 9, cell_px=120))
    save_gif(PICTURES / "line.gif", drawings[0], (320, 320))
    sampler = open_sampler("portraits")
    portraits = [each.drawing for each in sampler.draw(range(1, 25), 0.3)]
    save_png(PICTURES / "portraits.png", contact_sheet(portraits, 8, cell_px=140))
    rows = [Order(seed, tau) for seed in range(1, 5) for tau in (0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)]
    found = sampler.make(rows)
    captions = [f"{each.seed} at {each.recipe.temperature:g}" for each in found]
    ladder = contact_sheet([each.drawing for each in found], 7, cell_px=140, captions=captions)
    save_png(PICTURES / "ladder.png", ladder)
    walk = sampler.make(sampler.interpolate([Endpoint(seed=23), Endpoint(seed=9)], 8, Order(1, 0.1)))
    save_png(PICTURES / "walk.png", contact_sheet([each.drawing for each in walk], 8, cell_px=140))
    prints()
    asyncio.run(_studio())


async def _studio() -> None:
    """The Sample screen of a new studio, once its gallery is full."""
    with tempfile.TemporaryDirectory() as folder:
        application = Monoline(Path(folder) / "studio", demo=True)
        async with application.run_test(size=SIZE) as pilot:
            await _full(application, pilot)
            save_png(PICTURES / "studio.png", screen_picture(application))


async def _full(application: Monoline, pilot: Pilot[None]) -> None:
    limit = time.monotonic() + LONGEST_S
    while True:
        await pilot.pause(0.2)
        summary = application.screen.query("#sample-summary")
        if summary and "kept" in str(summary.first().render()):
            return
        if time.monotonic() > limit:
            raise TimeoutError("the gallery never filled")


if __name__ == "__main__":
    main()
