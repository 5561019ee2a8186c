from __future__ import annotations

from pathlib import Path

import pytest

from studio.events import (
    KINDS,
    Changed,
    Event,
    EventFile,
    EventReader,
    Failed,
    Finished,
    Made,
    Measured,
    Ordered,
    Progress,
    Said,
    Started,
    Stopped,
    Unknown,
    from_record,
    to_record,
)

EVERY: list[Event] = [
    Started(what="train", pid=7, at=1.5),
    Progress(done=3, total=8.0, what="steps"),
    Measured(step=3, values={"L_R": -0.25}),
    Made(path="sheet.svg", what="sheet"),
    Said(text="tau 0.3 – ink", level="warning"),
    Ordered(order="stop"),
    Changed(state="paused"),
    Finished(result={"steps": 8}),
    Stopped(result={}),
    Failed(error="no space left", remedy="free some"),
]


def test_every_event_comes_back_equal_from_the_file(tmp_path: Path) -> None:
    file = EventFile(tmp_path)
    for event in EVERY:
        file(event)
    file.close()
    assert EventReader(tmp_path).new() == EVERY


def test_there_is_an_example_of_every_kind() -> None:
    assert {type(event) for event in EVERY} == set(KINDS.values())


def test_a_reader_tells_each_event_once_while_they_are_written(tmp_path: Path) -> None:
    reader = EventReader(tmp_path)
    assert reader.new() == []
    file = EventFile(tmp_path)
    for event in EVERY:
        file(event)
        assert reader.new() == [event]
    assert reader.new() == []
    file.close()


def test_an_event_of_a_later_monoline_is_kept_as_unknown() -> None:
    record = {"event": "dreamt", "at": 2.0, "of": "sheep"}
    event = from_record(record)
    assert isinstance(event, Unknown)
    assert event.record == record


def test_a_field_of_a_later_monoline_is_left_out() -> None:
    assert from_record({**to_record(EVERY[1]), "eta_s": 4}) == EVERY[1]


def test_events_can_not_be_changed() -> None:
    with pytest.raises(AttributeError):
        EVERY[0].at = 3.0  # pyright: ignore[reportAttributeAccessIssue]
