"""What a journal tells of a plot after whatever ended it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plotter.axidraw import PlotSettings
from plotter.errors import JournalError
from plotter.journal import FILE, FileJournal, Leg, read_journal
from plotter.route import Place
from studio.errors import StudioError

LEG = Leg(1, Place(3, 12.5), 20.0, 30.25, PlotSettings(pen_down_pct=28), "2.8.1", 7)
SHEETS = ("one", "two")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[FileJournal]:
    made = FileJournal(tmp_path, SHEETS, background=False)
    yield made
    made.close()


def test_a_leg_comes_back_as_it_was_begun(journal: FileJournal, tmp_path: Path) -> None:
    before, later = replace(LEG, part=0, mark=5), replace(LEG, begin=Place(2, 0.0))
    for leg in (before, later, LEG):
        journal.begin(leg)
        journal.rest(leg.part, leg.begin)
    journal.begin(LEG)
    told = read_journal(tmp_path, SHEETS)
    assert told.leg == LEG
    assert told.legs == (before, LEG)
    assert (told.index, told.part, told.place) == (0, 1, Place(3, 12.5))
    assert (told.resting, told.finished, told.lost) == (False, False, False)


def test_the_newest_that_is_certain_counts(journal: FileJournal, tmp_path: Path) -> None:
    journal.begin(LEG)
    journal.done(40, 1, Place(3, 30.0))
    journal.done(80, 1, Place(4, 1.25))
    told = read_journal(tmp_path, SHEETS)
    assert (told.index, told.place, told.resting) == (80, Place(4, 1.25), False)
    journal.rest(1, Place(4, 2.0))
    told = read_journal(tmp_path, SHEETS)
    assert (told.place, told.resting, told.leg) == (Place(4, 2.0), True, LEG)
    journal.rest(1, Place(4, 0.5), lost=True)
    assert read_journal(tmp_path).lost
    journal.begin(LEG)
    assert not read_journal(tmp_path).lost
    journal.rest(2, Place(), finished=True)
    assert read_journal(tmp_path).finished


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_line_that_was_not_written_to_its_end_counts_for_nothing(
    journal: FileJournal, tmp_path: Path, cut: int
) -> None:
    journal.begin(LEG)
    journal.done(40, 1, Place(3, 30.0))
    journal.done(80, 1, Place(4, 1.25))
    journal.close()
    data = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(data[:-cut])
    assert read_journal(tmp_path, SHEETS).index == 40
    again = FileJournal(tmp_path, SHEETS, background=False)  # which goes on after the last whole line
    again.begin(LEG)
    again.close()
    assert read_journal(tmp_path, SHEETS).index == 0


@given(place=st.integers(0, 400), value=st.integers(0, 255))
def test_a_damaged_byte_never_tells_of_more_than_was_drawn(
    tmp_path_factory: pytest.TempPathFactory, place: int, value: int
) -> None:
    folder = tmp_path_factory.mktemp("plot")
    journal = FileJournal(folder, SHEETS, background=False)
    journal.begin(LEG)
    for index in range(3):
        journal.done(10 * index, 1, Place(3, 12.5 + index))
    journal.close()
    data = bytearray((folder / FILE).read_bytes())
    data[-1 - place % len(data)] = value
    (folder / FILE).write_bytes(bytes(data))
    try:
        told = read_journal(folder, SHEETS)
    except JournalError:
        return
    assert told.index in (0, 10, 20)
    assert told.place.along_mm <= 14.5


def test_in_the_background_the_newest_is_on_the_disk_in_the_end(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path, SHEETS)
    journal.begin(LEG)
    for index in range(200):
        journal.done(index, 1, Place(3, 12.5 + index))
    journal.close()
    assert read_journal(tmp_path, SHEETS).index == 199
    assert not [each for each in threading.enumerate() if each.name == "journal"]


def test_what_is_done_in_the_background_never_comes_after_a_rest(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path, SHEETS)
    for turn in range(30):
        journal.begin(LEG)
        journal.done(500, 1, Place(3, 100.0))
        journal.rest(1, Place(3, 13.0 + turn))
        told = read_journal(tmp_path, SHEETS)
        assert (told.resting, told.place.along_mm) == (True, 13.0 + turn)
    journal.close()


def test_a_disk_that_is_full_is_told_to_whoever_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = FileJournal(tmp_path, SHEETS)
    journal.begin(LEG)
    failed = threading.Event()

    def full(_record: object) -> None:
        failed.set()
        raise StudioError("the disk is full")

    monkeypatch.setattr(journal._log, "append", full)
    journal.done(1, 1, Place(3, 13.0))
    assert failed.wait(10)
    journal._thread.join(10)
    with pytest.raises(StudioError, match="disk is full"):
        journal.done(2, 1, Place(3, 13.0))
    journal.close()


def test_what_can_not_be_taken_up_is_told_with_the_reason(journal: FileJournal, tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="has no journal: nothing of it was drawn"):
        read_journal(tmp_path / "elsewhere")
    journal.begin(LEG)
    with pytest.raises(JournalError, match="is not the one that was drawn"):
        read_journal(tmp_path, ("one", "changed"))
    journal._log.append({"kind": "open", "version": 2, "sheets": list(SHEETS)})
    with pytest.raises(JournalError, match="of a later monoline"):
        read_journal(tmp_path, SHEETS)
    journal._log.append({"kind": "rest", "part": "x"})
    (tmp_path / FILE).write_text("".join((tmp_path / FILE).read_text().splitlines(True)[1:2]))
    broken = FileJournal(tmp_path, SHEETS, background=False)
    broken._log.append({"kind": "done", "index": "many", "part": 0, "place": [0, 0]})
    broken.close()
    with pytest.raises(JournalError, match="can't be understood"):
        read_journal(tmp_path, SHEETS)


def test_what_only_a_later_monoline_writes_is_passed_over(journal: FileJournal, tmp_path: Path) -> None:
    journal.begin(LEG)
    journal.done(40, 1, Place(3, 30.0))
    journal._log.append({"kind": "weather", "sky": "grey"})
    assert read_journal(tmp_path, SHEETS).index == 40
