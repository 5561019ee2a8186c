"""AppWithStudio: an application on one studio, which opens its datasets in the background."""

from __future__ import annotations

import dataclasses
import itertools
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.worker import get_current_worker

from configs.errors import MonolineError
from tui.chosen import AppWithSettings
from tui.demo_set import datasets
from tui.last_used import found_path
from tui.messages import Busy, DatasetOpened, SettingsRead, StudioOpened, WorkFailed

if TYPE_CHECKING:
    from drawing.collection import Collection
    from studio.folder import Studio


class AppWithStudio(AppWithSettings):
    """Holds the studio, and the dataset that is open."""

    def __init__(self, folder: Path, *, demo: bool = False) -> None:
        """Args:
        folder: the studio, made if it is not there yet.
        demo: the demo artist fills a studio that has no dataset.
        """
        super().__init__(folder)
        self._demo = demo
        self.studio: Studio | None = None
        self.dataset: Path | None = None
        """The open file of drawings, and what is in it."""
        self.elsewhere: list[Path] = []
        """What was opened from outside the studio, since the start."""
        self.collection: Collection | None = None

    def look_at_jobs(self) -> object:
        """Look what goes on in the studio."""

    @work(thread=True, exclusive=True, group="studio", exit_on_error=False)
    def open_studio(self) -> None:
        """Open the studio in the background, making it if there is nothing yet."""
        from studio.folder import create_studio, is_studio, open_studio
        from tui.settings import read_ui
        from tui.tray import Tray

        try:
            studio = open_studio(self.folder) if is_studio(self.folder) else create_studio(self.folder)
        except MonolineError as error:
            self.post_message(WorkFailed("The studio can't be opened", str(error), fatal=True))
            return
        self.post_message(StudioOpened(studio, Tray(studio.sketches)))
        self.post_message(SettingsRead(*read_ui(self.folder, self.themes)))

    @on(StudioOpened)
    def _studio_opened(self, event: StudioOpened) -> None:
        self.studio, self.tray = event.studio, event.tray
        self.look_at_jobs()
        paths, last = datasets(self.studio), found_path(self.last.dataset, self.folder)
        if last is not None or paths:
            self.open_dataset(last or paths[0])
        elif self._demo:
            self.open_demo_set()
        self.tell()

    @work(thread=True, exclusive=True, group="dataset", exit_on_error=False)
    def open_dataset(self, path: Path) -> None:
        """Read a dataset in the background."""
        from drawing.collection import read_collection

        what = f"opening {path.name}"
        self.post_message(Busy(what, 0.0, "prepare"))
        try:
            self.post_message(DatasetOpened(path, read_collection(path)))
        except MonolineError as error:
            self.post_message(WorkFailed(f"{path.name} can't be opened", str(error)))
        finally:
            self.post_message(Busy(what, None))

    @work(thread=True, exclusive=True, group="dataset", exit_on_error=False)
    def open_demo_set(self) -> None:
        """Open the demo set in the background, once the demo artist has drawn it."""
        from drawing.collection import read_collection
        from tui import demo_set

        assert self.studio is not None
        what, path = "the demo artist draws", self.studio.datasets / demo_set.NAME
        try:
            demo_set.draw_demo_set(self.studio, lambda share: self.post_message(Busy(what, share, "prepare")))
            self.post_message(DatasetOpened(path, read_collection(path)))
        except MonolineError as error:
            self.post_message(WorkFailed("The demo set was not made", str(error)))
        finally:
            self.post_message(Busy(what, None))

    def pack_studio(self) -> None:
        """Pack the studio in the background, into a file beside its folder; a second time only after that."""
        if any(worker.group == "pack" and not worker.is_finished for worker in self.workers):
            self.notify("The studio is being packed already.", severity="warning")
        else:
            self._pack_studio()

    @work(thread=True, group="pack", exit_on_error=False)
    def _pack_studio(self) -> None:
        from studio.archive import ArchiveStopped
        from tui.packing import pack_studio

        assert self.studio is not None
        studio, worker = self.studio, get_current_worker()
        folder = studio.folder.resolve()
        target, what = _free(folder.parent / f"{folder.name}-{time.strftime('%Y-%m-%d')}.zip"), "packing the studio"
        told = -1.0

        def tell(share: float) -> None:
            nonlocal told
            if share != told:  # a hundred times at most
                told = share
                self.post_message(Busy(what, share, "prepare"))

        try:
            pack_studio(
                studio,
                target,
                on_moved=lambda done, total: tell(round(done / max(total, 1.0), 2)),
                should_stop=lambda: worker.is_cancelled,
            )
            self.call_from_thread(self.notify, f"Packed into {target}; private scans stayed here.", timeout=8)
        except ArchiveStopped:
            return
        except MonolineError as error:
            self.post_message(WorkFailed("The studio was not packed", str(error)))
        finally:
            self.post_message(Busy(what, None))

    @on(DatasetOpened)
    def _dataset_opened(self, event: DatasetOpened) -> None:
        self.dataset, self.collection = event.path, event.collection
        self.last = dataclasses.replace(self.last, dataset=self.told_path(event.path))
        ours = self.studio is not None and event.path.parent == self.studio.datasets
        if not ours and event.path not in self.elsewhere:
            self.elsewhere.append(event.path)
        self.tell()

    def chosen(self, name: str) -> Any:
        """What a setting is; the studio's name is one, too."""
        if name == "name":
            return "" if self.studio is None else self.studio.settings.name
        return super().chosen(name)

    def take(self, name: str, value: Any) -> None:
        """Take a setting that was kept."""
        if name != "name":
            super().take(name, value)
        elif self.studio is not None:
            settings = self.studio.settings.model_copy(update={"name": value or ""})
            self.studio = dataclasses.replace(self.studio, settings=settings)
            self.tell()


def _free(path: Path) -> Path:
    """The path, or with a number if it is taken."""
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in itertools.count(2))
    return next(each for each in itertools.chain((path,), numbered) if not each.exists())
