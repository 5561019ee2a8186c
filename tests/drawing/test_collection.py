"""Any file or folder of drawings: read by what it is called, and turned into any other."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import BYTES, drawings

from drawing.collection import Collection, Entry, read_collection, write_collection
from drawing.drawing import Drawing
from drawing.errors import DrawingError, UnreadableFile
from drawing.npz import read_npz, write_npz
from drawing.recipe import Recipe
from drawing.stroke import to_stroke3
from drawing.svg import write_svg
from studio.errors import StudioError

APE = Drawing.of([[[0, 0], [10, 20], [255, 3]], [[7, 7], [9, 9]]])
BEE = Drawing.of([[[1, 2], [3, 4]]])
RECIPE = Recipe(kind="artist", seed=4)
WAYS = ["a.npz", "a.ndjson", "a.ndjson.gz", "a.bin", "folder"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("collection")


@pytest.mark.parametrize("name", WAYS)
@settings(max_examples=30)
@given(made=st.lists(drawings(BYTES, min_strokes=1, max_strokes=3), min_size=1, max_size=3))
def test_drawings_come_back_from_every_form(folder: Path, name: str, made: list[Drawing]) -> None:
    path = folder / name
    if path.is_dir():
        shutil.rmtree(path)
    files = write_collection(path, {"train": [Entry(drawing) for drawing in made]})
    assert all(file.exists() for file in files)
    collection = read_collection(path)
    assert collection.drawings("train") == made
    assert list(collection.splits) == ["train"]


@pytest.mark.parametrize("before", WAYS)
@pytest.mark.parametrize("after", WAYS)
def test_every_form_turns_into_every_other(tmp_path: Path, before: str, after: str) -> None:
    first, second = tmp_path / "one" / before, tmp_path / "two" / after
    write_collection(first, {"train": [Entry(APE), Entry(BEE)]})
    write_collection(second, read_collection(first).splits)
    assert read_collection(second).drawings("train") == [APE, BEE]


def test_splits_lie_in_folders_and_in_files_beside_each_other(tmp_path: Path) -> None:
    splits = {"train": [Entry(APE), Entry(BEE)], "valid": [Entry(BEE)], "test": []}
    assert write_collection(tmp_path / "svg", splits) == [tmp_path / "svg"]
    assert sorted(file.relative_to(tmp_path) for file in tmp_path.rglob("*.svg")) == [
        Path("svg/train/00000.svg"), Path("svg/train/00001.svg"), Path("svg/valid/00000.svg"),
    ]  # fmt: skip
    assert [file.name for file in write_collection(tmp_path / "a.b.ndjson.gz", splits)] == [
        "a-train.b.ndjson.gz", "a-valid.b.ndjson.gz",
    ]  # fmt: skip
    assert write_collection(tmp_path / "a.bin", {"train": [], "valid": [Entry(BEE)]}) == [tmp_path / "a.bin"]
    assert write_collection(tmp_path / "a.npz", splits) == [tmp_path / "a.npz"]
    read = read_collection(tmp_path / "svg")
    assert {name: read.drawings(name) for name in read.splits} == {"train": [APE, BEE], "valid": [BEE]}
    assert list(read_collection(tmp_path / "a.npz").splits) == ["train", "valid", "test"]


def test_a_folder_is_replaced_whole_and_never_mixed(tmp_path: Path) -> None:
    write_collection(tmp_path / "svg", {"train": [Entry(APE)] * 3, "valid": [Entry(BEE)]})
    write_collection(tmp_path / "svg", {"train": [Entry(BEE)]})
    read = read_collection(tmp_path / "svg")
    assert {name: read.drawings(name) for name in read.splits} == {"train": [BEE]}
    assert [each.name for each in tmp_path.iterdir()] == ["svg"]


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "portrait.svg").write_text("mine")
    with pytest.raises(StudioError, match=r"holds other files too, as portrait\.svg"):
        write_collection(folder, {"train": [Entry(APE)]})
    assert (folder / "portrait.svg").read_text() == "mine"
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]


def test_a_folder_that_was_stopped_half_way_is_not_there(tmp_path: Path) -> None:
    def stop(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_collection(tmp_path / "svg", {"train": [Entry(APE)] * 5}, on_done=stop)
    assert list(tmp_path.iterdir()) == []


def test_what_a_file_tells_of_a_drawing_is_kept(tmp_path: Path) -> None:
    write_collection(tmp_path / "a.ndjson", {"train": [Entry(APE, "monkey")]})
    assert read_collection(tmp_path / "a.ndjson").splits["train"] == [Entry(APE, "monkey")]
    write_collection(tmp_path / "svg", {"train": [Entry(APE, "monkey", RECIPE)]})
    assert read_collection(tmp_path / "svg").splits["train"] == [Entry(APE, "00000", RECIPE)]
    assert "<title>monkey</title>" in (tmp_path / "svg" / "00000.svg").read_text()
    write_collection(tmp_path / "a.npz", {"train": [Entry(APE)]}, {"from": "sb48"})
    assert read_collection(tmp_path / "a.npz").about == {"from": "sb48", "version": 1}


def test_a_classic_archive_is_written_when_asked(tmp_path: Path) -> None:
    write_collection(tmp_path / "a.npz", {"train": [Entry(APE)]}, classic=True)
    with np.load(tmp_path / "a.npz", allow_pickle=True) as archive:
        assert archive["train"][0].tolist() == to_stroke3(APE).tolist()
    with pytest.raises(DrawingError, match=r"a\.bin can't be classic; only \.npz can"):
        write_collection(tmp_path / "a.bin", {"train": [Entry(APE)]}, classic=True)


def test_the_ending_counts_in_capitals_too(tmp_path: Path) -> None:
    for name in ("A.NPZ", "A.NDJSON", "A.NDJSON.GZ", "A.BIN"):
        write_collection(tmp_path / name, {"train": [Entry(APE)]})
        assert read_collection(tmp_path / name).drawings("train") == [APE]
    assert (tmp_path / "A.NDJSON.GZ").read_bytes()[:2] == b"\x1f\x8b"
    write_svg(tmp_path / "A.SVG", APE)
    assert read_collection(tmp_path / "A.SVG").drawings("train") == [APE]


def test_a_single_svg_is_a_collection_of_one(tmp_path: Path) -> None:
    write_svg(tmp_path / "ape.svg", APE, recipe=RECIPE)
    assert read_collection(tmp_path / "ape.svg").splits == {"train": [Entry(APE, "ape", RECIPE)]}


def test_a_folder_is_read_in_the_order_of_its_names_and_the_rest_is_told(tmp_path: Path) -> None:
    for name in ("b.svg", "a.svg", ".hidden.svg"):
        write_svg(tmp_path / name, BEE if name == "b.svg" else APE)
    (tmp_path / "c.svg").write_text("no SVG")
    (tmp_path / "notes.txt").write_text("not looked at")
    collection = read_collection(tmp_path)
    assert [entry.name for entry in collection.splits["train"]] == ["a", "b"]
    assert len(collection.skipped) == 1
    assert "c.svg is not an SVG file" in collection.skipped[0]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("none.npz", None, "does not exist"),
        ("a.pdf", b"", "is of no kind that holds drawings; monoline reads .npz, .ndjson"),
        ("a", b"", "is of no kind that holds drawings"),
        ("a.ndjson", b"\n\n", "holds no drawings"),
        ("a.bin", b"", "holds no drawings"),
        ("a.npz", b"", "is not an .npz archive"),
        ("a.svg", b"", "is not an SVG file"),
        ("folder", "folder", "holds no drawings; monoline reads"),
    ],
)
def test_what_can_not_be_read_is_told_by_its_name(tmp_path: Path, name: str, content, reason: str) -> None:
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        read_collection(path)
    assert str(path) in str(caught.value)
    assert reason in str(caught.value)


def test_a_folder_in_which_nothing_can_be_read_tells_of_the_first(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("no SVG")
    with pytest.raises(UnreadableFile, match=r"holds no drawings; .*a\.svg is not an SVG file"):
        read_collection(tmp_path)


def test_offsets_that_add_up_to_infinity_are_told_with_the_file(tmp_path: Path) -> None:
    far = np.empty(1, dtype=object)
    far[0] = np.array([[1e308, 0, 0], [1e308, 0, 1]])
    np.savez(tmp_path / "far.npz", train=far)
    with pytest.raises(UnreadableFile, match=r"far\.npz: drawing 0 of train is no stroke-3: .* not a finite number"):
        read_collection(tmp_path / "far.npz")


@pytest.mark.parametrize(
    ("name", "splits", "reason"),
    [
        ("a.npz", {"train": []}, "there are no drawings"),
        ("folder", {}, "there are no drawings"),
        ("a.pdf", {"train": [Entry(APE)]}, "is of no kind that holds drawings; monoline writes"),
        ("a.svg", {"train": [Entry(APE)]}, "is of no kind that holds drawings"),
        ("a.bin", {"train": [Entry(APE.scale(2))]}, "whole numbers from 0 to 255"),
    ],
)
def test_what_can_not_be_written_is_told_and_leaves_nothing(tmp_path: Path, name: str, splits, reason: str) -> None:
    with pytest.raises(DrawingError, match=reason):
        write_collection(tmp_path / name, splits)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("split", ["../../evil", "/tmp/evil", "a/b", "..", "", "a b"])
@pytest.mark.parametrize("name", ["inner/folder", "inner/a.npz", "inner/a.ndjson"])
def test_a_split_can_not_lead_out_of_the_folder(tmp_path: Path, name: str, split: str) -> None:
    """An archive names its splits as it likes."""
    with pytest.raises(DrawingError, match="can't be the name of a split"):
        write_collection(tmp_path / name, {"train": [Entry(APE)], split: [Entry(APE)]})
    assert list(tmp_path.iterdir()) == []


def test_a_hostile_archive_turned_into_a_folder_writes_nothing_outside(tmp_path: Path) -> None:
    import zipfile

    write_npz(tmp_path / "good.npz", {"train": [to_stroke3(APE)]}, classic=True)
    with zipfile.ZipFile(tmp_path / "good.npz") as good, zipfile.ZipFile(tmp_path / "evil.npz", "w") as evil:
        evil.writestr("../../../evil.npy", good.read("train.npy"))
    collection = read_collection(tmp_path / "evil.npz")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DrawingError, match="can't be the name of a split"):
        write_collection(tmp_path / "a" / "b" / "c", collection.splits)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_split_that_is_not_there_is_told_with_those_that_are() -> None:
    collection = Collection({"train": [Entry(APE)], "valid": []})
    assert collection.find("train") == [Entry(APE)]
    with pytest.raises(DrawingError, match="There is no split 'dev'; there are: train, valid"):
        collection.find("dev")


# real drawings


def test_real_sketches_come_back_from_a_folder_of_svg_row_by_row(data: Path, tmp_path: Path) -> None:
    read = read_collection(data / "look_f16__minn10_epsilon1.npz")
    some = {split: entries[:25] for split, entries in read.splits.items()}
    write_collection(tmp_path / "svg", some)
    write_collection(tmp_path / "a.npz", read_collection(tmp_path / "svg").splits)
    before, after = read_npz(data / "look_f16__minn10_epsilon1.npz"), read_npz(tmp_path / "a.npz")
    for split in some:
        for mine, theirs in zip(after.splits[split], before.splits[split], strict=False):
            assert mine.tolist() == theirs.tolist()
        assert len(after.splits[split]) == 25


@pytest.mark.parametrize("name", ["quickdraw_monkey_1000.ndjson", "quickdraw_mixed345.ndjson.gz"])
def test_real_drawings_come_back_from_an_archive_row_by_row(data: Path, tmp_path: Path, name: str) -> None:
    before = read_collection(data / name)
    write_collection(tmp_path / "a.npz", before.splits, classic=not name.endswith(".gz"))
    after = read_collection(tmp_path / "a.npz")
    assert after.drawings("train") == before.drawings("train")
    write_collection(tmp_path / name, after.splits)
    assert read_collection(tmp_path / name).drawings("train") == before.drawings("train")


def test_real_sheep_turn_into_ndjson_and_back(data: Path, tmp_path: Path) -> None:
    before = read_collection(data / "aaron_sheep.npz")
    (path,) = write_collection(tmp_path / "sheep.ndjson.gz", {"test": before.splits["test"]})
    assert read_collection(path).drawings("train") == before.drawings("test")
