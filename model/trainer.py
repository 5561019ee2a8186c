"""Trainer: a network, its averaged copy and its optimiser, one batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from pydantic import ValidationError
from torch import Tensor

from drawing.stroke import Stroke3
from model.adam import Adam
from model.asked import plain
from model.checkpoint import Checkpoint
from model.data import Data
from model.device import choose_device, multiplies_bfloat16
from model.distributed import ALONE, Group
from model.errors import BadCheckpoint, TrainingFailed
from model.evaluate import Likelihood, likelihood
from model.generator import Generator
from model.guard import Guard
from model.losses import Batch, annealed, objective, sums
from model.muon import Muon
from model.networks import build
from model.parts import lengthened, parts, pay
from model.recorder import Given, Recorder
from model.resumable import pack, read, unpack
from model.schedule import learning_rate
from model.settings import DROPS, FitSettings, NetSettings, TrainSettings
from studio.files import write_bytes

RECORD_TO = 16
"""Steps of a batch are a multiple of this where they are recorded: fewer shapes, of which each is recorded once."""
SMOOTH = 0.98
"""How much of the training loss told is that of the steps before."""


class Trainer:
    """All that changes while a network is trained."""

    def __init__(
        self,
        settings: TrainSettings,
        data: Data,
        device: str = "auto",
        start: Checkpoint | None = None,
        group: Group = ALONE,
    ):
        """Args:
        start: weights to begin with. The scale is that of the data all the same: divided by it, offsets are as large
            as those that the weights know, however large the drawings are.
        group: the processes that train together; each sees its part of each batch.
        """
        self.settings = settings = plain(settings)
        self.data = data
        self.group = group
        self.device = choose_device(group.device(device))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.fit.seed)
            self.net = build(settings.net)
        if start is not None:
            self.net.load_state_dict(start.build().state_dict())
        self.began_with = None if start is None else {"hash": start.hash, "scale": start.scale, "step": start.step}
        self.net.to(self.device).train()
        self.average = {name: each.detach().clone() for name, each in self.net.named_parameters()}
        self.optimiser = _optimiser(self.net, settings.fit)
        self.guard = Guard()
        self.step = 0
        self.elapsed_s = 0.0
        self.best: float | None = None
        self.smoothed: float | None = None
        asked = settings.fit.precision
        fast = multiplies_bfloat16(self.device) if asked == "auto" else asked == "bfloat16"
        self.precision = "bfloat16" if fast else "float32"
        # a compiler is at hand with a GPU only; shapes vary from batch to batch
        compiled = settings.fit.compile and self.device.type == "cuda"
        self._sums = torch.compile(sums, dynamic=True) if compiled else sums
        recorded = settings.fit.record and self.device.type == "cuda" and not compiled and group.ranks == 1
        self._recorder = Recorder(self._recorded, self.device) if recorded else None
        self._in_parts = pay(settings.net, self.device.type, self.precision)
        if self.device.type == "cpu":
            torch.set_flush_denormal(True)  # tiny gradients of saturated gates cost ten times a normal number

    @property
    def net_size(self) -> int:
        """Weights in all."""
        return sum(each.numel() for each in self.net.parameters())

    def learn(self, batch: Batch, done: float) -> tuple[dict[str, float], str]:
        """One step, unless its figures are such that it had better not be taken.

        Args:
            batch: this process's part of it.
            done: the share of the training that lies behind, 0 to 1.

        Returns:
            ``train`` (nats per point, KL included, smoothed), L_R, L_KL, w_KL, learning_rate, gradient_norm and
            skipped (steps so far), all of the whole batch; and why the step was skipped, in words. Then neither
            weights nor their average nor what Adam knows has changed, and the figures are not to be told.

        Raises:
            LostWorker: another process has ended; this one is as it was before the step.
        """
        fit, latent, n_max = self.settings.fit, self.settings.net.latent, self.data.n_max
        rate = learning_rate(fit, self.step, done) * self.guard.share
        weight = annealed(self.step, fit.kl_weight, fit.kl_start, fit.kl_decay) if self.net.conditional else 0.0
        with torch.random.fork_rng(devices=[]):
            noise, from_prior = self._chance(len(batch.lengths))
            if self._recorder is None:
                noise, from_prior = (None if each is None else each.to(self.device) for each in (noise, from_prior))
                self.optimiser.zero_grad()
                whole = self._gradients(batch.to(self.device), noise, from_prior, weight)
            else:
                given = lengthened(batch, RECORD_TO)
                tensors = (given.inputs, given.offsets, given.pen, given.lengths)
                whole = self._recorder.run([*tensors, noise, from_prior, torch.tensor(weight)])
        self.group.add_gradients(self.net.parameters())
        gradients = [each.grad for each in self.net.parameters() if each.grad is not None]
        norm = torch.nn.utils.get_total_norm(gradients)
        told_r, told_kl, told_points, told_drawings, told_norm = torch.cat([whole, norm[None]]).tolist()
        nats = (told_r + told_kl) / told_points
        fault = self.guard.judge(self.step, nats, told_norm)
        if not fault:
            if fit.clip_kind == "norm":
                torch.nn.utils.clip_grads_with_norm_(self.net.parameters(), fit.clip, norm)
            else:
                torch.nn.utils.clip_grad_value_(self.net.parameters(), fit.clip)
            for group in self.optimiser.param_groups:
                group["lr"] = rate
            self.optimiser.step()
        self.step += 1
        if not fault:
            self._follow()
            before = nats if self.smoothed is None else self.smoothed
            # faster at first, as the average of the weights, which the valid split is tested with
            smooth = min(SMOOTH, self.step / (9 + self.step))
            self.smoothed = smooth * before + (1 - smooth) * nats
        return {
            "train": nats if self.smoothed is None else self.smoothed,
            "L_R": told_r / (told_drawings * n_max),
            "L_KL": told_kl / (told_drawings * latent),
            "w_KL": weight,
            "learning_rate": rate,
            "gradient_norm": told_norm,
            "skipped": float(self.guard.skipped),
        }, fault

    def _chance(self, count: int) -> tuple[Tensor | None, Tensor | None]:
        """Noise for z and which z are of the prior, of this process's drawings; seeds what the network drops.

        Random numbers come from the seed and the step. Those of z are drawn for the whole batch, so that a drawing
        has the same ones in any number of processes; what a network drops is another thing in each.
        """
        fit, rank, ranks = self.settings.fit, self.group.rank, self.group.ranks
        torch.manual_seed(int(np.random.default_rng([fit.seed, self.step, 0x5E]).integers(2**62)))
        noise = from_prior = None
        if self.net.conditional:
            noise = torch.randn(fit.batch, self.settings.net.latent)[rank::ranks][:count]
            from_prior = (torch.rand(fit.batch) < fit.prior_share)[rank::ranks][:count]
        if rank:
            torch.manual_seed(int(np.random.default_rng([fit.seed, self.step, 0x5E, rank]).integers(2**62)))
        return noise, from_prior

    def _recorded(self, given: Given) -> Tensor:
        """``_gradients`` of tensors alone; the gradients stay where they are, so that a recording finds them."""
        inputs, offsets, pen, lengths, noise, from_prior, weight = given
        assert inputs is not None
        assert offsets is not None
        assert pen is not None
        assert lengths is not None
        assert weight is not None
        for each in self.net.parameters():
            if each.grad is not None:
                each.grad.zero_()
        return self._gradients(Batch(inputs, offsets, pen, lengths), noise, from_prior, weight)

    def _gradients(
        self, batch: Batch, noise: Tensor | None, from_prior: Tensor | None, weight: float | Tensor
    ) -> Tensor:
        """Add this process's gradients; gives offsets and pen, KL, points and drawings of the whole batch, (4,)."""
        offsets_and_pen, kl, points = self._forward(batch, noise, from_prior)
        # by what the whole batch holds, not this part of it
        here = [offsets_and_pen, kl, points, points.new_full((), len(batch.lengths))]
        whole = self.group.sum(torch.stack(here).detach())
        drawings = whole[3]
        l_r = offsets_and_pen / (drawings * self.data.n_max)
        l_kl, of_all = (each / (drawings * self.settings.net.latent) for each in (kl, whole[1]))
        objective(l_r, l_kl, weight, self.settings.fit.kl_floor, of_all=of_all).backward()
        return whole

    def _forward(self, batch: Batch, noise: Tensor | None, from_prior: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Offsets and pen, KL and points, each summed over this process's drawings."""
        sums_of_parts: list[Tensor] = []
        for columns, part in parts(batch) if self._in_parts else [(slice(None), batch)]:
            given = (None if drawn is None else drawn[columns] for drawn in (noise, from_prior))
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bfloat16"):
                found = self._sums(self.net, part, *given)
            sums_of_parts.append(torch.stack([(found.offsets + found.pen).sum(), found.kl.sum(), found.points.sum()]))
        offsets_and_pen, kl, points = torch.stack(sums_of_parts).sum(dim=0).unbind()
        return offsets_and_pen, kl, points

    def _follow(self) -> None:
        """Move the average towards the weights; faster at first, when it knows nothing."""
        decay = min(self.settings.fit.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            torch._foreach_lerp_(  # pyright: ignore[reportPrivateImportUsage]
                [self.average[name] for name, _ in self.net.named_parameters()], list(self.net.parameters()), 1 - decay
            )

    def averaged(self) -> Generator:
        """A copy of the network with the averaged weights."""
        with torch.device("meta"):  # neither time nor random numbers for weights that are replaced
            net = build(self.settings.net, initialise=False)
        net.load_state_dict({name: each.clone() for name, each in self.average.items()}, assign=True)
        return net.to(self.device).eval()

    def test(self, drawings: Sequence[Stroke3]) -> Likelihood:
        """Likelihood of drawings under the averaged weights, in full precision."""
        return likelihood(self.averaged(), drawings, self.data.scale, self.data.n_max)

    def checkpoint(self, found: Likelihood) -> Checkpoint:
        """The averaged weights, with what was found of them."""
        return Checkpoint(
            net=self.settings.net,
            weights={name: each.detach().cpu().clone() for name, each in self.average.items()},
            scale=self.data.scale,
            n_max=self.data.n_max,
            first_dropped=self.data.first_dropped,
            step=self.step,
            data=self.data.about(),
            training={
                "settings": self.settings.model_dump(),
                "seconds": round(self.elapsed_s, 1),
                "skipped": self.guard.skipped,
                "began_with": self.began_with,
                "valid": found.to_json(),
                "torch": torch.__version__,
            },
        )

    # to be stopped and go on

    def state(self) -> bytes:
        """All that going on needs."""
        about = {
            "settings": self.settings.model_dump(),
            "scale": self.data.scale,
            "data": self.data.hash,
            "step": self.step,
            "elapsed_s": self.elapsed_s,
            "best": self.best,
            "smoothed": self.smoothed,
            "guard": self.guard.to_json(),
            "began_with": self.began_with,
        }
        return pack(self.net, self.average, self.optimiser, about)

    def save(self, path: Path) -> None:
        """Write all that going on needs."""
        write_bytes(path, self.state())

    @classmethod
    def resumed(
        cls, path: Path, settings: TrainSettings, data: Data, device: str = "auto", group: Group = ALONE
    ) -> Trainer:
        """The trainer that ``save`` wrote.

        Args:
            settings: what counts from now on; the network must be the same.

        Raises:
            BadCheckpoint: no such file, damaged, or of another network.
            TrainingFailed: it was trained on other data.
        """
        try:
            state = path.read_bytes()
        except FileNotFoundError:
            raise BadCheckpoint(f"{path} does not exist; there is nothing to resume in {path.parent}.") from None
        except OSError as error:
            raise BadCheckpoint(f"{path} can't be read: {error.strerror or error}.") from None
        return cls.of_state(state, path, settings, data, device, group)

    @classmethod
    def of_state(
        cls,
        state: bytes,
        path: Path,
        settings: TrainSettings | None,
        data: Data,
        device: str = "auto",
        group: Group = ALONE,
    ) -> Trainer:
        """The trainer of what ``state`` gave.

        Args:
            path: where it comes from, for errors.
            settings: what counts from now on; by default what counted before.
        """
        about, tensors = read(state, path)
        try:
            before = plain(TrainSettings.model_validate(about["settings"]))
            settings = before if settings is None else plain(settings)
            if about["data"] != data.hash:
                raise TrainingFailed(
                    f"{path} was trained on other data; resume with the file it was trained on, or start a new run "
                    f"with --from {path.with_name('model.safetensors')}."
                )
            if _shape(before.net) != _shape(settings.net):
                raise TrainingFailed(f"{path} is of a network of another shape; of [net] only dropout can change.")
            if before.fit.optimiser != settings.fit.optimiser:
                raise TrainingFailed(f"{path} was trained with {before.fit.optimiser}; fit.optimiser can't change now.")
            trainer = cls(settings, replace(data, scale=float(about["scale"])), device, group=group)
            trainer.step, trainer.elapsed_s = int(about["step"]), float(about["elapsed_s"])
            trainer.best, trainer.smoothed = about["best"], about["smoothed"]
            trainer.began_with = about.get("began_with")
            trainer.guard = Guard.of_json(about.get("guard") or {})
            if before.fit.learning_rate != settings.fit.learning_rate:  # somebody has seen to it
                trainer.guard.halved = 0
            unpack(tensors, trainer.net, trainer.average, trainer.optimiser)
        except (KeyError, TypeError, ValueError, RuntimeError, ValidationError) as error:
            raise BadCheckpoint(f"{path} does not hold all that going on needs ({str(error)[:120]}).") from None
        return trainer


def _optimiser(net: Generator, fit: FitSettings) -> Adam | Muon:
    if fit.optimiser == "muon":
        matrices = net.matrices()
        known = {id(each) for each in matrices}
        return Muon(matrices, [each for each in net.parameters() if id(each) not in known], fit.learning_rate)
    return Adam(net.parameters(), fit.learning_rate)


def _shape(net: NetSettings) -> NetSettings:
    return net.model_copy(update=dict.fromkeys(DROPS, 0.0))
