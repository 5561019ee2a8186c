"""``monoline sheet`` and ``monoline optimize`` as a person at a terminal uses them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from commands import Capture, refused, told
from PIL import Image

from drawing.drawing import Drawing
from drawing.recipe import Recipe
from drawing.svg import read_svg, svg_text, write_svg
from plotter.sheet import read_sheet
from tui.main import run


@pytest.fixture
def sketches(tmp_path: Path) -> list[str]:
    """Five drawings of their own sizes, with recipes."""
    files = []
    for n in range(5):
        file = tmp_path / f"seed-{n}.svg"
        lines = [[(0, 0), (10 + 5 * n, 0), (5, 20)], [(30, 3), (30, 9)]]
        write_svg(file, Drawing.of(lines), recipe=Recipe(kind="sample", seed=n, temperature=0.3))
        files.append(str(file))
    return files


@pytest.fixture
def shuffled(tmp_path: Path) -> Path:
    """A sheet of 60 short strokes in no order, one gap to join in each of twenty."""
    rng = np.random.default_rng(5)
    corners = rng.uniform(20, 180, (20, 2))
    lines = [
        line
        for x, y in corners
        for line in ([(x, y), (x + 4, y)], [(x + 4.1, y), (x + 9, y)], [(x, y + 3), (x, y + 5)])
    ]
    file = tmp_path / "shuffled.svg"
    write_svg(file, Drawing.of([lines[i] for i in rng.permutation(60)]), width_mm=210, height_mm=297, title="noise")
    return file


def test_drawings_are_laid_out_on_the_paper_asked_for(capsys: Capture, tmp_path: Path, sketches: list[str]) -> None:
    out = tmp_path / "sheet.svg"
    arguments = [
        "--paper",
        "A5",
        "--landscape",
        "--grid",
        "2x3",
        "--margin",
        "12",
        "--title",
        "five",
        "--out",
        str(out),
    ]
    result = told(capsys, ["sheet", *sketches, *arguments])
    assert (result["paper"], result["width_mm"], result["height_mm"]) == ("A5", 210, 148)
    assert (result["files"], result["drawings"], result["strokes"]) == ([str(out)], 5, 10)
    assert [cell["name"] for cell in result["cells"]] == [f"seed-{n}" for n in range(5)]
    sheet = read_sheet(out)
    assert (sheet.title, sheet.margin_mm) == ("five", 12)
    assert [cell.recipe.seed for cell in sheet.cells if cell.recipe] == [0, 1, 2, 3, 4]
    assert result["ink_m"] == pytest.approx(sheet.drawing.ink / 1000)
    assert sheet.overhang_mm() == 0


def test_a_sentence_tells_what_was_made(capsys: Capture, tmp_path: Path, sketches: list[str]) -> None:
    assert run(["sheet", *sketches, "--paper", "letter", "--out", str(tmp_path / "s.svg")]) == 0
    assert "s.svg: 5 drawings on letter, 215.9 x 279.4 mm, 10 strokes, " in capsys.readouterr().out


def test_a_series_has_one_scale_and_a_flip_book_many_files(
    capsys: Capture, tmp_path: Path, sketches: list[str]
) -> None:
    for kind in ("grid", "strip", "overlay"):
        result = told(capsys, ["sheet", *sketches, "--series", kind, "--out", str(tmp_path / f"{kind}.svg")])
        assert len({cell["scale"] for cell in result["cells"]}) == 1
    book = ["sheet", *sketches, "--series", "flipbook", "--captions", "--out", str(tmp_path / "book.svg")]
    result = told(capsys, [*book, "--picture", str(tmp_path / "book.png")])
    assert [Path(file).name for file in result["files"]] == [f"book-0{n}.svg" for n in range(1, 6)]
    assert all(Path(file).exists() for file in (*result["files"], *result["pictures"]))
    assert run(book) == 1  # they exist
    assert "book-01.svg exists" in capsys.readouterr().err
    told(capsys, [*book, "--force"])


def test_a_picture_shows_the_paper(capsys: Capture, tmp_path: Path, sketches: list[str]) -> None:
    picture = tmp_path / "s.png"
    told(capsys, ["sheet", *sketches, "--out", str(tmp_path / "s.svg"), "--picture", str(picture), "--travel"])
    with Image.open(picture) as image:
        assert image.height == 1200
        assert image.width == pytest.approx(1200 * 210 / 297, rel=0.05)


def ink(picture: Path) -> int:
    """Dark pixels."""
    with Image.open(picture) as image:
        return int((np.asarray(image.convert("L")) < 120).sum())


def test_the_width_of_the_pen_is_seen_in_file_and_picture(capsys: Capture, tmp_path: Path, sketches: list[str]) -> None:
    found = {}
    for name, nib in (("thin", []), ("broad", ["--nib", "3"])):
        out, picture = tmp_path / f"{name}.svg", tmp_path / f"{name}.png"
        result = told(capsys, ["sheet", *sketches, *nib, "--out", str(out), "--picture", str(picture)])
        assert result["nib_mm"] == (3 if nib else None)
        found[name] = ink(picture)
    assert found["broad"] > 5 * found["thin"]
    assert 'stroke-width="3"' in (tmp_path / "broad.svg").read_text(encoding="utf-8")
    # it stays when the sheet is optimised, unless another pen is named
    for nib, width in (([], 3), (["--nib", "0.7"], 0.7)):
        out, picture = tmp_path / f"best-{width}.svg", tmp_path / f"best-{width}.png"
        told(capsys, ["optimize", str(tmp_path / "broad.svg"), *nib, "--out", str(out), "--picture", str(picture)])
        assert read_sheet(out).nib_mm == width
        assert f'stroke-width="{width}"' in out.read_text(encoding="utf-8")
        found[str(width)] = ink(picture)
    assert found["3"] > 3 * found["0.7"]


@pytest.mark.parametrize("nib", ["0", "-1", "31", "nan"])
def test_a_pen_that_is_none_is_refused(capsys: Capture, tmp_path: Path, sketches: list[str], nib: str) -> None:
    for command in (["sheet", *sketches], ["optimize", sketches[0]]):
        words = refused(capsys, [*command, "--nib", nib, "--out", str(tmp_path / "s.svg")], 2)
        assert f"--nib {nib} is no width; it is more than 0 and at most 30 mm" in words
    assert not (tmp_path / "s.svg").exists()


def test_drawings_that_can_not_be_read_are_listed(capsys: Capture, tmp_path: Path, sketches: list[str]) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.svg").write_text(svg_text(Drawing.of([[(0, 0), (1, 1)]])), encoding="utf-8")
    (folder / "b.svg").write_text("<svg", encoding="utf-8")
    result = told(capsys, ["sheet", str(folder), sketches[0], "--out", str(tmp_path / "s.svg")], code=4)
    assert result["drawings"] == 2
    assert "b.svg" in result["skipped"][0]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--paper", "A9", "--out", "x.svg"], 2, "--paper: There is no paper 'A9'; name A0"),
        (["--grid", "3by4", "--out", "x.svg"], 2, "--grid 3by4 is not rows x columns, as 3x4"),
        (["--grid", "0x4", "--out", "x.svg"], 2, "--grid 0x4"),
        (["--series", "circle", "--out", "x.svg"], 2, "'circle' is not one of"),
        (["--caption", "{sead}", "--out", "x.svg"], 2, "--caption: {sead} in '{sead}' is none of {name}, {seed}"),
        (["--edition", "30/25", "--out", "x.svg"], 2, "--edition: Edition 30/25 can't be: write 3/25"),
        (["--trim", "A9", "--out", "x.svg"], 2, "--trim: There is no paper 'A9'"),
        (["--title-line", "a\tb", "--out", "x.svg"], 2, "--title-line: it has signs that can't be lettered"),
        (["--signature", "none.svg", "--out", "x.svg"], 2, "--signature: none.svg does not exist"),
        (["--turned", "--out", "x.svg"], 2, "--turned and --growing are for --series spiral"),
        (["--per-sheet", "4", "--series", "grid", "--out", "x.svg"], 1, "A series as grid has no pages"),
        (["--frame", "90", "--out", "x.svg"], 1, "leave no room for drawings on A4"),
        (["--out", "x.png"], 2, "x.png must end in .svg"),
        (["--out", "x.svg", "--picture", "x.jpg"], 2, "x.jpg must end in .png"),
        (["--grid", "2x2", "--out", "x.svg"], 1, "2 x 2 can't hold 5 drawings"),
        (["--series", "strip", "--grid", "2x2", "--out", "x.svg"], 1, "A series as strip has no grid"),
        (["--margin", "150", "--out", "x.svg"], 1, "leave no room"),
        (["--margin", "nan", "--out", "x.svg"], 2, "margin"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_and_nothing_written(
    capsys: Capture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sketches: list[str],
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["sheet", *sketches, *arguments]) == code
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1
    assert not [*tmp_path.glob("x*")]


def test_optimising_tells_before_and_after(capsys: Capture, tmp_path: Path, shuffled: Path) -> None:
    out = tmp_path / "sorted.svg"
    result = told(capsys, ["optimize", str(shuffled), "--out", str(out)])
    before, after = result["before"], result["after"]
    assert set(before) == set(after) == {"strokes", "lifts", "ink_m", "travel_m", "duration_s"}
    assert (before["strokes"], after["strokes"]) == (60, 40)
    assert after["travel_m"] < before["travel_m"] / 3
    assert after["duration_s"] < before["duration_s"] / 1.5
    assert after["ink_m"] == pytest.approx(before["ink_m"] + 20 * 0.1 / 1000)
    sheet = read_sheet(out)
    assert (sheet.title, sheet.paper.name) == ("noise", "A4")
    assert sum(int(mark.sum()) for mark in sheet.drawing.connectors) == 20


def test_a_table_tells_it_to_a_person(capsys: Capture, tmp_path: Path, shuffled: Path) -> None:
    out = ["--out", str(tmp_path / "s.svg"), "--min-length", "3", "--no-two-opt"]
    assert run(["optimize", str(shuffled), *out]) == 0
    said = capsys.readouterr().out
    assert "strokes" in said
    assert "60     20" in " ".join(said.split("\n")).replace("      ", "     ")
    assert "20 strokes shorter than 3 mm left out" in said


def test_each_step_can_be_asked_for_or_left_out(capsys: Capture, tmp_path: Path, shuffled: Path) -> None:
    def after(*arguments: str) -> dict[str, float]:
        out = ["--out", str(tmp_path / "s.svg"), "--force"]
        return told(capsys, ["optimize", str(shuffled), *out, *arguments])["after"]

    assert after("--join", "0.05")["strokes"] == 60
    assert after("--set", "plot.join_mm=0.05")["strokes"] == 60
    assert after("--no-sort")["travel_m"] > 3 * after()["travel_m"]
    assert after("--set", "plot.accel_down_mm_s2=100")["duration_s"] > after()["duration_s"]


def test_a_pipeline_of_ones_own_and_vpypes_own_words(capsys: Capture, tmp_path: Path, shuffled: Path) -> None:
    out = ["--out", str(tmp_path / "s.svg")]
    assert run(["optimize", str(shuffled), *out, "--vpype", "linemrge"]) == 1
    assert "vpype refuses 'linemrge': No such command" in capsys.readouterr().err
    assert not (tmp_path / "s.svg").exists()
    assert run(["optimize", str(shuffled), *out, "--vpype", "linesort", "--join", "1"]) == 2
    assert "--vpype takes the place of the other steps" in capsys.readouterr().err
    result = told(capsys, ["optimize", str(shuffled), *out, "--vpype", "linemerge -t 0.2mm linesort pagerotate"])
    assert result["after"]["strokes"] == 40
    assert read_svg(tmp_path / "s.svg").width_mm == pytest.approx(297, abs=0.01)


def test_a_sheet_that_is_not_there_is_told(capsys: Capture, tmp_path: Path) -> None:
    assert run(["optimize", str(tmp_path / "none.svg"), "--out", str(tmp_path / "s.svg")]) == 1
    assert "none.svg can't be read" in capsys.readouterr().err


def test_an_edition_signed_framed_and_to_be_cut(capsys: Capture, tmp_path: Path, sketches: list[str]) -> None:
    signature = tmp_path / "mine.svg"
    write_svg(signature, Drawing.of([[(0, 0), (30, 8), (40, 2)]]))
    (tmp_path / "prints").mkdir()
    out = tmp_path / "prints" / "print.svg"
    asked = [
        *("--series", "spiral", "--turned", "--caption", "no. {seed}", "--edition", "2-3/25", "--title-line", "Five"),
        *("--signature", str(signature), "--frame", "4", "--crop-marks", "--trim", "180x240", "--registration"),
        *("--picture", str(out.with_suffix(".png")), "--out", str(out)),
    ]
    result = told(capsys, ["sheet", *sketches, *asked])
    assert (result["edition"], result["series"]) == (["2/25", "3/25"], "spiral")
    names = ["print-02-of-25", "print-03-of-25"]
    assert sorted(path.name for path in out.parent.iterdir()) == [
        f"{n}.{kind}" for n in names for kind in ("png", "svg")
    ]
    sheet = read_sheet(out.with_stem(names[0]))
    assert sheet.title == "Five 2/25"
    assert len(sheet.cells) == 5
    assert run(["sheet", *sketches, *asked]) == 1  # nothing is overwritten
    assert "print-02-of-25.svg exists" in capsys.readouterr().err
    assert run(["sheet", *sketches, *asked, "--force"]) == 0
    assert "5 drawings on each of 2 sheets of A4" in capsys.readouterr().out


def test_a_flip_book_of_several_pages_a_paper(capsys: Capture, tmp_path: Path, sketches: list[str]) -> None:
    asked = ["--series", "flipbook", "--per-sheet", "4", "--signature", "A. Look", "--out", str(tmp_path / "b.svg")]
    result = told(capsys, ["sheet", *sketches, *asked])
    assert [Path(file).name for file in result["files"]] == ["b-01.svg", "b-02.svg"]
    assert [cell["name"] for cell in result["cells"]] == ["cover", "seed-1", "seed-3", "seed-0", "seed-2", "seed-4"]
