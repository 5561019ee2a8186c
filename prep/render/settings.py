"""How many books, on what paper, drawn with what, seen by which camera."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from prep.render.medium import MediumName
from prep.render.paper import PaperName

CameraName = Literal["flatbed", "telephone"]
CAMERAS: tuple[CameraName, ...] = ("flatbed", "telephone")
Kind = Literal["drawing", "pattern", "watercolor", "notes", "badscan", "diary", "cover"]
KINDS: tuple[Kind, ...] = ("drawing", "pattern", "watercolor", "notes", "badscan", "diary", "cover")


class RenderSettings(BaseModel):
    """What the rendered sketchbooks are like. Where several are given, each book or page takes one by chance."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    books: int = Field(default=1, ge=1)
    """How many sketchbooks."""
    pages: int = Field(default=12, ge=1)
    """Scans of each book."""
    seed: int = Field(default=1, ge=0)
    """Another one, other sketchbooks."""
    first_book: int = Field(default=1, ge=0)
    """Number of the first book, which names its folder."""
    height: tuple[int, int] = (1200, 1600)
    """Least and most height of a page, px; a book's pages are as high as each other, about."""
    papers: tuple[PaperName, ...] = Field(default=("plain",), min_length=1)
    """A book has one paper."""
    media: tuple[MediumName, ...] = Field(default=("ink",), min_length=1)
    """A page is drawn with one pen or pencil."""
    cameras: tuple[CameraName, ...] = Field(default=("flatbed",), min_length=1)
    """A page is scanned or photographed."""
    kinds: tuple[Kind, ...] = ("drawing",)
    """What is on the pages; one is used as it is, several are mixed as in an artist's book, between two covers if
    there are covers among them."""
    stains: float = Field(default=0.0, ge=0, le=1)
    """How many of the pages have a stain of coffee, drops or a smudge."""
    washes: float = Field(default=0.0, ge=0, le=1)
    """How many of the drawings have a pale wash of watercolour over them."""

    @field_validator("height")
    @classmethod
    def _possible(cls, height: tuple[int, int]) -> tuple[int, int]:
        if not 200 <= height[0] <= height[1] <= 6000:
            raise ValueError("the height of a page is from 200 to 6000 px, the least first")
        return height

    @field_validator("kinds")
    @classmethod
    def _some(cls, kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
        if not kinds:
            raise ValueError(f"name at least one kind of page: {', '.join(KINDS)}")
        return kinds
