"""Hair and hats of a head seen from the front, from the left temple near (16, 48) to the right one near (84, 48)."""

from __future__ import annotations

from prep.motifs.chance import Chance
from prep.motifs.curve import SHARP, Control, curls, ellipse, join, scallops, through
from prep.motifs.sitter import Sitter

S = SHARP

# points stand in rows, in the order the line runs through them
# fmt: off


def hair(who: Sitter, chance: Chance) -> Control:
    """From the left temple over the head to the right temple."""
    v = 2.5 * who.volume
    loops, tousled = chance.whole(9, 11), chance.often(0.5)
    if who.hat != "none":
        left, right = _locks_below(who) if who.hair in ("long", "bob") else (None, None)
        return join(left, _hat(who), right)
    match who.hair:
        case "curls":
            path = through((14, 44), (8, 24), (22, 4), (50, -5), (78, 4), (92, 24), (86, 44))
            return curls(path, loops, 5.2 + 0.5 * v)
        case "bun":
            return join(
                through((17, 38), (28, 22), (49, 13, S), (30, 14), (10, 38, S), (11, 16), (26, 0), (40, -5)),
                ellipse((50, -16 - v), (14 + v, 12 + v), 130, 1.2, 8),
                through((60, -5), (76, 1), (90, 17), (90, 38, S), (72, 14), (51, 13, S), (72, 22), (83, 38)),
            )
        case "long" | "bob":
            return join(
                through((19, 36), (32, 21), (50, 11, S)),
                _left_lock(who, v),
                through((24, -4 - v), (50, -9 - v), (76, -4 - v)),
                _right_lock(who, v),
                through((50, 11, S), (69, 21), (81, 36)),
            )
        case "fringe":
            return through(
                (11, 46, S), (6 - v, 26), (16, 4 - v), (50, -8 - v), (84, 4 - v), (94 + v, 26), (89, 44, S),
                (82, 28), (72, 31, S), (64, 25), (56, 31, S), (46, 25), (38, 31, S), (29, 26),
                (17, 34, S), (26, 20), (50, 13), (74, 18), (85, 36),
            )
        case "bald":
            return join(
                scallops(through((15, 46), (8, 40), (13, 27)), 2, 3.0),
                through((20, 12), (34, 2), (50, -1), (66, 2), (80, 12), (87, 27)),
                scallops(through((87, 27), (92, 40), (85, 46)), 2, 3.0),
            )
        case "ponytail":
            return through(
                (17, 38), (30, 20), (52, 14, S), (28, 14), (9, 36, S), (12, 14), (28, -2), (50, -6), (72, -2),
                (88, 12), (96, 10), (108, 20), (112, 44), (118, 56, S), (102, 48), (98, 26), (92, 20),
                (91, 38, S), (78, 18), (54, 14, S), (74, 22), (83, 38),
            )
        case _ if tousled:
            tufts = scallops(through((10, 32), (14, 10), (34, -5 - v), (62, -8 - v), (86, 6), (91, 32)), 7, 4.2, 3)
            lock = through((86, 45, S), (84, 26), (71, 14), (50, 20, S), (67, 23), (81, 36))
            return join(through((15, 44, S)), tufts, lock)
        case _:
            return through(
                (16, 40), (20, 30), (34, 23), (54, 21, S), (36, 11), (21, 13), (9, 34, S), (9 - v, 14),
                (26, -4 - v), (50, -8 - v), (76, -4 - v), (92 + v, 16), (93 + v, 34), (88, 46, S), (85, 26),
                (73, 15), (56, 20, S), (70, 25), (81, 37),
            )


def _locks_below(who: Sitter) -> tuple[Control, Control]:
    """Hair that falls from below a hat, on the left and on the right."""
    if who.hair == "bob":
        left = through((15, 40, S), (8, 62), (14, 90, S), (1, 84), (-3, 60), (4, 38, S))
    else:
        left = through((15, 40, S), (7, 66), (9, 100), (0, 126, S), (-7, 100), (-4, 62), (4, 38, S))
    right = left[::-1].copy()
    right[:, 0] = 100 - right[:, 0]
    return left, right


def _left_lock(who: Sitter, v: float) -> Control:
    """Hair that falls on the left: down its inner strand and up its outer edge."""
    if who.hair == "bob":
        return through((30, 8), (10, 26), (7, 60), (14, 92, S), (2, 88), (-4 - v, 62), (-1 - v, 26), (10, 6))
    return through((30, 8), (10, 26), (6, 64), (8, 100), (-2, 128, S), (-8, 104), (-6 - v, 62), (-2 - v, 26), (10, 6))


def _right_lock(who: Sitter, v: float) -> Control:
    """Hair that falls on the right: down its outer edge and up its inner strand."""
    if who.hair == "bob":
        return through((90, 6), (101 + v, 26), (104 + v, 62), (98, 88), (86, 92, S), (93, 60), (90, 26), (70, 8))
    return through(
        (90, 6), (102 + v, 26), (106 + v, 62), (108, 104), (102, 128, S), (92, 100), (94, 64), (90, 26),
        (70, 8),
    )


def _hat(who: Sitter) -> Control:
    match who.hat:
        case "brim":
            return through(
                (14, 40, S), (-2, 38), (-16, 30, S), (4, 26), (22, 20), (23, 2), (30, -14), (50, -11),
                (70, -14), (77, 2), (78, 20), (96, 26), (116, 30, S), (102, 38), (86, 34), (50, 28),
                (14, 37, S), (50, 31), (86, 40),
            )
        case "woolly":
            return join(
                through((11, 44, S), (9, 30), (14, 25), (16, 6), (30, -9), (43, -14)),
                scallops(ellipse((50, -21), (9, 8), 140, 0.78, 9), 6, 2.5, 3),
                through(
                    (57, -14), (70, -9), (84, 6), (86, 25), (91, 30), (89, 44, S), (50, 36), (12, 42, S),
                    (14, 26), (50, 21), (86, 25), (88, 44, S),
                ),
            )
        case _:
            return through(
                (14, 40, S), (12, 30, S), (-2, 22), (0, 4), (22, -10), (48, -15), (49, -21), (52, -21),
                (53, -15), (82, -12), (106, 4), (106, 22), (88, 32, S), (50, 25), (12, 31, S), (14, 37, S),
                (50, 31), (86, 40),
            )
