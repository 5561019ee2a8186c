"""What a request to the worker means: the drawings to make, and what is replied of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from model.errors import ModelError

if TYPE_CHECKING:
    from drawing.drawing import Drawing
    from drawing.recipe import Endpoint
    from model.choose import Choice, Chosen
    from model.complete import Beginning
    from model.even import Evenness
    from model.sample import OnStep, Order, Sample, Sampler


@dataclass(frozen=True)
class Asked:
    """What a request asks to be drawn."""

    orders: list[Order]
    choice: Choice
    evenness: Evenness | None = None
    """Of a walk that was re-timed."""


def read_request(sampler: Sampler, request: dict[str, Any], on_step: OnStep, should_stop: Callable[[], bool]) -> Asked:
    """The drawings that a request asks for; only a walk that is to be re-timed takes long.

    Raises:
        ModelError: nobody knows how to do it.
        KeyError, IndexError, TypeError, ValueError: it is no request.
    """
    from model import orders
    from model.choose import Choice
    from model.even import even_walk

    what, choice = request["do"], read_choice(request)
    if what == "draw":
        return Asked(_drawn(request), choice)
    if not choice.plain:
        raise ModelError(f"Only what is drawn by seed can be chosen: leave best_of and rules out of {what!r}.")
    common = _common(request)
    n = int(request.get("n") or 1)
    if what == "interpolate":
        ends = [endpoint(sampler, each) for each in request["ends"]]
        steps, kind, loop = int(request["steps"]), request.get("kind", "slerp"), bool(request.get("loop"))
        if request.get("even"):
            timed = even_walk(
                sampler, ends, steps, common, kind, loop=loop, on_step=on_step, should_stop=should_stop
            )  # fmt: skip
            return Asked(timed[0], Choice(), timed[1])
        easing = request.get("easing") or "linear"
        return Asked(sampler.interpolate(ends, steps, common, kind, loop=loop, easing=easing), Choice())
    if what == "reconstruct":
        return Asked(orders.again(sampler, endpoint(sampler, request["drawing"]), n, common), Choice())
    if what == "vary":
        spread, way = float(request.get("spread", 0.3)), request.get("direction")
        end = endpoint(sampler, request["drawing"])
        return Asked(orders.vary(sampler, end, n, spread, common, None if way is None else int(way)), Choice())
    if what == "arithmetic":
        ends = [endpoint(sampler, request[name]) for name in ("a", "b", "c")]
        return Asked(orders.arithmetic(sampler, ends, n, common, float(request.get("strength", 1.0))), Choice())
    if what == "complete":
        begun, end = _beginning(sampler, request)
        z = None if end is None else sampler.latent(end)
        return Asked(orders.complete(sampler, begun, n, common, z, request.get("z", orders.Z_OF)), Choice())
    raise ModelError(f"Nobody knows how to {what!r}.")


def read_choice(request: dict[str, Any]) -> Choice:
    """How the drawings of a request are chosen.

    Raises:
        ModelError: rules that nobody knows.
    """
    from pydantic import ValidationError

    from drawing.accept import Rules
    from model.choose import Choice

    try:
        return Choice(int(request.get("best_of") or 1), Rules.model_validate(request.get("rules") or {}))
    except ValidationError as error:
        first = error.errors()[0]
        raise ModelError(f"The rule {'.'.join(map(str, first['loc']))}: {first['msg'].lower()}.") from None


def endpoint(sampler: Sampler, told: dict[str, Any]) -> Endpoint:
    """The latent vector of a drawing: its recipe's own, that of a seed, or that of its lines."""
    from drawing.recipe import Endpoint, Recipe

    if told.get("recipe"):
        end = sampler.endpoint_of(Recipe.from_json(json.dumps(told["recipe"])))
        if end is not None:
            return end
    if told.get("rows"):
        return Endpoint(drawing=told.get("name"), z=[float(value) for value in sampler.encode(lines_of(sampler, told))])
    if told.get("seed") is not None:
        return Endpoint(seed=int(told["seed"]))
    raise ModelError("A drawing of another network needs its lines to be encoded.")


def lines_of(sampler: Sampler, told: dict[str, Any]) -> Drawing:
    """The lines of a drawing; a recipe or a seed alone is drawn first."""
    from drawing.recipe import Recipe
    from drawing.stroke import from_stroke3

    if told.get("rows"):
        return from_stroke3(told["rows"])
    if told.get("recipe"):
        return sampler.redo(Recipe.from_json(json.dumps(told["recipe"]))).drawing
    return sampler.draw([int(told["seed"])])[0].drawing


def is_own(sampler: Sampler, told: dict[str, Any]) -> bool:
    """Whether this very network made a drawing."""
    from drawing.recipe import Recipe

    if told.get("recipe"):
        return sampler.made(Recipe.from_json(json.dumps(told["recipe"])))
    return not told.get("rows")


def told_sample(index: int, sample: Sample) -> dict[str, Any]:
    """The reply that a drawing is."""
    from drawing.stroke import to_stroke3

    return {
        "event": "sample",
        "index": index,
        "seed": sample.seed,
        "temperature": sample.recipe.temperature,
        "rows": to_stroke3(sample.drawing).tolist(),
        "finished": sample.finished,
        "nats_per_point": sample.nats_per_point,
        "recipe": sample.recipe.model_dump(mode="json", exclude_none=True),
    }


def told_chosen(index: int, wanted: int, chosen: Chosen) -> dict[str, Any]:
    """The reply that one drawing of several is, or that none of them was."""
    more = {"wanted": wanted, "rejected": chosen.rejected}
    if chosen.sample is None:
        return {"event": "rejected", "index": index, "reasons": list(chosen.reasons), **more}
    return {**told_sample(index, chosen.sample), **more}


def _common(request: dict[str, Any]) -> Order:
    from model.sample import Order

    return Order(
        int(request.get("seed", 0)),
        float(request.get("temperature", 0.1)),
        request.get("pen_temperature"),
        request.get("max_points"),
        finish=_finish(request),
    )


def _drawn(request: dict[str, Any]) -> list[Order]:
    from model.sample import Order

    return [Order(**item, finish=_finish(request)) for item in request["items"]]


def _finish(request: dict[str, Any]) -> Any:
    from drawing.finish import Finish

    return Finish.of(request.get("finish") or {})


def _beginning(sampler: Sampler, request: dict[str, Any]) -> tuple[Beginning, Endpoint | None]:
    """What is begun with, and the latent vector where ``z`` asks for that of the drawing it is from."""
    import numpy as np

    from drawing.stroke import check_stroke3, from_stroke3
    from model.complete import Beginning
    from model.orders import growth

    size = request.get("size")
    if request.get("rows") is not None:
        rows = check_stroke3(request["rows"])
        factor = growth(sampler, from_stroke3(rows), size=size)
        return Beginning(np.cumsum(rows[:, :2], axis=0), rows[:, 2] > 0.5, factor), None
    told, first = request["drawing"], request.get("first")
    whole = lines_of(sampler, told)
    begun = Beginning.of(
        whole, None if first is None else int(first), growth(sampler, whole, first, size, own=is_own(sampler, told))
    )
    return begun, endpoint(sampler, told) if sampler.conditional and request.get("z") == "drawing" else None
