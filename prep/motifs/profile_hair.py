"""Hair and the ear of a head in profile, from the forehead near (15, 29) to the nape near (80, 84)."""

from __future__ import annotations

from prep.motifs.chance import Chance
from prep.motifs.curve import SHARP, Control, curls, ellipse, join, scallops, spiral, through, waves
from prep.motifs.hats import hat
from prep.motifs.sitter import Sitter

S = SHARP

# points stand in rows, in the order the line runs through them
# fmt: off


def hair(who: Sitter, chance: Chance) -> Control:
    """From the forehead over the head to the nape, the ear on the way unless the hair hides it."""
    loops, high, tousled, wavy = chance.whole(8, 10), chance.often(0.35), chance.often(0.6), chance.often(0.4)
    covered = who.hat != "none"
    v = 2.5 * who.volume
    plain = _tousled(v) if tousled else _swept(v)
    ear = _ear(who)
    match who.hair:
        case "fringe":
            return join(hat(who.hat) if covered else _bangs(v), through((99 + v, 36), (98 + v, 56), (90, 70)), ear)
        case "curls":
            path = through((16, 21), (24, 4), (48, -4), (74, -2), (91, 16), (96, 42), (90, 64))
            return join(curls(path, loops, 5.0 + 0.5 * v), through((88, 68)), ear)
        case "bob":
            return join(hat(who.hat) if covered else _crown(v), _bob(v, covered))
        case "long":
            return join(hat(who.hat) if covered else _crown(v), _long(v, covered, wavy))
        case "bun":
            return join(_crown_with_bun(high, v), through((96, 46), (88, 68)), ear)
        case "ponytail":
            return join(hat(who.hat) if covered else _swept(0), _ponytail(), ear)
        case "bald":
            bald = through((15.5, 18), (23, 6), (46, -1), (70, 0), (86, 13), (91, 30))
            tuft = scallops(through((91, 38), (96, 54), (86, 69)), 4, 3.5)
            return join(hat(who.hat) if covered else bald, tuft, ear)
        case _:
            return join(hat(who.hat) if covered else plain, through((98 + v, 36), (96, 54), (88, 69)), ear)


def _crown(v: float) -> Control:
    return through((18, 17), (22, 7 - v), (34, -2 - v), (53, -7 - v), (74, -4 - v), (91 + v, 12))


def _tousled(v: float) -> Control:
    tufts = scallops(through((15.5, 19), (20, 6), (38, -4 - v), (60, -8 - v)), 4, 4.0, 3)
    return join(tufts, through((76, -4 - v), (91 + v, 12)))


def _swept(v: float) -> Control:
    """The front hair combed back over the temple."""
    return through(
        (17.5, 18), (32, 17), (46, 27), (55, 43, S), (52, 24), (38, 11), (20, 13), (17, 7), (28, -2 - v),
        (50, -8 - v), (74, -5 - v), (91 + v, 12),
    )


def _bangs(v: float) -> Control:
    """Teeth of hair over the forehead, a strand back to the front, then the crown."""
    return through(
        (17, 28, S), (24, 24.5), (29, 30, S), (36, 26), (42, 33, S), (44, 20), (34, 13), (20, 16), (11, 26, S),
        (10, 14), (19, 2 - v), (46, -8 - v), (74, -6 - v), (94 + v, 12),
    )


def _crown_with_bun(high: bool, v: float) -> Control:
    front = through((17.5, 18), (32, 17), (46, 27), (55, 43, S), (54, 25), (42, 9), (27, 5))
    if high:
        return join(
            front,
            through((44, -4), (60, -6)),
            ellipse((70, -15 - v), (13 + v, 11 + v), 140, 1.15, 8),
            through((80, -3), (92, 12), (97, 30)),
        )
    return join(
        front,
        through((48, -5), (72, -1), (88, 12)),
        ellipse((104, 24), (13 + v, 12 + v), 215, 1.2, 8),
        through((95, 36)),
    )


def _ponytail() -> Control:
    return through(
        (95, 24), (100, 30), (96, 35), (93, 29), (101, 24), (116, 36), (121, 62), (116, 88), (124, 104, S),
        (107, 94), (105, 66), (103, 46), (95, 38), (94, 54), (88, 69),
    )


def _bob(v: float, under_hat: bool) -> Control:
    part = through((45, 33, S)) if under_hat else through((43, 34), (40, 12), (50, 34))
    return join(
        through(
            (102 + v, 38), (103 + v, 66), (98, 88), (88, 95, S), (72, 93), (56, 88), (44, 92, S), (52, 76),
            (51, 54),
        ),
        part,
        through((60, 58), (66, 84), (77, 100)),
    )


def _long(v: float, under_hat: bool, wavy: bool) -> Control:
    part = through((47, 33, S)) if under_hat else through((46, 24), (42, 8), (46, 30))
    fall = through((100 + v, 28), (103 + v, 38), (103 + v, 70), (106, 98), (118, 120))
    return join(
        waves(fall, 2.5, 4.5) if wavy else fall,
        through((114, 142, S), (100, 122), (93, 98), (84, 74), (66, 48)),
        part,
        through((57, 54), (60, 78), (68, 104)),
    )


def _ear(who: Sitter) -> Control:
    drop = spiral((60, 77), 4.2, 3.6, -95, 1.05) if who.earring else None
    return join(
        through(
            (80, 71), (74, 66), (71, 57), (69.5, 49), (64, 45), (58.5, 48), (57.5, 54), (61, 57.5), (65, 55),
            (64.5, 51.5), (62.5, 56), (59.5, 61.5), (58.5, 67), (61, 71),
        ),
        drop,
        through((67, 75), (77, 82)),
    )
