"""How long monoline takes to start, beside its limits and beside bare Textual: python benchmarks/start.py."""

from __future__ import annotations

import subprocess
import sys
import time

RUNS = 7
IMPORT_LIMIT_S = 0.3


def best(code: str) -> float:
    """Seconds of the fastest of RUNS fresh processes, without the interpreter's own start."""
    whole = min(_seconds(code) for _ in range(RUNS))
    return whole - min(_seconds("pass") for _ in range(RUNS))


def _seconds(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-P", "-c", code], check=True)
    return time.perf_counter() - began


def main() -> None:
    """Print each import beside its limit or peer."""
    loaded = "import sys, tui.app; print(*({'torch', 'vpype'} & set(sys.modules)) or ('neither torch nor vpype',))"
    said = subprocess.run([sys.executable, "-P", "-c", loaded], capture_output=True, text=True, check=True).stdout
    textual, app, line = best("import textual.app"), best("import tui.app"), best("import tui.main")
    print(f"import textual.app  {textual:.3f} s (the peer)")
    print(f"import tui.app      {app:.3f} s, {app / IMPORT_LIMIT_S:.2f} of the limit, {app / textual:.2f} of the peer")
    print(f"import tui.main     {line:.3f} s, {line / textual:.2f} of the peer")
    print(f"loaded by tui.app:  {said.strip()}")


if __name__ == "__main__":
    main()
