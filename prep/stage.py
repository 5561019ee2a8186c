"""A stage from scans to a dataset, and what all stages share: the studio, its catalog, settings, who is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from prep.catalog import Catalog
from prep.settings import PrepSettings
from prep.shelf import values
from prep.sketchbook import Skipped
from studio.events import Listener, Said
from studio.folder import Studio

Sorting = Literal["", "scans", "drawings"]


@dataclass
class Stage:
    """What a stage did."""

    name: str
    done: int = 0
    """Scans found, pages traced, drawings chosen, drawings in the dataset."""
    fresh: int = 0
    """Those of them that were not up to date before."""
    skipped: int = 0
    seconds: float = 0.0


@dataclass
class Outcome:
    """What a run did."""

    stages: list[Stage] = field(default_factory=list[Stage])
    dataset: Path | None = None
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    """Scans and files that could not be used; drawings that were not chosen are no part of it."""
    stopped: bool = False

    def to_json(self) -> dict[str, Any]:
        """JSON values, as ``prep run --json`` prints them."""
        return {
            "stages": [{**stage.__dict__, "seconds": round(stage.seconds, 3)} for stage in self.stages],
            "dataset": None if self.dataset is None else str(self.dataset),
            "skipped": [str(each) for each in self.skipped],
            "stopped": self.stopped,
        }


class Work:
    """What the stages of one run share."""

    def __init__(
        self,
        studio: Studio,
        settings: PrepSettings,
        catalog: Catalog,
        on_event: Listener = lambda _: None,
        should_stop: Callable[[], bool] = lambda: False,
        outcome: Outcome | None = None,
        sorting: Sorting = "",
    ) -> None:
        self.studio, self.settings, self.catalog = studio, settings, catalog
        self.asked = values(settings.shelf, settings.trace)
        self.tell, self.should_stop, self.outcome = on_event, should_stop, outcome or Outcome()
        self._skipped: set[str] = set()
        self.sorting = sorting
        """Which clusters are to be made even if there are none yet; where there are some, new ones are put to them."""

    def skip(self, stage: Stage, skipped: Skipped) -> None:
        """Tell of something that can't be used, once in a run."""
        stage.skipped += 1
        if skipped.name in self._skipped:
            return
        self._skipped.add(skipped.name)
        self.outcome.skipped.append(skipped)
        self.tell(Said(text=f"skipped {skipped}", level="warning"))
