"""The space in which scans are clustered: features beside what a network sees, each with its fair share.

What it is made of is kept, so that new scans come into the same space.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prep.errors import PrepError

Values = NDArray[np.float32]  # (n, columns of a part)
FAR = 4.0
"""Standard deviations beyond which a feature counts no more."""
DIRECTIONS = 32
"""Most directions of an embedding that are kept."""
FITTED = 20_000
"""Directions are found with at most so many scans."""


@dataclass(frozen=True, eq=False)
class Part:
    """Something that is known of each scan, and how it becomes coordinates."""

    name: str
    mean: Values
    """(columns,)"""
    scale: Values
    """(columns,), by which values are divided."""
    basis: Values
    """(columns, coordinates); of features (columns,), by which they are multiplied."""
    far: float = np.inf
    """The most that a value counts after division."""

    def place(self, values: Values) -> Values:
        """Coordinates, (n, coordinates), of values (n, columns)."""
        if values.ndim != 2 or values.shape[1] != len(self.mean):
            raise PrepError(f"The {self.name} have {values.shape[-1]} columns, not {len(self.mean)}; cluster anew.")
        flat = (np.asarray(values, dtype=np.float32) - self.mean) / self.scale
        if np.isfinite(self.far):
            flat = np.clip(flat, -self.far, self.far)
        return flat * self.basis if self.basis.ndim == 1 else flat @ self.basis


@dataclass(frozen=True, eq=False)
class Space:
    """Coordinates of scans."""

    parts: tuple[Part, ...]
    size: int = 0
    """How many scans it was made from."""

    @property
    def names(self) -> tuple[str, ...]:
        """What must be known of a scan."""
        return tuple(part.name for part in self.parts)

    def place(self, values: Mapping[str, Values]) -> Values:
        """Coordinates of scans, (n, d).

        Args:
            values: of each part, (n, columns).
        """
        return np.concatenate([part.place(values[part.name]) for part in self.parts], axis=1)

    def to_json(self) -> str:
        """For ``from_json``, exact."""
        parts = [
            {
                "name": part.name,
                "mean": _packed(part.mean),
                "scale": _packed(part.scale),
                "basis": _packed(part.basis),
                "far": part.far if np.isfinite(part.far) else None,
            }
            for part in self.parts
        ]
        return json.dumps({"parts": parts, "size": self.size})

    @classmethod
    def from_json(cls, text: str) -> Space:
        """What ``to_json`` told."""
        told = json.loads(text)
        parts = [
            Part(
                each["name"],
                _unpacked(each["mean"]),
                _unpacked(each["scale"]),
                _unpacked(each["basis"]),
                np.inf if each["far"] is None else each["far"],
            )
            for each in told["parts"]
        ]
        return cls(tuple(parts), told["size"])


def fit_space(
    values: Mapping[str, Values], shares: Mapping[str, float], weights: Sequence[float] | None = None
) -> Space:
    """The space that suits these scans.

    Args:
        values: features first, and embeddings; of each (n, columns).
        shares: how much of the squared distance between scans each embedding makes, where features make 1.
        weights: of features, (columns,).
    """
    parts: list[Part] = []
    for name, each in values.items():
        parts.append(_features(name, each, weights) if not parts else _embedding(name, each, shares.get(name, 1.0)))
    return Space(tuple(parts), len(next(iter(values.values()))))


def _features(name: str, values: Values, weights: Sequence[float] | None) -> Part:
    """Each feature counts by its weight, whatever its unit; one that never varies counts nothing."""
    mean, deviation = values.mean(axis=0, dtype=np.float64), values.std(axis=0, dtype=np.float64)
    count = np.ones(values.shape[1]) if weights is None else np.asarray(weights, dtype=np.float64)
    still = deviation <= 1e-6 * (1 + np.abs(mean))
    deviation[still], count[still] = 1.0, 0.0
    spread = np.sqrt(max(float((count**2).sum()), 1e-12))
    return Part(name, _single(mean), _single(deviation), _single(count / spread), FAR)


def _embedding(name: str, values: Values, share: float) -> Part:
    """The directions in which an embedding varies most, scaled so that together they make up their share."""
    step = -(-len(values) // FITTED)
    some = np.asarray(values[::step], dtype=np.float64)
    mean = some.mean(axis=0)
    variance, directions = np.linalg.eigh(np.cov(some - mean, rowvar=False, bias=True).reshape(some.shape[1], -1))
    kept = slice(None, -1 - min(DIRECTIONS, len(variance)), -1)  # the largest come last
    basis, total = directions[:, kept], max(float(variance[kept].sum()), 1e-12)
    basis = basis * np.where(basis[np.abs(basis).argmax(axis=0), np.arange(basis.shape[1])] < 0, -1.0, 1.0)
    return Part(name, _single(mean), _single(np.ones_like(mean)), _single(basis * np.sqrt(share / total)))


def _single(values: NDArray[np.float64]) -> Values:
    return np.ascontiguousarray(values, dtype=np.float32)


def _packed(values: Values) -> list[Any]:
    return [list(values.shape), base64.b64encode(values.astype("<f4").tobytes()).decode()]


def _unpacked(told: list[Any]) -> Values:
    shape, data = told
    return np.frombuffer(base64.b64decode(data), dtype="<f4").astype(np.float32).reshape(shape)
