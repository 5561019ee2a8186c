"""AppWithSettings: an application that looks as a person chose, and begins where they left off."""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.binding import Binding
from textual.constants import TEXTUAL_ANIMATIONS
from textual.screen import SystemModalScreen

from configs.errors import MonolineError
from tui.keeping import AppWithTray
from tui.last_used import LastUsed, told_path
from tui.messages import SettingsRead, WorkFailed
from tui.sharp import Sharpness
from tui.themes import OURS, PAPER, sixteen_colour_theme

if TYPE_CHECKING:
    from tui.settings import UiSettings

TOLD = "{}\n\nThe studio is open, with all that is right there and else as by default; f3 shows its settings."


class AppWithSettings(AppWithTray):
    """Holds what was chosen in ``[ui]`` of studio.toml, and what was used last."""

    BINDINGS = [Binding("f3", "settings", "Settings", show=False, priority=True, id="app.settings")]

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        """The studio's."""
        self.ui: UiSettings | None = None
        """What was chosen; None until it has been read and checked, a moment after the first frame."""
        for theme in OURS:
            self.register_theme(theme)
        first = ui_table(folder)  # the first frame looks as chosen already
        self.show_theme(str(first.get("theme", "")))
        self.show_motion(first.get("motion") is not False)
        self.mouse = first.get("mouse") is not False
        """Whether the terminal is asked to tell of the mouse."""
        self.pictures = str(first.get("pictures", "auto"))
        """How large drawings and scans are to be shown; from the next start on."""
        self.sharpness = Sharpness()
        """Of pictures that the terminal shows, once it was asked."""
        self.last = LastUsed.read(folder)
        """What the studio was left with."""
        self._written = self.last

    # what was chosen

    @property
    def themes(self) -> list[str]:
        """All there are, monoline's own first."""
        ours = [theme.name for theme in OURS]
        return [*ours, *sorted(name for name in self.available_themes if name not in ours)]

    def show_theme(self, name: str) -> None:
        """Take a theme; one that is not known, or none, leaves it to the terminal."""
        sixteen = sixteen_colour_theme(os.environ) if self.console.color_system == "standard" else ""
        self.theme = name if name in self.available_themes else sixteen or PAPER.name

    def show_motion(self, motion: bool) -> None:
        """Have things glide, or jump."""
        self.animation_level = TEXTUAL_ANIMATIONS if motion else "none"

    @on(SettingsRead)
    def _settings_read(self, event: SettingsRead) -> None:
        self.take_settings(event.settings)
        if event.wrong:
            self.post_message(WorkFailed("Not all settings can be taken", TOLD.format("\n".join(event.wrong))))

    def take_settings(self, settings: UiSettings) -> None:
        """Look and play as chosen."""
        before, self.ui = self.ui, settings
        if before is None or before.theme != settings.theme:
            self.show_theme(settings.theme)
        self.show_motion(settings.motion)
        if settings.keys or (before is not None and before.keys):
            from tui.key_list import whole

            self.set_keymap(whole(settings.keymap))
        self.tell()

    def choose(self, name: str, value: Any, words: str = "") -> bool:
        """Take another setting at once, and keep it in studio.toml; ctrl+z takes it back.

        Args:
            words: how the value is called in what is told.

        Returns:
            Whether it could be kept.
        """
        before = self.chosen(name)
        if before == value:
            return True
        if not self._keep(name, value):
            return False
        self.did(f"{name} {words or told(value)}", partial(self._keep, name, before))
        return True

    def chosen(self, name: str) -> Any:
        """What a setting is."""
        return getattr(self.ui, name, None)

    def _keep(self, name: str, value: Any) -> bool:
        from tui.settings import write_setting

        try:
            write_setting(self.folder, name, value)
        except MonolineError as error:
            self.post_message(WorkFailed("The setting was not kept", str(error)))
            return False
        self.take(name, value)
        return True

    def take(self, name: str, value: Any) -> None:
        """Take a setting that was kept."""
        from tui.settings import UiSettings

        kept = {} if self.ui is None else self.ui.model_dump(exclude_unset=True)
        self.take_settings(UiSettings.model_validate({**kept, name: value}))

    def bell(self) -> None:
        """Ring, unless that is not wanted."""
        if self.ui is None or self.ui.bell:
            super().bell()

    def action_settings(self) -> None:
        """Show all settings."""
        from tui.screens.settings import SettingsScreen

        if self.shown is not self.screen:
            return  # the palette is open
        self.push_screen(SettingsScreen())

    def action_change_theme(self) -> None:
        """Choose a theme among the settings."""
        self.action_settings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Settings are there once they are read, and open once."""
        if action == "settings":
            closed = not any(getattr(screen, "SETTINGS", False) for screen in self.screen_stack)
            return self.ui is not None and closed and not isinstance(self.shown, SystemModalScreen)
        return super().check_action(action, parameters)

    # what was used last

    def note_arrangement(self, seed: int, temperature: float, ladder: bool) -> None:
        """What Sample shows."""
        self.last = replace(self.last, seed=seed, temperature=temperature, ladder=ladder)

    def note_last(self) -> None:
        """Keep what is used now, if that is something else than before."""
        if self.ui is not None and self.last != self._written:
            self._written = self.last
            self.last.write(self.folder)

    def told_path(self, path: Path) -> str:
        """A path as it is kept."""
        return told_path(path, self.folder)


def ui_table(folder: Path) -> dict[str, Any]:
    """The table ``[ui]`` of a studio as it stands there, unchecked; empty if it can't be read."""
    try:
        table: Any = tomllib.loads((folder / "studio.toml").read_text(encoding="utf-8")).get("ui")
    except (OSError, ValueError):
        return {}
    return cast(dict[str, Any], table) if isinstance(table, dict) else {}


def told(value: Any) -> str:
    """A setting in words."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dict):
        return f"{len(cast(dict[str, Any], value)) or 'none'} changed"
    return str(value) if value else "none"
