"""Settings of a network and its training; presets for them lie in configs/."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from configs.errors import ConfigError
from configs.load import load, presets

DROPS = ("dropout", "recurrent_dropout", "weight_drop")
"""Settings of a network that are no part of its shape: they may change while it is trained."""


class NetSettings(BaseModel):
    """The shape of a Sketch-RNN (Ha and Eck 2017, section 3)."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: Literal["conditional", "decoder"] = "conditional"
    """``conditional`` has an encoder and a latent vector; ``decoder`` has neither."""
    body: Literal["rnn", "transformer"] = "rnn"
    """What remembers the line in the decoder: a recurrent cell, or attention to all points before."""
    cell: Literal["lstm", "layer_norm", "hyper"] = "lstm"
    """Of a recurrent decoder: a plain LSTM, one with layer normalisation, or a HyperLSTM."""
    encoder_cell: Literal["lstm", "layer_norm"] = "lstm"
    """Of the encoder."""
    encoder: int = Field(default=256, ge=1, le=4096)
    """Hidden size of each direction of the encoder."""
    decoder: int = Field(default=512, ge=1, le=4096)
    """Hidden size of the decoder; a multiple of twice ``heads`` in a transformer."""
    layers: int = Field(default=4, ge=1, le=48)
    """Blocks of a transformer."""
    heads: int = Field(default=4, ge=1, le=64)
    """Heads of its attention."""
    latent: int = Field(default=128, ge=1, le=1024)
    """Nz, the size of z."""
    mixtures: int = Field(default=20, ge=1, le=100)
    """M, bivariate Gaussians in the mixture of the next offset."""
    dropout: float = Field(default=0.0, ge=0, lt=1)
    """Share of the decoder's outputs set to zero in training."""
    recurrent_dropout: float = Field(default=0.0, ge=0, lt=1)
    """Share of what a cell would add to its memory that is set to zero in training."""
    weight_drop: float = Field(default=0.0, ge=0, lt=1)
    """Share of a cell's recurrent weights that is set to zero in training, others for each batch. Unlike
    ``recurrent_dropout`` it leaves a plain LSTM its fast kernels."""
    hyper: int = Field(default=256, ge=1, le=4096)
    """Hidden size of the smaller cell in a HyperLSTM."""
    hyper_embedding: int = Field(default=32, ge=1, le=1024)
    """Numbers that it has to say for each gate."""
    start_token: Literal["pen", "zero"] = "pen"
    """What is fed before the first point: a pen that is down and has not moved, or nothing but zeros."""
    squash_latent: bool = False
    """Whether a recurrent decoder is given tanh(z) in place of z, as in old pretrained networks."""
    places: bool = False
    """Whether the decoder is told where on the page it is, beside how it has moved."""


class FitSettings(BaseModel):
    """How a network is trained."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    steps: int = Field(default=20_000, ge=1)
    """Batches in all."""
    batch: int = Field(default=100, ge=1, le=10_000)
    """Drawings in a batch."""
    optimiser: Literal["adam", "muon"] = "adam"
    """``muon`` has the matrices of a transformer's blocks learn in every direction alike; all else takes Adam."""
    learning_rate: float = Field(default=1e-3, gt=0, le=1)
    """Of a step, at its highest."""
    schedule: Literal["cosine", "exponential", "constant"] = "cosine"
    """How the learning rate falls: to zero with the end of the training, or by ``rate_decay`` a step to
    ``lowest_rate``, or not at all."""
    rate_decay: float = Field(default=0.9999, gt=0, le=1)
    """What is left of an exponential learning rate after a step."""
    lowest_rate: float = Field(default=1e-5, ge=0, le=1)
    """Below this an exponential learning rate does not fall."""
    fine_share: float = Field(default=1.0, gt=0, le=10)
    """What ``learning_rate`` is multiplied by where a training begins with weights that can draw already."""
    warm_up: int = Field(default=100, ge=0)
    """Steps over which the learning rate rises from zero."""
    clip: float = Field(default=1.0, gt=0)
    """What of the gradient is too much and cut off."""
    clip_kind: Literal["norm", "value"] = "norm"
    """Whether ``clip`` is for the norm of the whole gradient, or for each of its numbers."""
    kl_weight: float = Field(default=0.5, ge=0)
    """w_KL."""
    kl_start: float = Field(default=0.01, ge=0, le=1)
    """eta_min: share of w_KL at the first step."""
    kl_decay: float = Field(default=0.9995, gt=0, lt=1)
    """R: how fast that share rises to 1."""
    kl_floor: float = Field(default=0.2, ge=0)
    """KL_min: below this L_KL costs nothing."""
    prior_share: float = Field(default=0.0, ge=0, lt=1)
    """Share of the drawings in a batch that are decoded from a z of the prior instead of their own. Without
    any there may be z that the decoder has never been near, from which it draws nothing or a tangle."""
    average: float = Field(default=0.999, ge=0, lt=1)
    """Decay of the moving average of the weights, which is what is tested and kept."""
    validate_every: int = Field(default=500, ge=1)
    """Steps between two looks at the valid split, new samples and a checkpoint."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """Of the products while training; ``auto`` takes bfloat16 where the device multiplies it faster. A plain LSTM on a
    GPU takes float32 whatever is said here, multiplied by the GPU's faster units."""
    record: bool = True
    """Have an NVIDIA GPU record its work on the second batch of a shape and replay it from then on: steps are faster,
    and it takes some more of its memory. Not where several train together."""
    compile: bool = False
    """Have torch compile the network, on an NVIDIA GPU only, in place of ``record``: minutes at the start."""
    seed: int = Field(default=1, ge=0)
    """Another seed, another run."""


class DataSettings(BaseModel):
    """What is done to drawings before they are learnt."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    max_points: int = Field(default=250, ge=2, le=10_000)
    """Drawings with more points are simplified to so many, never cut."""
    scale_jitter: float = Field(default=0.15, ge=0, lt=1)
    """x and y of each drawing are scaled by 1 plus or minus up to this, each on its own."""
    rotate_degrees: float = Field(default=0.0, ge=0, le=180)
    """Each drawing is turned by up to this."""
    drop_points: float = Field(default=0.1, ge=0, lt=1)
    """Chance that an inner point of a stroke is left out, its offset added to the next."""
    mirror: float = Field(default=0.0, ge=0, le=1)
    """Chance that a drawing is mirrored left to right."""
    reverse: float = Field(default=0.0, ge=0, le=1)
    """Chance that a drawing is drawn from its end to its beginning."""
    drop_first: Literal["auto", "yes", "no"] = "auto"
    """Leave out each first row, which in some files is a place on the page and no movement. ``auto`` does
    so where it is always zero, or much larger than the others. Rows that are left are movements of the pen,
    from a first point at the origin."""
    dequantise: Literal["auto", "yes", "no"] = "auto"
    """Add noise of half a unit to offsets, which whole numbers need lest a network bet on spikes."""


class TrainSettings(BaseModel):
    """All of a training run; what stands in a preset or a TOML file for ``train``."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    net: NetSettings = NetSettings()
    """The network."""
    fit: FitSettings = FitSettings()
    """The training."""
    data: DataSettings = DataSettings()
    """The drawings."""


def train_presets() -> list[str]:
    """Names of the presets that tell how to train; others are for the demo artist."""
    return [name for name in presets() if _trains(name)]


def _trains(name: str) -> bool:
    try:
        load(TrainSettings, name)
    except ConfigError:
        return False
    return True
