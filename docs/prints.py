"""Pictures of one of each series for print: the commands of print.md, run as they stand there."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import tempfile
from pathlib import Path

from pictures import save
from PIL import Image

from tui.main import run

HERE = Path(__file__).parent
PAGE = HERE / "print.md"


def commands() -> list[list[str]]:
    """The commands of the page, without the word monoline."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines()]


def prints() -> None:
    """Run them, and take the pictures that the page shows; of several sheets the first."""
    shown = re.findall(r"\]\(pictures/(\w+)\.png\)", PAGE.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for arguments in commands():
            if run(arguments) != 0:
                raise RuntimeError(f"monoline {' '.join(arguments)} failed")
        for name in shown:
            found = sorted(Path(folder).glob(f"{name}*.png"))
            with Image.open(found[0]) as image:
                save(name, image)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    prints()
