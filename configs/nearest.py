"""A mistyped name, and the one that was meant."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


def did_you_mean(word: str, known: Sequence[str], *, quoted: bool = True) -> str:
    """``, did you mean 'name'`` for the nearest name, to go on a sentence with; nothing if none is near."""
    found = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f", did you mean {repr(found[0]) if quoted else found[0]}" if found else ""
