"""Each cell beside plain numpy, and its gradients beside those of a loop that autograd follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import networks
import numpy as np
import pytest
import torch
from torch import Tensor

from model.cells import LSTM, Cell, HyperLSTM, LayerNormLSTM, make_cell
from model.losses import sums
from model.settings import NetSettings
from model.sketch_rnn import SketchRNN
from model.sweep import Norm, sweep

STEPS, BATCH, INPUTS, KNOWN, SIZE = 50, 3, 5, 4, 8
SMALL: dict[str, Any] = {"hyper": 6, "hyper_embedding": 2}
KINDS = ["lstm", "layer_norm", "hyper"]


def a_cell(kind: Any, constant: int = KNOWN, **settings: Any) -> Cell:
    """A cell in float64 whose every weight matters."""
    made = make_cell(kind, INPUTS, constant, SIZE, NetSettings.model_validate({**SMALL, **settings})).double()
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for weight in made.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator, dtype=weight.dtype) * 0.5)
    return made


def something(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def a_state(made: Cell) -> tuple[Tensor, ...]:
    return tuple(something(1, BATCH, size, seed=9 + place) * 0.5 for place, size in enumerate(made.sizes))


def numpys(made: Cell, inputs: Tensor, constant: Tensor | None, state: tuple[Tensor, ...], column: int) -> Any:
    """The same cell in numpy, one drawing: hidden states, and the state after the last."""
    weights = {f"cell.{name}": each.detach().double().numpy() for name, each in made.state_dict().items()}
    z = np.zeros(0) if constant is None else constant[column].double().numpy()
    rows = np.concatenate([inputs[:, column].double().numpy(), np.tile(z, (len(inputs), 1))], axis=1)
    return networks.cell(weights, "cell", rows, *(each[0, column].double().numpy() for each in state))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("constant", [0, KNOWN])
@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_is_numpys_over_fifty_steps(kind: str, constant: int, dtype: torch.dtype) -> None:
    made = a_cell(kind, constant).to(dtype).eval()
    inputs, z = something(STEPS, BATCH, INPUTS).to(dtype), something(BATCH, KNOWN, seed=1).to(dtype)
    known = z if constant else None
    state = tuple(each.to(dtype) for each in a_state(made))
    with torch.no_grad():
        hidden, last = made(inputs, known, state)
    followed, _ = made(inputs, known, state)  # as in training
    for column in range(BATCH):
        expected, expected_last = numpys(made, inputs, known, state, column)
        np.testing.assert_allclose(hidden[:, column], expected, atol=1e-5 if dtype == torch.float32 else 1e-11)
        np.testing.assert_allclose(followed[:, column].detach(), expected, atol=1e-5)
        for found, part in zip(last, expected_last, strict=True):
            np.testing.assert_allclose(found[0, column], part, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_goes_on_step_by_step_as_it_goes_through(kind: str) -> None:
    made = a_cell(kind).eval()
    inputs, z, state = something(6, BATCH, INPUTS), something(BATCH, KNOWN, seed=1), a_state(made)
    with torch.no_grad():
        whole, last = made(inputs, z, state)
        found: list[Tensor] = []
        for step in range(6):
            hidden, state = made(inputs[step : step + 1], z, state)
            found.append(hidden)
    np.testing.assert_allclose(torch.cat(found), whole, atol=1e-12)
    for one, other in zip(state, last, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


# gradients


def loop(
    inputs: Tensor,
    constant: Tensor | None,
    hidden: Tensor,
    memory: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    mask: Tensor | None,
    norm: Norm | None,
) -> tuple[Tensor, Tensor]:
    """What sweep does, in words that autograd follows."""
    size = weight_hh.shape[1]
    found: list[Tensor] = []
    for step, row in enumerate(inputs):
        gates = row @ weight_ih.t() + hidden @ weight_hh.t()
        gates = (gates if constant is None else gates + constant).view(-1, 4, size)
        if norm is not None:
            gates = torch.layer_norm(gates, [size], None, None, 1e-3) * norm.gain + norm.shift
        enter, forget, candidate, output = gates.unbind(1)
        candidate = candidate.tanh() if mask is None else candidate.tanh() * mask[step]
        memory = forget.sigmoid() * memory + enter.sigmoid() * candidate
        seen = memory
        if norm is not None:
            seen = torch.layer_norm(memory, [size], norm.memory_gain, norm.memory_shift, 1e-3)
        hidden = output.sigmoid() * seen.tanh()
        found.append(hidden)
    return torch.stack(found), memory


@pytest.mark.parametrize("normalised", [False, True])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("known", [False, True])
def test_the_gradients_of_a_sweep_are_those_of_a_loop(normalised: bool, masked: bool, known: bool) -> None:
    shapes = [(4, 3, 2), (3, 12), (3, 3), (3, 3), (12, 2), (12, 3)]
    if normalised:
        shapes += [(4, 3), (4, 3), (3,), (3,)]
    given = [something(*shape, seed=seed).requires_grad_() for seed, shape in enumerate(shapes)]
    mask = (something(4, 3, 3, seed=50) > -0.5).double() / 0.7 if masked else None

    def arguments(*given: Tensor) -> tuple[Any, ...]:
        return (given[0], given[1] if known else None, *given[2:6], mask, Norm(*given[6:]) if normalised else None)

    found, expected = sweep(*arguments(*given)), loop(*arguments(*given))
    needed = [each for place, each in enumerate(given) if known or place != 1]
    slopes = [
        torch.autograd.grad((hidden * something(4, 3, 3, seed=60)).sum() + memory.square().sum(), needed)
        for hidden, memory in (found, expected)
    ]
    for one, other in zip((*found, *slopes[0]), (*expected, *slopes[1]), strict=True):
        np.testing.assert_allclose(one.detach(), other.detach(), atol=1e-12)
    if normalised and masked and known:
        assert torch.autograd.gradcheck(lambda *each: sweep(*arguments(*each)), given, fast_mode=True)


def test_only_what_is_asked_for_has_a_gradient() -> None:
    made = a_cell("layer_norm", 0)
    inputs = something(4, BATCH, INPUTS)
    hidden, _ = made(inputs, None, a_state(made))
    hidden.sum().backward()
    assert inputs.grad is None
    assert all(each.grad is not None for each in made.parameters())


# what is left out in training


@pytest.fixture
def seeded() -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        yield


@pytest.mark.parametrize("kind", KINDS)
def test_recurrent_dropout_leaves_out_candidates_and_nothing_else(kind: str, seeded: None) -> None:
    """With all candidates left out, the memory only fades; with few, it is right on the whole."""
    made = a_cell(kind, recurrent_dropout=0.999999)
    state, inputs, z = a_state(made), something(1, BATCH, INPUTS), something(BATCH, KNOWN, seed=1)
    _, last = made(inputs, z, state)
    faded = last[1] / state[1]
    assert ((faded > 0) & (faded < 1)).all()  # the forget gate, and no more
    made.eval()
    _, plain = made(inputs, z, state)
    assert not torch.allclose(plain[1], last[1])
    made = a_cell(kind, recurrent_dropout=0.25)
    many = tuple(each.repeat(1, 1000, 1) for each in state)
    _, tries = made(inputs.repeat(1, 1000, 1), z.repeat(1000, 1), many)
    on_the_whole = tries[1].view(1000, BATCH, SIZE).mean(dim=0)
    np.testing.assert_allclose(on_the_whole.detach(), plain[1][0].detach(), atol=0.07)


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_step_in_training_is_the_same_with_and_without_gradients(kind: str, seeded: None) -> None:
    made = a_cell(kind, recurrent_dropout=0.3).train()
    inputs, z, state = something(1, BATCH, INPUTS), something(BATCH, KNOWN, seed=1), a_state(made)
    torch.manual_seed(1)
    followed, expected = made(inputs, z, state)
    torch.manual_seed(1)  # leaves out the same candidates
    with torch.no_grad():
        hidden, last = made(inputs, z, state)
    for one, other in zip((hidden, *last), (followed, *expected), strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other.detach(), atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_weight_drop_changes_the_weights_of_a_batch_and_only_in_training(kind: str, seeded: None) -> None:
    made = a_cell(kind, weight_drop=0.5)
    state, inputs, z = a_state(made), something(3, BATCH, INPUTS), something(BATCH, KNOWN, seed=1)
    one, other = made(inputs, z, state)[0], made(inputs, z, state)[0]
    assert not torch.allclose(one, other)
    one.sum().backward()
    recurrent = made.weight_hh_l0 if isinstance(made, LSTM) else made.weight_hh
    dropped = (recurrent.grad == 0).double().mean()
    assert 0.3 < float(dropped) < 0.7
    made.eval()
    plain = a_cell(kind)(inputs, z, state)[0]
    np.testing.assert_allclose(made(inputs, z, state)[0].detach(), plain.detach(), atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("settings", [{}, {"recurrent_dropout": 0.2}, {"weight_drop": 0.2}])
def test_a_cell_can_be_trained_in_bfloat16(kind: str, settings: dict[str, Any], seeded: None) -> None:
    """Products in low precision, weights and sums in full."""
    encoder = "lstm" if kind == "lstm" else "layer_norm"
    net = networks.small_net(cell=kind, encoder_cell=encoder, **SMALL, **settings).train()
    batch = networks.some_batch([12, 3, 7])
    noise = torch.zeros(3, net.settings.latent)
    slopes: list[Tensor] = []
    for low in (False, True):
        torch.manual_seed(2)
        net.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=low):
            found = sums(net, batch, noise)
        (found.offsets + found.pen).sum().backward()
        assert all(each.grad is not None and each.grad.dtype == torch.float32 for each in net.parameters())
        slopes.append(torch.cat([each.grad.flatten() for each in net.parameters() if each.grad is not None]))
    alike = torch.nn.functional.cosine_similarity(slopes[0], slopes[1], dim=0)
    assert alike > 0.98


# how they begin


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_begins_as_the_reference_does_but_for_the_gains_of_its_gates(kind: Any) -> None:
    net = SketchRNN(NetSettings(encoder=16, decoder=24, latent=4, cell=kind, encoder_cell="layer_norm", hyper=12))
    for made in (net.encoder.forward_rnn, net.encoder.backward_rnn, net.decoder):
        recurrent = made.weight_hh_l0 if isinstance(made, LSTM) else made.weight_hh
        size = recurrent.shape[1]
        for gate in recurrent.detach().chunk(4):
            np.testing.assert_allclose(gate @ gate.T, np.eye(size), atol=1e-5)
        if isinstance(made, LSTM):
            continue
        assert made.gain.eq(0.1).all()
        assert made.memory_gain.eq(1).all()
        np.testing.assert_array_equal(made.shift.detach().sum(dim=1), [0, size, 0, 0])  # the forget gate
    if isinstance(net.decoder, HyperLSTM):
        assert isinstance(net.decoder.smaller, LayerNormLSTM)
        np.testing.assert_allclose(net.decoder.scales.detach().sum(dim=1), 0.1, rtol=1e-5)
        assert [each.shape[-1] for each in net.start(torch.zeros(2, 4), 2)] == [24, 24, 12, 12]


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_begins_with_gradients_that_grow_little_along_a_drawing(kind: Any) -> None:
    torch.manual_seed(1)
    made = make_cell(kind, INPUTS, 0, 64, NetSettings.model_validate(SMALL))
    made.initialise()
    inputs = (something(200, BATCH, INPUTS).float() * 0.5).requires_grad_()
    state = tuple(torch.zeros(1, BATCH, size) for size in made.sizes)
    hidden, _ = made(inputs, None, state)
    (gradient,) = torch.autograd.grad(hidden[-1].square().sum(), inputs)
    along = gradient.square().sum(dim=(1, 2)).sqrt()
    assert along.max() < 500 * along[-20:].max()
