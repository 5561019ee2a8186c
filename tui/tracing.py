"""Tracing: the warm worker that traces the scan in view, as the screens see it."""

from __future__ import annotations

import base64
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.message_pump import MessagePump

from tui.asker import Asker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from drawing.drawing import Drawing

COMMAND = (sys.executable, "-P", "-m", "prep.worker")
"""-P: a folder called prep in the working directory must not be taken for monoline's."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A page as a picture, lying flat."""

    name: str
    grey: NDArray[np.uint8]
    """(h, w)."""


@dataclass(frozen=True, eq=False)
class InkSeen:
    """What counts as ink on a page."""

    name: str
    mask: NDArray[np.bool_]
    """(h, w)."""
    pen: float
    """Width of the line in pixels of the page."""


@dataclass(frozen=True)
class Crossing:
    """A place at which a person may see it otherwise."""

    at: tuple[float, float]
    """In pixels of the page."""
    choices: int
    doubt: float
    """1 is a toss-up, 0 no question."""


@dataclass(frozen=True)
class TracedLines:
    """A drawing of a page, in its pixels."""

    drawing: Drawing
    crossings: tuple[Crossing, ...]
    traced: int
    """Points as it was traced."""
    kept: int
    """Points as it is learnt."""


@dataclass(frozen=True, eq=False)
class TracedPage:
    """What was found on a page."""

    drawings: tuple[TracedLines, ...]
    page_size: tuple[int, int]
    to_scan: NDArray[np.float64]
    """(3, 3), from page pixels to those of the scan."""
    notes: tuple[str, ...]


class PageSeen(Message):
    """The picture of the page came."""

    def __init__(self, request: int, picture: Picture) -> None:
        super().__init__()
        self.request, self.picture = request, picture


class InkFound(Message):
    """The ink of the page is found."""

    def __init__(self, request: int, ink: InkSeen) -> None:
        super().__init__()
        self.request, self.ink = request, ink


class PageTraced(Message):
    """The page is traced."""

    def __init__(self, request: int, page: TracedPage) -> None:
        super().__init__()
        self.request, self.page = request, page


class Answered(Message):
    """An answer that is no drawing: ``event`` says what it tells."""

    def __init__(self, request: int, event: str, told: dict[str, Any]) -> None:
        super().__init__()
        self.request, self.event, self.told = request, event, told


class TracingEnded(Message):
    """Nothing more comes for this request: it is done, or failed with an error."""

    def __init__(self, request: int, error: str = "", seconds: float = 0.0) -> None:
        super().__init__()
        self.request, self.error, self.seconds = request, error, seconds


class Tracing(Asker):
    """The worker that traces. Of requests to trace only the newest counts."""

    def __init__(self) -> None:
        super().__init__(COMMAND)

    def ask(self, asker: MessagePump, do: str, **fields: Any) -> int:
        """Ask something of the worker, see prep.worker, and return the number that all messages about it carry.

        A worker that can't be started is told like any other failure, by TracingEnded.
        """
        if do == "trace":
            for other, asked in tuple(self.asked.items()):
                if asked.request["do"] == "trace":
                    del self.asked[other]
        return self.pose(asker, {"do": do, **fields})

    def read(self, number: int, event: str, reply: dict[str, Any]) -> Message:
        """A picture, ink, lines or another answer."""
        if event == "page":
            return PageSeen(number, _picture(reply))
        if event == "ink":
            return InkFound(number, _ink(reply))
        if event == "traced":
            return PageTraced(number, read_page(reply))
        return Answered(number, event, reply)

    def ended(self, number: int, error: str, reply: dict[str, Any]) -> Message:
        """With the seconds that it took."""
        return TracingEnded(number, error, float(reply.get("seconds", 0.0)))


def _picture(reply: dict[str, Any]) -> Picture:
    import numpy as np

    grey = np.frombuffer(base64.b64decode(reply["grey"]), dtype=np.uint8)
    return Picture(str(reply["name"]), grey.reshape(int(reply["height"]), int(reply["width"])))


def _ink(reply: dict[str, Any]) -> InkSeen:
    import numpy as np

    height, width = int(reply["height"]), int(reply["width"])
    bits = np.unpackbits(np.frombuffer(base64.b64decode(reply["bits"]), dtype=np.uint8), count=height * width)
    return InkSeen(str(reply["name"]), bits.reshape(height, width).astype(np.bool_), float(reply["pen"]))


def read_page(reply: dict[str, Any]) -> TracedPage:
    """A traced page in a worker's reply."""
    import numpy as np

    width, height = (int(side) for side in reply["page_size"])
    drawings = tuple(_lines(each) for each in reply["drawings"])
    to_scan = np.asarray(reply["to_scan"], dtype=np.float64).reshape(3, 3)
    return TracedPage(drawings, (width, height), to_scan, tuple(str(note) for note in reply["notes"]))


def _lines(told: dict[str, Any]) -> TracedLines:
    import numpy as np

    from drawing.drawing import Drawing

    counts = [int(count) for count in told["counts"]]
    points = np.frombuffer(base64.b64decode(told["points"]), dtype="<f4").reshape(-1, 2).astype(np.float64)
    marks = np.frombuffer(base64.b64decode(told["connectors"]), dtype=np.uint8).astype(np.bool_)
    lines = np.split(points, np.cumsum(counts)[:-1])
    connectors = np.split(marks, np.cumsum([count - 1 for count in counts])[:-1])
    crossings = tuple(
        Crossing((float(x), float(y)), int(choices), float(doubt)) for x, y, choices, doubt in told["junctions"]
    )
    return TracedLines(Drawing(tuple(lines), tuple(connectors)), crossings, int(told["traced"]), int(told["kept"]))
