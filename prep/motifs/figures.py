"""Whole people, about 200 high: standing, walking, dancing, sitting on the ground."""

from __future__ import annotations

from collections.abc import Mapping

from prep.motifs.chance import Chance
from prep.motifs.curve import SHARP, Control, ellipse, join, place, through

S = SHARP

# points stand in rows, in the order the line runs through them
# fmt: off
_ANY_HEAD = {"bun": 3, "bob": 2, "long": 2, "hat": 2, "ponytail": 2}
_BARE_HEAD = {"bun": 3, "short": 1, "ponytail": 2}


def small_head(chance: Chance, hair: Mapping[str, float]) -> Control:
    """A head in profile for a figure, looking left, from the throat at (46, 33) to the nape at (57, 31)."""
    face = through(
        (46.5, 33), (46, 29.5), (42, 28.6), (41, 26.4), (41.2, 24.8), (44, 23.4, S), (40.9, 22.4),
        (41.6, 20.2, S), (38.8, 19.2), (41, 14.8), (46.5, 16.2, S), (41.4, 12.6), (42, 8.5),
    )
    match chance.pick(hair):
        case "bun":
            return join(
                face,
                through((46, 3.5), (54, 2.5), (59, 6)),
                ellipse((64.5, 4.5), (5.6, 5), 190, 1.12, 7),
                through((61.5, 11), (60.5, 19), (57, 24), (57, 31)),
            )
        case "long":
            return join(
                face,
                through(
                    (45, 3.5), (54, 1.5), (62, 8), (64, 22), (67, 35), (64, 45, S), (58, 36), (54, 22),
                    (50, 12, S), (54, 24), (58, 33),
                ),
            )
        case "ponytail":
            return join(
                face,
                through(
                    (46, 3.5), (54, 2), (61, 8), (68, 9), (73, 18), (72, 30), (75, 35, S), (67, 28), (66, 18),
                    (61.5, 11), (60.5, 19), (57, 24), (57, 31),
                ),
            )
        case "bob":
            return join(
                face,
                through(
                    (45, 2.5), (55, 0.5), (64, 7), (67, 19), (64, 29, S), (54, 28, S), (52, 14, S), (56, 26),
                    (58, 33),
                ),
            )
        case "hat":
            return join(
                face,
                through(
                    (34, 12.5), (31, 10), (43, 7), (44.5, -3), (51, -2), (58, -4), (60, 6.5), (71, 9),
                    (73, 12), (61, 11.5), (60, 19), (56.5, 24), (57, 31),
                ),
            )
        case _:
            return join(face, through((45, 3), (54, 1.5), (61, 7.5), (61.5, 17), (57.5, 23), (57, 31)))


def standing(chance: Chance) -> Control:
    """A woman standing."""
    head = small_head(chance, _ANY_HEAD)
    flare, long = chance.about(0, 5), chance.often(0.4)
    match chance.pick({"hip": 2, "down": 1, "up": 1, "bag": 1}):
        case "hip":
            right = through(
                (60, 34), (70, 38), (78, 47), (90, 59), (87, 64), (74, 71), (65, 74), (64, 70), (75, 62),
                (72, 55), (67, 50, S), (66, 60), (64, 71),
            )
        case "up":
            right = through(
                (60, 34), (70, 36), (82, 28), (91, 12), (92, -4), (88, -12), (91, -17), (97, -12), (98, 2),
                (97, 16), (88, 36), (74, 50), (68, 56), (66, 62), (64, 71),
            )
        case "bag":
            right = through(
                (60, 34), (70, 38), (75, 50), (79, 70), (81, 86), (80, 95, S), (72, 112, S), (70, 130, S),
                (96, 131, S), (94, 112, S), (72, 112, S), (94, 112, S), (80, 95, S), (75, 91), (73, 76),
                (69, 58), (67, 50, S), (66, 60), (64, 71),
            )
        case _:
            right = through(
                (60, 34), (70, 38), (75, 50), (79, 70), (81, 86), (84, 95), (80, 100), (75, 93), (73, 76),
                (69, 58), (67, 50, S), (66, 60), (64, 71),
            )
    belt = through((52, 73), (40, 72, S), (52, 75), (64.5, 73, S))
    if long:
        skirt = through(
            (69, 92), (77, 130), (86 + flare, 184, S), (74, 190), (64, 184), (58, 190, S), (66, 196),
            (54, 196), (50, 190, S), (44, 196), (34, 197), (40, 190, S), (32, 185), (18 - flare, 186, S),
            (26, 130), (33, 92),
        )
    else:
        skirt = through(
            (69, 90), (76, 114), (83 + flare, 142, S), (74, 147), (67, 141), (59, 147, S), (59, 160),
            (56, 176), (55.5, 189), (63, 195), (51, 196.5), (51, 188), (51.5, 176), (51, 160), (51, 147, S),
            (46.5, 147, S), (46.5, 160), (46, 176), (45.5, 188), (45, 196.5), (31, 197), (40, 189), (40, 176),
            (38, 160), (38, 147, S), (31, 141), (19 - flare, 143, S), (27, 114), (33, 90),
        )
    left = through(
        (39, 72), (37, 60), (36, 51, S), (32, 62), (26, 78), (19, 90), (13, 97), (11, 104), (16, 105),
        (22, 97), (29, 84), (32, 72), (31, 60), (30, 50), (34, 39), (46, 34),
    )
    return join(head, right, belt, skirt, left)


def walker(chance: Chance) -> Control:
    """A man in a coat, walking to the left."""
    hat, stride, stick = chance.often(0.7), chance.about(0, 3), chance.often(0.5)
    face = through(
        (45, 37), (46.5, 32), (45, 29.5), (41.5, 28.6), (40.8, 26.4), (41.2, 24.8), (44, 23.4, S),
        (40.7, 22.4), (41.2, 20.4, S), (37, 19.6), (41.2, 14.5), (46, 16.2, S), (41.6, 12.8),
    )
    if hat:
        top = through(
            (34, 12.5), (31, 10), (43, 7), (44.5, -4), (51, -3), (58, -5), (60, 6.5), (72, 9), (73, 12),
            (61, 11.5), (61, 18), (57.5, 24), (58, 32),
        )
    else:
        top = through((42, 8), (46, 2.5), (55, 1.5), (62, 8), (61.5, 17), (57.5, 24), (58, 32))
    coat = through(
        (68, 37), (75, 48), (79, 74), (84, 104), (88, 126, S), (78, 128), (84, 148), (94 + stride, 172),
        (103 + stride, 184), (101 + stride, 192), (95 + stride, 196), (89 + stride, 187), (78, 166), (64, 140),
        (58, 130), (51, 150), (44 - stride, 172), (38 - stride, 188), (24 - stride, 193), (22 - stride, 198),
        (44 - stride, 198), (49 - stride, 188), (56, 168), (61, 146), (62, 131, S), (44, 128), (32, 125, S),
        (35, 98), (36, 72), (37, 52), (45, 37),
    )
    hand = (
        through((39, 95), (36, 100))
        if not stick
        else through((39, 95), (33, 97, S), (24, 150), (17, 198, S), (25, 150), (35, 98, S))
    )
    arm = through((50, 48), (47, 60, S), (54, 44), (52, 60), (50, 76), (45, 88))
    back_of_arm = through((41, 102), (47, 96), (58, 84), (65, 68), (66, 50))
    return join(face, top, coat, arm, hand, back_of_arm)


def dancer(chance: Chance) -> Control:
    """A dancer on one foot, both arms above the head or one reaching out."""
    kick, flare, reach = chance.about(0, 6), chance.about(0, 3), chance.often(0.45)
    head = place(small_head(chance, _BARE_HEAD), at=(48, 18), size=0.95, degrees=-6, about=(51, 16))
    right = through(
        (60, 36), (68, 35), (80, 22), (84, 4), (74, -14), (60, -21), (50, -19), (51, -25), (64, -28),
        (82, -21), (93, 0), (91, 24), (79, 44), (70, 54), (66, 65), (64, 76),
    )
    skirt = through(
        (76, 86), (92, 96), (106 + flare, 108, S), (98, 113), (92, 108), (84, 118, S), (104, 121),
        (126, 117 - kick), (146, 106 - 1.5 * kick), (160, 98 - 2 * kick, S), (150, 110 - 1.5 * kick),
        (126, 126 - kick), (98, 131), (72, 126), (64, 118, S), (61, 140), (60, 162), (57, 186), (55, 202),
        (51.5, 209), (49.5, 202), (50, 186), (49, 162), (45, 140), (45, 119, S), (38, 112), (30, 119, S),
        (23, 112), (14, 116, S), (12, 108), (2 - flare, 106, S), (18, 93), (40, 76),
    )
    ring = through(
        (40, 65), (37, 54), (28, 44), (13, 28), (4, 6), (12, -16), (28, -27), (39, -26), (40, -20), (30, -20),
        (18, -10), (13, 6), (22, 24), (36, 35), (46, 36),
    )
    out = through(
        (40, 65), (38, 55), (28, 50), (6, 47), (-14, 39), (-26, 31), (-32, 25), (-26, 25), (-12, 32), (8, 39),
        (30, 37), (46, 36),
    )
    return join(head, right, skirt, out if reach else ring)


def seated(chance: Chance) -> Control:
    """Somebody sitting on the ground with the arms around the knees, looking left."""
    tilt, toes = chance.about(0, 6), chance.about(0, 2)
    head = place(small_head(chance, _ANY_HEAD), at=(66, 30), size=1.2, degrees=tilt - 6, about=(51, 32))
    legs = through(
        (6 - toes, 128), (4 - toes, 134), (30, 135), (40, 130), (45, 112), (50, 96), (57, 103), (74, 125),
        (90, 135), (110, 132), (118, 114), (112, 88), (100, 54), (90, 38), (77, 32),
    )
    arms = through(
        (58, 35), (61, 44), (56, 60), (46, 76), (34, 87), (23, 93), (18, 99), (24, 103), (36, 98), (52, 88),
        (66, 74), (76, 60), (82, 44, S), (82, 62), (75, 80), (62, 92), (52, 90),
    )
    shin = through((46, 80), (44, 66), (38, 61), (32, 67), (28, 86), (22, 108), (17, 120), (6 - toes, 128))
    return join(legs, head[::-1], arms, shin)
