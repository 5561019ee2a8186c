"""Many scans at once: in this process, in a pool of others, or by a cluster.

A crash costs one scan, a stop nothing that is done.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from configs.errors import MonolineError
from prep.errors import UnreadableScan

POOL_FROM = 4
"""Below so many scans one process is done before others have started."""
WAIT_S = 0.1
"""Between two looks whether to stop."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
SCHEDULERS = ("auto", "serial", "pool")
ADDRESS = re.compile(r"(tcp|tls)://[^\s/@]+:\d{1,5}")
Item = TypeVar("Item")
Result = TypeVar("Result")


class EngineSettings(BaseModel):
    """Who does the work."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    scheduler: str = "auto"
    """``serial`` is this process alone, ``pool`` several others on this machine, ``auto`` a pool for many scans; an
    address, as tcp://192.168.1.20:8786 or tls://192.168.1.20:8786, is that of a dask scheduler and its workers."""
    workers: int = Field(default=0, ge=0, le=256)
    """Processes of a pool; 0 is one a core. Each takes some 250 MB. Of a cluster no more are used at a time; 0 is all.
    """
    tls_ca: str = ""
    """For a scheduler at tls://, the file of the authority (PEM) that all certificates of the cluster are signed by."""
    tls_cert: str = ""
    """The certificate (PEM) that this computer shows to the scheduler."""
    tls_key: str = ""
    """Its key (PEM)."""

    @field_validator("scheduler")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in SCHEDULERS and not ADDRESS.fullmatch(value):
            raise ValueError(
                f"should be {', '.join(SCHEDULERS)}, or the address of a dask scheduler as tcp://HOST:8786"
            )
        return value

    @property
    def is_cluster(self) -> bool:
        """Whether the work is done by the workers of a dask scheduler."""
        return self.scheduler not in SCHEDULERS


class Outcome(NamedTuple, Generic[Item, Result]):
    """What became of an item: a result, or the reason why there is none."""

    item: Item
    result: Result | None
    reason: str = ""
    crashed: bool = False
    """Whether the reason is nothing about the item itself, so that it is worth another try some other day."""


def run_each(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    settings: EngineSettings,
    should_stop: Callable[[], bool] = lambda: False,
    shared: Path | None = None,
) -> Iterator[Outcome[Item, Result]]:
    """Do the work for each item, and yield outcomes as they come, in any order.

    An item whose process dies is tried once more, alone; if that dies too it is given up, and the others go on. Only
    as many items as there are workers are under way at a time. After a stop what is under way is finished and yielded.

    Args:
        work: a function of a module; with a pool, item and result travel to another process.
        shared: the folder that the workers of a cluster must see under the same path, the studio's.

    Raises:
        PrepError: the cluster can't be used, or is gone; see prep/cluster_engine.py.
    """
    if settings.is_cluster:
        if items:
            from prep.cluster_engine import run_on_cluster

            yield from run_on_cluster(work, items, settings, should_stop, shared)
        return
    workers = min(settings.workers or os.cpu_count() or 1, max(1, len(items)))
    if settings.scheduler == "serial" or (settings.scheduler == "auto" and (len(items) < POOL_FROM or workers == 1)):
        for item in items:
            if should_stop():
                return
            yield outcome_of(item, lambda item=item: work(item))
        return
    todo = list(reversed(items))
    while todo and not should_stop():
        broken: list[Item] = []
        yield from _pooled(work, todo, workers, should_stop, broken)
        for item in broken:  # one of them killed its process, the others were only beside it
            if should_stop():
                return
            with _pool(1) as pool:
                with interrupts_held():
                    alone = pool.submit(work, item)
                yield outcome_of(item, alone.result)


def outcome_of(item: Item, get: Callable[[], Result]) -> Outcome[Item, Result]:
    """The result of a call, or why there is none, in words for a person."""
    try:
        return Outcome(item, get())
    except BrokenProcessPool:
        return Outcome(item, None, "its process was killed, perhaps for want of memory", crashed=True)
    except UnreadableScan as error:
        return Outcome(item, None, str(error))
    except MonolineError as error:  # as a full disk
        return Outcome(item, None, str(error), crashed=True)
    except MemoryError:
        return Outcome(item, None, "does not fit into memory", crashed=True)
    except Exception as error:  # noqa: BLE001 - a defect in one scan must not end the run of all
        return Outcome(item, None, f"{type(error).__name__}: {error} (a defect; tell its makers)", crashed=True)


def _pooled(
    work: Callable[[Item], Result],
    todo: list[Item],
    workers: int,
    should_stop: Callable[[], bool],
    broken: list[Item],
) -> Iterator[Outcome[Item, Result]]:
    """Take items off the end of ``todo`` until there are none, or the pool breaks; then some are in ``broken``."""
    under_way: dict[Future[Result], Item] = {}
    with _pool(workers) as pool:
        while under_way or (todo and not should_stop() and not broken):
            while todo and len(under_way) < workers and not should_stop() and not broken:
                try:
                    with interrupts_held():  # processes are started here, and inherit it
                        under_way[pool.submit(work, todo[-1])] = todo[-1]
                except BrokenProcessPool:
                    break  # the futures will tell
                todo.pop()
            if not under_way:  # it broke with nothing in it
                return
            done, _ = wait(under_way, WAIT_S, FIRST_COMPLETED)
            for future in done:
                item = under_way.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    broken.append(item)
                else:
                    yield outcome_of(item, future.result)


@contextmanager
def _pool(workers: int) -> Generator[ProcessPoolExecutor]:
    """Processes that are gone when the block ends, however it ends; what waits in the queue is never begun."""
    # spawned, not forked: the same on every system, and safe beside threads
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin)
    try:
        yield pool
    finally:  # on ctrl-c too: nobody waits for what is still in the queue
        with interrupts_held():
            pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Make a worker single-threaded, and have it end with its parent, which may be killed without a word."""
    for name in THREADS:  # read by numpy when it is imported, which is after this
        os.environ[name] = "1"
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


@contextmanager
def interrupts_held() -> Generator[None]:
    """Hold ctrl-c back for the block.

    A terminal sends it to every process; a worker that died of it with a queue in hand would hang
    the others, and a second one would cut the tidying up short.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
