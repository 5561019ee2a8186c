from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import scan_work

from prep.engine import EngineSettings, run_each

SERIAL, POOL = EngineSettings(scheduler="serial"), EngineSettings(scheduler="pool", workers=2)
posix = pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")


@pytest.mark.parametrize("settings", [SERIAL, POOL, EngineSettings()])
def test_each_item_comes_out_once(settings: EngineSettings) -> None:
    found = list(run_each(scan_work.double, range(20), settings))
    assert sorted((each.item, each.result) for each in found) == [(n, 2 * n) for n in range(20)]
    assert multiprocessing.active_children() == []


def test_workers_are_other_processes_of_one_thread_each_and_few_items_need_none() -> None:
    found = [each.result for each in run_each(scan_work.tell_process, range(8), POOL)]
    assert all(result is not None for result in found)
    assert os.getpid() not in {result[0] for result in found if result}
    assert {result[1:] for result in found if result} == {("1", False)}  # numpy is loaded after that was set
    (alone,) = run_each(scan_work.tell_process, [1], EngineSettings())
    assert alone.result is not None
    assert alone.result[0] == os.getpid()


@pytest.mark.parametrize("settings", [SERIAL, POOL])
def test_an_item_that_fails_has_its_reason_and_the_others_go_on(settings: EngineSettings) -> None:
    found = {each.item: each for each in run_each(scan_work.refuse_odd, range(9), settings)}
    assert [item for item, each in sorted(found.items()) if each.result is None] == [1, 3, 5, 7]
    assert (found[1].reason, found[1].crashed) == ("one is no picture.", False)
    assert (found[3].reason, found[3].crashed) == ("ZeroDivisionError: by three (a defect; tell its makers)", True)
    assert (found[5].reason, found[5].crashed) == ("does not fit into memory", True)
    assert (found[7].reason, found[7].crashed) == ("the disk is full.", True)


@posix
def test_a_scan_that_kills_its_process_costs_no_other() -> None:
    found = {each.item: each for each in run_each(scan_work.break_at_three, range(9), POOL)}
    assert sorted(found) == list(range(9))
    assert [item for item, each in found.items() if each.result is None] == [3]
    assert "was killed" in found[3].reason
    assert found[3].crashed


@posix
def test_what_was_only_beside_a_crash_is_done_after_it(tmp_path: Path) -> None:
    items = [str(tmp_path / name) for name in ("a", "b.once", "c", "d")]
    found = {each.result for each in run_each(scan_work.break_once, items, POOL)}
    assert found == {"a", "b.once", "c", "d"}


@pytest.mark.parametrize("settings", [SERIAL, POOL])
def test_a_stop_begins_nothing_more(settings: EngineSettings) -> None:
    done: list[int] = []
    found = run_each(scan_work.double, range(400), settings, lambda: len(done) >= 5)
    done.extend(each.item for each in found)
    assert 5 <= len(done) <= 9
    assert multiprocessing.active_children() == []


@posix
def test_ctrl_c_does_not_reach_the_workers_and_leaves_none_behind() -> None:
    with pytest.raises(KeyboardInterrupt):
        for number, _ in enumerate(run_each(scan_work.double, range(400), POOL)):
            for child in multiprocessing.active_children():
                assert child.pid is not None
                os.kill(child.pid, signal.SIGINT)
            if number == 20:
                raise KeyboardInterrupt
    assert multiprocessing.active_children() == []


@posix
def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text("""
import scan_work
from prep.engine import EngineSettings, run_each
if __name__ == "__main__":
    list(run_each(scan_work.work_for_ever, [1, 2], EngineSettings(scheduler="pool", workers=2)))
""")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, str(script)], env=environment, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert [parent.stdout.readline() for _ in range(2)] == [b"working\n"] * 2
        parent.kill()
        parent.communicate(timeout=30)  # to the end of the pipe, which the workers hold too
