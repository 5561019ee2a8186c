"""What a person chooses for the studio itself: kept in studio.toml, seen at once, taken back by ctrl+z."""

from __future__ import annotations

from pathlib import Path

import pytest
from screens import screen_text, settled
from textual.widgets import OptionList

from studio.folder import open_studio
from tui.app import Monoline
from tui.key_list import every_key, in_the_way, whole
from tui.screens.key_table import KeyTable
from tui.screens.settings import SettingsScreen
from tui.settings import UiSettings, read_ui, write_setting
from tui.widgets.dialog import ErrorDialog

THEMES = ("paper", "night")
MINE = """version = 1  # do not touch
name = "ink"

# as my eyes like it
[ui]
theme = "night"  # even by day
bell = false
"""


def written(studio: Path, text: str) -> Path:
    (studio / "studio.toml").write_text(text)
    return studio


def test_what_a_person_wrote_stays_as_it_is_around_a_setting(studio: Path) -> None:
    written(studio, MINE)
    write_setting(studio, "theme", "paper")
    write_setting(studio, "keys", {"sample.keep": "K"})
    write_setting(studio, "bell", None)
    text = (studio / "studio.toml").read_text()
    assert text.startswith(MINE.partition("theme")[0])
    assert 'theme = "paper"  # even by day' in text
    assert "bell" not in text
    assert read_ui(studio, THEMES)[0] == UiSettings(theme="paper", keys={"sample.keep": "K"})
    write_setting(studio, "name", "Ink and water")
    assert open_studio(studio).name == "Ink and water"


@pytest.mark.parametrize(
    ("table", "message", "holds"),
    [
        ("[ui]\nthmee = 'night'\nbell = false", "'ui.thmee', did you mean 'theme'", {"bell": False}),
        ("[ui]\nmotion = 'slow'\ntheme = 'night'", "ui.motion", {"theme": "night"}),
        ("[ui]\ntheme = 'nihgt'", "no theme 'nihgt', did you mean 'night'", {"theme": "auto"}),
        ("[ui.keys]\n'sample.keep' = 'strg+k'", "'strg+k' is no key", {"keys": {}}),
        ("[ui.keys]\n'sample.kep' = 'K'", "'sample.kep', did you mean 'sample.keep'", {"keys": {"sample.kep": "K"}}),
        ("ui = 3", "studio.toml: ui", {}),
    ],
)
def test_what_is_wrong_is_told_and_the_rest_holds(
    studio: Path, table: str, message: str, holds: dict[str, object]
) -> None:
    written(studio, f"version = 1\n{table}\n")
    settings, wrong = read_ui(studio, THEMES)
    assert len(wrong) == 1
    assert message in wrong[0]
    assert "studio.toml" in wrong[0]
    assert settings.model_dump() == UiSettings.model_validate(holds).model_dump()


def test_all_that_is_wrong_is_told_at_once(studio: Path) -> None:
    written(studio, "version = 1\n[ui]\ntheme = 3\nmotion = 'slow'\nbell = false\n")
    settings, wrong = read_ui(studio, THEMES)
    assert [each.split(": ")[1] for each in wrong] == ["ui.theme", "ui.motion"]
    assert settings == UiSettings(bell=False)


def test_a_key_that_means_something_else_already_is_not_taken_from_the_file_either(studio: Path) -> None:
    written(studio, "version = 1\n[ui.keys]\n'sample.ladder' = 'k'\n'sample.reroll' = 'enter'\n'sample.vary' = 'V'\n")
    settings, wrong = read_ui(studio, THEMES)
    assert settings.keymap == {"sample.vary": "V"}
    assert "ui.keys: sample.ladder: k is 'Keep'" in wrong[0]
    assert "ui.keys: sample.reroll: enter leads about" in wrong[1]
    # two that change places are free
    written(studio, "version = 1\n[ui.keys]\n'sample.ladder' = 'k'\n'sample.keep' = 'l'\n")
    assert read_ui(studio, THEMES) == (UiSettings(keys={"sample.ladder": "k", "sample.keep": "l"}), ())


async def test_a_studio_with_a_wrong_setting_opens_and_says_so(studio: Path) -> None:
    written(studio, "version = 1\n[ui]\ntheme = 'nihgt'\n")
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert isinstance(pilot.app.screen, ErrorDialog)
        assert "'nihgt'" in screen_text(pilot.app)
        await pilot.press("enter")
        await pilot.pause()
        assert "stars.npz" in screen_text(pilot.app)


def test_the_first_frame_has_the_theme_and_the_screen_that_were_chosen(studio: Path) -> None:
    written(studio, "version = 1\n[ui]\ntheme = 'night'\nstart = 'plot'\nmouse = false\n")
    app = Monoline(studio)
    assert (app.theme, app.DEFAULT_MODE, app.mouse) == ("night", "plot", False)


@pytest.mark.parametrize(("background", "theme"), [("15;0", "terminal-dark"), ("0;15", "terminal-light")])
def test_a_terminal_with_sixteen_colours_shows_its_own(
    studio: Path, monkeypatch: pytest.MonkeyPatch, background: str, theme: str
) -> None:
    monkeypatch.delenv("COLORTERM")
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.setenv("COLORFGBG", background)
    assert Monoline(studio).theme == theme
    assert Monoline(written(studio, "version = 1\n[ui]\ntheme = 'night'\n")).theme == "night"


async def test_ctrl_q_ends_the_studio_from_a_dialog_too(studio: Path) -> None:
    app = Monoline(studio)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("f3")
        await pilot.pause()
        assert isinstance(app.screen, SettingsScreen)
        await pilot.press("ctrl+q")
    assert not app.is_running
    assert app.return_code == 0


async def test_a_theme_is_seen_at_once_kept_and_taken_back(studio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.chosen.TEXTUAL_ANIMATIONS", "full")  # tests are without
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("f3")
        await pilot.pause()
        assert isinstance(pilot.app.screen, SettingsScreen)
        await pilot.press("left", "right", "right", "right")  # around, to auto, paper, night
        await pilot.pause()
        assert pilot.app.theme == "night"
        assert 'theme = "night"' in (studio / "studio.toml").read_text()
        assert "theme auto → night" in screen_text(pilot.app)
        await pilot.press("down", "enter")  # motion off
        await pilot.pause()
        assert pilot.app.animation_level == "none"
        await pilot.press("escape")
        await settled(pilot)
        assert pilot.app.theme == "night"
        await pilot.press("ctrl+z", "ctrl+z")
        await settled(pilot)
        assert pilot.app.theme == "paper"
        assert pilot.app.animation_level == "full"


async def test_a_setting_is_changed_by_mouse(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("f3")
        await pilot.pause()
        await pilot.click(OptionList, offset=(5, 4), times=2)
        await pilot.pause()
        assert "bell = false" in (studio / "studio.toml").read_text()


async def test_a_key_is_given_to_something_else_and_clashes_are_refused_by_name(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("f3")
        await pilot.pause()
        pilot.app.screen.query_one(OptionList).highlighted = 7
        await pilot.press("enter")
        await pilot.pause()
        table = pilot.app.screen
        assert isinstance(table, KeyTable)
        options = table.query_one(OptionList)
        options.highlighted = options.get_option_index("prepare.open")
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("d")
        await pilot.pause()
        assert "'Demo' (Prepare, prepare.demo) already" in screen_text(pilot.app)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("u")
        await pilot.pause()
        assert '"prepare.open" = "u"' in (studio / "studio.toml").read_text()
        await pilot.press("escape", "escape", "u")
        await pilot.pause()
        assert "Open drawings" in screen_text(pilot.app)


def test_what_shares_a_key_keeps_it_and_escape_always_raises_the_pen() -> None:
    keymap = whole({"plot.pause": "F", "app.raise_pen": "P", "plot.stop_now": "P"})
    assert keymap["plot.pause"] == "F"
    assert keymap["plot.resume"] == "space"
    assert keymap["app.raise_pen"] == "escape,x,P"
    assert keymap["plot.stop_now"] == "escape,x,P"
    assert "escape" in keymap["plot.release"]


def test_keys_that_lead_about_are_for_nothing_else() -> None:
    assert "leads about" in in_the_way("sample.keep", "enter", {})
    assert "'Re-roll' (Sample, sample.reroll)" in in_the_way("sample.keep", "r", {})
    assert in_the_way("sample.keep", "r", {"sample.reroll": "R"}) == ""
    assert "everywhere" in in_the_way("sample.keep", "t", {}).lower()


def test_every_key_says_what_it_does() -> None:
    assert len(every_key()) > 250
    assert [bound.id for bound in every_key().values() if not bound.words] == []


async def test_the_table_of_keys_fits_the_smallest_terminal(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("f3", "end", "enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, KeyTable)
        assert pilot.app.screen.max_scroll_y == 0
        options = pilot.app.screen.query_one(OptionList)
        assert options.virtual_size.height == options.option_count  # each key is a line
        names = max(len(name) for name in every_key())
        assert options.scrollable_content_region.width >= 46 + names  # and its name is there to the end
