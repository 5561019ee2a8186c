"""Sitter, the person of a portrait: age, features, hair and what is worn, the same from every side."""

from __future__ import annotations

from dataclasses import dataclass

from prep.motifs.chance import Chance

_HAIR = {
    "child": {"short": 4, "fringe": 4, "curls": 2, "bob": 3, "ponytail": 3},
    "adult": {"short": 3.5, "fringe": 1.5, "curls": 3, "long": 4, "bun": 4, "bob": 2.5, "ponytail": 2.5, "bald": 0.6},
    "old": {"short": 3, "curls": 1.5, "bun": 3, "bald": 4},
}
_HAT = {"none": 10, "brim": 2, "beret": 1.6, "cap": 1.2}
_CHILD_HAT = {"none": 10, "cap": 1.5, "woolly": 2.5}
_COLLAR = {"none": 6, "round": 3, "shirt": 2, "scarf": 2, "bow": 1.2}
_LONG = ("long", "bun", "ponytail", "bob")


@dataclass(frozen=True)
class Sitter:
    """One person; features are signed deviations, about -1 to 1, 0 is the plain designed face."""

    age: str
    """child, adult or old."""
    soft: bool
    """Soft features: a small nose, full lips, lashes."""
    hair: str
    """short, fringe, curls, long, bob, bun, ponytail or bald."""
    hat: str
    """none, brim, beret, cap or woolly."""
    collar: str
    """none, round, shirt, scarf or bow."""
    beard: bool
    moustache: bool
    glasses: bool
    earring: bool
    asleep: bool
    """The eyes are closed."""
    nose: float
    bridge: float
    """A hump of the nose, or a hollow."""
    lips: float
    chin: float
    brow: float
    smile: float
    volume: float
    """How much the hair stands off the head."""

    @property
    def is_child(self) -> bool:
        """Whether the sitter is a child."""
        return self.age == "child"

    @property
    def is_old(self) -> bool:
        """Whether the sitter is old."""
        return self.age == "old"


def ask(chance: Chance) -> Sitter:
    """Invite somebody to sit; every choice is made whether it is needed or not, so that the order never changes."""
    age = chance.pick({"child": 2, "adult": 6, "old": 2.2})
    hair = chance.pick(_HAIR[age])
    hat = chance.pick(_CHILD_HAT if age == "child" else _HAT)
    collar = chance.pick(_COLLAR)
    soft = chance.often(0.25) or hair in _LONG or age == "child"
    beard, moustache = chance.often(0.4), chance.often(0.3)
    glasses, earring, asleep = chance.often(0.2), chance.often(0.5), chance.often(0.16)
    grown_man = age != "child" and not soft
    return Sitter(
        age=age,
        soft=soft,
        hair=hair,
        hat="none" if hair in ("bun", "curls") else hat,
        collar="round" if hair == "long" and collar == "scarf" else collar,
        beard=beard and grown_man,
        moustache=moustache and grown_man,
        glasses=glasses,
        earring=earring and soft and hair != "bald" and age != "child",
        asleep=asleep and not glasses,
        nose=chance.about(0.5 if age == "old" else -0.5 if soft else 0.2, 0.4),
        bridge=chance.about(-0.3 if soft else 0.4, 0.4),
        lips=chance.about(-0.6 if age == "old" else 0.5 if soft else -0.1, 0.35),
        chin=chance.about(0.3 if age == "old" else -0.2 if soft else 0.2, 0.4),
        brow=chance.about(-0.3 if soft else 0.3, 0.4),
        smile=chance.about(0.5 if age == "old" else 0.7, 0.4),
        volume=chance.about(0.0, 0.5),
    )
