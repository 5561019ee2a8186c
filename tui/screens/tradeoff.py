"""Tradeoff: what reconstruction costs in each run of a sweep over w_KL, against what the latent vector may tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from string import ascii_lowercase

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from tui.sweeps import Traded, read_sweep
from tui.widgets.chart import Chart, Series
from tui.widgets.keys import Keys
from tui.widgets.modal import Modal

NONE = "No run of this sweep has been looked at yet; its first validation brings a point."


class TradeoffScreen(Modal[None]):
    """L_R over L_KL, a letter for each run, and a line of figures for each letter."""

    BINDINGS = [Binding("escape,k,q", "close", "Back", id="tradeoff.close")]
    DEFAULT_CSS = """
    TradeoffScreen { background: $background; }
    TradeoffScreen > Vertical { padding: 0 1; }
    TradeoffScreen #tradeoff-title { height: 1; text-style: bold; }
    TradeoffScreen #tradeoff-figures { height: auto; max-height: 50%; color: $foreground 70%; }
    """

    def __init__(self, sweep: Path) -> None:
        super().__init__()
        self._sweep = sweep

    def compose(self) -> ComposeResult:
        """Title, chart, figures."""
        with Vertical():
            title = f"{self._sweep.name}: the smaller w_KL, the better drawings are rebuilt, the worse new ones"
            yield Static(title, id="tradeoff-title", markup=False)
            yield Chart(unit="L_R", x="L_KL", empty=NONE, id="tradeoff-chart")
            yield Static("", id="tradeoff-figures", markup=False)
        yield Keys(show_command_palette=False)

    def on_mount(self) -> None:
        """Read what there is."""
        self.read()

    @work(thread=True, exit_on_error=False)
    def read(self) -> None:
        """Read in the background."""
        self.app.call_from_thread(self.show, read_sweep(self._sweep))

    def show(self, runs: Sequence[Traded]) -> None:
        """Show these runs."""
        signed = list(zip(ascii_lowercase, runs, strict=False))
        whole = [
            (run.L_KL, run.L_R, sign) for sign, run in signed if math.isfinite(run.L_KL) and math.isfinite(run.L_R)
        ]
        whole.sort()
        points, signs = [(x, y) for x, y, _ in whole], [sign for _, _, sign in whole]
        self.query_one(Chart).show({"valid": Series(points, marked=True, signs=signs)})
        self.query_one("#tradeoff-figures", Static).update("\n".join(_line(sign, run) for sign, run in signed))

    def action_close(self) -> None:
        """Back."""
        self.dismiss()


def _line(sign: str, run: Traded) -> str:
    return (
        f"{sign}  w_KL {run.weight:<6g} L_R {run.L_R:+.3f}   L_KL {run.L_KL:.3f}   "
        f"{run.nats:+.3f} nats per point   step {run.step:,}"
    )
