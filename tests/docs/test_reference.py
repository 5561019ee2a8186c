"""The pages that the program writes about itself say what it does now."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands_reference import command_line
from make_reference import PAGES
from settings_reference import undocumented

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_program_says_of_itself(name: str) -> None:
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), f"docs/{name} is older than the program: make reference writes it anew"


def test_every_setting_is_told_with_its_range() -> None:
    assert undocumented() == []
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert "| `plot.speed_down_mm_s` | `50.2` | number 0.5 to 400 mm/s | Top speed with the pen down. |" in page
    assert "| `net.kind` | `conditional` | `conditional`, `decoder` |" in page
    assert "| `select.max_strokes` | none | whole number from 1 |" in page


def test_every_command_has_its_place_and_its_help() -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    for name, command in command_line().commands.items():
        assert f"### `monoline {name}`\n\n{(command.help or 'no help').split()[0]}" in page
    assert "<=" not in page
    assert "## And more" not in page, "a command has no group in docs/commands_reference.py"
