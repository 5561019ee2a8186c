"""monoline's own themes: ink on warm paper, light on a night table, and a poor terminal's own colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

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

TERMINAL_DARK = replace(
    BUILTIN_THEMES["ansi-dark"],
    name="terminal-dark",
    primary="ansi_bright_cyan",  # Textual's dark blue is hard to read on black
    secondary="ansi_bright_blue",
    accent="ansi_bright_yellow",
    success="ansi_bright_green",
    warning="ansi_bright_yellow",
    error="ansi_bright_red",
)
TERMINAL_LIGHT = replace(BUILTIN_THEMES["ansi-light"], name="terminal-light", accent="ansi_magenta")
OURS = (PAPER, NIGHT, TERMINAL_DARK, TERMINAL_LIGHT)
"""In the order in which they are offered; the last two are what the terminal's own colours are."""


def sixteen_colour_theme(environ: Mapping[str, str]) -> str:
    """The theme in the terminal's own colours, by whether it says that it is light; most are dark."""
    light = environ.get("COLORFGBG", "").rpartition(";")[2] in LIGHT
    return (TERMINAL_LIGHT if light else TERMINAL_DARK).name
