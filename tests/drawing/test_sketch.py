"""What a person says of a drawing, in its file, and finding drawings by it and by their recipe."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from drawing.drawing import Drawing
from drawing.errors import DrawingError
from drawing.recipe import Recipe
from drawing.search import SORTS, in_order, read_search
from drawing.sketch import LONGEST, About, annotate
from drawing.svg import read_svg, write_svg

LINE = Drawing.of([[(0.1, 0.2), (30.3, 4.0), (9.0, 50.7)]])
SAID = About('the "left" hand < right & \u00fc\nsecond line', favourite=True)


def test_a_note_stays_in_the_file_and_nothing_else_is_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    recipe = Recipe(kind="sample", seed=3, temperature=0.3)
    write_svg(path, LINE, recipe=recipe, title="a", decimals=None, notes={"sheet": "kept"})
    before = path.read_text(encoding="utf-8")
    annotate(path, SAID)
    file = read_svg(path)
    assert About.of(file.notes) == SAID
    assert (file.drawing, file.recipe, file.title, file.notes["sheet"]) == (LINE, recipe, "a", "kept")
    annotate(path, About("other"))
    assert About.of(read_svg(path).notes) == About("other")
    annotate(path, About())
    assert path.read_text(encoding="utf-8") == before


def test_a_foreign_file_takes_a_note_too(tmp_path: Path) -> None:
    path = tmp_path / "ink.svg"
    foreign = (
        '<?xml version="1.0"?>\n<!-- by hand -->\n<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="40mm" '
        'viewBox=\'0 0 40 40\' data-x="a>b">\n<metadata id="m"><x/></metadata>'
        '<g stroke="red"><path d="M1 1L30 30"/></g></svg>\n'
    )
    path.write_text(foreign, encoding="utf-8")
    annotate(path, SAID)
    assert About.of(read_svg(path).notes) == SAID
    assert 'stroke="red"' in path.read_text(encoding="utf-8")
    annotate(path, About())
    assert path.read_text(encoding="utf-8") == foreign


def test_what_can_not_be_noted_is_told_and_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    write_svg(path, LINE)
    before = path.read_bytes()
    with pytest.raises(DrawingError, match="2,000 characters at most"):
        annotate(path, About("x" * (LONGEST + 1)))
    odd = b'<!-- <svg> --><svg xmlns="http://www.w3.org/2000/svg" width="9mm" height="9mm"><path d="M1 1L3 3"/></svg>'
    (tmp_path / "odd.svg").write_bytes(odd)
    with pytest.raises(DrawingError, match="has no place for a note"):
        annotate(tmp_path / "odd.svg", SAID)
    assert (tmp_path / "odd.svg").read_bytes() == odd
    assert path.read_bytes() == before


def test_whatever_is_typed_is_noted_and_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    write_svg(path, LINE)
    windows = b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n")
    path.write_bytes(windows)
    for typed, noted in (("a\r\nb\rc", "a\nb\nc"), (" \x07bell\x00 ", "bell"), ("]]> &amp; <x/>", "]]> &amp; <x/>")):
        assert annotate(path, About(typed)) == About(noted) == About.of(read_svg(path).notes)
    annotate(path, About("\ufffe"))
    assert path.read_bytes() == windows


@dataclass(frozen=True)
class Kept:
    name: str
    recipe: Recipe | None = None
    about: About = field(default_factory=About)
    drawing: Drawing = LINE


def of(kind: str, seed: int, temperature: float | None, checkpoint: str = "ab" * 32) -> Recipe:
    return Recipe.model_validate(
        {"kind": kind, "seed": seed, "temperature": temperature, "checkpoint": checkpoint, "format": 1}
    )


ALL = [
    Kept("portraits-seed-000007-t0.20", of("sample", 7, 0.2)),
    Kept(
        "portraits-interpolate-seed-000001",
        of("interpolate", 1, 0.4, "cd" * 32),
        About("her left hand", favourite=True),
    ),
    Kept("bird", of("vary", 12, 0.41), About("wing")),
    Kept("scan", None, About(favourite=True), Drawing.of([[(0, 0), (1, 0)], [(2, 2), (3, 3)]])),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [0, 1, 2, 3]),
        ("seed:7", [0]),
        ("seed:1-7", [0, 1]),
        ("seed:7-", [0, 2]),
        ("temp:0.2-0.4", [0, 1]),
        ("temperature:0.41", [2]),
        ("net:portraits", [0, 1]),
        ("net:mine", [1]),
        ("net:abab", [0, 2]),
        ("kind:interpolate", [1]),
        ("-kind:interpolate fav", [3]),
        ("fav", [1, 3]),
        ("-fav", [0, 2]),
        ("no:fav no:seed:7", [2]),
        ('note:"left hand"', [1]),
        ('note:"left', [1]),
        ("noted", [1, 2]),
        ("name:bird", [2]),
        ("wing", [2]),
        ("points:3", [0, 1, 2]),
        ("strokes:2", [3]),
        ("FAV Seed:1", [1]),
        ("seed 12", [2]),  # as it stands on the screen
        ("temperature 0.2-0.4 -fav", [0]),
        ("seed portraits", [0, 1]),
    ],
)
def test_drawings_are_found_by_words(text: str, found: list[int]) -> None:
    search = read_search(text, {"cd" * 32: "mine"})
    assert [ALL.index(each) for each in search.of(ALL)] == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("seeds:7", "there is no seeds:, did you mean 'seed'; known are seed:7"),
        ("seed:", "lacks what to look for, as in seed:7"),
        ("temp:warm", "'warm' is neither a number nor a range with the lower first, as in temp:0.2-0.4"),
        ("temp:0.4-0.2", "lower first"),
        ("kind:interpolation", "a kind is artist, sample, .* or vary, did you mean 'interpolate'"),
        ("fav -colour:red", "there is no colour:"),
    ],
)
def test_a_word_that_can_not_be_understood_is_told(text: str, words: str) -> None:
    with pytest.raises(DrawingError, match=words):
        read_search(text)


def test_orders_keep_what_is_alike_as_it_was() -> None:
    order = {sort: [ALL.index(each) for each in in_order(ALL, sort)] for sort in SORTS}
    assert order["kept"] == [0, 1, 2, 3]
    assert order["name"] == [2, 1, 0, 3]
    assert order["seed"] == [1, 0, 2, 3]
    assert order["temperature"] == [0, 1, 2, 3]
    assert order["ink"] == [3, 0, 1, 2]
    assert order["favourites"] == [1, 3, 0, 2]
