"""monoline's own two themes: ink on warm paper, and light on a night table."""

from textual.theme import Theme

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
