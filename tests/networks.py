"""Small networks of random weights for tests, drawings to go with them, and a second opinion in plain numpy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from drawing.stroke import Stroke3
from model.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from model.data import to_batch
from model.generator import Generator
from model.losses import Batch
from model.settings import NetSettings
from model.sketch_rnn import SketchRNN

Vector = NDArray[np.float64]
Weights = Mapping[str, Vector]


def small_net(kind: str = "conditional", seed: int = 0, **shape: Any) -> SketchRNN:
    """A network whose every weight matters: none is as small as training likes to begin with."""
    sizes = {"encoder": 5, "decoder": 8, "latent": 3, "mixtures": 3, **shape}
    net = SketchRNN(NetSettings.model_validate({"kind": kind, **sizes})).eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator) * 0.4)
    return net


def lively_net(kind: str = "conditional", seed: int = 0, end: float = -0.5, **shape: Any) -> SketchRNN:
    """A network that draws some strokes and comes to an end by itself.

    Args:
        end: logit of the end of a drawing, beside 2.0 of a pen that stays down and 0.8 of one that lifts.
    """
    net = small_net(kind, seed, **{"decoder": 16, "mixtures": 4, **shape})
    generator = torch.Generator().manual_seed(seed + 1)
    with torch.no_grad():
        for name, weight in net.decoder.named_parameters():
            if name.startswith("weight_hh"):
                weight.mul_(2.5 / np.sqrt(net.settings.decoder))
        weight = net.output.weight
        weight.copy_(torch.randn(weight.shape, generator=generator) * 2.0 / np.sqrt(net.settings.decoder))
        net.output.bias[:3] = torch.tensor([2.0, 0.8, end])
        net.output.bias[3 + 3 * net.settings.mixtures : 3 + 5 * net.settings.mixtures] = -1.0
    return net


def constant_net(raw: NDArray[np.float64], kind: str = "decoder", **shape: Any) -> SketchRNN:
    """A network that says the same at every step, whatever it has seen."""
    net = small_net(kind, mixtures=(len(raw) - 3) // 6, **shape)
    with torch.no_grad():
        net.output.weight.zero_()
        net.output.bias.copy_(torch.from_numpy(raw))
    return net


def checkpoint_of(net: Generator, **known: Any) -> Checkpoint:
    fields: dict[str, Any] = {"scale": 2.5, "n_max": 40, "first_dropped": False, "step": 7, **known}
    return Checkpoint(net=net.settings, weights=net.state_dict(), **fields)


def saved(path: Path, net: Generator, **known: Any) -> Checkpoint:
    """The checkpoint of a network, written and read again, so that it has its hash."""
    save_checkpoint(path, checkpoint_of(net, **known))
    return load_checkpoint(path)


def some_rows(lengths: list[int], seed: int = 0) -> list[Stroke3]:
    """Drawings of so many points, with a lift now and then."""
    rng = np.random.default_rng(seed)
    found: list[Stroke3] = []
    for length in lengths:
        rows = np.column_stack([rng.normal(0, 3, (length, 2)), rng.random(length) < 0.2])
        rows[-1, 2] = 1.0
        found.append(rows)
    return found


def some_batch(lengths: list[int], seed: int = 0) -> Batch:
    return to_batch(some_rows(lengths, seed), 3.0)


# a second opinion


def weights_of(net: Generator) -> Weights:
    return {name: each.detach().double().numpy() for name, each in net.state_dict().items()}


def sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-x))


def lstm(
    weights: Weights, name: str, inputs: NDArray[np.float64], h: NDArray[np.float64], c: NDArray[np.float64]
) -> tuple[list[NDArray[np.float64]], NDArray[np.float64], NDArray[np.float64]]:
    """One drawing through one LSTM, step by step; the hidden state after each step, and the last two states."""
    w_ih, w_hh = weights[f"{name}.weight_ih_l0"], weights[f"{name}.weight_hh_l0"]
    bias = weights[f"{name}.bias_ih_l0"] + weights[f"{name}.bias_hh_l0"]
    size = len(h)
    out: list[NDArray[np.float64]] = []
    for row in inputs:
        gates = w_ih @ row + w_hh @ h + bias
        i, f, g, o = (gates[k * size : (k + 1) * size] for k in range(4))
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        out.append(h)
    return out, h, c


def normalised(x: Vector) -> Vector:
    """Mean 0 and variance 1 but for the 1e-3 under the root."""
    return (x - x.mean()) / np.sqrt(((x - x.mean()) ** 2).mean() + 1e-3)


def gated(weights: Weights, name: str, four: list[Vector], c: Vector) -> tuple[Vector, Vector]:
    """Hidden state and memory of a cell with layer normalisation, from what comes to its gates."""
    gain, shift = weights[f"{name}.gain"], weights[f"{name}.shift"]
    i, f, g, o = (gain[k] * normalised(each) + shift[k] for k, each in enumerate(four))
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    seen = weights[f"{name}.memory_gain"] * normalised(c) + weights[f"{name}.memory_shift"]
    return sigmoid(o) * np.tanh(seen), c


def layer_norm_lstm(
    weights: Weights, name: str, inputs: NDArray[np.float64], h: Vector, c: Vector
) -> tuple[list[Vector], Vector, Vector]:
    """As lstm; Ba et al. 2016."""
    w_ih, w_hh = weights[f"{name}.weight_ih"], weights[f"{name}.weight_hh"]
    out: list[Vector] = []
    for row in inputs:
        h, c = gated(weights, name, np.split(w_ih @ row + w_hh @ h, 4), c)
        out.append(h)
    return out, h, c


def hyper_lstm(
    weights: Weights, name: str, inputs: NDArray[np.float64], h: Vector, c: Vector, small_h: Vector, small_c: Vector
) -> tuple[list[Vector], Vector, Vector, Vector, Vector]:
    """As lstm; Ha et al. 2016, equations 10 to 12, with the layer normalisation of its supplement."""
    w_ih, w_hh = (np.split(weights[f"{name}.{each}"], 4) for each in ("weight_ih", "weight_hh"))
    bias = np.split(weights[f"{name}.bias"], 4)
    out: list[Vector] = []
    for row in inputs:
        _, small_h, small_c = layer_norm_lstm(
            weights, f"{name}.smaller", np.concatenate([row, h])[None], small_h, small_c
        )
        scales = np.split(weights[f"{name}.to_scales.weight"] @ small_h + weights[f"{name}.to_scales.bias"], 8)
        biases = np.split(weights[f"{name}.to_biases.weight"] @ small_h, 4)
        four: list[Vector] = []
        for k in range(4):
            of_x = weights[f"{name}.scales"][k].T @ scales[k]
            of_h = weights[f"{name}.scales"][4 + k].T @ scales[4 + k]
            added = weights[f"{name}.biases"][k].T @ biases[k]
            four.append(of_x * (w_ih[k] @ row) + of_h * (w_hh[k] @ h) + added + bias[k])
        h, c = gated(weights, name, four, c)
        out.append(h)
    return out, h, c, small_h, small_c


def cell(
    weights: Weights, name: str, inputs: NDArray[np.float64], *state: Vector
) -> tuple[list[Vector], tuple[Vector, ...]]:
    """One drawing through a cell of whatever kind; the hidden state after each step, and the last state."""
    if f"{name}.to_scales.weight" in weights:
        out, *last = hyper_lstm(weights, name, inputs, *state)
    else:
        out, *last = (layer_norm_lstm if f"{name}.gain" in weights else lstm)(weights, name, inputs, *state)
    return out, tuple(last)


def encoded(weights: Weights, points: NDArray[np.float64]) -> tuple[Vector, Vector]:
    """Mean and log variance of z given one drawing, (n, 5), with nothing before or after it."""
    nothing = np.zeros(weights["encoder.mu.weight"].shape[1] // 2)
    _, (ahead, _) = cell(weights, "encoder.forward_rnn", points, nothing, nothing)
    _, (back, _) = cell(weights, "encoder.backward_rnn", points[::-1], nothing, nothing)
    both = np.concatenate([ahead, back])
    mu = weights["encoder.mu.weight"] @ both + weights["encoder.mu.bias"]
    return mu, weights["encoder.logvar.weight"] @ both + weights["encoder.logvar.bias"]


def started(weights: Weights, z: Vector | None) -> tuple[Vector, ...]:
    size = weights["output.weight"].shape[1]
    small = weights["decoder.smaller.weight_hh"].shape[1] if "decoder.smaller.weight_hh" in weights else 0
    if z is None:
        state = np.zeros(2 * size + 2 * small)
    else:
        state = np.tanh(weights["initial.weight"] @ z + weights["initial.bias"])
    parts = np.split(state, [size, 2 * size, 2 * size + small])
    return tuple(parts) if small else (parts[0], parts[1])


def decoded(weights: Weights, inputs: NDArray[np.float64], z: Vector | None) -> NDArray[np.float64]:
    """Raw outputs (T, 6 M + 3) of one drawing from its start token on."""
    state = started(weights, z)
    if z is not None:
        inputs = np.concatenate([inputs, np.tile(z, (len(inputs), 1))], axis=1)
    hidden, _ = cell(weights, "decoder", inputs, *state)
    return np.array(hidden) @ weights["output.weight"].T + weights["output.bias"]
