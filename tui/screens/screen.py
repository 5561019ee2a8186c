"""StudioScreen: what every screen of the studio does alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.binding import Binding, BindingType
from textual.events import Resize, ScreenResume
from textual.screen import Screen
from textual.widgets import Footer
from textual.worker import Worker, WorkerState

from tui.messages import WorkFailed
from tui.widgets.modal import LeftOnce

if TYPE_CHECKING:
    from tui.app import Monoline


NARROW = 100
"""Columns below which a screen leaves out what can wait."""


class StudioScreen(LeftOnce, Screen[None]):
    """A screen that knows what the studio's screens share, and whose work never fails without a word."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]

    _can: tuple[bool | None, ...] = ()

    @property
    def monoline(self) -> Monoline:
        """The application, which holds what the screens share."""
        return cast("Monoline", self.app)

    @property
    def motion(self) -> bool:
        """Whether anything may move that nobody moves; otherwise only what is done is shown."""
        return self.app.animation_level != "none"

    def refresh_shared(self) -> None:
        """Take over what the screens share; called at the start, on each return, and after each change."""

    def refresh_keys(self) -> None:
        """Grey what can't run now; the footer is made anew only if that changed, which takes a while."""
        can = tuple(self.check_action(*_action(binding)) for binding in type(self).BINDINGS)
        if can != self._can:
            self._can = can
            self.refresh_bindings()

    def action_panel(self) -> None:
        """Show or hide the side panel, whatever has the class ``panel``; it starts hidden on a narrow terminal."""
        shown = any(bool(panel.display) for panel in self.query(".panel"))
        self.set_class(not shown, "-panel-on")
        self.set_class(shown, "-panel-off")

    def on_mount(self) -> None:
        """Listen to changes; called after the screen's own."""
        self.monoline.changed.subscribe(self, lambda _: self.refresh_shared())

    def on_resize(self, event: Resize) -> None:
        """A narrow footer has no room to spare."""
        for footer in self.query(Footer):
            footer.compact = event.size.width < NARROW

    def on_screen_resume(self, _: ScreenResume) -> None:
        """Something may have changed in the meantime."""
        self.monoline.show_header(self)
        self.refresh_shared()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that raised is a defect; say so, and go on."""
        if event.state is WorkerState.ERROR:
            self.post_message(defect(event.worker.error))


def _action(binding: BindingType) -> tuple[str, tuple[object, ...]]:
    name, _, rest = (binding.action if isinstance(binding, Binding) else binding[1]).partition("(")
    return name, (rest,) if rest else ()


def defect(error: BaseException | None) -> WorkFailed:
    """What to tell where something raised what nobody expected."""
    return WorkFailed(
        "Something went wrong inside monoline", f"{type(error).__name__}: {error}. Nothing you made is lost."
    )
