"""What a person decided on the shelf: labels, tags, favourites, names of clusters, dates of books; each can be undone.

No stage writes the columns that are written here, so that nothing decided is lost by doing something again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from prep.catalog import Catalog
from prep.errors import PrepError

Tag = Literal["art", "notes", "private", "extra"]
TAGS: tuple[Tag, ...] = ("art", "notes", "private", "extra")
What = Literal["label", "tag", "favourite", "cluster", "drawing", "book", "rename"]
KEYS = {"scans": ("id",), "books": ("name",), "clusters": ("clustering", "number"), "drawings": ("name",)}
"""Tables that hold decisions, and what names a row of each."""
COLUMNS = {
    "scans": {"label", "tag", "favourite", "name", "page", "book", "part", "place"},
    "books": {"number", "began", "ended", "cover"},
    "clusters": {"label", "by_hand"},
    "drawings": {"label"},
}
FORMER = ", before they were clustered anew; the clusters of now keep their labels"
"""What is told of a name that was taken back too late."""


@dataclass(frozen=True)
class Cell:
    """One value in the catalog that a person decides."""

    table: str
    key: tuple[Any, ...]
    column: str


@dataclass(frozen=True)
class Decision:
    """Something decided, as it is kept."""

    id: int
    at: float
    """Seconds since 1970."""
    what: str
    told: str
    """For a person: what was decided about what."""
    more: dict[str, Any]
    """JSON values of whoever decided."""

    def __str__(self) -> str:
        return self.told


def decide(catalog: Catalog, what: What, told: str, values: Sequence[tuple[Cell, Any]], **more: Any) -> Decision | None:
    """Write values that a person decided, and how it was before; None if all was so already.

    Args:
        told: what was decided, for whoever undoes it.
        more: JSON values kept with it.
    """
    with catalog.change() as db:
        changed: list[list[Any]] = []
        for cell, value in values:
            before = _read(catalog, cell)
            if before != value:
                changed.append([cell.table, list(cell.key), cell.column, value, before])
                _write(catalog, cell, value)
        if not changed and not more:
            return None
        at = time.time()
        fields = (at, what, json.dumps({"told": told, **more}), json.dumps(changed))
        number = db.execute("INSERT INTO decisions (at, what, value, before) VALUES (?, ?, ?, ?)", fields).lastrowid
    return Decision(int(number or 0), at, what, told, more)


def newest(catalog: Catalog) -> Decision | None:
    """The newest decision that is not undone."""
    row = catalog.one("SELECT * FROM decisions WHERE NOT undone ORDER BY id DESC LIMIT 1")
    if row is None:
        return None
    more = json.loads(row["value"])
    return Decision(row["id"], row["at"], row["what"], more.pop("told"), more)


def undo(catalog: Catalog) -> Decision | None:
    """Take back the newest decision that is not undone, and return it; None if there is none.

    What was decided otherwise since then by something newer, which is undone first, can't be.
    """
    with catalog.change() as db:
        decision = newest(catalog)
        if decision is None:
            return None
        row = db.execute("SELECT before FROM decisions WHERE id = ?", (decision.id,)).fetchone()
        former = False
        for table, key, column, value, before in reversed(json.loads(row["before"])):
            cell = Cell(table, tuple(key), column)
            former = former or (table == "clusters" and _is_former(catalog, key[0]))
            if _is_there(catalog, cell) and _read(catalog, cell) == value:
                _write(catalog, cell, before)
        db.execute("UPDATE decisions SET undone = 1 WHERE id = ?", (decision.id,))
    return replace(decision, told=decision.told + FORMER) if former else decision


def _is_former(catalog: Catalog, clustering: int) -> bool:
    """Whether there are others since."""
    sql = "SELECT 1 FROM clusterings JOIN clusterings AS newer USING (of) WHERE clusterings.id = ? AND newer.id > ?"
    return catalog.db.execute(sql, (clustering, clustering)).fetchone() is not None


# single decisions


def label_scans(catalog: Catalog, scans: Iterable[int], label: str | None) -> Decision | None:
    """Put scans under a label by hand, for ever; None leaves that to the clusters again."""
    cells = [(Cell("scans", (scan,), "label"), label and checked_label(label)) for scan in scans]
    return decide(catalog, "label", f"{_scans(catalog, cells)} {f'to {label}' if label else 'to no label'}", cells)


def tag_scans(catalog: Catalog, scans: Iterable[int], tag: Tag | None) -> Decision | None:
    """Say what scans are, whatever folder they lie in; None is what the folder, or their tag in the Finder, says.

    What a private scan has left in the studio is for whoever calls this to take away.
    """
    if tag is not None and tag not in TAGS:
        raise PrepError(f"There is no tag {tag!r}; the tags are {', '.join(TAGS)} and favourite.")
    cells = [(Cell("scans", (scan,), "tag"), tag) for scan in scans]
    return decide(catalog, "tag", f"{_scans(catalog, cells)} {f'tagged {tag}' if tag else 'with no tag'}", cells)


def favour_scans(catalog: Catalog, scans: Iterable[int], favourite: bool | None) -> Decision | None:
    """Make scans favourites, or not; None is what their tag in the Finder says."""
    cells = [(Cell("scans", (scan,), "favourite"), None if favourite is None else int(favourite)) for scan in scans]
    words = "a favourite" if favourite else "no favourite"
    return decide(catalog, "favourite", f"{_scans(catalog, cells)} {words}", cells)


def label_drawings(catalog: Catalog, names: Iterable[str], label: str | None) -> Decision | None:
    """Put traced drawings under a label by hand, for ever; None leaves that to the clusters again."""
    cells = [(Cell("drawings", (name,), "label"), label and checked_label(label)) for name in names]
    first = cells[0][0].key[0] if len(cells) == 1 else f"{len(cells):,} drawings"
    return decide(catalog, "drawing", f"{first} {f'to {label}' if label else 'to no label'}", cells)


def tell_book(catalog: Catalog, book: str, **values: Any) -> Decision | None:
    """Number of a book, when it was ``began`` and ``ended`` (dates as text), and the scan that is its ``cover``."""
    cells = [(Cell("books", (book,), column), value) for column, value in values.items()]
    words = ", ".join(f"{column} {value}" for column, value in values.items())
    return decide(catalog, "book", f"{book}: {words}", cells)


def checked_label(label: str) -> str:
    """A label that may be the name of a folder.

    Raises:
        PrepError: it may not.
    """
    name = label.strip()
    if not name or name.startswith(".") or len(name) > 80 or any(sign in name for sign in '/\\:\t\n\r\0"*?<>|'):
        raise PrepError(f"{label!r} can't be a label: it is also the name of a folder; use words, as 0_drawings.")
    return name


def _scans(catalog: Catalog, cells: Sequence[tuple[Cell, Any]]) -> str:
    if len(cells) != 1:
        return f"{len(cells):,} scans"
    row = catalog.one("SELECT name FROM scans WHERE id = ?", cells[0][0].key)
    return row["name"] if row else f"scan {cells[0][0].key[0]}"


def _read(catalog: Catalog, cell: Cell) -> Any:
    row = catalog.db.execute(f"SELECT {_column(cell)} FROM {cell.table} WHERE {_where(cell)}", cell.key).fetchone()
    return None if row is None else row[0]


def _is_there(catalog: Catalog, cell: Cell) -> bool:
    """Whether there is its row: that of a scan which turned out to be another one, moved, is gone."""
    return catalog.db.execute(f"SELECT 1 FROM {cell.table} WHERE {_where(cell)}", cell.key).fetchone() is not None


def _write(catalog: Catalog, cell: Cell, value: Any) -> None:
    if cell.table == "books":
        catalog.db.execute("INSERT OR IGNORE INTO books (name) VALUES (?)", cell.key)
    sql = f"UPDATE {cell.table} SET {_column(cell)} = ? WHERE {_where(cell)}"
    if catalog.db.execute(sql, (value, *cell.key)).rowcount != 1:
        raise PrepError(f"There is no {cell.table.removesuffix('s')} {cell.key[-1]} in {catalog.path}.")


def _column(cell: Cell) -> str:
    if cell.column not in COLUMNS[cell.table]:
        raise ValueError(f"{cell.table} has no column {cell.column} to decide")
    return cell.column


def _where(cell: Cell) -> str:
    return " AND ".join(f"{name} = ?" for name in KEYS[cell.table])
