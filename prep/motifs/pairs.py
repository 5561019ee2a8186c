"""Two people: faces that look at each other."""

from __future__ import annotations

from prep.motifs.chance import Chance
from prep.motifs.curve import SHARP, Control, ellipse, join, place, scallops, through

S = SHARP

# points stand in rows, in the order the line runs through them
# fmt: off


def couple(chance: Chance) -> Control:
    """Two faces before each other, eyes closed: one from its back to its throat, the other from there to its back."""
    gap, tilt, lift = chance.between(0.0, 3.0), chance.about(4, 3), chance.about(0, 4)
    first = place(_face(chance), at=(-2 - gap, lift), degrees=-tilt, about=(4, 70), flip=True)[::-1]
    second = place(_face(chance), at=(2 + gap, -lift), degrees=-tilt, about=(4, 70))
    return join(through((-128, 86)), first, through((-20, 78), (0, 82), (20, 78)), second, through((128, 86)))


def _face(chance: Chance) -> Control:
    """Half a couple, looking left, from the throat to the back."""
    hair, nose = chance.pick({"short": 1.2, "curls": 1, "bun": 1, "long": 1.5}), chance.about(0, 1)
    face = through(
        (42, 116), (40, 107), (27, 103), (19.5, 101), (15, 96), (19, 89), (14.6, 86), (15, 83), (23, 80.5, S),
        (13.4, 78), (13.6, 75), (16, 70, S), (22, 69), (21, 64, S), (14, 67.5), (8 - nose, 68),
        (4.6 - nose, 65), (6 - nose, 61), (10 - nose / 2, 54), (14, 47), (18, 51.5), (24, 55), (31, 54.5),
        (37, 50.5, S), (29, 48.5), (21, 46), (15.5, 40), (13.8, 33), (15.5, 22),
    )
    match hair:
        case "bun":
            top = join(
                through((30, 2), (52, -5), (74, -1), (89, 12)),
                ellipse((104, 20), (13, 12), 215, 1.15, 7),
                through((96, 36), (94, 54), (86, 72), (84, 96)),
            )
        case "long":
            top = through(
                (24, 4), (50, -7), (80, -2), (100, 20), (104, 60), (108, 96), (120, 116, S), (96, 100),
                (84, 76), (62, 44), (44, 14, S), (58, 50), (66, 84), (76, 104),
            )
        case "curls":
            top = join(
                scallops(through((16, 18), (26, 1), (52, -7), (80, -2), (96, 20), (96, 46), (88, 68)), 9, 4.5),
                through(
                    (79, 71), (72, 60), (69, 49), (63, 45), (58, 50), (61, 57), (59, 66), (63, 72), (76, 82),
                    (84, 96),
                ),
            )
        case _:
            top = through(
                (22, 5), (46, -6), (76, -3), (95, 18), (97, 46), (88, 69), (79, 71), (72, 60), (69, 49),
                (63, 45), (58, 50), (61, 57), (59, 66), (63, 72), (76, 82), (84, 96),
            )
    return join(face, top, through((92, 112), (112, 126)))
