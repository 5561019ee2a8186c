"""Cats: sitting, asleep and walking, each drawn in one line."""

from __future__ import annotations

from prep.motifs.chance import Chance
from prep.motifs.curve import SHARP, Control, join, place, through

S = SHARP

# points stand in rows, in the order the line runs through them
# fmt: off


def cat_face(chance: Chance) -> Control:
    """A cat's face from the front, 40 wide: from the right cheek around the head, through eyes and nose, to the chin.

    The middle of the head is (40, 24); the line enters near (59, 32) and leaves downwards at (40, 42).
    """
    ears, cheeks = chance.about(0, 1.5), chance.about(0, 0.8)
    head = through(
        (59 + cheeks, 29), (58, 17), (60, 1 - ears, S), (49, 9.5), (40, 8), (31, 9.5), (20, 1 - ears, S), (22, 17),
        (21 - cheeks, 26, S), (8, 25, S), (21, 28, S), (9, 33.5, S), (23, 32, S), (30, 38.5), (40, 40.5), (50, 38.5),
        (57, 32, S), (71, 33.5, S), (59, 28, S), (72, 25, S), (59.5, 26, S),
    )
    right = through(
        (54, 23.5, S), (49, 19.6), (44, 25, S), (49.5, 27), (54, 23.5, S), (51.5, 20.3), (49, 19.6, S),
        (48.2, 23), (49, 27, S),
    )
    left = through(
        (43, 28.3), (37, 28.3), (31, 27, S), (31.8, 23), (31, 19.6, S), (36, 25, S), (30.5, 27), (26, 23.5, S),
        (28.5, 20.3), (31, 19.6), (34, 21.6), (36, 25, S),
    )
    nose = through(
        (37, 29.8, S), (43, 29.8, S), (40, 32.5, S), (37.5, 35.3), (34, 34.6, S), (37.5, 35.3), (40, 32.5, S),
        (42.5, 35.3), (46, 34.6, S), (43, 36.5), (40, 42),
    )
    return join(head, right, left, nose)


def sitting_cat(chance: Chance) -> Control:
    """A cat that sits and looks at you; its tail lies to the right."""
    lift, stout = chance.between(0, 1), chance.about(0, 1.5)
    collar = chance.often(0.35)
    tail = through((104, 58 - 24 * lift), (113, 56 - 22 * lift), (118, 72 - 14 * lift), (113, 90), (96, 97), (78, 95))
    back = through((81 + stout, 84), (78 + 2 * stout, 66), (67, 49), (59, 39))
    ribbon = through((34, 44.5), (29, 46.5, S), (42, 50), (57, 44, S), (42, 47.5), (36, 48.5, S)) if collar else None
    front = through(
        (33, 50), (29, 58), (28, 73), (28, 88), (21, 95), (26, 99), (36, 97), (38, 87), (38, 72, S),
        (40.5, 87), (41, 97), (50, 99), (55, 95), (49, 86), (51 - stout, 72),
    )
    haunch = through((60, 66), (72, 71), (75, 86), (66, 98), (55, 99.5))
    return join(tail, back, cat_face(chance), ribbon, front, haunch)


def sleeping_cat(chance: Chance) -> Control:
    """A cat rolled up, its chin on its tail; this one begins at its closed eyes."""
    high, long = chance.about(0, 3), chance.about(0, 4)
    face = through(
        (2, 28.5, S), (7.5, 33.5), (13.5, 29.5, S), (15.5, 34.5), (15.5, 37.5, S), (19.3, 41, S),
        (23, 37.5, S), (23, 34),
        (25, 29.5, S), (31, 33.5), (36, 28, S), (38, 33),
    )
    head = through(
        (38, 40), (30, 48.5), (17, 51), (4, 45.5), (-2.5, 32), (2.5, 19), (3, 3, S), (14, 11.5), (26, 9.5),
        (36, 0, S),
    )
    body = through(
        (37, 13), (46, 6.5), (64, 0 - high), (92, 12 - high), (109 + long, 36), (104 + long, 59), (76, 72),
        (40, 72), (12, 67),
        (2, 60), (6, 54.5), (20, 58), (42, 61), (62, 61), (84, 55), (91, 40), (82, 27), (66, 27),
    )
    return join(face, head, body)


def walking_cat(chance: Chance) -> Control:
    """A cat on its way to the left, the tail up, looking at you."""
    tail, step = chance.about(0, 4), chance.about(0, 2)
    hind = through(
        (122 + tail, -22), (131 + tail, -26), (134 + tail, -14), (125, 6), (118, 26), (120, 44), (114, 58),
        (122 + step, 70), (118 + step, 85), (117 + step, 89), (108 + step, 89), (110 + step, 84), (111, 70),
        (103, 62), (98 - step, 74), (99 - step, 86), (97 - step, 90), (88 - step, 90), (90 - step, 84),
        (91, 72), (87, 59),
    )
    fore = through(
        (74, 59), (60, 57), (58 + step, 72), (59 + step, 86), (57 + step, 90), (48 + step, 90),
        (50 + step, 84), (50, 72), (47, 60), (41 - step, 74), (38 - step, 86), (35 - step, 90),
        (26 - step, 90), (29 - step, 84), (34, 70), (34, 54), (28, 43),
    )
    face = place(cat_face(chance)[::-1], at=(22, 22), size=0.88, degrees=-4, about=(40, 24))
    back = through((43, 25), (56, 29), (80, 25), (106, 24), (114, 12), (120 + tail / 2, -4), (124 + tail, -14))
    return join(hind, fore, face, back)
