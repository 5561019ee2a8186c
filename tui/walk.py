"""Walk: what Interpolate draws: a path through the latent space, the sum of three drawings, or those around one.

Frozen: every operation returns a new one.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from drawing.drawing import Drawing
    from drawing.recipe import Recipe

MOST_ENDS = 6
LEAST_STEPS, MOST_STEPS = 2, 24
Easing = Literal["linear", "in", "out", "in-out"]
EASINGS: tuple[Easing, ...] = get_args(Easing)
"""As model.latent has them."""
What = Literal["walk", "sum", "around"]
ENDS: dict[What, int] = {"walk": 2, "sum": 3, "around": 1}
"""How many ends each needs."""
VERBS: dict[What, str] = {"walk": "interpolate", "sum": "arithmetic", "around": "vary"}
"""What the worker is asked for each."""


@dataclass(frozen=True)
class End:
    """A drawing on the way: one with its recipe, or what a seed will give."""

    name: str
    drawing: Drawing | None = None
    recipe: Recipe | None = None
    seed: int | None = None

    @property
    def z_seed(self) -> int | None:
        """The seed that z comes from; None if it does not come from one."""
        sampled = self.recipe is not None and self.recipe.kind == "sample"
        return self.recipe.seed if self.recipe is not None and sampled else self.seed

    def told(self) -> dict[str, Any]:
        """As the worker takes it: the recipe where there is one, and the lines if that is of another network."""
        from drawing.stroke import to_stroke3

        if self.drawing is None:
            return {"seed": self.seed}
        told: dict[str, Any] = {"name": self.name, "rows": to_stroke3(self.drawing).tolist()}
        if self.recipe is not None:
            told["recipe"] = self.recipe.model_dump(mode="json", exclude_none=True)
        return told


TOO_MANY = f"A walk leads through {MOST_ENDS} drawings at most"


def toggled(ends: tuple[End, ...], end: End) -> tuple[End, ...]:
    """With this end at the end, or without it where it was there."""
    return tuple(each for each in ends if each != end) if end in ends else (*ends, end)


@dataclass(frozen=True)
class Walk:
    """The ends in their order, and how to go between them."""

    ends: tuple[End, ...] = ()
    steps: int = 8
    kind: Literal["slerp", "lerp"] = "slerp"
    temperature: float = 0.1
    seed: int = 1
    """Of the points: the same for each frame, so that only z changes."""
    loop: bool = False
    """The last frame leads to the first again."""
    even: bool = False
    """Frames are taken where the drawings change by the same amount, not where the path has the same length."""
    easing: Easing = "linear"
    """Whether each leg begins or ends slowly; not of a walk that is ``even``."""
    what: What = "walk"
    """``sum`` draws A - B + C of the first three ends, ``around`` variations of one."""
    centre: int = 0
    """Which of the ends the variations are of."""
    spread: float = 0.3
    """How far around: 0 the drawing itself, 1 any other."""
    strength: float = 1.0
    """Of a sum: A + s (C - B)."""

    @property
    def possible(self) -> bool:
        """True if there are ends enough."""
        return len(self.ends) >= ENDS[self.what]

    @property
    def words(self) -> str:
        """The ends, and what is done with them."""
        names = [end.name for end in self.ends]
        if self.what == "around":
            return f"around {names[self._centre]}" if names else ""
        if self.what == "sum" and self.strength != 1.0 and len(names) >= 3:
            return f"{names[0]} {'-' if self.strength < 0 else '+'} {abs(self.strength):g} ({names[2]} - {names[1]})"
        if self.what == "sum":
            return " ".join(part for pair in zip(("", "-", "+"), names, strict=False) for part in pair if part)
        return " > ".join(names)

    @property
    def labels(self) -> list[str]:
        """What stands below the ends."""
        letters = "ABC" if self.what == "sum" else ""
        return [f"{letters[i]}  {end.name}" if i < len(letters) else end.name for i, end in enumerate(self.ends)]

    @property
    def _centre(self) -> int:
        return min(self.centre, len(self.ends) - 1)

    @property
    def stands_still(self) -> bool:
        """True if somewhere a way leads to where it began: to another drawing of the same seed, or to the same one."""
        return self.what == "walk" and any(
            (a.z_seed is not None and a.z_seed == b.z_seed) or (a.drawing is not None and a.drawing == b.drawing)
            for a, b in itertools.pairwise(self.ends)
        )

    def through(self, ends: tuple[End, ...]) -> Walk:
        """Other ends, MOST_ENDS at most, with steps enough for each of them."""
        ends = ends[:MOST_ENDS]
        return replace(self, ends=ends, steps=max(self.steps, len(ends)))

    def moved(self, index: int, by: int) -> Walk:
        """An end one place further on or back, where there is one."""
        ends, to = list(self.ends), index + by
        if not (0 <= index < len(ends) and 0 <= to < len(ends)):
            return self
        ends[index], ends[to] = ends[to], ends[index]
        return replace(self, ends=tuple(ends))

    def without(self, index: int) -> Walk:
        """Without one of the ends."""
        return replace(self, ends=self.ends[:index] + self.ends[index + 1 :])

    def in_steps(self, steps: int) -> Walk:
        """In so many frames, one for each end at least."""
        return replace(self, steps=max(LEAST_STEPS, len(self.ends), min(MOST_STEPS, steps)))

    @property
    def verb(self) -> str:
        """What the worker is asked to do."""
        return VERBS[self.what]

    def request(self) -> dict[str, Any]:
        """What the worker is told of it."""
        common: dict[str, Any] = {"temperature": self.temperature, "seed": self.seed}
        if self.what == "sum":
            a, b, c = (end.told() for end in self.ends[:3])
            return {"a": a, "b": b, "c": c, "n": self.steps, "strength": self.strength, **common}
        if self.what == "around":
            return {"drawing": self.ends[self._centre].told(), "n": self.steps, "spread": self.spread, **common}
        ends = [end.told() for end in self.ends]
        how = {"kind": self.kind, "loop": self.loop, "even": self.even, "easing": self.easing}
        return {"ends": ends, "steps": self.steps, **how, **common}
