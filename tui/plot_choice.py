"""What is to be plotted: a sheet or some cells of it, from a place on, several times, with others after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tui.figures import duration, metres
from tui.plotting import SHEET

if TYPE_CHECKING:
    from plotter.axidraw import Machine, PlotSettings
    from plotter.parts import Part
    from plotter.pens import Pen
    from plotter.ready import Ready
    from plotter.route import Place
    from plotter.sheet import Sheet

MOST_NAMED = 6
"""Sheets of a queue that are told one by one."""


@dataclass(frozen=True)
class PlotChoice:
    """What was chosen, before any of it is read."""

    sheet: Path
    cells: str = ""
    """Numbers, ranges or seeds, as a person writes them; empty for all of the sheet."""
    queue: tuple[Path, ...] = ()
    """Sheets that are drawn after it."""
    handling: str = "usual"
    """One of plotter.handling."""
    values: tuple[tuple[str, float], ...] = ()
    """Plot settings that a person has chosen, by name; they win over pen and handling."""
    layers: str = ""
    """Numbers and names of those that are drawn; empty for all that are not hidden."""
    pens: str = ""
    """Of layers, as ``1=black 0.5,red=-``; layers that are not named have the pens that the file says."""
    pipeline: str = ""
    """vpype commands in place of the usual order."""

    @property
    def names(self) -> list[str]:
        """What the sheets of the queue are called."""
        return [path.parent.name if path.name == SHEET else path.stem for path in self.queue]


@dataclass(frozen=True)
class Made:
    """What was chosen, made ready for a machine and a pen."""

    choice: PlotChoice
    ready: Ready
    queued: tuple[Ready, ...] = ()
    pen: Pen | None = None
    """Of all that no layer has another for."""
    chosen: PlotSettings | None = None
    """What a person has set and the handling gives, before any pen."""
    pens: Mapping[str, Pen] = field(default_factory=dict[str, "Pen"])
    """Those of the layers that the studio knows."""

    @property
    def settings(self) -> PlotSettings:
        """Heights, speeds and times."""
        return self.ready.plan.settings

    def begin_at(self, place: Place) -> Made:
        """The same, but of the first sheet only what comes from a place on."""
        from plotter.ready import begun_at

        return self if place == self.ready.begin else replace(self, ready=begun_at(self.ready, place))

    @cached_property
    def passes(self) -> list[Part]:
        """The parts of the first sheet: one, or one a pen."""
        return self._passes(self.ready)

    def parts(self, copies: int) -> list[Part]:
        """What is drawn one after the other, with a pause for paper between; copies are whole."""
        from plotter.passes import after_another

        parts = list(self.passes)
        for copy in range(1, copies):
            parts += after_another(self._whole, f"Put in new paper for copy {copy + 1} of {copies}.", parts[-1])
        for name, passes in zip(self.choice.names, self._queued, strict=True):
            parts += after_another(passes, f"Put in new paper for {name}.", parts[-1])
        return parts

    @cached_property
    def _whole(self) -> list[Part]:
        from plotter.route import Place

        return self.begin_at(Place()).passes

    @cached_property
    def _queued(self) -> list[list[Part]]:
        return [self._passes(ready) for ready in self.queued]

    def _passes(self, ready: Ready) -> list[Part]:
        from plotter.axidraw import PlotSettings
        from plotter.passes import make_passes

        return make_passes(ready, self.chosen or PlotSettings(), self.pens, self.pen)

    def figures(self, copies: int) -> list[str]:
        """What is chosen beyond a whole sheet, a line each."""
        lines: list[str] = []
        place, count = self.ready.begin, len(self.ready.sheet.drawing.lines)
        if place.stroke or place.along_mm:
            along = f", {metres(place.along_mm)} along" if place.along_mm else ""
            lines.append(f"from    line {place.stroke + 1} of {count}{along}")
        if self.choice.cells:
            lines.append(f"cells   {self.choice.cells}")
        if self.choice.pipeline:
            lines.append(f"vpype   {self.choice.pipeline}")
        if len(self.passes) > 1:
            widest = max(len(part.title) for part in self.passes)
            lines += [
                f"{part.title:<{widest}}  {part.pen or 'any pen'}, {duration(part.duration_s)}" for part in self.passes
            ]
        names = self.choice.names
        if len(names) > MOST_NAMED:
            lines.append(f"then    {len(names)} sheets, {names[0]} to {names[-1]}")
        else:
            lines += [f"then    {name}" for name in names]
        if copies > 1 or self.queued:
            total_s = sum(part.duration_s for part in self.parts(copies))
            lines.append(f"in all  {copies + len(self.queued)} sheets, {duration(total_s)}")
        return lines


def make_ready(choice: PlotChoice, machine: str, *, optimised: bool, pen: str = "", studio: Path | None = None) -> Made:
    """Read what was chosen and make it ready; takes a while, so not for the thread that paints.

    Raises:
        MonolineError: a sheet can't be read, does not fit, or has no such cells; there is no such pen.
    """
    from plotter.axidraw import PlotSettings, find_machine
    from plotter.handling import find_handling
    from plotter.passes import find_pens, used
    from plotter.pens import find_pen
    from plotter.ready import ready_sheet

    found = find_pen(studio, pen) if pen and studio is not None else None
    chosen = find_handling(choice.handling).apply(PlotSettings.model_validate(dict(choice.values)))
    settings = used(chosen, found)
    on = find_machine(machine)
    ready = ready_sheet(
        choice.sheet, on, settings, optimised=optimised, cells=choice.cells,
        layers=choice.layers, pens=choice.pens, pipeline=choice.pipeline,
    )  # fmt: skip
    queued = tuple(_queued(path, on, settings, choice, optimised) for path in choice.queue)
    every = [layer for each in (ready, *queued) for layer in each.sheet.layers]
    pens, remarks = find_pens(every, studio) if found is None else (find_pens(every, studio)[0], [])
    made = Made(choice, replace(ready, remarks=(*ready.remarks, *remarks)), queued, found, chosen, pens)
    made.parts(1)  # says what can't be drawn
    return made


def _queued(path: Path, machine: Machine, settings: PlotSettings, choice: PlotChoice, optimised: bool) -> Ready:
    """A sheet that comes later: with the layers and pens of the first, if it has layers of these names."""
    from plotter.errors import SheetError
    from plotter.layers import find_layers, with_pens
    from plotter.ready import ready_sheet
    from plotter.sheet import read_sheet

    layers, pens = choice.layers, choice.pens
    if layers or pens:
        try:
            known = read_sheet(path).layers
            with_pens(known, pens)
            if layers:
                find_layers(known, layers)
        except SheetError:
            layers = pens = ""
    return ready_sheet(path, machine, settings, optimised=optimised, layers=layers, pens=pens, pipeline=choice.pipeline)


def recipe_words(sheet: Sheet) -> str:
    """How the drawings of a sheet came about, in a line; empty if nobody knows."""
    recipes = [recipe for recipe in (sheet.recipe, *(cell.recipe for cell in sheet.cells)) if recipe is not None]
    if not recipes:
        return ""
    seeds = sorted({recipe.seed for recipe in recipes})
    warmth = sorted({recipe.temperature for recipe in recipes if recipe.temperature is not None})
    networks = sorted({recipe.checkpoint[:8] for recipe in recipes if recipe.checkpoint})
    words = [
        " and ".join(sorted({recipe.kind for recipe in recipes})),
        f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {spans(seeds)}",
    ]
    if warmth:
        words.append(f"temperature {warmth[0]:g}" + (f" to {warmth[-1]:g}" if len(warmth) > 1 else ""))
    if networks:
        words.append(f"network {' and '.join(networks)}")
    return ", ".join(words)


def spans(numbers: list[int], most: int = 6) -> str:
    """Numbers in order as ``1-4, 9``; no more than so many ranges of them."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    words = [str(first) if first == last else f"{first}-{last}" for first, last in found[:most]]
    return ", ".join([*words, "..."] if len(found) > most else words)
