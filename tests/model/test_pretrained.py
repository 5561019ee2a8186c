"""Google's pretrained sketch-rnn-js networks."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pretrained_files import Player, parts, some_points, write_pretrained

from drawing.quickdraw import read_ndjson
from drawing.stroke import offset_scale, to_stroke3
from model import pretrained
from model.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from model.errors import BadCheckpoint
from model.evaluate import likelihood
from model.pretrained import import_pretrained, read_pretrained
from model.sample import Sampler

FILES = ["bear.gen.json", "bird.gen.js", "monkey.gen.json"]
STEPS = 60


def published(path: Path) -> list[Any]:
    """A published file, taken apart the simple way."""
    text = path.read_text()
    return json.loads(text[text.index("[") : text.rindex("]") + 1])


@pytest.mark.parametrize("name", FILES)
def test_a_published_network_says_what_its_player_would(data: Path, name: str) -> None:
    given = published(data / "pretrained" / name)
    inputs = some_points(STEPS)
    found = import_pretrained(data / "pretrained" / name)
    raw, _ = found.build().decode(torch.from_numpy(inputs).float()[:, None], None)
    np.testing.assert_allclose(raw[:, 0].detach().numpy(), Player(given).decode(inputs), atol=1e-4)
    info = given[0]
    assert (found.n_max, found.scale, found.first_dropped) == (info["max_seq_len"], info["scale_factor"] / 2, True)
    assert found.data["name"] == info["name"] == name.partition(".")[0]


@pytest.mark.parametrize("version", [5, 6])
@pytest.mark.parametrize("mode", [0, "vae"])
def test_an_autoencoder_encodes_and_decodes_as_its_player_would(tmp_path: Path, mode: int | str, version: int) -> None:
    path = write_pretrained(tmp_path / "yak.vae.json", mode, version=version)
    found = import_pretrained(path)
    assert (found.net.kind, found.net.encoder, found.net.decoder, found.net.latent) == ("conditional", 4, 6, 3)
    net, player = found.build(), Player(parts(mode, version=version))
    points = some_points(STEPS)[1:]
    mu, logvar = net.encode(torch.from_numpy(points).float()[:, None], torch.tensor([len(points)]))
    for ours, theirs in zip((mu, logvar), player.encode(points), strict=True):
        np.testing.assert_allclose(ours[0].detach().numpy(), theirs, atol=1e-4)
    inputs, z = some_points(STEPS, seed=1), np.array([1.5, -0.7, 0.2])
    raw, _ = net.decode(torch.from_numpy(inputs).float()[:, None], torch.from_numpy(z).float()[None])
    np.testing.assert_allclose(raw[:, 0].detach().numpy(), player.decode(inputs, z), atol=1e-4)


def test_a_network_lives_on_as_a_checkpoint_that_tells_where_it_is_from(tmp_path: Path) -> None:
    found = import_pretrained(write_pretrained(tmp_path / "yak.gen.json", "gen", version=2))
    save_checkpoint(tmp_path / "yak.safetensors", found)
    again = load_checkpoint(tmp_path / "yak.safetensors")
    assert again.net.start_token == "zero"
    assert again.training["licence"] == "none stated; published by Google"
    assert (again.training["version"], len(again.training["hash"])) == (2, 64)
    sample = Sampler(again).draw([1], temperature=0.4)[0]
    assert sample.drawing.lines[0][0].tolist() == [0.0, 0.0]  # the first point, which the rows don't hold
    assert sample.recipe.checkpoint == again.hash
    assert import_pretrained(tmp_path / "yak.gen.json", scale=20.0).scale == 20.0


def test_real_monkeys_are_as_likely_as_was_measured_before(data: Path) -> None:
    # all 826 recognized ones: L_R 0.463 at their own scale, and 0.486 if it began with a pen that is down
    every = [each.drawing for each in read_ndjson(data / "quickdraw_monkey_1000.ndjson") if each.recognized]
    rows = [to_stroke3(each)[1:] for each in every]
    scale = offset_scale(rows)
    assert scale == pytest.approx(23.536, abs=1e-3)
    monkey = import_pretrained(data / "pretrained" / "monkey.gen.json")

    def measured(known: Checkpoint) -> float:
        return likelihood(known.build(), rows[:100], scale, known.n_max).L_R

    found = measured(monkey)
    assert found == pytest.approx(0.463, abs=0.03)
    pen = dataclasses.replace(monkey, net=monkey.net.model_copy(update={"start_token": "pen"}))
    assert found + 0.01 < measured(pen) < found + 0.04


@pytest.mark.parametrize(
    "wrapped",
    ["var model_raw_data='{}';", "const a = {};\n", "module.exports='{}'", "\ufeff{}", " {}\n"],
)
def test_the_text_is_cut_out_of_one_assignment(tmp_path: Path, wrapped: str) -> None:
    text = json.dumps(parts(2))
    path = tmp_path / "yak.gen.js"
    path.write_text(wrapped.replace("{}", text), encoding="utf-8")
    assert read_pretrained(path).name == "yak"


def broken(change: str) -> str:
    """The text of a file with one fault."""
    given = parts("vae" if change == "encoder" else 2)
    info, shapes, blobs = given
    match change:
        case "mode":
            info["mode"] = 3
        case "scale":
            info["scale_factor"] = float("inf")
        case "length":
            info["max_seq_len"] = 10**9
        case "version":
            del info["version"]
        case "fewer shapes":
            shapes.pop()
        case "a shape":
            shapes[3] = [6, 25]
        case "encoder":
            shapes[4] = [5, 16]
        case "outputs":
            shapes[0], shapes[1] = [6, 14], [14]
        case "huge":
            shapes[:] = [[9999, 123], [123], [5, 39996], [9999, 39996], [39996]]
        case "a side":
            shapes[0] = [6, True]
        case "fewer weights":
            blobs.pop()
        case "short":
            blobs[3] = blobs[3][:-4]
        case "number":
            blobs[3] = 7
        case "letters":
            blobs[3] = "!!!!" + blobs[3][4:]
        case "padding":
            blobs[1] = blobs[1][:-4] + "AA=="
        case "object":
            return json.dumps({"info": info})
        case "cut":
            return json.dumps(given)[:-30]
        case "more":
            return f"var a='{json.dumps(given)}';alert(1);"
        case "code":
            return f"alert({json.dumps(given)})"
        case _:
            return "[" * 100_000
    return json.dumps(given)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("mode", "its mode is 3"),
        ("scale", "its scale_factor is inf"),
        ("length", "its max_seq_len is 1000000000"),
        ("version", "its version is None"),
        ("fewer shapes", "not the 5 shapes"),
        ("a shape", r"the shape of decoder_h is \[6, 25\], not \[6, 24\]"),
        ("encoder", r"the shape of backward_h is \[5, 16\], not \[4, 16\]"),
        ("outputs", "14 outputs are no mixture"),
        ("huge", "its decoder of 9999 is out of bounds"),
        ("a side", r"the shape of output_w is \[6, True\]"),
        ("fewer weights", "one text of weights for each of its 5 shapes"),
        ("short", "decoder_h has 380 characters"),
        ("number", "decoder_h is no text"),
        ("letters", "decoder_h is no base64"),
        ("padding", "output_b holds 28 bytes"),
        ("object", "neither JSON nor one assignment"),
        ("cut", "damaged or cut off"),
        ("more", "more than one assignment"),
        ("code", "neither JSON nor one assignment"),
        ("deep", "too deep"),
    ],
)
def test_each_fault_is_told(tmp_path: Path, change: str, told: str) -> None:
    path = tmp_path / "yak.gen.json"
    path.write_text(broken(change))
    with pytest.raises(BadCheckpoint, match=told) as error:
        import_pretrained(path)
    assert "\n" not in str(error.value)
    assert "yak.gen.json" in str(error.value)


def test_a_file_is_not_read_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_pretrained(tmp_path / "yak.gen.json")
    monkeypatch.setattr(pretrained, "LARGEST_FILE", 1000)
    with pytest.raises(BadCheckpoint, match="larger than"):
        import_pretrained(path)
    with pytest.raises(BadCheckpoint, match="does not exist"):
        import_pretrained(tmp_path / "none.json")
    with pytest.raises(BadCheckpoint, match="can't be read"):
        import_pretrained(tmp_path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadCheckpoint, match="it is no text"):
        import_pretrained(path)
