"""The network that settings tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.settings import NetSettings

if TYPE_CHECKING:
    from model.generator import Generator


def build(settings: NetSettings, *, initialise: bool = True) -> Generator:
    """A network of this kind and shape.

    Args:
        initialise: False for weights that are replaced at once.
    """
    if settings.body == "transformer":
        from model.transformer import Transformer

        return Transformer(settings, initialise=initialise)
    from model.sketch_rnn import SketchRNN

    return SketchRNN(settings, initialise=initialise)
