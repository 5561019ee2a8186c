"""Scans or drawings side by side in one picture, a row for each cluster or answer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from prep.catalog import Catalog
from prep.clusters import Cluster, list_clusters, members
from prep.errors import PrepError
from prep.piles import Of
from studio.folder import Studio

if TYPE_CHECKING:
    from PIL.Image import Image

NEAR, FAR = 16, 8
"""Members of a cluster that are shown: the nearest to its centroid, and the farthest, where the errors are."""
CELL_PX = 110
GAP_PX = 12
LINE_PX = 20
MOST = 400
"""Rows of one picture."""

Row = tuple[str, Sequence[Sequence[str]]]
"""A heading, and groups of items: ids of scans, or names of drawings."""


def cluster_rows(catalog: Catalog, of: Of) -> list[Row]:
    """A row for each cluster, the nearest members first, then the farthest."""
    rows: list[Row] = []
    for each in list_clusters(catalog, of):
        near = [member.item for member in members(catalog, of, each.number, NEAR)]
        far = [member.item for member in members(catalog, of, each.number, FAR, far=True)]
        rows.append((heading(each), (near, [item for item in reversed(far) if item not in near])))
    return rows


def heading(cluster: Cluster) -> str:
    """A line about a cluster."""
    moved = f", {cluster.moved:,} of them moved elsewhere" if cluster.moved else ""
    return f"{cluster.number}  {cluster.label or 'no label'}  {cluster.size:,}{moved}"


def draw_board(catalog: Catalog, studio: Studio, of: Of, rows: Sequence[Row]) -> Image:
    """The picture.

    Raises:
        PrepError: there is nothing to show, or too much.
    """
    from PIL import Image, ImageDraw, ImageFont

    from drawing.picture import CAPTION, PAPER

    if not any(group for _, groups in rows for group in groups):
        raise PrepError("There is nothing to show.")
    if len(rows) > MOST:
        raise PrepError(f"{len(rows):,} rows are too many for one picture; show {MOST} at most.")
    across = max(sum(len(group) * CELL_PX + GAP_PX for group in groups) for _, groups in rows)
    high = CELL_PX + LINE_PX + GAP_PX
    board = Image.new("RGB", (across + GAP_PX, len(rows) * high + GAP_PX), PAPER)
    pen, font = ImageDraw.Draw(board), ImageFont.load_default(size=LINE_PX * 0.65)
    for number, (words, groups) in enumerate(rows):
        left, top = GAP_PX, GAP_PX + number * high
        pen.text((left, top), words, fill=CAPTION, font=font)
        for group in groups:
            for item in group:
                small = _picture(catalog, studio, of, item)
                if small is not None:
                    small.thumbnail((CELL_PX - 6, CELL_PX - 6))
                    board.paste(small, (left + (CELL_PX - small.width) // 2, top + LINE_PX))
                left += CELL_PX
            left += GAP_PX
    return board


def write_board(path: Path, board: Image) -> None:
    """Write it as PNG, whole or not at all."""
    from drawing.picture import save_png

    save_png(path, board)


def _picture(catalog: Catalog, studio: Studio, of: Of, item: str) -> Image | None:
    """None where nothing is known of it any more."""
    from PIL import Image

    if of == "scans":
        row = catalog.one("SELECT thumbnail FROM shelf JOIN looks ON looks.scan = shelf.id WHERE shelf.id = ?", (item,))
        if row is None or not row["thumbnail"]:
            return None
        with Image.open(io.BytesIO(row["thumbnail"]), formats=["JPEG"]) as image:
            return image.convert("RGB")
    from drawing.errors import DrawingError
    from drawing.picture import picture
    from drawing.svg import read_svg

    try:
        return picture(read_svg(studio.drawings / f"{item}.svg").drawing, (CELL_PX, CELL_PX), margin_px=6)
    except DrawingError:
        return None
