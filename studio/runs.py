"""Long work as child processes: start, follow, attach from elsewhere, order, survive the parent.

The folder is the interface. ``run.json`` tells what was started, ``events.jsonl`` what happens,
``orders.jsonl`` what anyone, in any terminal, wants of it; ``log.txt`` holds what the work printed.
A pipe from parent to child carries nothing: its end tells the child that the parent has vanished.
"""

from __future__ import annotations

import contextlib
import enum
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from studio.errors import RunError
from studio.events import FILE as EVENTS
from studio.events import Event, EventReader, Failed, Finished, Listener, Started, Stopped, from_record
from studio.files import AppendLog, last_record, log_size, read_log, write_text
from studio.lock import is_locked

FILE = "run.json"
ORDERS = "orders.jsonl"
LOG = "log.txt"
POLL_S = 0.02
STARTING_S = 30.0
"""How long a child may take from its start to its lock before it counts as lost."""
FRESH_S = 300.0
"""A run of another machine, whose lock can't be seen from here, counts as running so long after its last word. A
training tells something every two minutes."""


class State(enum.Enum):
    """What is known of a run."""

    STARTING = "starting"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    LOST = "lost"
    """Its process ended without a last word: killed, or the power went."""
    ELSEWHERE = "elsewhere"
    """It was started on another machine, and has told neither of its end nor of anything else for a while."""


@dataclass(frozen=True)
class Order:
    """Something asked of a run."""

    name: str
    values: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class _Told:
    """What run.json says."""

    target: str
    arguments: dict[str, Any]
    host: str
    started_at: float
    events_from: int
    orders_from: int
    version: int = 1


@dataclass(frozen=True)
class _Child:
    """A child of this process, and the end of the pipe that tells it that its parent lives."""

    process: subprocess.Popen[bytes]
    lifeline: int


ENDING_S = 10.0
"""How long a process may take to end once it has let go of its folder."""
_children: dict[Path, _Child] = {}
"""Kept here and not in Run: a child must not take a forgotten Run for the end of its parent."""


def _ended_here(folder: Path) -> bool:
    """True if the run was a child of this process and has ended, which is then put away."""
    child = _children.get(folder.resolve())
    if child is None or child.process.poll() is None:
        return False
    os.close(child.lifeline)
    del _children[folder.resolve()]
    return True


class Run:
    """A run folder, started here or found; any number of these may look at the same run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def arguments(self) -> dict[str, Any]:
        """What it was started with."""
        return read_told(self.folder).arguments

    @property
    def ours(self) -> bool:
        """Whether this process started it, and it ends with this process unless told to go on alone."""
        return self.folder.resolve() in _children

    @property
    def state(self) -> State:
        """What the folder tells, at this moment."""
        told = read_told(self.folder)
        ended = _ended_here(self.folder)
        # whether it lives is asked before its last event is looked at, which is written while it does
        alive = is_locked(self.folder)
        record = last_record(self.folder / EVENTS, told.events_from)
        last = None if record is None else from_record(record)
        for kind, state in ((Finished, State.FINISHED), (Stopped, State.STOPPED), (Failed, State.FAILED)):
            if isinstance(last, kind):
                return state
        if alive:
            return State.RUNNING
        if told.host != socket.gethostname():
            return State.RUNNING if last is not None and abs(time.time() - last.at) < FRESH_S else State.ELSEWHERE
        young = time.time() - told.started_at < STARTING_S
        return State.STARTING if young and last is None and not ended else State.LOST

    def events(self) -> list[Event]:
        """All events since its last start."""
        return EventReader(self.folder, read_told(self.folder).events_from).new()

    def order(self, name: str, /, **values: Any) -> None:
        """Ask something of the run; it takes the order within about POLL_S."""
        with AppendLog(self.folder / ORDERS) as log:
            log.append({"order": name, "values": values, "at": time.time(), "from": os.getpid()})

    def stop(self) -> None:
        """Ask it to save everything and end; it does so after the step it is in."""
        self.order("stop")

    def kill(self) -> None:
        """End the process at once, as a crash would; only where it runs on this machine."""
        if is_locked(self.folder):
            started = [event for event in self.events() if isinstance(event, Started)]
            os.kill(started[-1].pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def follow(self, until: Callable[[], bool] = lambda: False) -> Iterator[Event]:
        """Events since the last start, then new ones as they come, to the end of the run.

        A run that is lost ends with a Failed event that stands in no file.

        Args:
            until: asked between events; True ends the following, not the run.
        """
        reader = EventReader(self.folder, read_told(self.folder).events_from)
        while True:
            state = self.state
            for event in reader.new():
                yield event
                if isinstance(event, Finished | Stopped | Failed):
                    return
            if until():
                return
            if state is State.LOST:
                yield Failed(
                    error=f"{self.folder} ended without a last word: it was killed, or the power went.",
                    remedy=f"Start it again to resume; {self.folder / LOG} may tell more.",
                )
                return
            time.sleep(POLL_S)

    def wait(self, timeout_s: float | None = None) -> State:
        """Wait for the end of the run.

        Raises:
            RunError: it has not ended within ``timeout_s``.
        """
        limit = None if timeout_s is None else time.monotonic() + timeout_s
        while (state := self.state) in (State.STARTING, State.RUNNING, State.ELSEWHERE):
            if limit is not None and time.monotonic() > limit:
                raise RunError(f"{self.folder} is still {state.value} after {timeout_s:g} s.")
            time.sleep(POLL_S)
        if (child := _children.get(self.folder.resolve())) is not None:
            child.process.wait()
            _ended_here(self.folder)
        return state


def prepare_run(folder: Path, target: str, arguments: dict[str, Any] | None = None) -> None:
    """Write down what is going to run in a folder, for the process that does the work; see start_run.

    Raises:
        RunError: it is running already, here or on another machine.
    """
    folder.mkdir(parents=True, exist_ok=True)
    refuse_running(folder)
    told = _Told(
        target, arguments or {}, socket.gethostname(), time.time(), log_size(folder / EVENTS), log_size(folder / ORDERS)
    )
    write_text(folder / FILE, json.dumps(asdict(told), indent=1) + "\n")


def refuse_running(folder: Path) -> None:
    """Raise a RunError if work goes on in a folder, here or on another machine that has told of it lately."""
    if is_locked(folder):
        raise RunError(f"{folder} is running already; follow it, or stop it first.")
    if (folder / FILE).exists() and Run(folder).state is State.RUNNING:
        raise RunError(
            f"{folder} seems to be running on {read_told(folder).host}; stop it there. If it has ended without a word, "
            f"or this is a copy, it is free {FRESH_S / 60:.0f} minutes after its last word."
        )


def start_run(folder: Path, target: str, arguments: dict[str, Any] | None = None) -> Run:
    """Start work in a process of its own, which lives on when this one ends.

    Args:
        folder: of the run; made if needed. A run that has ended may be started again in its folder.
        target: ``module:function``. The function is called as ``function(folder, arguments, on_event,
            orders)`` with an Orders, and returns a dict for its last event.
        arguments: JSON values for the function.

    Raises:
        RunError: it is running already, or can't be started.
    """
    prepare_run(folder, target, arguments)
    # -P: a folder called model in the working directory must not be taken for monoline's
    command = [sys.executable, "-P", "-m", "studio.child", str(folder.resolve())]
    flags = 0x00000208 if os.name == "nt" else 0  # DETACHED_PROCESS, CREATE_NEW_PROCESS_GROUP
    child_end, lifeline = os.pipe()
    try:
        with (folder / LOG).open("ab") as log:
            process = subprocess.Popen(
                command, stdin=child_end, stdout=log, stderr=log, start_new_session=True, creationflags=flags
            )
    except OSError as error:
        os.close(lifeline)
        raise RunError(f"{folder} can't be started: {error.strerror or error}.") from error
    finally:
        os.close(child_end)
    before = _children.get(folder.resolve())
    _children[folder.resolve()] = _Child(process, lifeline)
    if before is not None:
        _put_away(before)
    return Run(folder)


def _put_away(child: _Child) -> None:
    """A child that has let go of its folder, and so is about to end if it has not."""
    os.close(child.lifeline)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.process.wait(ENDING_S)


def find_run(folder: Path) -> Run:
    """The run of a folder, started by anyone, anywhere.

    Raises:
        RunError: it is no run folder.
    """
    read_told(folder)
    return Run(folder)


def find_runs(folder: Path) -> list[Run]:
    """All runs in a folder of runs, by name."""
    if not folder.is_dir():
        return []
    return [Run(each) for each in sorted(folder.iterdir()) if (each / FILE).is_file()]


def read_told(folder: Path) -> _Told:
    """What was started in this folder; a RunError if nothing was."""
    try:
        fields = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return _Told(**fields)
    except FileNotFoundError:
        raise RunError(f"{folder} is no run: it has no {FILE}.") from None
    except (OSError, ValueError, TypeError) as error:
        raise RunError(f"{folder / FILE} can't be read ({error}).") from None


class Orders:
    """What was asked of this process; read in the child, by the function that does the work."""

    def __init__(self, folder: Path, start: int) -> None:
        self._path = folder / ORDERS
        self._at = start
        self._stop = threading.Event()
        self._parent_gone = threading.Event()
        self._waiting: list[Order] = []
        self._lock = threading.Lock()

    def listen(self, *, parent: bool = True) -> None:
        """Begin to take orders, in threads that end with the process.

        Args:
            parent: whether standard input is the pipe whose end is the parent's end.
        """
        threading.Thread(target=self._read_file, daemon=True, name="orders").start()
        if parent:
            threading.Thread(target=self._watch_parent, daemon=True, name="parent").start()

    def should_stop(self) -> bool:
        """True once somebody asked it to stop."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask from within, as a signal does."""
        self._stop.set()

    @property
    def parent_gone(self) -> bool:
        """True once the process that started this one has ended."""
        return self._parent_gone.is_set()

    def take(self) -> list[Order]:
        """Orders other than stop that came since the last call."""
        with self._lock:
            taken, self._waiting = self._waiting, []
        return taken

    def _read_file(self) -> None:
        while True:
            part = read_log(self._path, self._at, strict=False)  # a line written by hand must not make it deaf
            self._at = part.size
            for record in part.records:
                order = Order(str(record["order"]), record.get("values", {}))
                if order.name == "stop":
                    self._stop.set()
                else:
                    with self._lock:
                        self._waiting.append(order)
            time.sleep(POLL_S)

    def _watch_parent(self) -> None:
        while os.read(0, 1):  # nothing is ever written; the end of the pipe is the parent's end
            pass
        self._parent_gone.set()


Work = Callable[[Path, dict[str, Any], Listener, Orders], dict[str, Any] | None]
"""What a target is: ``(folder, arguments, on_event, orders) -> result``."""
