"""The tray by itself: files in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from screens import recipe, star

from drawing.recipe import Recipe
from drawing.svg import read_svg
from studio.errors import StudioError
from tui.sheets import sketch_name
from tui.tray import Tray


def test_what_was_kept_comes_back_with_its_recipe_in_the_order_it_was_kept(kept: Path) -> None:
    tray = Tray(kept / "sketches")
    tray.load()
    assert [each.name for each in tray.kept] == ["star-3", "star-4", "star-5"]
    assert [each.recipe for each in tray.kept] == [recipe(3), recipe(4), recipe(5)]
    assert tray.kept[0].drawing == star(3)
    assert tray.find(recipe(4)) == tray.kept[1]
    assert tray.find(recipe(9)) is None


def test_a_drawing_is_kept_once_and_a_name_is_never_taken_from_another(tmp_path: Path) -> None:
    tray = Tray(tmp_path)
    first = tray.keep(star(3), recipe(3), "star")
    assert tray.keep(star(3), recipe(3), "star") is first
    second = tray.keep(star(4), recipe(4), "star")
    assert (first.path.name, second.path.name) == ("star.svg", "star-2.svg")
    assert read_svg(first.path).recipe == recipe(3)


def test_what_is_put_out_comes_back_as_it_was_to_where_it_was(kept: Path) -> None:
    tray = Tray(kept / "sketches")
    tray.load()
    middle = tray.kept[1]
    before = middle.path.read_bytes()
    out = tray.put_out(middle)
    assert not middle.path.exists()
    assert tray.find(recipe(4)) is None
    tray.put_back(out)
    assert middle.path.read_bytes() == before
    assert tray.kept[1] == middle


def test_a_file_that_can_not_be_read_is_told_and_hides_no_other(kept: Path) -> None:
    (kept / "sketches" / "torn.svg").write_text("<svg")
    tray = Tray(kept / "sketches")
    tray.load()
    assert len(tray.kept) == 3
    assert len(tray.skipped) == 1
    assert "torn.svg" in tray.skipped[0]


def test_a_small_picture_tells_seed_and_temperature_unless_the_file_was_given_a_name(tmp_path: Path) -> None:
    tray = Tray(tmp_path)
    warm, warmer, walked = (
        recipe(12),
        recipe(12, temperature=0.35),
        Recipe(kind="interpolate", seed=7, temperature=0.1, index=2),
    )
    for number, each in enumerate((warm, warmer, walked)):
        tray.keep(star(3 + number), each, sketch_name("portraits-of-a-long-name", each))
    assert [kept.label for kept in tray.kept] == ["seed 12 · 0.30", "seed 12 · 0.35", "step 3 · 0.10"]
    tray.kept[0].path.rename(tmp_path / "grandmother.svg")
    assert tray.follow()
    assert "grandmother" in [kept.label for kept in tray.kept]


def test_files_that_come_or_go_behind_its_back_are_noticed_once(kept: Path) -> None:
    tray = Tray(kept / "sketches")
    assert tray.follow()
    assert not tray.follow()
    tray.keep(star(6), recipe(6), "star-6")
    assert not tray.follow()
    (kept / "sketches" / "star-4.svg").unlink()
    assert tray.follow()
    assert [each.name for each in tray.kept] == ["star-3", "star-5", "star-6"]
    assert not tray.follow()


def test_what_somebody_else_deleted_can_still_be_put_out_and_comes_back(kept: Path) -> None:
    tray = Tray(kept / "sketches")
    tray.load()
    gone = tray.kept[1]
    gone.path.unlink()
    out = tray.put_out(gone)
    tray.put_back(out)
    assert read_svg(gone.path).recipe == recipe(4)
    assert read_svg(gone.path).drawing == star(4)
    gone.path.unlink()
    tray.follow()
    tray.put_back(tray.put_out(gone))
    assert [each.name for each in tray.kept] == ["star-3", "star-5", "star-4"]


def test_what_comes_back_takes_no_name_from_another(kept: Path) -> None:
    tray = Tray(kept / "sketches")
    tray.load()
    out = tray.put_out(tray.kept[0])
    out.kept.path.write_text("somebody else's")
    tray.put_back(out)
    assert out.kept.path.read_text() == "somebody else's"
    assert [each.name for each in tray.kept] == ["star-3-2", "star-4", "star-5"]
    assert read_svg(tray.kept[0].path).recipe == recipe(3)


def test_a_file_that_goes_while_the_folder_is_read_is_told(kept: Path) -> None:
    tray = Tray(kept / "sketches")
    tray.load([kept / "sketches" / "star-3.svg", kept / "sketches" / "gone.svg"])
    assert [each.name for each in tray.kept] == ["star-3"]
    assert "gone.svg" in tray.skipped[0]


def test_nothing_is_kept_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "sketches").write_text("a file where the folder should be")
    tray = Tray(tmp_path / "sketches")
    with pytest.raises(StudioError, match="can't be written"):
        tray.keep(star(3), recipe(3), "star")
    assert tray.kept == []
