"""Drawings on their way into a network: what is left out, what is kept, and that chance stays honest."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import WHOLE, drawings

from drawing.collection import Entry, write_collection
from drawing.drawing import Drawing
from drawing.npz import write_npz
from drawing.stroke import Stroke3, from_stroke3, to_stroke3
from model.data import Data, augment, batches, dequantise, drawings_for, order, read_data, reversed_rows
from model.errors import BadData
from model.losses import Batch
from model.settings import DataSettings

STILL = DataSettings(scale_jitter=0.0, drop_points=0.0)


def rows_of(drawing: Drawing, first_dropped: bool) -> Stroke3:
    """Rows as a network of either kind learns them."""
    return to_stroke3(drawing)[int(first_dropped) :]


def drawing_of(rows: Stroke3, first_dropped: bool) -> Drawing:
    return from_stroke3(np.concatenate([np.zeros((1, 3)), rows]) if first_dropped else rows)


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
    told = drawing_of(rows, first).translate(*(long.lines[0][0] if first else (0, 0)))
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


# augmentation

whole = drawings(WHOLE, min_strokes=1, min_points=2)
either = st.booleans()


def chance(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(whole, either)
def test_no_augmentation_changes_nothing(drawing: Drawing, first: bool) -> None:
    rows = rows_of(drawing, first)
    assert np.array_equal(augment(rows, STILL, chance(0), first), rows)


@given(whole, either, st.integers(0, 99))
def test_dropped_points_leave_every_other_where_it_was(drawing: Drawing, first: bool, seed: int) -> None:
    rows = rows_of(drawing, first)
    before = rows.copy()
    settings = STILL.model_copy(update={"drop_points": 0.7})
    told = drawing_of(augment(rows, settings, chance(seed), first), first)
    assert np.array_equal(rows, before)
    original = drawing_of(rows, first)
    assert len(told.lines) == len(original.lines)
    for new, old in zip(told.lines, original.lines, strict=True):
        assert np.array_equal(new[[0, -1]], old[[0, -1]])  # a stroke begins and ends where it did
        left = iter(old.tolist())
        assert all(point in left for point in new.tolist())  # what is there was there, in this order


def test_the_last_point_stays_even_where_a_file_forgot_to_lift_the_pen() -> None:
    rows = np.array([[0.0, 0, 0], [1, 0, 0], [1, 0, 0], [1, 5, 0]])
    settings = STILL.model_copy(update={"drop_points": 0.99})
    for seed in range(5):
        assert np.cumsum(augment(rows, settings, chance(seed))[:, :2], axis=0)[-1].tolist() == [3.0, 5.0]


def test_points_are_dropped_as_often_as_asked() -> None:
    line = Drawing.of([np.cumsum(np.ones((2000, 2)), axis=0)])
    settings = STILL.model_copy(update={"drop_points": 0.1})
    assert len(augment(to_stroke3(line), settings, chance(1))) == pytest.approx(1800, abs=50)


@given(whole, either, st.integers(0, 99))
def test_jitter_stretches_each_axis_by_one_factor(drawing: Drawing, first: bool, seed: int) -> None:
    rows = rows_of(drawing, first)
    found = augment(rows, STILL.model_copy(update={"scale_jitter": 0.15}), chance(seed), first)
    assert np.array_equal(found[:, 2], rows[:, 2])
    for axis in (0, 1):
        moved = rows[:, axis] != 0
        factors = found[moved, axis] / rows[moved, axis]
        assert ((factors >= 0.85) & (factors <= 1.15)).all()
        assert np.ptp(factors) < 1e-9 if len(factors) else True


def test_jitter_reaches_both_ways_on_either_axis_on_its_own() -> None:
    rows = np.array([[1.0, 1.0, 1.0]])
    settings = STILL.model_copy(update={"scale_jitter": 0.15})
    factors = np.array([augment(rows, settings, chance(seed))[0, :2] for seed in range(400)])
    assert factors.min(axis=0) == pytest.approx([0.85, 0.85], abs=0.01)
    assert factors.max(axis=0) == pytest.approx([1.15, 1.15], abs=0.01)
    assert abs(np.corrcoef(factors.T)[0, 1]) < 0.15


@given(whole, either, st.integers(0, 99))
def test_turning_keeps_every_length_and_turns_as_far_as_allowed(drawing: Drawing, first: bool, seed: int) -> None:
    rows = rows_of(drawing, first)
    found = augment(rows, STILL.model_copy(update={"rotate_degrees": 10.0}), chance(seed), first)
    assert np.array_equal(found[:, 2], rows[:, 2])
    old, new = rows[:, 0] + 1j * rows[:, 1], found[:, 0] + 1j * found[:, 1]
    np.testing.assert_allclose(abs(new), abs(old), atol=1e-9)
    turned = np.angle(new[old != 0] / old[old != 0], deg=True)
    assert (abs(turned) <= 10.0).all()
    assert np.ptp(turned) < 1e-6 if len(turned) else True


@given(whole, either)
def test_a_mirror_swaps_left_and_right_only(drawing: Drawing, first: bool) -> None:
    rows = rows_of(drawing, first)
    found = augment(rows, STILL.model_copy(update={"mirror": 1.0}), chance(0), first)
    assert np.array_equal(found, rows * [-1, 1, 1])


@given(whole, either)
def test_backwards_it_is_the_same_lines_in_the_other_direction(drawing: Drawing, first: bool) -> None:
    rows = rows_of(drawing, first)
    found = augment(rows, STILL.model_copy(update={"reverse": 1.0}), chance(0), first)
    expected, told = drawing_of(rows, first).reverse(), drawing_of(found, first)
    assert told.translate(*(expected.lines[0][0] - told.lines[0][0])) == expected
    if not first:
        assert np.array_equal(found[0, :2], rows[0, :2])  # the way to the drawing is none of its lines


@given(whole, either)
def test_backwards_twice_is_forwards(drawing: Drawing, first: bool) -> None:
    rows = rows_of(drawing, first)
    assert np.array_equal(reversed_rows(reversed_rows(rows, first), first) + 0.0, rows + 0.0)


@given(drawings(WHOLE, min_strokes=1), either, st.integers(0, 9))
def test_all_at_once_a_drawing_still_ends_and_is_finite(drawing: Drawing, first: bool, seed: int) -> None:
    rows = rows_of(drawing, first)
    if not len(rows):
        return
    settings = DataSettings(scale_jitter=0.2, rotate_degrees=30, drop_points=0.3, mirror=0.5, reverse=0.5)
    found = augment(rows, settings, chance(seed), first)
    assert 1 <= len(found) <= len(rows)
    assert np.isfinite(found).all()
    assert found[-1, 2] == 1.0
    assert set(found[:, 2]) <= {0.0, 1.0}


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
    first, second = found[:13], found[13:]  # 101 drawings are 13 batches of 8, one of them smaller
    for epoch in (first, second):
        assert sorted(itertools.chain(*epoch)) == list(range(101))
        assert sorted(map(len, epoch)) == [5, *[8] * 12]
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


def test_the_scale_divides_offsets_in_a_batch() -> None:
    data = numbered(8)
    scaled = Data(data.splits, 4.0, 30, 10.0, data.hash, False, False)
    assert torch.equal(next(stream(scaled, STILL)).inputs[1:, :, :2] * 4, next(stream(data, STILL)).inputs[1:, :, :2])
