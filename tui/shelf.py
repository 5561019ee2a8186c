"""The shelf as the worker tells it: scans, books, clusters, what is like what; knows no screen and no catalog."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tui.widgets.half_blocks import Dots, Pixels
from tui.widgets.thumbnails import Thumb

TAGS = {"notes": "n", "extra": "x", "cover": "c"}
"""What scans may be, and how that is told in a caption."""
OTHERS = 5
"""Colours from this one on are for labels that begin with no digit."""


@dataclass(frozen=True)
class Item:
    """A scan, or a traced drawing, on the shelf."""

    key: str
    """The id of a scan, or the name of a drawing."""
    page: str
    """As ``sb01/001``."""
    book: str
    label: str = ""
    by_hand: bool = False
    tag: str = "art"
    favourite: bool = False
    distance: float | None = None
    """From the middle of its cluster, or from what it is like."""
    words: str = ""
    """What else is known of it."""

    @property
    def name(self) -> str:
        """Its page without the book; that of a drawing with its number."""
        return (self.key if "/" in self.key else self.page).partition("/")[2]

    def thumb(self, *, book: bool, label: str | None = None) -> Thumb:
        """As it is shown among others.

        Args:
            book: others are of other books.
            label: what the others are; it is told what this one is, if it is something else.
        """
        name = self.name.rpartition("/")[2]  # the sign tells its part
        name = f"{self.book}/{name}" if book else name
        name = f"★{name}" if self.favourite else name  # close to it, for there is little room
        other = f"→{self.label}" if label is not None and self.label not in ("", label) else ""
        return Thumb(
            self.key, " ".join(part for part in (TAGS.get(self.tag, ""), other, name) if part), colour_of(self.label)
        )

    @property
    def told(self) -> str:
        """All that is known of it."""
        by = ", by hand" if self.by_hand else ""
        tag = "" if self.tag == "art" else f"   {self.tag}"
        like = "" if self.distance is None else f"\ndistance {self.distance:.3g}"
        favourite = "   ★ favourite" if self.favourite else ""
        name = self.key if "/" in self.key else self.page
        return f"{name}{favourite}{tag}\n{self.label or 'no label'}{by}{like}\n{self.words}".rstrip()


def colour_of(label: str) -> int:
    """A colour that is always the same for a label, -1 for none."""
    if not label:
        return -1
    return int(label[0]) % 8 if label[0].isdecimal() else OTHERS + zlib.crc32(label.encode()) % 3


def read_items(told: Iterable[Mapping[str, Any]]) -> tuple[Item, ...]:
    """Scans or drawings in an answer of the worker."""
    return tuple(
        Item(
            str(each["key"]),
            str(each["page"]),
            str(each["book"]),
            str(each.get("label") or ""),
            bool(each.get("by_hand")),
            str(each.get("tag") or "art"),
            bool(each.get("favourite")),
            None if each.get("distance") is None else float(each["distance"]),
            str(each.get("words") or ""),
        )
        for each in told
    )


def read_pictures(told: Mapping[str, Any]) -> dict[str, Pixels | Dots | None]:
    """Pictures in an answer of the worker: ``[width, height, base64]``, ``[rows]``, or null for none."""
    return {key: _picture(each) for key, each in told.items()}


def _picture(told: Sequence[Any] | None) -> Pixels | Dots | None:
    if told is None:
        return None
    if len(told) == 1:
        return Dots(tuple(str(row) for row in told[0]))
    width, height, rgb = told
    return Pixels(int(width), int(height), base64.b64decode(rgb))


@dataclass(frozen=True)
class ShelfBook:
    """A sketchbook on the shelf."""

    name: str
    scans: int
    labelled: int = 0
    number: int | None = None
    began: str = ""
    ended: str = ""
    cover: str = ""
    """Key of the scan that stands for it."""

    @property
    def dates(self) -> str:
        """When it was drawn, as far as that is known."""
        return " – ".join(part for part in dict.fromkeys((self.began, self.ended)) if part)


def read_books(told: Iterable[Mapping[str, Any]]) -> tuple[ShelfBook, ...]:
    """Books in an answer of the worker."""
    return tuple(
        ShelfBook(
            str(each["name"]),
            int(each["scans"]),
            int(each.get("labelled") or 0),
            None if each.get("number") is None else int(each["number"]),
            str(each.get("began") or ""),
            str(each.get("ended") or ""),
            str(each.get("cover") or ""),
        )
        for each in told
    )


@dataclass(frozen=True)
class Cluster:
    """Scans or drawings that are like each other."""

    number: int
    size: int
    label: str = ""
    by_hand: bool = False
    """Whether a person named it, or its label was taken over from the clusters before."""
    moved: int = 0
    """So many of it have another label by hand."""

    @property
    def line(self) -> str:
        """In a list."""
        sign = " " if not self.label else "✓" if self.by_hand else "~"
        return f"{self.number:>3} {sign}{self.label or '?':<13.13}{self.size:>6,}"


@dataclass(frozen=True)
class Clusters:
    """All clusters of the scans, or of the drawings."""

    of: str
    """scans or drawings."""
    k: int
    seed: int
    clusters: tuple[Cluster, ...]
    outside: int = 0
    """So many are in none: they are new, or nobody has looked at them yet."""
    suggested: tuple[str, ...] = ()
    """Labels that come to mind, and those in use."""
    id: int = 0
    """Another one once they are clustered anew."""

    @property
    def words(self) -> str:
        """In a line."""
        if not self.clusters:
            return f"no clusters of the {self.of} yet"
        count, named = sum(each.size for each in self.clusters), sum(bool(each.label) for each in self.clusters)
        new = f", {self.outside:,} in no cluster: R" if self.outside else ""
        return (
            f"{count:,} {self.of} in {len(self.clusters)} clusters, {named} named{new}   k {self.k}  seed {self.seed}"
        )


def read_clusters(told: Mapping[str, Any]) -> Clusters:
    """Clusters in an answer of the worker."""
    clusters = tuple(
        Cluster(
            int(each["number"]),
            int(each["size"]),
            str(each.get("label") or ""),
            bool(each.get("by_hand")),
            int(each.get("moved") or 0),
        )
        for each in told["clusters"]
    )
    suggested = tuple(str(label) for label in told.get("suggested") or ())
    outside = int(told.get("outside") or 0)
    found = Clusters(str(told["of"]), int(told["k"]), int(told["seed"]), clusters, outside, suggested)
    return replace(found, id=int(told.get("clustering") or 0))


@dataclass(frozen=True)
class Span:
    """How much of a book is what was looked for."""

    book: str
    found: int
    scans: int
    dates: str = ""


def read_spans(told: Iterable[Mapping[str, Any]]) -> tuple[Span, ...]:
    """Books in an answer of the worker, in the order of time."""
    return tuple(
        Span(str(each["book"]), int(each["found"]), int(each["scans"]), str(each.get("dates") or "")) for each in told
    )


@dataclass(frozen=True, eq=False)
class Dot:
    """A scan or a drawing on a map."""

    key: str
    x: float
    y: float
    """From 0 to 1, to the right and down."""
    colour: int


def read_dots(told: Mapping[str, Any]) -> list[Dot]:
    """A map: ``keys``, ``xy`` in thousandths, ``labels``, and which of them each has as ``label``."""
    colours = [colour_of(label) for label in told["labels"]]
    xs, ys = told["xy"][::2], told["xy"][1::2]
    rows = zip(told["keys"], xs, ys, told["label"], strict=True)
    return [Dot(str(key), x / 1000, y / 1000, colours[which] if which >= 0 else -1) for key, x, y, which in rows]
