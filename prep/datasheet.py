"""The datasheet of a dataset: what it is, how much, how it was made, what was left out and why. As Markdown."""

from __future__ import annotations

import platform
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from prep.dataset import SOURCE, Item
from prep.histogram import histogram_text
from prep.select import SIZE
from prep.sketchbook import Skipped

LISTED = 200
"""Most drawings and scans named one by one."""


def datasheet(
    name: str,
    splits: Mapping[str, Sequence[Item]],
    about: Mapping[str, Any],
    points: Sequence[int],
    cut: tuple[int, int],
    dropped: Sequence[Skipped],
    skipped: Sequence[Skipped],
) -> str:
    """The datasheet.

    Args:
        about: what the archive says of itself.
        points: of all drawings that were chosen from, before the cut, and ``cut`` the fewest and most that were kept.
        dropped: drawings that were left out; ``skipped`` are scans that could not be used.
    """
    items = [item for found in splits.values() for item in found]
    parts = [
        f"# {name}",
        "",
        *_what(splits, items, about),
        "",
        "## How many",
        "",
        *_counts(splits),
        "",
        "## How it was made",
        "",
        *_made(items, about),
        "",
        "## Points",
        "",
        f"Of all {len(points):,} drawings before the cut; {cut[0]} to {cut[1]} points were kept, then simplified "
        "further where they had more than the maximum.",
        "",
        "```",
        *histogram_text(points, *cut),
        "```",
        "",
        "## Strokes",
        "",
        "```",
        *histogram_text([len(item.drawing.lines) for item in items]),
        "```",
        "",
        "## Left out",
        "",
        *_left_out(dropped, skipped),
        "",
        "## Versions",
        "",
        f"{', '.join(f'{library} {number}' for library, number in about['versions'].items())}, "
        f"Python {platform.python_version()}",
        "",
    ]
    return "\n".join(parts)


def _what(splits: Mapping[str, Sequence[Item]], items: Sequence[Item], about: Mapping[str, Any]) -> list[str]:
    pages = {item.page for item in items}
    books = sorted({item.told.get("import") or item.page.partition("/")[0] for item in items})
    from_ = ", ".join(books[:8]) + (f" and {len(books) - 8} more" if len(books) > 8 else "")
    twice = sum("reversed" in item.told for item in splits.get("train", ()))
    lines = [
        f"{len(items):,} line drawings from {len(pages):,} pages of {from_}, made by {SOURCE}.",
        "",
        f"Rows are stroke-3, y down; the long side of each drawing is {SIZE:g}. One standard deviation of the offsets "
        f"in train is {about['scale']:.4f}. Each drawing's page, box, scale, strokes, epsilon, connectors and "
        "corrections stand in the archive under `about`, in the order of its rows.",
    ]
    if twice:
        lines += ["", f"Train has {twice:,} drawings twice, the second time drawn from their ends to their beginnings."]
    return lines


def _counts(splits: Mapping[str, Sequence[Item]]) -> list[str]:
    rows = ["| split | drawings | pages | points | strokes |", "|---|---|---|---|---|"]
    for split, items in splits.items():
        points = _spread([item.drawing.points for item in items])
        strokes = _spread([len(item.drawing.lines) for item in items])
        rows.append(f"| {split} | {len(items):,} | {len({item.page for item in items}):,} | {points} | {strokes} |")
    return [*rows, "", "Points and strokes: least, median, most. No page is in two splits."]


def _spread(values: Sequence[int]) -> str:
    return f"{min(values)}, {median(values):g}, {max(values)}" if values else ""


def _made(items: Sequence[Item], about: Mapping[str, Any]) -> list[str]:
    before = [item.told["strokes"][0] for item in items]
    after = [item.told["strokes"][1] for item in items]
    ink = sum(item.drawing.ink for item in items) or 1.0
    white = sum(item.drawing.connector_length for item in items)
    corrected = {item.page for item in items if item.told.get("corrections")}
    epsilons = [item.told["epsilon"] for item in items]
    return [
        f"- Strokes a drawing, median: {median(before):g} as traced, {median(after):g} after joining.",
        f"- Connectors: {white / ink:.2%} of the line was drawn over white paper; they are marked in the archive.",
        f"- Ramer-Douglas-Peucker with epsilon {min(epsilons):.2g} to {max(epsilons):.2g}, median "
        f"{median(epsilons):.2g}, where the long side is {SIZE:g}.",
        f"- Pages corrected by hand: {len(corrected):,}.",
        "",
        "Settings:",
        "",
        "```",
        *_flat(about["settings"]),
        "```",
    ]


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterable[str]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif value is not None:
            yield f"{prefix}{key} = {value}"


def _left_out(dropped: Sequence[Skipped], skipped: Sequence[Skipped]) -> list[str]:
    if not dropped and not skipped:
        return ["Nothing."]
    kinds = Counter(_kind(each.reason) for each in dropped)
    lines = [f"- {count:,} drawings: {kind}" for kind, count in kinds.most_common()]
    if skipped:
        lines.append(f"- {len(skipped):,} scans or files that could not be used")
    every = [*skipped, *dropped]
    lines += ["", "One by one:", "", *(f"- {each}" for each in every[:LISTED])]
    if len(every) > LISTED:
        lines.append(f"- and {len(every) - LISTED:,} more")
    return lines


def _kind(reason: str) -> str:
    """A reason without its figures."""
    return re.sub(r"\d+(\.\d+)?", "n", reason)
