"""Scans on several computers: the work of prep/engine.py done by the workers of a dask scheduler.

Every worker must see the studio under the same path and have the same monoline; both are asked of each before it gets
anything. The scheduler, the workers and this process believe each other's pickles: whoever can connect to any of them
can run what they like there. So TLS, or a network of your own.
"""

from __future__ import annotations

import contextlib
import os
import ssl
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from prep.engine import WAIT_S, EngineSettings, Outcome, outcome_of
from prep.errors import ClusterMissing, PrepError, SchedulerLost

if TYPE_CHECKING:
    from distributed import Client, Future
    from distributed.security import Security

REACH_S = 5.0
"""How long a scheduler may take to answer."""
WORKERS_S = 30.0
"""How long it may be without any worker: some are only starting, or killed and started anew by their nannies."""
LOOK_S = 0.5
"""Between two looks which workers there are."""
TRIES = 3
"""An item whose worker dies is given to another twice."""
Item = TypeVar("Item")
Result = TypeVar("Result")


class Answer(NamedTuple):
    """What a worker tells before it gets work."""

    monoline: str
    """Its version, and that of its tracing."""
    sees: bool
    """Whether the studio's folder is the same there."""
    writes: bool
    """Whether it may write there."""


class _Attempt(NamedTuple):
    item: Any
    tries: int
    """With this one."""
    worker: str


def require_dask() -> None:
    """Raise ClusterMissing unless dask.distributed is installed."""
    if find_spec("distributed") is None:
        raise ClusterMissing(
            "To work with a scheduler, dask is needed, which is not installed: "
            "pip install 'monoline[cluster]', or work on this computer alone with --scheduler auto."
        )


def run_on_cluster(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    settings: EngineSettings,
    should_stop: Callable[[], bool],
    shared: Path | None,
) -> Iterator[Outcome[Item, Result]]:
    """As run_each, by the workers of ``settings.scheduler``; those that join later are taken too.

    Each worker has as many items as it has threads, and all have no more than ``settings.workers``, if that is set.

    Raises:
        ClusterMissing: dask is not installed.
        PrepError: the scheduler can't be reached, has no workers, or has one that can't do the work.
        SchedulerLost: it was there, and is no longer; what is done is done.
    """
    require_dask()
    todo = [(item, 1) for item in reversed(items)]
    under_way: dict[Future, _Attempt] = {}
    settled: SimpleQueue[Future] = SimpleQueue()
    most = settings.workers or len(items)
    with _connected(settings) as client, _marked(shared) as marker:
        workers = _Workers(client, settings.scheduler, marker)
        while under_way or (todo and not should_stop()):
            workers.look()
            for worker in workers.free(each.worker for each in under_way.values()):
                if not todo or should_stop() or len(under_way) >= most:
                    break
                item, tries = todo.pop()
                future = client.submit(work, item, workers=[worker], key=f"monoline-{uuid.uuid4()}", pure=False)
                under_way[future] = _Attempt(item, tries, worker)
                future.add_done_callback(settled.put)
            over = [future for future, attempt in under_way.items() if attempt.worker not in workers.threads]
            with contextlib.suppress(Empty):
                over.append(settled.get(timeout=WAIT_S))
            for future in over:
                attempt = under_way.pop(future, None)
                if attempt is None:
                    continue
                outcome = _outcome(future, attempt, settings.scheduler, client)
                if outcome is not None:
                    yield outcome
                elif attempt.tries < TRIES:
                    todo.append((attempt.item, attempt.tries + 1))
                else:
                    reason = f"its worker was killed, {TRIES} times, perhaps for want of memory"
                    yield Outcome(attempt.item, None, reason, crashed=True)


def probe(marker: str) -> Answer:
    """What a worker says of itself; runs there.

    Args:
        marker: path of a file that lies in the studio, empty if there is nothing to be shared.
    """
    path = Path(marker)
    shared = bool(marker)
    return Answer(monoline(), not shared or path.is_file(), not shared or os.access(path.parent, os.W_OK))


def monoline() -> str:
    """The version of monoline and of its tracing; where both are the same, so is what is traced."""
    from prep.report import TRACING

    return f"{version('monoline')}, tracing {TRACING}"


class _Workers:
    """The workers of a scheduler that may be given work."""

    def __init__(self, client: Client, scheduler: str, marker: str) -> None:
        self.threads: dict[str, int] = {}
        """Of each worker, by its address."""
        self._client, self._scheduler, self._marker = client, scheduler, marker
        self._refused: set[str] = set()
        self._seen = time.monotonic()
        self._looked = -LOOK_S
        self._began = False

    def look(self) -> None:
        """See who has come and who is gone, if the last look is a while ago."""
        if time.monotonic() - self._looked < LOOK_S:
            return
        threads = self._ask(lambda: self._client.nthreads(callback_timeout=WORKERS_S))
        new = [each for each in threads if each not in self.threads and each not in self._refused]
        if new:
            answers = self._ask(lambda: self._client.run(probe, self._marker, workers=new, on_error="return"))
            wrong = {each: reason for each, answer in answers.items() if (reason := self._fault(each, answer))}
            if wrong and not self._began:  # a person can mend it now; of one that comes later the others need not wait
                raise PrepError(next(iter(wrong.values())))
            self._refused |= wrong.keys()
        self.threads = {each: count for each, count in threads.items() if each not in self._refused}
        self._began = self._began or bool(self.threads)
        self._looked = time.monotonic()
        if self.threads:
            self._seen = self._looked
        elif self._looked - self._seen > WORKERS_S:
            raise PrepError(
                f"The scheduler at {self._scheduler} has no workers; start some: dask worker {self._scheduler} "
                "--nworkers auto --nthreads 1"
            )

    def free(self, busy: Iterator[str]) -> Iterator[str]:
        """A worker for each thread that has nothing to do."""
        has = Counter(busy)
        for turn in range(max(self.threads.values(), default=0)):
            yield from (each for each, count in self.threads.items() if has[each] + turn < count)

    def _ask(self, ask: Callable[[], Any]) -> Any:
        if self._client.status != "running":
            raise _lost(self._scheduler)
        try:
            return ask()
        except (OSError, TimeoutError) as error:  # of distributed, an OSError too
            raise _lost(self._scheduler) from error

    def _fault(self, worker: str, answer: object) -> str:
        """Why a worker can't do the work; empty if it can."""
        if isinstance(answer, ModuleNotFoundError):
            return f"The worker {worker} has no monoline; install {monoline()} there."
        if isinstance(answer, Exception):
            return f"The worker {worker} does not answer: {answer}."
        told = Answer(*answer)  # type: ignore[misc]
        folder = Path(self._marker).parent
        if told.monoline != monoline():
            return (
                f"The worker {worker} has monoline {told.monoline}, and this computer {monoline()}; install the same."
            )
        if not told.sees:
            return f"The worker {worker} does not see {folder}; share that folder with it under the same path."
        return "" if told.writes else f"The worker {worker} may not write in {folder}; let it."


def _outcome(future: Future, attempt: _Attempt, scheduler: str, client: Client) -> Outcome[Any, Any] | None:
    """What became of an attempt; None if its worker is gone."""
    from distributed import KilledWorker

    status = future.status
    if client.status != "running":  # then all futures are cancelled
        raise _lost(scheduler)
    if status == "finished":
        with contextlib.suppress(OSError, TimeoutError):  # gone since
            result = future.result(timeout=REACH_S)
            return outcome_of(attempt.item, lambda: result)
    elif status == "error":
        error = future.exception()
        if not isinstance(error, KilledWorker):
            return outcome_of(attempt.item, future.result)
    future.cancel()
    return None


@contextlib.contextmanager
def _connected(settings: EngineSettings) -> Generator[Client]:
    from distributed import Client

    security = _security(settings)
    try:
        client = Client(settings.scheduler, security=security, timeout=REACH_S, set_as_default=False, name="monoline")
    except (OSError, TimeoutError, ssl.SSLError) as error:
        raise PrepError(
            f"No scheduler answers at {settings.scheduler} ({_cause(error)}); start one with dask scheduler, "
            "or work on this computer alone with --scheduler auto."
        ) from error
    try:
        yield client
    finally:  # what is still under way there is forgotten, which does not stop it
        with contextlib.suppress(OSError, TimeoutError):
            client.close(REACH_S)


def _security(settings: EngineSettings) -> Security | None:
    """Certificates as the settings name them, or else dask's own configuration; None without TLS.

    Raises:
        PrepError: they are not there, no certificates, or for an address without TLS.
    """
    from distributed.security import Security

    files = {"tls_ca_file": settings.tls_ca, "tls_client_cert": settings.tls_cert, "tls_client_key": settings.tls_key}
    given = {name: path for name, path in files.items() if path}
    if not settings.scheduler.startswith("tls://"):
        if given:
            raise PrepError(
                f"There are certificates for TLS, and {settings.scheduler} goes without; write tls:// for tcp://, "
                "or take them away: --tls-ca '' --tls-cert '' --tls-key ''."
            )
        return None
    for path in given.values():
        if not Path(path).is_file():
            raise PrepError(f"{path} is no file; name a certificate or key in PEM.")
    security = Security(require_encryption=True, **given)
    if not security.tls_ca_file:
        raise PrepError(
            f"{settings.scheduler} needs certificates: give --tls-ca, --tls-cert and --tls-key, or set them in dask's "
            "own configuration, distributed.comm.tls."
        )
    try:
        security.get_connection_args("client")
    except (OSError, ValueError) as error:
        raise PrepError(f"The certificates for {settings.scheduler} can't be used: {error}.") from error
    return security


@contextlib.contextmanager
def _marked(shared: Path | None) -> Generator[str]:
    """Path of a file in the shared folder, to be looked for by workers."""
    if shared is None:
        yield ""
        return
    try:
        with tempfile.NamedTemporaryFile(prefix=".cluster.", suffix=".tmp", dir=shared.resolve()) as file:
            yield file.name
    except OSError as error:
        raise PrepError(f"{shared} can't be written: {error.strerror or error}.") from error


def _lost(scheduler: str) -> SchedulerLost:
    return SchedulerLost(f"The scheduler at {scheduler} is gone; what is done is kept, run it again to go on.")


def _cause(error: BaseException) -> str:
    """The first of the errors that led to this one, in a few words."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).partition("\n")[0] or type(error).__name__
