from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small_pages import page, put_page

from prep.errors import PrepError, UnreadableScan
from prep.glance import ALIKE, PICTURE, glance, near_duplicates


def bits_apart(one: bytes, other: bytes) -> int:
    return int(np.bitwise_count(np.frombuffer(one, np.uint8) ^ np.frombuffer(other, np.uint8)).sum())


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.heic"])
def test_a_page_is_the_same_however_it_is_saved(tmp_path: Path, name: str) -> None:
    if name.endswith("heic"):
        import pillow_heif

        pillow_heif.register_heif_opener()
    image = page("drawing").resize((1200, 1600))
    image.save(tmp_path / name)
    image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.jpg", exif=_exif(6), quality=95)
    one, other = glance(tmp_path / name), glance(tmp_path / "turned.jpg")
    assert (one.width, one.height) == (other.width, other.height) == (1200, 1600)
    assert bits_apart(one.dhash, other.dhash) <= ALIKE
    np.testing.assert_allclose(one.features, other.features, atol=0.25)
    with Image.open(BytesIO(one.thumbnail)) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("JPEG", (96, 128))


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize("mode", ["1", "L", "CMYK", "RGBA", "I;16"])
def test_any_mode_of_picture(tmp_path: Path, mode: str) -> None:
    image = page("notes")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    image.convert(mode).save(tmp_path / "a.tif")
    assert bits_apart(glance(tmp_path / "a.tif").dhash, glance(put_page(tmp_path / "b.png", "notes")).dhash) <= ALIKE


def test_the_network_sees_the_whole_page(tmp_path: Path) -> None:
    image = page("drawing")
    for corner in ((0, 0), (560, 760)):
        image.paste((250, 0, 0), (*corner, corner[0] + 40, corner[1] + 40))
    image.save(tmp_path / "a.png")
    picture = glance(tmp_path / "a.png").picture.astype(int)
    assert picture.shape == (PICTURE, PICTURE, 3)
    red = np.argwhere(picture[..., 0] - picture[..., 1] > 150)
    assert red[:, 0].min() < 3
    assert red[:, 0].max() > PICTURE - 4
    assert picture[:, [0, -1]].min() > 200  # the tone of the paper, not black


def test_what_is_no_scan_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(put_page(tmp_path / "b.jpg", "notes").read_bytes()[:3000])
    with pytest.raises(UnreadableScan, match=r"a\.jpg is damaged"):
        glance(tmp_path / "a.jpg")
    with pytest.raises(PrepError, match="is not there"):
        glance(tmp_path / "c.jpg")


def test_scans_of_one_page_are_found_among_many() -> None:
    rng = np.random.default_rng(3)
    hashes = rng.integers(0, 256, (4000, 32), dtype=np.uint8)
    again = np.unpackbits(hashes[:200], axis=1)
    for row in again:
        row[rng.choice(256, 20, replace=False)] ^= 1
    found = near_duplicates(np.concatenate([hashes, np.packbits(again, axis=1)]))
    assert {tuple(pair) for pair in found.tolist()} == {(each, 4000 + each) for each in range(200)}
    assert near_duplicates(hashes[:1]).shape == near_duplicates(hashes[:0]).shape == (0, 2)
