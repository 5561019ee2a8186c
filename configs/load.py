"""Settings from TOML and from the command line, checked against the schema a room owns.

It knows no room: a schema is any pydantic model, usually with ``extra="forbid"``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from configs.errors import ConfigError, OptionError
from configs.nearest import did_you_mean

Schema = TypeVar("Schema", bound=BaseModel)
Table = dict[str, Any]


def presets() -> list[str]:
    """Names of the presets that come with monoline."""
    folder = resources.files("configs")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load(
    schema: type[Schema], source: str | Path | None = None, overrides: Sequence[str] = (), *, option: str = "--set"
) -> Schema:
    """Settings of a schema from a preset or a file, with single values replaced.

    Args:
        schema: the pydantic model to fill; it has a default for whatever is left out.
        source: name of a preset, or path of a ``.toml`` file; None takes the defaults.
        overrides: ``a.b=value`` each, the value as TOML or as bare text; the last one wins.
        option: how overrides are given on the command line, to name it in errors.

    Raises:
        ConfigError: no such preset or file, not TOML, an unknown key (with the nearest known one),
            or a value that the schema refuses. The message names the file or option and the key.
            An OptionError where the command line is at fault.
    """
    table, place = ({}, "the settings") if source is None else _read(source)
    origins: dict[tuple[str, ...], str] = {}
    for override in overrides:
        keys, value = _parse_override(override, option)
        _put(table, keys, value, f"{option} {override}")
        origins[keys] = f"{option} {override}"
    try:
        return schema.model_validate(table)
    except ValidationError as error:
        message = _explain(schema, error.errors(include_url=False)[0], place, origins)
        kind = OptionError if any(message.startswith(text) for text in origins.values()) else ConfigError
        raise kind(message) from None


def faults(schema: type[BaseModel], table: Mapping[str, Any], place: str) -> tuple[str, ...]:
    """All that a schema refuses of a table, a line each, as ``load`` tells the first.

    Args:
        place: what the table is called to a person.
    """
    try:
        schema.model_validate(table)
    except ValidationError as error:
        return tuple(_explain(schema, each, place, {}) for each in error.errors(include_url=False))
    return ()


def _read(source: str | Path) -> tuple[Table, str]:
    """The table of a preset or a file, and how to name it to a person."""
    text = str(source)
    if isinstance(source, str) and not text.endswith(".toml") and "/" not in text and "\\" not in text:
        if source not in presets():
            hint = did_you_mean(source, presets())
            raise OptionError(f"There is no preset {source!r}{hint}; the presets are: {', '.join(presets())}.")
        file = resources.files("configs") / f"{source}.toml"
        return _parse(file.read_text(encoding="utf-8"), f"preset {source}"), f"preset {source}"
    try:
        return _parse(Path(source).read_text(encoding="utf-8"), text), text
    except OSError as error:
        raise ConfigError(f"{text} can't be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{text} is not a text file.") from None


def _parse(text: str, place: str) -> Table:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{place} is not TOML: {error}.") from None


def _parse_override(text: str, option: str) -> tuple[tuple[str, ...], Any]:
    name, equals, value = text.partition("=")
    keys = tuple(part.strip() for part in name.split("."))
    if not equals or not all(keys):
        raise OptionError(f"{option} {text} is not of the form key=value.")
    try:
        return keys, tomllib.loads(f"value = {value.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        return keys, value.strip()


def _put(table: Table, keys: tuple[str, ...], value: Any, override: str) -> None:
    for key in keys[:-1]:
        inner = table.setdefault(key, {})
        if not isinstance(inner, dict):
            raise OptionError(f"{override}: {key} is a value, it has no {keys[-1]} in it.")
        table = cast(Table, inner)
    table[keys[-1]] = value


def _explain(schema: type[BaseModel], fault: ErrorDetails, place: str, origins: Mapping[Any, str]) -> str:
    """A fault in one line."""
    where = tuple(str(part) for part in fault["loc"])
    place = next((text for keys, text in origins.items() if where and where[: len(keys)] == keys[: len(where)]), place)
    name = ".".join(where)
    if fault["type"] == "extra_forbidden":
        known = sorted(_fields(schema, where[:-1]))
        return f"{place}: there is no setting {name!r}{did_you_mean(where[-1], known)}; known here: {', '.join(known)}."
    reason = fault["msg"].removeprefix("Value error, ").rstrip(".")
    stated = f", not {fault['input']!r:.60}" if not isinstance(fault["input"], Mapping) else ""
    return f"{place}: {name + ': ' if name else ''}{reason[:1].lower() + reason[1:]}{stated}."


def _fields(schema: type[BaseModel], path: Sequence[str]) -> Iterator[str]:
    """Names of the settings in the table at this path."""
    for key in path:
        field = schema.model_fields.get(key)
        inner = [] if field is None else [field.annotation, *get_args(field.annotation)]
        models = [each for each in inner if isinstance(each, type) and issubclass(each, BaseModel)]
        if not models:
            return
        schema = models[0]
    yield from schema.model_fields
