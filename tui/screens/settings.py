"""SettingsScreen: everything that can be chosen for the studio itself, made from its schema."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal, cast, get_args, get_origin

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.chosen import told
from tui.widgets.choice_list import ChoiceList
from tui.widgets.dialog import ListDialog, TextDialog
from tui.widgets.keys import Keys
from tui.widgets.modal import Modal

if TYPE_CHECKING:
    from tui.app import Monoline

NAME = "name"
LONGEST = 80
SOME = 6
"""So many choices have room in a line."""


class Lines(ChoiceList):
    """The settings; left and right change the one under the cursor."""

    BINDINGS = [
        Binding("right", "screen.step(1)", "Next choice", key_display="←/→", id="settings.next"),
        Binding("left", "screen.step(-1)", "Choice before", show=False, id="settings.before"),
    ]


class SettingsScreen(Modal[None]):
    """A line for each setting; the one under the cursor is explained below. What is changed is kept at once."""

    HELP = "**Settings.** ← → change the one under the cursor, enter lists or types; ctrl+z takes back."
    SETTINGS = True
    BINDINGS = [
        Binding("escape,q,f3", "close", "Back", id="settings.close"),
        Binding("backspace,delete", "reset", "As by default", id="settings.reset"),
        Binding("ctrl+z", "undo", "Undo", id="settings.undo"),
    ]
    DEFAULT_CSS = """
    SettingsScreen { align: center middle; background: $background 60%; }
    SettingsScreen .dialog { width: 76; max-width: 96%; }
    SettingsScreen OptionList { height: auto; max-height: 50vh; margin-bottom: 1; }
    SettingsScreen #settings-words { height: 3; }
    SettingsScreen #settings-changed { height: auto; max-height: 3; color: $foreground 70%; }
    """

    def __init__(self) -> None:
        super().__init__()
        from tui.settings import UiSettings

        self._fields = {NAME: "What the studio is called in the header; its folder's name if empty."}
        self._fields |= {name: field.description or "" for name, field in UiSettings.model_fields.items()}
        self._before: dict[str, Any] = {}
        """What was changed here, as it was."""

    @property
    def monoline(self) -> Monoline:
        """The application."""
        return cast("Monoline", self.app)

    def compose(self) -> ComposeResult:
        """List, explanation, what was changed."""
        with Vertical(classes="dialog"):
            yield Static(f"Settings of this studio, kept in {self.monoline.folder.name}/studio.toml", classes="title")
            yield Lines(*(Option(self._line(name), id=name) for name in self._fields), id="settings")
            yield Static("", id="settings-words", markup=False)
            yield Static("", id="settings-changed", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Begin at the theme, which is what most come for."""
        self.query_one(OptionList).highlighted = list(self._fields).index("theme")
        self.monoline.changed.subscribe(self, lambda _: self.show_all())

    # what it shows

    def _line(self, name: str) -> Text:
        value = self.monoline.chosen(name)
        words = told(value)
        if name == "keys":
            words = f"{words}; enter lists all"
        elif name == NAME and not value and self.monoline.studio is not None:
            words = f"{self.monoline.studio.name} (the folder's)"
        return Text.assemble(f"{name:<10}", (words, "bold"))

    def show_all(self) -> None:
        """Bring all lines up to date."""
        options = self.query_one(OptionList)
        for name in self._fields:
            options.replace_option_prompt(name, self._line(name))
        changed = [
            f"{name} {told(before)} → {told(now)}"
            for name, before in self._before.items()
            if before != (now := self.monoline.chosen(name))
        ]
        words = f"Changed and kept: {', '.join(changed)}. ctrl+z takes it back." if changed else ""
        self.query_one("#settings-changed", Static).update(words)

    @property
    def name_here(self) -> str:
        """The setting under the cursor."""
        return list(self._fields)[self.query_one(OptionList).highlighted or 0]

    @on(OptionList.OptionHighlighted)
    def _explain(self) -> None:
        name = self.name_here
        choices = self.choices(name)
        words = self._fields[name]
        if len(choices) > SOME:
            words += f"\n← → step through {len(choices)}, enter lists them."
        elif choices:
            words += f"\n← → step through: {', '.join(choices)}"
        self.query_one("#settings-words", Static).update(words)

    # changing

    def choices(self, name: str) -> list[str]:
        """What a setting can be, in words; empty where that is free."""
        if name == "theme":
            return ["auto", *self.monoline.themes]
        kind: Any = None if name == NAME else self._kind(name)
        if kind is bool:
            return ["on", "off"]
        return [str(each) for each in get_args(kind)] if get_origin(kind) is Literal else []

    @staticmethod
    def _kind(name: str) -> Any:
        from tui.settings import UiSettings

        return UiSettings.model_fields[name].annotation

    def put(self, name: str, value: Any) -> None:
        """Take another value, and keep it."""
        self._before.setdefault(name, self.monoline.chosen(name))
        self.monoline.choose(name, value)
        self.show_all()

    def _take(self, name: str, words: str | None) -> None:
        if words is not None:
            self.put(name, words == "on" if name != NAME and self._kind(name) is bool else words)

    def action_step(self, steps: int) -> None:
        """The next choice, or the one before."""
        name = self.name_here
        if choices := self.choices(name):
            at = choices.index(told(self.monoline.chosen(name)))
            self._take(name, choices[(at + steps) % len(choices)])

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_change()

    def action_change(self) -> None:
        """Choose another value: of two the other one, of more from a list; a name is typed."""
        name = self.name_here
        choices = self.choices(name)
        if name == "keys":
            from tui.screens.key_table import KeyTable

            self._before.setdefault(name, self.monoline.chosen(name))
            self.app.push_screen(KeyTable(), lambda _: self.show_all())
        elif len(choices) == 2:
            self.action_step(1)
        elif choices:
            dialog = ListDialog(name, [(each, each) for each in choices], told(self.monoline.chosen(name)))
            self.app.push_screen(dialog, partial(self._take, name))
        else:
            dialog = TextDialog("What the studio is called", "", self.monoline.chosen(name), _too_long)
            self.app.push_screen(dialog, partial(self._take, name))

    def action_reset(self) -> None:
        """The setting under the cursor as by default."""
        from tui.settings import UiSettings

        name = self.name_here
        self.put(name, "" if name == NAME else getattr(UiSettings(), name))

    def action_undo(self) -> None:
        """Take back what was changed last."""
        self.monoline.action_undo()

    def action_close(self) -> None:
        """Back; what was changed stays."""
        self.dismiss()


def _too_long(text: str) -> str:
    return f"{len(text)} letters are too many; {LONGEST} have room." if len(text) > LONGEST else ""
