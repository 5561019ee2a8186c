from __future__ import annotations

import queue
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from textual.message import Message
from textual.message_pump import MessagePump

from tui.asker import Asker

WORKER = """
import json, os, pathlib, sys
for line in sys.stdin:
    told = json.loads(line)
    if told["do"] == "quit":
        break
    if told["do"] == "die" or told["do"] == "die once" and not pathlib.Path(told["marker"]).exists():
        pathlib.Path(told["marker"]).touch()
        os._exit(3)
    for event in told.get("events", ["word"]):
        print(json.dumps({"id": told["id"], "event": event, "word": told.get("word")}), flush=True)
    print(json.dumps({"id": told["id"], "event": told.get("end", "done"), "error": "it was so"}), flush=True)
"""
WAIT_S = 20.0


class Said(Message):
    def __init__(self, number: int, word: str) -> None:
        super().__init__()
        self.told = number, word


class Ended(Said):
    pass


class Words(Asker):
    """Asks for words."""

    def read(self, number: int, event: str, reply: dict[str, Any]) -> Message | None:
        return Said(number, {"one": "eins", "two": "zwei"}[reply["word"]]) if event == "word" else None

    def ended(self, number: int, error: str, reply: dict[str, Any]) -> Message:
        return Ended(number, error)


class Box:
    """Whoever asks."""

    def __init__(self) -> None:
        self.came: queue.Queue[Said] = queue.Queue()

    @property
    def pump(self) -> MessagePump:
        return cast(MessagePump, self)

    def post_message(self, message: Said) -> None:
        self.came.put(message)

    def until_the_end(self) -> list[tuple[int, str]]:
        came = [self.came.get(timeout=WAIT_S)]
        while not isinstance(came[-1], Ended):
            came.append(self.came.get(timeout=WAIT_S))
        return [each.told for each in came]


@pytest.fixture
def asker() -> Iterator[Words]:
    words = Words((sys.executable, "-P", "-c", WORKER))
    yield words
    words.close()


def test_each_hears_of_what_it_asked(asker: Words) -> None:
    one, other = Box(), Box()
    first = asker.pose(one.pump, {"do": "say", "word": "one"})
    second = asker.pose(other.pump, {"do": "say", "word": "two", "events": ["word", "noise", "word"]})
    assert one.until_the_end() == [(first, "eins"), (first, "")]
    assert other.until_the_end() == [(second, "zwei"), (second, "zwei"), (second, "")]
    assert asker.idle


@pytest.mark.parametrize(("end", "error"), [("failed", "it was so"), ("cancelled", ""), ("superseded", "")])
def test_a_request_may_end_otherwise(asker: Words, end: str, error: str) -> None:
    box = Box()
    number = asker.pose(box.pump, {"do": "say", "word": "one", "end": end})
    assert box.until_the_end()[-1] == (number, error)
    assert asker.idle


def test_what_died_beside_another_is_asked_again_and_what_kills_is_given_up(asker: Words, tmp_path: Path) -> None:
    box, beside = Box(), Box()
    marker = str(tmp_path / "died")
    once = asker.pose(box.pump, {"do": "die once", "marker": marker, "word": "one"})
    assert box.until_the_end() == [(once, "eins"), (once, "")]
    ever = asker.pose(box.pump, {"do": "die", "marker": marker})
    after = asker.pose(beside.pump, {"do": "say", "word": "two"})
    ((number, error),) = box.until_the_end()
    assert number == ever
    assert "ended with code 3" in error
    assert beside.until_the_end()[-1][0] == after


def test_a_reply_that_can_not_be_read_ends_its_request(asker: Words) -> None:
    box = Box()
    number = asker.pose(box.pump, {"do": "say", "word": "three"})
    assert box.until_the_end() == [(number, "The worker sent what can't be read ('three').")]
    assert asker.idle


def test_who_is_forgotten_hears_nothing_more(asker: Words) -> None:
    box, other = Box(), Box()
    asker.pose(box.pump, {"do": "say", "word": "one"})
    asker.forget(box.pump)
    asker.pose(other.pump, {"do": "say", "word": "two"})
    other.until_the_end()
    assert box.came.empty()


def test_a_worker_that_can_not_be_started_is_told_like_any_other_failure() -> None:
    box, asker = Box(), Words(("/no/such/program",))
    number = asker.pose(box.pump, {"do": "say", "word": "one"})
    ((told, error),) = box.until_the_end()
    assert told == number
    assert "can't be started" in error
