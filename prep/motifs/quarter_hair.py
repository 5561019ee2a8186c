"""Hair and the ear of a head in three-quarter view, from the far forehead near (13, 22) to the near brow."""

from __future__ import annotations

from prep.motifs.chance import Chance
from prep.motifs.curve import SHARP, Control, curls, ellipse, join, scallops, spiral, through, waves
from prep.motifs.hats import hat
from prep.motifs.sitter import Sitter

S = SHARP

# points stand in rows, in the order the line runs through them
# fmt: off


def hair(who: Sitter, chance: Chance) -> Control:
    """From the forehead over the head, down the back and forward to the outer end of the near brow."""
    loops, tousled, wavy = chance.whole(8, 10), chance.often(0.5), chance.often(0.4)
    v = 2.5 * who.volume
    crown = through((20, 2 - v), (36, -6 - v), (60, -7 - v), (82, 3 - v), (95 + v, 22))
    swept = through((34, 16), (50, 24), (61, 40, S), (58, 22), (42, 9), (20, 10))
    back = through((98 + v, 42), (95, 60), (87, 73))
    covered = join(hat(who.hat), through((97, 42))) if who.hat != "none" else None
    front = covered if covered is not None else join(swept, crown)
    match who.hair:
        case "curls":
            path = through((14, 20), (22, 5), (42, -4), (68, -3), (88, 14), (96, 40), (90, 64))
            return join(curls(path, loops, 5.0 + 0.5 * v), through((86, 73)), _ear(who))
        case "bun":
            bun = ellipse((80, -13 - v), (13 + v, 11 + v), 160, 1.12, 8)
            return join(swept, through((24, 4), (42, -5), (66, -5)), bun, through((88, 2), (96, 20)), back, _ear(who))
        case "ponytail":
            tail = through(
                (99, 30), (104, 35), (99, 40), (97, 33), (106, 29), (119, 42), (122, 66), (117, 88), (124, 102, S),
                (108, 90), (108, 62), (101, 42), (96, 56), (87, 73),
            )
            return join(front, tail, _ear(who))
        case "bob":
            fall = through((104 + v, 40), (105 + v, 66), (98, 90), (86, 96), (72, 95), (58, 97, S))
            return join(front, fall, through((64, 78), (64, 58), (58, 44)))
        case "long":
            fall = through((102 + v, 32), (105 + v, 44), (105 + v, 76), (108, 108), (116, 130))
            hem = through((104, 142, S), (92, 138), (80, 130), (66, 136, S), (64, 112), (66, 84), (64, 58), (58, 44))
            return join(front, waves(fall, 2.5, 4.5) if wavy else fall, hem)
        case "fringe":
            bangs = through(
                (12, 28, S), (20, 24), (25, 30, S), (33, 25), (40, 31, S), (48, 26), (55, 34, S), (54, 20),
                (40, 10), (22, 13), (8, 26, S), (8, 14),
            )
            return join(covered if covered is not None else join(bangs, crown), back, _ear(who))
        case "bald":
            bare = through((15, 13), (30, 0), (54, -4), (76, 2), (91, 18))
            tuft = scallops(through((95, 36), (98, 52), (87, 72)), 4, 3.2)
            return join(covered if covered is not None else bare, tuft, _ear(who))
        case _:
            if tousled and covered is None:
                tufts = scallops(through((11.5, 19), (18, 6), (36, -4 - v), (60, -8 - v)), 4, 4.0, 3)
                front = join(tufts, through((82, 3 - v), (95 + v, 22)))
            return join(front, back, _ear(who))


def _ear(who: Sitter) -> Control:
    drop = spiral((74.5, 79), 3.8, 3.3, -95, 1.05) if who.earring else None
    return join(
        through((80, 74.5)), drop,
        through(
            (73, 72), (71, 65), (71.5, 55), (76, 49), (81, 54), (79.5, 63), (75.5, 67), (74, 60), (76, 54),
            (71, 46), (64, 44.5), (58, 44),
        ),
    )
