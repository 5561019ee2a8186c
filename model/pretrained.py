"""Google's pretrained sketch-rnn-js networks, read as text and turned into checkpoints.

A file is a JSON array of three: what the network is, the shapes of its matrices, and the matrices, each as base64 of
little-endian int16. A ``.js`` file holds the same text between the quotes of one assignment. Nothing is executed, and
nothing is decoded before its size is known to be right. Source of the layout: the published files themselves.

Their own player has other temperatures: it divides logits by 0.5 + 0.5 t, ours by t as in section 3.3 of the paper.
At the same number ours is the calmer one, and more drawings never end by themselves: they are cut at the cap.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from model.checkpoint import MOST_POINTS, Checkpoint
from model.errors import BadCheckpoint
from model.settings import NetSettings

Matrix = NDArray[np.float32]
LARGEST_FILE = 64 << 20
"""Bytes; those published have 3 to 6 MB."""
LARGEST_NAME, LARGEST_WHOLE = 100, 2**53
LICENCE = "none stated; published by Google"
WEIGHT = 10.0 / 32767
"""What one step of an int16 is worth: weights lie between -10 and 10."""
PIXEL_FACTOR = 2.0
"""A unit of the network is scale_factor / PIXEL_FACTOR pixels of the screen it was drawn on."""
SQUASHED_BEFORE = 6
"""Files of earlier versions feed tanh(z) to the decoder, not z."""

GENERATOR = ("output_w", "output_b", "decoder_x", "decoder_h", "decoder_b")
AUTOENCODER = (
    *("forward_x", "forward_h", "forward_b", "backward_x", "backward_h", "backward_b"),
    *("mu_w", "mu_b", "sigma_w", "sigma_b", "initial_w", "initial_b"),
    *GENERATOR,
)
_ASSIGNMENT = re.compile(r"(?:(?:var|let|const)\s+)?[\w$.]+\s*=\s*(['\"`]?)(?=\s*\[)")
_ASSIGNED = 200
"""Characters within which the assignment of a ``.js`` file ends."""


@dataclass(frozen=True)
class Pretrained:
    """A file that was read: what it says of itself, its network, and its matrices as they are in it."""

    name: str
    version: int
    n_max: int
    scale_factor: float
    net: NetSettings
    matrices: dict[str, Matrix]
    """By the names of GENERATOR or AUTOENCODER, inputs down and outputs across."""
    about: dict[str, Any]
    """Figures of its training that old files tell."""
    file: str
    hash: str
    """SHA-256 of the file."""

    @property
    def scale(self) -> float:
        """Pixels in a unit of the network."""
        return self.scale_factor / PIXEL_FACTOR


def import_pretrained(path: Path, scale: float | None = None) -> Checkpoint:
    """The checkpoint of a ``.gen.json``, ``.gen.js`` or ``.vae.json`` file.

    Args:
        scale: what offsets are divided by, where drawings are of another size than the pixels of its screen; for
            a file of drawings the standard deviation of their offsets is right.

    Raises:
        BadCheckpoint: no such file, too large, or not of the known layout.
    """
    import torch

    found = read_pretrained(path)
    return Checkpoint(
        net=found.net,
        weights={name: torch.from_numpy(each) for name, each in _weights(found).items()},
        scale=scale or found.scale,
        n_max=found.n_max,
        first_dropped=True,
        step=0,
        data={"name": found.name, "licence": LICENCE},
        training={
            "source": "sketch-rnn-js",
            "file": found.file,
            "hash": found.hash,
            "version": found.version,
            "scale_factor": found.scale_factor,
            "licence": LICENCE,
            **found.about,
        },
    )


# the file


def read_pretrained(path: Path) -> Pretrained:
    """Read a file and check all of it.

    Raises:
        BadCheckpoint: see import_pretrained.
    """
    data = _bytes(path)
    parts = _json(path, data)
    if not isinstance(parts, list) or len(cast(list[Any], parts)) != 3:
        raise _bad(path, "it is no list of info, shapes and weights")
    info, shapes, blobs = cast(list[Any], parts)
    if not isinstance(info, dict):
        raise _bad(path, "it does not begin with what the network is")
    info = cast(dict[str, Any], info)
    names = _layout(path, info)
    sizes = _shapes(path, names, shapes)
    version, n_max = _whole(path, info, "version", 10_000), _whole(path, info, "max_seq_len", MOST_POINTS)
    factor = info.get("scale_factor")
    if not _is_number(factor) or not factor / PIXEL_FACTOR > 0:
        raise _bad(path, f"its scale_factor is {_short(factor)}, and must be a number above 0")
    net = _net(path, sizes, squash=version < SQUASHED_BEFORE)
    if not isinstance(blobs, list) or len(cast(list[Any], blobs)) != len(names):
        raise _bad(path, f"it has not one text of weights for each of its {len(names)} shapes")
    texts = cast(list[Any], blobs)
    for name, text in zip(names, texts, strict=True):
        _check_length(path, name, sizes[name], text)
    return Pretrained(
        name=_name(info.get("name")) or path.name.partition(".")[0],
        version=version,
        n_max=n_max,
        scale_factor=float(factor),
        net=net,
        matrices={name: _decoded(path, name, sizes[name], text) for name, text in zip(names, texts, strict=True)},
        about={key: info[key] for key in ("training_size", "r_loss", "kl_loss") if _is_number(info.get(key))},
        file=path.name,
        hash=hashlib.sha256(data).hexdigest(),
    )


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise BadCheckpoint(f"{path} does not exist.") from None
    except OSError as error:
        raise BadCheckpoint(f"{path} can't be read: {error.strerror or error}.") from None
    if len(data) > LARGEST_FILE:
        raise _bad(path, f"it is larger than {LARGEST_FILE >> 20} MB")
    return data


def _json(path: Path, data: bytes) -> Any:
    """The JSON of a file, cut out of the assignment that a ``.js`` file puts around it."""
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise _bad(path, "it is no text") from None
    if not text.startswith("["):
        begins = _ASSIGNMENT.match(text[:_ASSIGNED])
        if begins is None:
            raise _bad(path, "it is neither JSON nor one assignment of it")
        text, quote = text[begins.end() :].rstrip("; \t\r\n"), begins[1]
        if quote and not text.endswith(quote):
            raise _bad(path, "it was cut off, or holds more than one assignment")
        text = text[: len(text) - len(quote)]
    try:
        return json.loads(text)
    except RecursionError:
        raise _bad(path, "its JSON is too deep") from None
    except ValueError as error:
        raise _bad(path, f"its JSON is damaged or cut off ({' '.join(str(error).split())[:100]})") from None


def _layout(path: Path, info: dict[str, Any]) -> tuple[str, ...]:
    """Names of the matrices in the order of the file."""
    mode = info.get("mode")
    if isinstance(mode, bool) or not isinstance(mode, int | str) or mode not in (0, 1, 2, "vae", "gen"):
        raise _bad(path, f"its mode is {_short(mode)}, not 'gen' or 'vae'")
    return GENERATOR if mode in (2, "gen") else AUTOENCODER


def _shapes(path: Path, names: tuple[str, ...], shapes: Any) -> dict[str, tuple[int, ...]]:
    """The shapes by name, once they fit one another."""
    if not isinstance(shapes, list) or len(cast(list[Any], shapes)) != len(names):
        raise _bad(path, f"it has not the {len(names)} shapes of its mode")
    found: dict[str, tuple[int, ...]] = {}
    for name, shape in zip(names, cast(list[Any], shapes), strict=True):
        sides = cast(list[Any], shape) if isinstance(shape, list) else []
        if not 1 <= len(sides) <= 2 or not all(type(side) is int and side > 0 for side in sides):
            raise _bad(path, f"the shape of {name} is {_short(shape)}")
        found[name] = tuple(sides)
    for name, wanted in _wanted(found).items():
        if found[name] != wanted:
            raise _bad(path, f"the shape of {name} is {list(found[name])}, not {list(wanted)}")
    return found


def _wanted(found: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """The shapes of a network whose sizes are taken from a few of them."""
    decoder, outputs = found["decoder_h"][0], found["output_b"][0]
    latent = found["initial_w"][0] if "initial_w" in found else 0
    wanted: dict[str, tuple[int, ...]] = {
        "output_w": (decoder, outputs),
        "output_b": (outputs,),
        **_cell("decoder", 5 + latent, decoder),
    }
    if latent:
        encoder = found["forward_h"][0]
        for way in ("forward", "backward"):
            wanted.update(_cell(way, 5, encoder))
        for each in ("mu", "sigma"):
            wanted.update({f"{each}_w": (2 * encoder, latent), f"{each}_b": (latent,)})
        wanted.update(initial_w=(latent, 2 * decoder), initial_b=(2 * decoder,))
    return wanted


def _cell(name: str, inputs: int, size: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}_x": (inputs, 4 * size), f"{name}_h": (size, 4 * size), f"{name}_b": (4 * size,)}


def _net(path: Path, sizes: dict[str, tuple[int, ...]], *, squash: bool) -> NetSettings:
    outputs = sizes["output_b"][0]
    if outputs < 9 or outputs % 6 != 3:
        raise _bad(path, f"{outputs} outputs are no mixture: three for the pen and six for each Gaussian")
    shape: dict[str, Any] = {
        "kind": "decoder",
        "decoder": sizes["decoder_h"][0],
        "mixtures": (outputs - 3) // 6,
        "start_token": "zero",
    }
    if "initial_w" in sizes:
        shape.update(
            kind="conditional", encoder=sizes["forward_h"][0], latent=sizes["initial_w"][0], squash_latent=squash
        )
    try:
        return NetSettings.model_validate(shape)
    except ValidationError as error:
        first = error.errors()[0]
        raise _bad(path, f"its {first['loc'][0]} of {_short(first['input'])} is out of bounds") from None


def _check_length(path: Path, name: str, shape: tuple[int, ...], text: Any) -> None:
    wanted = -(-2 * math.prod(shape) // 3) * 4
    if not isinstance(text, str) or len(text) != wanted:
        found = f"has {len(text):,} characters" if isinstance(text, str) else "is no text"
        raise _bad(path, f"{name} {found}; {list(shape)} takes {wanted:,}")


def _decoded(path: Path, name: str, shape: tuple[int, ...], text: str) -> Matrix:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _bad(path, f"{name} is no base64") from None
    if len(data) != 2 * math.prod(shape):
        raise _bad(path, f"{name} holds {len(data):,} bytes, not the {2 * math.prod(shape):,} of int16 {list(shape)}")
    return (np.frombuffer(data, dtype="<i2").astype(np.float64) * WEIGHT).astype(np.float32).reshape(shape)


def _whole(path: Path, info: dict[str, Any], key: str, most: int) -> int:
    value = info.get(key)
    if not _is_number(value) or value != int(value) or not 1 <= value <= most:
        raise _bad(path, f"its {key} is {_short(value)}, and must be a whole number from 1 to {most:,}")
    return int(value)


def _name(value: Any) -> str:
    """A name that a terminal shows as it is."""
    return "".join(each for each in str(value or "")[:LARGEST_NAME] if each.isprintable())


def _is_number(value: Any) -> TypeGuard[int | float]:
    if isinstance(value, float):
        return math.isfinite(value)
    return type(value) is int and abs(value) < LARGEST_WHOLE


def _short(value: Any) -> str:
    return repr(value)[:40]


def _bad(path: Path, reason: str) -> BadCheckpoint:
    return BadCheckpoint(f"{path} is no sketch-rnn-js network that can be read: {reason}.")


# its weights as ours


def _weights(found: Pretrained) -> dict[str, Matrix]:
    """The matrices under the names and in the order of our network."""
    given = found.matrices
    weights = _lstm("decoder", given, "decoder")
    weights |= _linear("output", given["output_w"], given["output_b"])
    if found.net.kind == "conditional":
        weights |= _lstm("encoder.forward_rnn", given, "forward") | _lstm("encoder.backward_rnn", given, "backward")
        weights |= _linear("encoder.mu", given["mu_w"], given["mu_b"])
        weights |= _linear("encoder.logvar", given["sigma_w"], given["sigma_b"])
        # the memory of the cell comes first there, its hidden state here
        weights |= _linear("initial", _swapped(given["initial_w"]), _swapped(given["initial_b"]))
    return weights


def _lstm(name: str, given: dict[str, Matrix], theirs: str) -> dict[str, Matrix]:
    bias = _gates(given[f"{theirs}_b"])
    size = len(bias) // 4
    bias[size : 2 * size] += 1.0  # the player adds it before the sigmoid of the forget gate
    return {
        f"{name}.weight_ih_l0": _gates(given[f"{theirs}_x"]),
        f"{name}.weight_hh_l0": _gates(given[f"{theirs}_h"]),
        f"{name}.bias_ih_l0": bias,
        f"{name}.bias_hh_l0": np.zeros_like(bias),
    }


def _gates(matrix: Matrix) -> Matrix:
    """Columns i, j, f, o as rows i, f, j, o."""
    i, j, f, o = np.split(matrix, 4, axis=-1)
    return np.ascontiguousarray(np.concatenate([i, f, j, o], axis=-1).T)


def _linear(name: str, weight: Matrix, bias: Matrix) -> dict[str, Matrix]:
    return {f"{name}.weight": np.ascontiguousarray(weight.T), f"{name}.bias": bias}


def _swapped(matrix: Matrix) -> Matrix:
    memory, hidden = np.split(matrix, 2, axis=-1)
    return np.concatenate([hidden, memory], axis=-1)
