"""vpype behind one door: its commands over drawings in millimetres, its words where it refuses them.

vpype is loaded when it is needed. What it prints and logs is caught; nothing of it reaches the terminal.
"""

from __future__ import annotations

import io
import itertools
import logging
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Drawing, Marks
from drawing.geometry import Polyline
from plotter.errors import SheetError
from plotter.layers import Layer, layer_label, read_label

PX_PER_MM = 96 / 25.4
"""vpype's unit is the CSS pixel."""
_LABEL, _PEN = "monoline_label", "monoline_pen"
"""Properties of vpype's layers that only monoline knows."""
_ONE_AT_A_TIME = threading.Lock()
"""vpype hands a document over through a command that all threads share."""


def execute(pipeline: str, lines: Sequence[NDArray[np.complex128]]) -> list[NDArray[np.complex128]]:
    """Lines of one layer after vpype commands of our own, in whatever unit."""
    vpype, cli = _vpype()
    with _turn():
        document = cli.execute(pipeline, vpype.Document(vpype.LineCollection(lines)))
    return list(document.layers[1].lines)


@contextmanager
def _turn() -> Generator[list[str]]:
    """The turn of one thread, and what vpype logs meanwhile.

    Left alone it would set up the log of the whole process, on stderr.
    """

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    said: list[str] = []
    root = logging.getLogger()
    level, listener = root.level, Listener(logging.WARNING)
    with _ONE_AT_A_TIME:
        root.addHandler(listener)
        try:
            yield said
        finally:
            root.removeHandler(listener)
            root.setLevel(level)


def _vpype() -> tuple[Any, Any]:
    """vpype and its command line, which are not typed."""
    import vpype  # pyright: ignore[reportMissingTypeStubs]
    import vpype_cli  # pyright: ignore[reportMissingTypeStubs]

    return cast(Any, vpype), cast(Any, vpype_cli)


@dataclass(frozen=True)
class Piped:
    """What came out of a pipeline."""

    drawing: Drawing
    page_mm: tuple[float, float] | None
    """The page, if the pipeline has changed it."""
    remarks: tuple[str, ...]
    """What vpype printed and warned of."""
    layers: tuple[Layer, ...] = ()
    """By the numbers that vpype knows them by; none where it knows one layer only, and was given none."""


def run_pipeline(
    drawing: Drawing, pipeline: str, page_mm: tuple[float, float] | None = None, layers: Sequence[Layer] = ()
) -> Piped:
    """What vpype commands make of a drawing in mm.

    vpype knows the layers by their numbers, or counts them where those do not ascend; it has their names and
    colours. A name that it gives is a layer's label, codes and all: ``name -l 2 "!+S50 red"``.

    Points that vpype leaves alone come back bit by bit. A segment that was no ink before and leads from
    the end of one stroke to the end of another, as linemerge makes them, is marked as a connector.

    Raises:
        SheetError: vpype's own words.
    """
    vpype, cli = _vpype()
    import click

    # vpype drops a line of one point; a dot is two
    given = [np.repeat(line, 2, axis=0) if len(line) == 1 else line for line in drawing.lines]
    known = dict(zip(_numbers(layers), layers, strict=True))
    document = vpype.Document()
    for number, layer in (known or {1: Layer("", (0, len(given)))}).items():
        document.add(vpype.LineCollection([_to_px(line) for line in given[slice(*layer.strokes)]]), number)
        for name, value in _properties(vpype, layer).items():
            document.layers[number].set_property(name, value)
    if page_mm is not None:
        document.page_size = (page_mm[0] * PX_PER_MM, page_mm[1] * PX_PER_MM)
    size = document.page_size
    printed = io.StringIO()
    try:
        with _turn() as said, redirect_stdout(printed):
            document = cli.execute(pipeline, document, "--seed 0")
    except click.ClickException as error:
        raise SheetError(f"vpype refuses {pipeline!r}: {' '.join(error.format_message().split())}") from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - plug-ins and expressions may raise anything
        raise SheetError(
            f"vpype fails at {pipeline!r}: {' '.join(str(error).split()) or type(error).__name__}"
        ) from None
    remarks = [line for line in (*printed.getvalue().splitlines(), *said) if line.strip(" =")]
    if not any(layer.lines for layer in document.layers.values()):
        raise SheetError(f"Nothing is left to draw after {pipeline!r}. {' '.join(remarks)[:300]}".rstrip())
    page = document.page_size
    left = {number: document.layers[number] for number in sorted(document.layers) if document.layers[number].lines}
    return Piped(
        _from_px(drawing, given, [line for each in left.values() for line in each.lines]),
        None if page is None or page == size else (page[0] / PX_PER_MM, page[1] / PX_PER_MM),
        tuple(remarks),
        _layers(vpype, left) if known or len(left) > 1 else (),
    )


def _numbers(layers: Sequence[Layer]) -> list[int]:
    """What vpype knows the layers by; it draws them by these in ascending order."""
    numbers = [layer.number or 0 for layer in layers]
    ascend = all(a < b for a, b in itertools.pairwise([0, *numbers]))
    return numbers if ascend else [*range(1, len(layers) + 1)]


def _properties(vpype: Any, layer: Layer) -> dict[str, Any]:
    """A layer as vpype's commands know it; whatever copies or moves it takes its label and pen along."""
    told = {vpype.METADATA_FIELD_NAME: layer.name, _LABEL: layer_label(layer), _PEN: layer.pen}
    if layer.colour:
        told[vpype.METADATA_FIELD_COLOR] = vpype.Color(layer.colour)
    return {name: value for name, value in told.items() if value}


def _layers(vpype: Any, left: Mapping[int, Any]) -> tuple[Layer, ...]:
    layers: list[Layer] = []
    start = 0
    for number, lines in left.items():
        stop = start + len(lines)
        label, name = str(lines.property(_LABEL) or ""), str(lines.property(vpype.METADATA_FIELD_NAME) or "")
        layer = read_label(label)
        if name != layer.name:
            layer = read_label(name)
        colour = lines.property(vpype.METADATA_FIELD_COLOR)
        layers.append(
            replace(
                layer,
                strokes=(start, stop),
                number=number,
                colour=layer.colour if colour is None else f"#{colour.red:02x}{colour.green:02x}{colour.blue:02x}",
                pen=str(lines.property(_PEN) or "") or layer.pen,
            )
        )
        start = stop
    return tuple(layers)


def _to_px(line: Polyline) -> NDArray[np.complex128]:
    return (line[:, 0] + 1j * line[:, 1]) * PX_PER_MM


def _from_px(drawing: Drawing, given: list[Polyline], out: list[NDArray[np.complex128]]) -> Drawing:
    """Lines of vpype in mm, points known again and connectors marked."""
    if not given or not out:
        return Drawing(tuple(np.column_stack([line.real, line.imag]) / PX_PER_MM for line in out))
    every = np.concatenate(given)
    points, first, names = np.unique(_to_px(every), return_index=True, return_inverse=True)
    known = _Known(points, every[first])
    counts = np.array([len(line) for line in given], dtype=np.intp)
    stops = np.cumsum(counts)
    starts = stops - counts
    inner = np.ones(len(every) - 1, dtype=np.bool_)
    inner[stops[:-1] - 1] = False  # from one stroke to the next
    segments = _pairs(names[:-1], names[1:])
    marked = np.zeros(len(every) - 1, dtype=np.bool_)
    for start, mark in zip(starts.tolist(), drawing.connectors, strict=False):
        marked[start : start + len(mark)] = mark
    ends = np.concatenate([names[starts], names[stops - 1]])
    dots = set(names[starts[[len(line) == 1 for line in drawing.lines]]].tolist())
    found, who = known.find(np.concatenate(out))
    pairs = _pairs(who[:-1], who[1:])
    bridged = np.isin(who[:-1], ends) & np.isin(who[1:], ends) & (who[:-1] != who[1:])
    marked_now = np.isin(pairs, segments[marked & inner]) | (bridged & ~np.isin(pairs, segments[inner]))
    lines: list[Polyline] = []
    marks: list[Marks] = []
    start = 0
    for stop in np.cumsum([len(line) for line in out]).tolist():
        dot = stop == start + 2 and who[start] == who[start + 1] and int(who[start]) in dots
        last = stop - 1 if dot else stop
        lines.append(found[start:last])
        marks.append(marked_now[start : last - 1])
        start = stop
    return Drawing(tuple(lines), tuple(marks))


@dataclass(frozen=True)
class _Known:
    """Points before the pipeline: in pixels, sorted, and as they were in mm."""

    px: NDArray[np.complex128]
    mm: Polyline

    def find(self, line: NDArray[np.complex128]) -> tuple[Polyline, NDArray[np.intp]]:
        """A line in mm, and the number of each point; new ones have numbers below 0, each its own."""
        at = np.minimum(np.searchsorted(self.px, line), len(self.px) - 1)
        same = self.px[at] == line
        fresh = np.column_stack([line.real, line.imag]) / PX_PER_MM
        return np.where(same[:, None], self.mm[at], fresh), np.where(same, at, -1 - np.arange(len(line)))


def _pairs(a: NDArray[np.intp], b: NDArray[np.intp]) -> NDArray[np.complex128]:
    """One number for each segment, whichever way it is drawn."""
    return np.minimum(a, b) + 1j * np.maximum(a, b)


@contextmanager
def vpype_turn() -> Generator[tuple[Any, Any, list[str]]]:
    """vpype, its command line, and what it logs meanwhile, for one thread at a time; what it prints goes nowhere."""
    vpype, cli = _vpype()
    with _turn() as said, redirect_stdout(io.StringIO()):
        yield vpype, cli, said


def to_document(vpype: Any, layers: Sequence[Sequence[Polyline]], page_mm: tuple[float, float]) -> Any:
    """Lines in mm as a document of vpype, each layer by its number from 1."""
    document = vpype.Document(page_size=(page_mm[0] * PX_PER_MM, page_mm[1] * PX_PER_MM))
    for number, lines in enumerate(layers, start=1):
        # vpype drops a line of one point; a dot is two
        given = [np.repeat(line, 2, axis=0) if len(line) == 1 else line for line in lines]
        document.add(vpype.LineCollection([_to_px(line) for line in given]), number)
    return document
