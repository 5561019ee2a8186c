"""A shelf of sketchbooks: a thousand scans and more, how long they take, and what memory does meanwhile.

python benchmarks/shelf.py --trace --scans DIR [--count 3000] [--notes] [--workers 2] [--engine pool or cluster]
python benchmarks/shelf.py --embed --scans DIR [--count 3000]        a look at each scan, and its embedding
python benchmarks/shelf.py --catalog [--count 100000]                list, filter, label, stale check
python benchmarks/shelf.py --figures [--seed N] [--scans DIR]        how well books are sorted

DIR is a folder of sketchbooks, as tools or ``monoline prep demo`` render them. Each part is in a module of its own
beside this one, shelf_PART.py, and is a function of what was asked here.
"""

from __future__ import annotations

import argparse
import os
from importlib import import_module
from pathlib import Path

PARTS = ("trace", "embed", "catalog", "figures")


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for part in PARTS:
        parser.add_argument(f"--{part}", action="store_true")
    parser.add_argument("--scans", type=Path, help="a folder of sketchbooks")
    parser.add_argument("--count", type=int, default=0, help="so many scans of it, from its beginning; 0 is all")
    parser.add_argument("--notes", action="store_true", help="trace not only art, but all that is in a book")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--engine", choices=("pool", "cluster"), default="pool")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write what was measured here too")
    asked = parser.parse_args()
    chosen = [part for part in PARTS if getattr(asked, part)]
    if not chosen:
        parser.error(f"say what to measure: {', '.join(f'--{part}' for part in PARTS)}")
    for part in chosen:
        import_module(f"shelf_{part}").measure(asked)


if __name__ == "__main__":
    main()
