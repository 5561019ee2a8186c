"""Drawings by seed: the same alone and in any company, and as random as was asked for."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import networks
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax
from scipy.stats import multivariate_normal

from drawing.drawing import Drawing
from drawing.recipe import Endpoint, Recipe
from drawing.stroke import from_moves, to_moves
from model.bundled import bundled, find_checkpoint
from model.checkpoint import Checkpoint, load_checkpoint
from model.complete import Beginning
from model.errors import ModelError
from model.hand import GRID, TILE
from model.latent import slerp
from model.noise import prior, step_noise
from model.orders import complete
from model.sample import Order, Sample, Sampler
from model.sketch_rnn import SketchRNN


@contextmanager
def threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def outcome(sample: Sample) -> tuple[Drawing, bool, int, float]:
    """All of a sample that must not depend on its company."""
    return sample.drawing, sample.finished, sample.seed, sample.nats_per_point


def in_batches(sampler: Sampler, seeds: Sequence[int], size: int, temperature: float) -> list[Sample]:
    parts = [seeds[at : at + size] for at in range(0, len(seeds), size)]
    return list(itertools.chain.from_iterable(sampler.draw(part, temperature) for part in parts))


def by_numpy(
    net: SketchRNN, scale: float, seed: int, tau: float, pen_tau: float, cap: int, z: NDArray[np.float64] | None
) -> tuple[Drawing, bool]:
    """A second opinion on what a seed draws: plain numpy, one step after the other."""
    weights = networks.weights_of(net)
    noise = step_noise(seed, cap + 1)
    h, c = networks.started(weights, z)
    row = np.array([0.0, 0, 1, 0, 0])
    rows: list[tuple[float, float, float]] = []
    finished = False
    for u_part, u_pen, one, other in noise:
        _, h, c = networks.lstm(weights, "decoder", np.concatenate([row, [] if z is None else z])[None], h, c)
        raw = weights["output.weight"] @ h + weights["output.bias"]
        pi, mu_x, mu_y, log_sx, log_sy, rho_raw = np.split(raw[3:], 6)
        part, pen = chosen(pi / tau, u_part), chosen(raw[:3] / pen_tau, u_pen)
        if pen == 2:
            finished = True
            break
        if len(rows) == cap:
            break
        rho = np.tanh(rho_raw[part])
        x = mu_x[part] + np.exp(log_sx[part]) * np.sqrt(tau) * one
        y = mu_y[part] + np.exp(log_sy[part]) * np.sqrt(tau) * (rho * one + np.sqrt(1 - rho**2) * other)
        x, y = np.round(x * GRID) / GRID, np.round(y * GRID) / GRID
        rows.append((x * scale, y * scale, float(pen == 1)))
        row = np.array([x, y, 0, 0, 0])
        row[2 + pen] = 1.0
    return from_moves(np.array(rows).reshape(-1, 3)), finished


def chosen(logits: NDArray[np.float64], uniform: float) -> int:
    share = np.exp(logits - logits.max())
    return int(np.searchsorted(np.cumsum(share / share.sum()), uniform, side="right"))


def sampler_of(net: SketchRNN, **known: object) -> Sampler:
    return Sampler(networks.checkpoint_of(net, **known))


# the same drawing for the same seed


@pytest.mark.parametrize("kind", ["conditional", "decoder"])
def test_a_thousand_seeds_draw_the_same_alone_and_in_company(kind: str) -> None:
    sampler = sampler_of(networks.lively_net(kind, end=1.0), n_max=16)
    seeds = range(1000) if kind == "conditional" else range(10**12, 10**12 + 60)
    expected = [outcome(each) for each in sampler.draw(seeds, 0.7)]
    strokes = [len(drawing.lines) for drawing, *_ in expected]
    assert np.mean([finished for _, finished, *_ in expected]) > 0.5
    assert np.mean(np.array(strokes) > 1) > 0.15
    assert len({drawing for drawing, *_ in expected}) > 0.7 * len(seeds)  # some end at once
    assert [outcome(each) for each in in_batches(sampler, seeds[::3], 1, 0.7)] == expected[::3]
    assert [outcome(each) for each in in_batches(sampler, seeds[::-1], 12, 0.7)] == expected[::-1]
    with threads(2):
        assert [outcome(each) for each in in_batches(sampler, seeds, 100, 0.7)] == expected
        assert [outcome(each) for each in in_batches(sampler, seeds[:36], 12, 0.7)] == expected[:36]
        assert [outcome(each) for each in in_batches(sampler, seeds[:5], 1, 0.7)] == expected[:5]


def test_so_does_a_network_as_wide_as_real_ones() -> None:
    """Its matrix products are large enough to be cut up in other ways for other shapes and threads."""
    net = networks.lively_net(decoder=512, encoder=8, latent=64, mixtures=20, end=0.6)
    sampler = sampler_of(net, n_max=20)
    seeds = range(100)
    with threads(2):
        expected = [outcome(each) for each in sampler.draw(seeds, 0.5)]
        assert [outcome(each) for each in sampler.draw(seeds[:12], 0.5)] == expected[:12]
        assert [outcome(each) for each in in_batches(sampler, seeds[:3], 1, 0.5)] == expected[:3]
    assert np.mean([finished for _, finished, *_ in expected]) > 0.3
    assert [outcome(each) for each in sampler.draw(seeds, 0.5)] == expected
    assert [outcome(each) for each in in_batches(sampler, seeds[:36], 12, 0.5)] == expected[:36]
    assert [outcome(each) for each in in_batches(sampler, seeds[3:6], 1, 0.5)] == expected[3:6]


@pytest.mark.parametrize("name", sorted({"portraits", *bundled()}))
def test_so_do_bundled_networks(name: str) -> None:
    sampler = Sampler(load_checkpoint(find_checkpoint(name)))
    whole = sampler.draw(range(1, 25), 0.3, max_points=30)
    assert outcome(sampler.draw([17], 0.3, max_points=30)[0]) == outcome(whole[16])
    with threads(2):
        fewer = sampler.draw(range(1, 13), 0.3, max_points=30)
    assert [outcome(each) for each in fewer] == [outcome(each) for each in whole[:12]]


@pytest.mark.parametrize("kind", ["conditional", "decoder"])
def test_what_a_seed_draws_is_what_numpy_draws(kind: str) -> None:
    net = networks.lively_net(kind)
    sampler = sampler_of(net, n_max=32)
    assert sampler.cap == 40
    for tau, pen_tau in ((1.0, None), (0.3, None), (0.4, 1.5)):
        for sample in sampler.draw(range(40), tau, pen_temperature=pen_tau):
            z = prior(sample.seed, 3) if kind == "conditional" else None
            expected = by_numpy(net, 2.5, sample.seed, tau, pen_tau or tau, 40, z)
            assert (sample.drawing, sample.finished) == expected


def test_what_others_want_does_not_matter() -> None:
    sampler = sampler_of(networks.lively_net())
    z = np.array([0.5, -1.0, 2.0])
    orders = [Order(5, 0.2), Order(5, 1.0, 0.4), Order(6, 0.5, None, 7), Order(7, 0.5, None, None, z), Order(5, 0.2)]
    together = sampler.make(orders)
    for order, sample in zip(orders, together, strict=True):
        assert outcome(sampler.make([order])[0]) == outcome(sample)
    assert outcome(together[0]) == outcome(together[4])
    assert together[0].drawing != together[1].drawing


# as random as asked for

PI = np.array([0.6, -0.4, 0.2])
MU = np.array([[-20.0, 0.0], [20.0, 5.0], [0.0, 30.0]])
SIGMA = np.array([[1.0, 0.5], [2.0, 1.0], [0.5, 1.5]])
RHO = np.array([0.0, 0.8, -0.6])
PEN = np.array([1.5, 1.0, -1.5])


def mixture_sampler() -> Sampler:
    """A network that draws each point from the mixture above, whatever came before."""
    raw = np.concatenate([PEN, PI, MU[:, 0], MU[:, 1], *np.log(SIGMA.T), np.arctanh(RHO)])
    return sampler_of(networks.constant_net(raw), scale=1.0, n_max=160)


def steps_of(samples: Sequence[Sample]) -> NDArray[np.float64]:
    return np.concatenate([to_moves(each.drawing)[:, :2] for each in samples])


@pytest.mark.parametrize("tau", [1.0, 0.5, 0.25])
def test_temperature_divides_the_logits_and_scales_the_variance(tau: float) -> None:
    samples = mixture_sampler().draw(range(400), tau, pen_temperature=1.0)
    steps = steps_of(samples)
    assert len(steps) > 8_000
    part = np.argmin(((steps[:, None] - MU) ** 2).sum(axis=2), axis=1)
    weights = np.exp(PI / tau)
    shares = np.bincount(part, minlength=3) / len(part)
    np.testing.assert_allclose(shares, weights / weights.sum(), atol=0.02)
    for k in np.flatnonzero(shares > 0.05):
        mine = steps[part == k]
        np.testing.assert_allclose(mine.mean(axis=0), MU[k], atol=0.08)
        np.testing.assert_allclose(mine.var(axis=0), SIGMA[k] ** 2 * tau, rtol=0.1)
        assert np.corrcoef(mine.T)[0, 1] == pytest.approx(RHO[k], abs=0.04)


@pytest.mark.parametrize("pen_tau", [1.0, 0.5, 2.0])
def test_the_pen_has_a_temperature_of_its_own(pen_tau: float) -> None:
    samples = mixture_sampler().draw(range(300), 0.3, pen_temperature=pen_tau)
    points = sum(each.drawing.points - 1 for each in samples)
    ends = sum(each.finished for each in samples)
    # the last point of a drawing ends its stroke whether the pen lifted there or not: leave it out
    lifts = sum(len(each.drawing.lines) - 1 for each in samples if each.drawing.lines)
    inner = sum(max(each.drawing.points - 2, 0) for each in samples)
    weights = np.exp(PEN / pen_tau)
    down, up, end = weights / weights.sum()
    assert ends / (points + ends) == pytest.approx(end, abs=4 * np.sqrt(end / points))
    assert ends > 20
    assert lifts / inner == pytest.approx(up / (up + down), abs=2 / np.sqrt(inner))


def test_one_temperature_is_of_both_unless_told() -> None:
    sampler = mixture_sampler()
    one = outcome(sampler.draw([3], 0.4, max_points=30)[0])
    assert one == outcome(sampler.draw([3], 0.4, max_points=30, pen_temperature=0.4)[0])
    assert one != outcome(sampler.draw([3], 0.4, max_points=30, pen_temperature=2.0)[0])


def test_at_zero_the_likeliest_is_drawn_whatever_the_seed() -> None:
    sampler = mixture_sampler()
    drawn = sampler.draw(range(20), 0.0, max_points=5)
    assert np.array_equal(steps_of(drawn[:1]), np.tile(MU[0], (5, 1)))
    assert {each.drawing for each in drawn} == {drawn[0].drawing}
    assert not drawn[0].finished  # the pen stays down for ever
    assert len(sampler.draw([1], 1.0, pen_temperature=0.0, max_points=50)[0].drawing.lines) == 1
    conditional = sampler_of(networks.lively_net())
    z = np.zeros(3)
    cold = conditional.make([Order(seed, 0.0, z=z) for seed in range(5)])
    assert len({each.drawing for each in cold}) == 1


def test_how_unlikely_a_drawing_is_is_told_at_temperature_one() -> None:
    sampler = mixture_sampler()
    sample = sampler.draw([4], 0.5, max_points=6)[0]
    steps = steps_of([sample])
    each = [
        multivariate_normal.logpdf(steps, MU[k], np.diag(SIGMA[k]) @ [[1, RHO[k]], [RHO[k], 1]] @ np.diag(SIGMA[k]))
        for k in range(3)
    ]
    offsets = np.logaddexp.reduce(np.array(each) + log_softmax(PI)[:, None], axis=0).sum()
    noise = step_noise(4, 7)
    pens = [chosen(PEN / 0.5, u) for u in noise[: len(steps) + int(sample.finished), 1]]
    expected = -(offsets + log_softmax(PEN)[pens].sum()) / len(steps)
    assert sample.nats_per_point == pytest.approx(expected, rel=1e-5)


# the cap, and the way it goes


def test_no_drawing_is_longer_than_its_cap() -> None:
    sampler = sampler_of(networks.lively_net(end=-9.0), n_max=20)
    longest = sampler.draw(range(8), 0.5)
    assert {each.drawing.points for each in longest} == {sampler.cap + 1}  # and where it starts
    assert not any(each.finished for each in longest)
    for cap, short in (
        (1, sampler.draw(range(8), 0.5, max_points=1)),
        (13, sampler.draw(range(8), 0.5, max_points=13)),
    ):
        for one, whole in zip(short, longest, strict=True):
            assert one.drawing.points == cap + 1
            every, begun = np.concatenate(whole.drawing.lines), np.concatenate(one.drawing.lines)
            assert np.array_equal(begun, every[: cap + 1])  # the same beginning


def test_a_drawing_that_ends_at_once_is_empty() -> None:
    sample = sampler_of(networks.lively_net(end=99.0)).draw([1], 0.5)[0]
    assert sample.finished
    assert sample.drawing.points == 1
    assert np.isfinite(sample.nats_per_point)


def test_every_drawing_starts_at_the_origin_whatever_file_was_learnt() -> None:
    net = networks.lively_net()
    plain, dropped = sampler_of(net).draw([3], 0.5)[0], sampler_of(net, first_dropped=True).draw([3], 0.5)[0]
    assert plain.drawing == dropped.drawing
    assert plain.drawing.lines[0][0].tolist() == [0.0, 0.0]


def test_drawings_come_in_the_order_asked_and_are_told_as_they_are_done() -> None:
    sampler = sampler_of(networks.lively_net(end=0.0), n_max=20)
    told: list[tuple[int, Sample]] = []
    steps: list[tuple[int, int]] = []
    seeds = [9, 3, 7, 3, *range(TILE + 20)]
    found = sampler.make(
        [Order(seed, 0.5) for seed in seeds],
        lambda index, sample: told.append((index, sample)),
        lambda done, total: steps.append((done, total)),
    )
    assert [each.seed for each in found] == seeds
    assert sorted(index for index, _ in told) == list(range(len(seeds)))
    assert all(found[index] is sample for index, sample in told)
    assert [index for index, _ in told] != list(range(len(seeds)))  # short ones first
    done, totals = zip(*steps, strict=True)
    assert set(totals) == {sampler.cap * len(seeds)}  # points at most
    assert sorted(done) == list(done)
    assert done[-1] == totals[-1]


def test_it_stops_when_asked_with_what_is_done() -> None:
    sampler = sampler_of(networks.lively_net(), n_max=40)
    whole = {each.seed: outcome(each) for each in sampler.draw(range(250), 0.5)}
    told: list[int] = []
    found = sampler.make(
        [Order(seed, 0.5) for seed in range(250)],
        lambda index, _sample: told.append(index),
        should_stop=lambda: len(told) >= TILE + 10,
    )
    assert TILE + 10 <= len(found) < 250
    assert [each.seed for each in found] == sorted(told)
    assert all(outcome(each) == whole[each.seed] for each in found)
    assert sampler.make([Order(1)], should_stop=lambda: True) == []
    assert sampler.make([]) == []


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (Order(-1), "seed"),
        (Order(2**63), "seed"),
        (Order(1, -0.1), "temperature"),
        (Order(1, float("nan")), "temperature"),
        (Order(1, 0.5, 11.0), "pen temperature"),
        (Order(1, max_points=0), "cap"),
        (Order(1, max_points=10**6), "cap"),
        (Order(1, z=np.zeros(4)), "latent vector of 4 numbers"),
        (Order(1, z=np.array([0.0, np.nan, 1.0])), "latent vector"),
    ],
)
def test_what_can_not_be_drawn_is_told_in_words(order: Order, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        sampler_of(networks.lively_net()).make([Order(2), order])


# latent vectors


@pytest.fixture
def kept(tmp_path: Path) -> Checkpoint:
    return networks.saved(
        tmp_path / "a.safetensors", networks.lively_net(), first_dropped=True, data={"size": 30.0}, n_max=40
    )


LINE = Drawing.of([[(3, 3), (13, 9), (20, 30)], [(5, 5), (9, 9)]])


def test_a_reconstruction_is_drawn_from_the_mean_of_the_posterior(kept: Checkpoint) -> None:
    sampler = Sampler(kept)
    rows = sampler.rows_of(LINE) / [2.5, 2.5, 1]
    points = np.column_stack([rows[:, :2], rows[:, 2] == 0, rows[:, 2] == 1, np.zeros(len(rows))]).astype(np.float32)
    mean, _ = networks.encoded(networks.weights_of(kept.build()), points.astype(float))
    np.testing.assert_allclose(sampler.encode(LINE), mean, atol=1e-12)
    sample = sampler.reconstruct(LINE, Order(3, 0.2), "line")
    assert outcome(sample) == outcome(sampler.make([Order(3, 0.2, z=sampler.encode(LINE))])[0])
    assert sample.recipe.kind == "reconstruct"
    assert sample.recipe.endpoints[0].drawing == "line"
    assert outcome(sampler.redo(sample.recipe)) == outcome(sample)


def test_where_a_drawing_lies_and_how_large_it_is_does_not_matter_to_a_network_of_lines(kept: Checkpoint) -> None:
    sampler = Sampler(kept)
    z = sampler.encode(LINE)
    np.testing.assert_allclose(sampler.encode(LINE.translate(100, -50)), z, atol=1e-6)
    huge, normal = LINE.scale(1000), LINE.scale(30.0 / max(LINE.size))
    np.testing.assert_allclose(sampler.encode(huge), sampler.encode(normal), atol=1e-6)
    assert not np.allclose(sampler.encode(LINE.scale(1.5)), z, atol=1e-3)  # near to what it knows, size tells
    angle = np.linspace(0, 20, 500)
    long = Drawing.of([np.column_stack([np.cos(angle), np.sin(angle)]) * angle[:, None]])
    assert len(sampler.rows_of(long)) <= 40
    for bad in (Drawing(()), Drawing.of([[(1, 1)]])):
        with pytest.raises(ModelError, match="two points"):
            sampler.encode(bad)


def test_a_walk_ends_at_its_ends(kept: Checkpoint) -> None:
    sampler = Sampler(kept)
    ends = [Endpoint(seed=4), Endpoint(z=[0.5, -0.5, 1.0]), Endpoint(seed=9)]
    for kind in ("lerp", "slerp"):
        found = sampler.make(sampler.interpolate(ends, 9, Order(2, 0.3), kind))  # type: ignore[arg-type]
        for index, z in ((0, prior(4, 3)), (4, np.array([0.5, -0.5, 1.0])), (8, prior(9, 3))):
            assert outcome(found[index]) == outcome(sampler.make([Order(2, 0.3, z=z)])[0])
        assert [each.recipe.at for each in found] == pytest.approx(np.linspace(0, 1, 9))
        assert {(each.recipe.kind, each.recipe.path, each.seed) for each in found} == {("interpolate", kind, 2)}
        assert outcome(sampler.redo(found[3].recipe)) == outcome(found[3])
    middle = sampler.interpolate(ends[:2], 3, Order(2, 0.3))[1].z
    np.testing.assert_allclose(middle, slerp(prior(4, 3), np.array([0.5, -0.5, 1.0]), 0.5))
    loop = sampler.interpolate(ends[:2], 4, Order(2), loop=True)
    np.testing.assert_allclose(loop[2].z, [0.5, -0.5, 1.0], atol=1e-12)
    assert loop[3].recipe is not None
    assert loop[3].recipe.at == 0.75


def test_a_recipe_draws_the_same_again(kept: Checkpoint) -> None:
    sampler = Sampler(kept)
    for sample in sampler.make([Order(5, 0.4), Order(6, 0.4, 0.7, 12), Order(7, 0.4, z=np.array([1.0, 0, 0]))]):
        recipe = Recipe.from_json(sample.recipe.to_json())  # as it stands in an SVG
        assert recipe.checkpoint == kept.hash
        assert set(recipe.versions) == {"monoline", "torch", "numpy"}
        again = Sampler(kept).redo(recipe)
        assert outcome(again) == outcome(sample)
        assert again.recipe == sample.recipe


def test_a_recipe_of_another_is_refused(kept: Checkpoint) -> None:
    sampler = Sampler(kept)
    recipe = sampler.draw([1], 0.3)[0].recipe
    for changes, words in (
        ({"checkpoint": "0" * 64}, "of checkpoint 000000000000, not of this one"),
        ({"kind": "artist"}, "kind 'artist'"),
        ({"temperature": None}, "temperature"),
        ({"z": [1.0]}, "latent vector of 1 numbers"),
    ):
        with pytest.raises(ModelError, match=words):
            sampler.redo(recipe.model_copy(update=changes))


def test_a_drawing_of_this_very_network_keeps_its_latent_vector(kept: Checkpoint) -> None:
    sampler = Sampler(kept)
    by_seed, by_z = sampler.make([Order(5), Order(5, z=np.array([1.0, 0, 0.5]))])
    assert sampler.endpoint_of(by_seed.recipe) == Endpoint(seed=5)
    np.testing.assert_array_equal(sampler.latent(Endpoint(seed=5)), prior(5, 3))
    assert sampler.endpoint_of(by_z.recipe) == Endpoint(z=[1.0, 0.0, 0.5])
    begun = complete(sampler, Beginning.of(by_seed.drawing, 2), 1, Order(6), z_of="prior")
    assert sampler.endpoint_of(sampler.make(begun)[0].recipe) == Endpoint(seed=6)
    assert sampler.endpoint_of(by_seed.recipe.model_copy(update={"checkpoint": "0" * 64})) is None
    assert sampler.endpoint_of(Recipe(kind="artist", seed=5)) is None
    with pytest.raises(ModelError, match="2 numbers"):
        sampler.latent(Endpoint(z=[1.0, 2.0]))
    with pytest.raises(ModelError, match="needs a seed"):
        sampler.latent(Endpoint())


def test_a_network_without_encoder_says_so(tmp_path: Path) -> None:
    kept = networks.saved(tmp_path / "a.safetensors", networks.lively_net("decoder"))
    sampler = Sampler(kept)
    sample = sampler.draw([3], 0.4)[0]
    assert sample.recipe.z is None
    assert json.loads(sample.recipe.to_json())["seed"] == 3
    assert outcome(sampler.redo(sample.recipe)) == outcome(sample)
    assert sampler.endpoint_of(sample.recipe) is None
    for ask in (lambda: sampler.encode(LINE), lambda: sampler.latent(Endpoint(seed=1))):
        with pytest.raises(ModelError, match="without an encoder"):
            ask()
