"""What the hand does before a breast in profile: it holds the chin, a flower, a glass or a cat.

The coordinates are those of the profile: chin near (20, 101), mouth near (14, 80), breast near (46, 126).
"""

from __future__ import annotations

from prep.motifs.cats import cat_face
from prep.motifs.chance import Chance
from prep.motifs.curve import SHARP, Control, join, place, through
from prep.motifs.plants import bloom

S = SHARP

# points stand in rows, in the order the line runs through them
# fmt: off


def forearm(gesture: str, chance: Chance) -> Control:
    """Up the outside of the arm, the hand with what it holds, down the inside."""
    match gesture:
        case "cat":
            face = place(cat_face(chance)[::-1], at=(19, 133), size=0.78, degrees=chance.about(-4, 4), about=(40, 24))
            return join(
                through(
                    (120, 172), (86, 183), (44, 184), (12, 178), (0, 169), (1, 162), (10, 162), (14, 167, S),
                    (5, 160), (5, 152),
                ),
                face,
                through((42, 146), (54, 160), (58, 175, S), (60, 164), (54, 148)),
            )
        case "chin":
            return through(
                (2, 176), (2, 152), (7, 134), (3, 122), (4, 114), (10, 109), (15, 113, S), (17, 107),
                (22.5, 107), (23, 113, S), (26, 107.5), (31, 108), (30.5, 115, S), (36, 111), (39, 117),
                (33, 125), (27, 134), (24, 154), (26, 172),
                (34, 172)
            )
        case "flower":
            stem = through((-10, 116, S), (-11, 98), (-15, 84, S))
            return join(
                through((-2, 176), (-8, 150), (-12, 136), (-18, 124), (-15, 117)),
                stem,
                bloom("rose", (-15, 84), 26, 6)[:-3],
                through((-15, 84, S), (-11, 98), (-8, 117, S), (2, 115), (4, 119), (-3, 121, S), (5, 120), (7, 125)),
                through((-1, 127, S), (7, 126), (8, 131), (2, 132), (8, 137), (14, 150), (20, 168), (30, 173)),
            )
        case _:
            return through(
                (-2, 176), (-8, 150), (-12, 134), (-17, 120), (-13, 112), (-12, 107, S), (-15, 88, S),
                (8, 88, S), (-3, 90.5), (-15, 88, S), (-12, 108, S), (4, 108, S), (6, 96, S), (4, 108, S),
                (6, 112), (-3, 114, S), (7, 114), (8, 119), (-2, 121, S), (8, 121), (8, 127), (2, 129),
                (8, 137), (14, 150), (20, 168), (30, 173),
            )
