"""A causal transformer with the mixture density output of Sketch-RNN.

Each point is a token that attends to all before it: blocks normalised before each part, places in the
sequence told by rotation of queries and keys. z comes as a few tokens ahead of the first point. While
drawing, keys and values are kept, so that a step costs one token.

Sources: Vaswani et al. 2017; Radford et al. 2019 for the order of the parts; Su et al. 2021 for the
rotation; Li and Liang 2021 for the prefix.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention

from model.errors import ModelError
from model.generator import Generator, State
from model.mixture import outputs
from model.places import PLACES, first_places, places_after
from model.settings import NetSettings
from model.sketch_rnn import Encoder

PREFIX = 4
"""Tokens that z is told in."""
WIDER = 4
"""A block's inner width, in widths of a token."""
SLOWEST = 10_000.0
"""Of the rotations, in steps for a radian."""
ROOM = 64
"""Steps that room is made for at a time while drawing."""


class Block(nn.Module):
    """Attention to what came before, then two layers on each token alone."""

    def __init__(self, width: int, heads: int, layers: int, dropout: float, initialise: bool) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.before_inner = nn.LayerNorm(width)
        self.inner = nn.Linear(width, WIDER * width)
        self.outer = nn.Linear(WIDER * width, width)
        self.dropout = nn.Dropout(dropout)
        if not initialise:
            return
        for layer in (self.query_key_value, self.inner):
            nn.init.normal_(layer.weight, std=0.5 / math.sqrt(width))
        for layer in (self.attended, self.outer):  # small: what all blocks add together stays as large as one's
            nn.init.normal_(layer.weight, std=0.02 / math.sqrt(2 * layers))

    def split(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values of tokens (B, T, width), (B, heads, T, width / heads) each."""
        batch, steps, width = x.shape
        parts = self.query_key_value(self.before_attention(x))
        query, key, value = parts.view(batch, steps, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        return query, key, value

    def join(self, x: Tensor, found: Tensor) -> Tensor:
        """Tokens (B, T, width) with what attention found, (B, heads, T, width / heads), and with the inner layers."""
        x = x + self.dropout(self.attended(found.transpose(1, 2).reshape(x.shape)))
        return x + self.dropout(self.outer(gelu(self.inner(self.before_inner(x)))))


class Transformer(Generator):
    """The whole network; without encoder and z where the settings say ``decoder``.

    It remembers keys and values of each block, (layers, 2, B, heads, room, width / heads), how many steps are in
    them, (), and where the pen is, (1, B, 4). The memory is written on, so a state is gone on from once; what
    ``keep`` returns is a copy.
    """

    def __init__(self, settings: NetSettings, *, initialise: bool = True) -> None:
        """Args:
        initialise: False for weights that are replaced at once.

        Raises:
            ModelError: the width can't be split among the heads.
        """
        super().__init__(settings)
        width, heads = settings.decoder, settings.heads
        if width % (2 * heads):
            raise ModelError(
                f"net.decoder is a multiple of twice net.heads in a transformer; {width} is not of {heads}."
            )
        if self.conditional:
            self.encoder = Encoder(settings)
            self.prefix = nn.Linear(settings.latent, PREFIX * width)
        self.token = nn.Linear(5 + PLACES * settings.places, width)
        self.blocks = nn.ModuleList(
            Block(width, heads, settings.layers, settings.dropout, initialise) for _ in range(settings.layers)
        )
        self.before_output = nn.LayerNorm(width)
        self.dropout = nn.Dropout(settings.dropout)
        self.output = nn.Linear(width, outputs(settings.mixtures))
        if not initialise:  # on the meta device normal_ loads a compiler, which takes two seconds
            return
        nn.init.normal_(self.output.weight, std=0.02)
        nn.init.zeros_(self.output.bias)
        means = self.output.bias.data[3 + settings.mixtures : 3 + 3 * settings.mixtures]
        nn.init.normal_(means, std=0.5)  # alike, all Gaussians would stay alike

    def encode(self, points: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of z given drawings; see Encoder."""
        return self.encoder(points, lengths)

    def matrices(self) -> list[nn.Parameter]:
        """The weights of the blocks."""
        return [each for each in self.blocks.parameters() if each.ndim == 2]

    def start(self, z: Tensor | None, batch: int) -> State:
        """Memory of nothing but z."""
        settings, like = self.settings, self.output.weight
        depth = settings.decoder // settings.heads
        memory = like.new_empty(settings.layers, 2, batch, settings.heads, ROOM, depth)
        state: State = (memory, torch.zeros((), dtype=torch.int64), first_places(like, batch))
        if z is not None:
            _, memory, filled = self._go_on(self._told(z), memory, 0)
            state = (memory, torch.tensor(filled), state[2])
        return state

    def _told(self, z: Tensor) -> Tensor:
        """The tokens of z, (B, PREFIX, width)."""
        return self.prefix(z.to(self.prefix.weight.dtype)).view(len(z), PREFIX, self.settings.decoder)

    def decode(self, inputs: Tensor, z: Tensor | None, state: State | None = None) -> tuple[Tensor, State]:
        """Raw outputs for what follows each input; see Generator.

        Where gradients are wanted and no state is given, nothing is remembered, and the state returned is empty.
        """
        whole = state is None and torch.is_grad_enabled()
        before = first_places(inputs, inputs.shape[1]) if state is None else state[2]
        features = inputs
        if self.settings.places:
            seen, before = places_after(inputs, before)
            features = torch.cat([inputs, seen], dim=-1)
        tokens = self.dropout(self.token(features)).transpose(0, 1)  # (B, T, width)
        if whole:
            tokens, after = self._all(tokens, z), ()
        else:
            memory, filled, _ = self.start(z, inputs.shape[1]) if state is None else state
            tokens, memory, reached = self._go_on(tokens, memory, int(filled))
            after = (memory, torch.tensor(reached), before)
        # the mixture is as fine as its weights: never in the low precision that autocast may choose for the blocks
        with torch.autocast(inputs.device.type, enabled=False):
            found = self.before_output(tokens.to(self.output.weight.dtype))
            return self.output(self.dropout(found)).transpose(0, 1), after

    def _all(self, tokens: Tensor, z: Tensor | None) -> Tensor:
        """Whole drawings at once, (B, T, width)."""
        ahead = 0
        if z is not None:
            tokens, ahead = torch.cat([self._told(z), tokens], dim=1), PREFIX
        turn = _turns(0, tokens.shape[1], self.settings, tokens)
        for block in self.blocks:
            assert isinstance(block, Block)
            query, key, value = block.split(tokens)
            found = scaled_dot_product_attention(_turned(query, turn), _turned(key, turn), value, is_causal=True)
            tokens = block.join(tokens, found)
        return tokens[:, ahead:]

    def _go_on(self, tokens: Tensor, memory: Tensor, filled: int) -> tuple[Tensor, Tensor, int]:
        """Tokens (B, T, width) after those in memory; what came of them, the memory with them, and its steps."""
        steps = tokens.shape[1]
        reached = filled + steps
        if reached > memory.shape[4]:
            more = memory.new_empty(*memory.shape[:4], -(-reached // ROOM) * ROOM - memory.shape[4], memory.shape[5])
            memory = torch.cat([memory, more], dim=4)
        turn = _turns(filled, reached, self.settings, tokens)
        mask = None
        if steps > 1:  # a token sees what is in memory, and of the new ones those up to itself
            mask = torch.ones(steps, reached, dtype=torch.bool, device=tokens.device).tril(filled)
        for layer, block in enumerate(self.blocks):
            assert isinstance(block, Block)
            query, key, value = block.split(tokens)
            keys, values = memory[layer, 0], memory[layer, 1]  # (B, heads, room, depth)
            keys[:, :, filled:reached] = _turned(key, turn)
            values[:, :, filled:reached] = value
            found = scaled_dot_product_attention(
                _turned(query, turn), keys[:, :, :reached], values[:, :, :reached], attn_mask=mask
            )
            tokens = block.join(tokens, found)
        return tokens, memory, reached

    def keep(self, state: State, columns: Tensor) -> State:
        """State of these drawings of the batch only, a copy."""
        memory, filled, before = state
        return memory[:, :, columns], filled, before[:, columns]


def _turns(first: int, end: int, settings: NetSettings, like: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine of how far each place in the sequence is turned, (T, depth / 2) each."""
    half = settings.decoder // settings.heads // 2
    each = torch.arange(half, device=like.device, dtype=torch.float64)
    steps = torch.arange(first, end, device=like.device, dtype=torch.float64)
    angle = steps[:, None] * SLOWEST ** (-each / half)
    return angle.cos().to(like.dtype), angle.sin().to(like.dtype)


def _turned(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Queries or keys (B, heads, T, depth) turned by their place, two halves as the two coordinates."""
    cos, sin = turn
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)
