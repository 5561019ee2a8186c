"""Rendered sketchbooks: the same for a seed, convincing to look at, and with a truth that lies on the ink."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydantic import ValidationError

from drawing.drawing import Drawing
from prep.homography import map_points
from prep.render.book import ArtistPool, make_book, make_page, plan_pages, render_book
from prep.render.medium import MEDIA, MediumName
from prep.render.paper import PAPERS, PaperName, choose_paper, sheet
from prep.render.settings import CAMERAS, KINDS, CameraName, Kind, RenderSettings
from prep.render.truth import TruePage, read_truth

LOW = (360, 360)


def luma(path: Path) -> NDArray[np.float64]:
    return np.asarray(Image.open(path).convert("L"), dtype=np.float64)


def at(picture: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values at the nearest pixels; points off the picture are left out."""
    x, y = points.round().astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < picture.shape[1]) & (y < picture.shape[0])
    return picture[y[inside], x[inside]]


def contrast(picture: NDArray[np.float64], page: TruePage) -> float:
    """How much darker the true lines are than places eight pixels around them."""
    lines = np.concatenate([line for each in page.drawings for line in each.lines])
    around = [at(picture, lines + 8 * np.array([math.cos(a), math.sin(a)])) for a in np.arange(8) * math.pi / 4]
    return float(np.median(np.concatenate(around)) - at(picture, lines).mean())


def test_a_page_is_the_same_for_a_seed_however_many_are_made(tmp_path: Path) -> None:
    settings = RenderSettings(pages=3, seed=4, height=LOW, media=("ink", "pencil"), cameras=CAMERAS, stains=0.5)
    many = render_book(tmp_path / "many", settings)
    one = render_book(tmp_path / "one", settings.model_copy(update={"pages": 1}))
    name = one.pages[0].file
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "many" / name).read_bytes()
    assert one.pages[0].drawings[0].lines[0].tolist() == many.pages[0].drawings[0].lines[0].tolist()
    other = render_book(tmp_path / "other", settings.model_copy(update={"pages": 1, "seed": 5}))
    assert (tmp_path / "other" / other.pages[0].file).read_bytes() != (tmp_path / "one" / name).read_bytes()


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize(("medium", "paper"), list(zip(MEDIA, (*PAPERS, *PAPERS), strict=False)))
def test_the_truth_lies_on_the_ink(tmp_path: Path, medium: MediumName, paper: PaperName, camera: CameraName) -> None:
    settings = RenderSettings(pages=1, seed=8, height=LOW, media=(medium,), papers=(paper,), cameras=(camera,))
    (page,) = render_book(tmp_path, settings).pages
    assert (page.medium, page.paper, page.camera) == (medium, paper, camera)
    picture = luma(tmp_path / page.file)
    assert picture.shape[::-1] == page.size
    assert contrast(picture, page) > 14
    line = np.concatenate([line for each in page.drawings for line in each.lines])
    assert at(picture, line + 5).mean() > at(picture, line).mean() + 10


def test_pencil_is_paler_and_grainier_than_ink(tmp_path: Path) -> None:
    pages = {}
    for medium in ("ink", "pencil"):
        settings = RenderSettings(pages=1, seed=3, height=(800, 800), media=(medium,))
        (page,) = render_book(tmp_path / medium, settings).pages
        picture = luma(tmp_path / medium / page.file)
        line = np.concatenate([line for each in page.drawings for line in each.lines])
        pages[medium] = (contrast(picture, page) / 255, float(np.std(at(picture, line))))
    assert 0.2 < pages["pencil"][0] < 0.6 < pages["ink"][0]


def test_a_telephone_sees_the_page_in_perspective_on_a_table(tmp_path: Path) -> None:
    pages = render_book(tmp_path, RenderSettings(pages=3, seed=2, height=LOW, cameras=("telephone",))).pages
    for page in pages:
        width, height = page.page_size
        corners = map_points(page.to_scan, np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=float))
        assert corners.min() >= 0
        assert (corners.max(axis=0) <= page.size).all()
        sides = np.hypot(*(corners - np.roll(corners, 1, axis=0)).T)
        assert max(abs(sides[0] / sides[2] - 1), abs(sides[1] / sides[3] - 1)) > 0.004
        back = np.linalg.inv(page.to_scan)
        for each in page.drawings:
            inside = map_points(back, np.concatenate(each.lines))
            assert inside.min() > 0
            assert (inside.max(axis=0) < page.page_size).all()
        assert page.number
        x, y = map_points(back, np.concatenate(page.number.lines)).mean(axis=0)
        assert y > 0.9 * height
        assert (x < width / 2) == (page.binder == "left")


def test_a_flatbed_sees_the_page_as_it_is(tmp_path: Path) -> None:
    (page,) = render_book(tmp_path, RenderSettings(pages=1, height=LOW)).pages
    assert page.size == page.page_size
    assert page.to_scan.tolist() == np.eye(3).tolist()


@pytest.mark.parametrize("name", PAPERS)
def test_only_printed_paper_has_lines_and_dots(name: PaperName) -> None:
    rng = np.random.default_rng(5)
    blank = sheet(choose_paper(name, rng), (500, 400), 0.0, "left", rng).mean(axis=2)
    printed = float((blank < np.median(blank) - 14).mean())
    assert (printed > 0.002) == (name in ("ruled", "squared", "dotted"))
    bright = float(np.median(blank))
    assert bright > 225 if name not in ("toned", "kraft") else bright < 215


def test_washes_and_stains_leave_the_truth_as_it_is(tmp_path: Path) -> None:
    plain = RenderSettings(pages=1, seed=9, height=LOW)
    marked = plain.model_copy(update={"stains": 1.0, "washes": 1.0})
    (a,), (b,) = (render_book(tmp_path / str(each.stains), each).pages for each in (plain, marked))
    assert [line.tolist() for each in a.drawings for line in each.lines] == [
        line.tolist() for each in b.drawings for line in each.lines
    ]
    colours = [np.asarray(Image.open(tmp_path / name / a.file), dtype=float) for name in ("0.0", "1.0")]
    coloured = [float((np.ptp(each, axis=2) > 30).mean()) for each in colours]
    assert coloured[1] > coloured[0] + 0.01


def test_given_drawings_are_drawn_with_all_their_strokes(tmp_path: Path) -> None:
    angle = np.linspace(0, 2 * np.pi, 60)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    drawings = [Drawing.of([ring, 0.4 * ring]), Drawing.of([])]
    truth = render_book(tmp_path, RenderSettings(pages=4, height=LOW), drawings)
    drawn = [each for page in truth.pages for each in page.drawings]
    assert {each.source for each in drawn} == {0}
    for each in drawn:
        assert len(each.lines) == 2
        wide = [np.ptp(line[:, 0]) for line in each.lines]
        assert wide[1] / wide[0] == pytest.approx(0.4, abs=0.01)


def test_the_truth_comes_back_from_its_file_as_a_scorer_reads_it(tmp_path: Path) -> None:
    truth = render_book(tmp_path, RenderSettings(pages=2, height=LOW, cameras=("telephone",)))
    again = read_truth(tmp_path / "truth.json")
    assert [page.file for page in again.pages] == [page.file for page in truth.pages]
    np.testing.assert_allclose(again.pages[1].drawings[0].lines[0], truth.pages[1].drawings[0].lines[0], atol=0.051)
    record = json.loads((tmp_path / "truth.json").read_text())["pages"][0]
    assert {"file", "book", "page", "class", "kind", "size", "binder", "page_number", "drawings"} <= record.keys()
    assert record["class"] == "art"
    assert {"bbox", "strokes", "pen", "source"} == record["drawings"][0].keys()
    assert {"text", "bbox", "strokes"} == record["page_number"].keys()


def test_a_whole_book_has_covers_and_the_artists_folders() -> None:
    plan = plan_pages(1, RenderSettings(pages=30, kinds=KINDS))
    kinds = [kind for _, kind in plan]
    assert (kinds[0], kinds[-1], len(plan)) == ("cover", "cover", 30)
    assert set(kinds) == set(KINDS)
    assert 10 <= kinds.count("drawing") <= 16
    numbers = [number for number, _ in plan]
    assert numbers == sorted(set(numbers))
    art = plan_pages(1, RenderSettings(pages=9, kinds=("drawing", "pattern")))
    assert {kind for _, kind in art} == {"drawing", "pattern"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page_is_made(kind: Kind) -> None:
    settings = RenderSettings(height=LOW, kinds=(kind,), seed=3)
    shot, page = make_page(make_book(1, settings), 3, kind, ArtistPool(3), settings)
    assert page.file.startswith(f"sb01/{page.folder}/003")
    assert shot.image.size == page.size
    assert (len(page.drawings) > 0) == (kind in ("drawing", "pattern", "badscan")) or kind == "watercolor"
    assert (page.number is None) == (kind == "cover")
    assert np.std(np.asarray(shot.image)) > 4


def test_it_tells_how_far_it_is_and_stops_when_asked(tmp_path: Path) -> None:
    told: list[int] = []
    settings = RenderSettings(books=2, pages=3, height=LOW)
    truth = render_book(tmp_path, settings, on_done=told.append, should_stop=lambda: len(told) >= 2)
    assert told == [1, 2]
    assert len(truth.pages) == len(read_truth(tmp_path / "truth.json").pages) == 2
    assert len(list(tmp_path.rglob("*.jpg"))) == 2


def test_settings_say_what_is_possible() -> None:
    for wrong in ({"papers": ("vellum",)}, {"height": (900, 400)}, {"kinds": ()}, {"pages": 0}):
        with pytest.raises(ValidationError):
            RenderSettings.model_validate(wrong)
