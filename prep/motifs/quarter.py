"""The head turned three quarters to the left: one line from the breast over the far cheek and the hair,
past the near ear to the eyes, the nose and the mouth, and out along the jaw.

The head is about 100 high: crown at 0, chin at 103; the far cheek is near x = 10, the ear near x = 75.
"""

from __future__ import annotations

import numpy as np

from prep.motifs.chance import Chance
from prep.motifs.curve import SHARP, Control, ellipse, join, scallops, through
from prep.motifs.quarter_hair import hair
from prep.motifs.sitter import Sitter, ask

S = SHARP

# points stand in rows, in the order the line runs through them
# fmt: off


def quarter(chance: Chance) -> Control:
    """A portrait in three-quarter view."""
    who = ask(chance)
    head = join(_far_cheek(who), hair(who, chance), _brows(who), _eyes(who), _nose(who), _mouth(who), _jaw(who))
    if who.is_child:
        head = _child(head)
    return join(_breast(who), head, _back(who))


def _child(head: Control) -> Control:
    """Lower the face on the skull and make it round."""
    head = head.copy()
    inside = np.clip(head[:, 1], 0, 108) / 108
    head[:, 1] += 26 * inside * (1 - inside) * np.clip((92 - head[:, 0]) / 30, 0, 1)
    return head


def _breast(who: Sitter) -> Control:
    if who.is_child:
        return through((22, 150), (29, 140), (41, 132), (45, 121))
    return through((2, 162), (14, 146), (36, 134), (43, 120))


def _far_cheek(who: Sitter) -> Control:
    c = who.chin
    up = through((12.5, 55), (9.5, 45), (9.5, 34), (13, 22))
    if who.beard:
        beard = through((44, 114), (35, 119), (23, 117), (13 - c, 106), (11, 90))
        return join(scallops(beard, 6, 2.4), through((10.5, 80), (9, 66)), up)
    plump = 1.5 if who.is_child else 0.0
    sunk = 1.5 if who.is_old else 0.0
    return join(
        through(
            (40, 106), (33, 104.5), (25, 104.5 + c), (18.5, 101 + c), (15, 92), (12 - plump + sunk, 80),
            (9 - plump, 66),
        ), up
    )


def _brows(who: Sitter) -> Control:
    t = 1.2 * who.brow
    return through(
        (54.5, 40.5 + 0.6 * t), (46, 36.6 + t), (38, 38.4 + t), (32, 42.5), (26, 38.8 + t), (20, 37.6 + t),
        (13, 41.5, S),
    )


def _eyes(who: Sitter) -> Control:
    crow = through((60, 50, S), (54.5, 52, S), (59.5, 55.5, S), (54, 52.5, S)) if who.is_old else None
    if who.asleep:
        return join(
            through(
                (13.5, 50, S), (18, 54.2), (24.5, 52, S), (20, 47.6), (26, 47.5), (31, 51), (36.5, 51.5, S),
                (44, 55.6), (54, 52, S),
            ),
            crow,
            through((46, 46.8), (37.5, 48.5)),
        )
    if who.glasses:
        far_lens = ellipse((18.5, 51), (8.8, 9.5), -20, 1.0, 8)
        near_lens = ellipse((45, 51), (11.5, 10.5), 195, 1.0, 8)
        bridge = join(far_lens, through((30.5, 46)), near_lens, through((35, 50)))
    else:
        bridge = through((26, 47.5), (31, 50))
    lashes = through((11.5, 47.5, S)) if who.soft and not who.is_child else None
    return join(
        lashes,
        through((13.5, 50), (16, 47.6)),
        ellipse((18.5, 50.8), (2.5, 3.4), -95, 1.0, 7),
        through((22, 48.8), (25, 52.3, S), (20, 54.6), (14, 51.8, S), (15, 47.2), (20, 45)),
        bridge,
        through((37.5, 53.2), (45, 56), (54.5, 52, S)),
        crow,
        through((50, 47.8), (46, 46.8)),
        ellipse((44.5, 50.8), (3.2, 4), -90, -1.0, 7),
        through((41, 48), (36.5, 52.8, S)),
    )


def _nose(who: Sitter) -> Control:
    n, b = 2 * who.nose, 1.2 * who.bridge
    droop = 1.5 if who.is_old else -0.8 if who.soft else 0.0
    fold = through((36.3, 68), (41, 77, S), (36.8, 67)) if who.is_old and not who.moustache else through((36.6, 67))
    return join(
        through(
            (32, 50.5), (27, 52), (24.5 - b - 0.5 * n, 58), (20 - n, 64 + droop), (20 - n, 67.3 + droop),
            (24, 69.7 + 0.5 * droop), (29, 68.5), (34, 69.5),
        ),
        fold,
        through((34.8, 63.2), (32, 66, S), (28, 70), (24.5, 72)),
    )


def _mouth(who: Sitter) -> Control:
    f, s = who.lips, 1.5 * who.smile
    if who.moustache:
        return through(
            (22, 73), (14.5, 80, S), (24, 77.5), (38, 84, S), (33, 76), (27, 75, S), (24.5, 80.5),
            (20, 83.5 + f), (26, 86 + f), (33, 85 + f),
        )
    return through(
        (21, 75.6 - f), (24, 76.8 - f), (28, 75.4 - f), (37.5, 79.5 - s, S), (30, 79.6), (25, 80.4),
        (16, 79.4 - s, S), (19.5, 83.6 + f), (26, 86 + f), (33, 84.3 + f),
    )


def _jaw(who: Sitter) -> Control:
    if who.beard:
        return scallops(through((33, 92), (42, 102), (55, 98), (65, 89), (71.5, 77)), 5, -2.4)
    if who.hair in ("long", "bob"):
        return through((33, 90), (37, 98), (46, 100), (60, 93, S))
    return through((33, 90), (37, 98), (46, 100), (56, 96), (65, 87.5), (71.5, 77, S))


def _back(who: Sitter) -> Control:
    slim = 3.0 if who.soft else 0.0
    neck = through((67, 106)) if who.hair in ("long", "bob") else through((77 - slim, 90), (80 - slim, 104))
    if who.is_child:
        neck = through((74, 102))
        shoulder, nape = through((92, 128), (105, 136), (110, 150)), through((79, 118))
    else:
        shoulder, nape = through((108, 130), (121, 140), (128, 160)), through((85 - slim, 117))
    match who.collar:
        case "round":
            band = through((66, 132), (42, 132, S), (64, 140), (90, 125))
        case "shirt":
            band = through((68, 128), (47, 128, S), (40, 146, S), (66, 140), (92, 124))
        case "scarf":
            band = through(
                (80, 118), (60, 126), (40, 121), (33, 127), (41, 136), (66, 139), (94, 126), (94, 118),
                (88, 117), (97, 126),
            )
        case "bow":
            band = through(
                (66, 130), (46, 131), (34, 122), (33, 140), (45, 132), (56, 123), (57, 142), (48, 133),
                (70, 136), (91, 124),
            )
        case _:
            band = None
    return join(neck, nape, band, shoulder)
