"""The head from the side, looking left: one line from the breast over the face and the hair to the back.

The head is about 100 high: crown at 0, chin at 100, the tip of the nose near x = 4, the back of the
skull near x = 95.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from prep.motifs.chance import Chance
from prep.motifs.curve import SHARP, Control, ellipse, join, scallops, through
from prep.motifs.gestures import forearm
from prep.motifs.profile_hair import hair
from prep.motifs.sitter import Sitter, ask

S = SHARP

# points stand in rows, in the order the line runs through them
# fmt: off


def profile(chance: Chance) -> Control:
    """A portrait in profile, at times with a hand at the chin, a flower or a glass."""
    who = ask(chance)
    gesture = chance.pick({"none": 3.4, "chin": 0.5, "flower": 0.5, "glass": 0.4})
    return _portrait(who, "none" if who.beard or who.is_child else gesture, chance)


def with_cat(chance: Chance) -> Control:
    """A portrait in profile of somebody who holds a cat."""
    who = replace(ask(chance), beard=False, moustache=False, hat="none", glasses=False, earring=False, age="adult")
    return _portrait(who, "cat", chance)


def _portrait(who: Sitter, gesture: str, chance: Chance) -> Control:
    if gesture != "none":
        who = replace(who, collar="none")
    head = join(_throat(who), _chin(who), _mouth(who), _nose(who), _eye(who), hair(who, chance))
    if who.is_child:
        head = _child(head)
    return join(_breast(who, gesture, chance), head, _back(who))


def _child(head: Control) -> Control:
    """Lower the face on the skull and make it small and round."""
    head = head.copy()
    x, y = head[:, 0], head[:, 1]
    inside = np.clip(y, 0, 108) / 108
    head[:, 1] = y + 26 * inside * (1 - inside) * np.clip((92 - x) / 40, 0, 1)
    face = np.clip((y - 40) / 20, 0, 1)
    head[:, 0] = np.where(x < 19, 19 - (19 - x) * (1 - 0.38 * face), x)
    return head


def _breast(who: Sitter, gesture: str, chance: Chance) -> Control:
    """The beginning: the breast, or before it the forearm and the hand on the left."""
    if gesture != "none":
        breast = None if gesture == "cat" else through((40, 160), (47, 140))
        return join(forearm(gesture, chance), breast, through((46.5, 126)))
    if who.is_child:
        return through((24, 150), (31, 138), (44, 128), (47, 118))
    return through((10, 160), (22, 143), (42, 130), (46, 118))


def _throat(who: Sitter) -> Control | None:
    if who.beard:
        return None
    if who.is_old:
        return through((41, 113), (37, 106.5), (31, 105.5))
    return through((43, 107), (35, 103.5))


def _chin(who: Sitter) -> Control:
    c = 1.5 * who.chin
    if who.beard:
        beard = through((46, 111), (31, 117), (16, 113), (10 - c, 100), (14.5, 90))
        return join(scallops(beard, 6, 2.6), through((18, 88)))
    return through((26, 103), (19.5 - c, 101), (15.2 - 1.4 * c, 96), (19 - c, 89))


def _mouth(who: Sitter) -> Control:
    f, s = 1.2 * who.lips, 2.2 * who.smile
    lower = through((14.6 - f, 86), (15 - f, 83), (19.5, 81), (26.5, 80.5 - s, S))
    if who.moustache:
        return join(
            lower, through((19, 79.5), (10, 80.5), (9, 77.5, S), (19, 77), (31, 85, S), (27, 74), (17.5, 70.5, S))
        )
    return join(lower, through((19.5, 79.6), (13.2 - f, 78.4), (13.4 - f, 75.5), (16, 70.5, S)))


def _nose(who: Sitter) -> Control:
    n, b = 2.6 * who.nose, 1.6 * who.bridge
    droop = 1.8 if who.is_old else -1.2 if who.soft else 0.0
    fold = through((26, 68), (30.5, 77, S), (26.3, 67)) if who.is_old and not who.moustache else through((25.3, 67.8))
    return join(
        through((20.5, 69.8)),
        fold,
        through(
            (25.2, 63.5), (22, 63), (20.8, 66.5, S), (14.5, 67.5), (8 - n, 68 + droop), (4.6 - n, 65 + droop),
            (6 - n, 61.3 + droop), (10 - b - 0.5 * n, 54), (14.2 - 0.4 * b, 46.5),
        ),
    )


def _eye(who: Sitter) -> Control:
    r, t = 0.8 * who.brow, 1.2 * who.brow
    forehead = through((19.5, 36 + t), (14.6 - r, 38 + t), (13.5 - r, 33), (14.6, 25))
    if who.glasses:
        return join(
            through((17.5, 47.5), (21, 53.5), (26.5, 55), (33.5, 52, S), (29, 47.6), (24, 46.8), (19.5, 48.6, S)),
            through((22, 48.2), (25.3, 50.4), (24.3, 53.5), (22.2, 51.5), (20.5, 46)),
            ellipse((28, 51), (10, 9.5), 205, 1.4, 8),
            through((50, 47.5), (64, 49, S), (51, 43.5), (40, 41, S), (29, 34.8 + t)),
            forehead,
        )
    crow = through((39.8, 50.8, S), (36, 52.3), (39.8, 54.6, S)) if who.is_old else None
    if who.asleep:
        return join(
            through((17.5, 48), (20, 51.5), (24, 54.4), (29, 55), (35, 52.5, S)),
            crow,
            through((33, 48), (27, 45.6), (23, 44), (30, 40.5 + t), (40, 43, S), (30, 35 + t)),
            forehead,
        )
    lashes = through((16.6, 45.6, S), (20.3, 47.6, S)) if who.soft and not who.is_child else through((19.3, 48.8, S))
    return join(
        through((17.5, 47.3), (21, 53.5), (27.5, 55.3), (35, 52.3, S)),
        crow,
        through((30, 47.3), (24, 45.8)),
        lashes,
        through(
            (23.4, 48), (26.2, 50.4), (24.8, 53.8), (22.2, 51.8), (23.4, 47), (29, 42.6), (40, 43.5, S), (30, 35 + t)
        ),
        forehead,
    )


def _back(who: Sitter) -> Control:
    slim = 4.0 if who.soft else 0.0
    top = None if who.hair == "long" else through((83 - slim, 96))
    shoulder = through((106, 124), (124, 134), (132, 156))
    if who.is_child:
        top, shoulder = None, through((92, 120), (106, 130), (111, 149))
        nape = through((75, 100), (79, 112))
    else:
        nape = through((89 - slim, 112))
    match who.collar:
        case "round":
            band = through((70, 126), (45, 127, S), (68, 134), (93, 120))
        case "shirt":
            band = through((66, 121), (46, 123, S), (42, 141, S), (68, 134), (95, 119))
        case "scarf":
            band = through(
                (82, 114), (60, 120), (39, 115), (34, 121), (41, 130), (66, 133), (97, 121), (96, 113),
                (90, 113), (100, 121),
            )
        case "bow":
            band = through(
                (68, 124), (48, 125), (36, 116), (35, 134), (47, 126), (58, 117), (59, 136), (50, 127),
                (72, 129), (93, 119),
            )
        case _:
            band = None
    return join(top, nape, band, shoulder)
