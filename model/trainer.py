"""Trainer: a network, its averaged copy and its optimiser, one batch at a time."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from drawing.stroke import Stroke3
from model.checkpoint import KEY, Checkpoint
from model.data import Data
from model.device import choose_device, multiplies_bfloat16
from model.errors import BadCheckpoint, TrainingFailed
from model.evaluate import Likelihood, likelihood
from model.generator import Generator
from model.losses import Batch, annealed, divergence, objective, reconstruction, sums
from model.networks import build
from model.settings import TrainSettings
from studio.files import write_bytes

SMOOTH = 0.98
"""How much of the training loss told is that of the steps before."""
LOWEST_SHARE = 0.005
"""Of the learning rate, at the end."""


class Trainer:
    """All that changes while a network is trained."""

    def __init__(self, settings: TrainSettings, data: Data, device: str = "auto", start: Checkpoint | None = None):
        """Args:
        start: weights to begin with; its network and its scale are kept.
        """
        self.settings = settings
        self.data = data
        self.scale = data.scale if start is None else start.scale
        self.device = choose_device(device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.fit.seed)
            self.net = build(settings.net)
        if start is not None:
            self.net.load_state_dict(start.build().state_dict())
        self.net.to(self.device).train()
        self.average = {name: each.detach().clone() for name, each in self.net.named_parameters()}
        # one fused kernel for all weights where there is one
        self.optimiser = torch.optim.Adam(self.net.parameters(), lr=settings.fit.learning_rate, foreach=True)
        self.step = 0
        self.elapsed_s = 0.0
        self.best: float | None = None
        self._smoothed: float | None = None
        asked = settings.fit.precision
        fast = multiplies_bfloat16(self.device) if asked == "auto" else asked == "bfloat16"
        self.precision = "bfloat16" if fast else "float32"
        if self.device.type == "cpu":
            torch.set_flush_denormal(True)  # tiny gradients of saturated gates cost ten times a normal number

    @property
    def net_size(self) -> int:
        """Weights in all."""
        return sum(each.numel() for each in self.net.parameters())

    def learn(self, batch: Batch, done: float) -> dict[str, float]:
        """One step; ``done`` is the share of the training that lies behind, 0 to 1.

        Returns:
            ``train`` (nats per point, KL included, smoothed), L_R, L_KL, w_KL, learning_rate, gradient_norm.
        """
        fit = self.settings.fit
        rate = fit.learning_rate * self._share_of_rate(done)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        batch = batch.to(self.device)
        with (
            torch.random.fork_rng(devices=[]),
            torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bfloat16"),
        ):
            torch.manual_seed(int(np.random.default_rng([fit.seed, self.step, 0x5E]).integers(2**62)))
            noise = from_prior = None
            if self.net.conditional:
                noise = torch.randn(len(batch.lengths), self.settings.net.latent).to(self.device)
                from_prior = (torch.rand(len(batch.lengths)) < fit.prior_share).to(self.device)
            found = sums(self.net, batch, noise, from_prior)
        l_r = reconstruction(found, self.data.n_max)
        l_kl = divergence(found, self.settings.net.latent)
        weight = annealed(self.step, fit.kl_weight, fit.kl_start, fit.kl_decay) if self.net.conditional else 0.0
        self.optimiser.zero_grad(set_to_none=True)
        objective(l_r, l_kl, weight, fit.kl_floor).backward()
        norm = torch.nn.utils.clip_grad_norm_(self.net.parameters(), fit.clip)
        self.optimiser.step()
        self.step += 1
        self._follow()
        points = found.points.sum()
        nats = ((found.offsets + found.pen + found.kl).sum() / points).item()
        before = nats if self._smoothed is None else self._smoothed
        # faster at first, as the average of the weights, which the valid split is tested with
        smooth = min(SMOOTH, self.step / (9 + self.step))
        self._smoothed = smooth * before + (1 - smooth) * nats
        if not math.isfinite(nats):
            self._smoothed = nats
        return {
            "train": self._smoothed,
            "L_R": l_r.item(),
            "L_KL": l_kl.item(),
            "w_KL": weight,
            "learning_rate": rate,
            "gradient_norm": float(norm),
        }

    def _share_of_rate(self, done: float) -> float:
        """Linear warm-up by steps, then a cosine by what is done."""
        warm = min(1.0, (self.step + 1) / max(1, self.settings.fit.warm_up))
        return warm * (LOWEST_SHARE + (1 - LOWEST_SHARE) * 0.5 * (1 + math.cos(math.pi * min(done, 1.0))))

    def _follow(self) -> None:
        """Move the average towards the weights; faster at first, when it knows nothing."""
        decay = min(self.settings.fit.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for name, weight in self.net.named_parameters():
                self.average[name].lerp_(weight, 1 - decay)

    def averaged(self) -> Generator:
        """A copy of the network with the averaged weights."""
        net = build(self.settings.net)
        net.load_state_dict(self.average)
        return net.to(self.device).eval()

    def test(self, drawings: Sequence[Stroke3]) -> Likelihood:
        """Likelihood of drawings under the averaged weights, in full precision."""
        return likelihood(self.averaged(), drawings, self.scale, self.data.n_max)

    def checkpoint(self, found: Likelihood) -> Checkpoint:
        """The averaged weights, with what was found of them."""
        return Checkpoint(
            net=self.settings.net,
            weights={name: each.detach().cpu().clone() for name, each in self.average.items()},
            scale=self.scale,
            n_max=self.data.n_max,
            first_dropped=self.data.first_dropped,
            step=self.step,
            data=self.data.about(),
            training={
                "settings": self.settings.model_dump(),
                "seconds": round(self.elapsed_s, 1),
                "valid": found.to_json(),
                "torch": torch.__version__,
            },
        )

    # to be stopped and go on

    def save(self, path: Path) -> None:
        """Write all that going on needs."""
        tensors: dict[str, Tensor] = {}
        for name, weight in self.net.named_parameters():
            tensors[f"net.{name}"] = weight.detach()
            tensors[f"average.{name}"] = self.average[name]
            for key, value in self.optimiser.state.get(weight, {}).items():
                tensors[f"adam.{key}.{name}"] = value
        about = {
            "settings": self.settings.model_dump(),
            "scale": self.scale,
            "data": self.data.hash,
            "step": self.step,
            "elapsed_s": self.elapsed_s,
            "best": self.best,
            "smoothed": self._smoothed,
        }
        whole = {name: each.cpu().contiguous() for name, each in tensors.items()}
        write_bytes(path, save(whole, metadata={KEY: json.dumps(about)}))

    @classmethod
    def resumed(cls, path: Path, settings: TrainSettings, data: Data, device: str = "auto") -> Trainer:
        """The trainer that ``save`` wrote.

        Args:
            settings: what counts from now on; the network must be the same.

        Raises:
            BadCheckpoint: no such file, damaged, or of another network.
            TrainingFailed: it was trained on other data.
        """
        about, tensors = _read(path)
        trainer = cls(settings, data, device)
        try:
            before = TrainSettings.model_validate(about["settings"])
            if about["data"] != data.hash:
                raise TrainingFailed(
                    f"{path} was trained on other data; resume with the file it was trained on, or start a new run "
                    f"with --from {path.with_name('model.safetensors')}."
                )
            if before.net != settings.net:
                raise TrainingFailed(f"{path} is of a network of another shape; [net] can't change on --resume.")
            trainer.scale, trainer.step = float(about["scale"]), int(about["step"])
            trainer.elapsed_s, trainer.best = float(about["elapsed_s"]), about["best"]
            trainer._smoothed = about["smoothed"]
            for name, weight in trainer.net.named_parameters():
                with torch.no_grad():
                    weight.copy_(tensors[f"net.{name}"])
                trainer.average[name].copy_(tensors[f"average.{name}"])
                if trainer.step:  # Adam has no state before its first step
                    keys = ("step", "exp_avg", "exp_avg_sq")
                    state = {key: tensors[f"adam.{key}.{name}"].to(weight.device) for key in keys}
                    trainer.optimiser.state[weight] = {**state, "step": state["step"].cpu()}
        except (KeyError, TypeError, ValueError, RuntimeError, ValidationError) as error:
            raise BadCheckpoint(f"{path} does not hold all that going on needs ({str(error)[:120]}).") from None
        return trainer


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    try:
        with safe_open(path, framework="pt") as file:
            about = json.loads((file.metadata() or {})[KEY])
            return about, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no dict
    except FileNotFoundError:
        raise BadCheckpoint(f"{path} does not exist; there is nothing to resume in {path.parent}.") from None
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise BadCheckpoint(f"{path} is damaged or not of a run ({str(error)[:120]}).") from None
