"""More choices for a plot: how it is drawn, cells, layers and pens, vpype, the first line, sheets after this one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from configs.errors import MonolineError
from tui.screens.how_to_draw import ask_how_to_draw
from tui.screens.how_to_draw import words as how_words
from tui.screens.layer_choices import ask_for_layers, layer_words
from tui.screens.sheet_choice import ask_for_sheet
from tui.widgets.dialog import ListDialog, NumberDialog, TextDialog
from tui.widgets.vpype_dialog import VpypeDialog

if TYPE_CHECKING:
    from tui.plot_choice import Made
    from tui.screens.plot_sheet import SheetScreen

HOW, CELLS, LAYERS, VPYPE, FIRST, ADD, OUT = "how", "cells", "layers", "vpype", "first", "add", "out "


def ask_for_more(screen: SheetScreen, made: Made) -> None:
    """Ask what else is to be different, and take it over."""
    choice, count = made.choice, len(made.ready.sheet.drawing.lines)
    lines = [(HOW, f"how         {how_words(made)} ...")]
    if screen.whole is not None and screen.whole.cells:
        lines.append((CELLS, f"cells       {choice.cells or f'all {len(screen.whole.cells)}'} ..."))
    if screen.whole is not None and screen.whole.layers:
        lines.append((LAYERS, f"layers      {layer_words(screen.whole.layers, choice)} ..."))
    lines.append((VPYPE, f"vpype       {choice.pipeline or 'none, the usual order'} ..."))
    lines.append((FIRST, f"first line  {made.ready.begin.stroke + 1} of {count} ..."))
    lines += [(f"{OUT}{index}", f"without     {name} after it") for index, name in enumerate(choice.names)]
    lines.append((ADD, "add         another sheet after this one ..."))

    def chosen(answer: str | None) -> None:
        if answer == HOW:
            ask_how_to_draw(screen, made)
        elif answer == CELLS:
            _ask_for_cells(screen, made)
        elif answer == LAYERS:
            ask_for_layers(screen, choice)
        elif answer == VPYPE and screen.whole is not None:
            screen.app.push_screen(VpypeDialog(screen.whole, choice.pipeline), ordered)
        elif answer == FIRST:
            start = f"{made.ready.begin.stroke + 1}"
            screen.app.push_screen(NumberDialog("Begin with which line?", start, 1, count), begun)
        elif answer == ADD:
            ask_for_sheet(screen, lambda path: screen.choose(replace(choice, queue=(*choice.queue, path))))
        elif answer is not None:
            index = int(answer.removeprefix(OUT))
            screen.choose(replace(choice, queue=(*choice.queue[:index], *choice.queue[index + 1 :])))

    def ordered(pipeline: str | None) -> None:
        if pipeline is not None:
            screen.choose(replace(choice, pipeline=pipeline))

    def begun(number: float | str | None) -> None:
        from plotter.route import Place

        if isinstance(number, float):
            screen.begin_at(Place(round(number) - 1))

    screen.app.push_screen(ListDialog("More choices", lines), chosen)


def _ask_for_cells(screen: SheetScreen, made: Made) -> None:
    from plotter.selection import find_cells

    def wrong(text: str) -> str:
        assert screen.whole is not None
        try:
            return "" if not text or find_cells(screen.whole, text) else "No cell is named."
        except MonolineError as error:
            return str(error)

    def named(text: str | None) -> None:
        if text is not None:
            screen.choose(replace(made.choice, cells=text))

    hint = "as 1,3-5 or seed 7; nothing for all"
    screen.app.push_screen(TextDialog("Which cells?", hint, made.choice.cells, wrong), named)
