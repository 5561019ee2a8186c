"""A run takes its drawings along, and finds them where its folder is now."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from model import provision
from model.data import file_hash
from model.distributed import Group
from model.errors import ModelError
from model.provision import keep_data, kept_data, kept_in
from studio.events import Event, Said


@pytest.mark.parametrize("name", ["faces.npz", "look.v2.npz", "cat.ndjson", "cat.ndjson.gz", "cat.bin"])
def test_a_file_of_drawings_is_found_again_and_still_what_it_was(tmp_path: Path, name: str) -> None:
    run, file = tmp_path / "run", tmp_path / name
    run.mkdir()
    file.write_bytes(b"drawings")
    (run / "data-of-mine.txt").write_text("not of the run", encoding="utf-8")
    assert kept_data(run) is None
    keep_data(run, file, lambda _: None)
    moved = Path(shutil.move(run, tmp_path / "moved"))
    file.unlink()
    found = kept_data(moved)
    assert found is not None
    assert found.read_bytes() == b"drawings"
    assert found.suffixes[-1] == Path(name).suffixes[-1]  # by which it is read
    assert kept_in(moved) == [found]


def test_a_folder_of_drawings_is_taken_along_too(tmp_path: Path) -> None:
    folder = tmp_path / "traced" / "inner"
    folder.mkdir(parents=True)
    (folder / "a.svg").write_text("<svg/>", encoding="utf-8")
    keep_data(tmp_path / "run", tmp_path / "traced", lambda _: None)
    found = kept_data(tmp_path / "run")
    assert found is not None
    assert (found / "inner" / "a.svg").is_file()
    assert file_hash(found) == file_hash(tmp_path / "traced")


def test_very_large_ones_and_what_can_not_be_copied_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Event] = []
    file, run = tmp_path / "a.npz", tmp_path / "run"
    file.write_bytes(b"12345")
    monkeypatch.setattr(provision, "LARGEST", 4)
    keep_data(run, file, told.append)
    assert kept_data(run) is None
    monkeypatch.setattr(provision, "LARGEST", 5)
    run.write_text("a file where the folder was to be", encoding="utf-8")
    keep_data(run, file, told.append)
    first, second = told
    assert isinstance(first, Said)
    assert "name it there with --data" in first.text
    assert isinstance(second, Said)
    assert second.level == "warning"


def test_each_process_has_a_gpu_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[int] = []
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert [Group(rank, 4, rank % 2).device("auto") for rank in range(4)] == ["cuda:0", "cuda:1", "cuda:0", "cuda:1"]
    assert chosen == [0, 1, 0, 1]
    assert Group(1, 2, 1).device("cpu") == "cpu"
    with pytest.raises(ModelError, match="There are 2 GPUs here for 3 processes"):
        Group(2, 3, 2).device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert Group(1, 2, 1).device("auto") == "cpu"
    assert Group().device("auto") == "auto"
