"""KeyTable: every key of every screen; any of them can be given to what it does, or taken from it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.events import Key
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.widgets.choice_list import ChoiceList
from tui.widgets.keys import Keys
from tui.widgets.modal import Modal

if TYPE_CHECKING:
    from tui.app import Monoline


class KeyTable(Modal[None]):
    """Place by place: keys, what they do, and what that is called in studio.toml."""

    HELP = "**Keys.** enter, then the new key; plus adds one more; backspace is as by default."
    SETTINGS = True
    BINDINGS = [
        Binding("escape,q", "close", "Back", id="keys.close"),
        Binding("plus", "change(True)", "One more key", id="keys.more"),
        Binding("backspace,delete", "reset", "As by default", id="keys.reset"),
        Binding("R", "reset_all", "All as by default", id="keys.reset_all"),
        Binding("ctrl+z", "undo", "Undo", show=False, id="keys.undo"),
    ]
    DEFAULT_CSS = """
    KeyTable { align: center middle; background: $background 60%; }
    KeyTable #keys-told { height: 2; }
    """

    @property
    def monoline(self) -> Monoline:
        """The application."""
        return cast("Monoline", self.app)

    @property
    def _keymap(self) -> dict[str, str]:
        return {} if self.monoline.ui is None else self.monoline.ui.keymap

    def compose(self) -> ComposeResult:
        """The list, and a line of what was done."""
        with Vertical(classes="dialog"):
            yield Static("Keys", classes="title")
            yield ChoiceList(*self._options(), id="keys")
            yield Static("", id="keys-told", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Say what to do."""
        self.tell("enter, then the new key. Keys that were changed are marked with •.")
        self.monoline.changed.subscribe(self, lambda _: self.show_all())

    def _options(self) -> list[Option]:
        from tui.key_list import every_key

        options: list[Option] = []
        place = ""
        for bound in every_key().values():
            if bound.place != place:
                place = bound.place
                options.append(Option(Text(place, "bold underline"), disabled=True))
            options.append(Option(self._line(bound.id), id=bound.id))
        return options

    def _line(self, action: str) -> Text:
        from tui.key_list import every_key, keys_of

        sign = "•" if action in self._keymap else " "
        keys = " ".join(self.app.get_key_display(Binding(key, "")) for key in keys_of(action, self._keymap))
        return Text.assemble(f"{sign} ", (f"{keys:<16.16}", "bold"), f" {every_key()[action].words:<26.26} {action}")

    def show_all(self) -> None:
        """Bring all lines up to date."""
        from tui.key_list import every_key

        options = self.query_one(OptionList)
        for action in every_key():
            options.replace_option_prompt(action, self._line(action))

    def tell(self, words: str) -> None:
        """Say what was done, or why not."""
        self.query_one("#keys-told", Static).update(words)

    @property
    def action_here(self) -> str:
        """What the key under the cursor does."""
        options = self.query_one(OptionList)
        return "" if options.highlighted is None else options.get_option_at_index(options.highlighted).id or ""

    # changing

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_change()

    def action_change(self, more: bool = False) -> None:
        """Ask for another key, or one more."""
        from tui.key_list import every_key

        if action := self.action_here:
            self.app.push_screen(KeyDialog(every_key()[action].words), partial(self._pressed, action, more))

    def _pressed(self, action: str, more: bool, key: str | None) -> None:
        from tui.key_list import EMERGENCY, every_key, in_the_way, keys_of

        if key is None:
            return
        if reason := in_the_way(action, key, self._keymap):
            self.tell(reason)
            return
        keys = (*keys_of(action, self._keymap), key) if more or action in EMERGENCY else (key,)
        words = every_key()[action].words
        always = f" {' and '.join(EMERGENCY[action])} do it as well, always." if action in EMERGENCY else ""
        if self._put({**self._chosen, action: ",".join(dict.fromkeys(keys))}, f"{words}: {key}"):
            self.tell(f"{key} is {words!r} now.{always} ctrl+z takes it back.")

    @property
    def _chosen(self) -> dict[str, Any]:
        return dict(self.monoline.chosen("keys") or {})

    def _put(self, keys: dict[str, Any], words: str) -> bool:
        done = self.monoline.choose("keys", keys, words)
        self.show_all()
        return done

    def action_reset(self) -> None:
        """The keys of the line under the cursor as by default."""
        action = self.action_here
        if action in self._chosen:
            keys = {name: key for name, key in self._chosen.items() if name != action}
            self._put(keys, f"{action} as by default")
            self.tell(f"{action} has its own keys again.")

    def action_reset_all(self) -> None:
        """All keys as by default."""
        if self._chosen and self._put({}, "all as by default"):
            self.tell("All keys are as by default. ctrl+z brings yours back.")

    def action_undo(self) -> None:
        """Take back what was changed last."""
        self.monoline.action_undo()

    def action_close(self) -> None:
        """Back to the settings."""
        self.dismiss()


class KeyDialog(Modal[str | None]):
    """Waits for a key, whatever it does elsewhere."""

    SETTINGS = True
    DEFAULT_CSS = "KeyDialog { align: center middle; background: $background 60%; }"

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        """What is asked."""
        with Vertical(classes="dialog"):
            yield Static(self._words, classes="title", markup=False)
            yield Static("Press the new key; escape keeps what there is.", markup=False)

    def on_key(self, event: Key) -> None:
        """Take it."""
        event.stop()
        event.prevent_default()
        self.dismiss(None if event.key == "escape" else event.key)

    def on_click(self) -> None:
        """A click keeps what there is."""
        self.dismiss(None)
