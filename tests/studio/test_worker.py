from __future__ import annotations

import json
import os
import queue
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import scripted_sampler

from studio.errors import WorkerError
from studio.worker import Worker

SAMPLER = [sys.executable, "-P", str(Path(scripted_sampler.__file__))]
WAIT_S = 20.0


class Heard:
    """A worker and all that it says."""

    def __init__(self, command: list[str]) -> None:
        self.said: queue.Queue[dict[str, Any] | WorkerError] = queue.Queue()
        self.worker = Worker(command, self.said.put, self.said.put)

    def next(self) -> dict[str, Any]:
        reply = self.said.get(timeout=WAIT_S)
        assert isinstance(reply, dict), reply
        return reply

    def until(self, event: str) -> list[dict[str, Any]]:
        replies = [self.next()]
        while replies[-1]["event"] != event:
            replies.append(self.next())
        return replies

    def end(self) -> WorkerError:
        while True:
            reply = self.said.get(timeout=WAIT_S)
            if isinstance(reply, WorkerError):
                return reply


@pytest.fixture
def heard() -> Iterator[Heard]:
    both = Heard(SAMPLER)
    yield both
    both.worker.close()


def draw(number: int, seeds: list[int], checkpoint: str = "portraits") -> dict[str, Any]:
    items = [{"seed": seed, "temperature": 0.3} for seed in seeds]
    return {"id": number, "do": "draw", "checkpoint": checkpoint, "items": items}


def test_nothing_is_started_before_the_first_request() -> None:
    both = Heard(["/no/such/program"])
    assert not both.worker.running
    with pytest.raises(WorkerError, match=r"program can't be started: No such file"):
        both.worker.send({"do": "load"})


def test_requests_are_answered_by_one_warm_process(heard: Heard) -> None:
    heard.worker.send(draw(1, [4, 5]))
    heard.worker.send(draw(2, [6]))
    first, second = heard.until("done"), heard.until("done")
    assert [reply["event"] for reply in first if reply["event"] != "progress"] == [
        "loading", "sample", "sample", "done"
    ]  # fmt: skip
    assert [reply["event"] for reply in second] == ["progress", "sample", "done"]  # it was warm
    assert second[1]["id"] == 2
    assert second[1]["seed"] == 6
    assert heard.worker.running


def test_a_request_larger_than_a_pipe_does_not_hold_up_whoever_sends_it(heard: Heard) -> None:
    heard.worker.send(draw(1, list(range(4000)), "slow"))
    heard.worker.send({"do": "cancel", "id": 1})
    assert heard.until("cancelled")[-1]["id"] == 1


def test_after_a_crash_its_last_words_are_told_and_the_next_request_starts_it_again(heard: Heard) -> None:
    heard.worker.send(draw(1, [4], "deadly"))
    assert "ended with code 3: out of memory: 12 GB asked for. The next" in str(heard.end())
    assert not heard.worker.running
    heard.worker.send(draw(2, [4]))
    assert heard.until("done")[-1]["id"] == 2


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_a_killed_process_is_told() -> None:
    kill_me = "import os, signal; input(); os.kill(os.getpid(), signal.SIGKILL)"
    both = Heard([sys.executable, "-c", kill_me])
    both.worker.send({"do": "load"})
    assert f"was killed by signal {int(signal.SIGKILL)}" in str(both.end())
    both.worker.close()


def test_lines_that_are_no_replies_are_passed_over() -> None:
    chatty = "import sys\nfor line in sys.stdin:\n print('[1]'); print('loading library'); print(line, flush=True)"
    both = Heard([sys.executable, "-c", chatty])
    request = {"id": 7, "event": "like a reply"}
    both.worker.send(request)
    assert both.next() == request
    both.worker.close()


def test_close_ends_the_process_and_is_heard_by_nobody(heard: Heard) -> None:
    heard.worker.send(draw(1, [4]))
    heard.until("done")
    heard.worker.close()
    assert not heard.worker.running
    assert heard.said.empty()
    with pytest.raises(WorkerError, match="was closed"):
        heard.worker.send(draw(2, [4]))


def test_a_process_that_does_not_listen_is_killed_at_close(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.worker.CLOSING_S", 0.05)
    deaf = "import sys, time\nprint('{}', flush=True)\nwhile True: time.sleep(60)"
    both = Heard([sys.executable, "-c", deaf])
    both.worker.send({"do": "load"})
    assert both.next() == {}
    both.worker.close()
    assert both.said.empty()


def test_the_scripted_sampler_draws_the_same_for_the_same_seed() -> None:
    assert json.dumps(scripted_sampler.rows(3, 0.5)) == json.dumps(scripted_sampler.rows(3, 0.5))
    assert scripted_sampler.rows(3, 0.5) != scripted_sampler.rows(4, 0.5)
