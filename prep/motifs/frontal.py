"""The head from the front: one line from the left shoulder around the head to the chin, up through
the mouth, the nose and both eyes, and out by the right ear to the right shoulder.

The head is about 100 high and its middle is x = 50: crown at 0, chin at 101, cheeks at 16 and 84.
"""

from __future__ import annotations

import numpy as np

from prep.motifs.chance import Chance
from prep.motifs.curve import SHARP, Control, ellipse, join, scallops, spiral, through
from prep.motifs.frontal_hair import hair
from prep.motifs.sitter import Sitter, ask

S = SHARP

# points stand in rows, in the order the line runs through them
# fmt: off


def frontal(chance: Chance) -> Control:
    """A portrait from the front."""
    who = ask(chance)
    head = join(_left_cheek(who), hair(who, chance), _chin(who), _mouth(who), _nose(who), _eyes(who), _right_ear(who))
    if who.is_child:
        head = _child(head)
    left, right = _left_shoulder(who), _right_shoulder(who)
    left[:, 1] -= 4
    right[:, 1] -= 4
    return join(left, head, right)


def _child(head: Control) -> Control:
    """Lower the face on the skull."""
    head = head.copy()
    inside = np.clip(head[:, 1], 0, 108) / 108
    head[:, 1] += 24 * inside * (1 - inside)
    return head


def _left_shoulder(who: Sitter) -> Control:
    if who.is_child:
        return through((14, 150), (20, 138), (33, 131), (38, 122), (38, 110))
    return through((-6, 160), (2, 144), (18, 135), (32, 127), (34.5, 113))


def _left_cheek(who: Sitter) -> Control:
    if who.hair in ("long", "bob"):
        return through((32, 99), (23, 87), (17, 70), (15.5, 54))
    return through((31.5, 98), (24, 87), (18.5, 73), (13, 68.5), (8.5, 58), (11, 48.5), (16.5, 51))


def _chin(who: Sitter) -> Control:
    if who.beard:
        beard = through((83, 66), (80, 90), (68, 108), (50, 114), (32, 107), (23, 90))
        return join(through((84.5, 50)), scallops(beard, 9, 2.6), through((30, 81)))
    jaw = 2.0 * who.chin - (1.0 if who.soft else 0.0)
    return through((84.5, 52), (82, 70), (75 + jaw, 86), (62 + jaw, 97), (50, 101.5), (39, 98), (32, 91), (32, 84))


def _mouth(who: Sitter) -> Control:
    f, s = 1.2 * who.lips, 2.4 * who.smile
    upper = through((54, 75.4 - f), (50, 76.8 - f), (46, 75.4 - f))
    if who.moustache:
        upper = through((58, 79), (69, 82, S), (59, 74), (50, 75), (41, 74), (31, 82, S), (42, 79))
    return join(
        through((38, 79 - s, S), (44, 79.6), (50, 80.4), (56, 79.6), (62, 79 - s, S)),
        upper,
        through((38.5, 79 - s, S), (43, 83.8 + f), (50, 86 + f), (57, 83.8 + f), (62, 79.5 - s)),
    )


def _nose(who: Sitter) -> Control:
    n = 1.5 * who.nose
    droop = 1.5 if who.is_old else -0.6 if who.soft else 0.0
    fold = through((63.5, 75), (60 + n, 68.5)) if not who.is_old else through((66, 76), (62 + n, 69))
    return join(
        fold,
        through(
            (60 + n, 65.5), (57.5 + n, 63.5), (55.5, 67), (52.5, 69.5 + droop), (50, 70.5 + droop),
            (47.5, 69.5 + droop), (44.5, 67), (42 - n, 63.8),
            (39.6 - n, 66.5), (41.5 - n, 69.3, S), (43.5, 63), (46.3, 55), (44.8, 45),
        ),
    )


def _eyes(who: Sitter) -> Control:
    t = 1.2 * who.brow
    brow = through((40, 39 + t), (30, 36.4 + t), (20.5, 42, S))
    if who.asleep:
        left = through(
            (26, 50.5, S), (33, 55.6), (41, 52, S), (33, 47.3), (25.5, 49.5), (33, 45.4), (42, 47.5), (50, 49),
        )
        right = through(
            (56, 43.5), (61, 39 + t), (70, 36.4 + t), (79.5, 42, S), (74, 50, S), (67, 47.3), (59, 52, S),
            (67, 55.6), (75, 51),
        )
        return join(brow, left, right)
    if who.glasses:
        bridge = join(
            ellipse((33.5, 51), (11.5, 10.5), -15, 1.0, 8),
            through((50, 46.5)),
            ellipse((66.5, 51), (11.5, 10.5), 195, 1.0, 8),
            through((56, 43.5)),
        )
    else:
        bridge = through((50, 48.8), (56, 43.5))
    left = join(
        through((24.5, 50.5), (29, 47.3), (33, 46.6)),
        ellipse((33.5, 50.6), (3.2, 4), -90, -1.0, 7),
        through((38, 48.2), (42, 52.6, S), (33.5, 55.8), (25, 51.5, S), (27, 46), (33.5, 44), (41, 47)),
    )
    crow = through((81, 50, S), (76, 51.8, S)) if who.is_old else None
    right = join(
        through((61, 39 + t), (70, 36.4 + t), (79.5, 42, S), (75.5, 50.5), (71, 47.3), (67, 46.6)),
        ellipse((66.5, 50.6), (3.2, 4), -90, -1.0, 7),
        through((62, 48), (58, 52.6, S), (66.5, 55.8), (75, 52.3)),
        crow,
    )
    return join(brow, left, bridge, right)


def _right_ear(who: Sitter) -> Control:
    if who.hair in ("long", "bob"):
        return through((84, 53, S), (86, 70), (79, 90), (70, 103))
    drop = spiral((89, 76), 3.8, 3.3, -95, 1.05) if who.earring else None
    ear = through((83.5, 50), (88.5, 48.5), (91.5, 58), (87.5, 68.5))
    return join(ear, drop, through((83.5, 74), (77, 90), (69.5, 102)))


def _right_shoulder(who: Sitter) -> Control:
    if who.is_child:
        neck, shoulder = through((63, 112), (63, 122)), through((70, 131), (83, 138), (89, 150))
    else:
        neck, shoulder = through((66.5, 113), (68.5, 126)), through((84, 135), (100, 144), (107, 160))
    match who.collar:
        case "round":
            band = through((52, 137), (33, 129, S), (50, 145), (72, 130))
        case "shirt":
            band = through((58, 134), (50, 142, S), (33, 127, S), (38, 150, S), (50, 142, S), (62, 150, S), (71, 130))
        case "scarf":
            band = through(
                (66, 119), (50, 125), (33, 119), (28, 126), (38, 134), (54, 137), (72, 131), (74, 122),
                (68, 119, S), (73, 130),
            )
        case "bow":
            band = through(
                (60, 131), (51, 133), (36, 125), (35, 143), (50, 134), (65, 125), (66, 143), (53, 134),
                (70, 130),
            )
        case _:
            band = None
    return join(neck, band, shoulder)
