from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from seen_shelf import look_anew, shelf_of, tiny_network
from small_pages import put_page

import prep.embed
from prep.backbone import BackboneSettings, load_backbone
from prep.catalog import open_catalog
from prep.classify import ClassifySettings, fine_tune, load_tuned, read_tuned
from prep.embed import Embedded, embed_scans
from prep.vision import see
from studio.events import Event, Measured, Progress, Said
from studio.folder import Studio, open_studio

FEW = ClassifySettings(epochs=2, side=32)


@dataclass(frozen=True)
class Shelf:
    studio: Studio
    network: BackboneSettings

    def see(self, classify: ClassifySettings = FEW, **more: Any) -> Any:
        with open_catalog(self.studio) as catalog:
            return see(self.studio, catalog, self.network, classify, **more)

    def count(self, table: str) -> int:
        with open_catalog(self.studio) as catalog:
            return catalog.rows(f"SELECT count(*) FROM {table}")[0][0]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> BackboneSettings:
    return BackboneSettings(network=str(tiny_network(tmp_path_factory.mktemp("n") / "tiny")), device="cpu")


@pytest.fixture(autouse=True)
def small_lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prep.lessons.LEAST_IN_ALL", 12)
    monkeypatch.setattr("prep.classify._FEWEST_STEPS", 8)
    monkeypatch.setattr("prep.classify._BATCH", 4)


def test_a_shelf_is_seen_once_and_then_only_what_is_new(tmp_path: Path, network: BackboneSettings) -> None:
    shelf = Shelf(shelf_of(tmp_path / "s", art=10, notes=5, priv=1), network)
    told: list[Event] = []
    seen = shelf.see(on_event=told.append)
    assert (seen.before.fresh, seen.after.fresh, shelf.count("looks"), shelf.count("vectors")) == (15, 15, 15, 30)
    doing = [f"{each.doing} {each.done} of {each.total}" for each in told if isinstance(each, Progress)]
    assert [doing[0], doing[2], doing[-1]] == [
        "loading the network 0 of 0", "looking at scan 15 of 15", "describing scan 15 of 15"
    ]  # fmt: skip
    lessons = [each for each in told if isinstance(each, Progress) and each.what == "lesson"]
    assert (lessons[0].done, lessons[-1].done) == (1, lessons[-1].total)
    assert [each.most_s is not None and 0 < each.most_s < 300 for each in lessons] == [True] * len(lessons)
    tuned = read_tuned(shelf.studio)
    assert tuned is not None
    assert tuned.classes == ("art", "notes")
    assert [sum(row) for row in tuned.confusion] == [2, 1]
    assert tuned.accuracy == pytest.approx(sum(tuned.confusion[n][n] for n in range(2)) / 3)
    put_page(shelf.studio.sketchbooks / "sb01" / "art" / "new.png", "drawing", 99)
    (shelf.studio.sketchbooks / "sb01" / "art" / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\nnot much")
    look_anew(shelf.studio)
    seen = shelf.see()
    assert (seen.before.fresh, shelf.count("looks"), shelf.count("vectors")) == (1, 16, 32)
    assert [each.name for each in seen.before.skipped] == ["sb01/art/torn.png"]
    assert read_tuned(shelf.studio) == tuned, "new scans teach it nothing: they come into the clusters that there are"
    (shelf.studio.sketchbooks / "sb01" / "art" / "torn.png").unlink()
    look_anew(shelf.studio)
    assert shelf.see().before == Embedded()
    shelf.see(ClassifySettings(epochs=3, side=32), anew=True)
    again = read_tuned(shelf.studio)
    assert again is not None
    assert again.after != tuned.after
    shelf.see(ClassifySettings(epochs=3, side=32), anew=True)
    assert read_tuned(shelf.studio) == again, "the same lessons are not taught twice"
    with open_catalog(shelf.studio) as catalog:
        spaces = {row[0] for row in catalog.rows("SELECT DISTINCT space FROM vectors")}
    assert spaces == {again.before, again.after}, "vectors of a network that is no more are gone"


def test_after_a_crash_it_goes_on_at_the_next_batch(
    tmp_path: Path, network: BackboneSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(shelf_of(tmp_path / "s", art=7), network)
    monkeypatch.setattr("prep.embed.BATCH", 2)
    monkeypatch.setattr("prep.embed.cores", lambda: 1)
    with open_catalog(shelf.studio) as catalog:
        calls = count()
        outcome = embed_scans(shelf.studio, catalog, should_stop=lambda: next(calls) > 1)
        assert outcome.stopped
        done = outcome.fresh
        assert 0 < done < 7

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as broken, pytest.raises(OSError, match="No space"):
            broken.setattr(prep.embed, "_put", full)
            embed_scans(shelf.studio, catalog)
        assert embed_scans(shelf.studio, catalog).fresh == 7 - done


def test_a_stopped_course_goes_on_to_the_same_end(tmp_path: Path, network: BackboneSettings) -> None:
    settings = ClassifySettings(epochs=3, side=32)
    ends: list[str] = []
    for name in ("whole", "stopped"):
        studio = shelf_of(tmp_path / name, art=8, notes=5)
        with open_catalog(studio) as catalog:
            embed_scans(studio, catalog)
            backbone = load_backbone(network)
            if name == "stopped":
                told: list[Event] = []
                stop = lambda told=told: any(isinstance(each, Measured) for each in told)  # noqa: E731
                assert fine_tune(studio, catalog, backbone, settings, told.append, stop) is None
                assert load_tuned(studio, backbone) is None
                steps = [each for each in told if isinstance(each, Measured)]
                assert len(steps) == 1
            told = []
            tuned = fine_tune(studio, catalog, backbone, settings, told.append)
            assert tuned is not None
            ends.append(tuned.space)
            steps = [each.step for each in told if isinstance(each, Measured)]
            assert steps == ([1, 2, 3, 4] if name == "whole" else [2, 3, 4])
            kept = load_tuned(studio, backbone)
            assert kept is not None
            assert kept.space == tuned.space
            assert load_tuned(studio, replace(backbone, space="of others")) is None
            names = {path.name for path in (studio.preparation / "pages").iterdir()}
            assert names == {"network.json", "network.safetensors"}, "what it took to go on is gone"
    assert ends[0] == ends[1]


@pytest.mark.parametrize(("counts", "said"), [({"art": 13}, "13 scans of art"), ({"art": 3, "notes": 2}, "no class")])
def test_too_little_to_learn_from_is_said(
    tmp_path: Path, network: BackboneSettings, counts: dict[str, int], said: str
) -> None:
    shelf = Shelf(shelf_of(tmp_path / "s", **counts), network)
    told: list[Event] = []
    seen = shelf.see(on_event=told.append)
    assert seen.after is None
    assert seen.before.fresh == shelf.count("vectors") == sum(counts.values())
    assert any(isinstance(each, Said) and said in each.text for each in told)


def test_a_damaged_fine_tuned_network_is_taught_anew(tmp_path: Path, network: BackboneSettings) -> None:
    shelf = Shelf(shelf_of(tmp_path / "s", art=7, notes=5), network)
    shelf.see()
    before = read_tuned(shelf.studio)
    (open_studio(shelf.studio.folder).preparation / "pages" / "network.safetensors").write_bytes(b"torn")
    put_page(shelf.studio.sketchbooks / "sb01" / "art" / "new.png", "drawing", 99)
    look_anew(shelf.studio)
    shelf.see()
    assert read_tuned(shelf.studio) != before
    np.testing.assert_equal(shelf.count("vectors"), 26)
