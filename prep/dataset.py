"""A dataset of chosen drawings: split by page, with where each of them comes from, written as one archive."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from drawing.drawing import Drawing
from drawing.npz import SPLITS, read_npz, write_npz
from drawing.stroke import Stroke3, from_stroke3, offset_scale, to_stroke3
from prep.errors import PrepError
from prep.select import SIZE, Chosen
from prep.settings import DatasetSettings, PrepSettings

SOURCE = "monoline prep"
"""What archives that were made here say of themselves."""
LIBRARIES = ("numpy", "scipy", "shapely", "pillow")
SHOWN = 120
"""Most drawings on the contact sheet."""
ALONE = 3
"""From so many pages on no split that is asked for stays empty; train never does."""


@dataclass(frozen=True)
class Item:
    """A chosen drawing and where it comes from."""

    drawing: Drawing
    told: dict[str, Any]
    """Its ``name``, ``page``, ``box``, ``scale`` and more, JSON values; see ``item_of``."""

    @property
    def page(self) -> str:
        """What it shares with others that must stay in one split."""
        return self.told["page"]


def item_of(chosen: Chosen) -> Item:
    """A chosen drawing with all that an archive tells of it.

    ``scale`` is what its coordinates were multiplied by, ``corner`` where its 0, 0 lies in the unit before;
    ``strokes`` and ``points`` are counted before and after; ``connectors`` are the rows that were drawn over white.
    """
    candidate, drawing = chosen.candidate, chosen.drawing
    told: dict[str, Any] = {
        "name": candidate.name,
        "page": candidate.page or candidate.name,
        **candidate.origin,
        "scale": chosen.scale,
        "corner": list(chosen.corner),
        "strokes": [chosen.strokes_before, len(drawing.lines)],
        "points": [chosen.points_before, drawing.points],
        "epsilon": round(chosen.epsilon, 6),
        "connectors": connector_rows(drawing),
        "connector_length": round(drawing.connector_length, 3),
    }
    if candidate.split:
        told["split"] = candidate.split
    return Item(drawing, told)


def connector_rows(drawing: Drawing) -> list[int]:
    """The rows of its stroke-3 that lead over white."""
    found: list[int] = []
    before = 0
    for index, line in enumerate(drawing.lines):
        found += (before + 1 + np.flatnonzero(drawing.marks(index))).tolist()
        before += len(line)
    return found


def with_connectors(drawing: Drawing, rows: Sequence[int]) -> Drawing:
    """A drawing read from stroke-3, its connectors marked again."""
    every = np.zeros(drawing.points, dtype=np.bool_)
    every[list(rows)] = True
    stops = np.cumsum([len(line) for line in drawing.lines])
    return Drawing(drawing.lines, tuple(part[1:] for part in np.split(every, stops[:-1])))


def write_items(path: Path, items: Sequence[Item]) -> None:
    """Keep chosen drawings in a file of their own, to read_items."""
    write_npz(path, {"train": [to_stroke3(item.drawing) for item in items]}, {"items": [item.told for item in items]})


def read_items(path: Path) -> list[Item]:
    """The drawings that write_items kept.

    Raises:
        UnreadableFile: the file is damaged; select again.
    """
    archive = read_npz(path)
    return items_from(archive.splits["train"], archive.about["items"])


def items_from(rows: Sequence[Stroke3], told: Sequence[dict[str, Any]]) -> list[Item]:
    """Drawings of an archive, and what it tells of each."""
    found = (  # of a drawing that was made simpler since nobody knows them
        with_connectors(from_stroke3(each), about.get("connectors", ())) for each, about in zip(rows, told, strict=True)
    )
    return [Item(drawing, about) for drawing, about in zip(found, told, strict=True)]


# splitting


def chance(page: str, seed: int) -> float:
    """A number from 0 to 1 that a page has for ever, whatever other pages there are."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{page}".encode(errors="surrogateescape")).digest()[:8]) / 2**64


def assign(pages: Sequence[str], settings: DatasetSettings, before: Mapping[str, str]) -> dict[str, str]:
    """The split of each page: by its own chance, so that more pages move none.

    Where a split that is asked for would stay empty, the page nearest to it is given to it, and stays there.

    Args:
        before: splits of an earlier dataset with the same seed and shares.
    """
    wanted = {name: share for name, share in (("test", settings.test), ("valid", settings.valid)) if share > 0}
    chances = {page: chance(page, settings.seed) for page in sorted(set(pages))}
    found: dict[str, str] = {}
    for page, at in chances.items():
        split = "test" if at < settings.test else "valid" if at < settings.test + settings.valid else "train"
        found[page] = before.get(page, split)
    for name in ("train", *wanted):
        if found and name not in found.values() and (name == "train" or len(found) >= ALONE):
            _fill(found, name, chances, settings)
    return found


def _fill(found: dict[str, str], name: str, chances: Mapping[str, float], settings: DatasetSettings) -> None:
    """Give an empty split the page that is nearest to it, of the split with the most pages."""
    counts = {split: list(found.values()).count(split) for split in set(found.values())}
    richest = max(sorted(counts), key=lambda split: counts[split])
    place = {"test": 0.0, "valid": settings.test, "train": 1.0}[name]
    page = min((page for page, split in found.items() if split == richest), key=lambda page: abs(chances[page] - place))
    found[page] = name


def split_items(
    items: Sequence[Item], settings: DatasetSettings, before: Mapping[str, str] | None = None
) -> tuple[dict[str, list[Item]], dict[str, str]]:
    """Items by split, in their order, and the split of each page.

    A drawing from a set that has splits stays in its own. With ``reverse`` train has each drawing twice.
    """
    pages = assign([item.page for item in items if item.told.get("split") not in SPLITS], settings, before or {})
    splits: dict[str, list[Item]] = {name: [] for name in SPLITS}
    for item in items:
        own = item.told.get("split")
        splits[own if own in SPLITS else pages[item.page]].append(item)
    if settings.reverse:
        splits["train"] = [each for item in splits["train"] for each in (item, reversed_item(item))]
    return splits, pages


def reversed_item(item: Item) -> Item:
    """The same drawing drawn from its end to its beginning."""
    drawing = item.drawing.reverse()
    return Item(drawing, {**item.told, "connectors": connector_rows(drawing), "reversed": True})


# the archive


def write_archive(path: Path, splits: Mapping[str, Sequence[Item]], settings: PrepSettings) -> dict[str, Any]:
    """Write the archive, and return what it says of itself: ``drawings`` has a word on each one, in order.

    Raises:
        PrepError: there is no drawing, or something else of that name.
        StudioError: it can't be written.
    """
    if not splits.get("train"):
        raise PrepError(f"{path} was not written: no drawing is left for train. Scan more pages, or cut less.")
    _check_ours(path)
    rows = {split: [to_stroke3(item.drawing) for item in items] for split, items in splits.items()}
    about = {
        "source": SOURCE,
        "size": SIZE,
        # as a network measures it, which knows no first row: it tells where a drawing starts
        "scale": offset_scale(each[1:] for each in rows["train"]),
        "settings": settings.model_dump(mode="json", exclude={"engine", "imports"}),
        "versions": versions(),
        "drawings": {split: [item.told for item in items] for split, items in splits.items()},
    }
    write_npz(path, rows, about)
    return about


def write_sheet(path: Path, items: Sequence[Item]) -> None:
    """A contact sheet of an archive's drawings beside it, of many drawings some."""
    from drawing.picture import contact_sheet, save_png

    shown = [items[number * len(items) // min(SHOWN, len(items))] for number in range(min(SHOWN, len(items)))]
    sheet = contact_sheet(
        [item.drawing for item in shown],
        min(10, len(shown)),
        cell_px=160,
        captions=[item.told["name"] for item in shown],
        show_connectors=True,
    )
    save_png(path.with_suffix(".png"), sheet)


def versions() -> dict[str, str]:
    """Of monoline and the libraries that have a hand in the line."""
    return {name: version(name) for name in ("monoline", *LIBRARIES)}


def _check_ours(path: Path) -> None:
    if path.exists() and read_npz(path).about.get("source") != SOURCE:
        raise PrepError(
            f"{path} is another dataset, which monoline prep did not make; name this one otherwise with "
            "--set dataset.name=NAME."
        )
