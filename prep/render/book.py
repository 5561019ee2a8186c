"""Sketchbooks with known truth: their pages planned, drawn, and scanned or photographed into a folder."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

import numpy as np

from drawing.drawing import Drawing
from prep.artist import ArtistSettings, sketch
from prep.homography import map_points
from prep.render import contents
from prep.render.binding import Binding, bound, choose_binding
from prep.render.camera import Shot, flatbed, telephone
from prep.render.collage import paste_cover
from prep.render.contents import Pool
from prep.render.layout import fit
from prep.render.page import Page, take
from prep.render.paint import paint_wash, paint_watercolor, stain
from prep.render.paper import Paper, choose_paper
from prep.render.settings import Kind, RenderSettings
from prep.render.truth import FILE, TrueDrawing, TrueNumber, TruePage, Truth, write_truth
from studio.files import replacing

FOLDERS: dict[Kind, str] = {
    "drawing": "art",
    "pattern": "art",
    "watercolor": "art",
    "notes": "notes",
    "badscan": "xtra",
    "diary": "priv",
    "cover": "cover",
}
"""Where the artist files each kind of page."""
_SHARES: dict[Kind, float] = {
    "drawing": 0.50,
    "pattern": 0.09,
    "watercolor": 0.14,
    "notes": 0.17,
    "badscan": 0.05,
    "diary": 0.05,
}
_SUFFIXES = ("v2", "--hat", "--diag-chains", "-color", "--two-faces")
_SUFFIXED = 0.03
_FINE = ArtistSettings(epsilon=0.08, max_points=4000)  # no corners of a simplified line on paper


class ArtistPool(Sequence[Drawing]):
    """The book of the demo artist as a pool of drawings without an end."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __len__(self) -> int:
        return 1_000_000

    @overload
    def __getitem__(self, index: int) -> Drawing: ...
    @overload
    def __getitem__(self, index: slice) -> list[Drawing]: ...
    def __getitem__(self, index: int | slice) -> Drawing | list[Drawing]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        return sketch(self._seed, index, _FINE).drawing


@dataclass(frozen=True)
class Book:
    """What is the same on every page of one book."""

    number: int
    size: tuple[int, int]
    paper: Paper
    binding: Binding

    @property
    def name(self) -> str:
        """As its folder is called."""
        return f"sb{self.number:02d}"


def render_book(
    out: Path,
    settings: RenderSettings,
    drawings: Pool | None = None,
    *,
    on_done: Callable[[int], object] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Truth:
    """Render sketchbooks into ``out/sbNN/{cover,art,notes,xtra,priv}/NNN.jpg``, and ``out/truth.json``.

    A page depends on the settings, its book's number and its own alone, never on how many others are made.

    Args:
        drawings: what to draw; the demo artist's, of the same seed, if None. Lines are drawn as they are: resample
            or smooth coarse ones first.
        on_done: gets how many pages there are so far.
        should_stop: asked before each page; what is done by then is kept and told.
    """
    pool = ArtistPool(settings.seed) if drawings is None else [each for each in drawings if each.lines]
    if not pool:
        raise ValueError("there is nothing to draw")
    pages: list[TruePage] = []
    for number in range(settings.first_book, settings.first_book + settings.books):
        book = make_book(number, settings)
        for page, kind in plan_pages(number, settings):
            if should_stop():
                break
            shot, true = make_page(book, page, kind, pool, settings)
            with replacing(out / true.file) as temporary:
                shot.image.save(temporary, "JPEG", quality=shot.quality, subsampling=2)
            pages.append(true)
            on_done(len(pages))
    truth = Truth(settings.seed, tuple(pages))
    write_truth(out / FILE, truth)
    return truth


def make_book(number: int, settings: RenderSettings) -> Book:
    """The paper and binding of book ``number``."""
    rng = np.random.default_rng([settings.seed, number, 0])
    height = int(rng.integers(settings.height[0], settings.height[1] + 1))
    width = int(height * rng.choice([0.68, 0.74, 0.78]) * rng.uniform(0.98, 1.02))
    paper = choose_paper(settings.papers[int(rng.integers(len(settings.papers)))], rng)
    return Book(number, (width, height), paper, choose_binding(rng))


def plan_pages(book: int, settings: RenderSettings) -> list[tuple[int, Kind]]:
    """Page numbers of a book with what is on each."""
    kinds = settings.kinds
    if len(kinds) == 1:
        return [(number, kinds[0]) for number in range(1, settings.pages + 1)]
    rng = np.random.default_rng([settings.seed, book, 2])
    covers = "cover" in kinds
    inner = max(0, settings.pages - 2) if covers else settings.pages
    shares = {kind: share for kind, share in _SHARES.items() if kind in kinds}
    want = np.array(list(shares.values())) / sum(shares.values()) * inner
    count = np.floor(want).astype(int)
    for index in np.argsort(count - want, kind="stable")[: inner - int(count.sum())]:
        count[index] += 1
    body = [kind for kind, times in zip(shares, count.tolist(), strict=True) for _ in range(times)]
    body = [body[index] for index in rng.permutation(len(body)).tolist()]
    numbers = np.cumsum(rng.choice([1, 1, 1, 1, 2, 3], size=inner)).tolist()
    inside: list[tuple[int, Kind]] = list(zip(numbers, body, strict=True))
    if not covers:
        return inside
    last = numbers[-1] + 1 if numbers else 1
    return [(0, "cover"), *inside, (last, "cover")][: settings.pages]


def make_page(book: Book, number: int, kind: Kind, pool: Pool, settings: RenderSettings) -> tuple[Shot, TruePage]:
    """Draw one page and take a picture of it."""
    rng = np.random.default_rng([settings.seed, book.number, number, 1])
    medium = settings.media[int(rng.integers(len(settings.media)))]
    camera = settings.cameras[int(rng.integers(len(settings.cameras)))]
    width, height = (side + int(rng.integers(-6, 7)) for side in book.size)
    pen = np.random.default_rng([settings.seed, book.number, 3])  # the artist keeps a pen for a book
    page = Page(number, (width, height), book.paper, take(medium, height, pen), rng)
    _fill(page, kind, book.number, pool)
    if kind != "cover":
        contents.turn_over(page, pool)
        page.write_number()
    chance = np.random.default_rng([settings.seed, book.number, number, 4])
    if kind == "drawing" and chance.random() < settings.washes:
        paint_wash(page)
    if kind != "cover" and chance.random() < settings.stains:
        stain(page)
    rgb = bound(page.flat(), book.binding, page.binder, rng)
    blur = float(rng.uniform(1.8, 5.0)) * height / 1400 if kind == "badscan" else None
    if camera == "telephone":
        shot = telephone(rgb, page.binder, rng, blur)
    else:
        shot = flatbed(rgb, page.binder, book.paper.grain, rng, blur, 60 if kind == "badscan" else None)
    suffix = _SUFFIXES[int(rng.integers(len(_SUFFIXES)))] if kind != "cover" and rng.random() < _SUFFIXED else ""
    file = f"{book.name}/{FOLDERS[kind]}/{number:03d}{suffix}.jpg"
    true = TruePage(
        file=file,
        book=book.name,
        page=number,
        folder=FOLDERS[kind],
        kind=kind,
        size=shot.image.size,
        binder=page.binder,
        number=page.number and TrueNumber(page.number.text, _seen(page.number.lines, shot)),
        drawings=tuple(_seen_drawing(each, shot) for each in page.drawings),
        paper=book.paper.name,
        medium=medium,
        camera=camera,
        page_size=(width, height),
        to_scan=shot.to_scan,
    )
    return shot, true


def _fill(page: Page, kind: Kind, book: int, pool: Pool) -> None:
    if kind == "drawing":
        contents.draw_drawings(page, pool)
    elif kind == "pattern":
        contents.draw_pattern(page, pool)
    elif kind == "watercolor":
        paint_watercolor(page)
        if page.rng.random() < 0.4:  # pen and wash
            index, lines = contents.choose(pool, page.rng)
            page.draw(fit(lines, page.area(0.1), page.rng, 0.8), index)
    elif kind == "notes":
        contents.write_notes(page)
    elif kind == "diary":
        contents.write_diary(page)
    elif kind == "cover":
        paste_cover(page, book, front=page.number_on_it == 0)
    else:
        page.angle = math.radians(float(page.rng.choice([-1, 1])) * page.rng.uniform(4, 14))
        contents.draw_drawings(page, pool)


def _seen(lines: tuple[np.ndarray, ...], shot: Shot) -> tuple[np.ndarray, ...]:
    return tuple(map_points(shot.to_scan, line) for line in lines)


def _seen_drawing(drawn: TrueDrawing, shot: Shot) -> TrueDrawing:
    lines = _seen(drawn.lines, shot)
    before, after = (
        sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in each) for each in (drawn.lines, lines)
    )
    return TrueDrawing(lines, drawn.pen * after / max(before, 1e-9), drawn.source)
