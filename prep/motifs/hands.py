"""A hand that holds a flower."""

from __future__ import annotations

from prep.motifs.chance import Chance
from prep.motifs.curve import SHARP, Control, join, through
from prep.motifs.plants import bloom

S = SHARP

# points stand in rows, in the order the line runs through them
# fmt: off


def hand(chance: Chance) -> Control:
    """A hand from the right, a flower between thumb and forefinger."""
    kind, petals, lean = chance.pick({"rose": 1, "tulip": 1, "daisy": 1}), chance.whole(6, 8), chance.about(0, 5)
    bracelet = chance.often(0.4)
    wrist = through((122, 134), (104, 114))
    index = through((90, 92), (80, 74), (70, 64), (56, 58), (44, 58), (33, 63), (28, 67, S))
    stem = through((26 + 0.3 * lean, 50), (24 + lean, 24, S))
    flower = bloom(kind, (24 + lean, 24), 44, petals)
    back = through((24 + lean, 24, S), (26 + 0.3 * lean, 50), (28, 70), (33, 92), (38, 122, S), (33, 92), (29, 75, S))
    thumb = through(
        (36, 78), (48, 76), (58, 72), (64, 74), (60, 79), (44, 84), (41, 90), (47, 93), (62, 88), (48, 95),
        (46, 101), (52, 104), (64, 98), (53, 105), (52, 111), (58, 113), (68, 108),
    )
    palm = through((66, 114), (74, 122), (84, 133))
    band = through((85, 134), (95, 125), (102, 112.5, S), (106, 117), (99, 130), (89, 138.5)) if bracelet else None
    return join(wrist, index, stem, flower, back, thumb, palm, band, through((96, 150)))
