"""PrintChoice: how drawings go on paper from the screens; it is kept in the studio, with its sheets."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from configs.errors import ConfigError

if TYPE_CHECKING:
    from drawing.collection import Entry
    from plotter.layout import SheetSettings
    from plotter.sheet import Sheet
    from studio.folder import Studio

FILE = "settings.toml"
"""Beside the sheets of the studio."""
Layout = Literal["grid", "strip", "spiral", "overlay", "flipbook"]
Spiral = Literal["upright", "turned", "growing", "turned and growing"]
Marks = Literal["none", "to cut by", "to register by", "both"]


@dataclass(frozen=True)
class PrintChoice:
    """See above; lengths in mm."""

    paper: str = "A4"
    """As a sheet takes it: a name, or a size as 200x300."""
    landscape: bool = True
    margin_mm: float = 15.0
    layout: Layout = "grid"
    spiral: Spiral = "upright"
    """How drawings stand along a spiral."""
    per_sheet: int = 1
    """Pages of a flip-book on one paper."""
    captions: bool = False
    """What is known of each drawing."""
    caption: str = ""
    """A text of one's own instead, with fields in braces."""
    edition: str = ""
    title: str = ""
    signature: str = ""
    frame_mm: float | None = None
    marks: Marks = "none"

    @property
    def words(self) -> str:
        """Paper and layout in a few words."""
        return f"{self.paper} {'landscape' if self.landscape else 'portrait'}, {self.layout}"

    def settings(self) -> SheetSettings:
        """As a sheet takes them.

        Raises:
            ConfigError: a value can't be; the message begins with its name.
        """
        from pydantic import ValidationError

        from plotter.layout import SheetSettings

        spiral = self.spiral if self.layout == "spiral" else "upright"
        try:
            return SheetSettings.model_validate(
                {
                    "paper": self.paper,
                    "landscape": self.landscape,
                    "margin_mm": self.margin_mm,
                    "captions": self.captions,
                    "caption": self.caption,
                    "turned": "turned" in spiral,
                    "growing": "growing" in spiral,
                    "per_sheet": self.per_sheet if self.layout == "flipbook" else 1,
                    "furniture": {
                        "edition": self.edition,
                        "title": self.title,
                        "signature": self.signature,
                        "frame_mm": self.frame_mm,
                        "crop_marks": self.marks in ("to cut by", "both"),
                        "registration": self.marks in ("to register by", "both"),
                    },
                }
            )
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][-1]).removesuffix("_mm")
            raise ConfigError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None

    def lay_out(self, entries: Sequence[Entry], title: str) -> dict[str, list[Sheet]]:
        """The sheets of each number of the edition; of nothing where there is none.

        Raises:
            MonolineError: they don't fit, or a value can't be.
        """
        from plotter.series import lay_out_edition

        return lay_out_edition(entries, self.layout, self.settings(), title=self.title or title)


def load_choice(studio: Studio) -> PrintChoice:
    """What was chosen last in this studio.

    Raises:
        ConfigError: the file can't be read, or has what can't be.
    """
    path = studio.sheets / FILE
    if not path.exists():
        return PrintChoice()
    import tomllib

    from pydantic import TypeAdapter, ValidationError

    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        known = {field.name for field in dataclasses.fields(PrintChoice)}
        unknown = sorted(set(table) - known)
        if unknown:
            raise ConfigError(f"{path}: {unknown[0]} is no setting of a sheet; delete the line.")
        return TypeAdapter(PrintChoice).validate_python(table)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} can't be read: {error}. Mend or delete it.") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{path}: {first['loc'][0]}: {first['msg'].lower()}; mend or delete the line.") from None


def save_choice(studio: Studio, choice: PrintChoice) -> None:
    """Keep what was chosen.

    Raises:
        StudioError: the studio can't be written.
    """
    import tomlkit

    from studio.files import write_text

    table: dict[str, Any] = {name: value for name, value in dataclasses.asdict(choice).items() if value is not None}
    write_text(studio.sheets / FILE, tomlkit.dumps(table))  # pyright: ignore[reportUnknownMemberType]


def sheet_names(name: str, sheets: dict[str, list[Sheet]]) -> list[str]:
    """What the files of sheets are called, in their order, without an ending."""
    from plotter.series import edition_files

    each = len(next(iter(sheets.values())))
    return [path.stem for path in edition_files(Path(f"{name}.svg"), list(sheets), each)]
