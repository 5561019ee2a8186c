"""The recurrent cells that a Sketch-RNN may be made of: LSTM, LSTM with layer normalisation, HyperLSTM.

Each reads a sequence, a vector that is the same at each step (z), and a state, and tells its hidden states and
its state after the last. Gates are in the order of nn.LSTM: input, forget, candidate, output; the forget gate's
bias begins at 1 and is no number added later on. In training each may

- leave out part of what a candidate adds to the memory (recurrent dropout: Semeniuta et al. 2016), at random for
  each step,
- leave out part of the recurrent weights, the same for all steps of a batch (weight drop: Merity et al. 2017),
  which leaves the fast kernels of a plain LSTM in use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from model.sweep import EPS, Norm, sweep

if TYPE_CHECKING:
    from model.settings import NetSettings

_GAIN = 0.1
"""Of normalised gates, at first (Cooijmans et al. 2016). With 1 the hidden states of an encoder, whose inputs are
small, run wild, and its gradients grow from step to step along a drawing, some to thousands of times their length."""

State = tuple[Tensor, ...]
"""Hidden state and memory, (1, B, H) each; of a HyperLSTM those of its smaller cell too."""


@dataclass(frozen=True)
class Drops:
    """What a cell leaves out in training, as shares."""

    candidates: float
    weights: float

    def mask(self, like: Tensor, steps: int, batch: int, size: int) -> Tensor:
        """What candidates are multiplied with: 0, or more than 1 so that they stay as large on the whole."""
        kept = 1.0 - self.candidates
        return torch.empty(steps, batch, size, dtype=like.dtype, device=like.device).bernoulli_(kept).div_(kept)


class LSTM(nn.LSTM):
    """A plain LSTM (Hochreiter and Schmidhuber 1997, Gers et al. 2000), with the names of PyTorch's own."""

    weight_ih_l0: Tensor
    weight_hh_l0: Tensor
    bias_ih_l0: Tensor
    bias_hh_l0: Tensor

    def __init__(self, inputs: int, constant: int, size: int, drops: Drops) -> None:
        super().__init__(inputs + constant, size)
        self.inputs, self.drops = inputs, drops
        self.sizes = (size, size)

    def initialise(self) -> None:
        """Orthogonal recurrent weights a gate, Glorot input weights, forget bias 1 (Jozefowicz et al. 2015)."""
        _begin(self.weight_ih_l0, self.weight_hh_l0)
        nn.init.zeros_(self.bias_ih_l0)
        self.bias_ih_l0.data[self.hidden_size : 2 * self.hidden_size] = 1.0
        nn.init.zeros_(self.bias_hh_l0)

    def forward(self, inputs: Tensor, constant: Tensor | None, state: State) -> tuple[Tensor, State]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Hidden states (T, B, H) and the state after the last input.

        Args:
            inputs: (T, B, I).
            constant: (B, K), None for a cell without.
        """
        weight_hh = self.weight_hh_l0
        if self.training and self.drops.weights:
            weight_hh = dropout(weight_hh, self.drops.weights)
        mask = None
        if self.training and self.drops.candidates:
            mask = self.drops.mask(weight_hh, len(inputs), inputs.shape[1], self.hidden_size)
        # PyTorch's own kernel knows no mask, and on many CPUs no low precision
        if mask is not None or (inputs.device.type == "cpu" and torch.is_autocast_enabled("cpu")):
            bias = self.bias_ih_l0 + self.bias_hh_l0
            added = bias.expand(inputs.shape[1], -1)
            if constant is not None:
                added = torch.addmm(bias, constant.to(bias.dtype), self.weight_ih_l0[:, self.inputs :].t())
            weight_ih = self.weight_ih_l0[:, : self.inputs]
            hidden, memory = sweep(inputs, added, state[0][0], state[1][0], weight_ih, weight_hh, mask)
            return hidden, (hidden[-1:], memory[None])
        # autocast takes float16 here, whatever was asked, in which small gradients are lost; on a GPU float32 is
        # multiplied as fine as that anyway, and fast
        with torch.autocast(inputs.device.type, enabled=False):
            inputs, first, memory = (each.to(weight_hh.dtype) for each in (inputs, *state))
            if constant is not None:
                inputs = torch.cat([inputs, constant.to(inputs.dtype).expand(len(inputs), -1, -1)], dim=-1)
            if weight_hh is self.weight_hh_l0:
                return super().forward(inputs, (first, memory))
            weights = [self.weight_ih_l0, weight_hh, self.bias_ih_l0, self.bias_hh_l0]
            if inputs.device.type == "cuda":  # whose kernels want them side by side
                flat = torch.cat([each.flatten() for each in weights]).split([each.numel() for each in weights])
                weights = [each.view(like.shape) for each, like in zip(flat, weights, strict=True)]
            hidden, last, memory = torch.lstm(inputs, [first, memory], weights, True, 1, 0.0, True, False, False)
            return hidden, (last, memory)


class LayerNormLSTM(nn.Module):
    """An LSTM whose gates are normalised, each for itself, and its memory where it is looked at.

    The memory that goes on to the next step is not normalised. Source: Ba et al. 2016, as in the supplement of
    Ha et al. 2016, "HyperNetworks".
    """

    def __init__(self, inputs: int, constant: int, size: int, drops: Drops) -> None:
        super().__init__()
        self.inputs, self.size, self.drops = inputs, size, drops
        self.sizes = (size, size)
        self.weight_ih = nn.Parameter(torch.empty(4 * size, inputs + constant))
        self.weight_hh = nn.Parameter(torch.empty(4 * size, size))
        self.gain = nn.Parameter(torch.empty(4, size))
        self.shift = nn.Parameter(torch.empty(4, size))  # the bias of the gates
        self.memory_gain = nn.Parameter(torch.empty(size))
        self.memory_shift = nn.Parameter(torch.empty(size))

    def initialise(self) -> None:
        """As the plain LSTM, but for the gains of its gates."""
        _begin(self.weight_ih, self.weight_hh)
        _begin_norm(self.norm)

    @property
    def norm(self) -> Norm:
        """What gates and memory are normalised with."""
        return Norm(self.gain, self.shift, self.memory_gain, self.memory_shift)

    def forward(self, inputs: Tensor, constant: Tensor | None, state: State) -> tuple[Tensor, State]:
        """As of LSTM."""
        weight_hh, mask = self.weight_hh, None
        if self.training and self.drops.weights:
            weight_hh = dropout(weight_hh, self.drops.weights)
        if self.training and self.drops.candidates:
            mask = self.drops.mask(weight_hh, len(inputs), inputs.shape[1], self.size)
        added = None
        if constant is not None:
            added = constant.to(weight_hh.dtype) @ self.weight_ih[:, self.inputs :].t()
        weight_ih = self.weight_ih[:, : self.inputs]
        if len(inputs) == 1 and not torch.is_grad_enabled():  # nothing is worth preparing for a single step
            sums = inputs[0] @ weight_ih.t() + state[0][0] @ weight_hh.t()
            only = None if mask is None else mask[0]
            hidden, memory = _step(sums if added is None else sums + added, state[1][0], self.norm, only)
            return hidden[None], (hidden[None], memory[None])
        hidden, memory = sweep(inputs, added, state[0][0], state[1][0], weight_ih, weight_hh, mask, self.norm)
        return hidden, (hidden[-1:], memory[None])


class HyperLSTM(nn.Module):
    """An LSTM with layer normalisation whose weights a smaller one scales at each step.

    Source: Ha et al. 2016, "HyperNetworks", section 3.2 and the supplement. The smaller cell reads the input, z
    and the hidden state before; what it says is brought down to a few numbers for each gate and kind of weights,
    and up again to a scale for each row of them, or a bias.
    """

    def __init__(self, inputs: int, constant: int, size: int, drops: Drops, smaller: int, embedding: int) -> None:
        super().__init__()
        self.inputs, self.size, self.drops = inputs, size, drops
        self.sizes = (size, size, smaller, smaller)
        self.smaller = LayerNormLSTM(inputs + constant + size, 0, smaller, Drops(0.0, 0.0))
        self.weight_ih = nn.Parameter(torch.empty(4 * size, inputs + constant))
        self.weight_hh = nn.Parameter(torch.empty(4 * size, size))
        self.bias = nn.Parameter(torch.empty(4 * size))
        self.to_scales = nn.Linear(smaller, 8 * embedding)  # of the rows of W_ih and of W_hh, a gate each
        self.to_biases = nn.Linear(smaller, 4 * embedding, bias=False)
        self.scales = nn.Parameter(torch.empty(8, embedding, size))
        self.biases = nn.Parameter(torch.empty(4, embedding, size))
        self.gain = nn.Parameter(torch.empty(4, size))
        self.shift = nn.Parameter(torch.empty(4, size))
        self.memory_gain = nn.Parameter(torch.empty(size))
        self.memory_shift = nn.Parameter(torch.empty(size))

    def initialise(self) -> None:
        """As the LSTM with layer normalisation; all scales are 0.1 whatever the smaller cell says, all biases 0."""
        self.smaller.initialise()
        _begin(self.weight_ih, self.weight_hh)
        nn.init.zeros_(self.bias)
        nn.init.zeros_(self.to_scales.weight)
        nn.init.ones_(self.to_scales.bias)
        nn.init.normal_(self.to_biases.weight, std=0.01)
        nn.init.constant_(self.scales, 0.1 / self.scales.shape[1])
        nn.init.zeros_(self.biases)
        _begin_norm(self.norm)

    @property
    def norm(self) -> Norm:
        """What gates and memory are normalised with."""
        return Norm(self.gain, self.shift, self.memory_gain, self.memory_shift)

    def forward(self, inputs: Tensor, constant: Tensor | None, state: State) -> tuple[Tensor, State]:
        """As of LSTM."""
        hidden, memory, small_hidden, small_memory = (each[0] for each in state)
        (steps, batch), size, small, mask = inputs.shape[:2], self.size, self.smaller, None
        weight_hh = self.weight_hh
        if self.training and self.drops.weights:
            weight_hh = dropout(weight_hh, self.drops.weights)
        if self.training and self.drops.candidates:
            mask = self.drops.mask(weight_hh, steps, batch, size)
        # what input and z bring to both cells, for all steps at once
        known = self.weight_ih.shape[1]
        both = torch.cat([self.weight_ih, small.weight_ih[:, :known]])  # (4 H + 4 h, I + K)
        brought = inputs @ both[:, : self.inputs].t()  # (T, B, 4 H + 4 h)
        if constant is not None:
            brought = brought + (constant @ both[:, self.inputs :].t())
        for_small = torch.cat([small.weight_ih[:, known:], small.weight_hh], dim=1).t()  # (H + h, 4 h)
        told_by_small = torch.cat([self.to_scales.weight, self.to_biases.weight]).t()  # (h, 12 E)
        expand = torch.cat([self.scales, self.biases])  # (12, E, H)
        ones = nn.functional.pad(self.to_scales.bias, (0, self.to_biases.out_features))
        found: list[Tensor] = []
        for step in range(steps):
            x, small_x = brought[step].to(memory.dtype).split([4 * size, 4 * small.size], dim=1)
            sums = small_x + torch.cat([hidden, small_hidden], dim=1) @ for_small
            small_hidden, small_memory = _step(sums, small_memory, small.norm, None)
            told = (small_hidden @ told_by_small + ones).view(batch, 12, -1).transpose(0, 1)  # (12, B, E)
            of_x, of_h, added = torch.bmm(told, expand).to(memory.dtype).transpose(0, 1).chunk(3, dim=1)  # (B, 4, H)
            h = (hidden @ weight_hh.t()).to(memory.dtype)
            gates = of_x * x.view(batch, 4, size) + of_h * h.view(batch, 4, size) + added
            sums = gates.reshape(batch, 4 * size) + self.bias
            hidden, memory = _step(sums, memory, self.norm, None if mask is None else mask[step])
            found.append(hidden)
        return torch.stack(found), (hidden[None], memory[None], small_hidden[None], small_memory[None])


Cell = LSTM | LayerNormLSTM | HyperLSTM


def make_cell(
    kind: Literal["lstm", "layer_norm", "hyper"], inputs: int, constant: int, size: int, settings: NetSettings
) -> Cell:
    """A cell, its weights not yet those that training begins with.

    Args:
        inputs: numbers of the sequence at each step.
        constant: numbers of the vector that stays.
        size: of the hidden state.
    """
    drops = Drops(settings.recurrent_dropout, settings.weight_drop)
    if kind == "hyper":
        return HyperLSTM(inputs, constant, size, drops, settings.hyper, settings.hyper_embedding)
    return (LayerNormLSTM if kind == "layer_norm" else LSTM)(inputs, constant, size, drops)


def _step(sums: Tensor, memory: Tensor, norm: Norm, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """Hidden state and memory after one step, given what comes to its gates, (B, 4 H)."""
    batch, size = memory.shape
    four = torch.layer_norm(sums.to(memory.dtype).view(batch, 4, size), [size], None, None, EPS)
    enter, forget, candidate, output = torch.addcmul(norm.shift, four, norm.gain).unbind(1)
    candidate = torch.tanh(candidate) if mask is None else torch.tanh(candidate) * mask
    memory = torch.sigmoid(forget) * memory + torch.sigmoid(enter) * candidate
    seen = torch.layer_norm(memory, [size], norm.memory_gain, norm.memory_shift, EPS)
    return torch.sigmoid(output) * torch.tanh(seen), memory


def _begin(weight_ih: Tensor, weight_hh: Tensor) -> None:
    nn.init.xavier_uniform_(weight_ih)
    for gate in weight_hh.data.chunk(4):
        nn.init.orthogonal_(gate)


def _begin_norm(norm: Norm) -> None:
    nn.init.constant_(norm.gain, _GAIN)
    nn.init.zeros_(norm.shift)
    norm.shift.data[1] = 1.0  # the forget gate
    nn.init.ones_(norm.memory_gain)
    nn.init.zeros_(norm.memory_shift)
