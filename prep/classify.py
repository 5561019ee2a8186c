"""The network taught the folders: fine-tuned to tell art, covers, notes and extra pages of these very books apart."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from prep.backbone import Backbone, half_precision
from prep.catalog import Catalog
from prep.course import Course
from prep.lessons import Lessons, read_lessons, varied
from studio.events import Listener, Measured, Progress, Said
from studio.files import replacing, write_text
from studio.folder import Studio

_RESULT, _WEIGHTS = "network.json", "network.safetensors"
_BATCH = 16
_FEWEST_STEPS = 60  # a small shelf is seen more often than settings say, so that there is time to learn


class ClassifySettings(BaseModel):
    """How the network is fine-tuned on folders and tags."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    epochs: int = Field(default=4, ge=0, le=100)
    """Times that each scan is seen, more often if they are few; 0 leaves fine-tuning out."""
    most: int = Field(default=800, ge=32)
    """So many scans are learnt from at most, of each class its share."""
    minutes: float = Field(default=2.0, gt=0)
    """After so long it ends with what is learnt by then."""
    side: int = Field(default=128, ge=32, le=224)
    """Pixels of the pictures that are learnt from."""
    seed: int = Field(default=0, ge=0)
    """Another one holds other scans back, and learns in another order."""


@dataclass(frozen=True)
class Tuned:
    """What fine-tuning came to."""

    before: str
    """The space of the network it began with."""
    after: str
    """The space of the fine-tuned network."""
    classes: tuple[str, ...]
    accuracy: float
    """Of the scans held back, one in five, how many it tells right."""
    confusion: tuple[tuple[int, ...], ...]
    """Of those of each class, how many it takes for each."""
    learnt_from: int
    epochs: int
    seconds: float
    lessons: str
    """A hash of all that it was taught: the same is not taught again."""

    def to_json(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)


def read_tuned(studio: Studio) -> Tuned | None:
    """What the studio's fine-tuning came to; None if there was none yet."""
    try:
        told = json.loads((_folder(studio) / _RESULT).read_text(encoding="utf-8"))
        told["classes"] = tuple(told["classes"])
        told["confusion"] = tuple(tuple(row) for row in told["confusion"])
        return Tuned(**told)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def load_tuned(studio: Studio, backbone: Backbone) -> Backbone | None:
    """The fine-tuned network; None if this one has not been fine-tuned yet."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    tuned = read_tuned(studio)
    if tuned is None or tuned.before != backbone.space:
        return None
    try:
        found = backbone.with_weights(load_file(_folder(studio) / _WEIGHTS))
    except (OSError, SafetensorError, RuntimeError):  # lost or damaged: it is taught anew
        return None
    return found if found.space == tuned.after else None


def fine_tune(
    studio: Studio,
    catalog: Catalog,
    backbone: Backbone,
    settings: ClassifySettings,
    on_event: Listener = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Backbone | None:
    """Teach the network the tags of the shelf's scans, from their thumbnails, and keep what it learnt.

    After a stop, the next call goes on behind the last epoch that was finished. What it was taught already, from the
    same thumbnails, tags and settings, it is not taught again.

    Returns:
        The fine-tuned network; None after a stop, or where there is too little to learn from, which is told.
    """
    import torch

    if not settings.epochs:
        return None
    lessons = read_lessons(catalog, settings.side, settings.most, settings.seed)
    if not lessons.enough:
        on_event(Said(text=lessons.why_not(), level="warning"))
        return None
    key = _key(backbone, settings, lessons)
    before = read_tuned(studio)
    if before is not None and before.lessons == key and (tuned := load_tuned(studio, backbone)) is not None:
        return tuned
    course = Course.begin(_folder(studio), key, backbone, len(lessons.names), settings.seed)
    learn = np.flatnonzero(~lessons.held)
    rarity = 1 / np.sqrt(np.bincount(lessons.truth[learn], minlength=len(lessons.names)))
    weights = torch.tensor(rarity / rarity.mean(), dtype=torch.float32)
    steps, began = max(1, len(learn) // _BATCH), time.monotonic() - course.seconds
    epochs, late = max(settings.epochs, -(-_FEWEST_STEPS // steps)), False
    doing = "teaching the network your folders, lesson"
    report = partial(Progress, total=epochs * steps, what="lesson", doing=doing)
    while course.epoch < epochs and not late:
        rng = np.random.default_rng([settings.seed, course.epoch])
        losses: list[float] = []
        course.teacher.network.train()
        for step, some in enumerate(np.array_split(rng.permutation(learn), steps)):
            if should_stop():
                return None
            through = (course.epoch + step / steps) / epochs
            losses.append(course.step(varied(lessons.pictures[some], rng), lessons.truth[some], weights, through))
            rest = 60 * settings.minutes - (time.monotonic() - began)
            on_event(report(done=course.epoch * steps + step + 1, most_s=max(0.0, rest)))
            if late := rest < 0:
                break
        course.epoch, course.seconds = course.epoch + 1, time.monotonic() - began
        on_event(Measured(step=course.epoch, values={"loss": float(np.mean(losses))}))
        if course.epoch < epochs and not late:
            course.keep()
    if late:
        on_event(Said(text=f"Fine-tuning ended after {settings.minutes:g} minutes, as shelf.classify.minutes says."))
    return _finish(studio, backbone, course, lessons, key, on_event)


def _key(backbone: Backbone, settings: ClassifySettings, lessons: Lessons) -> str:
    told = json.dumps([backbone.space, settings.model_dump(exclude={"minutes"}), lessons.names]).encode()
    return hashlib.sha256(told + lessons.truth.tobytes() + lessons.pictures.tobytes()).hexdigest()[:16]


def _finish(
    studio: Studio, backbone: Backbone, course: Course, lessons: Lessons, key: str, on_event: Listener
) -> Backbone:
    """Try it on what was held back, keep it, and tell."""
    from safetensors.torch import save_file

    course.settle(lessons.pictures[~lessons.held])
    confusion = _confusion(course, lessons)
    tuned = backbone.with_network(course.teacher.network, tuned=True)
    told = Tuned(
        before=backbone.space,
        after=tuned.space,
        classes=lessons.names,
        accuracy=float(np.trace(confusion) / confusion.sum()),
        confusion=tuple(map(tuple, confusion.tolist())),
        learnt_from=int(np.count_nonzero(~lessons.held)),
        epochs=course.epoch,
        seconds=round(course.seconds, 1),
        lessons=key,
    )
    folder = _folder(studio)
    with replacing(folder / _WEIGHTS) as temporary:
        save_file({name: each.contiguous() for name, each in tuned.network.state_dict().items()}, temporary)
    write_text(folder / _RESULT, json.dumps(told.to_json(), indent=1))
    course.forget()
    on_event(
        Said(
            text=f"The network tells {', '.join(told.classes)} right on {told.accuracy:.0%} of {confusion.sum()} scans "
            f"that it was not taught, after {told.epochs} times {told.learnt_from} others."
        )
    )
    return tuned


def _confusion(course: Course, lessons: Lessons) -> Any:
    """Of the scans held back of each class, how many are taken for each, (c, c)."""
    import torch

    held, teacher = np.flatnonzero(lessons.held), course.teacher
    confusion = np.zeros((len(lessons.names), len(lessons.names)), int)
    teacher.network.eval()
    with torch.inference_mode(), half_precision(teacher.device):
        for some in np.array_split(held, -(-len(held) // _BATCH)):
            seen = teacher.pooled(teacher.prepared(lessons.pictures[some], lessons.pictures.shape[1]))
            np.add.at(confusion, (lessons.truth[some], course.head(seen).argmax(dim=1).cpu().numpy()), 1)
    return confusion


def _folder(studio: Studio) -> Path:
    return studio.preparation / "pages"
