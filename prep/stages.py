"""The stages from scans to a dataset, each a function of what the ones before have left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from configs.errors import MonolineError
from prep.autotrace import require_autotrace
from prep.drawn import excluded_drawings
from prep.engine import run_each
from prep.errors import PrepError
from prep.manifest import digest, read_manifest, stamp, unusable, write_manifest
from prep.pages import corrections_of, report_of, trace_apart
from prep.privacy import PRIVATE_ROWS, forget_private, hide_scans
from prep.report import settings_hash
from prep.shelf import DRAWN, TABLES, ShelfScan, list_shelf, stale
from prep.sketchbook import ScanFile, Skipped
from prep.stage import Stage, Work
from studio.events import Made, Progress, Said
from studio.files import write_text

if TYPE_CHECKING:
    from prep.dataset import Item


class Stages(Work):
    """The stages of one run; each tells a Stage what it did."""

    @property
    def kept(self) -> Path:
        """The chosen drawings."""
        return self.studio.preparation / "selected.npz"

    @property
    def archive(self) -> Path:
        """The dataset."""
        return self.studio.datasets / f"{self.settings.dataset.name}.npz"

    # find

    def ask_finder(self) -> None:
        """Take away what a red tag made private since scans were found."""
        from prep.finding import tell_tags

        tell_tags(self.catalog, self.studio)
        for said in forget_private(self.catalog, self.studio):
            self._say(said)

    def find(self, stage: Stage) -> None:
        """Look for scans, and take the hash of those that are new or changed."""
        from prep.finding import find

        stage.fresh, skipped = find(
            self.catalog,
            self.studio,
            lambda done, total: self.tell(Progress(done=done, total=total, what="find", doing="reading scan")),
            self.should_stop,
            self._say,
        )
        for each in skipped:
            self.skip(stage, each)
        (stage.done,) = self.catalog.rows("SELECT count(*) FROM shelf WHERE sha256 != '' AND problem = ''")[0]
        (there,) = self.catalog.rows("SELECT count(*) FROM scans WHERE NOT gone")[0]  # all may be private
        if not there and not skipped and not self.settings.imports and not self.should_stop():
            raise PrepError(
                f"There are no scans yet: put a folder of pictures for each sketchbook into {self.studio.sketchbooks}."
            )
        write_manifest(self.studio, "find", {"skipped": [vars(each) for each in self.outcome.skipped]})

    # trace

    def trace(self, stage: Stage) -> None:
        """Trace what is new or out of date; pages as they were stay."""
        from prep.finding import record_failure, record_trace, tell_corrections

        settings, catalog = self.settings.trace, self.catalog
        scans = list_shelf(catalog, self.asked, f"shelf.sha256 != '' AND problem = '' AND {DRAWN}")
        if not read_manifest(self.studio, "find") and not scans and not self.settings.imports:
            raise PrepError("No scans are known yet; run the stage find first.")
        if settings.backend == "autotrace":
            require_autotrace()
        todo: list[dict[str, Any]] = []
        numbers: dict[str, int] = {}
        tagged = {row["id"] for row in catalog.rows("SELECT id FROM scans WHERE tag IS NOT NULL")}
        again = {scan.id for scan in stale(catalog, self.asked)}
        for scan in scans:
            file = scan.file(self.studio)
            numbers[scan.name] = scan.id
            if scan.id not in again:
                stage.done += scan.state == "traced"
                if scan.state == "skipped":
                    self.skip(stage, Skipped(scan.name, scan.reason))
                continue
            try:
                corrections_of(self.studio, file)
            except MonolineError as error:
                self.skip(stage, Skipped(scan.name, str(error)))
                continue
            known = {"sha256": scan.sha256, "tagged": scan.id in tagged}
            todo.append({"studio": self.studio, "scan": file, "settings": settings, **known})
        finished, total = len(scans) - len(todo), len(scans)
        report = partial(Progress, total=total, what="trace", doing="tracing page")
        self.tell(report(done=finished))
        for each in run_each(trace_apart, todo, self.settings.engine, self.should_stop, self.studio.folder):
            scan, sha256 = each.item["scan"], each.item["sha256"]
            finished += 1
            if each.result is None and not each.reason:  # it got a red tag in the Finder
                for said in hide_scans(catalog, self.studio, [numbers[scan.name]]):
                    self._say(said)
            elif each.result is None:
                reason = _plain(each.reason, scan)
                known = numbers[scan.name], sha256, settings_hash(settings)
                record_failure(catalog, *known, reason, crashed=each.crashed)
                self.skip(stage, Skipped(scan.name, reason))
            else:
                with catalog.change():
                    record_trace(catalog, self.studio, numbers[scan.name], each.result)
                    tell_corrections(catalog, self.studio, numbers[scan.name], scan.page)
                stage.done, stage.fresh = stage.done + 1, stage.fresh + 1
                self.tell(Made(path=f"../drawings/{scan.page}.json", what="page"))
            self.tell(report(done=finished))
        for said in forget_private(catalog, self.studio):  # of scans that became private while they were traced
            self._say(said)

    # look, sort and sift

    def look(self, stage: Stage) -> None:
        """Look at each scan in small."""
        from prep.looking import look

        look(self, stage)

    def sort(self, stage: Stage) -> None:
        """Put scans into clusters, if they are to be sorted, or were before."""
        from prep.looking import sort

        sort(self, stage)

    def sift(self, stage: Stage) -> None:
        """Put traced drawings into clusters, if they are to be sifted, or were before."""
        from prep.looking import sift

        sift(self, stage)

    # select

    def select(self, stage: Stage) -> None:
        """Choose among all that is traced and imported."""
        from prep.dataset import item_of, write_items
        from prep.select import Dropped, select
        from prep.sources import Sources

        if self.is_selected():
            before = read_manifest(self.studio, "select")
            stage.done, stage.skipped = before["done"], len(before["dropped"])
            for each in before["skipped"]:
                self.skip(stage, Skipped(**each))
            return
        key = self._select_key()  # before anything is read: what changes on the way is out of date
        files = [scan.file(self.studio) for scan in self._traced()]
        reports = [report for report in (report_of(self.studio, file) for file in files) if report is not None]
        sources = Sources(self.studio, reports, self.settings.imports)
        excluded = excluded_drawings(self.catalog, self.settings.shelf.drawn)
        found = select(
            (each for each in sources if each.name not in excluded),
            self.settings.select,
            lambda done: self.tell(Progress(done=done, total=max(done, len(sources)), what="select")),
            self.should_stop,
        )
        if self.should_stop():  # a part of it would look like the whole
            return
        for each in sources.skipped:
            self.skip(stage, each)
        out = [Dropped(name, "comes under a label that is not learnt from") for name in sorted(excluded)]
        dropped = (*found.dropped, *out)
        private = set(self._private())  # since it was begun
        items = [item_of(each) for each in found.chosen if each.candidate.origin.get("scan") not in private]
        stage.done = stage.fresh = len(items)
        stage.skipped += len(dropped)
        told = {
            "key": key,
            "done": stage.done,
            "points": list(found.points),
            "cut": [found.low, found.high],
            "dropped": [vars(each) for each in dropped],
            "skipped": [vars(each) for each in sources.skipped],
        }
        if items:
            write_items(self.kept, items)
            write_manifest(self.studio, "select", told)
            self._draw_histogram(found.points, found.low, found.high)
            return
        for name in (self.kept.name, "points.svg", "points.png"):  # nothing is left of what was chosen before
            (self.studio.preparation / name).unlink(missing_ok=True)
        write_manifest(self.studio, "select", told)
        if dropped:
            first = f"the first, {dropped[0].name}, {dropped[0].reason}"
            raise PrepError(f"None of {len(dropped):,} drawings was chosen; {first}.")

    def is_selected(self) -> bool:
        """Whether select would choose from the same as it last did, in the same way."""
        before = read_manifest(self.studio, "select")
        return (self.kept.exists() or _is_empty(before)) and before.get("key") == self._select_key()

    def is_written(self) -> bool:
        """Whether the dataset is what would be written anew."""
        chosen, before = read_manifest(self.studio, "select"), read_manifest(self.studio, "dataset")
        if _is_empty(chosen):
            return True
        same = "key" in chosen and before.get("key") == self._dataset_key(chosen)
        return same and self.kept.exists() and bool(before.get("archive")) and stamp(self.archive) == before["archive"]

    def _dataset_key(self, chosen: Mapping[str, Any]) -> str:
        return digest([chosen["key"], self.settings.model_dump(mode="json", exclude={"engine"})])

    def _draw_histogram(self, points: Sequence[int], low: int, high: int) -> None:
        from prep.histogram import histogram_plate

        plate = histogram_plate(points, low, high)
        for ending in ("svg", "png"):
            plate.write(self.studio.preparation / f"points.{ending}")
            self.tell(Made(path=f"points.{ending}", what="histogram"))

    def _traced(self) -> list[ShelfScan]:
        """Scans of drawings that are traced, up to date or not."""
        return list_shelf(self.catalog, self.asked, f"problem = '' AND key != '' AND {DRAWN}")

    def _select_key(self) -> str:
        sql = f"SELECT page, key, stamp FROM {TABLES} WHERE problem = '' AND key != '' AND {DRAWN} ORDER BY place"
        files = [tuple(row) for row in self.catalog.rows(sql, self.asked)]
        imports = [(name, stamp(self.studio.folder / name)) for name in self.settings.imports]
        excluded = sorted(excluded_drawings(self.catalog, self.settings.shelf.drawn))
        return digest([files, imports, excluded, self.settings.select.model_dump(mode="json")])

    # dataset

    def dataset(self, stage: Stage) -> None:
        """Split what was chosen, and write the archive, its contact sheet and its datasheet."""
        from prep.dataset import read_items, split_items, write_archive, write_sheet
        from prep.datasheet import datasheet

        chosen, settings = read_manifest(self.studio, "select"), self.settings.dataset
        if _is_empty(chosen):
            kept = f"; {self.archive.name} is as it was" if self.archive.exists() else ""
            self._say(f"there are no drawings to make a dataset of{kept}")
            return
        if "key" not in chosen or not self.kept.exists():  # as after a scan became private
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
        every = {each.name: each for each in (*unusable(self.studio, self.catalog), *skipped)}
        text = datasheet(
            settings.name, splits, about, chosen["points"], tuple(chosen["cut"]), dropped, list(every.values())
        )
        write_text(path.with_suffix(".md"), text)
        write_sheet(path, items)
        self._withdraw(items)
        stage.done = stage.fresh = sum(map(len, splits.values()))
        told = {
            "key": self._dataset_key(chosen),
            "done": stage.done,
            "archive": stamp(path),
            "shares": shares,
            "pages": {**known, **pages},
        }
        write_manifest(self.studio, "dataset", told)

    def _withdraw(self, items: Sequence[Item]) -> None:
        """Take out what became private while the dataset was written."""
        from prep.archives import withdraw

        private, names = self._private(), {item.told.get("scan") for item in items}
        if found := [number for name, number in private.items() if name in names]:
            for said in withdraw(self.catalog, self.studio, found):
                self._say(said)

    def _private(self) -> dict[str, int]:
        """Names and ids of scans that are private."""
        rows = self.catalog.rows(f"SELECT name, id FROM scans WHERE {PRIVATE_ROWS}")
        return {row["name"]: row["id"] for row in rows}

    def _say(self, text: str) -> None:
        self.tell(Said(text=text, level="warning"))


def _is_empty(chosen: Mapping[str, Any]) -> bool:
    """Whether the stage select found nothing at all that it could choose from."""
    return "key" in chosen and not chosen.get("done") and not chosen.get("dropped")


def _plain(reason: str, scan: ScanFile) -> str:
    """A reason without the path that a line about the scan begins with anyway."""
    return reason.removeprefix(f"{scan.path} ").removeprefix(f"{scan.path}: ")
