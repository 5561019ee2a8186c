"""What a person chooses for the studio itself: the table ``[ui]`` of studio.toml, read, checked and written."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, field_validator

from configs.errors import ConfigError
from configs.load import faults, load
from configs.nearest import did_you_mean
from studio.errors import StudioError
from studio.files import write_text
from studio.folder import FILE
from studio.lock import one_writer

AUTO = "auto"
LOCK = f".{FILE}.lock"
WAIT_S = 1.0
"""For another process that writes the same file."""
MODIFIERS = ("alt", "ctrl", "hyper", "meta", "shift", "super")


class UiSettings(BaseModel):
    """How the studio looks, and how it is played."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    theme: str = Field(default=AUTO, max_length=40)
    """The colours. auto is paper, or the terminal's own colours where it has but sixteen."""
    motion: bool = True
    """Whether lists and panels glide to where they go. TEXTUAL_ANIMATIONS=none turns it off, too."""
    bell: bool = True
    """Whether the terminal rings when a plot waits for you, has ended, or can't start."""
    pictures: Literal["auto", "kitty", "sixel", "half-blocks", "braille"] = "auto"
    """How scans and large drawings are shown. auto takes the sharpest that the terminal can."""
    start: Literal["prepare", "train", "sample", "interpolate", "plot"] = "prepare"
    """The screen that the studio opens with, the next time."""
    mouse: bool = True
    """Whether the studio follows the mouse. Without, the terminal's own selecting works; from the next start on."""
    keys: dict[str, str | tuple[str, ...]] = Field(default_factory=dict[str, str | tuple[str, ...]])
    """Other keys than those by default: what is done, as sample.keep, and a key, several with commas."""

    @field_validator("keys")
    @classmethod
    def _keys_are_keys(cls, keys: dict[str, str | tuple[str, ...]]) -> dict[str, str | tuple[str, ...]]:
        for action, given in keys.items():
            for key in split_keys(given) or [""]:
                if not is_key(key):
                    raise ValueError(f"{action}: {key!r} is no key; keys are as k, K, f5, ctrl+k, question_mark")
        return keys

    @property
    def keymap(self) -> dict[str, str]:
        """The keys as Textual takes them."""
        return {action: ",".join(split_keys(given)) for action, given in self.keys.items()}


def split_keys(given: str | tuple[str, ...]) -> list[str]:
    """One by one."""
    parts = given.split(",") if isinstance(given, str) else given
    return [part.strip() for part in parts if part.strip()]


def is_key(key: str) -> bool:
    """Whether a terminal could send it, by its name."""
    from textual.keys import Keys

    *modifiers, name = key.split("+") if key != "+" else ["+"]
    if not name or any(modifier not in MODIFIERS for modifier in modifiers):
        return False
    if len(name) == 1 or name in {each.value for each in Keys}:
        return True
    try:
        unicodedata.lookup(name.replace("_", " ").upper())
    except KeyError:
        return name in ("plus", "minus", "slash", "underscore", "at")
    return True


class _Table(BaseModel):
    """studio.toml, of which only this table is looked at here."""

    model_config = ConfigDict(extra="allow")
    ui: UiSettings = UiSettings()


def read_ui(folder: Path, themes: Collection[str]) -> tuple[UiSettings, tuple[str, ...]]:
    """A studio's settings, and what is wrong with them; what is wrong is as by default.

    Args:
        themes: those that there are.
    """
    path = folder / FILE
    try:
        settings, told = load(_Table, path).ui, ()
    except ConfigError as error:
        settings, told = _what_holds(path)
        told = told or (str(error),)
    if settings.keys:
        from tui.key_list import every_key, unknown

        for action in unknown(settings.keys):
            hint = did_you_mean(action, list(every_key()))
            told = (*told, f"{path}: ui.keys: nothing is called {action!r}{hint}; f3 lists all keys.")
        keys, refused = _what_is_free(settings, path)
        settings, told = settings.model_copy(update={"keys": keys}), (*told, *refused)
    if settings.theme != AUTO and settings.theme not in themes:
        hint = did_you_mean(settings.theme, list(themes))
        wrong = f"{path}: ui.theme: there is no theme {settings.theme!r}{hint}; f3 lists them."
        return settings.model_copy(update={"theme": AUTO}), (*told, wrong)
    return settings, told


def _what_is_free(settings: UiSettings, path: Path) -> tuple[dict[str, str | tuple[str, ...]], tuple[str, ...]]:
    """The keys that mean nothing else beside, and why the others are not taken."""
    from tui.key_list import in_the_way, unknown

    names, refused = set(unknown(settings.keys)), list[str]()
    keymap = {name: keys for name, keys in settings.keymap.items() if name not in names}
    for action in list(keymap):
        reasons = [reason for key in split_keys(keymap[action]) if (reason := in_the_way(action, key, keymap))]
        if reasons:
            del keymap[action]
            refused.append(f"{path}: ui.keys: {action}: {reasons[0]}")
    return {name: keys for name, keys in settings.keys.items() if name in keymap or name in names}, tuple(refused)


def _what_holds(path: Path) -> tuple[UiSettings, tuple[str, ...]]:
    """Each setting that is right by itself, and what is wrong with the others."""
    try:
        table: Any = tomllib.loads(path.read_text(encoding="utf-8")).get("ui")
    except (OSError, ValueError):
        return UiSettings(), ()
    right, wrong = dict[str, Any](), list[str]()
    for name, value in cast(dict[str, Any], table).items() if isinstance(table, dict) else ():
        found = faults(_Table, {"ui": {name: value}}, str(path))
        if found:
            wrong.append(found[0])
        else:
            right[name] = value
    return UiSettings(**right), tuple(wrong)


def write_setting(folder: Path, name: str, value: Any) -> None:
    """Keep one setting in studio.toml, whose comments and order stay; None takes it out.

    Args:
        name: ``name`` of the studio, or of a setting in ``[ui]``.

    Raises:
        StudioError: the file can't be read or written, or is no TOML.
        StudioBusy: another process writes it.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    path = folder / FILE
    with one_writer(folder / LOCK, wait_s=WAIT_S):
        try:
            document = tomlkit.parse(path.read_text(encoding="utf-8"))
            if name == "name":
                document["name"] = value or ""
            else:
                table = cast(Any, document.setdefault("ui", tomlkit.table()))
                if not isinstance(table, Mapping):
                    raise StudioError(f"{path}: ui is no table; take that line out, and begin the table with [ui].")
                _put(cast(Any, table), name, value)
        except (OSError, UnicodeDecodeError, TOMLKitError) as error:
            raise StudioError(f"{path} can't be read: {error}. Nothing was changed.") from None
        write_text(path, tomlkit.dumps(document))  # pyright: ignore[reportUnknownMemberType]


def _put(table: Any, name: str, value: Any) -> None:
    """Keys are put one by one, so that comments between them stay."""
    if isinstance(value, dict) and isinstance(table.get(name), dict):
        inner, wanted = table[name], cast(dict[str, Any], value)
        for key in [key for key in inner if key not in wanted]:
            del inner[key]
        for key, each in wanted.items():
            if inner.get(key) != each:
                inner[key] = each
    elif value is None:
        table.pop(name, None)
    elif table.get(name) != value:
        table[name] = value
