from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import scripted_runs
from runs import tell, until, write_run
from screens import screen_text, settled
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Select, Static

from studio.events import PERCENT, Event, Failed, Finished, Made, Measured, Progress, Said, Started, Stopped
from studio.files import read_log, write_text
from studio.lock import locked
from studio.runs import ORDERS, Run, State, find_runs, read_told
from tui.app import Monoline
from tui.checkpoints import checkpoints, network_name
from tui.figures import bar
from tui.follower import Follower
from tui.screens import train
from tui.screens.train import TrainScreen
from tui.training import Training, headline, last_lines, panel
from tui.widgets.chart import Chart
from tui.widgets.dialog import ErrorDialog, ZoomScreen
from tui.widgets.filmstrip import Filmstrip
from tui.widgets.new_training import NewTraining
from tui.widgets.steps_axis import StepsAxis

Golden = Callable[[str, str], None]
WHAT = {"preset": "quick", "data": "/somewhere/stars.npz", "minutes": 10, "steps": None, "from_": None}
LIMIT_S = 30.0


@pytest.fixture(autouse=True)
def _scripted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Trainings that need no torch, and presets of their own."""
    monkeypatch.setenv("PYTHONPATH", str(Path(scripted_runs.__file__).parent), prepend=os.pathsep)
    monkeypatch.setattr(train, "TARGET", "scripted_runs:train")
    monkeypatch.setattr(train, "presets", lambda: ["quick", "slow"])
    monkeypatch.setattr(train, "about_preset", lambda name: f"about {name}\n20 steps")
    yield
    for run in find_runs(tmp_path / "ink" / "runs"):  # a test that failed must leave no child behind
        if run.state is State.RUNNING and read_told(run.folder).target.startswith("scripted_runs:train"):
            run.kill()


def trained(studio: Path, name: str = "stars-quick", *, steps: int = scripted_runs.STEPS, end: bool = True) -> Path:
    """A run that was followed by nobody."""
    folder = studio / "runs" / name
    events = [Started(at=1000.0, what="train"), *scripted_runs.training_events(folder, 1000.0, steps=steps)]
    write_run(folder, WHAT, [*events, *([Finished(at=1021.0)] if end else [])], started_at=1000.0)
    for file in ("model.safetensors", "resume.safetensors"):
        (folder / file).write_bytes(b"weights")
    return folder


async def go(pilot: Pilot[None]) -> TrainScreen:
    await settled(pilot)
    await pilot.press("2")
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, TrainScreen)
    await until(pilot, lambda: screen.query_one("#runs", OptionList).option_count or screen.query_one("#empty").display)
    return screen


def state(screen: TrainScreen) -> str:
    return str(screen.query_one("#state", Static).content)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_a_training_is_watched(studio: Path, golden: Golden, size: tuple[int, int]) -> None:
    folder = trained(studio, steps=300, end=False)
    trained(studio, "stars-slow")
    with locked(folder):
        async with Monoline(studio).run_test(size=size) as pilot:
            await go(pilot)
            await until(pilot, lambda: "3 of 3" in screen_text(pilot.app))
            await settled(pilot)
            golden(f"train-{size[0]}x{size[1]}.txt", screen_text(pilot.app))


async def test_the_curve_grows_while_the_run_tells(studio: Path) -> None:
    folder = trained(studio, steps=200, end=False)
    with locked(folder):
        async with Monoline(studio).run_test(size=(120, 36)) as pilot:
            screen = await go(pilot)
            await until(pilot, lambda: "STEP 200 " in state(screen).upper())
            assert "10 s left" in state(screen)
            before = screen_text(pilot.app)
            now = scripted_runs.training_events(folder, 1000.0)
            tell(folder, [event for event in now if event.at > 1010.0])
            await until(pilot, lambda: "step 400" in state(screen))
            assert screen_text(pilot.app) != before
            assert "valid -0.033" in screen_text(pilot.app)
            assert "best       -0.191 at 300" in str(screen.query_one("#figures", Static).content)


async def test_a_training_is_started_stopped_and_taken_up_again(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot)
        await pilot.press("n")
        await pilot.pause()
        assert isinstance(pilot.app.screen, NewTraining)
        assert "about quick" in screen_text(pilot.app)
        pilot.app.screen.query_one("#steps", Input).value = "0"
        pilot.app.screen.query_one("#minutes", Input).value = ""
        await pilot.press("enter")  # the button has the focus
        await until(pilot, lambda: screen.followed is not None and "RUNNING" in state(screen))
        run = screen.followed
        assert run is not None
        assert run.name == "stars-quick"
        told = read_told(run.folder).arguments
        assert told["preset"] == "quick"
        assert told["data"] == str(studio / "datasets" / "stars.npz")
        assert (told["steps"], told["minutes"], told["from_"], told["resume"]) == (0, None, None, False)
        await until(pilot, lambda: "step 400" in state(screen))
        assert screen.check_action("resume", ()) is False
        await pilot.press("s")
        assert "STOPP" in state(screen)  # or it has stopped already
        await until(pilot, lambda: "STOPPED" in state(screen))
        assert run.wait(LIMIT_S) is State.STOPPED
        assert screen.check_action("stop", ()) is False
        await pilot.press("r")
        await until(pilot, lambda: "FINISHED" in state(screen))
        assert run.wait(LIMIT_S) is State.FINISHED
        assert read_told(run.folder).arguments["resume"] is True
        assert len(find_runs(studio / "runs")) == 1


async def test_a_training_outlives_the_terminal_and_is_found_again(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot)
        screen.start(studio / "runs" / "long", {**WHAT, "steps": 0, "resume": False})
        await until(pilot, lambda: screen.followed is not None and "step 400" in state(screen))
    run = Run(studio / "runs" / "long")
    assert run.state is State.RUNNING
    trained(studio, "newer")
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot)
        await until(pilot, lambda: "long   RUNNING   step 400" in state(screen))
        app = pilot.app
        assert isinstance(app, Monoline)
        assert "training of long goes on" in app.jobs.farewell()
        await pilot.press("s")
        await until(pilot, lambda: "STOPPED" in state(screen))
    assert run.wait(LIMIT_S) is State.STOPPED


async def test_a_second_run_gets_a_name_of_its_own(studio: Path) -> None:
    trained(studio)
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot)
        await pilot.press("n")
        await pilot.pause()
        pilot.app.screen.query_one("#from", Select).value = str(studio / "runs" / "stars-quick" / "model.safetensors")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.followed is not None and screen.followed.name == "stars-quick-2")
        await until(pilot, lambda: "FINISHED" in state(screen))
        assert read_told(studio / "runs" / "stars-quick-2").arguments["from_"].endswith("stars-quick/model.safetensors")
        assert [each.name for each in find_runs(studio / "runs")] == ["stars-quick", "stars-quick-2"]


async def test_the_first_run_is_asked_for_and_numbers_that_are_none_are_refused(studio: Path, golden: Golden) -> None:
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        await go(pilot)
        golden("train-empty.txt", screen_text(pilot.app))
        await pilot.press("n")
        await pilot.pause()
        for name, value in (("minutes", "soon"), ("minutes", "-1"), ("minutes", "nan"), ("steps", "1.5")):
            dialog = pilot.app.screen
            assert isinstance(dialog, NewTraining)
            dialog.query_one(f"#{name}", Input).value = value
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert pilot.app.screen is dialog
            assert f"{name}: {value}" in screen_text(pilot.app)
            dialog.query_one(f"#{name}", Input).value = ""
        await pilot.press("escape")
        await settled(pilot)
        assert find_runs(studio / "runs") == []


async def test_a_run_that_failed_says_why_and_what_it_printed(studio: Path, golden: Golden) -> None:
    folder = trained(studio, end=False)
    tell(folder, [Failed(at=1021.0, error="MemoryError: a batch of 100", remedy="Make fit.batch smaller.")])
    (folder / "log.txt").write_text("\n".join(["Traceback:", *(f"  line {n}" for n in range(20)), "MemoryError"]))
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot)
        await until(pilot, lambda: "FAILED" in state(screen))
        golden("train-failed.txt", screen_text(pilot.app))
        assert screen.check_action("resume", ()) is True
        asked: list[tuple[str, dict[str, Any]]] = []
        screen.start = lambda folder, told: asked.append((folder.name, told))  # pyright: ignore[reportAttributeAccessIssue]
        await pilot.press("r")
        name, told = asked[-1]
        assert (name, told["resume"], told["overrides"]) == ("stars-quick", True, ["fit.batch=50"])
        (folder / "resume.safetensors").unlink()
        await pilot.press("r")  # nothing was saved: anew, beside it
        name, told = asked[-1]
        assert (name, told.get("resume"), told["overrides"]) == ("stars-quick-2", False, ["fit.batch=50"])


async def test_a_run_that_was_killed_goes_on_as_it_was_or_with_a_smaller_batch(studio: Path) -> None:
    trained(studio, end=False)
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot)
        await until(pilot, lambda: "ENDED WITHOUT A LAST WORD" in state(screen))
        asked: list[dict[str, Any]] = []
        screen.start = lambda folder, told: asked.append(told)  # pyright: ignore[reportAttributeAccessIssue]
        assert "R goes on with batch 100" in str(screen.query_one("#failure", Static).content)
        await pilot.press("r", "R")
        assert [told.get("overrides") for told in asked] == [None, ["fit.batch=50"]]


async def test_a_training_that_breaks_down_is_told_on_the_screen(studio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "TARGET", "scripted_runs:train_badly")
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot)
        await pilot.press("n", "enter")
        await until(pilot, lambda: screen.followed is not None and "FAILED" in state(screen))
        assert "out of memory: a batch of 100" in screen_text(pilot.app)
        assert "step 1: the drawings do not fit" in str(screen.query_one("#failure", Static).content)


async def test_samples_are_scrubbed_and_the_newest_come_by_themselves(studio: Path) -> None:
    folder = trained(studio, steps=300, end=False)
    with locked(folder):
        async with Monoline(studio).run_test(size=(120, 36)) as pilot:
            screen = await go(pilot)
            title = screen.query_one("#samples-title", Static)
            await until(pilot, lambda: "step 300   3 of 3" in str(title.content))
            before = screen_text(pilot.app)
            await pilot.press("comma")
            await settled(pilot)
            assert "step 200   2 of 3" in str(title.content)
            assert screen_text(pilot.app) != before
            now = scripted_runs.training_events(folder, 1000.0)
            tell(folder, [event for event in now if event.at > 1015.0])
            await until(pilot, lambda: "2 of 4" in str(title.content))  # it is held
            await pilot.press("full_stop", "full_stop")
            assert "step 400   4 of 4" in str(title.content)
            await pilot.press("comma", "comma", "comma", "comma", "comma")
            assert "1 of 4" in str(title.content)
            await settled(pilot)
            axis = screen.query_one(StepsAxis)
            await pilot.mouse_down(StepsAxis, offset=(1, 0))
            await pilot.hover(StepsAxis, offset=(axis.size.width * 2 // 3, 0))
            await pilot.mouse_up(StepsAxis, offset=(axis.size.width * 2 // 3, 0))
            await pilot.pause()
            assert "step 300   3 of 4   the best so far   held" in str(title.content)
            assert "◈" in str(axis.render())
            axis.focus()
            await pilot.press("home")
            assert "1 of 4" in str(title.content)
            assert "◉" in str(axis.render())
            await pilot.press("end")
            assert "4 of 4" in str(title.content)
            assert "held" not in str(title.content)  # the newest are followed
            await pilot.press("f")
            assert "held" in str(title.content)
            await pilot.press("f", "comma", "comma", "comma")
            await settled(pilot)
            screen.query_one(Filmstrip).focus()
            await pilot.press("right", "enter")
            await pilot.pause()
            assert isinstance(pilot.app.screen, ZoomScreen)


async def test_validation_is_hidden_and_a_checkpoint_is_asked_for(studio: Path) -> None:
    folder = trained(studio, steps=300, end=False)
    with locked(folder):
        async with Monoline(studio).run_test(size=(120, 36)) as pilot:
            screen = await go(pilot)
            await until(pilot, lambda: "RUNNING" in state(screen))
            await until(pilot, lambda: "● valid" in screen_text(pilot.app))
            await pilot.press("v")
            assert "● valid" not in screen_text(pilot.app)
            await pilot.press("v", "a")
            await settled(pilot)
            assert "c  test and save it now" in screen_text(pilot.app)
            await pilot.press("escape", "c")
            assert "saving" in state(screen)
            (order,) = read_log(folder / ORDERS).records
            assert order["order"] == "checkpoint"
            assert screen.check_action("save", ()) is False  # once is enough
            tell(folder, [Made(at=1016.0, path="model.safetensors", what="checkpoint")])
            await until(pilot, lambda: "saving" not in state(screen))


async def test_a_checkpoint_goes_to_sample_and_steps_on_a_logarithmic_axis(studio: Path) -> None:
    folder = trained(studio)
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot)
        await until(pilot, lambda: "FINISHED" in state(screen))
        await pilot.press("l")
        await pilot.pause()
        assert screen.query_one(Chart).log_steps
        assert "step, log" in screen_text(pilot.app)
        await pilot.press("u")
        await settled(pilot)
        app = pilot.app
        assert isinstance(app, Monoline)
        assert app.checkpoint == str(folder / "model.safetensors")
        (folder / "model.safetensors").unlink()
        assert screen.check_action("use", ()) is False


async def test_the_list_goes_from_run_to_run(studio: Path) -> None:
    trained(studio, "a")
    other = trained(studio, "b", steps=100, end=False)
    tell(other, [Stopped(at=1006.0)])
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot)
        await until(pilot, lambda: "a   FINISHED   step 400" in state(screen))
        await pilot.press("down")
        await until(pilot, lambda: "b   STOPPED   step 100" in state(screen))
        assert "1 of 1" in str(screen.query_one("#samples-title", Static).content)
        await pilot.press("up")
        await until(pilot, lambda: "a   FINISHED   step 400" in state(screen))


async def test_a_sweep_over_w_kl_is_found_and_shows_its_trade_off(studio: Path, golden: Golden) -> None:
    trained(studio, "a")
    for weight, rebuilt, apart in ((0.25, -0.6, 1.9), (0.5, -0.45, 1.1), (1.0, -0.2, 0.4), (2.0, None, None)):
        folder = studio / "runs" / "sweep" / f"w-{weight:g}"
        told = {**WHAT, "overrides": ["net.kind=conditional", f"fit.kl_weight={weight!r}"]}
        events: list[Event] = [Started(at=900.0, what="train"), Measured(at=901.0, step=50, values={"train": 1.0})]
        if rebuilt is not None and apart is not None:
            for step, more in ((100, 0.5), (200, 0.0)):
                values = {"valid_L_R": rebuilt + more, "valid_L_KL": apart, "valid": rebuilt + 0.3}
                events.append(Measured(at=901.0, step=step, values=values))
        write_run(folder, told, events, started_at=900.0)
    write_text(studio / "runs" / "sweep" / "sweep.json", "{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        screen = await go(pilot)
        await until(pilot, lambda: "a   FINISHED" in state(screen))
        assert not screen.check_action("tradeoff", ())
        runs = screen.query_one("#runs", OptionList)
        names = [str(runs.get_option_at_index(index).id) for index in range(runs.option_count)]
        assert names == ["a", "sweep/w-0.25", "sweep/w-0.5", "sweep/w-1", "sweep/w-2"]
        await pilot.press("end")
        await until(pilot, lambda: "sweep/w-2   ENDED" in state(screen))
        await pilot.press("u")
        await settled(pilot)
        assert isinstance(pilot.app, Monoline)
        assert network_name(pilot.app.checkpoint) == "sweep-w-2"
        assert pilot.app.checkpoint in [path for path, _ in checkpoints(pilot.app.studio)]
        await pilot.press("k")
        await settled(pilot)
        golden("tradeoff-120x36.txt", screen_text(pilot.app))
        assert "c  w_KL 1      L_R -0.200   L_KL 0.400   +0.100 nats per point   step 200" in screen_text(pilot.app)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        golden("tradeoff-80x24.txt", screen_text(pilot.app))
        await pilot.press("escape")
        await settled(pilot)
        assert pilot.app.screen is screen


@pytest.mark.skipif(os.name == "nt", reason="an open file can't be removed there")
async def test_a_run_that_is_removed_is_told_once(studio: Path) -> None:
    folder = trained(studio)
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        screen = await go(pilot)
        await until(pilot, lambda: "FINISHED" in state(screen))
        (folder / "run.json").unlink()
        await until(pilot, lambda: isinstance(pilot.app.screen, ErrorDialog))
        await pilot.press("enter")
        for _ in range(3):
            screen.poll(everything=True)
            await settled(pilot)
        assert not isinstance(pilot.app.screen, ErrorDialog)


async def test_damaged_events_are_told_and_other_runs_stay(studio: Path) -> None:
    trained(studio, "good")
    folder = trained(studio, "bad")
    lines = (folder / "events.jsonl").read_text().splitlines()
    (folder / "events.jsonl").write_text("\n".join([lines[0], "rubbish", *lines[1:]]) + "\n")
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.screen, ErrorDialog))
        assert "damaged" in screen_text(pilot.app)
        await pilot.press("enter")
        screen = pilot.app.screen
        assert isinstance(screen, TrainScreen)
        await until(pilot, lambda: "good   FINISHED" in state(screen))
        names = [screen.query_one("#runs", OptionList).get_option_at_index(index).id for index in range(2)]
        assert sorted(str(name) for name in names) == ["bad", "good"]


def test_the_story_goes_on_where_a_training_was_resumed(tmp_path: Path) -> None:
    story = Training()
    for step in (20, 40, 60):
        story.take(Measured(step=step, values={"train": 1.0 / step}))
    story.take(Started(what="train"))
    for step in (40, 60):
        story.take(Measured(step=step, values={"train": 9.0}))
    assert [step for step, _ in story.train] == [20, 40, 60]
    assert story.train[1:] == [(40, 9.0), (60, 9.0)]


def test_the_time_it_took_is_that_of_all_its_parts() -> None:
    story = Training(arguments=WHAT)
    for at in (0.0, 500.0):  # stopped after 40 s, resumed much later
        story.take(Started(at=1000.0 + at, what="train"))
        story.take(Measured(at=1040.0 + at, step=20, values={"train": 1.0}))
    assert "took       1 min 20 s of 10 min" in panel(story)


def test_the_time_left_follows_the_pace_of_the_last_reports() -> None:
    story = Training()
    assert story.left_s is None
    assert story.share is None
    for at, done in ((0.0, 10), (1.0, 20), (2.0, 30)):
        story.take(Progress(at=at, done=done, total=100))
    assert story.left_s == pytest.approx(7.0)
    assert story.share == pytest.approx(0.3)
    story.take(Progress(at=3.0, done=100, total=100))
    assert story.left_s == 0


def test_where_the_clock_sets_the_end_no_steps_are_promised() -> None:
    story = Training(arguments=WHAT)
    for at, done in ((0.0, 10.0), (6.0, 11.0)):
        story.take(Measured(at=at, step=int(70 + at), values={"train": 1.0}))
        story.take(Progress(at=at, done=done, total=100, what=PERCENT))
    assert headline("stars", State.RUNNING, story, stopping=False) == "stars   RUNNING   step 76 · 8 min 54 s left"
    assert panel(story).startswith(f"{bar(0.11, 20)} 11%")
    story.take(Progress(at=9.0, done=80, total=200, what="training"))  # taken up again with a limit in steps
    assert headline("stars", State.STOPPED, story, stopping=False) == "stars   STOPPED   step 80 of 200"


def test_figures_that_are_no_numbers_are_passed_over() -> None:
    story = Training(arguments=WHAT)
    story.take(Measured(step=1, values={"train": None, "valid": 1.5}))  # pyright: ignore[reportArgumentType] - a hostile file
    assert story.train == []
    assert "valid      1.500" in panel(story)


def test_skipped_steps_are_counted_where_there_are_any() -> None:
    story = Training(arguments=WHAT)
    story.take(Measured(step=20, values={"train": 1.0, "skipped": 0.0}))
    assert "skipped" not in panel(story)
    story.take(Said(text="step 21 was skipped: its loss is no number", level="warning"))
    story.take(Measured(step=40, values={"train": 1.0, "skipped": 1.0}))
    assert "skipped    1 step\n" in panel(story)
    assert panel(story).endswith("step 21 was skipped: its loss is no number")


def test_the_last_lines_of_a_log_are_found_in_a_long_one(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "none.txt") == []
    path = tmp_path / "log.txt"
    path.write_bytes(b"\xff\xfe rubbish\n" * 5000 + b"one\n\ntwo\n")
    assert last_lines(path)[-2:] == ["one", "two"]
    assert len(last_lines(path)) == 8


def test_a_follower_tells_each_event_once(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {}, [Started(at=1.0, what="x")])
    follower = Follower(Run(folder))
    assert [type(event) for event in follower.look().events] == [Started]
    assert follower.look().events == ()
    tell(folder, [Finished(at=2.0)])
    news = follower.look()
    assert [type(event) for event in news.events] == [Finished]
    assert news.state is State.FINISHED


def test_steps_that_were_skipped_are_remembered_with_their_place() -> None:
    training = Training()
    for step, skipped in ((1, 0.0), (6, 1.0), (7, 2.0), (8, 2.0), (20, 3.0)):
        training.take(Measured(step=step, values={"skipped": skipped}))
    assert training.cuts == [6, 7, 20]
    assert "skipped    3 steps" in panel(training)
    training.take(Measured(step=8, values={"skipped": 2.0}))  # resumed
    assert training.cuts == [6, 7]
    training.take(Measured(step=12, values={"skipped": 3.0}))
    assert training.cuts == [6, 7, 12]
