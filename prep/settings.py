"""Settings of the whole way from scans to a dataset, and the file in which a studio keeps its own."""

from __future__ import annotations

from collections.abc import Sequence

import tomlkit
from pydantic import BaseModel, ConfigDict, Field

from configs.load import load
from prep.engine import EngineSettings
from prep.select import SelectSettings
from prep.shelf import ShelfSettings
from prep.trace import TraceSettings
from studio.files import write_text
from studio.folder import Studio

FILE = "settings.toml"


class DatasetSettings(BaseModel):
    """How drawings become a dataset."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str = Field(default="sketchbooks", pattern=r"^[^\s/\\.][^/\\]*$", max_length=80)
    """Of the archive in the studio's datasets, without its ending."""
    valid: float = Field(default=0.1, ge=0, lt=0.5)
    """Share of pages that nothing is learnt from, to tell when to stop."""
    test: float = Field(default=0.1, ge=0, lt=0.5)
    """Share of pages that are never looked at until the end."""
    seed: int = Field(default=0, ge=0)
    """Another one splits pages otherwise. With the same, more pages move none from one split to another."""
    reverse: bool = False
    """Whether train has each drawing a second time, drawn from its end to its beginning."""


class PrepSettings(BaseModel):
    """From scans to a dataset."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    trace: TraceSettings = TraceSettings()
    """From scans to lines."""
    shelf: ShelfSettings = ShelfSettings()
    """How scans are sorted."""
    select: SelectSettings = SelectSettings()
    """From lines to drawings worth learning."""
    dataset: DatasetSettings = DatasetSettings()
    """From drawings to an archive."""
    engine: EngineSettings = EngineSettings()
    """Who does the work."""
    imports: tuple[str, ...] = ()
    """Files and folders of drawings that need no tracing, by their paths, those in the studio from its folder on."""


def read_settings(studio: Studio, overrides: Sequence[str] = (), source: str | None = None) -> PrepSettings:
    """A studio's settings, or those of a preset or file, with single values replaced; the defaults if it has none.

    Raises:
        ConfigError: a setting that there is not, or a value it can't have.
    """
    path = studio.preparation / FILE
    return load(PrepSettings, source or (path if path.exists() else None), overrides)


def write_settings(studio: Studio, settings: PrepSettings) -> None:
    """Keep settings in the studio; those that are as by default are left out, so that better defaults reach it.

    Raises:
        StudioError: it can't be written.
    """
    told = settings.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    write_text(studio.preparation / FILE, tomlkit.dumps(told))  # pyright: ignore[reportUnknownMemberType]
