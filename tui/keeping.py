"""AppWithTray: an application that keeps drawings in a tray, and can take back what was done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.binding import Binding

from configs.errors import MonolineError
from tui.help import AppWithHelp
from tui.messages import WorkFailed

if TYPE_CHECKING:
    from drawing.drawing import Drawing
    from drawing.recipe import Recipe
    from drawing.sketch import About
    from tui.tray import Kept, Tray


class AppWithTray(AppWithHelp):
    """Holds the tray, and what was done lately."""

    BINDINGS = [
        Binding("t", "tray", "Tray", show=False, id="app.tray"),
        Binding("ctrl+z", "undo", "Undo", show=False, id="app.undo"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.tray: Tray | None = None
        self._done: list[tuple[str, Callable[[], object]]] = []

    def tell(self) -> None:
        """Something that the screens share was changed."""

    def did(self, what: str, undo: Callable[[], object]) -> None:
        """Something was done that ``undo`` takes back."""
        self._done.append((what, undo))
        self.tell()

    def action_undo(self) -> None:
        """Take back what was done last."""
        if not self._done:
            return
        what, undo = self._done.pop()
        try:
            undo()
        except (MonolineError, OSError) as error:
            self.post_message(WorkFailed(f"Can't take back: {what}", str(error)))
            return
        self.notify(f"Taken back: {what}", timeout=2)
        self.tell()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There must be something to take back."""
        if action == "undo" and not self._done:
            return None
        return super().check_action(action, parameters)

    def keep(self, drawing: Drawing, recipe: Recipe, name: str) -> None:
        """Put a drawing in the tray."""
        if self.tray is None:
            return
        try:
            count = len(self.tray.kept)
            kept = self.tray.keep(drawing, recipe, name)
        except MonolineError as error:
            self.post_message(WorkFailed("The drawing was not kept", str(error)))
            return
        if len(self.tray.kept) > count:
            self.did(f"keep {kept.name}", partial(self.tray.put_out, kept))

    def put_out(self, kept: Kept) -> None:
        """Take a drawing out of the tray."""
        assert self.tray is not None
        try:
            out = self.tray.put_out(kept)
        except OSError as error:
            self.post_message(WorkFailed(f"{kept.name} stays in the tray", f"{kept.path}: {error.strerror}."))
            return
        self.did(f"discard {kept.name}", partial(self.tray.put_back, out))

    def say(self, kept: Kept, about: About) -> None:
        """Note something of a drawing in the tray, or make it a favourite."""
        assert self.tray is not None
        before = kept.about
        try:
            new = self.tray.say(kept, about)
        except MonolineError as error:
            self.post_message(WorkFailed(f"Nothing was noted of {kept.name}", str(error)))
            return
        self.did(f"what was noted of {kept.name}", partial(self._say_again, new.path, before))

    def _say_again(self, path: Path, about: About) -> None:
        """Note what was noted before, of the drawing that has this file now."""
        assert self.tray is not None
        for kept in self.tray.kept:
            if kept.path == path:
                self.tray.say(kept, about)
                return

    def rename(self, kept: Kept, name: str) -> None:
        """Call a drawing in the tray something else."""
        assert self.tray is not None
        if name == kept.name:
            return
        try:
            new = self.tray.rename(kept, name)
        except (MonolineError, OSError) as error:
            words = str(error) if isinstance(error, MonolineError) else f"{kept.path}: {error.strerror}."
            self.post_message(WorkFailed(f"{kept.name} keeps its name", words))
            return
        self.did(f"call it {name}", partial(self._rename_again, new.path, kept.name))

    def _rename_again(self, path: Path, name: str) -> None:
        assert self.tray is not None
        for kept in self.tray.kept:
            if kept.path == path:
                self.tray.rename(kept, name)
                return

    def action_tray(self) -> None:
        """Show the tray."""
        from tui.screens.tray import TrayScreen

        if self.tray is not None:
            self.push_screen(TrayScreen())
