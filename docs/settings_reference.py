"""settings.md: every setting of monoline, read from the schemas that check them."""

from __future__ import annotations

import tomllib
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from configs.load import presets
from model.settings import TrainSettings, train_presets
from plotter.axidraw import PlotterSettings
from plotter.layout import SheetSettings
from plotter.pens import Pen
from prep.artist import ArtistSettings
from prep.render.settings import RenderSettings
from prep.settings import PrepSettings
from studio.folder import StudioSettings
from tui.settings import UiSettings

UNITS = {
    "_mm_s3": "mm/s³",
    "_mm_s2": "mm/s²",
    "_mm_s": "mm/s",
    "_pct_s": "%/s",
    "_pct": "%",
    "_mm": "mm",
    "_ms": "ms",
    "_degrees": "degrees",
    "_px": "px",
    "_dpi": "dpi",
    "_v": "V",
    "_m": "m",
    "_s": "s",
}
"""Of a setting by the end of its name, the longer endings first."""


@dataclass(frozen=True)
class Chapter:
    """Settings that are set in one place."""

    title: str
    schema: type[BaseModel]
    where: str
    """Where they are set, in words."""


CHAPTERS = (
    Chapter(
        "The studio",
        StudioSettings,
        "In `studio.toml`, in the studio's folder. Comments of yours in it stay.",
    ),
    Chapter(
        "How the studio looks and is played",
        UiSettings,
        "In the table `[ui]` of `studio.toml`, by hand or in the studio with `F3`.",
    ),
    Chapter(
        "Preparing scans",
        PrepSettings,
        "With `monoline prep run --set select.join=20`, which keeps the value in the studio, in "
        "`preparation/settings.toml`, where it may be written by hand too. `prep run --preset NAME` begins with a "
        "preset or a file. In Prepare, the sliders of a stage set the ones that matter most.",
    ),
    Chapter(
        "Training",
        TrainSettings,
        "With `monoline train PRESET --set fit.batch=50`, or in a `.toml` file in place of the preset. Each run keeps "
        "its own in `config.toml`. What a preset says goes before the default; the table of presets is below.",
    ),
    Chapter(
        "Plotting",
        PlotterSettings,
        "With `--set plot.speed_down_mm_s=30` for `plot`, `estimate`, `optimize` and the commands that move the "
        "carriage; while a plot is paused with `monoline plots set plot.pen_down_pct=27`. In Plot, `c` changes the "
        "ones that matter. A pen of the studio brings its own heights, speed, hops and overlap, if they are not set "
        "outright.",
    ),
    Chapter(
        "Pens",
        Pen,
        "With `monoline pens set NAME` and its options; they are kept in the studio, in `pens/pens.json`.",
    ),
    Chapter(
        "Sheets",
        SheetSettings,
        "With the options of `monoline sheet`, or in the dialog of paper (`h` in Interpolate, `o` in the tray).",
    ),
    Chapter(
        "The demo artist",
        ArtistSettings,
        "With `monoline dataset demo --set KEY=VALUE`, or `--preset portraits`.",
    ),
    Chapter(
        "The demo artist's sketchbooks",
        RenderSettings,
        "With `monoline prep demo --set KEY=VALUE`.",
    ),
)
HEAD = """# Settings

Every setting with its default, what it may be, and what it does. This page is written by `make reference` from the
schemas that check the settings, so that it says what the program does. A mistyped name is refused, with the nearest one
that there is.

A value is written as TOML has it: `--set data.mirror=0.5`, `--set fit.record=false`,
`--set 'shelf.drawn=["0_drawings"]'`; a word needs no quotes. The last `--set` of a name counts. The unit stands at the
end of a name: `_mm`, `_mm_s` (mm a second), `_s`, `_ms`, `_pct` (percent).
"""


def settings_page() -> str:
    """The whole page."""
    parts = [HEAD]
    for chapter in CHAPTERS:
        parts += [f"## {chapter.title}\n", f"{chapter.where}\n", *_tables(chapter.schema, "", 3)]
        if chapter.schema is TrainSettings:
            parts.append(_presets())
    return "\n".join(parts)


def undocumented() -> list[str]:
    """Settings that nothing is said about."""
    return [name for each in CHAPTERS for name, field in leaves(each.schema) if not field.description]


def leaves(schema: type[BaseModel], before: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """All settings of a schema by their names with dots, those of inner tables too."""
    for name, field in schema.model_fields.items():
        if (inner := _table(field)) is None:
            yield before + name, field
        else:
            yield from leaves(inner, f"{before}{name}.")


def _tables(schema: type[BaseModel], before: str, level: int) -> Iterator[str]:
    """The table of a schema's own settings, then those of its inner ones, each under a heading."""
    own = [(name, field) for name, field in schema.model_fields.items() if _table(field) is None]
    if own:
        rows = ["| setting | default | may be | |", "|---|---|---|---|"]
        rows += [
            f"| `{before}{name}` | {_default(field)} | {_range(name, field)} | {_text(field)} |" for name, field in own
        ]
        yield "\n".join(rows) + "\n"
    for name, field in schema.model_fields.items():
        if (inner := _table(field)) is not None:
            yield f"{'#' * level} `{before}{name}`\n"
            if field.description:
                yield f"{_text(field)}\n"
            yield from _tables(inner, f"{before}{name}.", min(level + 1, 5))


def _table(field: FieldInfo) -> type[BaseModel] | None:
    """The schema of a setting that holds others."""
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _text(field: FieldInfo) -> str:
    return _cell(" ".join((field.description or "").split()).replace("``", "`"))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be said"
    value = field.get_default(call_default_factory=True)
    return "none" if value is None or value in ((), "") else _cell(f"`{_toml(value)}`")


def _toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case float():
            return f"{value:.10g}"
        case str():
            return value
        case tuple() | list():
            return "[" + ", ".join(f'"{each}"' if isinstance(each, str) else _toml(each) for each in value) + "]"
        case dict():
            return "{" + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + "}"
        case _:
            return str(value)


def _range(name: str, field: FieldInfo) -> str:
    """What a setting may be, with its unit."""
    unit = next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "")
    words = _kind(field.annotation)
    if words in ("number", "whole number"):
        said = _bounds(field)
        words = f"{words}{' ' + said if said else ''}{' ' + unit if unit else ''}"
    return _cell(words)


def _kind(annotation: Any) -> str:
    origin = get_origin(annotation)
    if isinstance(annotation, typing.TypeAliasType if hasattr(typing, "TypeAliasType") else ()):
        return _kind(annotation.__value__)
    if origin is Literal:
        return ", ".join(f"`{each}`" for each in get_args(annotation))
    if origin in (types.UnionType, typing.Union):
        return _kind(next(each for each in get_args(annotation) if each is not type(None)))
    if origin is typing.Annotated:
        return _kind(get_args(annotation)[0])
    if origin in (tuple, list):
        return "list"
    if origin is dict:
        return "table"
    return {bool: "`true`, `false`", int: "whole number", float: "number", str: "text"}.get(annotation, "text")


def _bounds(field: FieldInfo) -> str:
    low = high = ""
    for each in (*field.metadata, *_inner_bounds(field.annotation)):
        match each:
            case annotated_types.Ge(ge=value):
                low = _toml(value)
            case annotated_types.Gt(gt=value):
                low = f"above {_toml(value)}"
            case annotated_types.Le(le=value):
                high = _toml(value)
            case annotated_types.Lt(lt=value):
                high = f"below {_toml(value)}"
            case _:
                pass
    match (low, high):
        case ("", ""):
            return ""
        case (_, ""):
            return low if low.startswith("above") else f"from {low}"
        case ("", _):
            return high if high.startswith("below") else f"to {high}"
        case _:
            return f"{low}, to {high}" if low.startswith("above") else f"{low} to {high}"


def _inner_bounds(annotation: Any) -> Iterator[Any]:
    """Bounds that stand within an Annotated, as of a number that may also be none."""
    for each in get_args(annotation):
        if isinstance(each, FieldInfo):
            yield from each.metadata
        elif get_origin(each) is not None:
            yield from _inner_bounds(each)


def _presets() -> str:
    """What each preset of a training says, where that differs from the default."""
    rows = ["### The presets of training\n", "| preset | what it sets |", "|---|---|"]
    for name in (each for each in presets() if each in train_presets()):
        text = (resources.files("configs") / f"{name}.toml").read_text(encoding="utf-8")
        told = ", ".join(f"`{key}={_toml(value)}`" for key, value in _flat(tomllib.loads(text)))
        rows.append(f"| `{name}` | {_cell(told)} |")
    return "\n".join(rows) + "\n"


def _flat(table: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + key, value


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
