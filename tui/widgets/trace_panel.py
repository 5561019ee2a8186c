"""TracePanel: what can be set while a scan is looked at, and the figures of what was traced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui.widgets.slider import Slider

if TYPE_CHECKING:
    from tui.tracing import TracedPage

SLIDERS = (
    ("dark", "ink is at least so dark", 0.05, 0.95, 0.05),
    ("faint", "and may fade to", 0.05, 0.95, 0.05),
    ("join", "ends joined, of 200", 0.0, 60.0, 1.0),
    ("gap", "drawings apart by", 0.005, 0.2, 0.005),
    ("max-points", "most points", 10.0, 500.0, 1.0),
)
"""Name, words, least, most, step."""
PLACES = {"dark": ("ink", "dark"), "faint": ("ink", "faint"), "join": ("join",), "gap": ("separate", "gap")}
"""Where a slider's value stands in the settings of tracing."""


class TracePanel(VerticalScroll, can_focus=False):
    """Sliders, two choices, figures."""

    DEFAULT_CSS = """
    TracePanel { width: 32; padding: 0 1; border-left: solid $panel; scrollbar-size-vertical: 1; }
    TracePanel Static { height: auto; }
    TracePanel #trace-figures { margin-top: 1; color: $foreground 80%; }
    """

    def compose(self) -> ComposeResult:
        """Sliders, choices, figures."""
        for name, words, least, most, step in SLIDERS:
            yield Slider(words, least, least=least, most=most, step=step, id=name)
        yield Static("", id="trace-choices")
        yield Static("", id="trace-figures", markup=False)

    def tell_settings(self, trace: dict[str, Any], max_points: int, *, simple: bool) -> None:
        """Show how it is traced."""
        for name, keys in PLACES.items():
            value: Any = trace
            for key in keys:
                value = value[key]
            self.query_one(f"#{name}", Slider).show(float(value))
        self.query_one("#max-points", Slider).show(max_points)
        ours = trace["backend"] == "graph"
        for name in ("dark", "faint", "join", "gap"):
            self.query_one(f"#{name}", Slider).disabled = not ours
        rows = (
            ("trace", "screen.backend", (("ours", ours), ("autotrace", not ours))),
            ("detail", "screen.fine", (("quick", not trace["fine"]), ("fine", bool(trace["fine"])))),
            ("points", "screen.simple", (("all", not simple), ("as learnt", simple))),
        )
        self.query_one("#trace-choices", Static).update("\n".join(_choice(*row) for row in rows))

    def tell_page(self, page: TracedPage | None, looked_at: tuple[int, int], corrections: int, seconds: float) -> None:
        """Show the figures of a page; ``looked_at``: how many crossings are doubtful, and how many were checked."""
        if page is None:
            self.query_one("#trace-figures", Static).update("")
            return
        drawings = [each.drawing for each in page.drawings]
        ink, white = sum(each.ink for each in drawings), sum(each.connector_length for each in drawings)
        crossings = sum(len(each.crossings) for each in page.drawings)
        lines = [
            f"drawings    {len(drawings)}",
            f"strokes     {sum(len(each.lines) for each in drawings)}",
            f"points      {sum(each.traced for each in page.drawings):,}",
            f"  as learnt {sum(each.kept for each in page.drawings):,}",
            f"line        {ink - white:,.0f} px",
            f"connectors  {white:,.0f} px",
            f"crossings   {crossings}, {looked_at[0]} doubtful",
            *([f"checked     {looked_at[1]}"] if looked_at[1] else []),
            f"corrections {corrections}",
            f"traced in   {seconds * 1000:,.0f} ms",
        ]
        if page.notes:
            lines += ["", *page.notes]
        self.query_one("#trace-figures", Static).update("\n".join(lines))


def _choice(label: str, action: str, options: tuple[tuple[str, bool], ...]) -> str:
    words = " ".join(f"[b reverse] {name} [/]" if chosen else f" {name} " for name, chosen in options)
    return f"{label:<7}[@click={action}]{words}[/]"
