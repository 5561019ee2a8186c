"""A warm process that traces a scan again and again: requests as JSON lines on stdin, replies as JSON lines on stdout.

The terminal application keeps one, so that what tracing needs is loaded once and never in its own process. Of
requests to trace only the newest counts: one that it overtakes ends with ``superseded``.
"""

from __future__ import annotations

import base64
import json
import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from configs.errors import MonolineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prep.corrections import Correction
    from prep.ink import Ink
    from prep.pages import TracedPage
    from prep.retrace import OpenPage
    from prep.trace import TracedDrawing, TracedScan

Reply = Callable[[dict[str, Any]], None]
SIZE = 200.0
"""The long side of a drawing in which ``epsilon`` is told."""


class Worker:
    """The scans that were traced last."""

    def __init__(self, reply: Reply, newest: Callable[[], Any]) -> None:
        """Args:
        newest: the number of the newest request to trace.
        """
        from prep.retrace import Retracer

        self._reply = reply
        self._newest = newest
        self._number: Any = None
        self._writing = False
        self._retracer = Retracer(lambda: not self._writing and newest() != self._number)

    def answer(self, request: dict[str, Any]) -> None:
        """Do what is asked and reply; an error is a reply too.

        ``{"id", "do": "trace", "path", "settings", "corrections"}``: JSON values of prep.trace.TraceSettings and
        prep.corrections.Correction. ``max_points`` and ``epsilon``, as in prep.select.SelectSettings, tell how many
        points are kept; with ``simple`` only those come back. ``have`` names what the asker has of the page and its
        ink, which is then not sent again. Replies, in this order: ``page`` with its picture in greys, ``ink``,
        ``traced``.

        ``{"id", "do": "settings", "studio"}``: replies ``settings`` with those of the studio, ``trace``,
        ``max_points``, ``epsilon`` and ``cut``. With ``keep``, some of these, it keeps them first.

        ``{"id", "do": "write", "studio", "page"}``: a page that was traced before is written anew if it is out of
        date, with the settings and corrections that the studio keeps; replies ``written`` with ``fresh``: it was.

        ``list``, with ``studio`` and ``book``, and ``points``, with ``studio``: see prep.listing. ``demo``, with
        ``studio`` and ``pages``, has the demo artist fill a sketchbook: replies ``progress`` with ``done`` and
        ``total``, then ``book`` with its name.

        Whatever else is asked of a studio: see prep.shelf_answers; replies bear the name of what was asked.

        The last reply is ``done``, ``superseded`` or ``failed``.
        """
        from prep.retrace import Superseded

        number = self._number = request.get("id")
        began = time.monotonic()
        try:
            if request.get("do") == "trace":
                self._trace(request, number)
            elif request.get("do") == "settings":
                told = settings_of(Path(request["studio"]), request.get("keep"))
                self._reply({"id": number, "event": "settings", **told})
            elif request.get("do") in ("list", "points"):
                told = told_studio(Path(request["studio"]), request["do"], str(request.get("book") or ""))
                self._reply({"id": number, "event": request["do"], **told})
            elif request.get("do") == "write":
                fresh = self._write(Path(request["studio"]), str(request["page"]))
                self._reply({"id": number, "event": "written", "fresh": fresh})
            elif request.get("do") == "demo":
                self._demo(Path(request["studio"]), int(request["pages"]), number)
            else:
                self._tell_shelf(request)
            self._reply({"id": number, "event": "done", "seconds": round(time.monotonic() - began, 3)})
        except Superseded:
            self._reply({"id": number, "event": "superseded"})
        except MonolineError as error:
            self._reply({"id": number, "event": "failed", "error": str(error)})
        except OSError as error:  # a full disk or a closed folder is no reason to end
            self._reply({"id": number, "event": "failed", "error": str(error)})
        except (KeyError, IndexError, TypeError, ValueError, ArithmeticError) as error:
            self._reply({"id": number, "event": "failed", "error": f"The request is not one: {error!r}."})

    def _tell_shelf(self, request: dict[str, Any]) -> None:
        from prep.shelf_answers import answer
        from studio.folder import open_studio

        for told in answer(open_studio(Path(request["studio"])), request):
            self._reply({"id": self._number, "event": request["do"], **told})

    def _demo(self, folder: Path, pages: int, number: Any) -> None:
        from prep.render.book import render_book
        from prep.render.settings import RenderSettings
        from studio.folder import open_studio

        out = open_studio(folder).sketchbooks
        free = next(book for book in range(1, 1000) if not (out / f"sb{book:02}").exists())
        settings = RenderSettings(pages=pages, first_book=free)
        render_book(
            out,
            settings,
            on_done=lambda done: self._reply({"id": number, "event": "progress", "done": done, "total": pages}),
        )
        self._reply({"id": number, "event": "book", "name": f"sb{free:02}"})

    def _write(self, folder: Path, name: str) -> bool:
        from prep.finding import record_page
        from prep.pages import State, find_scan, flips_among, mend, page_state, write_one
        from prep.settings import read_settings
        from studio.folder import open_studio

        studio = open_studio(folder)
        scan, settings = find_scan(studio, name), read_settings(studio).trace
        if page_state(studio, scan, settings) is not State.STALE:
            return False

        def trace(corrections: tuple[Correction, ...]) -> TracedPage:
            began = time.monotonic()
            traced = self._retracer.trace(self._retracer.open(scan.path), settings, flips_among(corrections))
            return replace(mend(traced, corrections), seconds=time.monotonic() - began)

        self._writing = True  # whatever is asked meanwhile, what was begun is not given up
        try:
            record_page(studio, scan, write_one(studio, scan, settings, trace))
        finally:
            self._writing = False
        return True

    def _trace(self, request: dict[str, Any], number: Any) -> None:
        from prep.corrections import Correction
        from prep.pages import find_scan
        from prep.trace import TraceSettings
        from studio.folder import open_studio

        settings = TraceSettings.model_validate(request.get("settings") or {})
        corrections = [Correction.model_validate(each) for each in request.get("corrections") or ()]
        have = request.get("have") or {}
        path = Path(request["path"])
        if "studio" in request:  # whose scan may have become private since it was listed
            path = find_scan(open_studio(Path(request["studio"])), str(path)).path
        page = self._retracer.open(path)
        name = ":".join(map(str, page.key))
        if have.get("page") != name:
            self._reply({"id": number, "event": "page", "name": name, **told_page(page)})
        ink = self._retracer.ink(page, settings.ink)
        ink_name = f"{name} {settings.ink.model_dump_json()}"
        if have.get("ink") != ink_name:
            self._reply({"id": number, "event": "ink", "name": ink_name, **told_ink(ink)})
        traced = self._retracer.trace(page, settings, corrections)
        most, epsilon = int(request.get("max_points", 249)), float(request.get("epsilon", 0.2))
        simple = bool(request.get("simple"))
        drawings = [told_drawing(each, most, epsilon, simple=simple) for each in traced.drawings]
        self._reply({"id": number, "event": "traced", **told_scan(traced), "drawings": drawings})


def settings_of(folder: Path, keep: dict[str, Any] | None = None) -> dict[str, Any]:
    """A studio's settings of tracing and choosing, after some were kept."""
    from prep.select import SelectSettings
    from prep.settings import read_settings, write_settings
    from prep.trace import TraceSettings
    from studio.folder import open_studio

    studio = open_studio(folder)
    settings = read_settings(studio)
    if keep:
        chosen = {name: keep[name] for name in ("max_points", "epsilon", "cut") if name in keep}
        select = SelectSettings.model_validate(settings.select.model_dump() | chosen)
        trace = TraceSettings.model_validate(keep.get("trace", settings.trace))
        settings = settings.model_copy(update={"trace": trace, "select": select})
        write_settings(studio, settings)
    select = settings.select
    return {
        "trace": settings.trace.model_dump(mode="json"),
        "max_points": select.max_points,
        "epsilon": select.epsilon,
        "cut": select.cut,
    }


def told_studio(folder: Path, what: str, book: str = "") -> dict[str, Any]:
    """What the sketchbooks hold, with the scans of one; or how many points the drawings have."""
    from prep.listing import told_books, told_points
    from prep.settings import read_settings
    from studio.folder import open_studio

    studio = open_studio(folder)
    settings = read_settings(studio)
    return told_books(studio, settings, book) if what == "list" else told_points(studio, settings)


def told_page(page: OpenPage) -> dict[str, Any]:
    """A page as a picture: its size, and a byte a pixel in base64, row by row."""
    rgb = page.page.rgb
    grey = (rgb @ np.array([77, 150, 29], dtype=np.uint32) >> 8).astype(np.uint8)
    return {"width": rgb.shape[1], "height": rgb.shape[0], "grey": _text(grey)}


def told_ink(ink: Ink) -> dict[str, Any]:
    """The ink of a page: eight pixels a byte in base64, row by row, and the width of the pen in pixels."""
    height, width = ink.mask.shape
    return {"width": width, "height": height, "bits": _text(np.packbits(ink.mask)), "pen": ink.pen}


def told_scan(traced: TracedScan) -> dict[str, Any]:
    """All of a traced scan but its drawings."""
    return {
        "size": list(traced.size),
        "page_size": list(traced.page_size),
        "to_scan": np.asarray(traced.to_scan).tolist(),
        "notes": list(traced.notes),
    }


def told_drawing(traced: TracedDrawing, max_points: int, epsilon: float, *, simple: bool) -> dict[str, Any]:
    """A drawing: ``counts`` of points of each stroke, ``points`` as little-endian float32 in base64, ``connectors`` as
    a byte a segment, ``junctions`` as x, y, choices and doubt, and how many points were ``traced`` and are ``kept``."""
    whole = traced.drawing
    simplified, _ = whole.simplify(epsilon * max(whole.size) / SIZE).simplify_within(max_points)
    drawing = simplified if simple else whole
    marks = np.concatenate([drawing.marks(index) for index in range(len(drawing.lines))])
    return {
        "counts": [len(line) for line in drawing.lines],
        "points": _text(np.concatenate(drawing.lines).astype("<f4")),
        "connectors": _text(marks.astype(np.uint8)),
        "junctions": [[*each.at, each.choices, round(each.doubt, 4)] for each in traced.junctions],
        "traced": whole.points,
        "kept": simplified.points,
    }


def _text(array: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


def main() -> int:
    """Answer requests until standard input ends or somebody says quit."""
    requests: queue.Queue[dict[str, Any]] = queue.Queue()
    newest: list[Any] = [None]

    def listen() -> None:
        for line in sys.stdin:
            try:
                request = json.loads(line)
            except ValueError:
                continue
            if isinstance(request, dict):
                if request.get("do") in ("trace", "quit"):
                    newest[0] = request.get("id")
                requests.put(request)
        requests.put({"do": "quit"})

    out, sys.stdout = sys.stdout, sys.stderr  # what a library prints must not get between the replies

    def reply(told: dict[str, Any]) -> None:
        out.write(json.dumps(told, allow_nan=False) + "\n")
        out.flush()

    threading.Thread(target=listen, daemon=True, name="requests").start()
    worker = Worker(reply, lambda: newest[0])
    while (request := requests.get()).get("do") != "quit":
        if request.get("do") == "trace" and request.get("id") != newest[0]:
            reply({"id": request.get("id"), "event": "superseded"})
        else:
            worker.answer(request)
    return 0


if __name__ == "__main__":
    sys.exit(main())
