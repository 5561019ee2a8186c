"""Drawings as they are named on the command line: an SVG, ``seed:7``, ``FILE.npz#test/12``, or the mean of a set.

``mean:FILE.npz#test`` is the mean of a split in latent space, ``mean:FILE.npz#test/0-99`` that of its first
hundred, ``mean:FOLDER`` that of all drawings in a folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from configs.errors import OptionError

if TYPE_CHECKING:
    from drawing.drawing import Drawing
    from drawing.recipe import Endpoint, Recipe
    from model.sample import Sampler


@dataclass(frozen=True)
class Given:
    """A drawing that was named: its lines, or the seed that tells it."""

    name: str
    drawing: Drawing | None = None
    recipe: Recipe | None = None
    seed: int | None = None
    set_of: tuple[Drawing, ...] = ()
    """The drawings that this is the mean of."""

    def endpoint(self, sampler: Sampler) -> Endpoint:
        """Its latent vector: the one it was made from by this very network, or that of its lines."""
        from drawing.recipe import Endpoint

        if self.seed is not None:
            return Endpoint(seed=self.seed)
        if self.set_of:
            from model.orders import mean

            return mean(sampler, self.set_of, self.name)
        known = None if self.recipe is None else sampler.endpoint_of(self.recipe)
        if known is not None:
            return known
        assert self.drawing is not None
        return Endpoint(drawing=self.name, z=[float(value) for value in sampler.encode(self.drawing)])

    def is_own(self, sampler: Sampler) -> bool:
        """Whether this very network made it."""
        return self.seed is not None or sampler.made(self.recipe)

    def lines(self, sampler: Sampler, temperature: float) -> Drawing:
        """Its lines; those of a seed are drawn first.

        Raises:
            OptionError: the mean of a set has none.
        """
        if self.set_of:
            raise OptionError(f"{self.name} is no drawing but a place in latent space; name one drawing.")
        if self.drawing is None:
            assert self.seed is not None
            return sampler.draw([self.seed], temperature)[0].drawing
        return self.drawing


def read_given(text: str) -> Given:
    """The drawing that a person named.

    Raises:
        OptionError: the name is of no known form, or names nothing in the file.
        UnreadableFile, RefusedFile: see drawing.collection.
    """
    from drawing.collection import read_collection

    if text.startswith("seed:"):
        try:
            seed = int(text.removeprefix("seed:"))
        except ValueError:
            seed = -1
        if not 0 <= seed < 2**63:
            raise OptionError(f"{text} is not of the form seed:7.")
        return Given(text, seed=seed)
    if text.startswith("mean:"):
        return _mean(text)
    file, mark, place = text.partition("#")
    if not mark:
        entries = next(filter(None, read_collection(Path(text)).splits.values()))
        if len(entries) > 1:
            raise OptionError(f"{text} holds {len(entries)} drawings; name one as {text}#train/0.")
        return Given(text, entries[0].drawing, entries[0].recipe)
    split, _, number = place.rpartition("/")
    collection = read_collection(Path(file))
    split = split or next(iter(collection.splits))
    if split not in collection.splits:
        raise OptionError(f"{file} has no split {split!r}; there are: {', '.join(collection.splits)}.")
    entries = collection.splits[split]
    if not number.isdecimal() or int(number) >= len(entries):
        raise OptionError(f"{text} names no drawing: {_extent(split, len(entries))}.")
    entry = entries[int(number)]
    return Given(text, entry.drawing, entry.recipe)


def _mean(text: str) -> Given:
    from drawing.collection import read_collection

    file, _, place = text.removeprefix("mean:").partition("#")
    collection = read_collection(Path(file))
    split, _, some = place.partition("/")
    split = split or next(name for name, found in collection.splits.items() if found)
    if split not in collection.splits:
        raise OptionError(f"{file} has no split {split!r}; there are: {', '.join(collection.splits)}.")
    drawings = [each.drawing for each in collection.splits[split]]
    if some:
        first, _, last = some.partition("-")
        if not first.isdecimal() or not last.isdecimal() or int(first) > int(last):
            form = f"mean:{file}#{split}/0-{max(len(drawings) - 1, 0)}"
            raise OptionError(f"{text} is not of the form {form}, the lower number first.")
        if int(last) >= len(drawings):
            raise OptionError(f"{text} asks for more drawings than there are: {_extent(split, len(drawings))}.")
        drawings = drawings[int(first) : int(last) + 1]
    if not drawings:
        raise OptionError(f"{text} has no drawings to take the mean of.")
    return Given(text, set_of=tuple(drawings))


def _extent(split: str, count: int) -> str:
    """How many drawings a split has, in words."""
    if not count:
        return f"{split} has none"
    return f"{split} has 1, number 0" if count == 1 else f"{split} has {count}, numbers 0 to {count - 1}"
