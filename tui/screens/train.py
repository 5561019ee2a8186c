"""Train: start a network on a dataset, watch it learn, take its checkpoint."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from configs.errors import MonolineError
from tui.demo_set import datasets
from tui.messages import CheckpointChosen, WorkFailed
from tui.screens.film import FilmScreen
from tui.screens.tradeoff import TradeoffScreen
from tui.sweeps import in_sweep
from tui.training import CHECKPOINT, RESUMABLE, RESUME, Training, diagnosis, headline, panel, prompt
from tui.widgets.chart import Chart, Series
from tui.widgets.dialog import ListDialog
from tui.widgets.filmstrip import Filmstrip
from tui.widgets.header import StudioHeader
from tui.widgets.keys import Keys
from tui.widgets.new_training import NewRun, NewTraining, about_preset, beginnings, presets
from tui.widgets.steps_axis import StepsAxis

if TYPE_CHECKING:
    from studio.runs import Run, State
    from tui.follower import News
    from tui.remedies import Remedy

TARGET = "model.train:run"
EMPTY = (
    "No network has been trained here yet.\n\nPress [b]n[/b] to train one on your drawings.\n"
    "None there yet? [b]1[/b] leads to them."
)
MORE = (
    ("film(-1)", ",  earlier samples (. later; the axis above them can be dragged)"),
    ("follow", "f  hold these samples, or follow the newest"),
    ("valid", "v  validation in the chart, or not"),
    ("log", "l  steps on a logarithmic axis, or not"),
    ("save", "c  test and save it now"),
    ("tradeoff", "k  the trade-off of its sweep"),
)
"""Actions of the menu, and what they are called there."""
ROOM = 30
"""Lines of a terminal below which a failure shows less of its log."""


class TrainScreen(FilmScreen):
    """Runs on the left, the curve and the newest samples in the middle, figures on the right."""

    HELP = "**Train.** n begins a training, s stops it with all saved, u has Sample draw with it."
    BINDINGS = [
        Binding("n", "new", "New run", id="train.new"),
        Binding("s", "stop", "Stop", id="train.stop"),
        Binding("r", "resume", "Resume", id="train.resume"),
        Binding("R", "resume(True)", "Resume with what mends it", show=False, id="train.mend"),
        Binding("u", "use", "Use", id="train.use"),
        Binding("l", "log", "Log steps", id="train.log"),
        Binding("v", "valid", "Validation", show=False, id="train.valid"),
        Binding("f", "follow", "Follow/hold", show=False, id="train.follow"),
        Binding("c", "save", "Checkpoint now", show=False, id="train.save"),
        Binding("a", "more", "More", id="train.menu"),
        Binding("k", "tradeoff", "KL trade-off", show=False, id="train.tradeoff"),
        Binding("comma", "film(-1)", "Earlier", show=False, key_display=",", id="train.earlier"),
        Binding("full_stop", "film(1)", "Later", show=False, key_display=".", id="train.later"),
        Binding("ctrl+b", "panel", "Panel", show=False, id="train.panel"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (34, "-middle"), (50, "-high")]
    DEFAULT_CSS = """
    TrainScreen #runs { width: 26; height: 1fr; border: round $panel; background: $background; }
    TrainScreen #runs:focus { border: round $primary; }
    TrainScreen #middle { width: 1fr; padding: 0 1; }
    TrainScreen #state { height: 1; text-style: bold; }
    TrainScreen #curve { height: 1fr; }
    TrainScreen #samples-title { height: 1; color: $foreground 60%; }
    TrainScreen #film { height: auto; }
    TrainScreen #samples { height: 9; }
    TrainScreen.-high #samples { height: 18; }
    TrainScreen #failure { height: auto; max-height: 60%; border: round $error; padding: 0 1; }
    TrainScreen.-low.-failed .film { display: none; }
    TrainScreen #figures { width: 32; padding: 0 1; }
    TrainScreen.-narrow #runs { width: 20; }
    TrainScreen #empty {
        width: 1fr; height: 1fr; content-align: center middle; text-align: center; color: $foreground 70%;
    }
    """

    def __init__(self) -> None:
        super().__init__(attrgetter("runs"))
        self._state: State | None = None
        self._stopping = False
        self._states: list[tuple[str, str]] = []
        self._saving = False
        """Somebody asked for a checkpoint, which has not come yet."""
        self._valid = True
        """Whether the validation is in the chart."""
        self._remedy: Remedy | None = None

    def compose(self) -> ComposeResult:
        """Header, three columns, footer."""
        yield StudioHeader()
        with Horizontal(id="body"):
            yield OptionList(id="runs")
            with Vertical(id="middle"):
                yield Static("", id="state", markup=False)
                yield Chart(unit="nats per point", empty="no figures yet", id="curve")
                yield Static("", id="failure", markup=False)
                yield Static("", id="samples-title", classes="film", markup=False)
                with Vertical(classes="film", id="film"):
                    yield StepsAxis(id="film-axis")
                    yield Filmstrip(id="samples")
            yield Static("", id="figures", classes="panel", markup=False)
        yield Static(EMPTY, id="empty")
        yield Keys()

    def on_mount(self) -> None:
        """Nothing is followed yet."""
        self.query_one("#runs", OptionList).border_title = "runs"
        self.query_one("#failure").display = False
        self.query_one("#empty").display = False
        self.query_one("#runs").focus()

    def refresh_shared(self) -> None:
        """A studio was opened, or another screen did something: look at the runs."""
        self.poll(everything=True)

    # which runs there are

    def take_states(self, states: list[tuple[str, str]]) -> None:
        """Show the runs; follow the one that runs, or else the newest, if none is followed."""
        self.query_one("#empty").display = not states
        self.query_one("#body").display = bool(states)
        if states != self._states:
            self._list(states)
        readable = [(name, state) for name, state in states if name not in self.unreadable]
        if readable and self.followed is None:
            names = [name for name, state in readable if state in ("running", "starting")]
            self._open((names or [readable[0][0]])[0])

    def _list(self, states: list[tuple[str, str]]) -> None:
        runs = self.query_one("#runs", OptionList)
        if [name for name, _ in states] == [name for name, _ in self._states]:
            for index, (name, state) in enumerate(states):
                runs.replace_option_prompt_at_index(index, prompt(name, state))
        else:
            with self.prevent(OptionList.OptionHighlighted):
                runs.clear_options()
                runs.add_options([Option(prompt(name, state), id=name) for name, state in states])
        self._states = states
        self._mark()

    def _mark(self) -> None:
        """Put the cursor of the list on the run that is followed."""
        names = [name for name, _ in self._states]
        if self.followed_name in names:
            with self.prevent(OptionList.OptionHighlighted):
                self.query_one("#runs", OptionList).highlighted = names.index(self.followed_name)

    @on(OptionList.OptionHighlighted, "#runs")
    def _run_chosen(self, event: OptionList.OptionHighlighted) -> None:
        if event.option.id is not None and event.option.id != self.followed_name:
            self._open(event.option.id)

    def _open(self, name: str) -> None:
        from studio.runs import find_run

        assert self.runs_folder is not None
        try:
            self._follow(find_run(self.runs_folder / name))
        except MonolineError as error:
            self.post_message(WorkFailed("The run can't be opened", str(error)))

    def _follow(self, run: Run) -> None:
        from studio.runs import read_told

        self._training = Training(arguments=read_told(run.folder).arguments)
        self._state, self._stopping, self._saving, self._remedy = None, False, False, None
        self.clear_film()
        self.follow(run)
        self._mark()

    # what the run tells

    def take_news(self, news: News) -> None:
        """Show what is new."""
        if not news.events and news.state is self._state:
            return
        from studio.events import Made

        for event in news.events:
            self._training.take(event)
            if self._saving and isinstance(event, Made) and event.what == "checkpoint":
                self._saving = False
                self.notify(f"{self.followed_name} is saved at step {self._training.step:,}.", timeout=3)
        self._state = news.state
        if news.state.value not in ("running", "starting"):
            self._stopping = self._saving = False
        self._show()

    def _show(self) -> None:
        run, training, state = self.followed, self._training, self._state
        assert run is not None
        assert state is not None
        own = self.followed_name
        self.query_one("#state", Static).update(
            headline(own, state, training, stopping=self._stopping, saving=self._saving)
        )
        curve = {"train": Series(training.train)}
        if self._valid:
            curve["valid"] = Series(training.valid, marked=True)
        self.query_one(Chart).show(curve, training.cuts, "rate halved")
        self.query_one("#figures", Static).update(panel(training))
        self._show_failure(run)
        self._show_samples(run)
        self.refresh_keys()
        if [own, state.value] not in [list(each) for each in self._states]:
            self._list([(name, state.value if name == own else other) for name, other in self._states])

    def _show_failure(self, run: Run) -> None:
        """What went wrong, what was printed last, what to do."""
        assert self._state is not None
        box = self.query_one("#failure", Static)
        box.display = self._state.value in ("failed", "lost")
        self.set_class(box.display, "-failed")
        self._remedy = None
        if box.display:
            lost, low = self._state.value == "lost", self.app.size.height < ROOM
            self._remedy, words = diagnosis(self._training, run.folder, lost=lost, low=low)
            box.update(words)

    # orders

    def action_new(self) -> None:
        """Ask what to train."""
        studio = self.monoline.studio
        if studio is None:
            return
        paths = datasets(studio)
        if self.monoline.dataset is not None:  # the open one first
            paths = [self.monoline.dataset, *(path for path in paths if path != self.monoline.dataset)]
        if not paths:
            self.notify("There are no drawings to learn from: press 1, then d for the demo artist's set.")
            return
        own = [(name, studio.runs / name / CHECKPOINT) for name, _ in self._states]
        dialog = NewTraining(presets(), [(path.name, path) for path in paths], beginnings(own), about_preset)
        self.app.push_screen(dialog, self._start)

    def _start(self, order: NewRun | None) -> None:
        if order is not None and self.runs_folder is not None:
            name = self._free_name(f"{order.data.name.partition('.')[0]}-{order.preset}")
            self.start(self.runs_folder / name, order.arguments())

    def _free_name(self, stem: str) -> str:
        """This name, or with a number that no run has yet."""
        taken = {name for name, _ in self._states}
        names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
        return next(name for name in names if name not in taken)

    @work(thread=True, group="start", exit_on_error=False)
    def start(self, folder: Path, arguments: dict[str, Any]) -> None:
        """Start a training in a process of its own, and follow it."""
        from studio.runs import start_run

        try:
            run = start_run(folder, TARGET, arguments)
        except MonolineError as error:
            self.post_message(WorkFailed("The training was not started", str(error)))
            return
        self.app.call_from_thread(self._started, run)

    def _started(self, run: Run) -> None:
        self._follow(run)
        self.poll(everything=True)

    def action_stop(self) -> None:
        """Have the run save everything and end, after the step it is in."""
        if self.followed is not None:
            self.followed.stop()
            self._stopping = True
            self._show()

    def action_resume(self, mend: bool = False) -> None:
        """Start the run again where it saved itself last, changed if its failure asks for that; else anew."""
        if self.followed is None:
            return
        told, remedy = dict(self._training.arguments), self._remedy
        if remedy is not None and (remedy.sure or mend):
            told |= {**remedy.arguments, "overrides": [*(told.get("overrides") or ()), *remedy.overrides]}
        if (self.followed.folder / RESUME).exists():
            self.start(self.followed.folder, {**told, "resume": True, "from_": None})
        elif self.runs_folder is not None:
            self.start(self.runs_folder / self._free_name(self.followed.name), {**told, "resume": False})

    def action_save(self) -> None:
        """Have the run test and save itself after the step it is in."""
        if self.followed is not None:
            self.followed.order("checkpoint")
            self._saving = True
            self._show()

    def action_valid(self) -> None:
        """Show the validation in the chart, or the training alone."""
        self._valid = not self._valid
        if self.followed is not None and self._state is not None:
            self._show()

    async def action_more(self) -> None:
        """A menu of what else can be done."""
        lines = [(action, words) for action, words in MORE if self.check_action(action.partition("(")[0], ())]

        async def chosen(action: str | None) -> None:
            if action is not None:
                await self.run_action(action)

        self.app.push_screen(ListDialog("With this run", lines), chosen)

    def action_use(self) -> None:
        """Draw with this run's newest weights."""
        if self.followed is not None:
            self.post_message(CheckpointChosen(self.followed.folder / CHECKPOINT))
            self.notify(f"Sample now draws with {self.followed_name}")

    def action_tradeoff(self) -> None:
        """Show what the runs of this sweep have come to."""
        if self.followed is not None:
            self.app.push_screen(TradeoffScreen(self.followed.folder.parent))

    def action_log(self) -> None:
        """Put the steps on a logarithmic axis, or back."""
        chart = self.query_one(Chart)
        chart.log_steps = not chart.log_steps

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done with the run as it is."""
        run, state = self.followed, self._state.value if self._state is not None else ""
        if action == "stop":
            return state in ("running", "starting") and not self._stopping
        if action == "resume":
            mended = self._remedy is not None and self._remedy.changes
            if parameters and not mended:
                return False
            return run is not None and state in RESUMABLE and (mended or (run.folder / RESUME).exists())
        if action == "use":
            return run is not None and (run.folder / CHECKPOINT).exists()
        if action == "tradeoff":
            return run is not None and in_sweep(run)
        if action in ("film", "follow"):
            return len(self._training.samples) > 1
        if action == "save":
            return state == "running" and not self._stopping and not self._saving
        if action == "valid":
            return bool(self._training.valid)
        return True
