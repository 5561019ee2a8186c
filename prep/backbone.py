"""The network that sees pages: any backbone of vision that transformers knows, from a folder, a cache or a download."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from prep.errors import PrepError
from studio.events import Listener, Said

if TYPE_CHECKING:
    import torch

USUAL = "microsoft/resnet-34"
SEED = 34
"""Of random weights, which are the same everywhere."""
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, if a network does not tell its own
_WAIT_S = 6.0  # for an answer, when weights are looked for
_NEEDED = ("*.json", "*.safetensors")
_UNLIKE = (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, ImportError)


class BackboneSettings(BaseModel):
    """Which network sees the pages."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    network: str = Field(default=USUAL, min_length=1)
    """A folder with config.json and model.safetensors, or the name of a network as transformers knows it."""
    download: bool = True
    """Whether a network that is not on this computer is looked for elsewhere, once."""
    side: int = Field(default=160, ge=64, le=448)
    """Pixels of the pictures that it sees, where a network leaves that open; more take longer."""
    device: str = "auto"
    """``cpu``, ``cuda`` or ``mps``; ``auto`` is the quickest that there is."""


@dataclass(frozen=True, eq=False)
class Backbone:
    """A network that is ready to see."""

    name: str
    origin: Literal["pretrained", "random", "tuned"]
    network: torch.nn.Module
    space: str
    """Tells its vectors from those of any other: a hash of its weights and side."""
    width: int
    """Values of a vector."""
    side: int
    """Pixels of the pictures that it wants."""
    mean: tuple[float, ...] = _MEAN
    deviation: tuple[float, ...] = _DEVIATION

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return next(self.network.parameters()).device

    def embed(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """What it sees in pictures, (n, width).

        Args:
            pictures: (n, s, s, 3), as ``Glance.picture``; best of its own side.
        """
        import torch

        self.network.eval()
        with torch.inference_mode(), half_precision(self.device):
            return self.pooled(self.prepared(pictures)).float().cpu().numpy()

    def prepared(self, pictures: NDArray[np.uint8], side: int = 0) -> torch.Tensor:
        """Pictures as the network wants them, (n, 3, side, side); its own side if 0."""
        import torch
        from torch.nn.functional import interpolate

        side = side or self.side
        values = torch.from_numpy(pictures).to(self.device).permute(0, 3, 1, 2).float()  # is channels last so
        if values.shape[-1] != side:
            values = interpolate(values, (side, side), mode="bilinear", antialias=True)
        mean, deviation = (
            torch.tensor(each, device=values.device).view(1, 3, 1, 1) * 255 for each in (self.mean, self.deviation)
        )
        return (values - mean) / deviation

    def pooled(self, values: torch.Tensor) -> torch.Tensor:
        """One vector a picture, (n, width), of what ``prepared`` made."""
        seen = self.network(pixel_values=values).last_hidden_state
        return seen.mean(dim=(2, 3)) if seen.ndim == 4 else seen[:, 0]  # the mean of a map, or the token for it all

    def with_network(self, network: torch.nn.Module, *, tuned: bool = False) -> Backbone:
        """The same with other weights.

        Args:
            tuned: whether it has learnt what it shall, so that its vectors are those of another space.
        """
        return (
            replace(self, origin="tuned", network=network, space=_hash(network, self.side))
            if tuned
            else replace(self, network=network)
        )

    def with_weights(self, weights: dict[str, torch.Tensor]) -> Backbone:
        """The same, fine-tuned to these weights."""
        import copy

        network = copy.deepcopy(self.network)
        network.load_state_dict(weights)
        return self.with_network(network, tuned=True)


def load_backbone(settings: BackboneSettings, on_event: Listener = lambda _: None) -> Backbone:
    """The network that the settings name.

    The usual one has random weights, and says so, where it is neither on this computer nor to be had.

    Raises:
        PrepError: there is no such network, it is none of vision, or kept in a way that could run anything.
    """
    quiet()
    path = Path(settings.network).expanduser()
    if path.exists() or path.is_absolute() or path.suffix in {".pth", ".pt", ".bin", ".pkl", ".safetensors"}:
        network, origin = _loaded(_checked(path)), "pretrained"
    elif (folder := _found(settings, on_event)) is not None:
        network, origin = _loaded(folder), "pretrained"
        path = folder
    elif settings.network == USUAL:
        network, origin = _random(), "random"
        on_event(
            Said(
                text=f"The network {USUAL} is not on this computer and could not be had, so its weights are random: "
                "scans are sorted by their colours and ink first of all. Run it once online, or name a folder with "
                "its config.json and model.safetensors as shelf.backbone.network.",
                level="warning",
            )
        )
    else:
        raise PrepError(
            f"There is no network {settings.network} on this computer, and it could not be had; go online once, or "
            "name a folder with its config.json and model.safetensors."
        )
    return _ready(settings, origin, network, path)


def choose_device(asked: str = "auto") -> torch.device:
    """The device of that name, or the quickest one.

    Raises:
        PrepError: there is no such device here.
    """
    import torch

    if asked == "auto":
        return torch.device(
            "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        )
    try:
        device = torch.device(asked)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError):  # torch's answers to a device that it has not here
        raise PrepError(f"There is no device {asked!r} here; leave shelf.backbone.device at auto.") from None
    return device


@contextmanager
def half_precision(device: torch.device) -> Iterator[None]:
    """Have a GPU compute in bfloat16 where it does so quicker."""
    import torch

    able = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    with torch.autocast(device.type, torch.bfloat16, enabled=able):
        yield


def quiet() -> None:
    """Keep transformers from writing over a screen."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from huggingface_hub.utils import disable_progress_bars
        from transformers.utils import logging

    disable_progress_bars()
    logging.disable_progress_bar()
    logging.set_verbosity_error()


def _checked(path: Path) -> Path:
    """A folder that holds a network, or a clear word why not."""
    if path.suffix in {".pth", ".pt", ".bin", ".pkl"}:
        raise PrepError(
            f"{path} is a pickle, which can run anything when it is opened; save the network with save_pretrained, "
            "which makes a folder of config.json and model.safetensors, and name that folder."
        )
    if not path.is_dir():
        raise PrepError(f"{path} is no folder; name the one that holds config.json and model.safetensors.")
    for need in ("config.json", "model.safetensors"):
        if not (path / need).is_file() and not (path / f"{need}.index.json").is_file():
            others = ", but pickles, which can run anything" if any(path.glob("*.bin")) else ""
            raise PrepError(f"{path} has no {need}{others}; save the network with save_pretrained and name its folder.")
    return path


def _found(settings: BackboneSettings, on_event: Listener) -> Path | None:
    """The folder of a network by its name: in the cache, or else downloaded."""
    from huggingface_hub import snapshot_download

    for local in (True, False):
        if not local and not settings.download:
            return None
        try:
            if not local:
                on_event(Said(text=f"Looking for the network {settings.network} online, some 90 MB, once."))
            folder = snapshot_download(
                settings.network, allow_patterns=list(_NEEDED), local_files_only=local, etag_timeout=_WAIT_S
            )
            return _checked(Path(folder))
        except (OSError, ValueError, PrepError):
            continue
        except Exception as error:  # noqa: BLE001 - errors of the network's maker's own are of many kinds
            on_event(Said(text=f"{settings.network} can't be had: {type(error).__name__}.", level="warning"))
    return None


def _loaded(folder: Path) -> torch.nn.Module:
    from safetensors import SafetensorError
    from transformers import AutoModel

    try:
        network, info = AutoModel.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, output_loading_info=True
        )
    except (*_UNLIKE, SafetensorError) as error:
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise PrepError(f"{folder} holds no network that can be used: {reason}.") from error
    if missing := [name for name in info["missing_keys"] if "pooler" not in name]:
        raise PrepError(f"{folder} holds not all weights of its network: {sorted(missing)[0]} is missing.")
    return network


def _random() -> torch.nn.Module:
    import torch
    from transformers import ResNetConfig, ResNetModel

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        config = ResNetConfig(depths=[3, 4, 6, 3], hidden_sizes=[64, 128, 256, 512], layer_type="basic")
        return ResNetModel(config)


def _ready(settings: BackboneSettings, origin: Any, network: Any, path: Path) -> Backbone:
    import torch

    told = getattr(network.config, "image_size", None)
    side = told if isinstance(told, int) else settings.side
    device = choose_device(settings.device)
    network = network.float().to(device, memory_format=torch.channels_last).eval()
    backbone = Backbone(settings.network, origin, network, _hash(network, side), 0, side, **_preprocessing(path))
    try:
        vectors = backbone.embed(np.zeros((1, backbone.side, backbone.side, 3), np.uint8))
    except _UNLIKE as error:
        raise PrepError(f"{settings.network} is no network that sees pictures ({type(error).__name__}).") from error
    return replace(backbone, width=vectors.shape[1])


def _preprocessing(path: Path) -> dict[str, tuple[float, ...]]:
    """The mean and deviation of colours that a network was trained with, where its folder tells them."""
    import json

    try:
        told = json.loads((path / "preprocessor_config.json").read_text(encoding="utf-8"))
        mean, deviation = (tuple(float(each) for each in told[key]) for key in ("image_mean", "image_std"))
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    fit = len(mean) == len(deviation) == 3 and all(each > 0 for each in deviation)
    return {"mean": mean, "deviation": deviation} if fit else {}


def _hash(network: torch.nn.Module, side: int) -> str:
    told = hashlib.sha256(str(side).encode())
    for name, values in sorted(network.state_dict().items()):
        told.update(name.encode())
        told.update(values.detach().cpu().contiguous().numpy().tobytes())
    return told.hexdigest()[:16]
