"""Clipboard: whether the terminal takes what a program copies (by the escape sequence OSC 52)."""

from __future__ import annotations

from collections.abc import Mapping

DEAF = ("linux", "screen", "screen-256color", "dumb", "vt100", "vt220")
"""Kinds of terminal, as TERM tells them, that take nothing; tmux calls itself screen, too, and is asked apart."""


def takes_copies(environ: Mapping[str, str]) -> bool:
    """False for terminals that are known not to, or to be set so mostly: there is no way to ask.

    Apple's Terminal, the console of Linux, GNU screen, and GNOME Terminal with all that is built on VTE.
    """
    if environ.get("TMUX"):
        return True
    deaf = environ.get("TERM_PROGRAM") == "Apple_Terminal" or environ.get("STY") or environ.get("VTE_VERSION")
    return not deaf and environ.get("TERM", "") not in DEAF
