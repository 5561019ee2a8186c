"""What the warm process answers about pictures: scans in small from the catalog, drawings in dots."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from configs.errors import MonolineError
from prep.finder import Finder
from prep.privacy import private_now
from prep.shelf_answers import Shelf, Told
from studio.folder import Studio

CHUNK = 12
"""Pictures in a reply."""


def told_pictures(shelf: Shelf, request: Mapping[str, Any]) -> Iterator[Told]:
    """``keys``, ``columns``, ``rows``: pictures that fit so many cells, some in a reply: ``pictures`` by their keys, as
    ``[width, height, base64 of three bytes a pixel]``, ``[rows of braille]`` for a drawing, or null for none."""
    keys, columns, rows = [str(key) for key in request["keys"]], int(request["columns"]), int(request["rows"])
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        pictures: dict[str, list[Any] | None] = dict.fromkeys(chunk)
        pictures |= _thumbnails(shelf, [key for key in chunk if "/" not in key], columns, rows)
        pictures |= _drawings(shelf, [key for key in chunk if "/" in key], columns, rows)
        yield {"pictures": pictures, "columns": columns, "rows": rows}


def _thumbnails(shelf: Shelf, keys: Sequence[str], columns: int, rows: int) -> dict[str, list[Any] | None]:
    from prep.miniature import large, small

    found = shelf.catalog.rows(
        "SELECT shelf.id, shelf.name, looks.thumbnail, scans.tag FROM shelf JOIN scans ON scans.id = shelf.id "
        "LEFT JOIN looks ON looks.scan = shelf.id WHERE shelf.id IN (SELECT value FROM json_each(?))",
        (json.dumps([int(key) for key in keys]),),
    )
    pictures: dict[str, list[Any] | None] = {}
    finder = Finder()
    for row in found:
        path = shelf.studio.sketchbooks / row["name"]
        if private_now(path, tagged=row["tag"] is not None, finder=finder):
            continue
        try:
            if row["thumbnail"]:
                pictures[str(row["id"])] = _pixels(small(row["thumbnail"], columns, 2 * rows))
            else:  # nobody has looked at it yet
                pictures[str(row["id"])] = _pixels(large(path, columns, 2 * rows))
        except MonolineError:  # the list tells why
            pictures[str(row["id"])] = None
    return pictures


def _drawings(shelf: Shelf, keys: Sequence[str], columns: int, rows: int) -> dict[str, list[Any] | None]:
    found = shelf.catalog.rows(
        "SELECT drawings.name AS key, scans.name, scans.tag FROM drawings JOIN scans ON scans.id = drawings.scan "
        "WHERE drawings.name IN (SELECT value FROM json_each(?))",
        (json.dumps(keys),),
    )
    finder = Finder()
    return {
        row["key"]: _drawing(shelf.studio, row["key"], columns, rows)
        for row in found
        if not private_now(shelf.studio.sketchbooks / row["name"], tagged=row["tag"] is not None, finder=finder)
    }


def _pixels(picture: tuple[int, int, bytes]) -> list[Any]:
    width, height, rgb = picture
    return [width, height, base64.b64encode(rgb).decode("ascii")]


def _drawing(studio: Studio, name: str, columns: int, rows: int) -> list[Any] | None:
    from drawing.raster import text_rows, thumbnail
    from drawing.svg import read_svg

    try:
        return [text_rows(thumbnail(read_svg(studio.drawings / f"{name}.svg").drawing, columns, rows))]
    except (MonolineError, OSError):  # it is being traced anew
        return None
