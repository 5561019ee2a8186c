"""Sketch-RNN: a bidirectional encoder, a latent vector, a decoder with a mixture density output.

Source: Ha and Eck 2017, section 3.2. It knows nothing of files, of training or of sampling.
"""

from __future__ import annotations

from contextlib import nullcontext

import torch
from torch import Tensor, nn

from model.cells import Cell, make_cell
from model.generator import Generator, State
from model.mixture import outputs
from model.places import PLACES, first_places, places_after
from model.settings import NetSettings


class Encoder(nn.Module):
    """Two cells over the points, forward and backward, to the posterior of z."""

    def __init__(self, settings: NetSettings) -> None:
        super().__init__()
        self.size = settings.encoder
        self.forward_rnn = make_cell(settings.encoder_cell, 5, 0, settings.encoder, settings)
        self.backward_rnn = make_cell(settings.encoder_cell, 5, 0, settings.encoder, settings)
        self.mu = nn.Linear(2 * settings.encoder, settings.latent)
        self.logvar = nn.Linear(2 * settings.encoder, settings.latent)

    def forward(self, points: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of z, (B, Nz) each.

        Args:
            points: stroke-5 without start and end, (T, B, 5); what lies beyond a length is not looked at.
            lengths: points of each drawing, (B,), at least 1.
        """
        steps = torch.arange(len(points), device=points.device)[:, None]  # (T, 1)
        # each drawing turned around within its own length, so that the backward run starts at its last point
        turned = (lengths[None] - 1 - steps).clamp(min=0)  # (T, B)
        backward = points.gather(0, turned[..., None].expand_as(points))
        last = (lengths - 1)[None, :, None]  # (1, B, 1)
        # while its work is recorded a GPU is told that it may do both at once
        aside = torch.cuda.Stream() if points.is_cuda and torch.cuda.is_current_stream_capturing() else None
        if aside is not None:
            aside.wait_stream(torch.cuda.current_stream())
        with nullcontext() if aside is None else torch.cuda.stream(aside):
            of_backward = self._end(self.backward_rnn, backward, last)
        ends = [self._end(self.forward_rnn, points, last), of_backward]
        if aside is not None:
            torch.cuda.current_stream().wait_stream(aside)
        with torch.autocast(points.device.type, enabled=False):  # as for the mixture, see decode
            both = torch.cat(ends, dim=-1).to(self.mu.weight.dtype)  # (B, 2 encoder)
            return self.mu(both), self.logvar(both)

    def _end(self, rnn: Cell, sequence: Tensor, last: Tensor) -> Tensor:
        """Hidden state (B, encoder) after the last point of each drawing, (1, B, 1)."""
        nothing = sequence.new_zeros(1, sequence.shape[1], self.size)
        hidden, _ = rnn(sequence, None, (nothing, nothing))  # (T, B, encoder)
        return hidden.gather(0, last.expand(1, -1, hidden.shape[2]))[0]


class SketchRNN(Generator):
    """The whole network; without encoder and z where the settings say ``decoder``.

    It remembers the hidden state and the memory of its cell, (1, B, decoder) each, of a HyperLSTM those of the smaller
    cell too, (1, B, hyper) each, and where the pen is, (1, B, 4), if it is told of places.
    """

    def __init__(self, settings: NetSettings, *, initialise: bool = True) -> None:
        """Args:
        initialise: False for weights that are replaced at once.
        """
        super().__init__(settings)
        latent = settings.latent if settings.kind == "conditional" else 0
        if latent:
            self.encoder = Encoder(settings)
        decoder = make_cell(settings.cell, 5 + PLACES * settings.places, latent, settings.decoder, settings)
        if latent:
            self.initial = nn.Linear(latent, sum(decoder.sizes))
        self.decoder = decoder
        self.dropout = nn.Dropout(settings.dropout)
        self.output = nn.Linear(settings.decoder, outputs(settings.mixtures))
        if initialise:
            self._initialise()

    def _initialise(self) -> None:
        """Cells as each of them likes to begin, and a small state map.

        Source: sections 1 and 3 of the supplement.
        """
        if self.conditional:
            self.encoder.forward_rnn.initialise()
            self.encoder.backward_rnn.initialise()
        self.decoder.initialise()
        if self.conditional:
            nn.init.normal_(self.initial.weight, std=0.001)
            nn.init.zeros_(self.initial.bias)

    def encode(self, points: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of z given drawings; see Encoder."""
        return self.encoder(points, lengths)

    def start(self, z: Tensor | None, batch: int) -> State:
        """The decoder's state before the first step: tanh(W z + b), or zeros without z."""
        sizes, weight = self.decoder.sizes, self.output.weight
        whole = weight.new_zeros(1, batch, sum(sizes)) if z is None else torch.tanh(self.initial(self._given(z)))[None]
        state: State = tuple(each.contiguous() for each in whole.split(sizes, dim=-1))
        return (*state, first_places(weight, batch)) if self.settings.places else state

    def decode(self, inputs: Tensor, z: Tensor | None, state: State | None = None) -> tuple[Tensor, State]:
        """Raw outputs for what follows each input.

        Args:
            inputs: stroke-5 from the start token on, (T, B, 5).
            z: latent vectors (B, Nz), None for a network without.
            state: to go on from; by default the start.

        Returns:
            Raw outputs (T, B, 6 M + 3) for Mixture.of, and the state after the last input.
        """
        if state is None:
            state = self.start(z, inputs.shape[1])
        place: State = ()
        if self.settings.places:
            *parts, before = state
            state = tuple(parts)
            seen, before = places_after(inputs, before)
            inputs, place = torch.cat([inputs, seen], dim=-1), (before,)
        hidden, last = self.decoder(inputs, None if z is None else self._given(z), state)
        # the mixture is as fine as its weights: never in the low precision that autocast may choose for the LSTM
        with torch.autocast(hidden.device.type, enabled=False):
            return self.output(self.dropout(hidden.to(self.output.weight.dtype))), (*last, *place)

    def _given(self, z: Tensor) -> Tensor:
        """What the decoder is given of z."""
        return torch.tanh(z) if self.settings.squash_latent else z

    def keep(self, state: State, columns: Tensor) -> State:
        """State of these drawings of the batch only."""
        return tuple(each[:, columns].contiguous() for each in state)
