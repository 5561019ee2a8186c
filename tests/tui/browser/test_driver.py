from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui.start import HUNG_UP


@pytest.mark.skipif(os.name != "posix", reason="the reader of other systems does not end with what it reads")
def test_the_application_ends_when_its_server_is_gone(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "tui.browser.driver", str(tmp_path / "studio")]
    environment = {**os.environ, "TEXTUAL_DRIVER": "tui.browser.driver:TabDriver"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as application:
        assert application.stdin is not None
        assert application.stdout is not None
        assert application.stdout.readline() == b"__GANGLION__\n"
        application.stdin.close()
        application.stdout.read()
        assert application.wait(timeout=20) == HUNG_UP
