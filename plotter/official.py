"""The official AxiDraw and NextDraw software, if the person has installed it; never required."""

from __future__ import annotations

import importlib.util
import shutil

COMMANDS = ("axicli", "nextdraw")
MODULES = ("pyaxidraw", "nextdraw")


def find_official() -> list[str]:
    """Official commands on the path and modules that can be imported, by name; nothing is run."""
    commands = [f"{name} command" for name in COMMANDS if shutil.which(name)]
    return commands + [f"{name} module" for name in MODULES if importlib.util.find_spec(name) is not None]
