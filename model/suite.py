"""What a network draws beside what it was to learn: the figures of `evaluate` that are no likelihood.

Seeds are fixed, so that the same network, drawings and counts give the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from drawing.drawing import Drawing
from drawing.stroke import Stroke3, from_moves
from model.data import to_batch
from model.evaluate import BATCH
from model.features import NAME, SHA256, Features, embed
from model.metrics import NEIGHBOURS, Likeness, chamfer, likeness, measures, nearest, wasserstein

if TYPE_CHECKING:
    from model.checkpoint import Checkpoint
    from model.sample import Sample, Sampler

SAMPLES, TEMPERATURE = 200, 0.3
"""How many are drawn unless asked otherwise, and how."""
FIRST_SEED = 1
AGAIN = 0.1
"""Temperature of reconstructions."""
ACTIVE = 0.01
"""A dimension of z whose mean varies more than this over drawings says something (Burda et al. 2016, appendix C)."""
MOST = 8000
"""Of more drawings in a split, so many are taken, evenly."""
FINE = 100
"""Points on a line as long as the diagonal, where the ink of two drawings is compared."""

OnProgress = Callable[[int, int], object]
T = TypeVar("T")


@dataclass(frozen=True)
class Reconstruction:
    """Drawings encoded and drawn again."""

    chamfer_pct: float
    """Mean distance to the original's ink, in % of its diagonal."""
    others_pct: float
    """The same to the ink of another drawing of the split: what a network reaches that has not looked."""
    drawings: int
    temperature: float = AGAIN


@dataclass(frozen=True)
class Memory:
    """How near samples are to drawings that were learnt."""

    ratio: float | None
    """Median distance of a sample to the nearest drawing in train, over that of an unseen drawing: far below 1
    where a network draws by heart."""
    copies: float
    """Share of samples nearer to a drawing in train than 99 of 100 unseen drawings are; 0.01 is no news."""
    train: int
    """Drawings of train that were looked at."""


@dataclass(frozen=True)
class Compared:
    """Drawings beside those of the split."""

    drawings: int
    empty_rate: float
    """Share with less than half the ink of 99 of 100 real drawings, by length."""
    tangle_rate: float
    """Share with more ink for its size than 99 of 100 real drawings: a tangle has, some honest drawings too."""
    wasserstein: dict[str, float | None]
    """See metrics.measures; in standard deviations of the real."""
    likeness: Likeness | None

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        near = asdict(self.likeness) if self.likeness else dict.fromkeys(Likeness.__dataclass_fields__)
        return {
            "drawings": self.drawings,
            "nearly_empty_rate": self.empty_rate,
            "tangle_rate": self.tangle_rate,
            "wasserstein": dict(self.wasserstein),
            **near,
        }


@dataclass(frozen=True)
class Suite:
    """All figures over samples and the drawings of a split."""

    temperature: float
    finish_rate: float
    """Share of samples that the network ended, rather than the cap on points."""
    made: Compared
    train: Compared | None
    """The same of as many drawings from train: what a network without fault would reach; None without a train
    split, or where the split is train."""
    latent: int | None
    """Dimensions of z."""
    active: int | None
    """Those that say something."""
    reconstruction: Reconstruction | None
    memory: Memory | None
    samples: list[Sample] = field(repr=False)
    twins: list[Drawing] = field(repr=False)
    """The drawing of train that is nearest to each sample; empty without a train split."""
    away: list[float] = field(repr=False)
    """How far it is, by the encoder."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object; what a network or file does not have is null."""
        made = self.made.to_json()
        return {
            "finish_rate": self.finish_rate,
            **{name: value for name, value in made.items() if name != "drawings"},
            "active_dimensions": self.active,
            "latent": self.latent,
            "reconstruction": asdict(self.reconstruction) if self.reconstruction else None,
            "nearest_train": asdict(self.memory) if self.memory else None,
            "train": self.train.to_json() if self.train else None,
            "samples": made["drawings"],
            "temperature": self.temperature,
            "first_seed": FIRST_SEED,
            "neighbours": NEIGHBOURS,
            "encoder": {"name": NAME, "sha256": SHA256},
        }


def judge(
    checkpoint: Checkpoint,
    rows: Sequence[Stroke3],
    train_rows: Sequence[Stroke3],
    *,
    samples: int = SAMPLES,
    temperature: float = TEMPERATURE,
    on_progress: OnProgress = lambda _done, _total: None,
) -> Suite:
    """Draw, and compare what was drawn.

    Args:
        rows: unseen drawings, as data.drawings_for gives them.
        train_rows: what was learnt; may be empty, or ``rows`` itself.
        samples: how many to draw; also the most drawings that are reconstructed.
    """
    from model.sample import Order, Sampler

    is_train = train_rows is rows
    chosen, known = _evenly(rows, MOST), _evenly(train_rows, MOST)
    sampler = Sampler(checkpoint)
    again = _evenly(range(len(chosen)), samples) if sampler.conditional else []
    bar = _Bar(on_progress, samples + len(again) + samples + len(chosen) + (0 if is_train else len(known)))

    orders = [Order(FIRST_SEED + index, temperature) for index in range(samples)]
    found = sampler.make(orders, lambda _index, _sample: bar.one())
    made = [each.drawing for each in found]
    real = [from_moves(each) for each in chosen]
    learnt = real if is_train else [from_moves(each) for each in known]

    active = reconstruction = None
    if sampler.conditional:
        means = _means(sampler, chosen)
        active = int((means.var(axis=0) > ACTIVE).sum())
        reconstruction = _reconstructed(sampler, [real[index] for index in again], means[again], bar)

    made_vectors, real_vectors = bar.embed(made), bar.embed(real)
    train_vectors = real_vectors if is_train else bar.embed(learnt)
    twins, away, memory = _memory(made_vectors, real_vectors, train_vectors, is_train)
    peers = None
    if len(learnt) and not is_train:
        picked = _evenly(range(len(learnt)), samples)
        peers = _compared([learnt[index] for index in picked], real, train_vectors[picked], real_vectors)
    return Suite(
        temperature=temperature,
        finish_rate=sum(each.finished for each in found) / len(found),
        made=_compared(made, real, made_vectors, real_vectors),
        train=peers,
        latent=sampler.net.settings.latent if sampler.conditional else None,
        active=active,
        reconstruction=reconstruction,
        memory=memory,
        samples=found,
        twins=[learnt[index] for index in twins],
        away=away,
    )


class _Bar:
    """How much is done of all there is to do."""

    def __init__(self, tell: OnProgress, total: int) -> None:
        self._tell, self._total, self._done = tell, total, 0

    def one(self) -> None:
        self._done += 1
        self._tell(self._done, self._total)

    def embed(self, drawings: Sequence[Drawing]) -> Features:
        before = self._done
        found = embed(drawings, lambda done: self._tell(before + done, self._total))
        self._done += len(drawings)
        return found


def _evenly(every: Sequence[T], most: int) -> list[T]:
    """So many at most, from all over; each where there are fewer."""
    if len(every) <= most:
        return list(every)
    return [every[index * len(every) // most] for index in range(most)]


def _means(sampler: Sampler, drawings: Sequence[Stroke3]) -> NDArray[np.float64]:
    """Mean of the posterior of z given each drawing, (drawings, Nz)."""
    import torch

    found = np.zeros((len(drawings), sampler.net.settings.latent))
    by_length = np.argsort([len(rows) for rows in drawings], kind="stable")
    for at in range(0, len(drawings), BATCH):
        some = by_length[at : at + BATCH]
        batch = to_batch([drawings[index] for index in some], sampler.checkpoint.scale)
        with torch.no_grad():
            mu, _ = sampler.net.encode(batch.points.double().to(sampler.device), batch.lengths.to(sampler.device))
        found[some] = mu.cpu().numpy()
    return found


def _reconstructed(
    sampler: Sampler, originals: Sequence[Drawing], means: NDArray[np.float64], bar: _Bar
) -> Reconstruction:
    from model.sample import Order

    orders = [Order(FIRST_SEED + index, AGAIN, z=z) for index, z in enumerate(means)]
    again = [each.drawing for each in sampler.make(orders, lambda _index, _sample: bar.one())]
    own = [_away(original, copy) for original, copy in zip(originals, again, strict=True)]
    others = [_away(original, again[index - 1]) for index, original in enumerate(originals)]
    return Reconstruction(float(np.mean(own)), float(np.mean(others)), len(originals))


def _away(original: Drawing, copy: Drawing) -> float:
    """Chamfer distance in % of the original's diagonal; a copy without a line is as far as it is large."""
    size = original.diagonal
    if not copy.lines or not size > 0:
        return 100.0 if size > 0 else 0.0
    return 100.0 * chamfer(original, copy, size / FINE) / size


def _compared(
    drawings: Sequence[Drawing], real: Sequence[Drawing], vectors: Features, real_vectors: Features
) -> Compared:
    told, wanted = measures(drawings), measures(real)
    ink, real_ink = (np.array([each.ink for each in some]) for some in (drawings, real))
    return Compared(
        drawings=len(drawings),
        empty_rate=float((ink < np.percentile(real_ink, 1) / 2).mean()),
        tangle_rate=float((told["ink"] > np.percentile(wanted["ink"], 99)).mean()),
        wasserstein=wasserstein(told, wanted),
        likeness=likeness(vectors, real_vectors),
    )


def _memory(
    made: Features, real: Features, train: Features, is_train: bool
) -> tuple[list[int], list[float], Memory | None]:
    """For each sample the nearest of train, and how that compares with unseen drawings."""
    if len(train) < 2:
        return [], [], None
    twins, away = nearest(made, train)
    _, usual = nearest(real, train, but_itself=is_train)
    middle = float(np.median(usual))
    memory = Memory(
        ratio=float(np.median(away)) / middle if middle > 0 else None,
        copies=float((away < np.percentile(usual, 1)).mean()),
        train=len(train),
    )
    return twins.tolist(), away.tolist(), memory
