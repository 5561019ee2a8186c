"""Which layers of a sheet are drawn, and with which pens: asked in lists, kept as a person writes them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from configs.errors import MonolineError
from tui.messages import WorkFailed
from tui.widgets.dialog import ChoiceDialog, ListDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plotter.layers import Layer
    from plotter.pens import Pen
    from tui.plot_choice import PlotChoice
    from tui.screens.plot_sheet import SheetScreen

BRIGHT = 200
"""Of 255: brighter ink is shown as ink of no colour."""
DONE, ALL = "done", "all"
STAY, DROP = "Go on choosing", "Leave them as they were"
LEFT_OUT, CLIP = "left out", ""
"""What a layer may have instead of a pen: it is not drawn, or with whichever pen is in the clip."""


def layer_colours(layers: Sequence[Layer]) -> tuple[tuple[int, int, str], ...]:
    """Lines and colour of each layer that has one that can be seen on white paper."""
    return tuple((*layer.strokes, layer.colour) for layer in layers if layer.colour and _is_dark(layer.colour))


def _is_dark(colour: str) -> bool:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < BRIGHT


def layer_words(layers: Sequence[Layer], choice: PlotChoice) -> str:
    """What is chosen of the layers, in a few words."""
    chosen = [use for _, use in uses(layers, choice)]
    drawn = [pen for pen in chosen if pen != LEFT_OUT]
    pens = len({pen for pen in drawn if pen})
    of = f"{len(drawn)} of {len(layers)}" if len(drawn) < len(layers) else f"all {len(layers)}"
    return f"{of}, {'1 pen' if pens == 1 else f'{pens} pens'}" if pens else f"{of}, one pen"


def uses(layers: Sequence[Layer], choice: PlotChoice) -> list[tuple[Layer, str]]:
    """Each layer of the sheet, and its pen or LEFT_OUT."""
    from plotter.layers import find_layers, with_pens

    given = with_pens(layers, choice.pens)
    drawn = find_layers(layers, choice.layers) if choice.layers else None
    return [
        (layer, layer.pen if (not layer.hidden if drawn is None else at in drawn) else LEFT_OUT)
        for at, layer in enumerate(given)
    ]


def with_use(layers: Sequence[Layer], choice: PlotChoice, index: int, use: str) -> PlotChoice:
    """The choice with another pen for one of the layers, or with it left out."""
    from plotter.layers import NO_PEN

    every = [pen for _, pen in uses(layers, choice)]
    every[index] = use
    kept = [_called(layer) for layer, pen in zip(layers, every, strict=True) if pen != LEFT_OUT]
    usual = [_called(layer) for layer in layers if not layer.hidden]
    pens = [
        f"{_called(layer)}={pen or NO_PEN}"
        for layer, pen in zip(layers, every, strict=True)
        if pen not in (LEFT_OUT, layer.pen)
    ]
    return replace(choice, layers="" if kept == usual else ", ".join(kept), pens=", ".join(pens))


def _called(layer: Layer) -> str:
    """What the choice calls a layer: a later sheet may have one of that name, unless a comma would part it."""
    return str(layer.number) if "," in layer.name else layer.title


def ask_for_layers(screen: SheetScreen, choice: PlotChoice, index: int = 0, before: PlotChoice | None = None) -> None:
    """Ask for a layer, then for its pen, until that is it; then make the sheet ready with that.

    Args:
        index: of the layer that is asked for, unless somebody names another.
        before: what was chosen when the first one was asked for, if this is not it.
    """
    assert screen.whole is not None
    layers = screen.whole.layers
    told = uses(layers, choice)
    widest = max(len(layer.title) for layer in layers)
    lines = [(str(at), f"{layer.title:<{widest}}  {_use_words(use)} ...") for at, (layer, use) in enumerate(told)]
    lines += [(ALL, "one for all of them ..."), (DONE, "that is it")]
    current = DONE if index >= len(layers) else str(index)

    def chosen(answer: str | None) -> None:
        if answer == DONE:
            _take(screen, choice)
        elif answer == ALL:
            _ask_for_pen(screen, choice, range(len(layers)), before or choice)
        elif answer is not None:
            _ask_for_pen(screen, choice, [int(answer)], before or choice)
        elif before is not None and told != uses(layers, before):
            screen.app.push_screen(
                ChoiceDialog(
                    "Leave the layers?", "The pens that were just chosen for them are not taken then.", (STAY, DROP)
                ),
                lambda answer: None if answer == DROP else ask_for_layers(screen, choice, index, before),
            )

    screen.app.push_screen(ListDialog("Layers, in the order in which they are drawn", lines, current), chosen)


def _ask_for_pen(screen: SheetScreen, choice: PlotChoice, asked: Sequence[int], before: PlotChoice) -> None:
    assert screen.whole is not None
    layers = screen.whole.layers
    layer, use = uses(layers, choice)[asked[0]]
    named = {pen.name: _pen_words(pen) for pen in screen.pens}
    named |= {use: f"{use}, not a pen of this studio"} if use not in (CLIP, LEFT_OUT, *named) else {}
    lines = [*named.items(), (CLIP, _use_words(CLIP)), (LEFT_OUT, _use_words(LEFT_OUT))]

    def chosen(answer: str | None) -> None:
        if answer is None:
            ask_for_layers(screen, choice, asked[0], before)
            return
        given = choice
        for index in asked:
            given = with_use(layers, given, index, answer)
        ask_for_layers(screen, given, asked[-1] + 1, before)

    what = layer.title if len(asked) == 1 else "all layers"
    screen.app.push_screen(ListDialog(f"What draws {what}?", lines, use), chosen)


def _take(screen: SheetScreen, choice: PlotChoice) -> None:
    assert screen.whole is not None
    if all(use == LEFT_OUT for _, use in uses(screen.whole.layers, choice)):
        screen.post_message(WorkFailed("Nothing would be drawn", "Choose one layer at least."))
        return
    try:
        screen.choose(choice)
    except MonolineError as error:
        screen.post_message(WorkFailed("The layers can't be drawn so", str(error)))


def _use_words(use: str) -> str:
    return {CLIP: "the pen in the clip", LEFT_OUT: "not drawn"}.get(use, use)


def _pen_words(pen: Pen) -> str:
    left_m = pen.ink_left_m
    return pen.name if left_m is None else f"{pen.name}, {left_m:.1f} m left"
