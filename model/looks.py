"""Looks at a network in training: its figure on the valid split, its files, a few samples."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from drawing.collection import Entry, write_collection
from drawing.stroke import Stroke3
from model.checkpoint import Checkpoint, save_checkpoint
from model.data import Data, dequantise
from model.errors import TrainingFailed
from model.evaluate import Likelihood
from studio.errors import StudioError
from studio.events import Listener, Made, Measured, Said

if TYPE_CHECKING:
    from model.trainer import Trainer

NEWEST, BEST, RESUME = "model.safetensors", "best.safetensors", "resume.safetensors"
GLANCE = 500
"""Drawings of the valid split that each look is judged by: a figure of all of them is none to compare with these."""
SAMPLES, SAMPLE_TEMPERATURE = 12, 0.3
UNSAVED_S = 600.0
"""How long a training goes on while its files can't be written, as on a full disk, before it ends."""


class Looks:
    """What is looked at, and where its files go."""

    def __init__(self, trainer: Trainer, folder: Path, on_event: Listener) -> None:
        self.trainer, self.folder = trainer, folder
        self._tell = on_event
        self._valid = _valid(trainer.data)
        self.saved_step: int | None = None
        """Of the last save by this process."""
        self._failing_since: float | None = None

    def look(self, *, last: bool = False, whole: bool = False) -> Likelihood:
        """Test the averaged weights, save all, draw samples.

        Where the files can't be written those that are there stay as they were, and the next look tries again.

        Args:
            last: there is no next look, so that a failure to save is one.
            whole: test with all of the valid split too, which is then what the checkpoint tells and what is returned;
                which weights are the best is judged by the same drawings as ever.

        Raises:
            TrainingFailed: the network's figure is no number; or it could not be saved for long.
        """
        trainer = self.trainer
        glance = found = trainer.test(self._valid[:GLANCE])
        if whole and len(self._valid) > GLANCE:
            found = trainer.test(self._valid)
        if not math.isfinite(glance.nats_per_point + found.nats_per_point):
            raise TrainingFailed(f"The valid split has no likelihood at step {trainer.step}. {self.remedy()}")
        best = trainer.best is None or glance.nats_per_point < trainer.best
        checkpoint = trainer.checkpoint(found)
        before = trainer.best
        try:
            save_checkpoint(self.folder / NEWEST, checkpoint)
            if best:
                save_checkpoint(self.folder / BEST, checkpoint)
                trainer.best = glance.nats_per_point
            trainer.save(self.folder / RESUME)
        except StudioError as error:
            trainer.best = before
            self._not_saved(error, last)
            return found
        self.saved_step, self._failing_since = trainer.step, None
        values = {"valid": glance.nats_per_point, "valid_L_R": glance.L_R, "valid_L_KL": glance.L_KL}
        self._tell(Measured(step=trainer.step, values=values))
        if found is not glance:
            self._tell(Said(text=f"all {found.drawings:,} unseen drawings: {found.nats_per_point:.4f} nats per point"))
        self._tell(Made(path=NEWEST, what="checkpoint"))
        self._draw_samples(checkpoint)
        return found

    def _not_saved(self, error: StudioError, last: bool) -> None:
        now = time.monotonic()
        since = self._failing_since = self._failing_since or now
        told = f"Step {self.trainer.step} can't be saved: {error}"
        if last or now - since > UNSAVED_S:
            raise TrainingFailed(f"{told} Make room on the disk. {self.remedy()}") from None
        self._tell(Said(text=f"{told} Make room on the disk; the next look tries again.", level="warning"))

    def remedy(self, options: str = "") -> str:
        """What to do after the training has failed, with further options of the command line."""
        if not (self.folder / RESUME).exists():
            return f"Nothing was saved yet; begin anew{' with' + options if options else ''}."
        step = "its last save" if self.saved_step is None else f"step {self.saved_step}"
        return f"All of {step} is saved; go on from there: monoline train --resume --out {self.folder}{options}"

    def _draw_samples(self, checkpoint: Checkpoint) -> None:
        """The same few seeds each time, so that learning can be seen."""
        from model.sample import Sampler

        drawn = Sampler(checkpoint).draw(range(1, SAMPLES + 1), temperature=SAMPLE_TEMPERATURE)
        path = self.folder / "samples" / f"{self.trainer.step:07}.npz"
        try:
            write_collection(path, {"train": [Entry(each.drawing, recipe=each.recipe) for each in drawn]})
        except StudioError as error:  # a picture less, and no reason to end a training
            self._tell(Said(text=str(error), level="warning"))
            return
        self._tell(Made(path=str(path.relative_to(self.folder)), what="samples"))


def _valid(data: Data) -> Sequence[Stroke3]:
    """The drawings that are looked at; train's own if there is nothing else."""
    drawings = data.splits.get("valid") or data.splits["train"]
    return dequantise(drawings) if data.dequantised else drawings
