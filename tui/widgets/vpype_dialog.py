"""VpypeDialog: vpype commands for a sheet, tried before they are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, Static

from configs.errors import MonolineError
from tui.figures import metres
from tui.widgets.modal import Modal

if TYPE_CHECKING:
    from plotter.optimize import Figures
    from plotter.sheet import Sheet

HINT = "as linemerge linesort reloop, or nothing for the usual order"
MOST_REMARKS = 4


class VpypeDialog(Modal[str | None]):
    """Enter tries the commands on the sheet, and enter once more takes them."""

    BINDINGS = [Binding("escape", "close", "Cancel", id="vpype.cancel")]
    DEFAULT_CSS = """
    VpypeDialog .dialog { width: 76; max-width: 100%; }
    VpypeDialog #tried { height: auto; margin-top: 1; }
    """

    def __init__(self, sheet: Sheet, start: str) -> None:
        super().__init__()
        self._sheet, self._start = sheet, start
        self._well = ""
        """Commands that were tried, and can be taken."""

    def compose(self) -> ComposeResult:
        """Title, a line to type in, what came of it."""
        with Vertical(classes="dialog"):
            yield Static("vpype commands", classes="title", markup=False)
            yield Input(self._start, placeholder=HINT)
            yield Static(f"{HINT}; enter tries them, esc goes back", id="reason", markup=False)
            yield Static("", id="tried", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes what was tried already, or nothing; it tries everything else."""
        text = event.value.strip()
        if not text or text == self._well:
            self.dismiss(text)
            return
        self._say("vpype is at it ...")
        self._try(text)

    @work(thread=True, exclusive=True, group="vpype", exit_on_error=False)
    def _try(self, text: str) -> None:
        from plotter.optimize import OptimizeSettings
        from plotter.ready import optimised_sheet

        try:
            made, before, after, remarks = optimised_sheet(self._sheet, OptimizeSettings(pipeline=text))
        except MonolineError as error:
            self.app.call_from_thread(self._refused, str(error))
            return
        layers = "" if made.layers == self._sheet.layers else ", ".join(layer.title for layer in made.layers)
        self.app.call_from_thread(self._tried, text, table(before, after, layers, remarks))

    def _refused(self, error: str) -> None:
        self._well = ""
        self._say(error)

    def _tried(self, text: str, told: str) -> None:
        self._well = text
        self._say("enter takes them, esc goes back", told)

    def _say(self, reason: str, told: str = "") -> None:
        self.query_one("#reason", Static).update(reason)
        self.query_one("#tried", Static).update(told)

    def action_close(self) -> None:
        """Escape changes nothing."""
        self.dismiss(None)


def table(before: Figures, after: Figures, layers: str = "", remarks: tuple[str, ...] = ()) -> str:
    """A sheet before and after, a line each, and what there is to say."""
    lines = [f"{'':<8}{'before':>10}{'after':>11}"]
    for name, was, now in (
        ("strokes", f"{before.strokes:,}", f"{after.strokes:,}"),
        ("lifts", f"{before.lifts:,}", f"{after.lifts:,}"),
        ("ink", metres(1000 * before.ink_m), metres(1000 * after.ink_m)),
        ("travel", metres(1000 * before.travel_m), metres(1000 * after.travel_m)),
    ):
        lines.append(f"{name:<8}{was:>10}{now:>11}")
    lines += [f"layers  {layers}"] if layers else []
    return "\n".join([*lines, *remarks[:MOST_REMARKS]])
