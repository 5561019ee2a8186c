"""The studio: the one folder a person works in, its layout, its version, its migrations."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import BaseModel, ConfigDict, Field
from tomlkit.exceptions import TOMLKitError

from configs.load import load
from studio.errors import StudioError
from studio.files import write_text
from studio.lock import locked

FILE = "studio.toml"
VERSION = 1
"""Version of the layout that this monoline writes."""

Migration = Callable[[Path], None]
MIGRATIONS: dict[int, Migration] = {}
"""From the version that is the key to the next. Each must be able to run again after a crash. Version 1
is the first, so there is none yet."""

LEFTOVER_S = 3600.0
"""Age from which a temporary file is nobody's any more."""
FOLDERS = ("sketchbooks", "preparation", "drawings", "datasets", "runs", "sketches", "sheets", "plots")


class StudioSettings(BaseModel):
    """What stands in studio.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    version: int = VERSION
    """Version of the folder's layout; monoline raises it, not the person."""
    name: str = Field(default="", max_length=80)
    """What the studio is called in the header; the folder's name if empty."""
    ui: Any = Field(default_factory=dict[str, Any])
    """How the terminal application looks and is played; it looks at this table itself, and opens whatever is wrong."""


@dataclass(frozen=True)
class Studio:
    """An open studio."""

    folder: Path
    settings: StudioSettings

    @property
    def name(self) -> str:
        """What the studio is called."""
        return self.settings.name or self.folder.resolve().name

    @property
    def sketchbooks(self) -> Path:
        """Scans, a folder a book."""
        return self.folder / "sketchbooks"

    @property
    def preparation(self) -> Path:
        """What preparing scans knows and tells: settings, a manifest a stage, its run."""
        return self.folder / "preparation"

    @property
    def catalog(self) -> Path:
        """The SQLite file that knows every scan and drawing."""
        return self.folder / "catalog.sqlite"

    @property
    def drawings(self) -> Path:
        """Traced drawings, a folder a sketchbook, with reports and corrections."""
        return self.folder / "drawings"

    @property
    def datasets(self) -> Path:
        """Archives to train on."""
        return self.folder / "datasets"

    @property
    def runs(self) -> Path:
        """Training runs, a folder a run."""
        return self.folder / "runs"

    @property
    def sketches(self) -> Path:
        """Kept drawings, recipe inside."""
        return self.folder / "sketches"

    @property
    def sheets(self) -> Path:
        """Drawings laid out on paper, ready to plot."""
        return self.folder / "sheets"

    @property
    def plots(self) -> Path:
        """Plots with their journals, a folder a plot."""
        return self.folder / "plots"


def create_studio(folder: Path, name: str = "") -> Studio:
    """Make a studio in a folder that is new or empty, or has nothing but sketchbooks in it.

    Raises:
        StudioError: the folder has files in it, or can't be written.
    """
    try:
        if folder.exists() and {each.name for each in folder.iterdir()} - {"sketchbooks", ".DS_Store"}:
            raise StudioError(f"{folder} has files in it and is no studio; choose a new or an empty folder.")
        for each in FOLDERS:
            (folder / each).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudioError(f"{folder} can't be made a studio: {error.strerror or error}.") from error
    document = tomlkit.document()
    document.add(tomlkit.comment("A monoline studio. The folder is all there is: copy it and you have everything."))
    document.add("version", tomlkit.item(VERSION))
    document.add("name", tomlkit.item(name))
    # last, so that a folder with this file is always a whole studio
    write_text(folder / FILE, tomlkit.dumps(document))  # pyright: ignore[reportUnknownMemberType]
    return open_studio(folder)


def open_studio(folder: Path, migrations: Mapping[int, Migration] | None = None, version: int = VERSION) -> Studio:
    """Open a studio, raising one of an earlier version to this one first.

    Args:
        migrations, version: what this monoline knows; other values are for tests of migration itself.

    Raises:
        StudioError: no studio there, one of a later monoline, or a migration that failed.
        ConfigError: studio.toml has an unknown key or an impossible value.
        StudioBusy: it must be migrated and another process is writing to it.
    """
    path = folder / FILE
    written = _version(path)
    if written > version:
        raise StudioError(
            f"{folder} was written by a later monoline (version {written}, this one knows {version}); update monoline."
        )
    if written < version:
        with locked(folder):
            _migrate(folder, MIGRATIONS if migrations is None else migrations, version)
    for each in FOLDERS:  # an empty folder gets lost in an archive or in git
        (folder / each).mkdir(exist_ok=True)
        _sweep(folder / each)
    return Studio(folder, load(StudioSettings, path))


def is_studio(folder: Path) -> bool:
    """True if the folder has a studio.toml."""
    return (folder / FILE).is_file()


def _sweep(folder: Path) -> None:
    """Put away what a process left that was killed while it wrote; a live one is not so old."""
    for path in folder.glob(".*.tmp"):
        if path.is_file() and time.time() - path.stat().st_mtime > LEFTOVER_S:
            path.unlink(missing_ok=True)


def _version(path: Path) -> int:
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StudioError(f"{path.parent} is no studio: it has no {FILE}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StudioError(f"{path} can't be read: {error}.") from None
    except tomllib.TOMLDecodeError as error:
        raise StudioError(f"{path} is not TOML: {error}.") from None
    version = table.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise StudioError(f"{path} has no version; the line should read version = {VERSION}.")
    return version


def _migrate(folder: Path, migrations: Mapping[int, Migration], version: int) -> None:
    """One version at a time; studio.toml says the new version once its step is done."""
    path = folder / FILE
    at = _version(path)
    while at < version:
        if at not in migrations:
            raise StudioError(f"{folder} has version {at}, from which this monoline can't go on.")
        write_text(folder / f"{FILE}.v{at}", path.read_text(encoding="utf-8"))
        try:
            migrations[at](folder)
        except OSError as error:
            raise StudioError(
                f"{folder} could not be raised from version {at}: {error.strerror or error}. Open it again to go on."
            ) from error
        try:
            document = tomlkit.parse(path.read_text(encoding="utf-8"))
        except TOMLKitError as error:
            raise StudioError(f"{path} is not TOML: {error}.") from None
        at += 1
        document["version"] = at
        write_text(path, tomlkit.dumps(document))  # pyright: ignore[reportUnknownMemberType]
