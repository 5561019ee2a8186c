from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.errors import StudioBusy, StudioError
from studio.lock import holder, is_locked, locked, one_writer

HOLD = """
import sys
from pathlib import Path
from studio.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_message_names_the_holder(tmp_path: Path) -> None:
    with (
        locked(tmp_path),
        pytest.raises(StudioBusy, match=rf"in use by .* \(process {os.getpid()}, since .*\); close it first"),
        locked(tmp_path),
    ):
        pass


def test_a_lock_is_free_again_after_the_block_even_after_an_error(tmp_path: Path) -> None:
    assert not is_locked(tmp_path)
    with pytest.raises(RuntimeError), locked(tmp_path):
        assert is_locked(tmp_path)
        raise RuntimeError
    assert not is_locked(tmp_path)
    assert holder(tmp_path) is None
    with locked(tmp_path):
        pass


def test_another_process_holds_it_until_it_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert is_locked(tmp_path)
        with pytest.raises(StudioBusy, match=f"process {process.pid}"), locked(tmp_path):
            pass
        process.kill()
        process.wait()
        # what the dead process said of itself still lies there, and does not count
        assert not is_locked(tmp_path)
        with locked(tmp_path):
            assert "pytest" in str(holder(tmp_path)) or str(os.getpid()) in str(holder(tmp_path))


def test_a_damaged_holder_file_is_no_reason_to_fail(tmp_path: Path) -> None:
    with locked(tmp_path):
        (tmp_path / ".lock.json").write_text("{")
        with pytest.raises(StudioBusy, match="another process"), locked(tmp_path):
            pass


def test_of_those_that_write_a_page_one_waits_for_the_other(tmp_path: Path) -> None:
    path = tmp_path / "pages" / "001.lock"
    with (
        one_writer(path),
        pytest.raises(StudioBusy, match="001 is being written by another process"),
        one_writer(path, wait_s=0.0),
    ):
        pass
    with one_writer(path, wait_s=0.0):
        pass
    (tmp_path / "file").touch()
    with pytest.raises(StudioError, match="can't be written"), one_writer(tmp_path / "file" / "001.lock"):
        pass
