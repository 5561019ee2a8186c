"""Files in the layout of Google's sketch-rnn-js networks with random weights, and a second opinion in plain numpy."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
from networks import sigmoid
from numpy.typing import NDArray

Array = NDArray[np.float64]


def parts(mode: int | str, version: int = 6, seed: int = 0, decoder: int = 6, encoder: int = 4) -> list[Any]:
    """Info, shapes and weights of a small network; z has 3 numbers, the mixture 2 Gaussians."""
    rng = np.random.default_rng(seed)
    generates = mode in (2, "gen")
    shapes = [[decoder, 15], [15], [5 if generates else 8, 4 * decoder], [decoder, 4 * decoder], [4 * decoder]]
    if not generates:
        way = [[5, 4 * encoder], [encoder, 4 * encoder], [4 * encoder]]
        latent = [[2 * encoder, 3], [3], [2 * encoder, 3], [3], [3, 2 * decoder], [2 * decoder]]
        shapes = [*way, *way, *latent, *shapes]
    blobs = [
        base64.b64encode((rng.normal(0, 0.4, shape) * 3276.7).astype("<i2").tobytes()).decode() for shape in shapes
    ]
    info = {"mode": mode, "version": version, "max_seq_len": 40, "name": "yak", "scale_factor": 50.0}
    return [info, shapes, blobs]


def write_pretrained(path: Path, mode: int | str = 2, **how: Any) -> Path:
    path.write_text(json.dumps(parts(mode, **how)))
    return path


class Player:
    """What the published player computes, from the layout: columns i, j, f, o, and 1 added to f."""

    def __init__(self, given: list[Any]) -> None:
        info, shapes, blobs = given
        values = [np.frombuffer(base64.b64decode(each), "<i2") / 32767.0 * 10.0 for each in blobs]
        self.matrices = [each.reshape(shape) for each, shape in zip(values, shapes, strict=True)]
        self.squashes = info["version"] < 6
        self.output_w, self.output_b, *self.decoder = self.matrices[-5:]

    def step(self, cell: list[Array], x: Array, h: Array, c: Array) -> tuple[Array, Array]:
        w_x, w_h, bias = cell
        i, j, f, o = np.split(x @ w_x + h @ w_h + bias, 4)
        c = c * sigmoid(f + 1.0) + sigmoid(i) * np.tanh(j)
        return sigmoid(o) * np.tanh(c), c

    def decode(self, inputs: Array, z: Array | None = None) -> Array:
        """Outputs (T, 6 M + 3) after each of the inputs (T, 5)."""
        h = c = np.zeros(len(self.output_w))
        if z is not None:
            z = np.tanh(z) if self.squashes else z
            weight, bias = self.matrices[10:12]
            c, h = np.split(np.tanh(z @ weight + bias), 2)
        found: list[Array] = []
        for row in inputs:
            h, c = self.step(self.decoder, row if z is None else np.concatenate([row, z]), h, c)
            found.append(h @ self.output_w + self.output_b)
        return np.array(found)

    def encode(self, points: Array) -> tuple[Array, Array]:
        """Mean and log variance of z given (n, 5) points."""
        ends: list[Array] = []
        for cell, sequence in ((self.matrices[:3], points), (self.matrices[3:6], points[::-1])):
            h = c = np.zeros(len(cell[1]))
            for row in sequence:
                h, c = self.step(cell, row, h, c)
            ends.append(h)
        both = np.concatenate(ends)
        mu_w, mu_b, sigma_w, sigma_b = self.matrices[6:10]
        return both @ mu_w + mu_b, both @ sigma_w + sigma_b


def some_points(n: int, seed: int = 0) -> Array:
    """Stroke-5 rows (n, 5) after a start of zeros."""
    rng = np.random.default_rng(seed)
    points = np.zeros((n, 5))
    points[1:, :2] = rng.normal(0, 1, (n - 1, 2))
    points[np.arange(1, n), 2 + (rng.random(n - 1) < 0.2)] = 1.0
    return points
