"""A scan becomes drawings: what a person would see on pages whose true line is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from inked import stray
from PIL import Image
from scipy.spatial import cKDTree

from drawing.drawing import Drawing
from drawing.geometry import length, resample
from drawing.npz import read_npz
from drawing.stroke import from_stroke3
from prep.corrections import Correction
from prep.errors import UnreadableScan
from prep.homography import map_points
from prep.render.book import render_book
from prep.render.settings import RenderSettings
from prep.render.truth import TruePage
from prep.separate import SeparateSettings
from prep.trace import TracedScan, TraceSettings, follow, look, trace_scan


def rendered(folder: Path, **settings: object) -> tuple[Path, TruePage]:
    """One page in a folder, and its truth."""
    given = {"pages": 1, "seed": 3, "height": (900, 900), "kinds": ("drawing",), **settings}
    (page,) = render_book(folder, RenderSettings.model_validate(given)).pages
    return folder / page.file, page


def lines(traced: TracedScan) -> list[np.ndarray]:
    return [map_points(traced.to_scan, line) for each in traced.drawings for line in each.drawing.lines]


def covered(traced: TracedScan, page: TruePage, within: float = 3.0) -> float:
    """Part of the true line that has a traced line within so many pixels."""
    found = np.concatenate([resample(line, 1.0) for line in lines(traced)])
    true = np.concatenate([resample(np.asarray(line), 3.0) for each in page.drawings for line in each.lines])
    return float(np.mean(cKDTree(found).query(true)[0] < within))


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TruePage, TracedScan]:
    path, page = rendered(tmp_path_factory.mktemp("scan"))
    return path, page, trace_scan(path)


def test_the_line_is_found_and_nothing_else(scanned: tuple[Path, TruePage, TracedScan]) -> None:
    _, page, traced = scanned
    assert len(traced.drawings) == len(page.drawings)
    assert covered(traced, page) > 0.99
    true = [line for each in page.drawings for line in each.lines]
    assert max(stray(line, true) for line in lines(traced)) < 6  # its number and the binding would be far off
    assert "Its number was left out." in traced.notes
    assert traced.size == page.size


def test_one_line_of_the_artist_comes_back_as_few_strokes(scanned: tuple[Path, TruePage, TracedScan]) -> None:
    _, page, traced = scanned
    assert len(lines(traced)) <= 2 * len(page.drawings)
    longest = max((np.asarray(line) for each in page.drawings for line in each.lines), key=length)
    assert any(abs(length(line) / length(longest) - 1) < 0.1 for line in lines(traced))


@pytest.mark.parametrize(
    ("paper", "medium", "camera"),
    [
        ("ruled", "ballpoint-blue", "flatbed"),
        ("squared", "pencil", "flatbed"),
        ("kraft", "brush", "flatbed"),
        ("plain", "ballpoint-red", "telephone"),
        ("toned", "ink", "telephone"),
    ],
)
def test_real_paper(tmp_path: Path, paper: str, medium: str, camera: str) -> None:
    path, page = rendered(tmp_path, seed=32, height=(1100, 1100), papers=(paper,), media=(medium,), cameras=(camera,))
    traced = trace_scan(path)
    assert covered(traced, page, within=4.0) > (0.95 if medium == "brush" else 0.97)
    true = np.concatenate([resample(np.asarray(line), 2.0) for each in page.drawings for line in each.lines])
    off, _ = cKDTree(true).query(np.concatenate([line[::9] for line in lines(traced)]))
    assert float(np.mean(off > 8)) < 0.01


def test_real_drawings_are_followed_through_their_crossings(tmp_path: Path, data: Path) -> None:
    rows = read_npz(data / "omniglot.npz").splits["test"]
    few = [drawing for drawing in map(from_stroke3, rows) if len(drawing.lines) == 1 and drawing.points > 30][:6]
    (page,) = render_book(tmp_path, RenderSettings(pages=1, seed=5, height=(1100, 1100), kinds=("drawing",)), few).pages
    traced = trace_scan(tmp_path / page.file)
    assert len(page.drawings) == len(traced.drawings) > 1
    for true, found in zip(page.drawings, traced.drawings, strict=True):
        (line,) = found.drawing.lines
        assert abs(length(map_points(traced.to_scan, line)) / length(np.asarray(true.lines[0])) - 1) < 0.06
    assert covered(traced, page, within=4.0) > 0.99


def test_what_bridges_white_is_marked_and_no_longer_than_allowed(tmp_path: Path) -> None:
    broken = Drawing.of([[(0, 0), (80, 40)], [(86, 43), (200, 100)], [(200, 108), (120, 68)]])
    (page,) = render_book(
        tmp_path, RenderSettings(pages=1, seed=6, height=(900, 900), kinds=("drawing",)), [broken]
    ).pages
    found = {limit: trace_scan(tmp_path / page.file, TraceSettings(join=limit)).drawings for limit in (0.0, 15.0)}
    assert min(len(each.drawing.lines) for each in found[0.0]) >= 2
    assert [len(each.drawing.lines) for each in found[15.0]] == [1] * len(page.drawings)
    for each in found[15.0]:
        bridges = np.diff(each.drawing.lines[0], axis=0)[each.drawing.marks(0)]
        assert 1 <= len(bridges) <= 2
        assert np.hypot(*bridges.T).max() <= 15 * max(each.drawing.size) / 200
    assert sum(each.drawing.connector_length for each in found[0.0]) == 0


def crossing(folder: Path) -> Path:
    cross = Drawing.of([[(0, 0), (200, 200)], [(0, 200), (200, 0)]])
    settings = RenderSettings(pages=1, seed=7, height=(900, 900), kinds=("drawing",))
    (page,) = render_book(folder, settings, [cross]).pages
    return folder / page.file


def test_a_flip_is_where_the_person_pointed_and_others_stay(tmp_path: Path) -> None:
    path = crossing(tmp_path)
    plain = trace_scan(path)
    (junction,) = plain.drawings[0].junctions
    x, y = map_points(plain.to_scan, junction.at)[0].tolist()
    flipped = trace_scan(path, corrections=[Correction(kind="flip", at=(x + 3, y - 2))])
    straight = [abs(length(line) / np.hypot(*(line[-1] - line[0])) - 1) for line in lines(plain)]
    bent = [length(line) / np.hypot(*(line[-1] - line[0])) for line in lines(flipped)]
    assert max(straight) < 0.05
    assert min(bent) > 1.2
    assert abs(sum(map(length, lines(plain))) / sum(map(length, lines(flipped))) - 1) < 0.05
    again = trace_scan(path, corrections=[Correction(kind="flip", at=(x, y))] * junction.choices)
    assert all(np.array_equal(a, b) for a, b in zip(lines(again), lines(plain), strict=True))


def test_other_corrections_are_applied_too(tmp_path: Path) -> None:
    path = crossing(tmp_path)
    plain = trace_scan(path)
    x, y = lines(plain)[0][20].tolist()
    assert len(lines(trace_scan(path, corrections=[Correction(kind="delete", at=(x, y))]))) == 1
    far = trace_scan(path, corrections=[Correction(kind="delete", at=(2.0, 2.0))])
    assert len(lines(far)) == 2
    assert len(far.notes) == len(plain.notes) + 1


def test_following_again_with_other_settings_needs_no_second_look(tmp_path: Path) -> None:
    path, page = rendered(tmp_path, seed=12)
    looked = look(path, TraceSettings())
    path.unlink()
    near = follow(looked, TraceSettings(separate=SeparateSettings(gap=0.005), join=0))
    wide = follow(looked, TraceSettings(separate=SeparateSettings(gap=0.5)))
    assert len(wide.drawings) == 1
    assert len(near.drawings) >= len(page.drawings)


def test_a_finer_look_finds_the_same_line(scanned: tuple[Path, TruePage, TracedScan]) -> None:
    path, page, plain = scanned
    fine = trace_scan(path, TraceSettings(fine=True))
    assert covered(fine, page) > 0.99
    assert len(fine.drawings) == len(plain.drawings)


def test_the_tracer_of_the_article_is_there_to_compare(scanned: tuple[Path, TruePage, TracedScan]) -> None:
    path, page, plain = scanned
    article = trace_scan(path, TraceSettings(backend="autotrace"))
    assert covered(article, page, within=5.0) > 0.8
    assert covered(article, page, within=1.5) < covered(plain, page, within=1.5)
    assert all(each.junctions == () for each in article.drawings)


def test_a_blank_and_a_black_page_have_nothing_and_say_so(tmp_path: Path) -> None:
    for level in (250, 3):
        Image.new("L", (500, 700), level).save(tmp_path / "page.png")
        traced = trace_scan(tmp_path / "page.png")
        assert traced.drawings == ()
        assert traced.notes


def test_what_is_no_picture_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "page.jpg").write_text(json.dumps({"no": "picture"}))
    with pytest.raises(UnreadableScan, match=r"page\.jpg"):
        trace_scan(tmp_path / "page.jpg")
