"""Every picture of the README and of docs/, made by the program itself: ``make pictures``."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

import galleries
from demo_studio import at_home, make_studio
from prints import prints
from screens import screens


def main() -> None:
    """Make them all, and tell how long it took."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        studio, room = Path(folder) / "studio", Path(folder) / "room"
        room.mkdir()
        make_studio(studio)
        with at_home(studio):
            galleries.artist()
            galleries.network()
            galleries.density(room)
            galleries.sweep(studio)
            galleries.traced(studio, room)
            galleries.plotted(room)
            asyncio.run(screens(studio, room / "twenty.svg"))
        prints()
    sys.stdout.write(f"all pictures in {time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    main()
