"""Training: a function with events, stopped and resumed at any step, and its run in a process of its own.

A run folder holds ``config.toml`` (what was asked), ``model.safetensors`` (the newest averaged
weights), ``best.safetensors`` (the best on the valid split), ``resume.safetensors`` (all that going
on needs) and ``samples/``.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit

from configs.load import load
from drawing.collection import Entry, write_collection
from drawing.stroke import Stroke3
from model.bundled import find_checkpoint
from model.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from model.data import Data, batches, dequantise, read_data
from model.errors import TrainingFailed
from model.evaluate import Likelihood
from model.settings import TrainSettings
from studio.events import Listener, Made, Measured, Progress, Said
from studio.files import write_text
from studio.runs import Orders

if TYPE_CHECKING:
    from model.trainer import Trainer

CONFIG, NEWEST, BEST, RESUME = "config.toml", "model.safetensors", "best.safetensors", "resume.safetensors"
TELL_EVERY = 20
"""Steps between two words; of the first so many each is told, since they can take a minute."""
GLANCE = 500
"""Drawings of the valid split looked at while training; all of them at its end."""
LOOK_EVERY_S, FIRST_LOOK_S = 120.0, 10.0
"""A slow training is looked at, and saved, so often between the steps it is told to be; the first time soon."""
SAMPLES, SAMPLE_TEMPERATURE = 12, 0.3


def run(folder: Path, arguments: dict[str, Any], on_event: Listener, orders: Orders) -> dict[str, Any]:
    """The work of a training run; see studio.runs. Arguments as for ``train``, in JSON."""
    # threads that spin while they wait for each other come to a standstill beside any other program; read by
    # torch's own threads when it is imported
    os.environ.setdefault("GOMP_SPINCOUNT", "2000")
    overrides = list(arguments.get("overrides") or ())
    if arguments.get("resume"):
        settings = load(TrainSettings, folder / CONFIG, overrides)
    else:
        settings = load(TrainSettings, arguments["preset"], overrides)
    if arguments.get("steps"):
        settings = settings.model_copy(update={"fit": settings.fit.model_copy(update={"steps": arguments["steps"]})})
    start = arguments.get("from_")
    return train(
        settings,
        read_data(Path(arguments["data"]), settings.data),
        folder,
        on_event,
        orders.should_stop,
        minutes=arguments.get("minutes"),
        device=arguments.get("device") or "auto",
        start=None if start is None else load_checkpoint(find_checkpoint(start)),
        resume=bool(arguments.get("resume")),
    )


def train(
    settings: TrainSettings,
    data: Data,
    folder: Path,
    on_event: Listener = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
    *,
    minutes: float | None = None,
    device: str = "auto",
    start: Checkpoint | None = None,
    resume: bool = False,
) -> dict[str, Any]:
    """Train a network until the steps or the minutes are over, or somebody asks to stop.

    The learning rate falls to zero with whichever of the two limits comes first; with ``minutes``
    alone in mind, set steps high. A run that was stopped goes on from ``resume.safetensors`` as if
    it had not been.

    Args:
        folder: of the run; all files go there, each written whole.
        start: weights to begin with instead of random ones; their network's shape counts.
        resume: go on with the run in this folder.

    Returns:
        ``{steps, seconds, drawings_per_s, valid: {nats_per_point, ...}, checkpoint}``.

    Raises:
        TrainingFailed: a loss that is no number any more, a checkpoint of other data.
        BadData, BadCheckpoint: see there.
    """
    from model.trainer import Trainer

    for note in data.notes:
        on_event(Said(text=note))
    if resume:
        trainer = Trainer.resumed(folder / RESUME, settings, data, device)
        settings = trainer.settings
    else:
        settings = settings if start is None else settings.model_copy(update={"net": start.net})
        trainer = Trainer(settings, data, device, start)
        folder.mkdir(parents=True, exist_ok=True)
    # on resuming too: what was changed then must still hold the next time
    write_text(folder / CONFIG, tomlkit.dumps(settings.model_dump()))  # pyright: ignore[reportUnknownMemberType]
    on_event(Said(text=f"{trainer.net_size:,} weights on {trainer.device.type}, {trainer.precision}"))
    fit = settings.fit
    valid = _valid(data)
    began, seen, looked = time.monotonic(), 0, time.monotonic() - LOOK_EVERY_S + FIRST_LOOK_S
    elapsed_before = trainer.elapsed_s

    def share() -> float:
        trainer.elapsed_s = elapsed_before + time.monotonic() - began
        by_time = 0.0 if minutes is None else trainer.elapsed_s / (60 * minutes)
        return max(trainer.step / fit.steps, by_time)

    stream = batches(data.splits["train"], data, settings.data, fit.batch, fit.seed, trainer.step)
    done = share()
    while done < 1 and not should_stop():
        batch = next(stream)
        figures = trainer.learn(batch, done)
        seen += len(batch.lengths)
        done = share()
        # a gradient that is none spoils the weights while the loss of this step is still a number
        if not (math.isfinite(figures["train"]) and math.isfinite(figures["gradient_norm"])):
            raise TrainingFailed(
                f"The loss is no number at step {trainer.step}; resume from the last save with half the "
                f"learning rate: --resume --set fit.learning_rate={fit.learning_rate / 2:g}."
            )
        if trainer.step < TELL_EVERY or trainer.step % TELL_EVERY == 0 or done >= 1:
            rate = seen / (time.monotonic() - began)
            on_event(Measured(step=trainer.step, values={**figures, "drawings_per_s": rate}))
            total = trainer.step if done >= 1 else min(fit.steps, round(trainer.step / max(done, 1e-9)))
            on_event(Progress(done=trainer.step, total=total, what="training"))
        if (trainer.step % fit.validate_every == 0 or time.monotonic() - looked > LOOK_EVERY_S) and done < 1:
            _look(trainer, valid[:GLANCE], folder, on_event)
            looked = time.monotonic()
    seconds = time.monotonic() - began
    # a stop must not wait for the whole split
    found = _look(trainer, valid if done >= 1 else valid[:GLANCE], folder, on_event)
    return {
        "steps": trainer.step,
        "seconds": round(seconds, 3),
        "drawings_per_s": round(seen / seconds, 1) if seconds > 0 else 0.0,
        "valid": found.to_json(),
        "checkpoint": str(folder / NEWEST),
    }


def _valid(data: Data) -> list[Stroke3]:
    """The drawings that are looked at; train's own if there is nothing else."""
    drawings = data.splits.get("valid") or data.splits["train"]
    return dequantise(drawings) if data.dequantised else drawings


def _look(trainer: Trainer, drawings: Sequence[Stroke3], folder: Path, on_event: Listener) -> Likelihood:
    """Test the averaged weights, save all, draw samples."""
    found = trainer.test(drawings)
    best = trainer.best is None or found.nats_per_point < trainer.best
    if best:
        trainer.best = found.nats_per_point
    checkpoint = trainer.checkpoint(found)
    save_checkpoint(folder / NEWEST, checkpoint)
    if best:
        save_checkpoint(folder / BEST, checkpoint)
    trainer.save(folder / RESUME)
    values = {"valid": found.nats_per_point, "valid_L_R": found.L_R, "valid_L_KL": found.L_KL}
    on_event(Measured(step=trainer.step, values=values))
    on_event(Made(path=NEWEST, what="checkpoint"))
    _draw_samples(trainer, checkpoint, folder, on_event)
    return found


def _draw_samples(trainer: Trainer, checkpoint: Checkpoint, folder: Path, on_event: Listener) -> None:
    """The same few seeds each time, so that learning can be seen."""
    from model.sample import Sampler

    sampler = Sampler(checkpoint)
    drawn = sampler.draw(range(1, SAMPLES + 1), temperature=SAMPLE_TEMPERATURE)
    path = folder / "samples" / f"{trainer.step:07}.npz"
    write_collection(path, {"train": [Entry(each.drawing, recipe=each.recipe) for each in drawn]})
    on_event(Made(path=str(path.relative_to(folder)), what="samples"))
