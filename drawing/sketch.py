"""What a person says of a drawing that was kept: a note and whether it is a favourite, in the SVG's own metadata.

Nothing else in the file is touched, whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from xml.sax.saxutils import escape

from drawing.errors import DrawingError
from drawing.svg import NAMESPACE, NOT_XML, read_svg

NOTE, FAVOURITE = "note", "favourite"
"""Names in the metadata."""
LONGEST = 2000
"""Characters of a note."""
_OWN = re.compile(rf"<monoline:({NOTE}|{FAVOURITE})\b[^>]*?(?:/>|>.*?</monoline:\1\s*>)", re.DOTALL)
_METADATA = re.compile(r"<metadata>(.*?)</metadata>", re.DOTALL)
_ROOT = re.compile(r"""<svg\b(?:[^>"']|"[^"]*"|'[^']*')*>""")


@dataclass(frozen=True)
class About:
    """What a person says of a drawing."""

    note: str = ""
    favourite: bool = False

    @classmethod
    def of(cls, notes: Mapping[str, str]) -> About:
        """As the notes of an SVG tell it."""
        return cls(notes.get(NOTE, "").strip(), notes.get(FAVOURITE, "") not in ("", "no"))

    def told(self) -> dict[str, str]:
        """As the notes of an SVG; what is not said is not in there."""
        return ({NOTE: self.note} if self.note else {}) | ({FAVOURITE: "yes"} if self.favourite else {})


def annotate(path: Path, about: About) -> About:
    """Write what is said of a drawing into its file, whole or not at all.

    Returns:
        The same as it stands there: without characters that no SVG can hold, and spaces around a note.

    Raises:
        DrawingError: the file can't be read or written, is packed, or has no place for it.
    """
    from studio.errors import StudioError
    from studio.files import write_text

    about = replace(about, note=NOT_XML.sub("", about.note.replace("\r\n", "\n").replace("\r", "\n")).strip())
    if len(about.note) > LONGEST:
        raise DrawingError(f"A note has {LONGEST:,} characters at most, not {len(about.note):,}.")
    before = read_svg(path)
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise DrawingError(f"{path} is packed or not in UTF-8; save it again as plain SVG to note something.") from None
    new = _with(text, about)
    try:
        write_text(path, new)
    except StudioError as error:
        raise DrawingError(str(error)) from None
    after = read_svg(path)
    if About.of(after.notes) != about or after.drawing != before.drawing:
        write_text(path, text)
        raise DrawingError(f"{path} is written in a way that has no place for a note; save it again as plain SVG.")
    return about


def _with(text: str, about: About) -> str:
    text = _OWN.sub("", text)
    elements = "".join(
        f'<monoline:{name} xmlns:monoline="{NAMESPACE}">{escape(value)}</monoline:{name}>'
        for name, value in about.told().items()
    )
    if (found := _METADATA.search(text)) is not None:
        inside = found[1] + elements
        return text[: found.start()] + (f"<metadata>{inside}</metadata>" if inside else "") + text[found.end() :]
    root = _ROOT.search(text)
    if not elements or root is None:
        return text
    return f"{text[: root.end()]}<metadata>{elements}</metadata>{text[root.end() :]}"
