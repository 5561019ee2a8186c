"""Training in several processes at once, as torchrun starts them: one a GPU, on one machine or many.

Each process has the whole network and a part of each batch. Before a step the sums of their losses are
added up, then their gradients, in one piece: what is learnt is what one process would learn from the
whole batch. DistributedDataParallel is not used: it averages where parts of different size must be
summed, it knows one ``forward`` and not ``encode`` and ``decode``, and it has nothing to gain from many
buckets of a network of a few megabytes.

The first process, the leader, alone writes files and tells of the run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from model.errors import ModelError, TrainingFailed

if TYPE_CHECKING:
    from torch import Tensor

PATIENCE_S = 600.0
"""How long a process waits for the others: longer than the leader looks at the valid split. One that is killed is
noticed at once, when its connection closes; this is for one that stands still."""


class LostWorker(TrainingFailed):
    """Another process of the training has ended, or can't be reached."""


@dataclass(frozen=True)
class Group:
    """The processes of a training as one of them sees them."""

    rank: int = 0
    ranks: int = 1
    local_rank: int = 0
    """Which of the processes on this machine it is, and so which GPU is its own."""

    @property
    def leader(self) -> bool:
        """Whether this process writes and tells."""
        return self.rank == 0

    def device(self, asked: str) -> str:
        """The device of this process.

        Raises:
            ModelError: there are fewer GPUs here than processes.
        """
        import torch

        if self.ranks == 1 or asked not in ("auto", "cuda"):
            return asked
        if not torch.cuda.is_available():
            return "cpu" if asked == "auto" else asked
        if self.local_rank >= torch.cuda.device_count():
            raise ModelError(
                f"There are {torch.cuda.device_count()} GPUs here for {self.local_rank + 1} processes or more; "
                "start fewer with --nproc-per-node."
            )
        torch.cuda.set_device(self.local_rank)
        return f"cuda:{self.local_rank}"

    def share(self, data: bytes | None) -> bytes:
        """What the leader has; the others give None."""
        if self.ranks == 1:
            return data or b""
        import torch
        import torch.distributed as dist

        size = torch.tensor([len(data or b"")])
        _waiting(lambda: dist.broadcast(size, 0))
        whole = torch.frombuffer(bytearray(data or bytes(int(size))), dtype=torch.uint8)
        _waiting(lambda: dist.broadcast(whole, 0))
        return whole.numpy().tobytes()

    def agree(self, done: float, stop: bool) -> tuple[float, bool]:
        """How much is done by the leader's clock, and whether anyone wants to stop."""
        if self.ranks == 1:
            return done, stop
        import torch

        told = torch.tensor([done if self.leader else 0.0, float(stop)], dtype=torch.float64)
        done, stopping = self.sum(told).tolist()
        return done, stopping > 0

    def sum(self, values: Tensor) -> Tensor:
        """Values added up over all processes, the same to the last bit in each; alone, the very tensor."""
        if self.ranks > 1:
            import torch.distributed as dist

            _waiting(lambda: dist.all_reduce(values))
        return values

    def add_gradients(self, weights: Iterable[Tensor]) -> None:
        """Replace each gradient by the sum of those of all processes, in one exchange."""
        if self.ranks == 1:
            return
        import torch

        gradients = [each.grad for each in weights if each.grad is not None]
        whole = self.sum(torch.cat([each.flatten() for each in gradients]))
        for gradient, part in zip(gradients, whole.split([each.numel() for each in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))


ALONE = Group()


def _waiting(exchange: Callable[[], object]) -> None:
    try:
        exchange()
    except RuntimeError as error:  # what torch raises when a connection closes or nobody answers
        raise LostWorker(f"Another process of the training has ended ({' '.join(str(error).split())[:100]}).") from None


def under_torchrun() -> bool:
    """Whether torchrun has started this process."""
    return "RANK" in os.environ and "WORLD_SIZE" in os.environ


def is_leader() -> bool:
    """Whether this is the first of the processes that torchrun has started."""
    return int(os.environ.get("RANK", "0")) == 0


def join() -> Group:
    """Meet the other processes; waits until all are there.

    Raises:
        ModelError: they can't be met.
    """
    if not under_torchrun() or int(os.environ["WORLD_SIZE"]) == 1:
        return ALONE
    import torch
    import torch.distributed as dist

    group = Group(int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"]), int(os.environ.get("LOCAL_RANK", "0")))
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    try:
        dist.init_process_group(backend, timeout=timedelta(seconds=PATIENCE_S))
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"The other processes can't be met ({' '.join(str(error).split())[:160]}).") from None
    return group


def leave() -> None:
    """Part from the others."""
    import torch.distributed as dist

    if dist.is_initialized():
        dist.destroy_process_group()
