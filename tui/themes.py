"""monoline's own two themes: ink on warm paper, and light on a night table; and what a poor terminal is shown."""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import Theme

LIGHT = ("7", "15")
"""Backgrounds, by their numbers, that are light."""

PAPER = Theme(
    name="paper",
    primary="#7a4b2a",
    secondary="#5f6b57",
    accent="#c1440e",
    foreground="#111111",
    background="#f7f3e8",
    surface="#efe9da",
    panel="#e4dcc8",
    success="#3f6b3a",
    warning="#9a6a00",
    error="#a3201d",
    dark=False,
)

NIGHT = Theme(
    name="night",
    primary="#d9b98a",
    secondary="#9fb3a8",
    accent="#ff9f5a",
    foreground="#f2efe6",
    background="#14161a",
    surface="#1b1e24",
    panel="#262a32",
    success="#8fbf7f",
    warning="#e0b04c",
    error="#f0726a",
    dark=True,
)


def sixteen_colour_theme(environ: Mapping[str, str]) -> str:
    """The theme in the terminal's own colours, by whether it says that it is light; most are dark."""
    return "ansi-light" if environ.get("COLORFGBG", "").rpartition(";")[2] in LIGHT else "ansi-dark"
