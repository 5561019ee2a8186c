"""Drawings that stay on the disk: the same for a network as those in memory, and whole or refused."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from networks import some_rows

from drawing.errors import DrawingError, UnreadableFile
from drawing.npz import read_npz, write_npz
from drawing.shard_writer import writing_shards
from drawing.shards import MANIFEST, Drawings, read_shards
from drawing.stroke import Stroke3
from model.data import batches, dequantise, drawings_for, lengths_of, read_data
from model.errors import BadData
from model.settings import DataSettings


def sharded(path: Path, splits: dict[str, list[Stroke3]]) -> Path:
    with writing_shards(path) as writer:
        for split, drawings in splits.items():
            for rows in drawings:
                writer.add(split, rows)
    return path


def lines(count: int, seed: int = 0) -> list[Stroke3]:
    lengths = np.random.default_rng(seed).integers(2, 40, count)
    return [rows.astype(np.float32).astype(float) for rows in some_rows(lengths.tolist(), seed)]


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drawing.shard_writer.SHARD_POINTS", 300)
    monkeypatch.setattr("drawing.shards.RELEASE_EVERY", 7)


@pytest.mark.parametrize("name", ["look_f16__minn10_epsilon1", "look_joined15"])
def test_shards_of_real_drawings_are_learnt_as_their_archive(data: Path, tmp_path: Path, name: str) -> None:
    source = data / f"{name}.npz"
    folder = sharded(tmp_path / "a.shards", read_npz(source).splits)
    settings = DataSettings()
    found, known = read_data(folder, settings), read_data(source, settings)
    assert found.scale == pytest.approx(known.scale, rel=1e-12)
    assert found.size == pytest.approx(known.size, rel=1e-6)
    for field in ("n_max", "first_dropped", "dequantised", "notes"):
        assert getattr(found, field) == getattr(known, field)
    for split, rows in known.splits.items():
        assert all(np.array_equal(*pair) for pair in zip(found.splits[split], rows, strict=True))
    one, other = (next(batches(each.splits["train"], each, settings, 100, 1, 5)) for each in (found, known))
    assert torch.allclose(one.inputs, other.inputs)


@pytest.mark.usefixtures("small_shards")
@pytest.mark.parametrize("whole", [False, True])
def test_many_shards_are_one_sequence(tmp_path: Path, whole: bool) -> None:
    rows = [np.round(each) for each in lines(99)] if whole else lines(99)
    found = drawings_for(sharded(tmp_path / "a.shards", {"train": rows}), "train", False)
    assert isinstance(found, Drawings)
    assert len(found.files) > 3
    assert lengths_of(found).tolist() == [len(each) for each in rows]
    for index in np.random.default_rng(0).permutation(99):
        assert np.array_equal(found[index], rows[index])
    assert np.array_equal(found[-1], rows[-1])
    assert all(np.array_equal(*pair) for pair in zip(found[5:90:7], rows[5:90:7], strict=True))
    noisy = dequantise(found)
    assert all(np.array_equal(noisy[index], list(dequantise(rows))[index]) for index in (70, 3))
    assert np.array_equal(noisy[60:][2], noisy[62])


SPOILT = [
    np.zeros((3, 3)),  # all its points on one another
    np.array([[1.0, 1, 0], [1e7, 0, 0], [2, 2, 1]]),  # an offset that nobody drew
    np.column_stack([np.random.default_rng(1).normal(0, 3, (90, 2)), np.arange(90) == 89]),
    np.column_stack([np.random.default_rng(1).normal(0, 3, (200, 2)), np.arange(200) > 1]),  # more strokes than points
    np.array([[4.0, 4, 1], [3, 3, 0], [2, 2, 0], [1, 1, 1]]),  # begins with a single point
]


@pytest.mark.usefixtures("small_shards")
@pytest.mark.parametrize("drop", ["yes", "no"])
def test_what_cannot_be_learnt_is_left_out_and_told_of_shards_as_of_archives(tmp_path: Path, drop: str) -> None:
    settings = DataSettings.model_validate({"max_points": 60, "drop_first": drop})
    splits = {"train": lines(60) + [each.astype(np.float32).astype(float) for each in SPOILT], "valid": lines(9, 1)}
    write_npz(tmp_path / "a.npz", splits)
    known = read_data(tmp_path / "a.npz", settings)
    found = read_data(sharded(tmp_path / "a.shards", splits), settings)
    told = " ".join(known.notes)
    assert "1 drawings whose points all lie on one another" in told
    assert "1 drawings with an offset over 10 times" in told
    assert "1 drawings whose strokes 60 points can't tell" in told
    assert "1 drawings were simplified" in told
    assert len(known.splits["train"]) == 62
    assert len(known.splits["train"][-1]) == (2 if drop == "yes" else 4)  # no line leads from the single point
    assert (found.notes, found.n_max) == (known.notes, known.n_max)
    assert found.scale == pytest.approx(known.scale, rel=1e-6)
    assert known.scale < 10
    for rows, other in zip(found.splits["train"], known.splits["train"], strict=True):
        assert np.allclose(rows, other, atol=1e-4)
    for batch in itertools.islice(batches(found.splits["train"], found, settings, 16, 1, 0), 4):
        assert batch.inputs.isfinite().all()


def test_a_drawing_of_a_hundred_thousand_points_is_simplified(tmp_path: Path) -> None:
    angle = np.linspace(0, 60, 100_000)
    spiral = np.column_stack([np.cos(angle), np.sin(angle)]) * angle[:, None]
    rows = np.column_stack([np.diff(spiral, axis=0, prepend=0), np.arange(100_000) == 99_999])
    found = read_data(sharded(tmp_path / "a.shards", {"train": [rows, *lines(3)]}), DataSettings(drop_first="no"))
    assert 200 < len(found.splits["train"][0]) <= 250 == DataSettings().max_points


def test_shards_that_are_not_whole_are_one_clear_error(tmp_path: Path) -> None:
    folder = sharded(tmp_path / "a.shards", {"train": lines(30), "valid": lines(5)})
    rows, index, manifest = folder / "train-00000.rows", folder / "valid-00000.index", folder / MANIFEST
    for file in (rows, index):
        whole = file.read_bytes()
        for spoilt, words in ((whole[:-1], "should have"), (whole[:9] + b"\xff" + whole[10:], "checksum")):
            file.write_bytes(spoilt)
            with pytest.raises(UnreadableFile, match=f"{file.name}.*{words}"):
                read_data(folder, DataSettings())
        file.write_bytes(whole)
    index.unlink()
    with pytest.raises(UnreadableFile, match="can't be read"):
        read_data(folder, DataSettings())
    text = manifest.read_text()
    for spoilt in ("", text[:200], json.dumps({**json.loads(text), "splits": {"../x": []}})):
        manifest.write_text(spoilt)
        with pytest.raises(UnreadableFile, match="damaged"):
            read_shards(folder)
    manifest.write_text(json.dumps({**json.loads(text), "version": 99}))
    with pytest.raises(UnreadableFile, match="update monoline"):
        read_shards(folder)


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = sharded(tmp_path / "a.shards", {"train": lines(5)})
    before = (folder / MANIFEST).read_bytes()
    with pytest.raises(ZeroDivisionError), writing_shards(folder) as writer:
        writer.add("train", lines(1)[0])
        _ = 1 // 0
    assert (folder / MANIFEST).read_bytes() == before
    with pytest.raises(DrawingError, match="no drawings"), writing_shards(tmp_path / "b.shards"):
        pass
    assert [each.name for each in tmp_path.iterdir()] == ["a.shards"]
    assert sharded(folder, {"train": lines(5)}).joinpath(MANIFEST).read_bytes() == before  # the same each time


def test_numbers_that_are_none_are_refused_before_they_are_written(tmp_path: Path) -> None:
    with writing_shards(tmp_path / "a.shards") as writer:
        writer.add("train", lines(1)[0])
        for value in (np.nan, np.inf, 1e39):
            with pytest.raises(DrawingError):
                writer.add("train", np.array([[value, 0, 1]]))
        with pytest.raises(DrawingError, match="no point"):
            writer.add("train", np.zeros((0, 3)))
    assert len(drawings_for(tmp_path / "a.shards", "train", False)) == 1
    with pytest.raises(BadData, match="no split 'test'"):
        drawings_for(tmp_path / "a.shards", "test", False)


def test_very_many_long_drawings_are_not_simplified_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.shards.SIMPLIFIED_MOST", 2)
    folder = sharded(tmp_path / "a.shards", {"train": some_rows([20, 20, 20])})
    with pytest.raises(BadData, match=r"3 drawings of more than 10 points.*--max-points 10"):
        read_data(folder, DataSettings(max_points=10))
