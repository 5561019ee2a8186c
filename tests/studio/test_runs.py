from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio import runs
from studio.errors import RunError
from studio.events import Event, Failed, Finished, Ordered, Progress, Started, Stopped
from studio.files import AppendLog
from studio.runs import Run, State, find_run, find_runs, start_run

LONG = {"to": 1_000_000}
LIMIT_S = 30.0

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")


@pytest.fixture(autouse=True)
def _find_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    yield
    for run in find_runs(tmp_path):  # a test that failed must leave no child behind
        run.kill()


def first(run: Run, kind: type[Event]) -> Event:
    return next(event for event in run.follow() if isinstance(event, kind))


def pid(run: Run) -> int:
    started = first(run, Started)
    assert isinstance(started, Started)
    return started.pid


def test_a_run_goes_from_start_to_finish_and_tells_all_of_it(tmp_path: Path) -> None:
    run = start_run(tmp_path / "one", "work_for_runs:count", {"to": 5})
    events = list(run.follow())
    assert isinstance(events[0], Started)
    assert [event.done for event in events if isinstance(event, Progress)] == [1, 2, 3, 4, 5]
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.result == {"done": 5, "saved": "one"}
    assert run.wait(LIMIT_S) is State.FINISHED
    assert [each.name for each in find_runs(tmp_path)] == ["one"]


def test_a_run_is_followed_and_stopped_from_another_terminal(tmp_path: Path) -> None:
    run = start_run(tmp_path / "one", "work_for_runs:count", LONG)
    first(run, Progress)
    other = (
        "import sys; from pathlib import Path; from studio.runs import find_run\n"
        "run = find_run(Path(sys.argv[1])); print(run.state.value); run.stop(); print(run.wait(30).value)"
    )
    said = subprocess.run(
        [sys.executable, "-c", other, str(run.folder)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert said == ["running", "stopped"]
    last = run.events()[-1]
    assert isinstance(last, Stopped)
    assert last.result["done"] > 0


def test_the_process_before_is_waited_for_and_nothing_of_it_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, closed, close = tmp_path / "one", list[int](), os.close

    def closes(descriptor: int) -> None:
        closed.append(descriptor)
        close(descriptor)

    monkeypatch.setattr(runs.os, "close", closes)
    monkeypatch.setattr(runs, "_ended_here", lambda _folder: False)  # nobody has looked whether it has ended
    run = start_run(folder, "work_for_runs:count", {"to": 1})
    before = runs._children[folder.resolve()]  # pyright: ignore[reportPrivateUsage] - nobody else knows of it
    run.wait(LIMIT_S)
    start_run(folder, "work_for_runs:count", {"to": 1}).wait(LIMIT_S)
    assert before.process.returncode == 0
    assert before.lifeline in closed


def test_a_run_survives_the_death_of_its_parent(tmp_path: Path) -> None:
    parent = (
        "import os, signal, sys; from pathlib import Path; from studio.runs import start_run\n"
        "run = start_run(Path(sys.argv[1]), 'work_for_runs:count', {'to': 1000000})\n"
        "next(event for event in run.follow() if type(event).__name__ == 'Progress')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", parent, str(tmp_path / "one")], check=False)
    assert done.returncode == -signal.SIGKILL
    run = find_run(tmp_path / "one")
    assert run.state is State.RUNNING
    before = len(run.events())
    assert any(len(run.events()) > before for _ in run.follow())
    run.stop()
    assert run.wait(LIMIT_S) is State.STOPPED


def test_a_run_is_told_that_its_parent_has_vanished(tmp_path: Path) -> None:
    parent = (
        "import sys; from pathlib import Path; from studio.runs import start_run\n"
        "run = start_run(Path(sys.argv[1]), 'work_for_runs:until_alone')\n"
        "next(event for event in run.follow() if type(event).__name__ == 'Progress')"
    )
    subprocess.run([sys.executable, "-c", parent, str(tmp_path / "one")], check=True)
    run = find_run(tmp_path / "one")
    assert run.wait(LIMIT_S) is State.FINISHED
    last = run.events()[-1]
    assert isinstance(last, Finished)
    assert last.result == {"alone": True}


def test_a_closed_terminal_does_not_end_a_run_and_sigterm_stops_it_saved(tmp_path: Path) -> None:
    run = start_run(tmp_path / "one", "work_for_runs:count", LONG)
    process = pid(run)
    first(run, Progress)
    os.kill(process, signal.SIGHUP)
    seen = len(run.events())
    assert any(len(run.events()) > seen for _ in run.follow())
    os.kill(process, signal.SIGTERM)
    assert run.wait(LIMIT_S) is State.STOPPED


def test_other_orders_reach_the_work_with_their_values(tmp_path: Path) -> None:
    run = start_run(tmp_path / "one", "work_for_runs:count", LONG)
    run.order("height", pen_up_pct=70)
    ordered = first(run, Ordered)
    assert isinstance(ordered, Ordered)
    assert ordered.order == "height {'pen_up_pct': 70}"
    run.stop()
    assert run.wait(LIMIT_S) is State.STOPPED


def test_a_damaged_line_in_the_orders_does_not_make_a_run_deaf(tmp_path: Path) -> None:
    run = start_run(tmp_path / "one", "work_for_runs:count", LONG)
    first(run, Progress)
    with (run.folder / "orders.jsonl").open("ab") as file:
        file.write(b"stop please\nand now\n")
    run.stop()
    assert run.wait(LIMIT_S) is State.STOPPED


def test_a_killed_run_is_lost_and_can_be_started_again_in_its_folder(tmp_path: Path) -> None:
    run = start_run(tmp_path / "one", "work_for_runs:count", LONG)
    first(run, Progress)
    run.kill()
    assert run.wait(LIMIT_S) is State.LOST
    last = list(run.follow())[-1]
    assert isinstance(last, Failed)
    assert "without a last word" in last.error
    again = start_run(tmp_path / "one", "work_for_runs:count", {"to": 3})
    assert again.wait(LIMIT_S) is State.FINISHED
    assert [event.done for event in again.events() if isinstance(event, Progress)] == [1, 2, 3]


def test_orders_of_an_earlier_life_do_not_count(tmp_path: Path) -> None:
    start_run(tmp_path / "one", "work_for_runs:count", {"to": 1}).wait(LIMIT_S)
    find_run(tmp_path / "one").stop()
    again = start_run(tmp_path / "one", "work_for_runs:count", {"to": 60})
    assert again.wait(LIMIT_S) is State.FINISHED


def test_a_run_that_goes_on_can_not_be_started_twice(tmp_path: Path) -> None:
    run = start_run(tmp_path / "one", "work_for_runs:count", LONG)
    first(run, Progress)
    with pytest.raises(RunError, match="running already"):
        start_run(tmp_path / "one", "work_for_runs:count", LONG)
    run.stop()
    assert run.wait(LIMIT_S) is State.STOPPED


def test_what_a_person_can_mend_is_told_in_words_and_a_defect_with_its_place(tmp_path: Path) -> None:
    run = start_run(tmp_path / "one", "work_for_runs:refuse")
    assert run.wait(LIMIT_S) is State.FAILED
    last = run.events()[-1]
    assert isinstance(last, Failed)
    assert last.error == "the data has no drawings; choose another"

    run = start_run(tmp_path / "two", "work_for_runs:break_down", {"zero": 0})
    assert run.wait(LIMIT_S) is State.FAILED
    last = run.events()[-1]
    assert isinstance(last, Failed)
    assert last.error == "ZeroDivisionError: division by zero"
    assert "log.txt" in last.remedy
    log = (run.folder / "log.txt").read_text()
    assert "about to divide" in log
    assert "break_down" in log


def test_work_that_does_not_exist_fails_instead_of_hanging(tmp_path: Path) -> None:
    run = start_run(tmp_path / "one", "work_for_runs:nothing")
    assert run.wait(LIMIT_S) is State.FAILED


def test_a_folder_in_the_working_directory_is_not_taken_for_monoline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "studio.py").write_text("raise SystemExit('the wrong studio')")
    monkeypatch.chdir(tmp_path)
    assert start_run(Path("one"), "work_for_runs:count", {"to": 1}).wait(LIMIT_S) is State.FINISHED


def test_a_copied_run_can_be_followed_and_says_where_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = start_run(tmp_path / "one", "work_for_runs:count", {"to": 4})
    run.wait(LIMIT_S)
    copied = tmp_path / "copied"
    copied.mkdir()
    for name in ("run.json", "events.jsonl"):
        (copied / name).write_bytes((run.folder / name).read_bytes())
    told = json.loads((copied / "run.json").read_text())
    (copied / "run.json").write_text(json.dumps({**told, "host": "the-gpu-machine"}))
    assert find_run(copied).state is State.FINISHED
    lines = (copied / "events.jsonl").read_bytes().splitlines(keepends=True)
    (copied / "events.jsonl").write_bytes(b"".join(lines[:-1]))
    assert find_run(copied).state is State.RUNNING  # its last word is fresh
    with pytest.raises(RunError, match="seems to be running on the-gpu-machine"):
        start_run(copied, "work_for_runs:count", {"to": 1})
    find_run(copied).kill()  # no process here has anything to do with it
    monkeypatch.setattr(runs, "FRESH_S", 0.0)
    assert find_run(copied).state is State.ELSEWHERE
    assert [event.done for event in find_run(copied).events() if isinstance(event, Progress)] == [1, 2, 3, 4]
    assert start_run(copied, "work_for_runs:count", {"to": 1}).wait(LIMIT_S) is State.FINISHED  # it goes on here


def test_a_folder_without_a_run_and_a_damaged_one_are_told(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is no run"):
        find_run(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(RunError, match="can't be read"):
        find_run(tmp_path)
    assert find_runs(tmp_path / "nothing") == []


def test_following_can_be_ended_without_ending_the_run(tmp_path: Path) -> None:
    run = start_run(tmp_path / "one", "work_for_runs:count", LONG)
    first(run, Progress)
    assert list(run.follow(until=lambda: True))
    assert run.state is State.RUNNING
    with pytest.raises(RunError, match="still running after 0 s"):
        run.wait(0)
    run.stop()
    assert run.wait(LIMIT_S) is State.STOPPED


def test_two_terminals_may_give_orders_at_once(tmp_path: Path) -> None:
    run = start_run(tmp_path / "one", "work_for_runs:count", LONG)
    first(run, Progress)
    with AppendLog(run.folder / "orders.jsonl") as one, AppendLog(run.folder / "orders.jsonl") as other:
        for n in range(20):
            one.append({"order": "a", "values": {"n": n}})
            other.append({"order": "b", "values": {"n": n}})
    run.stop()
    assert run.wait(LIMIT_S) is State.STOPPED
    assert len(run.events()) > 1
