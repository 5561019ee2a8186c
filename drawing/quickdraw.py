"""QuickDraw files: ndjson, one drawing a line, packed by gzip or not, and Google's binary form.

Source of the layouts: github.com/googlecreativelab/quickdraw-dataset, README. Files are streamed,
since a category holds a hundred thousand drawings and more.
"""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

from drawing.drawing import Drawing
from drawing.errors import DrawingError, UnreadableFile
from drawing.geometry import Polyline
from studio.files import replacing

MAX_LINE = 16 << 20
"""Most bytes one drawing may take as JSON; the longest raw ones take about 1 MB."""

MAX_BLANK = 10_000
"""Most empty lines in a row; a packed file may hold billions of them."""

_HEAD = struct.Struct("<Q2sbIH")  # key_id, country code, recognized, timestamp, number of strokes
_COUNT = struct.Struct("<H")
_BYTES = np.arange(256.0)


@dataclass(frozen=True)
class QuickDrawing:
    """A drawing and what QuickDraw tells of it."""

    drawing: Drawing
    word: str = ""
    """Category; not told in the binary form."""
    recognized: bool = True
    """Whether QuickDraw's own classifier guessed the word."""
    key_id: int = 0
    country: str = ""
    timestamp: int = 0
    """Seconds since 1970; binary form only."""


def read_ndjson(path: Path) -> Iterator[QuickDrawing]:
    """The drawings of a ``.ndjson`` or ``.ndjson.gz`` file one by one; times of the raw form are left out.

    Raises:
        UnreadableFile: the first line that can't be read, with its number.
    """
    try:
        with _open(path) as file:
            number = blank = 0
            while line := file.readline(MAX_LINE + 1):
                number += 1
                if len(line) > MAX_LINE:
                    raise UnreadableFile(f"{path}, line {number} is longer than {MAX_LINE >> 20} MB; no drawing is.")
                blank = 0 if line.strip() else blank + 1
                if blank > MAX_BLANK:
                    raise UnreadableFile(f"{path} has over {MAX_BLANK:,} empty lines in a row; no QuickDraw file has.")
                if line.strip():
                    yield _parse_line(path, number, line)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"{path} can't be read: {getattr(error, 'strerror', None) or error}.") from None


def _open(path: Path) -> IO[bytes]:
    if path.name.lower().endswith(".gz"):
        return cast(IO[bytes], gzip.open(path, "rb"))
    return path.open("rb")


def _parse_line(path: Path, number: int, line: bytes) -> QuickDrawing:
    try:
        fields = cast(dict[str, Any], json.loads(line))
        lines = [np.array(stroke[:2], dtype=np.float64).T for stroke in fields["drawing"]]
        return QuickDrawing(
            Drawing(tuple(lines)),
            word=_whole_text(fields.get("word", "")),
            recognized=bool(fields.get("recognized", True)),
            key_id=int(fields.get("key_id", 0)),
            country=_whole_text(fields.get("countrycode", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, DrawingError) as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise UnreadableFile(f"{path}, line {number} is no QuickDraw drawing: {reason}") from None


def _whole_text(value: Any) -> str:
    """Text that can be written again: JSON can state half a character."""
    return str(value).encode("utf-8", "replace").decode()


def write_ndjson(path: Path, drawings: Iterable[QuickDrawing]) -> None:
    """Write drawings line by line, packed if the name ends in ``.gz``; whole numbers stay whole."""
    with replacing(path) as temporary, temporary.open("wb") as raw:
        # no name and no time in the gzip header: the same drawings give the same bytes
        file = gzip.GzipFile("", "wb", 6, raw, mtime=0) if path.name.lower().endswith(".gz") else raw
        for entry in drawings:
            fields = {
                "word": entry.word,
                "countrycode": entry.country,
                "recognized": entry.recognized,
                "key_id": str(entry.key_id),
                "drawing": [[_numbers(line[:, 0]), _numbers(line[:, 1])] for line in entry.drawing.lines],
            }
            file.write(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        if file is not raw:
            file.close()


def _numbers(values: Polyline) -> list[int | float]:
    return [int(value) if value.is_integer() else value for value in cast(list[float], values.tolist())]


def read_binary(path: Path) -> Iterator[QuickDrawing]:
    """The drawings of a ``.bin`` file one by one.

    Raises:
        UnreadableFile: the file ends within a drawing, or a stroke has no points.
    """
    try:
        with path.open("rb") as file:
            index = 0
            while head := file.read(_HEAD.size):
                try:
                    yield _parse_binary(file, head)
                except (struct.error, ValueError, DrawingError):
                    raise UnreadableFile(
                        f"{path}: drawing {index} is cut off or damaged; is it a QuickDraw binary file?"
                    ) from None
                index += 1
    except OSError as error:
        raise UnreadableFile(f"{path} can't be read: {error.strerror or error}.") from None


def _parse_binary(file: IO[bytes], head: bytes) -> QuickDrawing:
    key_id, country, recognized, timestamp, strokes = _HEAD.unpack(head)
    lines: list[Polyline] = []
    for _ in range(strokes):
        (count,) = _COUNT.unpack(file.read(_COUNT.size))
        xy = np.frombuffer(file.read(2 * count), dtype=np.uint8)
        if len(xy) != 2 * count:
            raise ValueError("cut off")
        lines.append(xy.reshape(2, count).T.astype(np.float64))
    return QuickDrawing(
        Drawing(tuple(lines)),
        recognized=bool(recognized),
        key_id=key_id,
        country=country.decode("latin1").strip("\0"),
        timestamp=timestamp,
    )


def write_binary(path: Path, drawings: Iterable[QuickDrawing]) -> None:
    """Write the binary form, which has whole numbers from 0 to 255 only and knows no word.

    Raises:
        DrawingError: a coordinate that one byte can't tell; scale and round the drawing first.
    """
    with replacing(path) as temporary, temporary.open("wb") as file:
        for index, entry in enumerate(drawings):
            country = entry.country.encode("latin1", "replace")[:2].ljust(2, b"\0")
            lines = entry.drawing.lines
            if max([len(lines), *map(len, lines)]) > 0xFFFF:
                raise DrawingError(
                    f"{path.name} was not written: drawing {index} has more strokes or points a stroke than "
                    f"{0xFFFF:,}, all that this form can count. Write .ndjson."
                )
            try:
                file.write(_HEAD.pack(entry.key_id, country, entry.recognized, entry.timestamp, len(lines)))
            except struct.error as error:
                raise DrawingError(f"{path.name} was not written: key or time of drawing {index}: {error}.") from None
            for line in lines:
                if not (np.isin(line, _BYTES)).all():
                    raise DrawingError(
                        f"{path.name} was not written: drawing {index} has coordinates other than whole numbers "
                        "from 0 to 255, all that this form can tell. Write .ndjson instead."
                    )
                file.write(_COUNT.pack(len(line)) + line.astype(np.uint8).T.tobytes())
