"""The note in a sheet's SVG of what lies where: margins and cells, with names and recipes, as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from drawing.recipe import Recipe
from plotter.cells import Cell
from plotter.errors import SheetError

NOTE = "sheet"
"""Name of the note in the metadata."""
FORMAT = 1


class _CellNote(BaseModel):
    model_config = ConfigDict(extra="ignore")
    box: tuple[float, float, float, float]
    name: str = ""
    recipe: dict[str, Any] | None = None
    strokes: tuple[int, int] | None = None
    scale: float = 1.0
    note: str = ""


class _SheetNote(BaseModel):
    model_config = ConfigDict(extra="ignore")
    format: int
    margin_mm: float = Field(ge=0)
    cells: tuple[_CellNote, ...]


def note_text(margin_mm: float, cells: Sequence[Cell]) -> str:
    """The note as one line of JSON."""
    note = {
        "format": FORMAT,
        "margin_mm": margin_mm,
        "cells": [
            {
                "box": cell.box,
                "name": cell.name,
                "recipe": None if cell.recipe is None else json.loads(cell.recipe.to_json()),
                "strokes": cell.strokes,
                "scale": cell.scale,
                **({"note": cell.note} if cell.note else {}),
            }
            for cell in cells
        ],
    }
    return json.dumps(note, ensure_ascii=False, separators=(",", ":"))


def read_note(text: str, strokes: int) -> tuple[float, tuple[Cell, ...]]:
    """Margin in mm and cells of a sheet with so many strokes.

    Raises:
        SheetError: it is not such a note, or one of a later monoline.
        DrawingError: a recipe in it can't be read.
    """
    try:
        note = _SheetNote.model_validate_json(text)
    except ValidationError:
        raise SheetError("The note of what lies where is damaged; the ink is not touched.") from None
    if note.format > FORMAT:
        raise SheetError(f"The note of what lies where has format {note.format}; update monoline to use it.")
    return note.margin_mm, tuple(_cell(each, strokes) for each in note.cells)


def _cell(note: _CellNote, strokes: int) -> Cell:
    recipe = None if note.recipe is None else Recipe.from_json(json.dumps(note.recipe))
    known = note.strokes is not None and 0 <= note.strokes[0] <= note.strokes[1] <= strokes
    return Cell(note.box, note.name, recipe, note.strokes if known else None, note.scale, note.note)
