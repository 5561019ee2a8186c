from __future__ import annotations

from pathlib import Path

from runs import tell, write_run

from studio.events import Changed, Finished, Progress, Started
from studio.folder import open_studio
from studio.lock import locked
from studio.runs import find_run, read_told, start_run
from tui.figures import bar, duration, metres
from tui.jobs import Jobs


def test_what_goes_on_is_seen_whoever_started_it(studio: Path) -> None:
    jobs, here = Jobs(), open_studio(studio)
    assert jobs.look(here) == ()
    begun = [Started(at=1.0, what="x"), Progress(at=2.0, done=30, total=120)]
    run = write_run(studio / "runs" / "faces", {}, begun)
    plot = write_run(studio / "plots" / "one", {}, [*begun, Changed(at=3.0, state="drawing")])
    assert jobs.look(here) == ()  # they ended without a last word
    jobs = Jobs()
    with locked(run), locked(plot):
        jobs.seen = jobs.look(here)
        assert [(job.words, job.mode, job.share) for job in jobs.seen] == [
            ("training faces", "train", 0.25),
            ("drawing", "plot", 0.25),
        ]
        assert jobs.plotting
        assert "training of faces goes on" in jobs.farewell()
        assert "plot that another monoline started goes on" in jobs.farewell()
        jobs.stop_plots()
        assert not (plot / "orders.jsonl").exists()  # it is not ours to end
        assert jobs.raise_pen()
        assert '"order":"pen_up"' in (plot / "orders.jsonl").read_text()
        assert not (run / "orders.jsonl").exists()
        tell(plot, [Changed(at=4.0, state="paused"), Progress(at=4.0, done=60, total=120)])
        jobs.seen = jobs.look(here)
        assert [job.share for job in jobs.seen] == [0.25, 0.5]
        assert not jobs.plotting  # the pen is up
    tell(run, [Finished(at=5.0)])
    tell(plot, [Finished(at=5.0)])
    jobs.seen = jobs.look(here)
    assert jobs.seen == ()
    assert jobs.farewell() == ""
    assert not jobs.raise_pen()


def test_a_run_that_is_started_again_is_seen_again(studio: Path) -> None:
    jobs, here = Jobs(), open_studio(studio)
    folder = write_run(studio / "runs" / "faces", {}, [Started(at=1.0, what="x"), Finished(at=2.0)])
    assert jobs.look(here) == ()
    start_run(folder, "no_such_module:run", {"again": True})
    assert [job.name for job in jobs.look(here)] == ["faces"]
    find_run(folder).wait(30)
    assert jobs.look(here) == ()
    assert read_told(folder).arguments == {"again": True}


def test_one_damaged_run_hides_no_other(studio: Path) -> None:
    bad = write_run(studio / "runs" / "bad", {}, [Started(at=1.0, what="x")])
    good = write_run(studio / "runs" / "good", {}, [Started(at=1.0, what="x")])
    (bad / "run.json").write_text("rubbish")
    with locked(bad), locked(good):
        assert [job.name for job in Jobs().look(open_studio(studio))] == ["good"]


def test_figures_read_as_a_person_would_say_them() -> None:
    assert [duration(each) for each in (0, 0.4, 59.4, 59.6, 200, 3599, 7500)] == [
        "0 s", "0 s", "59 s", "1 min 00 s", "3 min 20 s", "59 min 59 s", "2 h 05 min"
    ]  # fmt: skip
    assert [metres(each) for each in (85.4, 3210, 12_449)] == ["85 mm", "3.21 m", "12.4 m"]
    assert [bar(share, 4) for share in (-1, 0, 0.5, 0.53, 1, 9)] == ["░░░░", "░░░░", "██░░", "██▏░", "████", "████"]


def test_a_preparation_that_is_run_again_does_not_begin_with_the_state_of_the_last(studio: Path) -> None:
    jobs, here = Jobs(), open_studio(studio)
    before = [Started(at=1.0, what="x"), Changed(at=2.0, state="trace"), Progress(at=3.0, done=9, total=9)]
    run = write_run(here.preparation, {}, [*before, Finished(at=4.0, result={})])
    with locked(run):
        tell(run, [Started(at=5.0, what="x")])
        assert [(job.words, job.share) for job in jobs.look(here)] == [("preparing scans", None)]
        tell(run, before[1:])
        assert [(job.words, job.share) for job in jobs.look(here)] == [("preparing scans: trace", 1.0)]


def test_a_plot_that_was_taken_up_tells_how_much_of_all_is_done(studio: Path) -> None:
    before = [Started(at=1.0, what="x"), Progress(at=2.0, done=60, total=100)]
    plot = write_run(studio / "plots" / "one", {}, [*before, Started(at=3.0, what="x")])
    tell(plot, [Progress(at=4.0, done=10, total=40)])
    with locked(plot):
        assert [job.share for job in Jobs().look(open_studio(studio))] == [0.7]
