"""Naming: the plan by which loose scans of a book become pages, as a person leafs through it; knows no screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

TAGS = {"a": "art", "y": "notes", "r": "private", "o": "extra", "c": "cover"}
"""Keys, as colours in the Finder: none, yellow, red and orange."""


@dataclass(frozen=True)
class Leaf:
    """A loose scan, and what it is to be called."""

    file: str
    """Its path in the book's folder."""
    page: int | None
    """None leaves it as it is."""
    variant: str = ""
    tag: str = "art"
    note: str = ""
    """Why it is proposed so."""
    key: str = ""
    """Of its scan on the shelf."""
    favourite: bool = False
    seen: bool = False
    """Whether a person has accepted it."""

    @property
    def stem(self) -> str:
        """Its page as it is written in names."""
        return "as it is" if self.page is None else f"{self.page:03}{self.variant}"

    @property
    def line(self) -> str:
        """In a list."""
        tag, name = "" if self.tag == "art" else self.tag, self.file.rpartition("/")[2]
        signs = f"{tag}{' ★' if self.favourite else ''}"
        return f"{'✓' if self.seen else ' '} {_cut(self.stem, 9)} {_cut(name, 16)} {signs}".rstrip()

    @property
    def told(self) -> dict[str, Any]:
        """For the worker."""
        fields = ("file", "page", "variant", "tag", "note", "seen")
        return {name: getattr(self, name) for name in fields}


class Plan:
    """All loose scans of a book in their order."""

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        self.leaves = list(leaves)
        self._before: list[tuple[int, list[Leaf]]] = []

    def change(self, index: int, **fields: Any) -> None:
        """Change one, and no other."""
        self._keep(index)
        self.leaves[index] = replace(self.leaves[index], **fields)

    def number(self, index: int, page: int, variant: str = "") -> None:
        """Give one a number; those after it that nobody has seen, and that have none of their own, count on."""
        self._keep(index)
        self.leaves[index] = replace(self.leaves[index], page=page, variant=variant, note="", seen=True)
        last = page
        for place in range(index + 1, len(self.leaves)):
            leaf = self.leaves[place]
            if leaf.seen or leaf.page is None or (leaf.note and not leaf.variant):
                continue
            last += not leaf.variant
            self.leaves[place] = replace(leaf, page=last)

    def vary(self, index: int) -> None:
        """Make one another scan of the page before it, or the page after that again."""
        last = self._page_before(index)
        if last is None:
            return
        if self.leaves[index].variant:
            self.number(index, last + 1)
        else:
            used = {leaf.variant for leaf in self.leaves[:index] if leaf.page == last}
            self.number(index, last, next(f"v{count}" for count in range(2, 1000) if f"v{count}" not in used))

    def _page_before(self, index: int) -> int | None:
        return next((leaf.page for leaf in reversed(self.leaves[:index]) if leaf.page is not None), None)

    def undo(self) -> int | None:
        """Take back the newest change; returns where it was, None if there is none."""
        if not self._before:
            return None
        index, self.leaves = self._before.pop()
        return index

    def _keep(self, index: int) -> None:
        self._before.append((index, list(self.leaves)))

    @property
    def words(self) -> str:
        """What would be done, in a sentence."""
        to = [leaf for leaf in self.leaves if leaf.page is not None]
        tags = {tag: sum(leaf.tag == tag for leaf in to) for tag in TAGS.values()}
        parts = ", ".join(f"{count:,} {tag}" for tag, count in tags.items() if count)
        named = "1 scan gets its page number" if len(to) == 1 else f"{len(to):,} scans get their page numbers"
        left = len(self.leaves) - len(to)
        rest = f"; {left:,} left as {'it is' if left == 1 else 'they are'}" if left else ""
        return f"{named}: {parts}{rest}"


def _cut(text: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size

    return set_cell_size(text, width) if cell_len(text) <= width else f"{set_cell_size(text, width - 1)}…"


def read_plan(told: Sequence[Mapping[str, Any]]) -> Plan:
    """A plan in an answer of the worker."""
    return Plan(
        [
            Leaf(
                str(each["file"]),
                None if each["page"] is None else int(each["page"]),
                str(each.get("variant") or ""),
                str(each.get("tag") or "art"),
                str(each.get("note") or ""),
                str(each.get("key") or ""),
                bool(each.get("favourite")),
                bool(each.get("seen")),
            )
            for each in told
        ]
    )
