"""Drawings on their way into a network: what is left out, what is kept, and that chance stays honest."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from drawing.collection import Entry, write_collection
from drawing.drawing import Drawing
from drawing.npz import write_npz
from drawing.stroke import from_moves
from model.data import Data, batches, dequantise, drawings_for, made_ahead, order, read_data
from model.errors import BadData
from model.losses import Batch
from model.settings import DataSettings

STILL = DataSettings(scale_jitter=0.0, drop_points=0.0)
LIVELY = DataSettings(rotate_degrees=20, mirror=0.5, reverse=0.5, drop_points=0.3)


# files


@pytest.mark.parametrize(
    ("name", "dropped", "whole", "scale"),
    [
        ("look_joined15", False, False, 11.6693),  # the scales are those that figures of these files are stated at
        ("look_f16__minn10_epsilon1", True, False, 15.4228),
        ("aaron_sheep", False, True, 18.5198),
        ("omniglot", True, True, None),  # begins at the origin, always
    ],
)
def test_first_rows_and_whole_numbers_of_real_files_are_told_apart(
    data: Path, name: str, dropped: bool, whole: bool, scale: float | None
) -> None:
    found = read_data(data / f"{name}.npz", DataSettings())
    assert found.first_dropped == dropped
    assert found.dequantised == whole
    if scale is not None:
        assert found.scale == pytest.approx(scale, abs=6e-5)
    assert found.n_max == max(len(rows) for rows in itertools.chain(*found.splits.values())) <= 250
    for split in found.splits:  # the same drawings, for whoever tests with them later
        tested = drawings_for(data / f"{name}.npz", split, dropped)
        assert len(tested) == len(found.splits[split])
        assert np.array_equal(tested[0], found.splits[split][0])


def test_what_is_asked_for_counts_more_than_what_is_guessed(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    far = [np.concatenate([[[80.0, 90.0, 0.0]], np.column_stack([rng.normal(0, 2, (9, 2)), np.eye(9)[8]])])] * 3
    write_npz(tmp_path / "a.npz", {"train": far, "valid": far})
    assert read_data(tmp_path / "a.npz", DataSettings()).first_dropped
    kept = read_data(tmp_path / "a.npz", DataSettings(drop_first="no", dequantise="yes"))
    assert not kept.first_dropped
    assert kept.dequantised
    assert kept.splits["train"][0][0].tolist() == [80.0, 90.0, 0.0]
    assert read_data(tmp_path / "a.npz", DataSettings()).n_max == 9


def test_without_a_valid_split_each_twentieth_drawing_is_one(tmp_path: Path) -> None:
    rows = [np.array([[index, 1.5, 0], [2, 2, 1]], dtype=float) for index in range(41)]
    write_npz(tmp_path / "a.npz", {"train": rows})
    found = read_data(tmp_path / "a.npz", DataSettings(drop_first="no"))
    assert [int(each[0, 0]) for each in found.splits["valid"]] == [0, 20, 40]
    assert len(found.splits["train"]) == 38
    assert not {int(each[0, 0]) for each in found.splits["train"]} & {0, 20, 40}
    assert any("20th" in note for note in found.notes)
    assert [int(each[0, 0]) for each in drawings_for(tmp_path / "a.npz", "valid", False)] == [0, 20, 40]
    assert found.about()["drawings"] == {"train": 38, "valid": 3}


@pytest.mark.parametrize("drop", ["yes", "no"])
def test_too_long_a_drawing_is_simplified_and_never_cut(tmp_path: Path, drop: str) -> None:
    angle = np.linspace(0, 4 * np.pi, 400)
    spiral = np.column_stack([np.cos(angle), np.sin(angle)]) * np.linspace(20, 100, 400)[:, None]
    long = Drawing.of([spiral[:150], spiral[150:]])
    short = Drawing.of([[(0, 0), (1, 1), (5, 0.5)]])
    write_collection(tmp_path / "a.npz", {"train": [Entry(long), Entry(short)], "valid": [Entry(short)]})
    found = read_data(tmp_path / "a.npz", DataSettings(max_points=60, drop_first=drop))  # type: ignore[arg-type]
    first = drop == "yes"
    rows = found.splits["train"][0]
    assert 50 <= len(rows) <= 60
    told = from_moves(rows)
    # what is no place is a line from the origin
    told = told.translate(*long.lines[0][0]) if first else Drawing.of([told.lines[0][1:], *told.lines[1:]])
    assert [len(told.lines), *told.lines[0][0].round(3)] == [2, *long.lines[0][0].round(3)]
    for new, old in zip(told.lines, long.lines, strict=True):
        np.testing.assert_allclose(new[[0, -1]], old[[0, -1]], atol=1e-3)  # both ends of each stroke are there
    assert told.ink == pytest.approx(long.ink, rel=0.02)
    assert any("1 drawings were simplified to 60" in note for note in found.notes)
    assert len(found.splits["train"][1]) == 3 - first
    assert len(drawings_for(tmp_path / "a.npz", "train", first)[0]) == 400 - first  # tests simplify nothing


def test_a_folder_of_svg_is_data_too(tmp_path: Path) -> None:
    folder = tmp_path / "svg"
    write_collection(folder, {"train": [Entry(Drawing.of([[(0, k), (9, 1), (3, 3)]]), f"d{k}") for k in range(3)]})
    found = read_data(folder, DataSettings())
    assert len(found.splits["train"]) == 2
    assert len(found.splits["valid"]) == 1
    before = found.hash
    one, other = sorted(folder.rglob("*.svg"))[:2]
    other.write_bytes(one.read_bytes())
    assert read_data(folder, DataSettings()).hash != before


@pytest.mark.parametrize(
    ("splits", "words"),
    [
        ({"train": [[[0, 0, 0], [0, 0, 1]]] * 3}, "points lie on one another"),
        ({"test": [[[1, 1, 0], [2, 0, 1]]]}, "no drawings in 'train'"),
        ({"train": [[[0, 0, 0], [1, 1, 0], [1, 1, 1]]] * 3}, "offsets are the same"),
        ({"train": [[[0, 0, 0], [0.1, 0.1, 0], *[[0.1, 0.1, 0]] * 40]] * 3}, "offsets are the same"),
        ({"train": [[[5, 5, 1]]] * 3, "valid": [[[1, 1, 0], [2, 0, 1]]]}, "no drawing in 'train' has a line"),
    ],
)
def test_data_that_nothing_can_be_learnt_from_are_refused(
    tmp_path: Path, splits: dict[str, list[list[list[float]]]], words: str
) -> None:
    write_npz(tmp_path / "a.npz", {name: [np.array(rows, float) for rows in each] for name, each in splits.items()})
    with pytest.raises(BadData, match=words):
        read_data(tmp_path / "a.npz", DataSettings(drop_first="yes"))


def test_a_split_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    write_npz(tmp_path / "a.npz", {"train": [np.array([[1.5, 1, 0], [2, 0, 1]])] * 3})
    with pytest.raises(BadData, match=r"no split 'test'; there are: train, valid"):
        drawings_for(tmp_path / "a.npz", "test", False)


def test_noise_for_whole_numbers_is_the_documented_one() -> None:
    rows = [np.array([[3.0, -1, 0], [2, 2, 1]]), np.array([[7.0, 0, 1]])]
    rng = np.random.default_rng(0)
    expected = [np.c_[each[:, :2] + rng.uniform(-0.5, 0.5, (len(each), 2)), each[:, 2]] for each in rows]
    for found, each in zip(dequantise(rows), expected, strict=True):
        assert np.array_equal(found, each)
    assert rows[1].tolist() == [[7.0, 0.0, 1.0]]  # in place of nothing
    assert not np.array_equal(dequantise(rows, 1)[0], expected[0])
    assert np.array_equal(dequantise(rows[:1])[0], expected[0])  # the first drawings of a file alone


# batches


def numbered(count: int, dequantised: bool = False) -> Data:
    """Drawings of 1 to 30 points, told apart by their first offset."""
    rng = np.random.default_rng(3)
    rows = [
        np.column_stack([rng.integers(-9, 10, (n, 2)), np.arange(n) == n - 1]).astype(float)
        for n in rng.integers(1, 31, count)
    ]
    for index, each in enumerate(rows):
        each[0, 0] = index
    return Data({"train": rows}, 1.0, 30, 10.0, "0" * 64, False, dequantised)


def stream(data: Data, settings: DataSettings, step: int = 0, seed: int = 1) -> Iterator[Batch]:
    return batches(data.splits["train"], data, settings, 8, seed, step)


def who(batch: Batch) -> list[int]:
    return batch.inputs[1, :, 0].round().int().tolist()


def test_an_epoch_has_each_drawing_once_and_the_next_another_order() -> None:
    data = numbered(101)
    found = [who(batch) for batch in itertools.islice(stream(data, STILL), 26)]
    first, second = found[:13], found[13:]  # 101 drawings are 13 batches of 8, three of them smaller
    for epoch in (first, second):
        assert sorted(itertools.chain(*epoch)) == list(range(101))
        assert sorted(map(len, epoch)) == [7, 7, 7, *[8] * 10]
    assert {frozenset(each) for each in first} != {frozenset(each) for each in second}
    other = [who(batch) for batch in itertools.islice(stream(data, STILL, seed=2), 13)]
    assert other != first


def test_a_batch_is_of_drawings_of_similar_length() -> None:
    """Padding costs time; neighbours in length need little, and the order of batches stays chance."""
    lengths = np.random.default_rng(0).integers(1, 250, 2000)
    chosen = order(lengths, 50, 1, 0)
    spread = [np.ptp(lengths[each]) for each in chosen]
    assert np.median(spread) < 15
    longest = [lengths[each].max() for each in chosen]
    assert abs(np.corrcoef(longest[:-1], longest[1:])[0, 1]) < 0.5


@pytest.mark.parametrize("step", [1, 13, 20, 40])
def test_a_stream_begun_in_the_middle_is_the_rest_of_the_whole(step: int) -> None:
    data = numbered(101, dequantised=True)
    settings = DataSettings(rotate_degrees=5, mirror=0.3, reverse=0.3)
    whole_stream = itertools.islice(stream(data, settings), step, step + 5)
    for one, other in zip(whole_stream, stream(data, settings, step), strict=False):
        for name in ("inputs", "offsets", "pen", "lengths"):
            assert torch.equal(getattr(one, name), getattr(other, name))


def test_whole_numbers_get_other_noise_each_epoch() -> None:
    data = numbered(8, dequantised=True)
    one, other = itertools.islice(stream(data, STILL), 2)
    places = [each.inputs[1, np.argsort(who(each)), 0] for each in (one, other)]
    assert (places[0] - torch.arange(8)).abs().max() <= 0.5
    assert not torch.equal(*places)
    kept = numbered(8)
    assert next(stream(kept, STILL)).inputs[1, :, 0].frac().eq(0).all()


def told(batch: Batch) -> list[bytes]:
    """What stands in a batch, drawing by drawing, without padding."""
    return [batch.inputs[: n + 1, column].numpy().tobytes() for column, n in enumerate(batch.lengths.tolist())]


@pytest.mark.parametrize("ranks", [2, 3])
@pytest.mark.parametrize("step", [0, 11])
def test_processes_see_together_what_one_sees_alone(ranks: int, step: int) -> None:
    data = numbered(101, dequantised=True)
    parts = [
        itertools.islice(batches(data.splits["train"], data, LIVELY, 8, 1, step, rank, ranks), 20)
        for rank in range(ranks)
    ]
    alone = itertools.islice(batches(data.splits["train"], data, LIVELY, 8, 1, step), 20)
    for one, shares in zip(alone, zip(*parts, strict=True), strict=True):
        found = [told(share) for share in shares]
        assert sorted(itertools.chain(*found)) == sorted(told(one))
        assert np.ptp([len(share) for share in found]) <= 1


def test_more_processes_than_drawings_in_a_step_are_refused() -> None:
    data = numbered(9)
    next(batches(data.splits["train"], data, STILL, 8, 1, 0, 3, 4))
    for batch, ranks in ((8, 5), (3, 4), (100, 10)):  # 9 drawings are batches of 4 and 5
        with pytest.raises(BadData, match=f"too few for {ranks} processes"):
            next(batches(data.splits["train"], data, STILL, batch, 1, 0, 0, ranks))


def test_the_scale_divides_offsets_in_a_batch() -> None:
    data = numbered(8)
    scaled = Data(data.splits, 4.0, 30, 10.0, data.hash, False, False)
    assert torch.equal(next(stream(scaled, STILL)).inputs[1:, :, :2] * 4, next(stream(data, STILL)).inputs[1:, :, :2])


def test_batches_made_ahead_are_the_same_and_so_is_what_goes_wrong() -> None:
    made: list[str] = []

    def stream() -> Iterator[str]:
        for each in "abc":
            made.append(each)
            yield each
        raise BadData("no more")

    ahead = made_ahead(stream())  # pyright: ignore[reportArgumentType]
    assert [next(ahead), next(ahead)] == ["a", "b"]
    assert next(ahead) == "c"
    assert made == ["a", "b", "c"]
    with pytest.raises(BadData, match="no more"):
        next(ahead)
