"""DecidingScreen: labels, tags and favourites of scans, given by a key and kept at once, and taken back by another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual import on
from textual.binding import Binding

from tui.screens.asking import AskingScreen
from tui.shelf import Item
from tui.widgets.dialog import ListDialog, TextDialog
from tui.widgets.thumbnails import Thumbnails

LABELS = ("0_drawings", "1_watercolors", "2_notes", "3_badscans", "4_covers")
"""Labels that come to mind first."""
NEW = "another name ..."
NONE = "no label"


def wrong_label(text: str) -> str:
    """Why a text can be no label; nothing if it can."""
    if not text or text.startswith(".") or any(sign in text for sign in '/\\:"*?<>|'):
        return "A label is also the name of a folder; use words, as 0_drawings."
    return "A label has 80 characters at most." if len(text) > 80 else ""


class DecidingScreen(AskingScreen):
    """What a person says about what is marked, or else about what is under the cursor."""

    BINDINGS = [
        *(
            Binding(
                str(digit),
                f"label({digit})",
                "Label that begins with it",
                show=False,
                key_display="0-9",
                system=digit > 0,  # the help has one line for all of them
                id=f"shelf.label_{digit}",
            )
            for digit in range(10)
        ),
        Binding("l", "label_dialog", "Label", id="shelf.label"),
        Binding("g", "favour", "Favourite", show=False, id="shelf.favour"),
        Binding("y", "tag('notes')", "Tag notes", show=False, id="shelf.notes"),
        Binding("r", "tag('private')", "Tag private", show=False, id="shelf.private"),
        Binding("o", "tag('extra')", "Tag extra", show=False, id="shelf.extra"),
        Binding("a", "tag('art')", "Tag art", show=False, id="shelf.art"),
        Binding("ctrl+z,u", "undo_decision", "Undo", show=False, id="shelf.undo"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.labels: tuple[str, ...] = LABELS
        """Those that come to mind and those in use."""
        self._decisions = set[int]()
        """Decisions on their way."""

    @property
    def selection(self) -> list[Item]:
        """What is marked, or else what is under the cursor."""
        marked = [self.known[key] for key in self.thumbnails.marked if key in self.known]
        return marked or ([self.item] if self.item is not None else [])

    def named(self, digit: int) -> str:
        """The label that a digit stands for."""
        begins = [label for label in self.labels if label.startswith(str(digit))]
        return begins[0] if begins else ""

    # deciding

    def decide(self, what: str, things: Sequence[Item], value: str | bool | None, **more: Any) -> None:
        """Have something kept: label, tag or favourite of some scans; what is shown follows when it is."""
        if things or more:
            keys = [each.key for each in things]
            self._decisions.add(self.ask("decide", self._decided, what=what, keys=keys, value=value, **more))

    @property
    def deciding(self) -> int:
        """How many decisions are on their way."""
        return len(self._decisions)

    def request_ended(self, request: int, error: str) -> None:
        """One less is on its way, also if it was refused."""
        super().request_ended(request, error)
        self._decisions.discard(request)

    def _decided(self, told: dict[str, Any]) -> None:
        if (words := str(told.get("words") or "")) and self.deciding < 2:  # it is the last
            self.app.clear_notifications()  # many would pile up on what is decided next
            self.notify(f"{words}   ctrl+z takes it back", timeout=3)
        self.decided(told)

    def decided(self, told: dict[str, Any]) -> None:
        """Something was decided or taken back."""
        self.reload()

    def action_label(self, digit: int) -> None:
        """Give the label that begins with a digit."""
        if label := self.named(digit):
            self.give(label)
        else:
            self.notify(f"No label begins with {digit}; l gives it any name.", timeout=3)

    def give(self, label: str | None) -> None:
        """Give a label to what is meant."""
        things = self.selection
        self.decide("label", things, label)
        if len(things) == 1 and not self.thumbnails.marked:
            self.thumbnails.action_move(1)

    def action_label_dialog(self) -> None:
        """Ask for a label: one of those in use, another one, or none."""
        if self.selection:
            self.ask_label(f"Label {self.meant}", self.selection[0].label, self.give)

    @property
    def meant(self) -> str:
        """What a label would be given to, for a title."""
        things = self.selection
        return things[0].page if len(things) == 1 else f"{len(things):,} marked"

    def ask_label(self, title: str, current: str, then: Any) -> None:
        """Ask for a label, and call ``then`` with it, or with None for no label."""

        def typed(label: str | None) -> None:
            if label is not None:
                then(label)

        def chosen(line: str | None) -> None:
            if line == NEW:
                self.app.push_screen(TextDialog(title, "a name, as 5_portraits", "", wrong_label), typed)
            elif line is not None:
                then(None if line == NONE else line)

        lines = [(label, label) for label in self.labels] + [(NEW, NEW), (NONE, NONE)]
        self.app.push_screen(ListDialog(title, lines, current), chosen)

    def action_tag(self, tag: str) -> None:
        """Say what scans are, whatever folder they lie in."""
        self.decide("tag", self.selection, tag)

    def action_favour(self) -> None:
        """Make favourites, or, where all are, none."""
        things = self.selection
        self.decide("favourite", things, not all(each.favourite for each in things))

    def action_undo_decision(self) -> None:
        """Take back what was decided last."""
        self.ask("undo_decision", self._undone)

    def _undone(self, told: dict[str, Any]) -> None:
        words = str(told.get("words") or "")
        self.notify(f"Taken back: {words}" if words else "There is nothing to take back.", timeout=3)
        if words:
            self.decided(told)

    @on(Thumbnails.Marked)
    def _marked(self) -> None:
        self.selection_changed()

    def selection_changed(self) -> None:
        """Other things are meant."""
