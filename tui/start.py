"""The way in: without a command the studio opens at once; all else goes through the command line.

The studio alone needs none of what the commands load, so that its first frame does not wait for them.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.app import Monoline

OUTPUT = 1
"""The descriptor that the terminal is written to."""
LOOK_S = 0.3
"""Between two looks whether the terminal is still there."""
HUNG_UP = 129
"""Exit code of a program whose terminal went away: 128 and the number of SIGHUP."""


def main() -> None:
    """Console entry point."""
    asked = studio_asked(sys.argv[1:]) if os.isatty(OUTPUT) else None
    if asked is None:
        from tui.main import main as command_line

        command_line()
        return
    try:
        code = open_studio(*asked)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - all of them are told
        from tui.main import leave, tell

        leave(tell(error))
    sys.exit(code)


def studio_asked(arguments: Sequence[str]) -> tuple[Path, bool] | None:
    """The studio's folder, and whether it is the demo's, where nothing but the studio is asked for; else None."""
    folder, demo, rest = default_studio(), False, list(arguments)
    if os.environ.get("MONOLINE_PLAIN", "") not in ("", "0"):
        return None
    while rest:
        word = rest.pop(0)
        if word == "--demo":
            demo = True
        elif word == "--studio" and rest:
            folder = Path(rest.pop(0))
        elif word.startswith("--studio="):
            folder = Path(word.partition("=")[2])
        else:
            return None
    return folder, demo


def default_studio() -> Path:
    """``$MONOLINE_STUDIO``, or ``monoline`` in the home folder."""
    stated = os.environ.get("MONOLINE_STUDIO")
    return Path(stated).expanduser() if stated else Path.home() / "monoline"


def open_studio(folder: Path, demo: bool) -> int:
    """Run the terminal application on a studio, and return its exit code."""
    from tui.app import Monoline
    from tui.sharp import ask_terminal

    threading.Thread(target=_end_with_the_terminal, daemon=True).start()
    application = Monoline(folder, demo=demo)
    application.sharpness = ask_terminal(application.pictures)
    return run(application)


def run(application: Monoline) -> int:
    """Run the application, with vpype in a process of its own, and return its exit code."""
    from plotter.apart import keep_apart

    with keep_apart():
        application.run(mouse=application.mouse)
    return application.return_code or 0


def _end_with_the_terminal() -> None:
    """End this process when its terminal is closed, even where no signal tells of it, as below a waiting make.

    What was started here must see that nobody watches any more: a plot then raises the pen.
    """
    if not os.isatty(OUTPUT):
        return
    while os.isatty(OUTPUT):
        time.sleep(LOOK_S)
    os._exit(HUNG_UP)


if __name__ == "__main__":
    main()
