"""What the pages say is so: links lead somewhere, keys do what is told, messages and files are the program's own."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest
from documented import PAGES, ROOT
from keys_reference import bindings, key_name, keys_by_id

from drawing.recipe import Recipe
from model.looks import BEST, NEWEST, RESUME
from studio.events import Event
from studio.folder import FOLDERS

SCREENS = {
    "3 Sample: drawings at once": ("sample", "stepping"),
    "4 Interpolate: from one to another": ("interpolate",),
    "5 Plot: calm, exact, safe": ("plot",),
    "The tray": ("tray",),
    "1 Prepare: from scans to a dataset": ("prepare", "scan"),
    "2 Train: watch it learn": ("train",),
}
"""Sections of the tour, and whose keys they name."""
EVERYWHERE = ("app", "grid", "gallery", "thumbs", "screen", "zoom")
KEY = re.compile(r"`([^`\s]|enter|space|esc|backspace|delete|(?:ctrl|shift)\+\w|F\d+)`")
"""A key as the pages write it."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8")):
        path, _, place = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        if place:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert place in [_anchor(each) for each in headings], target


def test_every_picture_is_shown_somewhere_and_small() -> None:
    shown = {each for page in PAGES for each in re.findall(r"pictures/([\w.-]+)", page.read_text(encoding="utf-8"))}
    card = (ROOT / "model" / "checkpoints" / "portraits.md").read_text(encoding="utf-8")
    shown |= set(re.findall(r"pictures/([\w.-]+)", card))
    pictures = {path.name: path.stat().st_size for path in (ROOT / "docs" / "pictures").iterdir()}
    assert set(pictures) == shown
    assert sum(pictures.values()) < 3_000_000


def test_every_key_of_the_tour_does_what_is_told() -> None:
    tour = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
    keys = keys_by_id()
    told = re.findall(r"^\| (.*?) \| (.*?) <!-- (.*?) --> \|$", tour, re.MULTILINE)
    assert len(told) > 40
    for pressed, what, ids in told:
        named = {each.lower() if len(each) > 1 else each for each in KEY.findall(f"{pressed} {what}")}
        theirs = {each.lower() if len(each) > 1 else each for name in ids.split() for each in keys[name]}
        assert {each.lower() if len(each) > 1 else each for each in KEY.findall(pressed)} <= theirs, (pressed, ids)
        assert all(keys[name] & named or {each.lower() for each in keys[name]} & named for name in ids.split()), ids


def test_every_key_that_the_tour_names_is_one_of_its_screen() -> None:
    tour = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
    found = bindings()
    for title, prefixes in SCREENS.items():
        section = tour.partition(f"## {title}\n")[2].partition("\n## ")[0]
        known = {key_name(each.key).lower() for name in (*prefixes, *EVERYWHERE) for each in found.get(name, ())}
        assert section, title
        for key in KEY.findall(section):
            assert key.lower() in known, (title, key)


def test_every_message_of_the_troubleshooting_is_one_of_the_program() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    messages = re.findall(r"^\| (?:\w+: )?`(.*?)` \|", page, re.MULTILINE)
    assert len(messages) > 40
    texts = _texts()
    for message in messages:
        for part in message.split("…"):
            words = part.strip(" .,;:()×")
            assert not re.search(r"\w{3}", words) or any(words in text for text in texts), (message, words)


def test_the_formats_name_what_the_program_writes() -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    for folder in FOLDERS:
        assert f"`{folder}/" in page, folder
    for name in (*Recipe.model_fields, NEWEST, BEST, RESUME):
        assert f"`{name}`" in page, name
    for kind in Event.__subclasses__():
        if kind.__name__ != "Unknown":
            assert kind.__name__.lower() in page, kind


def test_readme_says_what_the_check_script_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test" in script
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")


def _anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@functools.cache
def _texts() -> list[str]:
    """Every text in the sources, and the Makefile; what is put into it as it runs is a gap in it."""
    found = [(ROOT / "Makefile").read_text(encoding="utf-8")]
    for room in ("configs", "studio", "drawing", "prep", "model", "plotter", "tui"):
        for path in (ROOT / room).rglob("*.py"):
            texts = (
                each.value
                for each in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(each, ast.Constant)
            )
            found.extend(each for each in texts if isinstance(each, str))
    return found
