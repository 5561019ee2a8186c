from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from small_pages import HEIGHT, WIDTH, page

from prep.features import NAMES, WEIGHTS, page_features


def told(image: Image.Image) -> dict[str, float]:
    return dict(zip(NAMES, page_features(np.asarray(image)).tolist(), strict=True))


def test_each_feature_has_a_name_and_a_weight() -> None:
    assert len(set(NAMES)) == len(NAMES) == len(WEIGHTS) == len(page_features(np.asarray(page("drawing"))))


def test_kinds_of_page_are_told_apart() -> None:
    drawing, notes, watercolor, cover = (told(page(kind)) for kind in ("drawing", "notes", "watercolor", "cover"))
    assert drawing["painted"] < -0.9 < 0 < watercolor["painted"]
    assert notes["small"] > 0.9 > 0.1 > drawing["small"]
    assert notes["lines"] > drawing["lines"] + 0.3
    assert cover["border"] > 2 * max(drawing["border"], watercolor["border"])


def test_a_blurred_scan_is_seen_whatever_its_pen_and_light() -> None:
    sharp = page("drawing")
    dim = sharp.point(lambda level: int(level * 0.6))
    assert told(sharp)["sharpness"] > 0.8
    assert told(dim)["sharpness"] > 0.8
    assert told(dim.filter(ImageFilter.GaussianBlur(1.6)))["sharpness"] < -0.5


def test_light_tone_and_ruled_paper_are_no_drawing() -> None:
    plain = page("drawing")
    lamp = np.asarray(plain) * np.linspace(0.7, 1.0, WIDTH)[None, :, None] * [1.0, 0.96, 0.85]
    ruled = plain.copy()
    draw = ImageDraw.Draw(ruled)
    for y in range(30, HEIGHT, 26):
        draw.line((0, y, WIDTH, y + 2), fill=(170, 185, 215))
    before = told(plain)
    for other in (Image.fromarray(lamp.astype(np.uint8)), ruled):
        after = told(other)
        for name in ("painted", "ink", "spread", "lines", "small", "largest"):
            assert abs(after[name] - before[name]) < 0.12, name


def test_any_picture_has_features() -> None:
    for shape in ((2, 2), (64, 3000), (900, 900)):
        for level in (0, 128, 255):
            assert np.isfinite(page_features(np.full((*shape, 3), level, np.uint8))).all()
