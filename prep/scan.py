"""A scan read from its file: any ordinary kind of picture, the right way up, at a size fit for tracing."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from prep.errors import PrepError, UnreadableScan

if TYPE_CHECKING:
    from PIL.Image import Image

KINDS: tuple[str, ...] = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "HEIF", "AVIF", "PPM")
"""Kinds of picture that are read, as Pillow names them. What a file is called does not matter."""

WORKING = 2_200_000
"""Pixels to which a larger scan is reduced: A5 at 220 dpi, A4 at 155 dpi."""

SMALLEST = 64
"""Sides shorter than this, in pixels, hold no page."""

LONGEST = 50
"""A picture is no page whose one side is so many times the other."""

LARGEST = 170_000_000
"""Pixels of the largest picture that is opened: A2 at 600 dpi is smaller, a trap larger."""

_ENLARGED = 900_000  # smaller scans are read at twice their size: their lines are hardly a pixel wide
_LARGEST_WHOLE = 75_000_000  # of kinds that can't be read reduced: A3 at 600 dpi
_COEFFICIENTS = 60_000_000  # a progressive JPEG is held whole, however small it is wanted

_DRAFTED = frozenset({"JPEG", "MPO"})  # are read reduced at no cost

_DAMAGE = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error)


@dataclass(frozen=True)
class Scan:
    """A scan as it is worked on."""

    rgb: NDArray[np.uint8]
    """(h, w, 3), as displayed: turned as its EXIF says, transparency over white."""
    scale: tuple[float, float]
    """Scan pixels per pixel of ``rgb``, across and down; 1 unless it was read reduced or enlarged."""
    size: tuple[int, int]
    """Width and height of the scan itself, as displayed, in scan pixels."""
    notes: tuple[str, ...] = ()
    """What a person should know, a sentence each."""


def read_scan(path: Path, pixels: int = WORKING) -> Scan:
    """The scan in a file, reduced to at most about ``pixels`` pixels.

    Small ones are enlarged to twice their size. A torn or damaged file is refused whole, since half
    a page makes half a drawing.

    Raises:
        UnreadableScan: it is no picture, a damaged or an absurd one; a sentence that names the file.
        PrepError: it is not there, can't be read or does not fit into memory, which may be otherwise another time.
    """
    with opened(path) as image:
        return _read(image, pixels)


@contextmanager
def opened(path: Path) -> Generator[Image]:
    """The picture in a file, of a kind and size that are read, nothing of it decoded yet.

    What goes wrong in the block is told as of this file.

    Raises:
        UnreadableScan, PrepError: as ``read_scan`` does.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        head = _head(path)
        if not head:
            raise UnreadableScan(f"{path} is empty; scan or copy it again.")
        if head[4:8] == b"ftyp" and head[8:12] != b"avif":
            import pillow_heif

            pillow_heif.register_heif_opener()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=[kind for kind in KINDS if kind in _known()]) as image:
                _check(path, image)
                yield image
    except Image.DecompressionBombError:
        raise UnreadableScan(
            f"{path} has more than {LARGEST // 10**6} million pixels; scan at 600 dpi or less, or reduce it first."
        ) from None
    except UnidentifiedImageError:
        raise UnreadableScan(
            f"{path} is no picture that can be read; export it as JPEG, PNG, TIFF, WebP or HEIC."
        ) from None
    except FileNotFoundError:
        raise PrepError(f"{path} is not there; was it moved or renamed?") from None
    except MemoryError:
        raise PrepError(f"{path} does not fit into memory; reduce it first.") from None
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno is not None:  # Pillow's own have no number
            raise PrepError(f"{path} can't be read: {error.strerror}.") from None
        reason = str(error).strip().split("\n")[0].rstrip(".") or type(error).__name__
        raise UnreadableScan(f"{path} is damaged ({reason}); scan or copy it again.") from error


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise UnreadableScan(f"{path} is a folder; name the scans in it.")
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise UnreadableScan(f"{path} is no file.")
    with path.open("rb") as file:
        return file.read(16)


def _known() -> set[str]:
    from PIL import Image

    Image.init()
    return set(Image.OPEN)


def _check(path: Path, image: Image) -> None:
    width, height = image.size
    if min(width, height) < SMALLEST:
        raise UnreadableScan(f"{path} is only {width} × {height} pixels; scan it at 150 dpi or more.")
    if max(width, height) > LONGEST * min(width, height):
        raise UnreadableScan(f"{path} is {width} × {height} pixels, a strip and no page; cut pages out of it.")
    if width * height > (LARGEST if image.format in _DRAFTED else _LARGEST_WHOLE) or (
        image.info.get("progressive") and width * height > _COEFFICIENTS
    ):
        raise UnreadableScan(
            f"{path} is {width} × {height} pixels, too large for {image.format}; "
            "save it as an ordinary JPEG at 600 dpi or less."
        )


def _read(image: Image, pixels: int) -> Scan:
    from PIL.Image import Resampling

    width, height = image.size
    shrink = (width * height / pixels) ** 0.5
    if image.format in _DRAFTED and shrink >= 2:
        image.draft(None, (int(width / shrink), int(height / shrink)))
    turn = orientation(image)
    image.load()
    flat = flatten(image)
    if shrink > 1:
        target = round(width / shrink), round(height / shrink)
        flat = flat.resize(target, Resampling.HAMMING, reducing_gap=2.0)
    elif width * height < _ENLARGED:
        flat = flat.resize((2 * width, 2 * height), Resampling.BICUBIC)
    flat = turned(flat, turn)
    if 5 <= turn <= 8:
        width, height = height, width
    notes = (f"Read at {flat.width} × {flat.height} of its {width} × {height} pixels.",) if shrink > 1 else ()
    return Scan(np.asarray(flat), (width / flat.width, height / flat.height), (width, height), notes)


def flatten(image: Image) -> Image:
    """8 bits, three colours, transparency over white."""
    from PIL import Image as Pictures

    if image.mode.startswith(("I", "F")):
        levels = np.asarray(image)
        top = float(levels.max())
        if not np.isfinite(levels).all():
            raise ValueError("grey levels that are no numbers")
        bits = 8 if top < 256 else 12 if top < 4096 else 16
        full = 1.0 if image.mode.startswith("F") and top <= 1 else 2.0**bits - 1
        grey = np.clip(levels * (255.0 / full), 0, 255).astype(np.uint8)
        return Pictures.fromarray(grey).convert("RGB")
    if image.has_transparency_data:
        over = image.convert("RGBA")
        white = Pictures.new("RGBA", over.size, "white")
        return Pictures.alpha_composite(white, over).convert("RGB")
    return image.convert("RGB")


def orientation(image: Image) -> int:
    """How a picture lies in its file, as EXIF numbers it, 1 to 8; 1 is the right way up."""
    turn = image.getexif().get(0x0112, 1) if image.format != "HEIF" else 1  # a HEIC has been turned already
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def turned(image: Image, orientation: int) -> Image:
    """A picture as it is displayed."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image
