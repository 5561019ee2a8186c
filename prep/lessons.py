"""What the network is taught: thumbnails of scans, each with its folder or tag."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prep.catalog import Catalog
from prep.glance import letterboxed

CLASSES = ("art", "cover", "notes", "extra")
"""Tags that are taught; what is private never gets here."""
LEAST = 5
"""Scans of a class below which it is left out."""
LEAST_IN_ALL = 24
"""Scans in all below which nothing is learnt."""


@dataclass(frozen=True, eq=False)
class Lessons:
    """Pictures and what they are."""

    names: tuple[str, ...]
    """Of the classes."""
    pictures: NDArray[np.uint8]
    """(n, side, side, 3)"""
    truth: NDArray[np.int64]
    """(n,), the class of each."""
    held: NDArray[np.bool_]
    """(n,), a fifth of each class, which nothing is learnt from."""

    @property
    def enough(self) -> bool:
        """Whether there is something to learn."""
        return len(self.names) > 1 and len(self.truth) >= LEAST_IN_ALL

    def why_not(self) -> str:
        """Why there is nothing to learn."""
        found = f"{len(self.truth)} scans of {' and '.join(self.names)}" if self.names else "no class"
        return (
            f"The network was not fine-tuned: there are {found} to learn from, and it takes {LEAST_IN_ALL} scans of "
            f"two classes at least, each of {LEAST} or more. Sort some into folders (art, cover, notes, xtra), or tag "
            "them."
        )


def read_lessons(catalog: Catalog, side: int, most: int, seed: int) -> Lessons:
    """The scans of the shelf that have been looked at.

    Args:
        side: of the pictures, in pixels.
        most: so many at most, of each class its share, chosen by the seed.
    """
    from PIL import Image

    rows = catalog.rows(
        "SELECT shelf.id, tag FROM shelf JOIN looks ON looks.scan = shelf.id AND looks.sha256 = shelf.sha256 "
        f"WHERE problem = '' AND tag IN ({', '.join('?' * len(CLASSES))}) ORDER BY shelf.name",
        CLASSES,
    )
    of_class = {name: [row["id"] for row in rows if row["tag"] == name] for name in CLASSES}
    of_class = {name: ids for name, ids in of_class.items() if len(ids) >= LEAST}
    share = min(1.0, most / max(1, sum(map(len, of_class.values()))))
    rng = np.random.default_rng(seed)
    pictures: list[NDArray[np.uint8]] = []
    truth: list[int] = []
    for number, ids in enumerate(of_class.values()):
        count = max(LEAST, round(share * len(ids)))
        for scan in sorted(rng.choice(ids, count, replace=False).tolist()) if count < len(ids) else ids:
            row = catalog.one("SELECT thumbnail FROM looks WHERE scan = ?", (scan,))
            if row is None:
                continue
            with Image.open(io.BytesIO(row["thumbnail"]), formats=["JPEG"]) as image:
                pictures.append(letterboxed(image.convert("RGB"), side))
            truth.append(number)
    every = np.stack(pictures) if pictures else np.zeros((0, side, side, 3), np.uint8)
    return Lessons(tuple(of_class), every, np.array(truth, np.int64), _held_back(np.array(truth, np.int64), seed))


def varied(pictures: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Each picture moved a little, in other light, perhaps mirrored."""
    far = max(1, pictures.shape[1] // 20)
    varied = np.empty_like(pictures)
    for each, picture in zip(varied, pictures, strict=True):
        moved = np.roll(picture, rng.integers(-far, far + 1, 2), axis=(0, 1))
        light = np.clip(np.arange(256) * rng.uniform(0.85, 1.1) + rng.uniform(-8, 8), 0, 255).astype(np.uint8)
        each[:] = light[moved[:, ::-1] if rng.random() < 0.5 else moved]
    return varied


def _held_back(truth: NDArray[np.int64], seed: int) -> NDArray[np.bool_]:
    """A fifth of each class, which nothing is learnt from."""
    rng = np.random.default_rng([seed, 5])
    held = np.zeros(len(truth), bool)
    for number in np.unique(truth):
        mine = rng.permutation(np.flatnonzero(truth == number))
        held[mine[: max(1, len(mine) // 5)]] = True
    return held
