"""What workers tell the screens; a worker never touches a widget."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from drawing.collection import Collection
    from studio.folder import Studio


class StudioOpened(Message):
    """The studio is open; ``fill`` asks for the demo set if it has no dataset."""

    def __init__(self, studio: Studio, *, fill: bool = False) -> None:
        super().__init__()
        self.studio = studio
        self.fill = fill


class DatasetOpened(Message):
    """A file of drawings has been read."""

    def __init__(self, path: Path, collection: Collection) -> None:
        super().__init__()
        self.path = path
        self.collection = collection


class Busy(Message):
    """Work goes on in the background: ``what``, and how far it is (0 to 1), or None at its end."""

    def __init__(self, what: str, share: float | None) -> None:
        super().__init__()
        self.what = what
        self.share = share

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
