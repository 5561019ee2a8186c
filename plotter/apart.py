"""vpype's order of strokes in a process of its own, for a program that goes on and must not stand still meanwhile.

Whoever keeps it apart spares the memory that vpype takes, and the seconds in which it lets nobody else run. The
program loads nothing of it; requests and replies are JSON lines, and no digit is lost in them.
"""

from __future__ import annotations

import itertools
import json
import queue
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from plotter.errors import SheetError
from studio.errors import WorkerError
from studio.worker import Message, Worker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COMMAND = (sys.executable, "-P", "-m", "plotter.apart")
"""-P: a folder called plotter in the working directory must not be taken for monoline's."""


class Apart:
    """The process, started when it is needed and again after it broke."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._worker = Worker(command, self._heard, self._lost)
        self._numbers = itertools.count(1)
        self._waiting: dict[int, queue.SimpleQueue[Message]] = {}
        self._lock = threading.Lock()

    def execute(self, pipeline: str, lines: Sequence[NDArray[np.complex128]]) -> list[NDArray[np.complex128]]:
        """As ``plotter.pipeline.execute``; waits for the reply.

        Raises:
            SheetError: the process can't be started, broke, or refuses.
        """
        import numpy as np

        answer: queue.SimpleQueue[Message] = queue.SimpleQueue()
        number = next(self._numbers)
        with self._lock:
            self._waiting[number] = answer
        flat = [line.view(np.float64).tolist() for line in lines]
        try:
            self._worker.send({"id": number, "pipeline": pipeline, "lines": flat})
            reply = answer.get()
        except WorkerError as error:
            raise SheetError(f"The order of the strokes can't be found: {error}") from None
        finally:
            with self._lock:
                self._waiting.pop(number, None)
        if "error" in reply:
            raise SheetError(f"The order of the strokes can't be found: {reply['error']}")
        return [np.array(line).view(np.complex128) for line in reply["lines"]]

    def close(self) -> None:
        """End the process; whoever waits for a reply is told."""
        self._worker.close()
        self._lost(WorkerError("monoline ends."))

    def _heard(self, reply: Message) -> None:
        with self._lock:
            answer = self._waiting.get(reply.get("id", 0))
        if answer is not None:
            answer.put(reply)

    def _lost(self, error: WorkerError) -> None:
        with self._lock:
            waiting = tuple(self._waiting.values())
        for answer in waiting:
            answer.put({"error": str(error)})


_kept: list[Apart] = []


def kept_apart() -> Apart | None:
    """The process in which this program has vpype work; None where it works in the program itself."""
    return _kept[-1] if _kept else None


@contextmanager
def keep_apart(command: Sequence[str] = COMMAND) -> Generator[Apart]:
    """Have vpype work in a process of its own; nothing is started before it is needed."""
    apart = Apart(command)
    _kept.append(apart)
    try:
        yield apart
    finally:
        _kept.remove(apart)
        apart.close()


def _answer(request: Message) -> dict[str, Any]:
    import numpy as np

    from plotter.pipeline import execute

    lines = [np.array(line).view(np.complex128) for line in request["lines"]]
    try:
        done = execute(str(request["pipeline"]), lines)
    except Exception as error:  # noqa: BLE001 - it is told to whoever asked
        return {"error": " ".join(str(error).split()) or type(error).__name__}
    return {"lines": [np.ascontiguousarray(line).view(np.float64).tolist() for line in done]}


def main() -> None:
    """Answer requests until there are no more."""
    for text in sys.stdin:
        request = json.loads(text)
        if request.get("do") == "quit":
            return
        reply = {"id": request["id"], **_answer(request)}
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
