"""With a real scheduler and two worker processes, once for the module."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import scan_work
from certificates import OURS, STRANGERS, put_certificate
from clusters import Cluster, started_cluster
from inked import arc, inked
from PIL import Image

from configs.errors import ConfigError
from configs.load import load
from prep import cluster_engine
from prep.engine import EngineSettings, run_each
from prep.errors import PrepError, SchedulerLost
from prep.pipeline import TARGET, run_stages
from prep.settings import PrepSettings, read_settings, write_settings
from studio.events import Made
from studio.folder import create_studio
from studio.runs import start_run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with started_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


def engine(cluster: Cluster, **settings: str) -> EngineSettings:
    return EngineSettings(scheduler=cluster.address, **settings)


def test_two_other_processes_do_each_item_once_and_tell_what_failed(cluster: Cluster, tmp_path: Path) -> None:
    two = [str(tmp_path / name) for name in "ab"]
    met = list(run_each(scan_work.meet, [(two, one) for one in two], engine(cluster), shared=tmp_path))
    assert len({each.result for each in met} - {None, os.getpid()}) == 2  # each waited for the other
    found = {each.item: each for each in run_each(scan_work.refuse_odd, range(9), engine(cluster))}
    assert sorted(found) == list(range(9))
    assert [item for item, each in sorted(found.items()) if each.result is None] == [1, 3, 5, 7]
    assert (found[1].reason, found[1].crashed) == ("one is no picture.", False)
    assert (found[3].reason, found[3].crashed) == ("ZeroDivisionError: by three (a defect; tell its makers)", True)
    assert (found[7].reason, found[7].crashed) == ("the disk is full.", True)
    assert list(tmp_path.glob(".cluster*")) == []


def test_a_killed_worker_costs_nothing_and_what_kills_it_each_time_is_told(cluster: Cluster, tmp_path: Path) -> None:
    items = [str(tmp_path / name) for name in ("a", "b.once", "c", "d.always", "e")]
    found = {Path(each.item).name: each for each in run_each(scan_work.break_once, items, engine(cluster))}
    assert [name for name, each in sorted(found.items()) if each.result == name] == ["a", "b.once", "c", "e"]
    assert found["d.always"].crashed
    assert "killed, 3 times" in found["d.always"].reason
    assert (tmp_path / "d.always").read_text() == "..."


def test_a_stop_begins_nothing_more_and_what_is_under_way_comes_out(cluster: Cluster) -> None:
    done: list[int] = []
    done.extend(each.item for each in run_each(scan_work.double, range(200), engine(cluster), lambda: len(done) >= 5))
    assert 5 <= len(done) <= 7


def test_a_run_that_is_killed_goes_on_where_it_was(cluster: Cluster, tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "studio")
    (studio.sketchbooks / "sb01").mkdir()
    for number in range(12):
        page = inked([arc(100, 75, 40 + number, 50, 0, 0.9)], (200, 150))
        Image.fromarray((255 * page.light).astype(np.uint8)).save(studio.sketchbooks / "sb01" / f"{number:03}.png")
    write_settings(studio, PrepSettings(engine=engine(cluster)))
    run = start_run(studio.preparation, TARGET, {"to": "trace"})
    next(event for event in run.follow() if isinstance(event, Made))
    run.kill()
    run.wait()
    before = {path: path.stat().st_mtime_ns for path in studio.drawings.rglob("*.json")}
    assert before
    outcome = run_stages(studio, read_settings(studio), last="trace")
    assert (outcome.stages[-1].done, outcome.stages[-1].skipped) == (12, 0)
    after = {path: path.stat().st_mtime_ns for path in studio.drawings.rglob("*.json")}
    assert len(after) == 12
    assert before.items() <= after.items()  # nothing was traced again


def test_a_worker_with_another_monoline_or_another_folder_gets_no_work(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(cluster_engine, "monoline", lambda: "9.9, tracing 99")
        with pytest.raises(
            PrepError, match=r"^The worker tcp://\S+ has monoline \S+, tracing \d+, and this computer 9.9"
        ):
            list(run_each(scan_work.double, range(3), engine(cluster)))
    gone = tmp_path / "gone" / "marker"
    assert cluster_engine.probe(str(gone)) == (cluster_engine.monoline(), False, False)
    monkeypatch.setattr(cluster_engine, "_marked", lambda _: nullcontext(str(gone)))
    with pytest.raises(PrepError, match=f"does not see {gone.parent}; share that folder with it under the same path"):
        list(run_each(scan_work.double, range(3), engine(cluster), shared=tmp_path))


def test_a_scheduler_that_is_not_there_is_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cluster_engine, "REACH_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(PrepError, match=f"^No scheduler answers at {address} .*--scheduler auto"):
        list(run_each(scan_work.double, [1], EngineSettings(scheduler=address)))


@pytest.mark.parametrize("wrong", ["many", "http://here:8786", "tcp://here", "tcp://a b:1"])
def test_a_scheduler_is_a_word_or_an_address(wrong: str) -> None:
    with pytest.raises(
        ConfigError, match=r"scheduler: should be auto, serial, pool, or the address of a dask scheduler"
    ):
        load(EngineSettings, None, [f"scheduler={wrong}"])


def test_with_tls_only_who_has_a_certificate_gets_in_and_a_lost_scheduler_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = put_certificate(tmp_path / "ours.pem", OURS)
    strangers = put_certificate(tmp_path / "strangers.pem", STRANGERS)
    with started_cluster(tmp_path / "cluster", ours) as cluster:
        assert cluster.address.startswith("tls://")
        settings = engine(cluster, tls_ca=ours, tls_cert=ours, tls_key=ours)
        assert sorted(each.result or 0 for each in run_each(scan_work.double, range(5), settings)) == [0, 2, 4, 6, 8]
        with monkeypatch.context() as patch:
            patch.setattr(cluster_engine, "REACH_S", 1.0)
            with pytest.raises(PrepError, match="No scheduler answers"):
                stranger = engine(cluster, tls_ca=strangers, tls_cert=strangers, tls_key=strangers)
                list(run_each(scan_work.double, [1], stranger))
        with pytest.raises(PrepError, match="needs certificates: give --tls-ca"):
            list(run_each(scan_work.double, [1], engine(cluster)))
        done: list[int] = []
        with pytest.raises(SchedulerLost, match=r"is gone; what is done is kept, run it again"):
            for each in run_each(scan_work.double, range(100), settings):
                done.append(each.item)
                if len(done) == 4:
                    cluster.scheduler.send_signal(signal.SIGKILL)
        assert 4 <= len(done) < 100
