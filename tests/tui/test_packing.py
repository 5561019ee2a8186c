from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest
from screens import comes, settled
from sketchbooks import put_red_tag

from studio.lock import locked
from tui.app import Monoline
from tui.widgets.dialog import ErrorDialog


async def pack(app: Monoline) -> None:
    """Choose it in the palette."""
    (command,) = [each for each in app.get_system_commands(app.screen) if each.title == "Pack the studio"]
    command.callback()


async def test_the_palette_packs_the_studio_into_a_file_beside_it(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = kept / "sketchbooks" / "sb01" / "priv" / "001.jpg"
    secret.parent.mkdir(parents=True)
    secret.write_bytes(b"secret")
    red = kept / "sketchbooks" / "sb01" / "002.jpg"
    red.write_bytes(b"secret")
    put_red_tag(red)
    (kept / "preparation" / "find.json").write_text('{"skipped": [{"name": "sb01/002.jpg", "reason": "red"}]}')
    monkeypatch.setattr(time, "strftime", lambda *_: "2026-01-02")
    app = Monoline(kept)
    async with app.run_test(size=(120, 36)) as pilot:
        await comes(pilot, lambda: app.studio)
        for name in ("ink-2026-01-02.zip", "ink-2026-01-02-2.zip"):
            await pack(app)
            await pack(app)  # by mistake
            await settled(pilot)
            assert not isinstance(app.screen, ErrorDialog)
            with zipfile.ZipFile(kept.parent / name) as archive:
                assert "sketches/star-3.svg" in archive.namelist()
                assert not [each for each in archive.namelist() if each.startswith("sketchbooks/")]
                assert b"002" not in archive.read("preparation/find.json")
        with locked(kept):
            await pack(app)
            await settled(pilot)
            assert isinstance(app.screen, ErrorDialog)
    assert len(list(kept.parent.glob("*.zip"))) == 2
