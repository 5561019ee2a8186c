"""LeftOnce and Modal: screens that are left once, however often somebody asks for it."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen, ScreenResultType


class LeftOnce(Screen[ScreenResultType]):
    """A screen that goes only while it is on top.

    A key that comes as it is going finds another screen there, which Textual would take away instead of it.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave the screen; nothing happens where it is not on top, or no more."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Modal(LeftOnce[ScreenResultType], ModalScreen[ScreenResultType]):
    """A dialog over another screen."""
