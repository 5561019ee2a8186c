"""All that is seen in the scans of a shelf: looks, embeddings by a network, and by the same taught their folders."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from prep.backbone import BackboneSettings, load_backbone
from prep.catalog import Catalog
from prep.classify import ClassifySettings, fine_tune, load_tuned
from prep.embed import Embedded, embed_scans, wanted
from studio.events import Listener, Progress
from studio.files import write_text
from studio.folder import Studio

_FILE = "pages/seen.json"


@dataclass(frozen=True)
class Seen:
    """What seeing came to."""

    before: Embedded
    """By the network as it came."""
    after: Embedded | None
    """By the fine-tuned one; None if there is none."""


def see(
    studio: Studio,
    catalog: Catalog,
    backbone: BackboneSettings,
    classify: ClassifySettings,
    on_event: Listener = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
    *,
    anew: bool = False,
) -> Seen:
    """Look at scans that are new or changed, and embed them by both networks; the second is taught first, once.

    It is not taught again because scans have come: those come into the clusters that there are.

    Args:
        anew: teach the network again; clusters are then made anew too, and labels taken over.

    Raises:
        PrepError: there is no such network.
    """
    if not anew and _is_seen(studio, catalog, backbone, classify):
        return Seen(Embedded(), None)
    on_event(Progress(done=0, total=0, what="network", doing="loading the network"))
    network = load_backbone(backbone, on_event)
    tuned = None if anew else load_tuned(studio, network)
    networks = [network] if tuned is None else [network, tuned]
    before = embed_scans(studio, catalog, networks, on_event, should_stop)
    if before.stopped:
        return Seen(before, None)
    after = before if tuned is not None else None
    if tuned is None:
        tuned = fine_tune(studio, catalog, network, classify, on_event, should_stop)
        if tuned is not None:
            networks.append(tuned)
            after = embed_scans(studio, catalog, [tuned], on_event, should_stop)
    if not should_stop():
        spaces = [each.space for each in networks]
        _forget_others(catalog, spaces)
        write_text(studio.preparation / _FILE, json.dumps({"asked": _asked(backbone, classify), "spaces": spaces}))
    return Seen(before, after)


def _asked(backbone: BackboneSettings, classify: ClassifySettings) -> list[Any]:
    return [backbone.network, classify.epochs > 0]


def _is_seen(studio: Studio, catalog: Catalog, backbone: BackboneSettings, classify: ClassifySettings) -> bool:
    """Whether there is nothing to do, told without loading a network."""
    try:
        told = json.loads((studio.preparation / _FILE).read_text(encoding="utf-8"))
        return told["asked"] == _asked(backbone, classify) and not wanted(catalog, told["spaces"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _forget_others(catalog: Catalog, spaces: list[str]) -> None:
    """Take vectors of networks that are no longer used out of the catalog."""
    places = ", ".join("?" * len(spaces))
    if catalog.one(f"SELECT 1 FROM vectors WHERE space NOT IN ({places}) LIMIT 1", spaces):
        with catalog.change() as db:
            db.execute(f"DELETE FROM vectors WHERE space NOT IN ({places})", spaces)
