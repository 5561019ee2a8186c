from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prep import retrace
from prep.corrections import Correction
from prep.errors import UnreadableScan
from prep.homography import map_points
from prep.ink import InkSettings
from prep.render.book import render_book
from prep.render.settings import RenderSettings
from prep.retrace import Retracer, Superseded
from prep.separate import SeparateSettings
from prep.trace import TracedScan, TraceSettings, trace_scan


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book")
    truth = render_book(folder, RenderSettings(pages=1, height=(500, 500), seed=3))
    return folder / truth.pages[0].file


def told(traced: TracedScan) -> tuple[object, ...]:
    return tuple(each.drawing for each in traced.drawings), traced.notes, traced.page_size, traced.pen


SETTINGS = (
    TraceSettings(),
    TraceSettings(join=40.0),
    TraceSettings(separate=SeparateSettings(gap=0.1)),
    TraceSettings(ink=InkSettings(dark=0.7, faint=0.6)),
    TraceSettings(ink=InkSettings(rules=False)),
    TraceSettings(fine=True),
    TraceSettings(),
)


def test_whatever_is_tried_is_what_a_fresh_trace_finds(scan: Path) -> None:
    retracer = Retracer()
    page = retracer.open(scan)
    for settings in SETTINGS:
        assert told(retracer.trace(page, settings)) == told(trace_scan(scan, settings))


def test_corrections_are_those_of_a_fresh_trace(scan: Path) -> None:
    retracer = Retracer()
    page = retracer.open(scan)
    traced = retracer.trace(page, TraceSettings())
    junction = next(each for drawing in traced.drawings for each in drawing.junctions if each.choices > 1)
    x, y = map_points(traced.to_scan, [junction.at])[0].tolist()
    corrections: list[Correction] = []
    seen = [told(traced)]
    for kind in ("flip", "delete"):
        corrections.append(Correction.model_validate({"kind": kind, "at": (x, y)}))
        seen.append(told(retracer.trace(page, TraceSettings(), corrections)))
        assert seen[-1] == told(trace_scan(scan, TraceSettings(), corrections))
        assert seen[-1] not in seen[:-1]
    assert told(retracer.trace(page, TraceSettings())) == seen[0]  # nothing of it stays


def noting(name: str, real: Callable[..., object], done: list[str]) -> Callable[..., object]:
    def noted(*args: Any, **named: Any) -> object:
        done.append(name)
        return real(*args, **named)

    return noted


def test_only_what_has_changed_is_done_anew(scan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    for name in ("read_scan", "even_page", "dark_ink", "meet", "lines_through", "parted"):
        monkeypatch.setattr(retrace, name, noting(name, getattr(retrace, name), done))
    retracer = Retracer()
    for settings, expected in (
        (TraceSettings(), ["read_scan", "even_page", "dark_ink", "meet", "lines_through", "parted"]),
        (TraceSettings(), []),
        (TraceSettings(join=3), ["parted"]),
        (TraceSettings(ink=InkSettings(dark=0.6)), ["dark_ink", "meet", "lines_through", "parted"]),
        (TraceSettings(fine=True), ["meet", "lines_through", "parted"]),
        (TraceSettings(), []),
    ):
        done.clear()
        retracer.trace(retracer.open(scan), settings)
        assert done == expected


def test_a_scan_that_was_changed_is_read_again(scan: Path, tmp_path: Path) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(scan.read_bytes())
    retracer = Retracer()
    retracer.open(path)
    path.write_bytes(b"torn")
    with pytest.raises(UnreadableScan):
        retracer.open(path)


def test_it_ends_between_steps_when_something_newer_is_wanted(scan: Path) -> None:
    stop = False
    retracer = Retracer(lambda: stop)
    page = retracer.open(scan)
    retracer.trace(page, TraceSettings())
    stop = True
    with pytest.raises(Superseded):
        retracer.trace(page, TraceSettings(join=3))
    retracer.trace(page, TraceSettings())  # what is known needs no step
