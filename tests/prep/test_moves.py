from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prep import moves as module
from prep.errors import PrepError
from prep.moves import Move, Moves, Stage, under_way

SWAP = (
    Move("1.jpg", "2.jpg"),
    Move("2.jpg", "1.jpg"),
    Move("a b 🎨.png", "art/3.png"),
    Move("deep/x.jpg", "art/X.jpg"),
)
BEFORE = {"1.jpg": "one", "2.jpg": "two", "a b 🎨.png": "three", "deep/x.jpg": "four", "other.txt": "five"}
AFTER = {"1.jpg": "two", "2.jpg": "one", "art/3.png": "three", "art/X.jpg": "four", "other.txt": "five"}


def fill(root: Path) -> Moves:
    for name, text in BEFORE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "journals").mkdir()
    return again(root)


def again(root: Path) -> Moves:
    """As whoever comes next finds the moves."""
    return Moves(root, root / "journals" / "moving")


def texts(root: Path) -> dict[str, str]:
    files = (path for path in root.rglob("*") if path.is_file() and "journals" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_text() for path in files}


def test_files_move_and_swap_their_names(tmp_path: Path) -> None:
    moves = fill(tmp_path)
    moves.begin(SWAP, {"id": 7})
    assert texts(tmp_path) == AFTER
    assert (again(tmp_path).stage, again(tmp_path).about) == (Stage.DONE, {"id": 7}), "somebody has to take note"
    moves.close()
    assert again(tmp_path).stage is None
    assert not under_way(tmp_path / "journals" / "moving")


def test_moves_that_are_done_are_taken_back_whole(tmp_path: Path) -> None:
    moves = fill(tmp_path)
    moves.begin(SWAP, {})
    again(tmp_path).take_back()
    assert texts(tmp_path) == BEFORE
    assert not (tmp_path / "art").exists()
    assert again(tmp_path).stage is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed that was forked")
def test_a_process_that_is_killed_at_any_point_leaves_what_is_finished_or_taken_back(tmp_path: Path) -> None:
    outcomes: list[bool] = []
    for step in range(100):
        root = tmp_path / str(step)
        root.mkdir()
        moves = fill(root)
        child = os.fork()
        if child == 0:
            try:
                _die_at(step)
                moves.begin(SWAP, {})
                os._exit(0)
            finally:
                os._exit(1)
        if os.waitpid(child, 0)[1] == 0:
            assert texts(root) == AFTER
            break
        left = again(root)
        if left.stage is not None:
            left.carry_on()
            outcomes.append(left.stage is Stage.DONE)
        assert texts(root) == (AFTER if left.stage is Stage.DONE else BEFORE), f"killed at step {step}"
    assert outcomes == sorted(outcomes)
    assert outcomes.count(False) >= len(SWAP), "before all are away they come back"
    assert outcomes.count(True) >= len(SWAP), "and from then on they arrive"


def _die_at(step: int) -> None:
    """Have this process killed in the place of its so-and-so-manieth change of a name, as only a kill can be."""
    count = 0

    def counted(change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*names: Any, **how: Any) -> Any:
            nonlocal count
            if count == step:
                os._exit(9)
            count += 1
            return change(*names, **how)

        return changed

    os.rename, os.replace = counted(os.rename), counted(os.replace)
    Path.mkdir = counted(Path.mkdir)  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("failing", range(8))
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_fails_in_between_leaves_all_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int, number: int
) -> None:
    moves = fill(tmp_path)
    count = 0

    def fails(change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(one: Path, other: Path) -> None:
            nonlocal count
            count += "journals" not in Path(one).parts
            if count == failing + 1 and "journals" not in Path(one).parts:
                raise OSError(number, os.strerror(number), str(one))
            change(one, other)

        return changed

    monkeypatch.setattr(module.os, "rename", fails(os.rename))
    monkeypatch.setattr(module.os, "replace", fails(os.replace))
    with pytest.raises(PrepError, match=r"(full|read-only)\. Nothing was moved"):
        moves.begin(SWAP, {})
    assert texts(tmp_path) == BEFORE
    assert again(tmp_path).stage is None


def test_a_full_disk_that_is_one(tmp_path: Path) -> None:
    disk = _mounted(tmp_path / "disk", "size=64k,nr_inodes=12")
    try:
        moves = fill(disk)  # eight of the twelve files and folders that there may be
        for number in range(10):
            try:
                (disk / f"filler{number}").touch()
            except OSError:
                (disk / f"filler{number - 1}").unlink()  # for the journal
                break
        before = texts(disk)
        with pytest.raises(PrepError, match="the disk is full"):
            moves.begin(SWAP, {})
        assert texts(disk) == before
        assert not (disk / "art").exists()
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_disk_that_can_only_be_read(tmp_path: Path) -> None:
    disk = _mounted(tmp_path / "disk", "size=1m")
    try:
        moves = fill(disk)
        moves = Moves(tmp_path, tmp_path / "moving")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(PrepError, match=r"the disk is read-only\. Nothing was moved"):
            moves.begin([Move("disk/1.jpg", "disk/9.jpg")], {})
        assert texts(disk) == BEFORE
        assert not under_way(tmp_path / "moving")
    finally:
        subprocess.run(["umount", disk], check=True)


def _mounted(folder: Path, options: str) -> Path:
    """A small disk of its own, where whoever runs the tests may have one."""
    folder.mkdir()
    try:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no mount")
    if done.returncode:
        pytest.skip("only root may mount a disk")
    return folder


def test_nothing_is_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moves = fill(tmp_path)
    with pytest.raises(PrepError, match="is there already; nothing is overwritten"):
        moves.begin([Move("1.jpg", "2.jpg")], {})
    with pytest.raises(PrepError, match="name of both"):
        moves.begin([Move("1.jpg", "9.jpg"), Move("2.jpg", "9.JPG")], {})
    check = module.check_moves

    def late(root: Path, asked: list[Move]) -> None:  # somebody puts a file there after it was looked at
        check(root, asked)
        (root / "9.jpg").write_text("new")

    monkeypatch.setattr(module, "check_moves", late)
    with pytest.raises(PrepError, match="another file has that name"):
        moves.begin([Move("1.jpg", "9.jpg")], {})
    assert texts(tmp_path) == {**BEFORE, "9.jpg": "new"}


def test_links_and_what_is_missing_are_refused(tmp_path: Path) -> None:
    moves = fill(tmp_path)
    (tmp_path / "link.jpg").symlink_to("1.jpg")
    for name, words in (("link.jpg", "put the file itself"), ("none.jpg", "No such file"), ("deep", "is no file")):
        with pytest.raises(PrepError, match=words):
            moves.begin([Move(name, "9.jpg")], {})


def test_a_new_spelling_and_a_name_that_is_no_utf8(tmp_path: Path) -> None:
    moves = fill(tmp_path)
    strange = os.fsdecode(b"caf\xe9.jpg")
    try:
        (tmp_path / strange).write_text("six")
    except OSError:
        pytest.skip("this file system has only UTF-8")
    moves.begin([Move(strange, "5.jpg"), Move("1.jpg", "1.JPG")], {})
    assert texts(tmp_path)["5.jpg"] == "six"
    again(tmp_path).take_back()
    assert texts(tmp_path) == {**BEFORE, strange: "six"}
