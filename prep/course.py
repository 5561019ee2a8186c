"""A training under way: a network with a head for its classes, kept after each epoch, taken up where it was."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from prep.backbone import Backbone, half_precision
from studio.files import replacing, write_text

if TYPE_CHECKING:
    import torch

_NAME = "training"
_RATES = {"random": 0.02, "pretrained": 0.005, "tuned": 0.005}  # of learning


@dataclass(eq=False)
class Course:
    """A training; ``begin`` makes one."""

    folder: Path
    key: str
    """What is learnt from what, by which settings: a course is taken up only by the same."""
    teacher: Backbone
    """With a network of its own, which learns."""
    head: torch.nn.Linear
    optimizer: torch.optim.SGD
    rate: float
    epoch: int = 0
    """How many are done."""
    seconds: float = 0.0
    """That they took."""

    @classmethod
    def begin(cls, folder: Path, key: str, backbone: Backbone, classes: int, seed: int) -> Course:
        """A new course, or that which was kept in the folder under this key."""
        import torch
        from safetensors import SafetensorError

        def new() -> Course:
            network = copy.deepcopy(backbone.network)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                head = torch.nn.Linear(backbone.width, classes).to(backbone.device)
            rate = _RATES[backbone.origin]
            optimizer = torch.optim.SGD(
                [*network.parameters(), *head.parameters()], rate, momentum=0.9, weight_decay=1e-4, nesterov=True
            )
            return cls(folder, key, backbone.with_network(network), head, optimizer, rate)

        course = new()
        try:
            course._take_up()
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError):  # none, or a damaged one
            course = new()
        return course

    def step(
        self, pictures: NDArray[np.uint8], truth: NDArray[np.int64], weights: torch.Tensor, through: float
    ) -> float:
        """Learn from some pictures, and tell the loss.

        Args:
            weights: of the classes.
            through: how far the whole course is, 0 to 1.
        """
        import torch

        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * 0.5 * (1 + np.cos(np.pi * min(1.0, through)))
        with half_precision(self.teacher.device):
            said = self.head(self.teacher.pooled(self.teacher.prepared(pictures, pictures.shape[1])))
            wanted = torch.from_numpy(truth).to(said.device)
            loss = torch.nn.functional.cross_entropy(said.float(), wanted, weights.to(said.device))
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.optimizer.param_groups[0]["params"], 2.0)
        self.optimizer.step()
        return float(loss.detach())

    def settle(self, pictures: NDArray[np.uint8], batch: int = 32) -> None:
        """Have the network know the mean and deviation of what it sees, which a short course leaves half learnt."""
        import torch

        norms = [each for each in self.teacher.network.modules() if isinstance(each, torch.nn.BatchNorm2d)]
        before = [each.momentum for each in norms]
        for each in norms:
            each.reset_running_stats()
            each.momentum = None  # of all batches alike
        self.teacher.network.train()
        with torch.inference_mode(), half_precision(self.teacher.device):
            for some in np.array_split(pictures, -(-len(pictures) // batch)) if norms else []:
                self.teacher.pooled(self.teacher.prepared(some, some.shape[1]))
        for each, momentum in zip(norms, before, strict=True):
            each.momentum = momentum

    def keep(self) -> None:
        """Keep all that it takes to go on; what was kept before goes when this is whole."""
        from safetensors.torch import save_file

        values = {f"network.{name}": each.contiguous() for name, each in self.teacher.network.state_dict().items()}
        values |= {f"head.{name}": each for name, each in self.head.state_dict().items()}
        for number, parameter in enumerate(self.optimizer.param_groups[0]["params"]):
            speed = self.optimizer.state[parameter].get("momentum_buffer")
            if speed is not None:
                values[f"speed.{number}"] = speed.contiguous()
        name = f"{_NAME}-{self.epoch}.safetensors"
        with replacing(self.folder / name) as temporary:
            save_file(values, temporary)
        told = {"key": self.key, "epoch": self.epoch, "seconds": self.seconds}
        write_text(self.folder / f"{_NAME}.json", json.dumps(told))
        self._sweep(name)

    def forget(self) -> None:
        """Take away what was kept: the course is over."""
        (self.folder / f"{_NAME}.json").unlink(missing_ok=True)
        self._sweep("")

    def _take_up(self) -> None:
        from safetensors.torch import load_file

        told = json.loads((self.folder / f"{_NAME}.json").read_text(encoding="utf-8"))
        if told["key"] != self.key:
            return
        kept = load_file(self.folder / f"{_NAME}-{int(told['epoch'])}.safetensors", str(self.teacher.device))
        for part, module in (("network.", self.teacher.network), ("head.", self.head)):
            module.load_state_dict({name[len(part) :]: kept[name] for name in kept if name.startswith(part)})
        for number, parameter in enumerate(self.optimizer.param_groups[0]["params"]):
            if f"speed.{number}" in kept:
                self.optimizer.state[parameter]["momentum_buffer"] = kept[f"speed.{number}"]
        self.epoch, self.seconds = int(told["epoch"]), float(told["seconds"])

    def _sweep(self, keep: str) -> None:
        for path in self.folder.glob(f"{_NAME}-*.safetensors"):
            if path.name != keep:
                path.unlink(missing_ok=True)
