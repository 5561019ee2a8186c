"""What workers and screens tell the application and each other; a worker never touches a widget."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from drawing.collection import Collection
    from studio.folder import Studio
    from tui.jobs import Job
    from tui.settings import UiSettings
    from tui.tray import Tray


class StudioOpened(Message):
    """The studio is open; its tray is still being read."""

    def __init__(self, studio: Studio, tray: Tray) -> None:
        super().__init__()
        self.studio = studio
        self.tray = tray


class SettingsRead(Message):
    """The settings of the studio's terminal application were read, and what is wrong with them."""

    def __init__(self, settings: UiSettings, wrong: tuple[str, ...]) -> None:
        super().__init__()
        self.settings, self.wrong = settings, wrong


class TrayChanged(Message):
    """The tray has been read, or changed other than by a key."""


class DatasetOpened(Message):
    """A file of drawings has been read."""

    def __init__(self, path: Path, collection: Collection) -> None:
        super().__init__()
        self.path = path
        self.collection = collection


class CheckpointChosen(Message):
    """Draw with this checkpoint from now on: a path, or the name of a bundled one."""

    def __init__(self, checkpoint: Path | str) -> None:
        super().__init__()
        self.checkpoint = str(checkpoint)


class SheetReady(Message):
    """A sheet was laid out, an SVG of true size; Plot is to take it, and others to be drawn after it."""

    def __init__(self, path: Path, queue: tuple[Path, ...] = ()) -> None:
        super().__init__()
        self.path, self.queue = path, queue


class PlotterFound(Message):
    """A plotter was found, by its name; ``none`` when it has gone."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class JobsSeen(Message):
    """Somebody looked what goes on in processes of its own."""

    def __init__(self, jobs: tuple[Job, ...]) -> None:
        super().__init__()
        self.jobs = jobs


class Busy(Message):
    """Work goes on in the background: ``what``, and how far it is (0 to 1), or None at its end.

    ``mode`` is the screen where more of it is seen.
    """

    def __init__(self, what: str, share: float | None, mode: str = "") -> None:
        super().__init__()
        self.what = what
        self.share = share
        self.mode = mode

    def can_replace(self, message: Message) -> bool:
        """Only the newest of a flood of these counts."""
        return isinstance(message, Busy) and message.what == self.what


class WorkFailed(Message):
    """Work in the background could not be done; after a ``fatal`` one there is nothing to go on with."""

    def __init__(self, title: str, error: str, *, fatal: bool = False) -> None:
        super().__init__()
        self.title = title
        self.error = error
        self.fatal = fatal
