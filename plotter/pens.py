"""Pens: how wide each draws, how high and fast it wants to be moved, and how much ink is left in it.

They are kept in the studio, in one file. Every change reads it, changes it and writes it under a lock of
its own, so that two plots at once lose none of the ink that they count.
"""

from __future__ import annotations

import json
import math
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from configs.nearest import did_you_mean
from plotter.axidraw import PlotSettings
from plotter.errors import PlotterError
from plotter.sheet import LARGEST_NIB_MM
from studio.errors import StudioError
from studio.files import write_text
from studio.folder import is_studio
from studio.lock import locked

FOLDER, FILE = "pens", "pens.json"
FORMAT = 1
"""Version of the file that this monoline writes."""
WAIT_S = 10.0
"""How long to wait for another process that changes a pen; it takes some milliseconds."""
_SETTINGS = (
    "pen_up_pct", "pen_down_pct", "speed_down_mm_s", "hop_mm", "hop_pct", "raise_early_ms", "lower_early_ms",
)  # fmt: skip


class PenError(PlotterError):
    """A pen can't be found, kept or used as asked."""


def _plain(name: str) -> str:
    name = " ".join(name.split())
    if not name or not name.isprintable() or name.startswith("-"):
        raise ValueError("a pen needs a name as 'black 0.5', without a dash before it")
    return name


class Pen(BaseModel):
    """A pen, or any other tool in the clip."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    name: Annotated[str, AfterValidator(_plain)] = Field(max_length=40)
    """Case and spaces around it make no other name."""
    nib_mm: float = Field(default=0.3, gt=0, le=LARGEST_NIB_MM)
    """Width of its line."""
    pen_up_pct: float | None = Field(default=None, ge=0, le=100)
    """Height when raised, as in the plot settings; none leaves it to them."""
    pen_down_pct: float | None = Field(default=None, ge=0, le=100)
    """Height on the paper."""
    speed_down_mm_s: float | None = Field(default=None, ge=0.5, le=400)
    """Top speed at which its ink still flows."""
    hop_mm: float | None = Field(default=None, ge=0, le=100)
    """Over ways no longer than this it is raised to ``hop_pct`` only."""
    hop_pct: float | None = Field(default=None, ge=0, le=100)
    """Height on such short ways."""
    raise_early_ms: int | None = Field(default=None, ge=0, le=5000)
    """So long before it is all up the carriage may set out, as a card has shown (monoline card overlap)."""
    lower_early_ms: int | None = Field(default=None, ge=0, le=5000)
    """So long before the carriage is there it may begin to come down."""
    colour: str = Field(default="", max_length=30, pattern=r"^(#[0-9a-fA-F]{6}|[^\W\d_]+([ -][^\W\d_]+)*)?$")
    """As #1a2b3c, or a word."""
    capacity_m: float | None = Field(default=None, gt=0, le=1e6)
    """Line that one filling draws; none if nobody knows."""
    used_m: float = Field(default=0.0, ge=0)
    """Line drawn since it was filled."""

    @model_validator(mode="after")
    def _lifts(self) -> Pen:
        up, down = self.pen_up_pct, self.pen_down_pct
        if up is not None and down is not None and up <= down:
            raise ValueError(f"raised to {up:g} % it is no higher than lowered to {down:g} %")
        return self

    @property
    def ink_left_m(self) -> float | None:
        """Line that the filling should still draw; None if the capacity is unknown."""
        return None if self.capacity_m is None else max(0.0, self.capacity_m - self.used_m)

    def lacks_m(self, ink_m: float) -> float:
        """How much of so much line the ink should not be enough for; 0 if it is, or nobody knows."""
        return 0.0 if self.ink_left_m is None else max(0.0, ink_m - self.ink_left_m)

    def apply(self, settings: PlotSettings) -> PlotSettings:
        """The settings with the pen's heights and speed; what a person has set in them stays.

        Settings that came out of a file of a plot are all set; so apply a pen before they are written.

        Raises:
            PenError: raised, the pen would be no higher than lowered.
        """
        stated = settings.model_fields_set
        mine = {key: getattr(self, key) for key in _SETTINGS if key not in stated}
        mine = {key: value for key, value in mine.items() if value is not None}
        applied = settings.model_copy(update=mine)
        if (mine.keys() & {"pen_up_pct", "pen_down_pct"}) and applied.pen_up_pct <= applied.pen_down_pct:
            raise PenError(
                f"With the pen {self.name} the raised pen ({applied.pen_up_pct:g} %) is no higher than the lowered "
                f"({applied.pen_down_pct:g} %); give the pen both heights with monoline pens set."
            )
        return applied

    def put_in(self) -> dict[str, float]:
        """What changes of the settings when it takes the place of another pen.

        How early the carriage may go belonged to that pen, so it is 0 where this one does not tell.
        """
        mine = {key: getattr(self, key) for key in _SETTINGS}
        early = {key: mine[key] or 0 for key in ("raise_early_ms", "lower_early_ms")}
        return {key: value for key, value in (mine | early).items() if value is not None}

    def to_json(self) -> dict[str, Any]:
        """The pen by the names of its fields, and the ink left."""
        return {**self.model_dump(), "ink_left_m": self.ink_left_m}


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    format: int = FORMAT
    pens: tuple[Pen, ...] = ()


def read_pens(studio: Path) -> tuple[Pen, ...]:
    """All pens of a studio, by name; none where none was made yet.

    Raises:
        PenError: no studio, or its file of pens can't be understood.
    """
    path = _file(studio)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise PenError(f"{path} can't be read: {getattr(error, 'strerror', None) or 'it is not text'}.") from None
    try:
        table: Any = json.loads(text)
        found: Any = cast("dict[str, Any]", table).get("format") if isinstance(table, dict) else None
        if isinstance(found, int) and found > FORMAT:
            raise PenError(f"{path} was written by a later monoline (format {found}); update monoline.")
        pens = _File.model_validate(table).pens
    except ValidationError as error:
        raise PenError(f"{path} is damaged ({_reason(error)}); put that right, or delete the file.") from None
    except (ValueError, RecursionError):
        raise PenError(f"{path} is damaged (it is not JSON); put that right, or delete the file.") from None
    if len({_key(pen.name) for pen in pens}) < len(pens):
        raise PenError(f"{path} has two pens of one name; take one of them out.")
    return pens


def find_pen(studio: Path, name: str) -> Pen:
    """The pen of this name, whatever its case.

    Raises:
        PenError: there is none; the message has the nearest name.
    """
    return _found(read_pens(studio), name)


def save_pen(studio: Path, pen: Pen) -> Pen:
    """Keep a pen, new or changed, and return it as it is kept.

    The ink counted of a pen that is there already stays as it was counted: another plot may draw with it.
    """
    with _changed(studio) as pens:
        before = pens.get(_key(pen.name))
        kept = pen if before is None else pen.model_copy(update={"used_m": before.used_m})
        pens[_key(pen.name)] = kept
    return kept


def change_pen(studio: Path, name: str, **changes: Any) -> Pen:
    """Change fields of a pen, or make it; fields that are not named stay as they are.

    Raises:
        PenError: a field is unknown or has an impossible value.
    """
    with _changed(studio) as pens:
        before = pens.get(_key(name))
        fields = {"name": name} if before is None else before.model_dump()
        try:
            pen = Pen.model_validate({**fields, **changes})
        except ValidationError as error:
            raise PenError(f"The pen {name!r} can't be kept so: {_reason(error)}.") from None
        pens[_key(pen.name)] = pen
    return pen


def remove_pen(studio: Path, name: str) -> Pen:
    """Forget a pen, and return what it was.

    Raises:
        PenError: there is no such pen.
    """
    with _changed(studio) as pens:
        return pens.pop(_key(_found(pens.values(), name).name))


def use_ink(studio: Path, name: str, metres: float) -> Pen:
    """Count line that was drawn with a pen.

    It waits for the disk, and maybe for another process: call it while the pen rests.

    Raises:
        PenError: there is no such pen any more.
        StudioError: the file can't be written, or another process holds it for long.
    """
    if not (math.isfinite(metres) and metres >= 0):
        raise ValueError(f"ink is a length of 0 or more, not {metres}")
    with _changed(studio) as pens:
        pen = _found(pens.values(), name)
        pens[_key(pen.name)] = pen = pen.model_copy(update={"used_m": pen.used_m + metres})
    return pen


def fill(studio: Path, name: str) -> Pen:
    """Begin to count anew: the pen was filled, or a new one taken.

    Raises:
        PenError: there is no such pen.
    """
    with _changed(studio) as pens:
        pen = _found(pens.values(), name)
        pens[_key(pen.name)] = pen = pen.model_copy(update={"used_m": 0.0})
    return pen


@contextmanager
def _changed(studio: Path) -> Generator[dict[str, Pen]]:
    """The pens by their keys; what the block makes of them is written, unless it fails."""
    path = _file(studio)
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise StudioError(f"{path.parent} can't be made: {error.strerror or error}.") from error
    with locked(path.parent, wait_s=WAIT_S):
        pens = {_key(pen.name): pen for pen in read_pens(studio)}
        yield pens
        ordered = tuple(sorted(pens.values(), key=lambda pen: _key(pen.name)))
        write_text(path, _File(pens=ordered).model_dump_json(indent=1) + "\n")


def _file(studio: Path) -> Path:
    if not is_studio(studio):
        raise PenError(
            f"{studio} is no studio, and pens are kept in one; open it once with monoline, "
            "or name another with monoline --studio DIR."
        )
    return studio / FOLDER / FILE


def _key(name: str) -> str:
    """What is alike for names that are one."""
    return " ".join(name.split()).casefold()


def _found(pens: Iterable[Pen], name: str) -> Pen:
    known = {_key(pen.name): pen for pen in pens}
    if _key(name) in known:
        return known[_key(name)]
    if not known:
        raise PenError(f"There is no pen {name!r}, and no other yet; make it with monoline pens set.")
    names = [pen.name for pen in known.values()]
    raise PenError(f"There is no pen {name!r}{did_you_mean(name, names)}; the pens are: {', '.join(names)}.")


def _reason(error: ValidationError) -> str:
    """The first fault in a few words."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    reason = first["msg"].removeprefix("Value error, ").rstrip(".")
    if first["type"] == "string_pattern_mismatch":
        reason = "it is written as #1a2b3c, or as a word"
    return f"{where}: {reason[:1].lower() + reason[1:]}" if where else reason
