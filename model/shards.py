"""Drawings that stay on the disk while a network learns them; what is done to them is as for those in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drawing.shards import Drawings, Moments, Shards, read_shards
from model.clean import LeftOut, check_scale, is_place, no_train, reach
from model.data import Data
from model.errors import BadData
from model.settings import DataSettings

SIMPLIFIED_MOST = 20_000
"""Most drawings that are simplified while reading, since what becomes of them is kept in memory."""


def read_sharded(path: Path, settings: DataSettings) -> Data:
    """Open a folder of shards for training; see model.data.read_data.

    Raises:
        BadData: nothing to train on is in it, or very many drawings are too long.
        UnreadableFile: see drawing.shards.
    """
    shards = read_shards(path)
    manifest = shards.manifest
    train = manifest.splits.get("train", ())
    if not train:
        raise no_train(path, manifest.splits)
    points, drawings = sum(each.points for each in train), sum(each.drawings for each in train)
    first, others = sum(each.first_length for each in train), sum(each.rest_length for each in train)
    place = is_place(first, drawings, others, points - drawings)
    dropped = settings.drop_first == "yes" or (settings.drop_first == "auto" and place)
    whole = settings.dequantise == "yes" or (settings.dequantise == "auto" and all(each.whole for each in train))
    left = LeftOut()

    def choose(records: NDArray[Any], lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
        first, rest = records["first"], records["rest"]
        return left.choose(lengths, records["side"], rest if dropped else reach(first, rest), manifest.size)

    splits = {split: shards.drawings(split, dropped, choose) for split in manifest.splits}
    long = sum(int((each.lengths > settings.max_points).sum()) for each in splits.values())
    if long > SIMPLIFIED_MOST:
        raise BadData(
            f"{path} has {long:,} drawings of more than {settings.max_points} points, too many to simplify now; "
            f"write it anew with dataset convert --max-points {settings.max_points}, or set data.max_points higher."
        )
    splits = {split: _simplified(each, settings, left) for split, each in splits.items()}
    left.check(path, len(splits["train"]))
    n_max = max(int(each.lengths.max()) for each in splits.values() if len(each))
    scale = _scale(shards, splits["train"], dropped)
    check_scale(path, scale, manifest.size)
    notes = tuple(left.notes(settings, dropped))
    return Data(splits, scale, n_max, manifest.size, shards.hash, dropped, whole, notes)


def _simplified(drawings: Drawings, settings: DataSettings, left: LeftOut) -> Drawings:
    for index in np.flatnonzero(drawings.lengths > settings.max_points).tolist():
        rows = left.simplified(drawings[index], settings)
        drawings.instead[int(drawings.begins[index])] = rows
        drawings.lengths[index] = len(rows)
    kept = drawings.lengths > 0
    if kept.all():
        return drawings
    return Drawings(drawings.files, drawings.begins[kept], drawings.lengths[kept], drawings.instead)


def _scale(shards: Shards, train: Drawings, dropped: bool) -> float:
    """One standard deviation over the offsets that are learnt; only of shards with a change are rows read."""
    found = Moments()
    bounds = np.cumsum([0, *(file.about.points for file in train.files)])
    cuts = np.searchsorted(train.begins, bounds)
    for number, file in enumerate(train.files):
        about = file.about
        here = range(int(cuts[number]), int(cuts[number + 1]))
        rows = int(train.lengths[here.start : here.stop].sum())
        # whatever was left out or simplified has fewer rows now
        if rows == about.points - about.drawings * dropped:
            found += about.rest if dropped else about.first + about.rest
        elif len(here):
            found += Moments.of(np.concatenate([train[index] for index in here]))
    return found.deviation
