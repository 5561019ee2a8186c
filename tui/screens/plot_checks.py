"""CheckedScreen: what is looked at before a plot, the sheet at once and the plotter in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from tui.plot_choice import Made
from tui.screens.plot_sheet import SheetScreen
from tui.widgets.checklist import Checklist, said
from tui.widgets.plot_options import PlotOptions

if TYPE_CHECKING:
    from plotter.axidraw import Machine, PlotSettings
    from plotter.checks import Check

    Then = Callable[[], None]


class CheckedScreen(SheetScreen):
    """Nothing is drawn while one of its checks is bad."""

    def __init__(self) -> None:
        super().__init__()
        self._sheet_checks: tuple[Check, ...] = ()
        self._port_checks: tuple[Check, ...] = ()
        self._checking = 0
        """Counts what was to be looked at, so that a late answer is known as such."""
        self._looking = False

    @property
    def checks(self) -> tuple[Check, ...]:
        """What was seen last."""
        return (*self._sheet_checks, *self._port_checks)

    @property
    def bad(self) -> list[Check]:
        """What speaks against a plot."""
        return [check for check in self.checks if check.state == "bad"]

    @property
    def verdict(self) -> str:
        """Whether the sheet can be drawn, in a word or two."""
        if self.bad:
            return "NOT READY"
        return "LOOKING" if self._looking else "READY"

    @property
    def busy(self) -> bool:
        """Whether a plot of this studio may have the plotter."""
        return self.live or any(job.mode == "plot" for job in self.monoline.jobs.seen)

    def remarks(self, made: Made) -> list[str]:
        """What a person should know and no check tells."""
        told = [check.says for check in self._sheet_checks if check.state != "ok"]
        return [remark for remark in super().remarks(made) if not any(says in remark for says in told)]

    def check(self, then: Then | None = None) -> None:
        """Look at the sheet and at the plotter; whatever was seen before counts no more.

        Args:
            then: called once all was seen, unless something else was chosen meanwhile.
        """
        made, options = self._made, self.query_one(PlotOptions)
        if made is None or self.live:
            return
        self._checking += 1
        self._sheet_checks = sheet_checks(made)
        self._looking = not (options.simulated or self.busy)
        if self._looking:
            self._look_at_port(self._checking, options.port, made.ready.machine, made.settings, then)
            self._show_checks()
        else:
            self._seen(self._checking, (), then)

    @work(thread=True, group="checks", exit_on_error=False)
    def _look_at_port(
        self, asked: int, port: str, machine: Machine | None, settings: PlotSettings, then: Then | None
    ) -> None:
        from plotter.checks import check_port

        with self.wire:
            if asked != self._checking:
                return
            seen = check_port(port, machine, settings)
        self.app.call_from_thread(self._seen, asked, seen, then)

    def _seen(self, asked: int, seen: tuple[Check, ...], then: Then | None) -> None:
        if asked != self._checking:
            return
        self._port_checks, self._looking = seen, False
        self._show_checks()
        if then is not None:
            then()

    def _show_checks(self) -> None:
        looking = f"looking at {self.query_one(PlotOptions).port}" if self._looking else ""
        checks = self._sheet_checks if self._looking else self.checks
        self.query_one(Checklist).show(checks, looking)
        self.show_estimate()

    def refuse(self, bad: Check) -> None:
        """Say why nothing is drawn."""
        self.app.bell()
        self.notify(said(bad), title="Not started", severity="error", timeout=8)


def sheet_checks(made: Made) -> tuple[Check, ...]:
    """The checks of all sheets that were chosen; of those that come later only what is not as it should be."""
    from plotter.checks import check_inks, check_sheet

    checks = list(check_sheet(made.ready))
    checks += check_inks(made.parts(1), {pen.name: pen for pen in (*made.pens.values(), *filter(None, [made.pen]))})
    for sheet, ready in zip(made.choice.names, made.queued, strict=True):
        later = [check for check in check_sheet(ready) if check.state != "ok"]
        checks += [replace(check, name=f"{sheet}, {check.name}") for check in later]
    return tuple(checks)
