"""PrintDialog: paper, layout and what a print has besides, with the sheet as it will be, at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.timer import Timer
from textual.widgets import Button, Input, Label, Select, Static
from textual.worker import Worker, WorkerState

from configs.errors import MonolineError
from tui.print_choice import PrintChoice
from tui.screens.screen import defect
from tui.widgets.modal import Modal
from tui.widgets.sheet_view import PaperShown, SheetView

if TYPE_CHECKING:
    from drawing.collection import Entry
    from plotter.sheet import Sheet

PAPERS = ("A3", "A4", "A5", "A6", "letter", "tabloid")
PAGES = (1, 2, 4, 6, 8, 9, 12, 16)
LAYOUTS = ("grid", "strip", "spiral", "overlay", "flipbook")
SPIRALS = ("upright", "turned", "growing", "turned and growing")
MARKS = ("none", "to cut by", "to register by", "both")
NONE, KNOWN, OWN = "none", "what is known", "as typed below"
OWN_SIZE = "another size"
FIELDS = "{seed} {temperature} {step} {steps} {name}"
PATIENCE_S = 0.2
"""How long nothing must be typed before the sheet is laid out."""


class PrintDialog(Modal[PrintChoice | None]):
    """A line for each choice, and the sheet beside them; enter takes it."""

    HELP = "**On paper.** Up and down choose a line, left and right change it; the sheet beside it follows."
    BINDINGS = [
        Binding("escape", "close", "Cancel", id="print.cancel"),
        Binding("ctrl+s", "take", "Take it", id="print.take"),
        Binding("pageup", "sheet(-1)", "Sheet before", id="print.before"),
        Binding("pagedown", "sheet(1)", "Next sheet", id="print.after"),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    DEFAULT_CSS = """
    PrintDialog { align: center middle; background: $background 60%; }
    PrintDialog > Horizontal {
        width: 112; max-width: 100%; height: 32; max-height: 100%; border: round $primary; background: $surface;
    }
    PrintDialog #print-side { width: 40; padding: 0 1; }
    PrintDialog.-wide #print-side { width: 46; padding: 1 2; }
    PrintDialog .title { text-style: bold; margin-bottom: 1; }
    PrintDialog #print-side Horizontal { height: 1; }
    PrintDialog Label { width: 11; color: $foreground 70%; }
    PrintDialog Select, PrintDialog Input { width: 1fr; }
    PrintDialog #print-reason { height: auto; min-height: 3; margin-top: 1; color: $foreground 70%; }
    PrintDialog #print-reason.-wrong { color: $error; }
    PrintDialog #print-buttons { margin-top: 1; }
    PrintDialog Button { margin-right: 2; }
    """

    def __init__(self, entries: Sequence[Entry], choice: PrintChoice, title: str = "") -> None:
        """Args:
        entries: what goes on paper, in its order.
        choice: what was chosen before.
        title: of the sheet, where none is typed.
        """
        super().__init__()
        self._entries, self._choice, self._title = entries, choice, title
        self._sheets: tuple[Sheet, ...] = ()
        self._at = 0
        self._timer: Timer | None = None
        self._refused: tuple[PrintChoice, str] | None = None
        """What was found to have no room, and why."""

    def compose(self) -> ComposeResult:
        """Choices on the left, the sheet on the right."""
        choice = self._choice
        known = choice.paper in PAPERS
        pages = [(f"{count} on a paper" if count > 1 else "one on a paper", str(count)) for count in PAGES]
        captions = OWN if choice.caption else KNOWN if choice.captions else NONE
        with Horizontal():
            with VerticalScroll(id="print-side", can_focus=False):
                yield Static("On paper", classes="title")
                yield from _select("paper", (*PAPERS, OWN_SIZE), choice.paper if known else OWN_SIZE)
                yield from _input("size", "" if known else choice.paper, "300x400, 8x10in")
                yield from _select("way", ("landscape", "portrait"), "landscape" if choice.landscape else "portrait")
                yield from _input("margin", f"{choice.margin_mm:g}", "mm of white around all")
                yield from _select("layout", LAYOUTS, choice.layout)
                yield from _select("drawings", SPIRALS, choice.spiral)
                yield from _select("pages", pages, str(choice.per_sheet) if choice.per_sheet in PAGES else "1")
                yield from _select("captions", (NONE, KNOWN, OWN), captions)
                yield from _input("caption", choice.caption, FIELDS)
                yield from _input("edition", choice.edition, "3/25; 1-25 for a sheet each")
                yield from _input("title", choice.title, "in the middle of the foot")
                yield from _input("signature", choice.signature, "a name, or a drawing's file")
                yield from _input("frame", "" if choice.frame_mm is None else f"{choice.frame_mm:g}", "none; mm around")
                yield from _select("marks", MARKS, choice.marks)
                yield Static("", id="print-reason", markup=False)
                with Horizontal(id="print-buttons"):
                    yield Button("Take it", variant="primary", compact=True, id="print-take")
                    yield Button("Cancel", compact=True, id="print-cancel")
            with Vertical():
                yield SheetView(empty="The sheet appears here\nonce its drawings are there.", id="print-sheet")

    def on_mount(self) -> None:
        """Show what was chosen before."""
        self.query_one("#print-layout").focus()
        self._changed()

    def _value(self, name: str) -> str:
        widget = self.query_one(f"#print-{name}")
        assert isinstance(widget, Select | Input)
        return str(widget.value).strip()

    def _read(self) -> PrintChoice:
        """What is chosen now.

        Raises:
            ConfigError: a value can't be.
        """
        frame, captions = self._value("frame"), self._value("captions")
        values: dict[str, Any] = {
            "paper": self._value("size") if self._value("paper") == OWN_SIZE else self._value("paper"),
            "landscape": self._value("way") == "landscape",
            "margin_mm": _number("margin", self._value("margin")),
            "layout": self._value("layout"),
            "spiral": self._value("drawings"),
            "per_sheet": int(self._value("pages")),
            "captions": captions == KNOWN,
            "caption": self._value("caption") if captions == OWN else "",
            "edition": self._value("edition"),
            "title": self._value("title"),
            "signature": self._value("signature"),
            "frame_mm": _number("frame", frame) if frame else None,
            "marks": self._value("marks"),
        }
        choice = replace(self._choice, **values)
        choice.settings()
        return choice

    @on(Select.Changed)
    @on(Input.Changed)
    def _changed(self) -> None:
        layout, captions = self._value("layout"), self._value("captions")
        for name, shown in (
            ("size", self._value("paper") == OWN_SIZE),
            ("drawings", layout == "spiral"), ("pages", layout == "flipbook"), ("caption", captions == OWN),
            ("marks", layout != "flipbook"),
        ):  # fmt: skip
            self.query_one(f"#row-print-{name}").display = shown
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(PATIENCE_S, self._preview)

    def _preview(self) -> None:
        try:
            choice = self._read()
        except MonolineError as error:
            self._say(str(error), wrong=True)
            return
        if self._entries:
            self.lay_out(choice)

    @work(thread=True, exclusive=True, group="preview", exit_on_error=False)
    def lay_out(self, choice: PrintChoice) -> None:
        """Lay out in the background."""
        try:
            sheets = choice.lay_out(self._entries, self._title)
        except MonolineError as error:
            self.app.call_from_thread(self._refuse, choice, str(error))
            return
        self.app.call_from_thread(self._laid_out, tuple(sheet for each in sheets.values() for sheet in each), choice)

    def _refuse(self, choice: PrintChoice, why: str) -> None:
        self._refused = choice, why
        if self.is_mounted and choice == self._now():
            self._say(why, wrong=True)

    def _laid_out(self, sheets: tuple[Sheet, ...], choice: PrintChoice) -> None:
        if not self.is_mounted or choice != self._now():
            return
        self._sheets, self._at = sheets, min(self._at, len(sheets) - 1)
        self._show()

    def _now(self) -> PrintChoice | None:
        try:
            return self._read()
        except MonolineError:
            return None

    def _show(self) -> None:
        sheet = self._sheets[self._at]
        self.query_one("#print-sheet", SheetView).show(shown(sheet, self._at, len(self._sheets)))
        count = f"sheet {self._at + 1} of {len(self._sheets)} (page up, page down)\n" if len(self._sheets) > 1 else ""
        self._say(f"{count}{sheet.paper}\n{len(sheet.drawing.lines):,} lines, {sheet.drawing.ink / 1000:.1f} m of ink")
        self.refresh_bindings()

    def _say(self, words: str, *, wrong: bool = False) -> None:
        reason = self.query_one("#print-reason", Static)
        reason.update(words)
        reason.set_class(wrong, "-wrong")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One sheet can't be leafed through."""
        return None if action == "sheet" and len(self._sheets) < 2 else True

    def action_sheet(self, by: int) -> None:
        """Another one of the sheets."""
        self._at = (self._at + by) % len(self._sheets)
        self._show()

    @on(Button.Pressed, "#print-take")
    @on(Input.Submitted)
    def action_take(self) -> None:
        """Take it, if all of it can be."""
        try:
            choice = self._read()
        except MonolineError as error:
            self._say(str(error), wrong=True)
            return
        if self._refused is not None and self._refused[0] == choice:
            self._say(self._refused[1], wrong=True)
            return
        self.dismiss(choice)

    @on(Button.Pressed, "#print-cancel")
    def action_close(self) -> None:
        """Leave it as it was."""
        self.dismiss(None)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that raised is a defect; say so, and go on."""
        if event.state is WorkerState.ERROR:
            self.app.post_message(defect(event.worker.error))


def shown(sheet: Sheet, at: int = 0, count: int = 1) -> PaperShown:
    """A sheet as it is shown; of several, which one it is stands on its edge."""
    name = f"{sheet.paper.name}, {at + 1} of {count}" if count > 1 else sheet.paper.name
    return PaperShown(sheet.paper.width_mm, sheet.paper.height_mm, sheet.drawing, sheet.margin_mm, name)


def _select(name: str, options: Sequence[str | tuple[str, str]], value: str) -> ComposeResult:
    pairs = [(option, option) if isinstance(option, str) else option for option in options]
    with Horizontal(id=f"row-print-{name}"):
        yield Label(name)
        yield Select(pairs, value=value, allow_blank=False, compact=True, id=f"print-{name}")


def _input(name: str, value: str, hint: str) -> ComposeResult:
    with Horizontal(id=f"row-print-{name}"):
        yield Label(name)
        yield Input(value, placeholder=hint, compact=True, id=f"print-{name}")


def _number(name: str, text: str) -> float:
    from configs.errors import ConfigError

    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise ConfigError(f"{name}: {text or 'nothing'} is no number of mm.") from None
