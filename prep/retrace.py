"""A scan traced again and again while a person tries settings and corrections: only what has changed is done anew."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from drawing.drawing import Drawing
from drawing.geometry import Polyline
from prep.corrections import Correction
from prep.ink import Ink, InkSettings, dark_ink, even_page
from prep.page import Page, straighten
from prep.scan import read_scan
from prep.trace import (
    Looked,
    TracedScan,
    TraceSettings,
    factor_of,
    finish,
    flips_of,
    lines_through,
    meet,
    parted,
)
from prep.trajectory import Junction

KEPT = {"page": 3, "even": 2, "ink": 3, "meetings": 3, "lines": 8, "drawings": 8}
"""How many of each step's results are remembered: pages so that the next one and back are quick."""

_Made = TypeVar("_Made")
_Lines = tuple[list[Polyline], tuple[Junction, ...]]


class Superseded(Exception):
    """Something newer is wanted: what was begun is of no use any more."""


@dataclass(frozen=True)
class OpenPage:
    """A scan that was read and laid flat."""

    path: Path
    size: tuple[int, int]
    """Width and height of the scan as displayed, in its pixels."""
    page: Page
    key: tuple[str, int, int]
    """Its file, and when and how large it was."""


class Retracer:
    """Traces scans, and remembers each step by all that it depends on."""

    def __init__(self, should_stop: Callable[[], bool] = lambda: False) -> None:
        """Args:
        should_stop: asked between steps, each of which takes up to half a second.
        """
        self._should_stop = should_stop
        self._known: dict[str, dict[Hashable, Any]] = {}

    def open(self, path: Path) -> OpenPage:
        """Read a scan and lay it flat.

        Raises:
            UnreadableScan: see read_scan.
            Superseded: ``should_stop`` said so.
        """
        try:
            state = path.stat()
            key = (str(path), state.st_mtime_ns, state.st_size)
        except OSError:  # reading it tells why
            key = (str(path), 0, 0)

        def make() -> OpenPage:
            scan = read_scan(path)
            return OpenPage(path, scan.size, straighten(scan), key)

        return self._once("page", key, make)

    def ink(self, page: OpenPage, settings: InkSettings) -> Ink:
        """The ink of a page.

        Raises:
            Superseded: ``should_stop`` said so.
        """
        even_key = (page.key, settings.rules)

        def make() -> Ink:
            return dark_ink(self._once("even", even_key, lambda: even_page(page.page, rules=settings.rules)), settings)

        return self._once("ink", (page.key, settings), make)

    def trace(self, page: OpenPage, settings: TraceSettings, corrections: Sequence[Correction] = ()) -> TracedScan:
        """The drawings of a page, as prep.trace.trace_scan finds them.

        Raises:
            Superseded: ``should_stop`` said so.
        """
        looked = Looked(page.path, page.size, page.page, self.ink(page, settings.ink))
        if settings.backend == "autotrace":
            from prep.autotrace import source_method

            drawings = self._once("drawings", (page.key, "autotrace"), lambda: source_method(page.page.rgb))
            return finish(looked, drawings, (), (), corrections)
        factor = factor_of(looked.ink, settings)
        ink_key = (page.key, settings.ink)
        flips = flips_of(page.page, corrections)
        key = (ink_key, factor, tuple((float(x), float(y)) for x, y in flips))

        def lines() -> _Lines:
            if not looked.ink.mask.any():
                return [], ()
            meetings = self._once("meetings", (ink_key, factor), lambda: meet(looked.ink, factor))
            return lines_through(looked.ink, meetings, factor, flips)

        strokes, junctions = self._once("lines", key, lines)
        drawings, left_out = self._once(
            "drawings", (key, settings.separate, settings.join), lambda: parted(looked, strokes, settings)
        )
        return finish(looked, cast(list[Drawing], drawings), left_out, junctions, corrections)

    def _once(self, step: str, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """What a step gave for a key, made now unless it is remembered."""
        known = self._known.setdefault(step, {})
        if key in known:
            known[key] = known.pop(key)  # the one used last is last
            return known[key]
        if self._should_stop():
            raise Superseded
        made = make()
        known[key] = made
        while len(known) > KEPT[step]:
            del known[next(iter(known))]
        return made
