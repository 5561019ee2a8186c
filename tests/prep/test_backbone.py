from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from seen_shelf import tiny_network

from prep.backbone import BackboneSettings, load_backbone
from prep.errors import PrepError
from studio.events import Event, Said

PICTURES = np.random.default_rng(0).integers(0, 256, (3, 224, 224, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_network(tmp_path_factory.mktemp("network") / "tiny")


def test_a_network_in_a_folder_sees_the_same_every_time(folder: Path) -> None:
    one, other = (load_backbone(BackboneSettings(network=str(folder), device="cpu")) for _ in range(2))
    assert (one.origin, one.width, one.space) == ("pretrained", 16, other.space)
    vectors = one.embed(PICTURES)
    assert vectors.shape == (3, 16)
    np.testing.assert_array_equal(vectors, other.embed(PICTURES))
    np.testing.assert_allclose(vectors[:1], other.embed(PICTURES[:1]), atol=1e-5)
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-4


def test_without_the_usual_network_weights_are_random_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def nothing(*_: object, local_files_only: bool, **__: object) -> str:
        asked.append(local_files_only)
        raise FileNotFoundError

    monkeypatch.setattr("huggingface_hub.snapshot_download", nothing)
    said: list[Event] = []
    network = load_backbone(BackboneSettings(device="cpu"), said.append)
    assert asked == [True, False]
    assert (network.origin, network.width) == ("random", 512)
    warning = said[-1]
    assert isinstance(warning, Said)
    assert "its weights are random" in warning.text
    assert load_backbone(BackboneSettings(device="cpu", download=False)).space == network.space
    assert asked == [True, False, True]
    with pytest.raises(PrepError, match=r"There is no network some/other on this computer"):
        load_backbone(BackboneSettings(network="some/other"))


def test_what_could_run_anything_is_refused(tmp_path: Path, folder: Path) -> None:
    pickle = tmp_path / "resnet34.pth"
    pickle.write_bytes(b"")
    with pytest.raises(PrepError, match=r"resnet34\.pth is a pickle, which can run anything"):
        load_backbone(BackboneSettings(network=str(pickle)))
    pickled = tmp_path / "old"
    pickled.mkdir()
    (pickled / "config.json").write_bytes((folder / "config.json").read_bytes())
    (pickled / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(PrepError, match=r"has no model\.safetensors, but pickles"):
        load_backbone(BackboneSettings(network=str(pickled)))
    (pickled / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:900])
    with pytest.raises(PrepError, match=r"holds no network that can be used"):
        load_backbone(BackboneSettings(network=str(pickled)))


def test_colours_are_told_as_the_network_learnt_them(tmp_path: Path) -> None:
    folder = tiny_network(tmp_path / "net")
    (folder / "preprocessor_config.json").write_text(json.dumps({"image_mean": [0, 0, 0], "image_std": [1, 1, 1]}))
    network = load_backbone(BackboneSettings(network=str(folder), device="cpu"))
    assert float(network.prepared(PICTURES, 224).max()) == pytest.approx(1)
    assert tuple(network.prepared(PICTURES, 64).shape) == (3, 3, 64, 64)


def test_code_that_comes_with_a_network_is_not_run(tmp_path: Path) -> None:
    folder, ran = tiny_network(tmp_path / "net"), tmp_path / "ran"
    (folder / "own.py").write_text(
        f"from pathlib import Path\nfrom transformers import PretrainedConfig\nPath({str(ran)!r}).touch()\n"
        "class Own(PretrainedConfig):\n    model_type = 'own'\n"
    )
    told = json.loads((folder / "config.json").read_text())
    told |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Own", "AutoModel": "own.Own"}}
    (folder / "config.json").write_text(json.dumps(told))
    with pytest.raises(PrepError, match="holds no network that can be used"):
        load_backbone(BackboneSettings(network=str(folder), device="cpu"))
    assert not ran.exists()
