"""Checkpoints: the same network again, and files that are none."""

from __future__ import annotations

import hashlib
import json
import pickle
import struct
from pathlib import Path
from typing import Any

import networks
import pytest
import torch
from safetensors.torch import load_file, save_file

from model.checkpoint import FORMAT, KEY, LARGEST_HEADER, load_checkpoint, read_about, save_checkpoint
from model.errors import BadCheckpoint
from model.sample import Sampler


def header_of(path: Path) -> tuple[dict[str, Any], bytes]:
    """The JSON header of a safetensors file, and what follows it."""
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + size]), data[8 + size :]


def rewritten(path: Path, header: object, rest: bytes) -> None:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + rest)


def told_otherwise(path: Path, **changes: Any) -> None:
    """Change what the checkpoint says of itself."""
    header, rest = header_of(path)
    about = json.loads(header["__metadata__"][KEY])
    about.update(changes)
    header["__metadata__"][KEY] = json.dumps({key: value for key, value in about.items() if value is not ...})
    rewritten(path, header, rest)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    networks.saved(tmp_path / "a.safetensors", networks.small_net())
    return tmp_path / "a.safetensors"


@pytest.mark.parametrize("kind", ["conditional", "decoder"])
def test_a_network_comes_back_to_the_last_bit(tmp_path: Path, kind: str) -> None:
    net = networks.small_net(kind)
    known = {"scale": 6.545984914441383, "n_max": 199, "first_dropped": True, "step": 12345}
    path = tmp_path / "a.safetensors"
    written = networks.checkpoint_of(net, **known, data={"hash": "ab", "size": 197.5}, training={"seconds": 3.5})
    hash_ = save_checkpoint(path, written)
    found = load_checkpoint(path)
    assert hash_ == found.hash == hashlib.sha256(path.read_bytes()).hexdigest()
    assert {name: getattr(found, name) for name in known} == known
    assert (found.net, found.data, found.training) == (net.settings, written.data, written.training)
    again = found.build()
    assert not again.training
    for name, each in net.state_dict().items():
        assert torch.equal(again.state_dict()[name], each), name
    assert found.build("float64").output.weight.dtype == torch.float64
    assert save_checkpoint(tmp_path / "b.safetensors", found) == hash_  # the same file again
    assert read_about(path)["format"] == FORMAT


def test_half_precision_halves_the_file_and_rounds_the_weights(tmp_path: Path) -> None:
    net = networks.small_net(decoder=64)
    whole, half = tmp_path / "whole.safetensors", tmp_path / "half.safetensors"
    save_checkpoint(whole, networks.checkpoint_of(net))
    save_checkpoint(half, networks.checkpoint_of(net), "float16")
    assert half.stat().st_size < 0.6 * whole.stat().st_size
    found = load_checkpoint(half).build()
    for name, each in net.state_dict().items():
        assert found.state_dict()[name].dtype == torch.float32
        assert torch.equal(found.state_dict()[name], each.half().float())


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(BadCheckpoint, match=r"^/no/a\.safetensors does not exist\.$"):
        load_checkpoint(Path("/no/a.safetensors"))


def test_a_folder_is_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match=r"can't be read: Is a directory"):
        load_checkpoint(tmp_path)


@pytest.mark.parametrize("size", [0, 5, 8, 100, -1, -500])
def test_a_file_cut_off_anywhere_is_refused(file: Path, size: int) -> None:
    data = file.read_bytes()
    file.write_bytes(data[:size])
    with pytest.raises(
        BadCheckpoint, match=r"a\.safetensors (is no checkpoint of monoline, or was cut off|is damaged)"
    ):
        load_checkpoint(file)


def test_a_header_of_absurd_size_is_refused_without_being_read(file: Path) -> None:
    data = file.read_bytes()
    for size in (LARGEST_HEADER + 1, 2**63, 2**64 - 1):
        file.write_bytes(struct.pack("<Q", size) + data[8:])
        with pytest.raises(BadCheckpoint, match="no checkpoint of monoline"):
            load_checkpoint(file)


def test_bytes_that_were_changed_are_refused_or_at_least_no_crash(file: Path) -> None:
    """A safetensors file has no checksum: a flipped bit in a weight stays unseen, in the header it does not."""
    data = file.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    refused = 0
    for at in range(0, 8 + size, 7):
        file.write_bytes(data[:at] + bytes([data[at] ^ 0x15]) + data[at + 1 :])
        try:
            load_checkpoint(file).build()
        except BadCheckpoint as error:
            refused += 1
            assert "\n" not in str(error)  # noqa: PT017 - one line, whichever it is
    assert refused > size / 7 * 0.5


def test_other_safetensors_are_refused(tmp_path: Path) -> None:
    save_file({"weight": torch.zeros(3)}, tmp_path / "a.safetensors")
    save_file({"weight": torch.zeros(3)}, tmp_path / "b.safetensors", metadata={"format": "pt"})
    save_file({"weight": torch.zeros(3)}, tmp_path / "c.safetensors", metadata={KEY: "portrait"})
    save_file({"weight": torch.zeros(3)}, tmp_path / "d.safetensors", metadata={KEY: "[1]"})
    for name in "abcd":
        with pytest.raises(BadCheckpoint, match=r"no checkpoint of monoline|does not say what it is"):
            load_checkpoint(tmp_path / f"{name}.safetensors")


def test_a_pickle_is_never_read(tmp_path: Path) -> None:
    marker = tmp_path / "was-run"

    class Harmful:
        def __reduce__(self) -> tuple[object, tuple[object, ...]]:
            return Path.touch, (marker,)

    (tmp_path / "a.safetensors").write_bytes(pickle.dumps(Harmful()))
    torch.save({"weight": torch.zeros(3), "other": Harmful()}, tmp_path / "b.safetensors")
    for name in "ab":
        with pytest.raises(BadCheckpoint, match="no checkpoint of monoline"):
            load_checkpoint(tmp_path / f"{name}.safetensors")
    assert not marker.exists()


def test_one_of_a_later_monoline_says_so(file: Path) -> None:
    told_otherwise(file, format=FORMAT + 1)
    with pytest.raises(BadCheckpoint, match=rf"written by a later monoline \(format {FORMAT + 1}\); update"):
        load_checkpoint(file)


@pytest.mark.parametrize(
    "changes",
    [
        {"scale": 0.0},
        {"scale": float("nan")},
        {"scale": "wide"},
        {"n_max": 0},
        {"n_max": 10**9},
        {"n_max": ...},
        {"net": {"kind": "transformer"}},
        {"net": [1, 2]},
        {"data": 7},
    ],
)
def test_one_that_describes_no_network_is_refused(file: Path, changes: dict[str, Any]) -> None:
    told_otherwise(file, **changes)
    with pytest.raises(BadCheckpoint, match="describes no network that this monoline knows"):
        load_checkpoint(file)


@pytest.mark.parametrize("shape", [{"decoder": 9}, {"mixtures": 4}, {"latent": 4}, {"kind": "decoder"}])
def test_weights_of_another_shape_than_told_are_refused(file: Path, shape: dict[str, Any]) -> None:
    header, _ = header_of(file)
    net = json.loads(header["__metadata__"][KEY])["net"]
    told_otherwise(file, net={**net, **shape})
    with pytest.raises(BadCheckpoint, match="don't fit the network that the checkpoint describes"):
        load_checkpoint(file).build()


def test_a_weight_that_is_no_number_is_refused(file: Path) -> None:
    weights = load_file(file)
    weights["output.bias"][3] = float("nan")
    header, _ = header_of(file)
    save_file(weights, file, metadata=header["__metadata__"])
    with pytest.raises(BadCheckpoint, match=r"output\.bias has weights that are no numbers"):
        load_checkpoint(file).build()


@pytest.mark.parametrize(
    ("kind", "points", "end"),
    [("conditional", 12, (0.7928466796875, -4.8931884765625)), ("decoder", 51, (3.0828857421875, -30.6201171875))],
)
def test_a_checkpoint_of_an_earlier_format_draws_what_it_drew(kind: str, points: int, end: tuple[float, float]) -> None:
    earlier = load_checkpoint(Path(__file__).parent / "checkpoints" / f"format-1-{kind}.safetensors")
    drawing = Sampler(earlier).draw([7], 0.5)[0].drawing
    assert drawing.points == points
    assert tuple(drawing.lines[-1][-1]) == pytest.approx(end, abs=1e-9)
