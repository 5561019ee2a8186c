"""What a person types to find drawings that were kept: ``seed:7 temp:0.2-0.4 kind:vary fav note:"left hand"``."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar, get_args

from configs.nearest import did_you_mean
from drawing.drawing import Drawing
from drawing.errors import DrawingError
from drawing.recipe import Recipe
from drawing.sketch import About

HELP = (
    "seed:7 (seed:1-9), temp:0.2-0.4, net:portraits, kind:interpolate, points:100-200, strokes:1, fav, noted, "
    "note:word, name:word, or a part of a name or a note; no: or a minus before any of these is its contrary"
)
"""In a sentence."""
KINDS: tuple[str, ...] = get_args(Recipe.model_fields["kind"].annotation)
NUMBERED = ("temp", "temperature", "seed", "points", "strokes")
_NUMBER = r"\d+(?:\.\d*)?|\.\d+"
_RANGE = re.compile(rf"({_NUMBER})(?:(-)({_NUMBER})?)?")
NEAR = 1e-9


class Sketch(Protocol):
    """What is searched."""

    @property
    def name(self) -> str:
        """Of its file, without the ending."""
        ...

    @property
    def drawing(self) -> Drawing:
        """Its lines."""
        ...

    @property
    def recipe(self) -> Recipe | None:
        """How it came about, where that is known."""
        ...

    @property
    def about(self) -> About:
        """What a person says of it."""
        ...


Test = Callable[[Sketch], bool]
Found = TypeVar("Found", bound=Sketch)


@dataclass(frozen=True)
class Search:
    """All of these must hold."""

    tests: tuple[Test, ...] = ()

    def of(self, sketches: Sequence[Found]) -> list[Found]:
        """Those that meet it, in their order."""
        return [each for each in sketches if all(test(each) for test in self.tests)]


def read_search(text: str, networks: Mapping[str, str] | None = None) -> Search:
    """The search that a person types; everything for nothing.

    Args:
        networks: names of networks by the hash of their checkpoint, where they are known.

    Raises:
        DrawingError: a word that can't be understood, and what can.
    """
    return Search(tuple(_test(word, networks or {}) for word in _joined(_words(text))))


def _joined(words: list[str]) -> list[str]:
    """``seed 7``, as a screen says it, is ``seed:7``."""
    joined = list[str]()
    for word in words:
        if joined and joined[-1].lower() in NUMBERED and _RANGE.fullmatch(word):
            joined[-1] += f":{word}"
        else:
            joined.append(word)
    return joined


def _words(text: str) -> list[str]:
    for end in ("", '"', "'"):  # a quote may not be closed yet
        try:
            return shlex.split(text + end)
        except ValueError:
            continue
    return text.split()


def _test(word: str, networks: Mapping[str, str]) -> Test:
    if (bare := re.sub(r"^(?:-|no:)(?=.)", "", word, flags=re.IGNORECASE)) != word:
        wanted = _test(bare, networks)
        return lambda sketch: not wanted(sketch)
    key, colon, value = word.partition(":")
    key = key.lower()
    if not colon:
        if key in ("fav", "favourite"):
            return lambda sketch: sketch.about.favourite
        if key == "noted":
            return lambda sketch: bool(sketch.about.note)
        part = word.casefold()
        return lambda sketch: part in sketch.name.casefold() or part in sketch.about.note.casefold()
    if key not in WORDS:
        raise DrawingError(f"{word}: there is no {key}:{did_you_mean(key, tuple(WORDS))}; known are {HELP}.")
    if not value:
        raise DrawingError(f"{word} lacks what to look for, as in {WORDS[key]}.")
    if key in NUMBERED:
        return _in_range(key, word, value)
    part = value.casefold()
    if key == "kind":
        if part not in KINDS:
            raise DrawingError(f"{word}: a kind is {', '.join(KINDS[:-1])} or {KINDS[-1]}{did_you_mean(part, KINDS)}.")
        return lambda sketch: sketch.recipe is not None and sketch.recipe.kind == part
    if key == "net":
        return lambda sketch: _of_network(sketch, part, networks)
    if key == "note":
        return lambda sketch: part in sketch.about.note.casefold()
    return lambda sketch: part in sketch.name.casefold()


WORDS = {
    "seed": "seed:7", "temp": "temp:0.2-0.4", "temperature": "temperature:0.3", "net": "net:portraits",
    "kind": "kind:interpolate", "points": "points:100-200", "strokes": "strokes:1", "note": 'note:"left hand"',
    "name": "name:walk",
}  # fmt: skip
"""What can stand before a colon, and an example of each."""


def _in_range(key: str, word: str, value: str) -> Test:
    found = _RANGE.fullmatch(value)
    low = float(found[1]) if found else 0.0
    high = low if found and not found[2] else math.inf if found and not found[3] else float(found[3]) if found else 0.0
    if found is None or high < low:
        raise DrawingError(
            f"{word}: {value!r} is neither a number nor a range with the lower first, as in {WORDS[key]}."
        )

    def test(sketch: Sketch) -> bool:
        number = _number(key, sketch)
        return number is not None and low - NEAR <= number <= high + NEAR

    return test


def _number(key: str, sketch: Sketch) -> float | None:
    if key == "points":
        return sketch.drawing.points
    if key == "strokes":
        return len(sketch.drawing.lines)
    if sketch.recipe is None:
        return None
    return sketch.recipe.seed if key == "seed" else sketch.recipe.temperature


def _of_network(sketch: Sketch, part: str, networks: Mapping[str, str]) -> bool:
    checkpoint = "" if sketch.recipe is None else sketch.recipe.checkpoint or ""
    name = networks.get(checkpoint, "").casefold()
    return sketch.name.casefold().startswith(part) or part in name or bool(checkpoint and checkpoint.startswith(part))


SORTS: dict[str, Callable[[Sketch], tuple[object, ...]]] = {
    "kept": lambda _: (),
    "name": lambda sketch: (sketch.name.casefold(),),
    "seed": lambda sketch: (sketch.recipe is None, 0 if sketch.recipe is None else sketch.recipe.seed),
    "temperature": lambda sketch: (_number("temp", sketch) is None, _number("temp", sketch) or 0.0),
    "ink": lambda sketch: (sketch.drawing.ink,),
    "favourites": lambda sketch: (not sketch.about.favourite,),
}
"""Orders, by name; ``kept`` is the one in which they were kept. Those that are alike stay in that."""


def in_order(sketches: Sequence[Found], sort: str) -> list[Found]:
    """In one of the orders."""
    return sorted(sketches, key=SORTS[sort])  # pyright: ignore[reportArgumentType] - tuples of one kind each
