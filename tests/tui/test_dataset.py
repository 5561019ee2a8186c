from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from commands import Capture, told
from PIL import Image

from drawing.accept import Rules
from drawing.collection import Entry, read_collection, write_collection
from drawing.drawing import Drawing
from drawing.npz import read_npz, write_npz
from drawing.svg import read_svg
from tui.commands.dataset import RULES
from tui.main import run


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Six drawings: broken lines that join, of one to three strokes."""
    entries = [
        Entry(Drawing.of([[(0, 0), (10, 0), (20, 5)], [(22, 5), (30, n + 1)], [(31, n + 1), (60, 40)]][: 1 + n % 3]))
        for n in range(6)
    ]
    write_collection(tmp_path / "small.npz", {"train": entries[:4], "valid": entries[4:]})
    return tmp_path / "small.npz"


@pytest.mark.parametrize(
    ("name", "counts", "points", "strokes", "scale"),
    [
        ("look_f16__minn10_epsilon1.npz", {"train": 1300, "valid": 300}, [4, 129, 234], [1, 13, 22], 15.9018),
        ("look_joined15.npz", {"train": 1271, "valid": 294}, None, None, 11.6693),
        ("aaron_sheep.npz", {"train": 7400, "valid": 300, "test": 300}, [20, 118, 250], [1, 10, 88], 18.5198),
        ("quickdraw_monkey_1000.ndjson", {"train": 1000}, [5, 78, 180], [1, 9, 30], None),
        ("quickdraw_mixed345.ndjson.gz", {"train": 9570}, [2, 35, 546], [1, 4, 55], None),
    ],
)
def test_info_tells_the_known_figures_of_real_files(
    capsys: Capture,
    data: Path,
    name: str,
    counts: dict[str, int],
    points: list[int] | None,
    strokes: list[int] | None,
    scale: float | None,
) -> None:
    info = told(capsys, ["dataset", "info", str(data / name)])
    assert {split: each["drawings"] for split, each in info["splits"].items()} == counts
    train = info["splits"]["train"]
    if points and strokes:
        assert list(train["points"].values()) == points
        assert list(train["strokes"].values()) == strokes
    if scale:
        assert info["scale"] == pytest.approx(scale, abs=6e-5) or info["scale_without_first"] == pytest.approx(
            scale, abs=6e-5
        )


def test_info_shows_figures_and_pictures_to_a_person(capsys: Capture, small: Path) -> None:
    assert run(["dataset", "info", str(small)]) == 0
    out = capsys.readouterr().out
    assert "train" in out
    assert "valid" in out
    assert any("\u2801" <= letter <= "\u28ff" for letter in out)


def test_every_format_converts_to_every_other_and_back(capsys: Capture, small: Path, tmp_path: Path) -> None:
    expected = read_collection(small)
    last = small
    for target in ("folder", "again.npz", "lines.ndjson.gz", "more.ndjson", "whole.npz"):
        told(capsys, ["dataset", "convert", str(last), str(tmp_path / target)])
        last = tmp_path / target
        if target.startswith(("lines", "more")):  # these know no splits: a file each
            last = tmp_path / target
            parts = sorted(tmp_path.glob(f"{target.partition('.')[0]}*"))
            if len(parts) == 2:
                drawings = [entry.drawing for part in parts for entry in read_collection(part).splits["train"]]
                assert drawings == expected.drawings("train") + expected.drawings("valid")
                last = parts[0]
        else:
            found = read_collection(last)
            assert found.drawings("train") == expected.drawings("train")


def test_a_classic_archive_is_what_numpy_and_other_tools_expect(capsys: Capture, small: Path, tmp_path: Path) -> None:
    told(capsys, ["dataset", "convert", str(small), str(tmp_path / "classic.npz"), "--classic"])
    with np.load(tmp_path / "classic.npz", allow_pickle=True, encoding="latin1") as archive:
        assert sorted(archive.files) == ["train", "valid"]
        assert archive["train"].dtype == object
        assert archive["train"][0].shape[1] == 3
    assert read_collection(tmp_path / "classic.npz").drawings("train") == read_collection(small).drawings("train")


def test_joining_simplifying_and_rules_happen_on_the_way(capsys: Capture, data: Path, tmp_path: Path) -> None:
    out, source = tmp_path / "out.npz", tmp_path / "look.npz"
    write_npz(source, {split: rows[:80] for split, rows in read_npz(data / "look_f16.npz").splits.items()})
    arguments = ["dataset", "convert", str(source), str(out), "--join", "15", "--max-points", "100"]
    result = told(capsys, [*arguments, "--accept", "max_strokes=8", "--accept", "min_points=30"], code=4)
    info = told(capsys, ["dataset", "info", str(out)])
    for split, measures in info["splits"].items():
        assert measures["drawings"] == result["drawings"][split]
        assert measures["points"]["max"] <= 100
        assert measures["points"]["min"] >= 30
        assert measures["strokes"]["max"] <= 8
    assert all(result["drawings"].values())
    assert result["skipped"]
    assert sum(result["drawings"].values()) + len(result["skipped"]) == 80 * len(info["splits"])
    assert all("#" in line and ":" in line for line in result["skipped"])


def test_one_line_leaves_exactly_one_stroke(capsys: Capture, small: Path, tmp_path: Path) -> None:
    told(capsys, ["dataset", "convert", str(small), str(tmp_path / "one.npz"), "--one-line", "--fit", "200"])
    for drawing in read_collection(tmp_path / "one.npz").drawings("train"):
        assert len(drawing.lines) == 1
        assert max(drawing.size) == pytest.approx(200, abs=1e-3)


def test_a_file_that_exists_is_kept_unless_forced(capsys: Capture, small: Path, tmp_path: Path) -> None:
    target = tmp_path / "there.npz"
    target.write_bytes(b"precious")
    assert run(["dataset", "convert", str(small), str(target)]) == 1
    assert "--force" in capsys.readouterr().err
    assert target.read_bytes() == b"precious"
    told(capsys, ["dataset", "convert", str(small), str(target), "--force"])
    assert len(read_collection(target).drawings("train")) == 4


def test_a_source_is_never_the_target(capsys: Capture, small: Path) -> None:
    before = small.read_bytes()
    assert run(["dataset", "convert", str(small), str(small), "--force"]) == 1
    assert "source too" in capsys.readouterr().err
    assert small.read_bytes() == before


def test_an_unknown_rule_is_answered_with_the_nearest(capsys: Capture, small: Path, tmp_path: Path) -> None:
    assert run(["dataset", "convert", str(small), str(tmp_path / "o.npz"), "--accept", "max_stroke=1"]) == 2
    assert "did you mean 'max_strokes'" in capsys.readouterr().err


def test_a_folder_with_a_bad_file_goes_on_and_exits_with_4(capsys: Capture, small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    told(capsys, ["dataset", "convert", str(small), str(folder)])
    (folder / "train" / "bad.svg").write_text("<svg")
    result = told(capsys, ["dataset", "info", str(folder)], code=4)
    assert result["splits"]["train"]["drawings"] == 4
    assert len(result["skipped"]) == 1
    assert "bad.svg" in result["skipped"][0]


def test_files_beside_the_named_one_are_kept_too_and_named_truly(capsys: Capture, small: Path, tmp_path: Path) -> None:
    precious = tmp_path / "a-valid.ndjson"
    precious.write_text("precious")
    assert run(["dataset", "convert", str(small), str(tmp_path / "a.ndjson")]) == 1
    assert "a-valid.ndjson exists" in capsys.readouterr().err
    assert precious.read_text() == "precious"
    assert not (tmp_path / "a-train.ndjson").exists()
    told_out = told(capsys, ["dataset", "convert", str(small), str(tmp_path / "b.ndjson")])["out"]
    assert told_out == [str(tmp_path / "b-train.ndjson"), str(tmp_path / "b-valid.ndjson")]
    assert all(Path(each).exists() for each in told_out)


def test_the_help_names_every_rule() -> None:
    assert sorted(RULES.split(", ")) == sorted(Rules.model_fields)


@pytest.mark.parametrize(
    "arguments",
    [
        ["sheet", "IN", "o.png", "--seed", "-1"],
        ["sheet", "IN", "o.svg", "--captions"],
        ["demo", "--out", "o.npz", "--seed", "-1"],
        ["demo", "--out", "o.npz", "--preset", "nothing"],
        ["demo", "--out", "o.npz", "--set", "tremor"],
        ["convert", "IN", "o.npz", "--join", "inf"],
    ],
)
def test_impossible_options_are_bad_arguments(
    capsys: Capture, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["dataset", *[str(small) if word == "IN" else word for word in arguments]]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["small.npz"]


def test_a_sheet_tells_what_it_left_out(capsys: Capture, small: Path, tmp_path: Path) -> None:
    told(capsys, ["dataset", "convert", str(small), str(tmp_path / "folder")])
    (tmp_path / "folder" / "train" / "bad.svg").write_text("<svg")
    result = told(capsys, ["dataset", "sheet", str(tmp_path / "folder"), str(tmp_path / "s.png")], code=4)
    assert "bad.svg" in result["skipped"][0]


def test_a_sheet_shows_the_drawings_in_each_kind_of_picture(capsys: Capture, small: Path, tmp_path: Path) -> None:
    arguments = ["dataset", "sheet", str(small)]
    told(capsys, [*arguments, str(tmp_path / "s.png"), "--columns", "2", "--cell-px", "60", "--captions"])
    with Image.open(tmp_path / "s.png") as image:
        assert image.width == 120
        dark = (np.asarray(image.convert("L")) < 60).reshape(2, -1, 2, 60).any(axis=(1, 3))
        assert dark.all()  # ink in each of the four cells
    told(capsys, [*arguments, str(tmp_path / "s.svg"), "--split", "valid", "--columns", "2"])
    page = read_svg(tmp_path / "s.svg")
    assert (page.width_mm, page.height_mm) == (60, 30)
    assert len(page.drawing.lines) == sum(len(each.lines) for each in read_collection(small).drawings("valid"))
    told(capsys, [*arguments, str(tmp_path / "s.gif"), "--cell-px", "40"])
    with Image.open(tmp_path / "s.gif") as image:
        assert getattr(image, "n_frames", 1) > 10


def test_a_sheet_can_choose_at_random_and_the_same_again(capsys: Capture, small: Path, tmp_path: Path) -> None:
    arguments = ["dataset", "sheet", str(small), str(tmp_path / "s.png"), "--rows", "1", "--columns", "2", "--force"]
    assert run(arguments) == 0
    assert "2 drawings of 4" in capsys.readouterr().out
    one = told(capsys, [*arguments, "--seed", "4"])["drawings"]
    assert told(capsys, [*arguments, "--seed", "4"])["drawings"] == one
    assert any(told(capsys, [*arguments, "--seed", str(seed)])["drawings"] != one for seed in range(8))


def test_a_sheet_of_nothing_is_told(capsys: Capture, small: Path, tmp_path: Path) -> None:
    assert run(["dataset", "sheet", str(small), str(tmp_path / "s.png"), "--from", "99"]) == 1
    assert "has 4 drawings" in capsys.readouterr().err
    assert run(["dataset", "sheet", str(small), str(tmp_path / "s.png"), "--split", "tset"]) == 1
    assert "there are: train, valid" in capsys.readouterr().err


def test_the_scale_that_training_has_is_told_too(capsys: Capture, tmp_path: Path) -> None:
    file = tmp_path / "faces.npz"
    told(capsys, ["dataset", "demo", "--n", "30", "--seed", "1", "--out", str(file)])
    found = told(capsys, ["dataset", "info", str(file)])
    assert run(["dataset", "info", str(file)]) == 0
    assert f"{found['scale_without_first']:.4f} without first rows" in " ".join(capsys.readouterr().out.split())


def test_the_demo_artist_fills_a_file_the_same_for_the_same_seed(capsys: Capture, tmp_path: Path) -> None:
    arguments = ["dataset", "demo", "--n", "40", "--out"]
    result = told(capsys, [*arguments, str(tmp_path / "a.npz"), "--seed", "3"])
    assert result["drawings"] == {"train": 36, "valid": 2, "test": 2}
    told(capsys, [*arguments, str(tmp_path / "b.npz"), "--seed", "3"])
    told(capsys, [*arguments, str(tmp_path / "c.npz"), "--seed", "4"])
    a, b, c = (read_collection(tmp_path / f"{name}.npz") for name in "abc")
    assert a.splits == b.splits
    assert a.splits != c.splits
    assert all(len(drawing.lines) == 1 for drawing in a.drawings("train"))
    assert a.about is not None
    assert a.about["seed"] == 3


def test_the_demo_artist_takes_a_preset_and_single_settings(capsys: Capture, tmp_path: Path) -> None:
    out = tmp_path / "cats.ndjson"
    settings = ["--preset", "portraits", "--set", "kinds.profile=0", "--set", "kinds.frontal=0"]
    told(capsys, ["dataset", "demo", "--n", "18", "--out", str(out), *settings])
    assert {entry.name for entry in read_collection(out).splits["train"]} == {"three_quarter"}
