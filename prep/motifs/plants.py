"""Plants: in a pot, a branch, a flower; the line climbs the stem and makes a loop for each leaf."""

from __future__ import annotations

import math

from prep.motifs.chance import Chance
from prep.motifs.curve import SHARP, Control, ellipse, join, place, scallops, spiral, through

S = SHARP

# points stand in rows, in the order the line runs through them
# fmt: off


def leaf(
    foot: tuple[float, float], degrees: float, size: float, width: float, droop: float = 0.0, rib: bool = False
) -> Control:
    """A leaf: out along one edge, back along the other to its foot.

    Args:
        foot: where it grows.
        degrees: where it points; 0 is up, positive turns clockwise.
        size: its length.
        width: half its width, as a part of its length.
        droop: how far the tip bends over to the right, as a part of its length.
        rib: whether the line goes along the middle as well.
    """
    shape = through(
        (0, 0, S), (-width * 0.75, -0.22), (-width + droop * 0.2, -0.48), (-width * 0.55 + droop * 0.6, -0.8),
        (droop, -1, S), (width * 0.7 + droop * 0.5, -0.72), (width + droop * 0.1, -0.42), (width * 0.7, -0.15),
        (0, 0, S),
    )
    if rib:
        shape = join(shape, through((droop * 0.12, -0.4), (droop * 0.45, -0.72, S), (droop * 0.12, -0.4), (0, 0, S)))
    return place(shape, at=foot, size=size, degrees=degrees)


def branch(chance: Chance) -> Control:
    """A leafy branch."""
    count, bend, rib = chance.whole(4, 6), chance.about(0.0, 14), chance.often(0.35)
    slim = chance.often(0.35)
    width = chance.between(0.13, 0.18) if slim else chance.between(0.24, 0.36)
    stretch = 1.25 if slim else 1.0
    parts = [through((50 - bend, 118))]
    side = -1.0
    for number in range(count):
        t = (number + 0.6) / (count + 0.4)
        foot = (50 + bend * (2 * t * t - 1) + 1.5 * side, 102 - 94 * t)
        size = stretch * (42 - 14 * t) * chance.between(0.9, 1.1)
        parts.append(leaf(foot, side * (64 - 20 * t) + 0.6 * bend * t, size, width, 0.16 * side, rib))
        side = -side
    top = (50 + bend, 0.0)
    parts += [through(top), leaf(top, bend, 27 * stretch, width, 0.12 * side, rib)]
    return join(*parts)


def pot_plant(chance: Chance) -> Control:
    """A plant in a pot on a table: blades, round leaves on stems, or a cactus."""
    style = chance.pick({"blades": 1.3, "stems": 1.3, "cactus": 1})
    count, width = chance.whole(4, 5), chance.between(0.85, 1.15)
    left = through((-14, 150), (28, 150, S), (24, 126), (21, 108, S), (17, 108, S), (17, 97, S), (34, 96))
    right = through(
        (66, 96), (83, 97, S), (83, 108, S), (50, 110), (21, 108, S), (50, 113), (79, 108.5, S), (76, 128),
        (72, 150, S), (114, 150),
    )
    parts: list[Control] = []
    match style:
        case "cactus":
            parts.append(_cactus(chance))
        case "stems":
            for number in range(count):
                t = number / (count - 1) * 2 - 1
                high = chance.between(0.9, 1.1) * (70 - 22 * abs(t))
                foot, tip = (50 + 12 * t, 96.0), (50 + 46 * t, 96 - high)
                stem = through((*foot, S), (50 + 18 * t, 96 - high * 0.5), (*tip, S))
                parts += [stem, leaf(tip, 62 * t, 34 * width, 0.4, 0.1 * t, rib=True), stem[::-1]]
        case _:
            spread = chance.between(46, 66)
            for number in range(count):
                t = number / (count - 1) * 2 - 1
                size = chance.between(0.88, 1.1) * (96 - 26 * abs(t) ** 1.5)
                parts.append(leaf((50 + 14 * t, 96), spread * t, size, 0.13 * width, 0.24 * t))
    return join(left, *parts, right)


def _cactus(chance: Chance) -> Control:
    tall, arm, bloom = chance.between(-8, 8), chance.about(0, 4), chance.often(0.6)
    top = 18 - tall
    flower_head = scallops(ellipse((50, top - 8), (7, 6), 100, 0.95, 9), 5, 3.5, 3) if bloom else through((50, top))
    left = through(
        (36, 96), (35, 74), (32, 70, S), (24, 69), (14, 62), (12, 48 + arm), (16, 40 + arm), (21, 46 + arm),
        (22, 56), (34, 58, S), (34, top + 22), (40, top + 4),
    )
    right = through(
        (60, top + 4), (66, top + 22), (66, 46, S), (77, 44), (79, 34 - arm), (83, 27 - arm), (88, 34 - arm),
        (87, 48), (78, 56), (66, 58, S), (65, 78), (64, 96, S),
    )
    ribs = through(
        (58, 96, S), (57, 60), (55, top + 24, S), (53, 60), (50, 96, S), (47, 60), (44, top + 24, S), (44, 60),
        (42, 95, S),
    )
    return join(left, flower_head, right, ribs)


def bloom(kind: str, foot: tuple[float, float], size: float, petals: int) -> Control:
    """The head of a flower above its foot, about ``size`` wide: a rose, a tulip or a daisy; petals are the daisy's."""
    match kind:
        case "rose":
            path = spiral((0, -24), 22, 4, 90, 2.55, 7)
            shape = join(through((0, 0)), scallops(path, 9, 3.4, 4))
        case "tulip":
            shape = through(
                (0, 0), (-16, -6), (-22, -24), (-19, -48, S), (-8, -34), (1, -52, S), (10, -34), (21, -48, S),
                (23, -24), (16, -6), (0, 0, S), (-9, -16), (-8, -34, S), (-5, -14), (0, 0, S), (8, -16),
                (10, -34, S),
            )
        case _:
            centre = (0.0, -26.0)
            parts = [through((0, 0), (0, -18)), ellipse(centre, (7.5, 7.5), 90, 1.0, 7)]
            for number in range(petals):
                turn = 180 + 360 * number / petals
                angle = math.radians(turn - 90)
                foot_of_petal = (centre[0] + 7.5 * math.cos(angle), centre[1] + 7.5 * math.sin(angle))
                parts.append(leaf(foot_of_petal, turn, 22, 2.1 / petals))
            shape = join(*parts)
    return place(shape, at=foot, size=size / 46)


def flower(chance: Chance) -> Control:
    """One flower on its stem: a rose, a tulip or a daisy."""
    kind, lean, petals = chance.pick({"rose": 1.2, "tulip": 1, "daisy": 1}), chance.about(0, 9), chance.whole(6, 8)
    low, high = chance.between(0.85, 1.2), chance.between(0.8, 1.1)
    return join(
        through((50 - lean, 170), (51 - lean * 0.6, 145)),
        leaf((51 - lean * 0.4, 130), 44, 48 * low, 0.2, 0.2),
        leaf((51 - lean * 0.1, 110), -44, 44 * high, 0.2, -0.2),
        through((51 + lean * 0.2, 90)),
        bloom(kind, (50 + lean * 0.5, 66), 48, petals),
    )
