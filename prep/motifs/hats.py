"""Hats on a head seen from the side or three quarters, from the forehead near (15, 28) to the back near (95, 30)."""

from __future__ import annotations

from prep.motifs.curve import SHARP, Control, ellipse, join, scallops, through

S = SHARP

# points stand in rows, in the order the line runs through them
# fmt: off


def hat(kind: str) -> Control:
    """A brim hat, a beret, a woolly hat or a cap."""
    match kind:
        case "brim":
            return through(
                (14, 27), (4, 29), (-8, 34, S), (2, 22), (18, 17), (29, 17), (30, 2), (40, -14), (57, -12),
                (76, -15), (86, 0), (88, 10, S),
                (60, 14), (30, 9, S), (30, 16), (60, 22), (90, 17), (108, 18), (118, 27, S), (104, 27), (93, 30),
            )
        case "beret":
            return through(
                (15, 25), (18, 22, S), (7, 16), (8, 0), (28, -12), (47, -16), (48, -23), (51, -23), (52, -17),
                (80, -15), (108, 0),
                (112, 17), (99, 25, S), (95, 26),
            )
        case "woolly":
            return join(
                through((12, 29), (11, 19), (16, 17), (24, 0), (40, -12), (48, -15)),
                scallops(ellipse((56, -22), (8.5, 8), 140, 0.78, 9), 6, 2.5, 3),
                through((64, -14), (84, -2), (97, 16), (102, 29, S), (58, 27), (13, 29, S), (12, 18, S), (56, 15)),
                through((97, 16, S), (101, 29, S)),
            )
        case _:
            return through(
                (13.5, 28), (4, 31), (-10, 33, S), (-6, 26), (8, 21), (18, 20), (22, 4), (44, -10), (54, -10),
                (54, -13), (58, -13), (59, -9.5), (82, -3), (96, 14), (97, 30),
            )
