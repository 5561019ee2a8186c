"""Generator: what training, testing and sampling ask of a network, whatever it is made of."""

from __future__ import annotations

from abc import abstractmethod

from torch import Tensor, nn

from model.settings import NetSettings

State = tuple[Tensor, ...]
"""What a network remembers of each drawing between two calls; only the network itself knows its parts."""


class Generator(nn.Module):
    """A network that tells, after each point of a drawing, how likely any next one is.

    All of them end in the mixture density of model.mixture.
    """

    settings: NetSettings

    def __init__(self, settings: NetSettings) -> None:
        super().__init__()
        self.settings = settings

    @property
    def conditional(self) -> bool:
        """Whether drawings are decoded from a latent vector."""
        return self.settings.kind == "conditional"

    @abstractmethod
    def encode(self, points: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of z, (B, Nz) each.

        Args:
            points: stroke-5 without start and end, (T, B, 5); what lies beyond a length is not looked at.
            lengths: points of each drawing, (B,), at least 1.
        """

    @abstractmethod
    def start(self, z: Tensor | None, batch: int) -> State:
        """What is remembered before the first input."""

    @abstractmethod
    def decode(self, inputs: Tensor, z: Tensor | None, state: State | None = None) -> tuple[Tensor, State]:
        """Raw outputs for what follows each input.

        Args:
            inputs: stroke-5 from the first input on, (T, B, 5).
            z: latent vectors (B, Nz), None for a network without.
            state: to go on from; by default the start.

        Returns:
            Raw outputs (T, B, 6 M + 3) for Mixture.of, and what is remembered after the last input.
        """

    @abstractmethod
    def keep(self, state: State, columns: Tensor) -> State:
        """What is remembered of these drawings of the batch only, int64 (b,)."""

    def matrices(self) -> list[nn.Parameter]:
        """Weights between hidden layers, for which Muon was made; none in a recurrent network."""
        return []

    def first_input(self, like: Tensor, batch: int) -> Tensor:
        """The input before the first point, (1, B, 5), of a tensor's kind: a pen that is down and has not moved."""
        first = like.new_zeros(1, batch, 5)
        if self.settings.start_token == "pen":
            first[..., 2] = 1.0
        return first
