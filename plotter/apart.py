"""Optimising in a process of its own, for a program that goes on and must not stand still meanwhile.

Whoever keeps it apart spares the memory that vpype and scipy take, and the seconds in which two-opt lets nobody else
run. Requests and replies are JSON lines; points travel as their bytes, so that none changes.
"""

from __future__ import annotations

import base64
import itertools
import json
import queue
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from plotter.errors import SheetError
from studio.errors import WorkerError
from studio.worker import Message, Worker

if TYPE_CHECKING:
    from drawing.drawing import Drawing
    from plotter.layers import Layer
    from plotter.optimize import Optimised, OptimizeSettings

COMMAND = (sys.executable, "-P", "-m", "plotter.apart")
"""-P: a folder called plotter in the working directory must not be taken for monoline's."""


class Apart:
    """The process, started when it is needed and again after it broke."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._worker = Worker(command, self._take, self._lost)
        self._numbers = itertools.count(1)
        self._waiting: dict[int, queue.SimpleQueue[Message]] = {}
        self._lock = threading.Lock()

    def optimise(
        self,
        drawing: Drawing,
        settings: OptimizeSettings,
        page_mm: tuple[float, float] | None,
        layers: Sequence[Layer],
    ) -> Optimised:
        """As ``plotter.optimize.optimise``; waits for the reply.

        Raises:
            SheetError: as there; or the process can't be started, or broke.
        """
        from plotter.optimize import Figures, Optimised

        request = {"drawing": _told(drawing), "settings": settings.model_dump(), "page_mm": page_mm}
        reply = self._ask({**request, "layers": [asdict(layer) for layer in layers]})
        if "refused" in reply:
            raise SheetError(reply["refused"])
        if "error" in reply:
            raise SheetError(f"The strokes can't be put in order: {reply['error']}")
        page = reply["page_mm"]
        return Optimised(
            _heard(reply["drawing"]),
            Figures(**reply["before"]),
            Figures(**reply["after"]),
            tuple(reply["remarks"]),
            None if page is None else (page[0], page[1]),
            _layers(reply["layers"]),
        )

    def _ask(self, request: Message) -> Message:
        answer: queue.SimpleQueue[Message] = queue.SimpleQueue()
        number = next(self._numbers)
        with self._lock:
            self._waiting[number] = answer
        try:
            self._worker.send({"id": number, **request})
            return answer.get()
        except WorkerError as error:
            return {"error": str(error)}
        finally:
            with self._lock:
                self._waiting.pop(number, None)

    def close(self) -> None:
        """End the process; whoever waits for a reply is told."""
        self._worker.close()
        self._lost(WorkerError("monoline ends."))

    def _take(self, reply: Message) -> None:
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
    """The process in which this program optimises; None where it does so itself."""
    return _kept[-1] if _kept else None


@contextmanager
def keep_apart(command: Sequence[str] = COMMAND) -> Generator[Apart]:
    """Optimise in a process of its own; nothing is started before it is needed."""
    apart = Apart(command)
    _kept.append(apart)
    try:
        yield apart
    finally:
        _kept.remove(apart)
        apart.close()


def _told(drawing: Drawing) -> dict[str, Any]:
    import numpy as np

    points = np.concatenate(drawing.lines) if drawing.lines else np.empty((0, 2))
    marks = np.concatenate(drawing.connectors) if drawing.connectors else np.empty(0, dtype=np.bool_)
    return {
        "counts": [len(line) for line in drawing.lines],
        "points": base64.b64encode(points.tobytes()).decode(),
        "marks": base64.b64encode(marks.tobytes()).decode(),
    }


def _heard(told: dict[str, Any]) -> Drawing:
    import numpy as np

    from drawing.drawing import Drawing

    counts = np.array(told["counts"], dtype=np.intp)
    points = np.frombuffer(base64.b64decode(told["points"])).reshape(-1, 2)
    marks = np.frombuffer(base64.b64decode(told["marks"]), dtype=np.bool_)
    lines = tuple(np.split(points, np.cumsum(counts)[:-1])) if len(counts) else ()
    return Drawing(lines, tuple(np.split(marks, np.cumsum(counts - 1)[:-1])) if len(marks) else ())


def _layers(told: Any) -> tuple[Layer, ...]:
    from pydantic import TypeAdapter

    from plotter.layers import Layer

    return TypeAdapter(tuple[Layer, ...]).validate_python(told)


def _answer(request: Message) -> dict[str, Any]:
    from plotter.optimize import OptimizeSettings, optimise

    page = request["page_mm"]
    try:
        done = optimise(
            _heard(request["drawing"]),
            OptimizeSettings.model_validate(request["settings"]),
            page_mm=None if page is None else (page[0], page[1]),
            layers=_layers(request["layers"]),
        )
    except SheetError as error:
        return {"refused": str(error)}
    except Exception as error:  # noqa: BLE001 - it is told to whoever asked
        return {"error": " ".join(str(error).split()) or type(error).__name__}
    return {
        "drawing": _told(done.drawing),
        "before": done.before.to_json(),
        "after": done.after.to_json(),
        "remarks": list(done.remarks),
        "page_mm": done.page_mm,
        "layers": [asdict(layer) for layer in done.layers],
    }


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
