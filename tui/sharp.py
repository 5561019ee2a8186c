"""Sharp: which pictures in pixels the terminal shows beside characters, asked before the application has it.

An answer comes in by the keyboard, so that nobody can ask once the application reads keys.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["", "kitty", "sixel"]
VARIABLE = "MONOLINE_PICTURES"
"""Stands above what the studio's settings say."""
HOW_TO_GET = "pip install 'monoline[images]'"
PROGRAMS = frozenset(
    ("ghostty", "iterm.app", "wezterm", "mintty", "contour", "rio", "warpterminal", "vscode", "konsole")
)
"""What calls itself so in TERM_PROGRAM answers within a blink, and may know pictures."""
TERMS = ("xterm-kitty", "xterm-ghostty", "foot", "mlterm", "contour", "wezterm", "yaft", "rio")
"""So do terminals whose TERM begins so."""
BETWEEN = ("TMUX", "STY", "ZELLIJ")
"""Set by programs that stand between the application and the terminal, and keep pictures to themselves."""


@dataclass(frozen=True)
class Sharpness:
    """How large pictures are shown."""

    kind: Kind = ""
    """Empty where there are characters only."""
    cell: tuple[int, int] = (10, 20)
    """Pixels of a character."""


def ask_terminal(chosen: str = "auto") -> Sharpness:
    """Ask the terminal what it can; at once without pictures where it is not known to answer.

    Args:
        chosen: ``auto``, or what the settings name.
    """
    wanted = os.environ.get(VARIABLE) or chosen
    forced: Kind | None = "kitty" if wanted == "kitty" else "sixel" if wanted == "sixel" else None
    if (forced is None and wanted != "auto") or (forced is None and not may_answer(os.environ)):
        return Sharpness()
    if not is_available() or not _is_terminal():
        return Sharpness()
    try:  # loading it asks the terminal, and waits a tenth of a second for each answer
        from textual_image import renderable
        from textual_image._terminal import get_cell_size
        from textual_image.widget import SixelImage, TGPImage

        assert SixelImage, TGPImage
        found: dict[object, Kind] = {renderable.TGPImage: "kitty", renderable.SixelImage: "sixel"}
        width, height = get_cell_size()
    except Exception:  # noqa: BLE001 - whatever a terminal answers: without pictures the studio is whole
        return Sharpness()
    return Sharpness(forced or found.get(renderable.Image, ""), (width, height))


def may_answer(environment: Mapping[str, str]) -> bool:
    """True for a terminal that is known to show pictures, with nothing between."""
    if any(environment.get(name) for name in BETWEEN):
        return False
    term = environment.get("TERM", "")
    return (
        bool(environment.get("KITTY_WINDOW_ID") or environment.get("KONSOLE_VERSION"))
        or environment.get("TERM_PROGRAM", "").lower() in PROGRAMS
        or term.startswith(TERMS)
    )


def is_available() -> bool:
    """True if what shows pictures is installed; loads nothing of it."""
    from importlib.util import find_spec

    return find_spec("textual_image") is not None


def _is_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stdout__))
