"""The sheet of paper in a photo: four straight edges, found where paper ends and the table begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prep.window import greatest, least

Line = tuple[float, float, float]  # x cos + y sin = distance, as (cos, sin, distance)
Quad = NDArray[np.float64]  # (4, 2): top left, top right, bottom right, bottom left

_SMALL = 240  # the long side at which the sheet is looked for, px
_STEP = 5  # grey levels between paper and table, at least
_CLEAR = 11  # and on average over the sides
_LEANING = 40.0  # how far the edges of a sheet may lean, degrees
_MOST = 7  # lines looked at in each direction
_SEEN = 0.62  # part of a side along which table must differ from paper
_MOSTLY = 0.75  # and of all sides together
_SURE = 0.8  # more says no more,
_PLAIN = 60.0  # nor do more grey levels
_LEAST = 0.22  # a sheet fills at least this part of the photo
_BEYOND = 0.2  # its corners may lie outside the photo by this part of it
_NEAR = 0.02  # a side nearer to the picture's own than this part of it is no edge of a sheet on a table
_UPRIGHT = 1.2  # nobody holds a telephone so straight over a sheet, degrees
_FLAT = 0.06  # a sheet whose sides lie this near those of the picture was scanned


def find_sheet(rgb: NDArray[np.uint8]) -> Quad | None:
    """The corners of the sheet in a photo, in pixels; None where paper fills the picture, as it does in a scan."""
    small, scale = _erased(rgb)
    height, width = small.shape[:2]
    weight, angle, points = _edges(small)
    if len(points) < 0.25 * min(height, width):
        return None
    lines = _lines(weight, angle, points, width, height)
    most = np.sin(np.radians(_LEANING))
    upright = [line for line in lines if abs(line[1]) < most][:_MOST]
    level = [line for line in lines if abs(line[0]) < most][:_MOST]
    if len(upright) + len(level) < 3:
        return None
    quads = _quads([*upright, (1, 0, 0), (1, 0, width - 1)], [*level, (0, 1, 0), (0, 1, height - 1)], width, height)
    scores = _scores(quads, small)
    if not len(scores) or scores.max() <= 0:
        return None
    best = quads[scores.argmax()]
    if _flat(best, width, height) or _painted(best, small):
        return None
    return _refined(best * scale + (scale - 1) / 2, rgb, 2.0 * scale)


def _erased(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.float32], int]:
    """The picture at a small size with the drawing closed over, and how much smaller it is."""
    from PIL import Image
    from scipy import ndimage

    scale = max(1, round(max(rgb.shape) / _SMALL))
    small = np.asarray(Image.fromarray(rgb).reduce(scale))
    small = least(greatest(small, 3), 3).astype(np.float32)
    return np.asarray(ndimage.gaussian_filter(small, 0.8, axes=(0, 1)), np.float32), scale


def _edges(
    small: NDArray[np.float32],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Edge pixels: how strong (n,), which way they face (n,), radians, and where (n, 2)."""
    down, across = np.gradient(small, axis=(0, 1))
    strength = np.hypot(down, across)  # (h, w, 3)
    channel = strength.argmax(axis=2)[..., None]
    strength = np.take_along_axis(strength, channel, axis=2)[..., 0]
    down, across = (np.take_along_axis(part, channel, axis=2)[..., 0] for part in (down, across))
    # the ridge of each edge only
    x, y = np.abs(across) > np.abs(down), np.abs(across) <= np.abs(down)
    ridge = np.zeros(strength.shape, bool)
    inner = strength[1:-1, 1:-1]
    ridge[1:-1, 1:-1] = x[1:-1, 1:-1] & (inner >= strength[1:-1, :-2]) & (inner > strength[1:-1, 2:])
    ridge[1:-1, 1:-1] |= y[1:-1, 1:-1] & (inner >= strength[:-2, 1:-1]) & (inner > strength[2:, 1:-1])
    ridge &= strength > _STEP / 4
    rows, columns = np.nonzero(ridge)
    weight = np.minimum(strength[rows, columns], 3.0 * _STEP).astype(np.float64)
    angle = np.arctan2(down[rows, columns], across[rows, columns]).astype(np.float64)
    return weight, angle, np.column_stack([columns, rows]).astype(np.float64)


def _lines(
    weight: NDArray[np.float64], angle: NDArray[np.float64], points: NDArray[np.float64], width: int, height: int
) -> list[Line]:
    """Straight edges, the longest first (Hough)."""
    far = int(np.hypot(width, height)) + 2
    turns = np.arange(-12, 13)
    degrees = np.rint(np.degrees(angle)).astype(int)[:, None] + turns  # (n, 25)
    radians = np.radians(degrees)
    distance = points[:, :1] * np.cos(radians) + points[:, 1:] * np.sin(radians)
    opposite = (degrees % 360) >= 180
    distance = np.where(opposite, -distance, distance)
    cell = (degrees % 180) * 2 * far + np.rint(distance).astype(int) + far
    facing = np.column_stack([np.cos(angle), np.sin(angle)])
    left = np.ones(len(points), bool)
    lines: list[Line] = []
    enough = 1.5 * min(width, height)
    while len(lines) < 2 * _MOST:
        votes = np.bincount(cell[left].ravel(), np.repeat(weight[left], len(turns)), minlength=180 * 2 * far)
        votes = np.pad(votes.reshape(180, 2 * far), 1, mode="edge")
        votes = votes[:-2] + votes[1:-1] + votes[2:]
        votes = votes[:, :-2] + votes[:, 1:-1] + votes[:, 2:]
        turn, place = np.unravel_index(int(votes.argmax()), votes.shape)
        if votes[turn, place] < enough:
            break
        radian = np.radians(float(turn))
        line = float(np.cos(radian)), float(np.sin(radian)), float(place - far)
        line = _fitted(line, weight[left], facing[left], points[left])
        lines.append(line)
        left &= ~_on(line, facing, points, 3.0) & ~(cell == turn * 2 * far + place).any(axis=1)
    return lines


def _fitted(line: Line, weight: NDArray[np.float64], facing: NDArray[np.float64], points: NDArray[np.float64]) -> Line:
    """A line laid through the edge pixels near it."""
    for reach in (4.0, 2.5, 2.0):
        cos, sin, distance = line
        away = points @ (cos, sin) - distance
        near = _on(line, facing, points, reach)
        along = points[near] @ (-sin, cos)
        if near.sum() < 8 or np.ptp(along) < 20:
            break
        slope, offset = _straight(along, away[near], weight[near])
        length = float(np.hypot(1, slope))
        cos, sin = (cos + slope * sin) / length, (sin - slope * cos) / length
        line = cos, sin, float((distance + offset) / length)
    return line


def _straight(x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and offset of the straight line nearest to points (n,) that count by their weights (n,), by least squares.

    np.polyfit takes five times as long, and this is asked for some forty times a page.
    """
    total = float(weight.sum())
    middle, height = float(weight @ x) / total, float(weight @ y) / total
    away = weight * (x - middle)
    slope = float(away @ y) / float(away @ (x - middle))
    return slope, height - slope * middle


def _on(line: Line, facing: NDArray[np.float64], points: NDArray[np.float64], reach: float) -> NDArray[np.bool_]:
    """Which edge pixels lie on a line and face, (n, 2), as it does."""
    cos, sin, distance = line
    return (np.abs(points @ (cos, sin) - distance) < reach) & (np.abs(facing @ (cos, sin)) > 0.95)


def _quads(upright: list[Line], level: list[Line], width: int, height: int) -> NDArray[np.float64]:
    """All quads (n, 4, 2) that have two upright and two level lines for sides and may be sheets.

    The last two of each are the picture's own borders; one of these may be a side.
    """
    # from left to right, from top to bottom
    lefts = [(line[2] - line[1] * height / 2) / line[0] for line in upright]
    tops = [(line[2] - line[0] * width / 2) / line[1] for line in level]
    x, y = np.array(upright)[np.argsort(lefts)], np.array(level)[np.argsort(tops)]
    own = [np.argsort(places) >= len(places) - 2 for places in (lefts, tops)]
    determinant = x[:, None, 0] * y[None, :, 1] - x[:, None, 1] * y[None, :, 0]
    determinant = np.where(np.abs(determinant) < 0.3, np.nan, determinant)
    across = (x[:, None, 2] * y[None, :, 1] - x[:, None, 1] * y[None, :, 2]) / determinant
    down = (x[:, None, 0] * y[None, :, 2] - x[:, None, 2] * y[None, :, 0]) / determinant
    corners = np.stack([across, down], axis=2)  # (upright, level, 2)
    one, two = (np.array(pair) for pair in np.triu_indices(len(upright), 1))
    three, four = (np.array(pair) for pair in np.triu_indices(len(level), 1))
    one, two = np.repeat(one, len(three)), np.repeat(two, len(three))
    three, four = np.tile(three, len(one) // len(three)), np.tile(four, len(one) // len(four))
    borders = own[0][one].astype(int) + own[0][two] + own[1][three] + own[1][four]
    quads = np.stack([corners[one, three], corners[two, three], corners[two, four], corners[one, four]], axis=1)
    quads = quads[(borders <= 1) & np.isfinite(quads).all(axis=(1, 2))]
    sides = np.linalg.norm(quads - np.roll(quads, -1, axis=1), axis=2)
    longer = np.maximum(sides[:, :2], sides[:, 2:]) / np.maximum(np.minimum(sides[:, :2], sides[:, 2:]), 1)
    size = np.array([width, height])
    possible = (_areas(quads) > _LEAST * width * height) & (sides.min(axis=1) > 0.25 * min(width, height))
    possible &= (longer < 2.2).all(axis=1) & (quads > -_BEYOND * size).all(axis=(1, 2))
    possible &= (quads < (1 + _BEYOND) * size).all(axis=(1, 2))
    return quads[possible]


def _areas(quads: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = quads[..., 0], quads[..., 1]
    return 0.5 * np.abs((x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1))


def _scores(quads: NDArray[np.float64], small: NDArray[np.float32]) -> NDArray[np.float64]:
    """How well each quad (n, 4, 2) is the outline of a sheet; 0 for one that isn't."""
    height, width = small.shape[:2]
    begin, end = quads, np.roll(quads, -1, axis=1)  # (n, 4, 2)
    length = np.linalg.norm(end - begin, axis=2)
    along = (end - begin) / length[..., None]
    outward = np.stack([along[..., 1], -along[..., 0]], axis=2)[:, :, None]
    parts = np.linspace(0.03, 0.97, 32)[:, None]
    places = begin[:, :, None] + parts * (end - begin)[:, :, None]  # (n, 4, 32, 2)
    sides = [np.rint(places + sign * 2.5 * outward).astype(int) for sign in (-1, 1)]
    visible = np.all([(side >= 0).all(axis=3) & (side < (width, height)).all(axis=3) for side in sides], axis=0)
    inner, outer = (small[np.clip(side[..., 1], 0, height - 1), np.clip(side[..., 0], 0, width - 1)] for side in sides)
    difference = inner - outer  # (n, 4, 32, 3)
    most = np.take_along_axis(difference, np.abs(difference).argmax(axis=3)[..., None], axis=3)[..., 0]
    count = np.maximum(visible.sum(axis=2), 1)
    # along one side, paper is lighter than the table or darker, not now this and now that
    same = np.maximum((visible & (most > _STEP)).sum(axis=2), (visible & (most < -_STEP)).sum(axis=2)) / count
    part = visible.mean(axis=2)
    counted = part > 0.3
    seen = part * length
    seen /= np.maximum(
        seen.sum(axis=1, keepdims=True), 1
    )  # of all that is seen of a sheet's outline, the part of each side
    steps = np.median(np.abs(most), axis=2)
    clear = (steps * seen).sum(axis=1)
    # of two that may be, the larger and clearer is the sheet, and the other a shadow on it or a plank below
    score = (np.minimum(same, _SURE) * seen).sum(axis=1) + 0.3 * _areas(quads) / (width * height)
    score += 0.3 * (part * length).sum(axis=1) / length.sum(axis=1)
    score += 0.3 * (np.minimum(steps / _PLAIN, 1) * seen).sum(axis=1)
    # a side that is the picture's own says nothing; the others have to say it clearly
    middles = places.mean(axis=2)  # (n, 4, 2): top, right, bottom, left
    distances = [middles[:, 0, 1] / height, 1 - middles[:, 1, 0] / width]
    distances += [1 - middles[:, 2, 1] / height, middles[:, 3, 0] / width]
    within_photo = (np.stack(distances, axis=1) > _NEAR).sum(axis=1)
    enough = np.select([within_photo == 4, within_photo == 3], [_CLEAR, 3 * _CLEAR], 6 * _CLEAR)
    sheet = (clear > enough) & (within_photo >= 2) & (counted.sum(axis=1) >= 3)
    sheet &= (~counted | (same > _SEEN)).all(axis=1) & ((same * seen).sum(axis=1) > _MOSTLY)
    return np.where(sheet, score, 0)


def _painted(quad: Quad, small: NDArray[np.float32]) -> bool:
    """Whether a quad is an upright rectangle on lighter paper: a wash, not a sheet."""
    from PIL import Image, ImageDraw

    sides = quad - np.roll(quad, -1, axis=0)
    lean = np.degrees(np.arctan2(np.abs(sides).min(axis=1), np.abs(sides).max(axis=1)))
    if lean.max() > _UPRIGHT:
        return False
    height, width = small.shape[:2]
    picture = Image.new("1", (width, height))
    ImageDraw.Draw(picture).polygon([(x, y) for x, y in quad.tolist()], fill=1)
    within = np.asarray(picture)
    grey = small.mean(axis=2)
    return bool(np.median(grey[within]) < np.median(grey[~within]))


def _refined(quad: Quad, rgb: NDArray[np.uint8], reach: float) -> Quad:
    """The corners, with each side laid through where paper ends, to a part of a pixel."""
    from scipy import ndimage

    height, width = rgb.shape[:2]
    away = np.arange(-round(reach), round(reach) + 1)
    lines = []
    for begin, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        along = (end - begin) / np.linalg.norm(end - begin)
        across = np.array([-along[1], along[0]])
        places = begin + np.linspace(0.04, 0.96, 60)[:, None] * (end - begin)
        samples = np.rint(places[:, None] + away[:, None] * across).astype(int)  # (60, n, 2)
        visible = _inside(samples.reshape(-1, 2).astype(float), width, height).reshape(samples.shape[:2]).all(axis=1)
        if visible.sum() < 12:
            lines.append((across, float(across @ begin)))
            continue
        values = rgb[samples[visible, :, 1], samples[visible, :, 0]].astype(np.float32)
        # light on one side, dark on the other: the mean of some pixels there against that of some here
        smooth = ndimage.uniform_filter1d(values, 5, axis=1)
        step = np.abs(smooth[:, 5:] - smooth[:, :-5]).max(axis=2)
        found = step.argmax(axis=1) + 2.5 + away[0]
        points = places[visible] + found[:, None] * across
        position, offset = points @ along, points @ across
        keep = step.max(axis=1) > _STEP
        slope, level = 0.0, float(across @ begin)
        for _ in range(6):
            if keep.sum() < 8:
                break
            slope, level = np.polyfit(position[keep], offset[keep], 1)
            error = np.abs(offset - (slope * position + level))
            keep = error < max(1.0, 2.0 * float(np.median(error[keep])))
        normal = (across - slope * along) / np.hypot(1, slope)
        lines.append((normal, float(level / np.hypot(1, slope))))
    corners = [
        np.linalg.solve(np.array([one[0], two[0]]), [one[1], two[1]])
        for one, two in zip(np.roll(np.arange(4), 1), range(4), strict=True)
        for one, two in [(lines[one], lines[two])]
    ]
    refined = np.array(corners)
    return refined if np.abs(refined - quad).max() < 3 * reach else quad


def _inside(points: NDArray[np.float64], width: int, height: int) -> NDArray[np.bool_]:
    return (points >= 0).all(axis=1) & (points[:, 0] <= width - 1) & (points[:, 1] <= height - 1)


def _flat(quad: Quad, width: int, height: int) -> bool:
    """Whether the sides of a sheet are those of the picture, but for a rim."""
    frame = np.array([(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)], float)
    return bool((np.abs(quad - frame) < _FLAT * np.array([width, height])).all())
