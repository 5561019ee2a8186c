from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawing.collection import read_collection
from drawing.drawing import Drawing
from drawing.npz import read_npz
from drawing.stroke import from_stroke3, to_stroke3
from model.data import read_data
from model.settings import DataSettings
from prep.dataset import (
    Item,
    assign,
    connector_rows,
    item_of,
    read_items,
    split_items,
    versions,
    with_connectors,
    write_archive,
    write_items,
)
from prep.datasheet import datasheet
from prep.errors import PrepError
from prep.select import Candidate, SelectSettings, select
from prep.settings import DatasetSettings, PrepSettings
from prep.sketchbook import Skipped

PAGES = [f"sb01/{number:03}" for number in range(200)]


def items(pages: int = 30, a_page: int = 3) -> list[Item]:
    def candidate(page: int, number: int) -> Candidate:
        t = np.linspace(0, 1, 100)
        line = np.column_stack([100 * t, 20 * np.sin((6 + page / 9 + number) * t)])
        return Candidate(f"sb01/{page:03}-{number}", Drawing.of([line[:60], line[61:]]), f"sb01/{page:03}")

    many = [candidate(page, number) for page in range(pages) for number in range(1, a_page + 1)]
    return [item_of(each) for each in select(many, SelectSettings(cut=0)).chosen]


def test_more_pages_move_none_from_one_split_to_another() -> None:
    settings = DatasetSettings()
    few, many = assign(PAGES[:50], settings, {}), assign(PAGES, settings, {})
    assert few == {page: many[page] for page in PAGES[:50]}
    counts = Counter(many.values())
    assert counts["valid"] == pytest.approx(20, abs=9)
    assert counts["test"] == pytest.approx(20, abs=9)
    assert assign(PAGES, DatasetSettings(seed=1), {}) != many


@pytest.mark.parametrize("count", range(3, 12))
def test_no_split_stays_empty_and_what_filled_it_stays(count: int) -> None:
    settings = DatasetSettings()
    few = assign(PAGES[:count], settings, {})
    assert set(few.values()) == {"train", "valid", "test"}
    more = assign(PAGES, settings, few)
    assert few == {page: more[page] for page in PAGES[:count]}


@pytest.mark.parametrize("seed", range(8))
def test_there_is_always_something_to_learn_from(seed: int) -> None:
    for count in (1, 2):
        assert "train" in assign(PAGES[:count], DatasetSettings(seed=seed, test=0.4, valid=0.4), {}).values()


def test_a_split_that_nobody_wants_stays_empty() -> None:
    assert set(assign(PAGES, DatasetSettings(valid=0, test=0), {}).values()) == {"train"}
    assert assign([], DatasetSettings(), {}) == {}


def test_no_page_is_in_two_splits() -> None:
    splits, pages = split_items(items(), DatasetSettings())
    for split, found in splits.items():
        assert found
        assert {pages[item.page] for item in found} == {split}
    assert sum(map(len, splits.values())) == 90


def test_reversal_is_for_train_alone_and_marks_are_turned_too() -> None:
    plain, _ = split_items(items(), DatasetSettings())
    splits, _ = split_items(items(), DatasetSettings(reverse=True))
    assert len(splits["train"]) == 2 * len(plain["train"])
    assert len(splits["valid"]) == len(plain["valid"])
    forth, back = splits["train"][:2]
    assert back.drawing == forth.drawing.reverse()
    assert back.told["reversed"]
    assert with_connectors(from_stroke3(to_stroke3(back.drawing)), back.told["connectors"]).connector_length > 0


LINES = st.lists(st.lists(st.tuples(*[st.integers(0, 9)] * 2), min_size=1, max_size=5), min_size=1, max_size=4)


@given(LINES)
def test_connectors_come_back_from_the_rows_they_are_told_by(lines: list[list[tuple[int, int]]]) -> None:
    chance = np.random.default_rng(len(str(lines)))
    marks = tuple(chance.random(len(line) - 1) < 0.4 for line in lines)
    drawing = Drawing(Drawing.of(lines).lines, marks)
    assert with_connectors(from_stroke3(to_stroke3(drawing)), connector_rows(drawing)) == drawing


def test_chosen_drawings_are_kept_between_stages(tmp_path: Path) -> None:
    before = items(4)
    write_items(tmp_path / "kept.npz", before)
    after = read_items(tmp_path / "kept.npz")
    assert [item.told for item in after] == [item.told for item in before]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(one.drawing.lines[0], other.drawing.lines[0], atol=1e-3)
        assert one.drawing.connectors[0].tolist() == other.drawing.connectors[0].tolist()


def test_an_archive_tells_of_each_drawing_and_is_learnt_from(tmp_path: Path) -> None:
    path = tmp_path / "d.npz"
    splits, _ = split_items(items(), DatasetSettings())
    write_archive(path, splits, PrepSettings())
    archive = read_npz(path)
    for split, rows in archive.splits.items():
        told = archive.about["drawings"][split]
        assert len(told) == len(rows)
        assert [each["points"][1] for each in told] == [len(each) for each in rows]
    for entry in read_collection(path).splits["train"]:
        assert max(entry.drawing.size) == pytest.approx(200, abs=0.01)
    data = read_data(path, DataSettings())
    assert archive.about["scale"] == pytest.approx(data.scale)
    write_archive(path, splits, PrepSettings())  # its own it writes over


def test_versions_are_of_what_everybody_has_installed() -> None:
    asked = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert versions().keys() - {"monoline"} <= {re.split("[><=]", each)[0] for each in asked["dependencies"]}


def test_an_archive_needs_something_to_learn_from(tmp_path: Path) -> None:
    with pytest.raises(PrepError, match="no drawing is left for train"):
        write_archive(tmp_path / "d.npz", {"train": [], "valid": items(1)}, PrepSettings())


def test_the_datasheet_tells_what_how_many_how_and_what_was_left_out(tmp_path: Path) -> None:
    splits, _ = split_items(items(), DatasetSettings(reverse=True))
    about = write_archive(tmp_path / "d.npz", splits, PrepSettings())
    dropped = [Skipped(f"sb01/{number:03}-9", f"needs {number} points") for number in range(3)]
    text = datasheet("mine", splits, about, [10, 20, 30], (10, 30), dropped, [Skipped("sb01/x.jpg", "is torn")])
    rows = {line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith("| ")}
    assert f"| {len(splits['valid'])} |" in rows["valid"]
    for words in (
        "# mine",
        "from 30 pages of sb01",
        "select.max_points = 249",
        "3 drawings: needs n points",
        "- sb01/x.jpg: is torn",
        "2 as traced, 1 after joining",
        "twice",
        f"{about['scale']:.4f}",
        "shapely ",
    ):
        assert words in text, words
