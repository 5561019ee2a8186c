"""Folders of shards from the command line: several sources in one, told about, and trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from commands import Capture, told

from drawing.collection import Entry, read_collection, write_collection
from drawing.drawing import Drawing
from drawing.shards import read_shards
from model.data import read_data
from model.settings import DataSettings
from tui.main import run


def some(count: int, size: float, points: int = 9) -> list[Entry]:
    rng = np.random.default_rng(count)
    return [Entry(Drawing.of([rng.uniform(0, size, (points, 2)), rng.uniform(0, size, (4, 2))])) for _ in range(count)]


@pytest.fixture
def sources(tmp_path: Path) -> list[str]:
    """An archive that knows splits, and a QuickDraw file that knows none, with drawings of another size."""
    write_collection(tmp_path / "own.npz", {"train": some(8, 20, 6), "valid": some(3, 20, 6), "test": some(2, 20, 6)})
    write_collection(tmp_path / "quick.ndjson.gz", {"train": some(45, 250)})
    return [str(tmp_path / "own.npz"), str(tmp_path / "quick.ndjson.gz")]


def test_sources_of_several_kinds_become_one_set_of_one_size(
    capsys: Capture, tmp_path: Path, sources: list[str]
) -> None:
    out = tmp_path / "mix.shards"
    done = told(capsys, ["dataset", "convert", *sources, str(out), "--fit", "200"])
    assert done["drawings"] == {"train": 8 + 42, "valid": 3 + 3, "test": 2}  # each 20th of what knows no splits
    assert not done["sizes_differ"]
    about = read_shards(out).manifest.sources
    assert [(each.name, each.drawings, round(each.size)) for each in about] == [
        ("own.npz", 13, 200),
        ("quick.ndjson.gz", 45, 200),
    ]
    assert all(len(each.sha256) == 64 for each in about)
    found = read_data(out, DataSettings())
    assert found.size == pytest.approx(200, rel=1e-6)
    assert {split: len(rows) for split, rows in found.splits.items()} == done["drawings"]
    info = told(capsys, ["dataset", "info", str(out)])
    assert info["splits"]["train"] == {
        "drawings": 50,
        "points": {"min": 10, "median": 13, "max": 13},
        "strokes": {"min": 2, "median": 2, "max": 2},
    }
    assert run(["dataset", "convert", str(out), str(tmp_path / "back.npz")]) == 0
    back = read_collection(tmp_path / "back.npz")
    assert {split: len(entries) for split, entries in back.splits.items()} == done["drawings"]


def test_shards_keep_back_for_the_valid_split_what_the_file_does(
    capsys: Capture, tmp_path: Path, sources: list[str]
) -> None:
    told(capsys, ["dataset", "convert", sources[1], str(tmp_path / "quick.shards")])
    one, other = read_data(Path(sources[1]), DataSettings()), read_data(tmp_path / "quick.shards", DataSettings())
    assert len(one.splits["valid"]) == 3
    for rows, again in zip(one.splits["valid"], other.splits["valid"], strict=True):
        assert rows == pytest.approx(again, abs=1e-3)


def test_sizes_that_differ_are_told_and_a_limit_holds_for_each_source(
    capsys: Capture, tmp_path: Path, sources: list[str]
) -> None:
    assert run(["dataset", "convert", *sources, str(tmp_path / "a.shards"), "--limit", "2"]) == 0
    words = capsys.readouterr().out
    assert "3 train, 3 valid, 2 test" in words
    assert "Their sizes differ; --fit 200" in words


def test_what_is_left_out_is_counted_and_an_empty_set_is_not_written(
    capsys: Capture, tmp_path: Path, sources: list[str]
) -> None:
    out = tmp_path / "a.shards"
    assert run(["dataset", "convert", *sources, str(out), "--accept", "max_points=5"]) == 1
    assert "none of 58 drawings is left; the first" in capsys.readouterr().err
    assert not out.exists()
    assert run(["dataset", "convert", *sources, str(out), "--accept", "max_points=11"]) == 4
    capsys.readouterr()
    assert read_shards(out).manifest.sources[1].skipped == 45
    assert run(["dataset", "convert", *sources, str(out)]) != 0  # it is there
