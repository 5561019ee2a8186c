"""Drawings as they are named on the command line: an SVG, ``seed:7`` or ``FILE.npz#test/12``."""

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

    def endpoint(self, sampler: Sampler) -> Endpoint:
        """Its latent vector: the one it was made from by this very network, or that of its lines."""
        from drawing.recipe import Endpoint

        if self.seed is not None:
            return Endpoint(seed=self.seed)
        known = None if self.recipe is None else sampler.endpoint_of(self.recipe)
        if known is not None:
            return known
        assert self.drawing is not None
        return Endpoint(drawing=self.name, z=[float(value) for value in sampler.encode(self.drawing)])


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
        raise OptionError(f"{text} names no drawing: {split} has numbers 0 to {len(entries) - 1}.")
    entry = entries[int(number)]
    return Given(text, entry.drawing, entry.recipe)
