"""For tests of what is seen in scans: a studio of small pages, and a network of a few thousand weights."""

from __future__ import annotations

from pathlib import Path

from small_pages import put_page

from prep.catalog import open_catalog
from prep.finding import find
from studio.folder import Studio, create_studio

KINDS = {"art": "drawing", "notes": "notes", "cover": "cover"}


def shelf_of(folder: Path, **counts: int) -> Studio:
    """A studio with one book, so many small pages in each of its folders, and its catalog filled."""
    studio = create_studio(folder)
    for part, count in counts.items():
        for number in range(count):
            put_page(studio.sketchbooks / "sb01" / part / f"{part}{number:02}.jpg", KINDS.get(part, "drawing"), number)
    look_anew(studio)
    return studio


def look_anew(studio: Studio) -> None:
    """What the stage find does."""
    with open_catalog(studio) as catalog:
        find(catalog, studio)


def tiny_network(folder: Path) -> Path:
    """A folder with a network, as transformers keeps one."""
    import torch
    from transformers import ResNetConfig, ResNetModel

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        config = ResNetConfig(depths=[1, 1], hidden_sizes=[8, 16], embedding_size=8, layer_type="basic")
        ResNetModel(config).save_pretrained(folder)
    return folder
