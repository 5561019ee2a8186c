from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from prep.corrections import Correction, keep_correction, newest, read_corrections, undo_correction
from prep.errors import PrepError
from studio.files import AppendLog

FLIP = Correction(kind="flip", at=(10.5, 20))
JOIN = Correction(kind="join", at=(1, 2), to=(3, 4))


def test_corrections_are_kept_in_order_and_undone_from_the_last(tmp_path: Path) -> None:
    path = tmp_path / "sb01" / "001.corrections.jsonl"
    assert read_corrections(path) == ()
    for each in (FLIP, JOIN, FLIP):
        keep_correction(path, each)
    assert read_corrections(path) == (FLIP, JOIN, FLIP)
    assert undo_correction(path) == FLIP
    assert undo_correction(path) == JOIN
    keep_correction(path, JOIN)
    assert read_corrections(path) == (FLIP, JOIN)
    assert len(path.read_text().splitlines()) == 6  # nothing is ever deleted


def test_undoing_more_than_there_is_changes_nothing(tmp_path: Path) -> None:
    assert undo_correction(tmp_path / "none.jsonl") is None
    assert not (tmp_path / "none.jsonl").exists()


def test_a_torn_line_loses_no_other(tmp_path: Path) -> None:
    path = tmp_path / "001.corrections.jsonl"
    keep_correction(path, FLIP)
    with path.open("ab") as file:
        file.write(b'{"correction":{"kind":"cu')
    assert read_corrections(path) == (FLIP,)
    keep_correction(path, JOIN)
    assert read_corrections(path) == (FLIP, JOIN)


def test_the_newest_of_several_files_is_found(tmp_path: Path) -> None:
    one, other = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    keep_correction(one, FLIP)
    keep_correction(other, JOIN)
    assert newest([one, other]) == other
    undo_correction(other)
    assert newest([one, other]) == one
    undo_correction(one)
    assert newest([one, other]) is None


def test_a_correction_of_a_later_monoline_is_told(tmp_path: Path) -> None:
    path = tmp_path / "001.corrections.jsonl"
    with AppendLog(path) as log:
        log.append({"correction": {"kind": "iron", "at": [1, 2]}, "at": 0})
    with pytest.raises(PrepError, match=r"line 1, .* update monoline"):
        read_corrections(path)


def test_a_correction_tells_what_it_needs() -> None:
    for wrong in ({"kind": "join", "at": (1, 2)}, {"kind": "cut", "at": (1, 2), "to": (3, 4)}):
        with pytest.raises(ValidationError, match="two places"):
            Correction.model_validate(wrong)
    with pytest.raises(ValidationError):
        Correction(kind="start", at=(1, 2), value="drawing")
    with pytest.raises(ValidationError):
        Correction(kind="cut", at=(float("nan"), 2))
    assert str(JOIN) == "join at 1, 2 to 3, 4"
