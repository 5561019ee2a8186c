"""How long a scan in view takes to be traced anew after each kind of change, beside the limit of 300 ms:
python benchmarks/retrace.py [SCAN ...]."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from prep.corrections import Correction
from prep.homography import map_points
from prep.ink import InkSettings
from prep.render.book import render_book
from prep.render.settings import RenderSettings
from prep.retrace import Retracer
from prep.separate import SeparateSettings
from prep.trace import TraceSettings

LIMIT_MS = 300.0
TRIES = 3
PLAIN = TraceSettings()


def measure(path: Path) -> dict[str, float]:
    """Milliseconds for each kind of change on a scan that was traced before: the median of some, each a new value."""
    retracer = Retracer()
    page = retracer.open(path)
    took: dict[str, float] = {}

    def clock(name: str, tries: list[Callable[[], object]]) -> None:
        found: list[float] = []
        for each in tries:
            began = time.perf_counter()
            each()
            found.append(1000 * (time.perf_counter() - began))
        took[name] = statistics.median(found)

    clock("first look", [lambda: retracer.trace(page, PLAIN)])
    traced = retracer.trace(page, PLAIN)
    places = [each.at for drawing in traced.drawings for each in drawing.junctions if each.choices > 1][:TRIES]
    flips = [
        Correction(kind="flip", at=(float(x), float(y)))
        for x, y in (map_points(traced.to_scan, places).tolist() if places else [])
    ]
    if flips:
        clock("flip", [lambda at=number: retracer.trace(page, PLAIN, flips[: at + 1]) for number in range(len(flips))])
    changes: dict[str, list[TraceSettings]] = {
        "join": [TraceSettings(join=20.0 + number) for number in range(TRIES)],
        "gap": [TraceSettings(separate=SeparateSettings(gap=0.04 + number / 100)) for number in range(TRIES)],
        "ink": [TraceSettings(ink=InkSettings(dark=0.55 + number / 20)) for number in range(TRIES)],
        "fine": [TraceSettings(fine=True)],
        "back": [PLAIN],
    }
    for name, settings in changes.items():
        clock(name, [lambda each=each: retracer.trace(page, each) for each in settings])
    return took


def main() -> None:
    """Print a line a scan and kind of change, with its share of the limit."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(each) for each in sys.argv[1:]]
        if not paths:
            truth = render_book(Path(folder), RenderSettings(pages=4))
            paths = [Path(folder) / page.file for page in truth.pages]
        for path in paths:
            for name, value in measure(path).items():
                print(f"{path.name}: {name:<11}{value:7.0f} ms, {value / LIMIT_MS:5.2f} of the limit")


if __name__ == "__main__":
    main()
