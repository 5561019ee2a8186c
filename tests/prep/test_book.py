from __future__ import annotations

import multiprocessing
import os
import signal

import pytest

from prep import book
from prep.artist import ArtistSettings, sketch
from prep.book import about_book, draw_book, recipe_of, split_book

SETTINGS = ArtistSettings()


def test_a_book_holds_the_sketches_of_its_seed_in_order() -> None:
    told: list[int] = []
    sketches = list(draw_book(3, 12, SETTINGS, told.append))
    assert [each.index for each in sketches] == list(range(12))
    assert sketches[7] == sketch(3, 7, SETTINGS)
    assert told == [12]


def test_a_large_book_is_drawn_by_several_processes_and_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = list(draw_book(3, 40, SETTINGS))
    monkeypatch.setattr(book, "POOL_FROM", 1)
    monkeypatch.setattr(book, "CHUNK", 16)
    told: list[int] = []
    assert list(draw_book(3, 40, SETTINGS, told.append)) == alone
    assert told == [16, 32, 40]


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")
def test_ctrl_c_does_not_reach_the_workers_and_leaves_none_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "POOL_FROM", 1)
    monkeypatch.setattr(book, "CHUNK", 8)

    def interrupt(done: int) -> None:
        for child in multiprocessing.active_children():
            assert child.pid is not None
            os.kill(child.pid, signal.SIGINT)
        if done == 24:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(draw_book(3, 800, SETTINGS, interrupt))
    assert multiprocessing.active_children() == []


def test_each_sketch_goes_to_one_split_whatever_the_size_of_the_book() -> None:
    small, large = split_book(list(draw_book(1, 40, SETTINGS))), split_book(list(draw_book(1, 80, SETTINGS)))
    assert {split: len(entries) for split, entries in large.items()} == {"train": 72, "valid": 4, "test": 4}
    for split, entries in small.items():
        assert [entry.drawing for entry in entries] == [entry.drawing for entry in large[split][: len(entries)]]


def test_a_sketch_is_drawn_again_from_its_recipe() -> None:
    entry = split_book(list(draw_book(5, 20, SETTINGS)))["valid"][0]
    assert entry.recipe is not None
    assert entry.recipe.index is not None
    again = sketch(entry.recipe.seed, entry.recipe.index)
    assert again.drawing == entry.drawing
    assert recipe_of(again) == entry.recipe


def test_an_archive_says_where_it_comes_from() -> None:
    about = about_book(5, SETTINGS)
    assert about["seed"] == 5
    assert ArtistSettings.model_validate(about["settings"]) == SETTINGS
