"""TimelineScreen: how often something that is looked for is in each book, in the order of time."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.screens.asking import Asks
from tui.shelf import Span, read_spans
from tui.widgets.choice_list import ChoiceList
from tui.widgets.keys import Keys
from tui.widgets.modal import Modal

LEFT = 37
"""Columns before the bars."""
EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar(share: float, columns: int) -> str:
    """A bar of so much of some columns; something that is not nothing is always seen."""
    eighths = round(8 * columns * share)
    if share > 0:
        eighths = max(1, eighths)
    return EIGHTHS[8] * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")


class TimelineScreen(Asks, Modal[tuple[str, str] | None]):
    """A bar for each book; enter shows the pages."""

    HELP = "**Timeline.** A bar for each book says how much of what is asked for is in it; enter shows the pages."
    BINDINGS = [
        Binding("slash", "search", "Look for something else", id="timeline.search"),
        Binding("s", "share", "Counts or shares", id="timeline.share"),
        Binding("escape,q", "close", "Back", id="timeline.close"),
    ]
    DEFAULT_CSS = """
    TimelineScreen { background: $background; padding: 0 1; }
    TimelineScreen #timeline-title { height: 1; text-style: bold; }
    TimelineScreen Input { height: 1; border: none; padding: 0; background: $panel; }
    TimelineScreen OptionList { height: 1fr; border: none; background: $background; padding: 0; }
    TimelineScreen OptionList:focus { border: none; }
    """

    def __init__(self, query: str) -> None:
        super().__init__()
        self.query_text, self.spans, self.shares = query, tuple[Span, ...](), False

    def compose(self) -> ComposeResult:
        """Title, the line to search in, a line a book."""
        with Vertical():
            yield Static("", id="timeline-title", markup=False)
            yield Input(
                self.query_text, placeholder="what is looked for, as label:1_watercolors or like:sb03p012", compact=True
            )
            yield ChoiceList()
        yield Keys(show_command_palette=False)

    def on_mount(self) -> None:
        """Ask at once."""
        self.query_one(OptionList).focus()
        self._find()

    def _find(self) -> None:
        self.ask("timeline", self._take, newest="timeline", query=self.query_text)

    def _take(self, told: dict[str, Any]) -> None:
        self.spans = read_spans(told["books"])
        self._show(str(told.get("wrong") or ""))

    def _show(self, wrong: str = "") -> None:
        found, scans = sum(span.found for span in self.spans), sum(span.scans for span in self.spans)
        what = self.query_text or "all scans"
        self.query_one("#timeline-title", Static).update(
            wrong or f"{what}: {found:,} of {scans:,}, by book   enter shows those of a book"
        )
        options = self.query_one(OptionList)
        columns, at = max(8, self.app.size.width - LEFT - 12), options.highlighted
        values = [span.found / max(1, span.scans) if self.shares else float(span.found) for span in self.spans]
        most = max(values, default=0.0) or 1.0
        colour = self.app.theme_variables.get("secondary", "")
        options.clear_options()
        for span, value in zip(self.spans, values, strict=True):
            count = f"{span.found / max(1, span.scans):>7.0%}" if self.shares else f"{span.found:>7,}"
            text = Text(f"{span.book:<10.10} {span.dates:<18.18}{count} ", no_wrap=True, overflow="ellipsis")
            options.add_option(Option(text.append(bar(value / most, columns), colour)))
        options.highlighted = min(at or 0, len(self.spans) - 1) if self.spans else None

    def on_resize(self) -> None:
        """Other room for the bars."""
        if self.spans:
            self._show()

    def action_search(self) -> None:
        """Go to the line that is typed into."""
        self.query_one(Input).focus()

    def action_share(self) -> None:
        """How many there are, or which share of the book they are."""
        self.shares = not self.shares
        self._show()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.query_text = event.value.strip()
        self.query_one(OptionList).focus()
        self._find()

    @on(OptionList.OptionSelected)
    def _book_chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss((self.spans[event.option_index].book, self.query_text))

    def action_close(self) -> None:
        """Leave the line that is typed into, or the timeline."""
        if isinstance(self.focused, Input):
            self.query_one(OptionList).focus()
        else:
            self.dismiss(None)
