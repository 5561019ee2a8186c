from __future__ import annotations

import os
from pathlib import Path

import pytest

from configs.errors import ConfigError
from studio.errors import StudioBusy, StudioError
from studio.folder import FOLDERS, VERSION, create_studio, is_studio, open_studio
from studio.lock import locked


def test_a_new_studio_has_every_folder_and_opens_again(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "my studio", "Ink & Thread")
    assert studio.name == "Ink & Thread"
    assert all((studio.folder / name).is_dir() for name in FOLDERS)
    assert open_studio(studio.folder) == studio
    assert is_studio(studio.folder)


def test_a_studio_without_a_name_is_called_as_its_folder(tmp_path: Path) -> None:
    assert create_studio(tmp_path / "sb48").name == "sb48"


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "tax.pdf").write_bytes(b"%PDF")
    with pytest.raises(StudioError, match="has files in it"):
        create_studio(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["tax.pdf"]


def test_a_folder_with_nothing_but_sketchbooks_becomes_a_studio(tmp_path: Path) -> None:
    for name in ("sketchbooks/sb01/001.jpg", ".DS_Store"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert (create_studio(tmp_path).sketchbooks / "sb01" / "001.jpg").exists()


def test_a_folder_that_got_lost_is_made_again(tmp_path: Path) -> None:
    create_studio(tmp_path / "s")
    (tmp_path / "s" / "sketches").rmdir()
    assert open_studio(tmp_path / "s").sketches.is_dir()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version = 99", "later monoline"),
        ("name = 'x'", "has no version"),
        ("version = 'one'", "has no version"),
        ("version = = 1", "not TOML"),
    ],
)
def test_a_studio_file_that_is_wrong_is_told(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "studio.toml").write_text(text)
    with pytest.raises(StudioError, match=message):
        open_studio(tmp_path)


def test_an_unknown_key_is_answered_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "studio.toml").write_text("version = 1\nnmae = 'x'")
    with pytest.raises(ConfigError, match=r"studio\.toml: there is no setting 'nmae', did you mean 'name'"):
        open_studio(tmp_path)


def test_a_folder_that_is_no_studio_is_told(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="is no studio"):
        open_studio(tmp_path)


def test_an_old_studio_is_raised_version_by_version_and_keeps_its_comments(tmp_path: Path) -> None:
    folder = create_studio(tmp_path / "s", "old").folder
    text = (folder / "studio.toml").read_text()
    (folder / "studio.toml").write_text(text + "# my own words\n")
    seen: list[int] = []

    def first(path: Path) -> None:
        seen.append(1)
        (path / "paper").mkdir(exist_ok=True)

    def second(path: Path) -> None:
        seen.append(2)
        (path / "paper").rename(path / "papers")

    migrations = {VERSION: first, VERSION + 1: second}
    studio = open_studio(folder, migrations, VERSION + 2)
    assert seen == [1, 2]
    assert studio.settings.version == VERSION + 2
    assert (folder / "papers").is_dir()
    assert "# my own words" in (folder / "studio.toml").read_text()
    assert (folder / f"studio.toml.v{VERSION}").exists()
    open_studio(folder, migrations, VERSION + 2)
    assert seen == [1, 2]


def test_a_migration_that_fails_leaves_the_old_version_and_goes_on_later(tmp_path: Path) -> None:
    folder = create_studio(tmp_path / "s").folder
    fails = [True]

    def sometimes(path: Path) -> None:
        (path / "half").mkdir(exist_ok=True)
        if fails[0]:
            raise OSError("No space left on device")

    with pytest.raises(StudioError, match=r"could not be raised .*No space left.*Open it again"):
        open_studio(folder, {VERSION: sometimes}, VERSION + 1)
    assert open_studio(folder).settings.version == VERSION
    fails[0] = False
    assert open_studio(folder, {VERSION: sometimes}, VERSION + 1).settings.version == VERSION + 1


def test_a_studio_is_not_raised_while_somebody_writes_to_it(tmp_path: Path) -> None:
    folder = create_studio(tmp_path / "s").folder
    with locked(folder), pytest.raises(StudioBusy):
        open_studio(folder, {VERSION: lambda _: None}, VERSION + 1)
    assert open_studio(folder).settings.version == VERSION


def test_a_version_without_a_way_on_is_told(tmp_path: Path) -> None:
    folder = create_studio(tmp_path / "s").folder
    with pytest.raises(StudioError, match="can't go on"):
        open_studio(folder, {}, VERSION + 1)


def test_what_a_killed_process_left_is_put_away_and_what_a_live_one_writes_is_not(tmp_path: Path) -> None:
    folder = create_studio(tmp_path / "s").folder
    old, new = folder / "datasets" / ".demo.npz.1.tmp", folder / "datasets" / ".demo.npz.2.tmp"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (1e9, 1e9))
    open_studio(folder)
    assert not old.exists()
    assert new.exists()
