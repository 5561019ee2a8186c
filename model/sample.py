"""Drawings out of a network: by seed, from a latent vector, along a walk, again from a recipe.

A seed gives the same points alone and in any batch, with any number of threads; model.hand says how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import torch

from drawing.drawing import Drawing
from drawing.finish import UNTOUCHED, Finish
from drawing.recipe import Endpoint, Recipe
from drawing.stroke import Stroke3, from_moves, to_moves
from model.complete import Beginning
from model.data import to_batch
from model.errors import ModelError
from model.hand import GRID, Ask, Drawn, Hand, OnGrown
from model.latent import Easing, Kind, Z, path
from model.noise import prior

if TYPE_CHECKING:
    from model.checkpoint import Checkpoint

UNLIKE = 2.0
"""A drawing this many times larger or smaller than those learnt is scaled before it is encoded."""


@dataclass(frozen=True)
class Sample:
    """A drawing that a network made."""

    drawing: Drawing
    """In the unit of the training data."""
    seed: int
    finished: bool
    """Whether the network ended it, rather than the cap on points."""
    nats_per_point: float
    """How unlikely its own network finds it, at temperature 1; the latent vector and given points not counted."""
    recipe: Recipe


@dataclass(frozen=True)
class Order:
    """One drawing asked of a Sampler."""

    seed: int
    temperature: float = 0.3
    pen_temperature: float | None = None
    max_points: int | None = None
    z: Z | None = None
    """None takes that of the seed."""
    recipe: Recipe | None = None
    """What to say of how z came about."""
    beginning: Beginning | None = None
    """Points to begin with; the rest of the drawing is then in their unit and at their place."""
    finish: Finish = UNTOUCHED
    """What is done to the drawing once it is drawn."""


OnSample = Callable[[int, Sample], object]
OnStep = Callable[[int, int], object]


class Sampler:
    """A network ready to draw; not to be used by two threads at once."""

    def __init__(self, checkpoint: Checkpoint, device: str = "cpu", threads: int | None = None) -> None:
        """Args:
        device: ``cpu`` or ``cuda``; an Apple GPU has no float64.
        threads: most to share drawings out among; by default one a core.
        """
        self.checkpoint = checkpoint
        self.device = torch.device("cpu" if device in ("auto", "mps") else device)
        self.net = checkpoint.build("float64").to(self.device)
        self.hand = Hand(self.net, threads)

    @property
    def conditional(self) -> bool:
        """Whether it decodes latent vectors."""
        return self.net.conditional

    @property
    def cap(self) -> int:
        """Most points of a drawing unless asked otherwise: a quarter more than in the longest one learnt."""
        return self.checkpoint.n_max + self.checkpoint.n_max // 4

    # what is drawn

    def draw(self, seeds: Sequence[int], temperature: float = 0.3, **options: float | int | None) -> list[Sample]:
        """A drawing of each seed; options as in Order."""
        return self.make([Order(seed, temperature, **options) for seed in seeds])  # pyright: ignore[reportArgumentType]

    def reconstruct(self, drawing: Drawing, order: Order, name: str = "") -> Sample:
        """A drawing encoded and decoded again, from the mean of its posterior."""
        z = self.encode(drawing)
        recipe = Recipe(kind="reconstruct", seed=order.seed, endpoints=(Endpoint(drawing=name or None, z=list(z)),))
        return self.make([replace(order, z=z, recipe=recipe)])[0]

    def interpolate(
        self,
        ends: Sequence[Endpoint],
        steps: int,
        order: Order,
        kind: Kind = "slerp",
        *,
        loop: bool = False,
        easing: Easing = "linear",
    ) -> list[Order]:
        """Orders for the frames of a walk: z moves, the chance of the points stays the same."""
        frames, places = path([self.latent(end) for end in ends], steps, kind, loop=loop, easing=easing)
        eased = {} if easing == "linear" else {"easing": easing}
        return [
            replace(
                order,
                z=z,
                recipe=Recipe(
                    kind="interpolate",
                    seed=order.seed,
                    index=index,
                    endpoints=tuple(ends),
                    path=kind,
                    at=float(at),
                    settings={"steps": steps, "loop": loop, **eased},
                ),
            )
            for index, (z, at) in enumerate(zip(frames, places, strict=True))
        ]

    def redo(self, recipe: Recipe) -> Sample:
        """The drawing of a recipe, drawn again.

        Raises:
            ModelError: another checkpoint's, or of a kind that no network draws.
        """
        if recipe.kind == "artist":
            raise ModelError(f"A recipe of kind {recipe.kind!r} can't be drawn again by a network.")
        if recipe.checkpoint and self.checkpoint.hash and recipe.checkpoint != self.checkpoint.hash:
            raise ModelError(
                f"The recipe is of checkpoint {recipe.checkpoint[:12]}, not of this one ({self.checkpoint.hash[:12]})."
            )
        if recipe.temperature is None:
            raise ModelError("The recipe does not tell its temperature.")
        z = None if recipe.z is None else np.array(recipe.z)
        order = Order(recipe.seed, recipe.temperature, recipe.pen_temperature, recipe.max_points, z, recipe)
        beginning = Beginning.of_recipe(recipe)
        return self.make([replace(order, beginning=beginning, finish=Finish.of(recipe.settings))])[0]

    # latent vectors

    def latent(self, end: Endpoint) -> Z:
        """z of an endpoint that has one, or a seed.

        Raises:
            ModelError: a network without latent vectors, or an endpoint of another size.
        """
        self._need_latent()
        size = self.net.settings.latent
        if end.z is not None:
            if len(end.z) != size:
                raise ModelError(f"A latent vector of {len(end.z)} numbers is not of this network, which has {size}.")
            if not np.isfinite(end.z).all():
                raise ModelError("A latent vector has a value that is no number.")
            return np.array(end.z, dtype=np.float64)
        if end.seed is None:
            raise ModelError("An endpoint needs a seed or a latent vector.")
        return prior(end.seed, size)

    def made(self, recipe: Recipe | None) -> bool:
        """Whether this very network drew what the recipe tells of."""
        return recipe is not None and recipe.checkpoint is not None and recipe.checkpoint == self.checkpoint.hash

    def endpoint_of(self, recipe: Recipe) -> Endpoint | None:
        """The latent vector that a drawing of this very network was decoded from; None for any other."""
        if not self.made(recipe) or not self.conditional or recipe.kind == "artist":
            return None
        if recipe.z is not None:
            return Endpoint(z=recipe.z)
        return Endpoint(seed=recipe.seed)  # what tells no z took that of its seed

    def encode(self, drawing: Drawing, *, fit: bool = True) -> Z:
        """Mean of the posterior of z given a drawing, shape (Nz,).

        Args:
            fit: False takes the drawing as it is, see ``fitted``.

        Raises:
            ModelError: a network without encoder, or a drawing without a line.
        """
        self._need_latent()
        rows = self.rows_of(drawing) if fit else to_moves(drawing)
        batch = to_batch([rows], self.checkpoint.scale)
        with torch.no_grad():
            mu, _ = self.net.encode(batch.points.double().to(self.device), batch.lengths.to(self.device))
        return mu[0].cpu().numpy()

    def rows_of(self, drawing: Drawing) -> Stroke3:
        """A drawing as rows of the kind that the network has learnt; where it lies on the page is no movement."""
        return to_moves(self.fitted(drawing)[0])

    def fitted(self, drawing: Drawing) -> tuple[Drawing, float]:
        """A drawing like those that the network has learnt, and the factor by which it was made larger.

        One of quite another size than those is scaled to theirs, and one with more points is simplified.
        """
        if drawing.points < 2:
            raise ModelError("A drawing needs two points at least to be encoded.")
        size = self.checkpoint.data.get("size")
        long_side = max(drawing.size)
        factor = 1.0
        if size and long_side > 0 and not 1 / UNLIKE < long_side / size < UNLIKE:
            factor = float(size) / long_side
            drawing = drawing.scale(factor)
        if drawing.points > self.checkpoint.n_max + 1:
            drawing = drawing.simplify_to(self.checkpoint.n_max + 1)
        return drawing, factor

    def _need_latent(self) -> None:
        if not self.conditional:
            raise ModelError("This network draws by seed alone: it was trained without an encoder (net.kind decoder).")

    # drawing

    def make(
        self,
        orders: Sequence[Order],
        on_sample: OnSample = lambda _index, _sample: None,
        on_step: OnStep = lambda _done, _total: None,
        should_stop: Callable[[], bool] = lambda: False,
        on_grown: OnGrown | None = None,
    ) -> list[Sample]:
        """Drawings in the order they were asked for; ``on_sample`` gets each as soon as it is done.

        Stopped before the end, it returns those that are done.

        Args:
            on_grown: gets what is added to lines on the way, see Hand.draw.
        """
        for order in orders:
            _check(order)
            if order.z is not None:
                self.latent(Endpoint(z=[float(value) for value in order.z]))
        found: dict[int, Sample] = {}

        def done(index: int, sample: Sample) -> None:
            found[index] = sample
            on_sample(index, sample)

        self.hand.draw(
            [self._ask(order) for order in orders],
            lambda index, drawn: done(index, self._sample(orders[index], drawn)),
            on_step,
            should_stop,
            on_grown,
        )
        return [found[index] for index in sorted(found)]

    def _ask(self, order: Order) -> Ask:
        pen_temperature = order.temperature if order.pen_temperature is None else order.pen_temperature
        z = None
        if self.conditional:
            z = prior(order.seed, self.net.settings.latent) if order.z is None else order.z
        given = None if order.beginning is None else order.beginning.rows(self.checkpoint.scale, GRID)
        return Ask(order.seed, order.temperature, pen_temperature, order.max_points or self.cap, z, given)

    def _sample(self, order: Order, drawn: Drawn) -> Sample:
        if order.beginning is None:
            drawing, given = self._placed(drawn.rows), 0
        else:
            drawing = order.beginning.continued(drawn.rows, self.checkpoint.scale)
            given = len(order.beginning.points) - 1
        drawing = order.finish.apply(drawing)
        base = order.recipe or Recipe(kind="sample", seed=order.seed)
        recipe = base.model_copy(
            update={
                "seed": order.seed,
                "checkpoint": self.checkpoint.hash or None,
                "temperature": order.temperature,
                "pen_temperature": order.pen_temperature,
                "max_points": order.max_points,
                "z": None if order.z is None else [float(value) for value in order.z],
                "settings": {**base.settings, **order.finish.told()},
                "versions": dict(_versions()),
            }
        )
        points = max(len(drawn.rows) - given, 1)
        return Sample(drawing, order.seed, drawn.finished, drawn.nats / points, recipe)

    def _placed(self, rows: Stroke3) -> Drawing:
        """The drawing of rows in the scale of the network, which begins at the origin."""
        rows = rows.copy()
        rows[:, :2] *= self.checkpoint.scale
        return from_moves(rows)


def _check(order: Order) -> None:
    if not isinstance(order.seed, int | np.integer) or not 0 <= order.seed < 2**63:
        raise ModelError(f"A seed is a whole number from 0 on, not {order.seed}.")
    for name, value in (("temperature", order.temperature), ("pen temperature", order.pen_temperature)):
        if value is not None and not 0 <= value <= 10:
            raise ModelError(f"A {name} lies between 0 and 10, not {value:g}.")
    cap = order.max_points
    if cap is not None and (not isinstance(cap, int | np.integer) or not 1 <= cap <= 10_000):
        raise ModelError(f"The cap on points is a whole number from 1 to 10,000, not {cap}.")


@cache
def _versions() -> Mapping[str, str]:
    from importlib.metadata import version  # reads a file

    return {"monoline": version("monoline"), "torch": torch.__version__, "numpy": np.__version__}
