"""Recipe: how a drawing came about, told fully enough to draw it again.

A recipe travels inside each kept SVG. The points of the SVG stay what counts: a recipe says where
they came from, and later versions of torch may round differently.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from drawing.errors import DrawingError

FORMAT = 1
"""Version of the recipe written by this monoline; see ``_UPGRADES``."""

Latent = list[float]


_UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From the format that is the key to the next. Format 1 is the first, so there is none yet."""


class Endpoint(BaseModel):
    """One of the drawings that a latent vector was made from."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    seed: int | None = None
    """Seed of a z drawn from the prior."""
    z: Latent | None = None
    """The latent vector itself."""
    drawing: str | None = None
    """Name of an encoded drawing, as ``FILE.npz#test/12`` or an SVG's name."""


class Recipe(BaseModel):
    """Enough to draw a drawing again."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    format: int = FORMAT
    """Version of this layout."""
    kind: Literal["artist", "sample", "complete", "reconstruct", "interpolate", "arithmetic", "vary"]
    """How the drawing came about; ``artist`` is monoline's own demo artist."""
    seed: int
    """Seed of the points; of the book, for the demo artist."""
    index: int | None = None
    """Number in the demo artist's book, or of the frame in an interpolation."""
    checkpoint: str | None = None
    """SHA-256 of the checkpoint file."""
    temperature: float | None = Field(default=None, ge=0)
    """Temperature of the mixture, and of the pen unless that is given."""
    pen_temperature: float | None = Field(default=None, ge=0)
    """Temperature of the pen state."""
    max_points: int | None = Field(default=None, ge=1)
    """Cap on the points drawn."""
    z: Latent | None = None
    """The latent vector that was decoded, if there is one."""
    endpoints: tuple[Endpoint, ...] = ()
    """What z was made from: one encoded drawing, the stops of a path, A, B and C."""
    path: Literal["lerp", "slerp", "spline"] | None = None
    """Kind of interpolation between the endpoints."""
    at: float | None = None
    """Place along the path, 0 to 1."""
    beginning: tuple[tuple[float, float, int], ...] | None = None
    """Points that were given and completed: x, y, and 1 where the pen lifts after one."""
    settings: dict[str, float | int | str | bool] = Field(default_factory=dict)
    """Further settings of whoever drew it, by name."""
    versions: dict[str, str] = Field(default_factory=dict)
    """Versions of monoline and of the libraries that took part."""

    def to_json(self) -> str:
        """One line of JSON; what is not known is left out."""
        return self.model_dump_json(exclude_none=True)

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """Read a recipe of this or any earlier format.

        Raises:
            DrawingError: not a recipe, or one written by a later monoline.
        """
        try:
            fields = json.loads(text)
            written = fields["format"]
            if not isinstance(written, int) or isinstance(written, bool):
                raise TypeError
        except (ValueError, KeyError, TypeError, RecursionError):
            raise DrawingError(
                "The recipe is not JSON with a format number; the drawing itself is not touched."
            ) from None
        if written > FORMAT:
            raise DrawingError(
                f"The recipe has format {written}, this monoline knows up to {FORMAT}; update monoline to use it."
            )
        while written < FORMAT:
            if written not in _UPGRADES:
                raise DrawingError(f"The recipe has format {written}, which no monoline has written.")
            fields = _UPGRADES[written](fields)
            written += 1
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise DrawingError(f"The recipe's {where or 'fields'}: {first['msg'].lower()}.") from None
