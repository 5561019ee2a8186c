"""Training: a function with events, stopped and resumed at any step, and its run in a process of its own.

A run folder holds ``config.toml`` (what was asked), ``model.safetensors`` (the newest averaged
weights), ``best.safetensors`` (the best on the valid split), ``resume.safetensors`` (all that going
on needs), ``samples/``, and the drawings it learns from unless they are very large. So it can be
copied to another machine and back, and go on there.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit

from model.asked import asked, begun_with
from model.bundled import find_checkpoint
from model.checkpoint import Checkpoint, load_checkpoint, read_net
from model.data import Data, batches, made_ahead, read_data
from model.distributed import ALONE, Group, LostWorker, join, leave
from model.errors import TrainingFailed
from model.guard import WINDOW
from model.looks import NEWEST, RESUME, Looks
from model.provision import keep_data, kept_data
from model.settings import TrainSettings
from studio.errors import StudioError
from studio.events import PERCENT, Event, Listener, Measured, Progress, Said
from studio.files import write_text
from studio.runs import Orders

if TYPE_CHECKING:
    from model.losses import Batch
    from model.trainer import Trainer

CONFIG = "config.toml"
TELL_EVERY, TELL_EVERY_S = 20, 10.0
"""Steps between two words; of the first so many each is told, since they can take a minute. Slow ones sooner."""
LOOK_EVERY_S, FIRST_LOOK_S = 120.0, 10.0
"""A slow training is looked at, and saved, so often between the steps it is told to be; the first time soon."""


def run(folder: Path, arguments: dict[str, Any], on_event: Listener, orders: Orders) -> dict[str, Any]:
    """The work of a training run; see studio.runs. Arguments as for ``train``, in JSON.

    Under torchrun each process calls it; what the leader was asked counts in all.
    """
    # threads that spin while they wait for each other come to a standstill beside any other program; read by
    # torch's own threads when it is imported
    os.environ.setdefault("GOMP_SPINCOUNT", "2000")
    group = join()
    result = _run(folder, arguments, on_event, orders, group)
    if group.ranks > 1:  # not after an error, when others may be gone: nothing must be waited for then
        leave()
    return result


def _run(folder: Path, arguments: dict[str, Any], on_event: Listener, orders: Orders, group: Group) -> dict[str, Any]:
    settings = _settings(folder, arguments) if group.leader else None
    if group.ranks > 1:
        asked = None if settings is None else {"settings": settings.model_dump(), "arguments": arguments}
        told = json.loads(group.share(None if asked is None else json.dumps(asked).encode()))
        settings, arguments = TrainSettings.model_validate(told["settings"]), told["arguments"]
    assert settings is not None
    start = arguments.get("from_") if group.leader else None
    path = Path(arguments["data"])
    if arguments.get("resume") and not arguments.get("data_named"):
        path = kept_data(folder) or path
    data = read_data(path, settings.data)
    if group.leader and not arguments.get("resume"):
        keep_data(folder, path, on_event)
    return train(
        settings,
        data,
        folder,
        on_event,
        orders.should_stop,
        lambda: any(order.name == "checkpoint" for order in orders.take()),
        minutes=arguments.get("minutes"),
        device=arguments.get("device") or "auto",
        start=None if start is None else load_checkpoint(find_checkpoint(start)),
        resume=bool(arguments.get("resume")),
        group=group,
    )


def _settings(folder: Path, arguments: dict[str, Any]) -> TrainSettings:
    overrides = list(arguments.get("overrides") or ())
    if arguments.get("resume"):
        settings = asked(folder / CONFIG, overrides, resumed=True)
    else:
        start = arguments.get("from_")
        net = None if start is None else read_net(find_checkpoint(start))
        settings = asked(arguments["preset"], overrides, start=net)
    if arguments.get("steps"):
        settings = settings.model_copy(update={"fit": settings.fit.model_copy(update={"steps": arguments["steps"]})})
    return settings


def train(
    settings: TrainSettings,
    data: Data,
    folder: Path,
    on_event: Listener = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
    should_save: Callable[[], bool] = lambda: False,
    *,
    minutes: float | None = None,
    device: str = "auto",
    start: Checkpoint | None = None,
    resume: bool = False,
    group: Group = ALONE,
) -> dict[str, Any]:
    """Train a network until the steps or the minutes are over, or somebody asks to stop.

    A learning rate that falls along a cosine is at its end with whichever of the two limits comes first; with
    ``minutes`` alone in mind, set steps high. A run that was stopped goes on from ``resume.safetensors`` as if it
    had not been.

    A step whose loss or gradient is no number, or far beyond what is usual, is not taken; it is told and counted, and
    the learning rate is halved for a while. Several of them on end are a TrainingFailed.

    Args:
        folder: of the run; all files go there, each written whole.
        should_save: asked after each step; True has it tested and saved then, too.
        start: weights to begin with instead of random ones; their network's shape counts.
        resume: go on with the run in this folder.
        group: the processes that train together; only the leader writes, tells, and needs ``start`` and the folder.

    Returns:
        ``{steps, seconds, drawings_per_s, skipped, valid: {nats_per_point, ...}, checkpoint}``, of the leader.

    Raises:
        TrainingFailed: too many steps that can't be taken, a checkpoint of other data, a disk that stays full.
        LostWorker: another process ended; what was learnt until then is saved.
        BadData, BadCheckpoint: see there.
    """
    tell = _patient(on_event) if group.leader else _silent
    for note in data.notes:
        tell(Said(text=note))
    trainer = _trainer(settings, data, folder, device, start, resume, group)
    if trainer.settings.fit.optimiser != settings.fit.optimiser:  # a preset's, or one for other weights to begin with
        tell(Said(text="muon is for a transformer's blocks; this network has none and learns with adam"))
    settings = trainer.settings
    looks = None
    if group.leader:
        # on resuming too: what was changed then must still hold the next time
        write_text(folder / CONFIG, tomlkit.dumps(settings.model_dump()))  # pyright: ignore[reportUnknownMemberType]
        looks = Looks(trainer, folder, tell)
    many = f", {group.ranks} processes" if group.ranks > 1 else ""
    tell(Said(text=f"{trainer.net_size:,} weights on {trainer.device.type}, {trainer.precision}{many}"))
    try:
        return _loop(trainer, looks, tell, should_stop, should_save, minutes)
    except LostWorker as error:
        if looks is None:
            raise
        trainer.save(folder / RESUME)  # before a step or after it, never amid one
        looks.saved_step = trainer.step
        raise LostWorker(f"{error} {looks.remedy()}") from None


def _trainer(
    settings: TrainSettings,
    data: Data,
    folder: Path,
    device: str,
    start: Checkpoint | None,
    resume: bool,
    group: Group,
) -> Trainer:
    """The same trainer in all processes: what the leader has."""
    from model.trainer import Trainer

    trainer = None
    if group.leader and resume:
        trainer = Trainer.resumed(folder / RESUME, settings, data, device, group)
    elif group.leader:
        settings = settings if start is None else begun_with(settings, start.net)
        trainer = Trainer(settings, data, device, start, group)
        folder.mkdir(parents=True, exist_ok=True)
    if group.ranks > 1:
        state = group.share(None if trainer is None else trainer.state())
        trainer = trainer or Trainer.of_state(state, folder / RESUME, None, data, device, group)
    assert trainer is not None
    return trainer


def _loop(
    trainer: Trainer,
    looks: Looks | None,
    tell: Listener,
    should_stop: Callable[[], bool],
    should_save: Callable[[], bool],
    minutes: float | None,
) -> dict[str, Any]:
    data, fit, group = trainer.data, trainer.settings.fit, trainer.group
    began = told = time.monotonic()
    seen, looked = 0, began - LOOK_EVERY_S + FIRST_LOOK_S
    elapsed_before = trainer.elapsed_s

    def share() -> float:
        trainer.elapsed_s = elapsed_before + time.monotonic() - began
        by_time = 0.0 if minutes is None else trainer.elapsed_s / (60 * minutes)
        return max(trainer.step / fit.steps, by_time)

    shuffled = trainer.settings.data
    stream = batches(data.splits["train"], data, shuffled, fit.batch, fit.seed, trainer.step, group.rank, group.ranks)
    if trainer.device.type != "cpu":  # which has nothing to do meanwhile
        stream = made_ahead(stream)
    done, stopping = group.agree(share(), should_stop())
    while done < 1 and not stopping:
        batch = next(stream)
        figures, fault = _learn(trainer, looks, batch, done)
        seen += len(batch.lengths) * group.ranks
        if fault:
            _tell_fault(trainer, looks, fault, tell)
        done, stopping = group.agree(share(), should_stop())
        word = trainer.step < TELL_EVERY or trainer.step % TELL_EVERY == 0 or time.monotonic() - told > TELL_EVERY_S
        if (word or done >= 1) and not fault:
            told = time.monotonic()
            rate = seen / (time.monotonic() - began)
            tell(Measured(step=trainer.step, values={**figures, "drawings_per_s": rate}))
            if minutes is None:
                tell(Progress(done=trainer.step, total=fit.steps, what="training"))
            else:  # steps to come would be a guess, another one each time
                tell(Progress(done=round(100 * min(done, 1.0), 3), total=100, what=PERCENT))
        due = trainer.step % fit.validate_every == 0 or time.monotonic() - looked > LOOK_EVERY_S
        due = should_save() or due
        if looks is not None and due and done < 1 and not stopping:
            looks.look()
            looked = time.monotonic()
    if looks is None:
        return {}
    seconds = time.monotonic() - began
    # a stop must not wait for the whole split
    found = looks.look(last=True, whole=done >= 1)
    return {
        "steps": trainer.step,
        "seconds": round(seconds, 3),
        "drawings_per_s": round(seen / seconds, 1) if seconds > 0 else 0.0,
        "skipped": trainer.guard.skipped,
        "valid": found.to_json(),
        "checkpoint": str(looks.folder / NEWEST),
    }


def _learn(trainer: Trainer, looks: Looks | None, batch: Batch, done: float) -> tuple[dict[str, float], str]:
    """As the trainer does, and what to do if the GPU has no room for the batch."""
    from torch import OutOfMemoryError

    try:
        return trainer.learn(batch, done)
    except OutOfMemoryError:
        fewer = f" --set fit.batch={max(trainer.settings.fit.batch // 2, 1)}"
        raise TrainingFailed(
            f"The GPU has too little memory for {len(batch.lengths)} drawings of up to {int(batch.lengths.max())} "
            f"points at once. {'' if looks is None else looks.remedy(fewer)}"
        ) from None


def _tell_fault(trainer: Trainer, looks: Looks | None, fault: str, tell: Listener) -> None:
    """Tell of a step that was not taken, or end the training after too many."""
    guard = trainer.guard
    if guard.hopeless:
        lower = f" --set fit.learning_rate={trainer.settings.fit.learning_rate / 4:g}"
        raise TrainingFailed(
            f"{guard.in_a_row} steps on end up to step {trainer.step}, {len(guard.recent)} of the last {WINDOW}, could "
            f"not be taken: {fault}. {'' if looks is None else looks.remedy(lower)}"
        )
    tell(Measured(step=trainer.step, values={"skipped": float(guard.skipped)}))
    tell(
        Said(
            text=f"step {trainer.step} was skipped: {fault}; the learning rate is {guard.share:g} of what it was, "
            f"{guard.skipped} skipped so far",
            level="warning",
        )
    )


def _patient(on_event: Listener) -> Listener:
    """A listener that bears a full disk: a word is lost, and no training with it."""

    def tell(event: Event) -> None:
        with contextlib.suppress(StudioError):
            on_event(event)

    return tell


def _silent(_: Event) -> None:
    """Take an event and tell nobody."""
