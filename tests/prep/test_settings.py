from __future__ import annotations

from pathlib import Path

import pytest

from configs.errors import ConfigError
from configs.load import load
from prep.settings import PrepSettings, read_settings, write_settings
from studio.folder import create_studio


def test_a_studio_keeps_its_settings_but_not_what_is_as_by_default(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "s")
    assert read_settings(studio) == PrepSettings()
    changed = read_settings(studio, ["select.join=20", "trace.fine=true", "imports=['a.npz']"])
    write_settings(studio, changed)
    assert read_settings(studio) == changed
    text = (studio.preparation / "settings.toml").read_text()
    assert "join = 20" in text
    assert "max_points" not in text


def test_a_preset_takes_the_place_of_what_the_studio_kept(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "s")
    write_settings(studio, read_settings(studio, ["select.join=20"]))
    chosen = read_settings(studio, ["select.cut=0"], "one-line")
    assert chosen.select.one_line
    assert (chosen.select.join, chosen.select.cut) == (15, 0)


def test_presets_are_what_their_names_say() -> None:
    assert load(PrepSettings, "one-line").select.one_line
    assert load(PrepSettings, "article").trace.backend == "autotrace"
    assert load(PrepSettings, "article").select.epsilon == 1.0


@pytest.mark.parametrize(
    "wrong", ["dataset.name='a/b'", "dataset.name='.hidden'", "select.cut=0.5", "select.start='bottom'", "fine=true"]
)
def test_what_can_not_be_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ConfigError):
        read_settings(create_studio(tmp_path / "s"), [wrong])
