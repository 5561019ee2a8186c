"""What is known of rendered scans: where each line of the pen runs, in pixels of the scan, and how it was made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Bounds
from drawing.geometry import Polyline
from studio.files import write_text

FILE = "truth.json"


@dataclass(frozen=True, eq=False)
class TrueDrawing:
    """One drawing on a scan."""

    lines: tuple[Polyline, ...]
    """As the pen went, in pixels of the scan, pixel centres at whole numbers, y down."""
    pen: float
    """Width of the line, px of the scan."""
    source: int
    """Which of the drawings it is that the book was made from; -1 if it was made of several."""

    @property
    def box(self) -> Bounds:
        """Left, top, right, bottom of the lines."""
        return _bounds(self.lines)


@dataclass(frozen=True, eq=False)
class TrueNumber:
    """The page number, written by hand."""

    text: str
    lines: tuple[Polyline, ...]


@dataclass(frozen=True, eq=False)
class TruePage:
    """One scan."""

    file: str
    """Relative to the truth, with slashes."""
    book: str
    page: int
    folder: str
    """Where the artist would file it: cover, art, notes, xtra or priv."""
    kind: str
    """What is on it: drawing, pattern, watercolor, notes, cover, badscan or diary."""
    size: tuple[int, int]
    """Width and height of the scan."""
    binder: str
    """The side where the book is bound, left or right."""
    number: TrueNumber | None
    drawings: tuple[TrueDrawing, ...]
    paper: str
    medium: str
    camera: str
    page_size: tuple[int, int]
    """Width and height of the page by itself."""
    to_scan: NDArray[np.float64]
    """Homography from pixels of the page to pixels of the scan, (3, 3)."""


@dataclass(frozen=True, eq=False)
class Truth:
    """All scans of one rendering."""

    seed: int
    pages: tuple[TruePage, ...]


def write_truth(path: Path, truth: Truth) -> None:
    """Write it as JSON, coordinates to a tenth of a pixel."""
    record = {"seed": truth.seed, "pages": [_to_record(page) for page in truth.pages]}
    write_text(path, json.dumps(record, separators=(",", ":")))


def read_truth(path: Path) -> Truth:
    """What ``write_truth`` wrote."""
    record = json.loads(path.read_text(encoding="utf-8"))
    return Truth(record["seed"], tuple(_from_record(page) for page in record["pages"]))


def _to_record(page: TruePage) -> dict[str, Any]:
    return {
        "file": page.file,
        "book": page.book,
        "page": page.page,
        "class": page.folder,
        "kind": page.kind,
        "size": page.size,
        "binder": page.binder,
        "page_number": page.number
        and {"text": page.number.text, "bbox": _box(page.number.lines), "strokes": _strokes(page.number.lines)},
        "drawings": [
            {
                "bbox": _box(each.lines),
                "strokes": _strokes(each.lines),
                "pen": round(each.pen, 2),
                "source": each.source,
            }
            for each in page.drawings
        ],
        "paper": page.paper,
        "medium": page.medium,
        "camera": page.camera,
        "page_size": page.page_size,
        "to_scan": page.to_scan.tolist(),
    }


def _from_record(record: Mapping[str, Any]) -> TruePage:
    number = record["page_number"]
    return TruePage(
        file=record["file"],
        book=record["book"],
        page=record["page"],
        folder=record["class"],
        kind=record["kind"],
        size=(record["size"][0], record["size"][1]),
        binder=record["binder"],
        number=TrueNumber(number["text"], _lines(number["strokes"])) if number else None,
        drawings=tuple(
            TrueDrawing(_lines(each["strokes"]), each["pen"], each["source"]) for each in record["drawings"]
        ),
        paper=record["paper"],
        medium=record["medium"],
        camera=record["camera"],
        page_size=(record["page_size"][0], record["page_size"][1]),
        to_scan=np.array(record["to_scan"]),
    )


def _bounds(lines: Sequence[Polyline]) -> Bounds:
    every = np.concatenate(lines)
    (left, top), (right, bottom) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
    return left, top, right, bottom


def _box(lines: Sequence[Polyline]) -> list[float]:
    return [round(side, 1) for side in _bounds(lines)]


def _strokes(lines: Sequence[Polyline]) -> list[list[list[float]]]:
    return [np.round(line, 1).tolist() for line in lines]


def _lines(strokes: Sequence[Sequence[Sequence[float]]]) -> tuple[Polyline, ...]:
    return tuple(np.array(line) for line in strokes)
