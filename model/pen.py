"""The pen of the hand: one step of a network after the other, for a batch, in as little time as can be.

A plain LSTM is stepped by products and functions of its own, in place: what z adds to the gates is computed
once, input and hidden state are multiplied at once, and tanh(x) = 2 sigmoid(2x) - 1 makes all gates alike.
Any other network steps as its ``decode`` does.
"""

from __future__ import annotations

from typing import Self

import torch
from torch import Tensor

from model.generator import Generator
from model.places import PLACES, places_after
from model.sketch_rnn import SketchRNN


class Pen:
    """Steps any network; made once, and for each batch there is a copy of it at its start."""

    def __init__(self, net: Generator) -> None:
        self.net = net

    def at_start(self, z: Tensor | None, batch: int) -> Self:
        """A pen before its first step, of latent vectors (B, Nz) if the network has them."""
        pen = type(self).__new__(type(self))
        pen.__dict__.update(self.__dict__)
        pen._start(z, batch)
        return pen

    def _start(self, z: Tensor | None, batch: int) -> None:
        self.z, self.state = z, self.net.start(z, batch)

    def step(self, inputs: Tensor) -> Tensor:
        """Raw outputs (B, 6 M + 3) for what follows inputs (B, 5)."""
        raw, self.state = self.net.decode(inputs[None], self.z, self.state)
        return raw[0]

    def keep(self, columns: Tensor) -> None:
        """Go on with these drawings of the batch only."""
        self.state = self.net.keep(self.state, columns)
        self.z = None if self.z is None else self.z[columns]


class LSTMPen(Pen):
    """Steps a plain LSTM.

    The state is (B, H + I): half of the hidden state, and beside it the input; halves and doubles are exact.
    """

    def __init__(self, net: SketchRNN) -> None:
        super().__init__(net)
        weights, size = dict(net.decoder.named_parameters()), net.settings.decoder
        of_input, of_hidden = weights["weight_ih_l0"], weights["weight_hh_l0"]
        scale = of_input.new_ones(4 * size)
        scale[2 * size : 3 * size] = 2.0  # the candidate, third of i, f, g, o
        inputs = 5 + PLACES * net.settings.places
        self.size = size
        self.weight = scale[:, None] * torch.cat([2.0 * of_hidden, of_input[:, :inputs]], dim=1)
        self.of_z = scale[:, None] * of_input[:, inputs:]  # (4 H, Nz)
        self.bias = scale * (weights["bias_ih_l0"] + weights["bias_hh_l0"])
        self.out, self.out_bias = 2.0 * net.output.weight, net.output.bias

    def _start(self, z: Tensor | None, batch: int) -> None:
        hidden, cell, *place = self.net.start(z, batch)
        self.cell, self.place = cell[0].clone(), place[0] if place else None  # (B, H), (1, B, 4)
        self.state = hidden.new_zeros(batch, self.weight.shape[1])
        self.state[:, : self.size] = hidden[0] / 2
        if z is None:
            self.base = self.bias.expand(batch, -1)  # (B, 4 H)
        else:
            given = torch.tanh(z) if self.net.settings.squash_latent else z
            self.base = torch.addmm(self.bias, given, self.of_z.t())
        self._make_room()

    def _make_room(self) -> None:
        self.gates = torch.empty_like(self.base, memory_format=torch.contiguous_format)
        self.gate = self.gates.split(self.size, dim=1)
        self.hidden, self.input = self.state[:, : self.size], self.state[:, self.size :]
        self.room = torch.empty_like(self.cell)

    def step(self, inputs: Tensor) -> Tensor:
        """As any pen."""
        self.input[:, :5] = inputs
        if self.place is not None:
            seen, self.place = places_after(inputs[None], self.place)
            self.input[:, 5:] = seen[0]
        torch.addmm(self.base, self.state, self.weight.t(), out=self.gates)
        self.gates.sigmoid_()
        i, f, g, o = self.gate
        self.cell.mul_(f).addcmul_(i, g.sub_(0.5), value=2.0)
        torch.mul(self.cell, 2.0, out=self.room).sigmoid_().sub_(0.5)
        torch.mul(self.room, o, out=self.hidden)
        return torch.addmm(self.out_bias, self.hidden, self.out.t())

    def keep(self, columns: Tensor) -> None:
        """As any pen."""
        self.cell, self.state, self.base = self.cell[columns], self.state[columns], self.base[columns]
        self.place = None if self.place is None else self.place[:, columns]
        self._make_room()


def pen_of(net: Generator) -> Pen:
    """The fastest pen there is for a network."""
    return LSTMPen(net) if isinstance(net, SketchRNN) and net.settings.cell == "lstm" else Pen(net)
