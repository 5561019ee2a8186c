"""Captions: what is lettered below drawings, as a recipe tells it or as a text of one's own says it."""

from __future__ import annotations

import string
from collections.abc import Sequence

from drawing.collection import Entry
from drawing.drawing import Bounds, Drawing
from plotter.errors import SheetError

FIELDS = ("name", "seed", "temperature", "step", "steps", "at")
"""What may stand in braces in a text of one's own."""
ROOM = 2.0
"""Height kept free below a drawing, in capitals of its caption."""


def check_template(text: str) -> str:
    """The text as it is, if it can be lettered.

    Raises:
        ValueError: a brace is open, or a field is none of FIELDS.
    """
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        raise ValueError(f"a brace in {text!r} is open; write fields as {{seed}}, and a brace itself twice") from None
    for _, field, form, conversion in parts:
        if field is None:
            continue
        if field not in FIELDS or conversion:
            known = ", ".join(f"{{{name}}}" for name in FIELDS)
            raise ValueError(f"{{{field}}} in {text!r} is none of {known}")
        try:
            format(1 if field in ("seed", "step", "steps") else "" if field == "name" else 0.5, form or "")
        except ValueError:
            raise ValueError(
                f"{form!r} in {text!r} is no way to write {{{field}}}; leave out what is after ':'"
            ) from None
    return text


def captions_of(entries: Sequence[Entry], template: str = "") -> list[str]:
    """A caption for each of the drawings, which are the steps of a series.

    Args:
        template: a text with FIELDS in braces; without one, what is known of each.

    Raises:
        SheetError: no drawing knows a field that the template asks for.
    """
    if not template:
        return [caption_of(entry, step, len(entries)) for step, entry in enumerate(entries, 1)]
    every = [_known(entry, step, len(entries)) for step, entry in enumerate(entries, 1)]
    for _, field, _, _ in string.Formatter().parse(template):
        if field is not None and every and all(known[field] is None for known in every):
            raise SheetError(f"No drawing tells its {field}; leave {{{field}}} out of the captions.")
    return [_filled(template, known) for known in every]


def caption_of(entry: Entry, step: int, steps: int) -> str:
    """Seed and temperature, or which step of a walk it is; else the name."""
    recipe = entry.recipe
    if recipe is None:
        return entry.name
    if recipe.at is not None:
        return f"step {step} of {steps}"  # all else is alike in all frames of a walk
    words = [f"seed {recipe.seed}"]
    if recipe.temperature is not None:
        words.append(f"t {recipe.temperature:g}")
    return "  ".join(words)


def caption_of_all(entries: Sequence[Entry], template: str = "") -> str:
    """One caption for drawings that lie over each other: that of the first to that of the last, or how many steps.

    Raises:
        SheetError: as in ``captions_of``.
    """
    every = captions_of(entries, template)
    if not template and all(entry.recipe is not None and entry.recipe.at is not None for entry in entries):
        return f"{len(every)} steps"
    return " to ".join(dict.fromkeys(filter(None, (every[0], every[-1]))))


def letter_below(text: str, box: Bounds, capital_mm: float) -> Drawing:
    """A line of text at the foot of a box, smaller where it is too long."""
    from plotter.letters import letters

    line = letters(text, capital_mm)
    if not line.lines:
        return line
    shrink = min(1.0, (box[2] - box[0]) / max(line.size[0], 1e-9))
    # a descender reaches a third of a capital below the baseline
    return line.scale(shrink).translate((box[0] + box[2]) / 2, box[3] - capital_mm / 3)


def _known(entry: Entry, step: int, steps: int) -> dict[str, str | int | float | None]:
    recipe = entry.recipe
    told: dict[str, str | int | float | None] = {"name": entry.name or None, "step": step, "steps": steps}
    if recipe is None:
        return {**told, "seed": None, "temperature": None, "at": None}
    return {**told, "seed": recipe.seed, "temperature": recipe.temperature, "at": recipe.at}


def _filled(template: str, known: dict[str, str | int | float | None]) -> str:
    """The text with what is known in its fields; what is not known leaves nothing."""
    words: list[str] = []
    for text, field, form, _ in string.Formatter().parse(template):
        words.append(text)
        value = known[field] if field is not None else None
        if value is not None:
            words.append(format(value, form or ("g" if isinstance(value, float) else "")))
    return "".join(words).strip()
