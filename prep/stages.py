"""The stages from scans to a dataset, each a function of what the ones before have left."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from configs.errors import MonolineError
from prep.autotrace import require_autotrace
from prep.engine import run_each
from prep.errors import PrepError
from prep.manifest import digest, known_scans, read_manifest, stamp, traced_reports, unusable, write_manifest
from prep.pages import State, list_scans, page_state, trace_apart
from prep.report import Report, file_sha256, report_path, settings_hash
from prep.settings import PrepSettings
from prep.sketchbook import ScanFile, Skipped
from prep.trace import TraceSettings
from studio.events import Listener, Made, Progress, Said
from studio.files import write_text
from studio.folder import Studio

SAVE_EVERY_S = 5.0
SHOWN = 120
"""Most drawings on the contact sheet."""


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


class Stages:
    """The stages of one run; each tells a Stage what it did."""

    def __init__(
        self,
        studio: Studio,
        settings: PrepSettings,
        on_event: Listener = lambda _: None,
        should_stop: Callable[[], bool] = lambda: False,
        outcome: Outcome | None = None,
    ) -> None:
        self.studio, self.settings = studio, settings
        self.tell, self.should_stop, self.outcome = on_event, should_stop, outcome or Outcome()
        self.kept = studio.preparation / "selected.npz"
        """The chosen drawings."""
        self.archive = studio.datasets / f"{settings.dataset.name}.npz"
        """The dataset."""

    def _skip(self, stage: Stage, skipped: Skipped) -> None:
        stage.skipped += 1
        self.outcome.skipped.append(skipped)
        self.tell(Said(text=f"skipped {skipped}", level="warning"))

    # find

    def find(self, stage: Stage) -> None:
        """Look for scans, and take the hash of those that are new or changed."""
        found = list_scans(self.studio)
        if not found.scans and not self.settings.imports:
            raise PrepError(
                f"There are no scans yet: put a folder of pictures for each sketchbook into {self.studio.sketchbooks}."
            )
        before = read_manifest(self.studio, "find").get("scans", {})
        scans: dict[str, dict[str, Any]] = {}
        same: dict[str, str] = {}
        for skipped in found.skipped:
            self._skip(stage, skipped)
        for number, scan in enumerate(found.scans, 1):
            if self.should_stop():  # what was known of the others stays
                scans.update({name: told for name, told in before.items() if name not in scans})
                break
            try:
                if not scan.path.is_file():
                    self._skip(stage, Skipped(scan.name, "is no file, or a link that leads to none"))
                    continue
                told = stamp(scan.path)
                if told != {key: before.get(scan.name, {}).get(key) for key in told}:
                    stage.fresh += 1
                    told["sha256"] = file_sha256(scan.path)
                else:
                    told = before[scan.name]
            except OSError as error:
                self._skip(stage, Skipped(scan.name, f"can't be read: {error.strerror or error}"))
                continue
            if (first := same.setdefault(told["sha256"], scan.name)) != scan.name:
                self._skip(stage, Skipped(scan.name, f"is the same picture as {first}"))
                continue
            scans[scan.name] = {"page": scan.page, **told}
            self.tell(Progress(done=number, total=len(found.scans), what="find"))
        stage.done = len(scans)
        write_manifest(self.studio, "find", {"scans": scans, "skipped": [vars(each) for each in self.outcome.skipped]})

    # trace

    def trace(self, stage: Stage) -> None:
        """Trace what is new or out of date; pages as they were stay."""
        scans, settings = known_scans(self.studio), self.settings.trace
        if not scans and not self.settings.imports:
            raise PrepError("No scans are known yet; run the stage find first.")
        if settings.backend == "autotrace":
            require_autotrace()
        given_up = read_manifest(self.studio, "trace").get("skipped", {})
        todo: list[dict[str, Any]] = []
        skipped: dict[str, dict[str, Any]] = {}
        for scan, sha256 in scans.items():
            try:
                state = page_state(self.studio, scan, settings, sha256)
            except MonolineError as error:  # its report or its corrections can't be read
                skipped[scan.name] = {"reason": str(error)}
                self._skip(stage, Skipped(scan.name, str(error)))
                continue
            if state is State.TRACED:
                stage.done += 1
            elif is_given_up(given_up.get(scan.name, {}), settings, sha256):
                known = given_up[scan.name]
                skipped[scan.name] = known
                self._skip(stage, Skipped(scan.name, known["reason"]))
            else:
                todo.append({"studio": self.studio, "scan": scan, "settings": settings, "sha256": sha256})
        saved, finished, total = time.monotonic(), len(scans) - len(todo), len(scans)
        self.tell(Progress(done=finished, total=total, what="trace"))
        for each in run_each(trace_apart, todo, self.settings.engine, self.should_stop):
            scan: ScanFile = each.item["scan"]
            finished += 1
            if each.result is None:
                reason = _plain(each.reason, scan)
                skipped[scan.name] = {
                    "sha256": each.item["sha256"],
                    "settings": settings_hash(settings),
                    "reason": reason,
                    "crashed": each.crashed,
                }
                self._skip(stage, Skipped(scan.name, reason))
            else:
                stage.done, stage.fresh = stage.done + 1, stage.fresh + 1
                self.tell(Made(path=f"../drawings/{scan.page}.json", what="page"))
            self.tell(Progress(done=finished, total=total, what="trace"))
            if time.monotonic() - saved > SAVE_EVERY_S:
                write_manifest(self.studio, "trace", {"skipped": {**given_up, **skipped}})
                saved = time.monotonic()
        write_manifest(self.studio, "trace", {"skipped": {**given_up, **skipped} if self.should_stop() else skipped})

    # select

    def select(self, stage: Stage) -> None:
        """Choose among all that is traced and imported."""
        from prep.dataset import item_of, write_items
        from prep.select import select
        from prep.sources import Sources

        if self.is_selected():
            before = read_manifest(self.studio, "select")
            stage.done, stage.skipped = before["done"], len(before["dropped"])
            for each in before["skipped"]:
                self._skip(stage, Skipped(**each))
            return
        reports = traced_reports(self.studio)
        key = self._select_key(reports)  # before anything is read: what changes on the way is out of date
        sources = Sources(self.studio, reports, self.settings.imports)
        found = select(
            sources,
            self.settings.select,
            lambda done: self.tell(Progress(done=done, total=max(done, len(sources)), what="select")),
            self.should_stop,
        )
        if self.should_stop():  # a part of it would look like the whole
            return
        for each in sources.skipped:
            self._skip(stage, each)
        if not found.chosen:
            reason = f"; the first, {found.dropped[0].name}, {found.dropped[0].reason}" if found.dropped else ""
            raise PrepError(f"None of {len(found.dropped):,} drawings was chosen{reason}.")
        write_items(self.kept, [item_of(each) for each in found.chosen])
        stage.done = stage.fresh = len(found.chosen)
        stage.skipped += len(found.dropped)
        told = {
            "key": key,
            "done": stage.done,
            "points": list(found.points),
            "cut": [found.low, found.high],
            "dropped": [vars(each) for each in found.dropped],
            "skipped": [vars(each) for each in sources.skipped],
        }
        write_manifest(self.studio, "select", told)
        self._draw_histogram(found.points, found.low, found.high)

    def is_selected(self) -> bool:
        """Whether select would choose from the same as it last did, in the same way."""
        key = read_manifest(self.studio, "select").get("key")
        return self.kept.exists() and key == self._select_key(traced_reports(self.studio))

    def is_written(self) -> bool:
        """Whether the dataset is what would be written anew."""
        chosen, before = read_manifest(self.studio, "select"), read_manifest(self.studio, "dataset")
        same = "key" in chosen and before.get("key") == self._dataset_key(chosen)
        return same and bool(before.get("archive")) and stamp(self.archive) == before["archive"]

    def _dataset_key(self, chosen: Mapping[str, Any]) -> str:
        return digest([chosen["key"], self.settings.model_dump(mode="json", exclude={"engine"})])

    def _draw_histogram(self, points: Sequence[int], low: int, high: int) -> None:
        from prep.histogram import histogram_plate

        plate = histogram_plate(points, low, high)
        for ending in ("svg", "png"):
            plate.write(self.studio.preparation / f"points.{ending}")
            self.tell(Made(path=f"points.{ending}", what="histogram"))

    def _select_key(self, reports: Sequence[Report]) -> str:
        files = [
            (report.key, stamp(report_path(self.studio.drawings, report.page).parent / each.file))
            for report in reports
            for each in report.drawings
        ]
        imports = [(name, stamp(self.studio.folder / name)) for name in self.settings.imports]
        return digest([files, imports, self.settings.select.model_dump(mode="json")])

    # dataset

    def dataset(self, stage: Stage) -> None:
        """Split what was chosen, and write the archive, its contact sheet and its datasheet."""
        from drawing.picture import contact_sheet, save_png
        from prep.dataset import read_items, split_items, write_archive
        from prep.datasheet import datasheet

        chosen, settings = read_manifest(self.studio, "select"), self.settings.dataset
        if "key" not in chosen:
            raise PrepError("Nothing is chosen yet; run the stage select first.")
        path, before = self.archive, read_manifest(self.studio, "dataset")
        self.outcome.dataset = path
        if self.is_written():
            stage.done = before["done"]
            return
        shares = [settings.seed, settings.valid, settings.test]
        known = before.get("pages", {}) if before.get("shares") == shares else {}
        items = read_items(self.kept)
        splits, pages = split_items(items, settings, known)
        about = write_archive(path, splits, self.settings)
        self.tell(Made(path=f"../datasets/{path.name}", what="dataset"))
        dropped, skipped = ([Skipped(**each) for each in chosen[name]] for name in ("dropped", "skipped"))
        every = {each.name: each for each in (*unusable(self.studio), *skipped)}
        text = datasheet(
            settings.name, splits, about, chosen["points"], tuple(chosen["cut"]), dropped, list(every.values())
        )
        write_text(path.with_suffix(".md"), text)
        shown = [items[number * len(items) // min(SHOWN, len(items))] for number in range(min(SHOWN, len(items)))]
        sheet = contact_sheet(
            [item.drawing for item in shown],
            min(10, len(shown)),
            cell_px=160,
            captions=[item.told["name"] for item in shown],
            show_connectors=True,
        )
        save_png(path.with_suffix(".png"), sheet)
        stage.done = stage.fresh = sum(map(len, splits.values()))
        told = {
            "key": self._dataset_key(chosen),
            "done": stage.done,
            "archive": stamp(path),
            "shares": shares,
            "pages": {**known, **pages},
        }
        write_manifest(self.studio, "dataset", told)


def is_given_up(known: Mapping[str, Any], settings: TraceSettings, sha256: str) -> bool:
    """Whether what the stage trace tells of a scan that it could not use would be the same another time."""
    same = known.get("sha256") == sha256 and known.get("settings") == settings_hash(settings)
    return same and not known.get("crashed")


def _plain(reason: str, scan: ScanFile) -> str:
    """A reason without the path that a line about the scan begins with anyway."""
    return reason.removeprefix(f"{scan.path} ").removeprefix(f"{scan.path}: ")
