from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sketchbooks import filled_studio, put_red_tag

from drawing.npz import read_about, read_npz, write_npz
from prep import dataset
from prep.catalog import open_catalog
from prep.decisions import tag_scans
from prep.engine import EngineSettings
from prep.finding import refresh
from prep.pipeline import run_stages, status
from prep.privacy import forget_scans
from prep.select import SelectSettings
from prep.settings import DatasetSettings, PrepSettings
from studio.errors import StudioError
from studio.events import Event, Said
from studio.folder import Studio
from tui.main import run

SETTINGS = PrepSettings(
    engine=EngineSettings(scheduler="serial"),
    select=SelectSettings(cut=0),
    dataset=DatasetSettings(valid=0.25, test=0.25, reverse=True),
)


@pytest.fixture
def studio(tmp_path: Path, told_scans: list[Path]) -> Studio:
    studio = filled_studio(tmp_path / "s", 5)
    run_stages(studio, SETTINGS)
    return studio


def hide(studio: Studio, *scans: int) -> list[str]:
    with open_catalog(studio) as catalog:
        tag_scans(catalog, scans, "private")
        return forget_scans(catalog, studio, scans)


def scans_of(path: Path) -> list[str]:
    """Of which scans an archive has drawings, as often as it has them."""
    archive = read_npz(path)
    told = archive.about["drawings"]
    assert {split: len(rows) for split, rows in archive.splits.items()} == {split: len(told[split]) for split in told}
    return sorted(item["scan"] for split in told.values() for item in split)


def test_a_scan_that_becomes_private_is_taken_out_of_every_dataset_at_once(studio: Studio) -> None:
    path, other = studio.datasets / "sketchbooks.npz", studio.datasets / "other.npz"
    run_stages(studio, SETTINGS.model_copy(update={"dataset": DatasetSettings(name="again")}))
    write_npz(other, read_npz(path).splits, {"source": "somebody else"})
    before, sheet = {each: each.read_bytes() for each in studio.datasets.iterdir()}, path.with_suffix(".png")
    (train, *_) = read_about(path)["drawings"]["train"]
    number = int(train["page"][-1])
    said = hide(studio, number)
    left = [f"sb01/art/00{each}.png" for each in (1, 2, 3, 4, 5) if each != number]
    assert sorted(set(scans_of(path))) == left
    assert scans_of(studio.datasets / "again.npz") == left
    assert len(said) == 2
    assert said[1].startswith("2 of ")  # once forwards and once backwards
    assert said[1].endswith("drawings were taken out of datasets/sketchbooks.npz")
    assert said[1] in path.with_suffix(".md").read_text()
    assert sheet.read_bytes() != before[sheet]
    assert other.read_bytes() == before[other]
    told = {each["name"]: each["todo"] for each in status(studio, SETTINGS)["stages"]}
    assert (told["select"], told["dataset"]) == (1, 1)


def test_a_private_scan_is_known_by_its_content_whatever_it_was_called(studio: Studio) -> None:
    art, path = studio.sketchbooks / "sb01/art", studio.datasets / "sketchbooks.npz"
    for number in (5, 4, 3):
        (art / f"00{number}.png").rename(art / f"00{number + 1}.png")
    with open_catalog(studio) as catalog:
        refresh(catalog, studio)
        (row,) = catalog.rows("SELECT id FROM scans WHERE name = 'sb01/art/004.png'")
    hide(studio, row["id"])
    assert sorted(set(scans_of(path))) == [f"sb01/art/00{number}.png" for number in (1, 2, 4, 5)]


def test_a_dataset_is_never_half_without_a_private_scan(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    path = studio.datasets / "sketchbooks.npz"
    before = path.read_bytes()

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("drawing.npz.np.savez_compressed", full)
        with pytest.raises(StudioError, match="No space left"):
            hide(studio, 1)
    assert path.read_bytes() == before
    with open_catalog(studio) as catalog:
        forget_scans(catalog, studio, [1])
    assert "sb01/art/001.png" not in scans_of(path)
    assert path.with_suffix(".png").exists()


def test_where_no_drawing_is_left_nothing_is_left_and_a_run_ends_clean(studio: Studio) -> None:
    (said,) = hide(studio, 1, 2, 3, 4, 5)
    assert said == "datasets/sketchbooks.npz held nothing else to learn from, and is deleted"
    assert list(studio.datasets.iterdir()) == []
    events: list[Event] = []
    for _ in range(2):
        assert run_stages(studio, SETTINGS, on_event=events.append).dataset is None
    assert [each.text for each in events if isinstance(each, Said)] == [
        "there are no drawings to make a dataset of"
    ] * 2
    assert not list(studio.preparation.glob("points.*"))
    assert {each["name"]: (each["done"], each["todo"]) for each in status(studio, SETTINGS)["stages"]} == dict.fromkeys(
        ("find", "look", "sort", "trace", "sift", "select", "dataset"), (0, 0)
    )


def test_what_becomes_private_while_a_dataset_is_written_is_not_in_it(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_archive = dataset.write_archive

    def write(path: Path, *rest: Any) -> dict[str, Any]:
        hide(studio, 1)
        return write_archive(path, *rest)

    monkeypatch.setattr(dataset, "write_archive", write)
    run_stages(studio, SETTINGS.model_copy(update={"dataset": DatasetSettings(name="again")}), first="dataset")
    assert "sb01/art/001.png" not in scans_of(studio.datasets / "again.npz")


def test_a_red_tag_since_scans_were_found_keeps_drawings_out_whatever_stage_a_run_begins_with(studio: Studio) -> None:
    put_red_tag(studio.sketchbooks / "sb01/art/001.png")
    events: list[Event] = []
    again = SETTINGS.model_copy(update={"dataset": DatasetSettings(name="again")})
    run_stages(studio, again, first="select", on_event=events.append)
    assert "sb01/art/001.png" not in scans_of(studio.datasets / "again.npz")
    assert "sb01/art/001.png" not in scans_of(studio.datasets / "sketchbooks.npz")
    assert [each.text.partition(" drawings ")[2] for each in events if isinstance(each, Said)] == [
        "were taken out of datasets/sketchbooks.npz"
    ]


def test_drawings_are_taken_out_of_a_copy_that_was_made_simpler_too(studio: Studio) -> None:
    path, copy = studio.datasets / "sketchbooks.npz", studio.datasets / "simple.npz"
    assert run(["dataset", "convert", str(path), str(copy), "--max-points", "20"]) == 0
    hide(studio, 1)
    assert sorted(set(scans_of(copy))) == [f"sb01/art/00{number}.png" for number in (2, 3, 4, 5)]
    assert copy.with_suffix(".png").exists()
    (studio.sketchbooks / "sb01/art/002.png").rename(studio.sketchbooks / "sb01/art/009.png")
    with open_catalog(studio) as catalog:
        refresh(catalog, studio)
    hide(studio, 2)
    assert sorted(set(scans_of(copy))) == [f"sb01/art/00{number}.png" for number in (3, 4, 5)]
