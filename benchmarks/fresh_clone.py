"""What a newcomer waits for: install and test on a fresh clone: python benchmarks/fresh_clone.py."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMITS_S = {"install": 600.0, "test": 480.0}


def main() -> None:
    """Clone, install, test; print each time beside its limit."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "monoline"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        for target, limit in LIMITS_S.items():
            began = time.perf_counter()
            subprocess.run(["make", "--silent", target], cwd=clone, check=True, env={**os.environ}, stdout=2)
            seconds = time.perf_counter() - began
            print(f"make {target:<8} {seconds:6.1f} s, {seconds / limit:.2f} of the limit of {limit:g} s")


if __name__ == "__main__":
    main()
