"""How a sheet is to be drawn: a handling by name, joins, short hops, overlapping lifts, speeds; one dialog for all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui.widgets.dialog import ErrorDialog, ListDialog, NumberDialog

if TYPE_CHECKING:
    from plotter.axidraw import PlotSettings
    from tui.plot_choice import Made
    from tui.screens.plot_sheet import SheetScreen

HANDLING = "handling"


@dataclass(frozen=True)
class _Number:
    """A setting, as a person is asked for it."""

    name: str
    """Of PlotSettings."""
    label: str
    question: str
    unit: str
    least: float
    most: float


NUMBERS = (
    _Number("join_mm", "joins", "How many mm apart may ends be that become one line", "mm", 0, 10),
    _Number("hop_mm", "short hops", "Over how many mm is the pen raised only a bit; 0 for none", "mm", 0, 100),
    _Number("hop_pct", "hop height", "How high is it raised then, in percent", "%", 0, 100),
    _Number(
        "raise_early_ms",
        "sets out early",
        "How many ms before the pen is up (card overlap tells)",
        "ms",
        0,
        5000,
    ),
    _Number("lower_early_ms", "down early", "How many ms before the carriage is there", "ms", 0, 5000),
    _Number("speed_down_mm_s", "speed", "Top speed with the pen down, mm/s", "mm/s", 0.5, 400),
    _Number("accel_down_mm_s2", "acceleration", "With the pen down, mm/s²", "mm/s²", 10, 20_000),
    _Number("cornering_mm", "corners", "How many mm may a round corner stray from a sharp one", "mm", 0.001, 2),
    _Number("speed_up_mm_s", "travel speed", "Top speed with the pen up, mm/s", "mm/s", 0.5, 400),
    _Number("jerk_mm_s3", "jerk", "How fast accelerations grow, mm/s³; 0 for at once", "mm/s³", 0, 1e8),
)


def ask_how_to_draw(screen: SheetScreen, made: Made) -> None:
    """Ask for one of it, and make the sheet ready anew."""
    from plotter.errors import PlotterError
    from plotter.handling import HANDLINGS
    from plotter.lifts import check_lifts

    choice, settings = made.choice, made.settings
    lines = [(HANDLING, f"{'handling':<16}{choice.handling} ...")]
    lines += [(each.name, f"{each.label:<16}{_told(each, settings)} ...") for each in NUMBERS]

    def chosen(answer: str | None) -> None:
        if answer == HANDLING:
            named = [(each.name, f"{each.name:<11}{each.says}") for each in HANDLINGS]
            screen.app.push_screen(ListDialog("Handling", named, choice.handling), handled)
        elif answer is not None:
            number = next(each for each in NUMBERS if each.name == answer)
            start = f"{getattr(settings, number.name):g}"
            dialog = NumberDialog(f"{number.question}?", start, number.least, number.most)
            screen.app.push_screen(dialog, lambda value: given(number.name, value))

    def handled(name: str | None) -> None:
        if name is not None:
            # whoever takes a handling wants all of it, not what was set of it before
            theirs = {key for each in HANDLINGS for key in each.values}
            kept = tuple((key, value) for key, value in choice.values if key not in theirs)
            screen.choose(replace(choice, handling=name, values=kept))

    def given(name: str, value: float | str | None) -> None:
        if isinstance(value, float):
            value = float(round(value)) if name.endswith("_ms") else value
            try:
                check_lifts(settings.model_copy(update={name: value}))
            except PlotterError as error:
                screen.app.push_screen(ErrorDialog("The pen would not leave the paper", str(error)))
                return
            screen.choose(replace(choice, values=tuple({**dict(choice.values), name: value}.items())))

    screen.app.push_screen(ListDialog("How to draw", lines), chosen)


def words(made: Made) -> str:
    """How it is to be drawn, in a few words: the handling, and what a person has set."""
    stated = dict(made.choice.values)
    return ", ".join([made.choice.handling, *(each.label for each in NUMBERS if each.name in stated)])


def _told(number: _Number, settings: PlotSettings) -> str:
    value = float(getattr(settings, number.name))
    if value == 0 and number.name in ("hop_mm", "jerk_mm_s3"):
        return "never" if number.name == "hop_mm" else "any"
    return f"{value:,g} {number.unit}"
