"""LeftOnce and Modal: screens that are left once, however often somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen, ScreenResultType

# no node itself where it runs: of two bases that are nodes, Textual takes the styles of the first only
_Base = Screen[Any] if TYPE_CHECKING else object


class LeftOnce(_Base):
    """A screen that goes only while it is on top.

    A key that comes as it is going finds another screen there, which Textual would take away instead of it.
    """

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Leave the screen; nothing happens where it is not on top, or no more."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Modal(LeftOnce, ModalScreen[ScreenResultType]):
    """A dialog over another screen."""
