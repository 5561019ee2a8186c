from __future__ import annotations

import errno
import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from prep.errors import PrepError, UnreadableScan
from prep.page import straighten
from prep.scan import WORKING, read_scan


def picture(width: int = 1200, height: int = 900) -> Image.Image:
    """White, with a black bar at the left and a blue square at the top right."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 10, height), fill="black")
    draw.rectangle((width * 3 // 4, 0, width, height // 4), fill=(20, 40, 200))
    return image


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp", "a.bmp", "a.gif", "a.heic"])
def test_kinds_of_picture(tmp_path: Path, name: str) -> None:
    if name.endswith("heic"):
        import pillow_heif

        pillow_heif.register_heif_opener()
    picture().save(tmp_path / name)
    scan = read_scan(tmp_path / name)
    assert scan.rgb.shape == (900, 1200, 3)
    assert scan.size == (1200, 900)
    assert scan.rgb[450, 20].max() < 30
    assert scan.rgb[450, 600].min() > 240
    red, _, blue = scan.rgb[60, 1100]
    assert int(blue) - int(red) > 100


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "RGBA", "LA", "I;16"])
def test_modes_of_picture(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.tif"
    if mode == "I;16":
        levels = np.asarray(picture().convert("L")).astype(np.uint16) * 257
        Image.fromarray(levels).save(path)
    elif mode in {"RGBA", "LA"}:
        grey = picture().convert("L")
        clear = Image.merge("LA", (Image.new("L", grey.size, 0), grey.point(lambda level: 255 - level)))
        clear.convert(mode).save(path)
    else:
        picture().convert(mode).save(path)
    rgb = read_scan(path).rgb
    assert rgb.shape == (900, 1200, 3)
    assert rgb[450, 20].max() < 40
    assert rgb[450, 600].min() > 230


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_scan_is_turned_as_its_exif_says(tmp_path: Path, turn: int) -> None:
    from PIL import ImageOps

    image = picture(1000, 1400)
    exif = Image.Exif()
    exif[0x0112] = turn
    image.save(tmp_path / "a.jpg", exif=exif, quality=95)
    scan = read_scan(tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as saved:
        shown = np.asarray(ImageOps.exif_transpose(saved))
    assert scan.size == (shown.shape[1], shown.shape[0])
    assert np.array_equal(scan.rgb, shown)


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_a_large_scan_is_reduced_and_its_places_are_kept(tmp_path: Path, name: str) -> None:
    image = Image.new("RGB", (4961, 7016), "white")
    ImageDraw.Draw(image).ellipse((3950, 5950, 4050, 6050), fill="black")
    image.save(tmp_path / name, compress_level=1)
    scan = read_scan(tmp_path / name)
    page = straighten(scan)
    assert 0.9 * WORKING < page.rgb.shape[0] * page.rgb.shape[1] < 1.1 * WORKING
    assert scan.size == (4961, 7016)
    assert "7016" in scan.notes[0]
    y, x = np.argwhere(page.rgb[..., 0] < 128).mean(axis=0)
    place = page.to_scan @ [x, y, 1]
    assert place[:2] / place[2] == pytest.approx((4000, 6000), abs=1)


def test_a_small_scan_is_enlarged(tmp_path: Path) -> None:
    image = Image.new("RGB", (420, 600), "white")
    ImageDraw.Draw(image).ellipse((195, 95, 205, 105), fill="black")
    image.save(tmp_path / "a.png")
    scan = read_scan(tmp_path / "a.png")
    assert scan.rgb.shape == (1200, 840, 3)
    y, x = np.argwhere(scan.rgb[..., 0] < 128).mean(axis=0)
    assert (straighten(scan).to_scan @ [x, y, 1])[:2] == pytest.approx((200, 100), abs=0.3)


def jpeg() -> bytes:
    file = io.BytesIO()
    picture().save(file, "JPEG")
    return file.getvalue()


def png_header(side: int) -> bytes:
    """A PNG that says it is large; it has hardly any data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"Dear diary,\nno picture today.\n", "no picture"),
        (b"%PDF-1.7 and so on", "no picture"),
        (jpeg()[:3000], "damaged"),
        (jpeg()[:200], "damaged"),
        (png_header(40000), "million pixels"),
        (png_header(20000), "million pixels"),
        (png_header(12000), "too large for PNG"),
    ],
)
def test_what_is_no_scan_is_refused_in_a_sentence(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    with pytest.raises(UnreadableScan, match=said) as refused:
        read_scan(path)
    assert str(path) in str(refused.value)
    assert str(refused.value).endswith(".")


def test_thumbnails_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    picture(40, 30).save(tmp_path / "a.png")
    picture(6000, 100).save(tmp_path / "c.png")
    for name, said in [("a.png", "only 40 × 30"), ("c.png", "a strip and no page"), (".", "folder")]:
        with pytest.raises(UnreadableScan, match=said):
            read_scan(tmp_path / name)
    with pytest.raises(PrepError, match="not there") as refused:
        read_scan(tmp_path / "b.png")
    assert not isinstance(refused.value, UnreadableScan)  # tomorrow it may be there


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe as POSIX has it")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    with pytest.raises(UnreadableScan, match="is no file"):
        read_scan(tmp_path / "a.jpg")


def test_a_file_that_the_system_withholds_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture().save(tmp_path / "a.png")

    def withheld(_path: Path, *_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", withheld)
    with pytest.raises(PrepError, match=r"a\.png can't be read: Permission denied\.") as refused:
        read_scan(tmp_path / "a.png")
    assert not isinstance(refused.value, UnreadableScan)
