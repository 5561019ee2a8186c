"""Trace scans alone in a process, and tell what it cost. ``line.py`` starts it; it is of little use by itself.

python benchmarks/tracing.py BACKEND LIST.json OUT.json [--fine]

LIST is {"root": FOLDER, "files": [...]}; OUT becomes predictions as tracing_score.py reads them. The first scan is
traced once before the clock starts, so that loading libraries counts for memory and not for speed. On one thread, if
the environment says so.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from drawing.drawing import Drawing


def graph(path: Path, fine: bool) -> list[Drawing]:
    """Drawings of a scan by the graph backend, in pixels of the scan, ends that are near joined as by default."""
    from prep.homography import map_drawing
    from prep.trace import TraceSettings, trace_scan

    traced = trace_scan(path, TraceSettings(fine=fine))
    return [map_drawing(traced.to_scan, each.drawing) for each in traced.drawings]


def autotrace(path: Path, fine: bool) -> list[Drawing]:
    """Drawings of a scan by the source article's method, which has no fine mode."""
    from prep.autotrace import source_method
    from prep.homography import map_drawing
    from prep.scan import read_scan

    scan = read_scan(path)
    x, y = scan.scale
    to_scan = [[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]]  # from what was read to what lies on the disk
    return [map_drawing(to_scan, each) for each in source_method(scan.rgb)]


BACKENDS = {"monoline": graph, "autotrace": autotrace}


def peak_mb() -> float:
    """The most memory this process has had. What getrusage tells on Linux may be its parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main() -> None:
    """Trace, write, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("backend", choices=BACKENDS)
    parser.add_argument("list", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--fine", action="store_true")
    asked = parser.parse_args()
    listed = json.loads(asked.list.read_text())
    files, root = listed["files"], Path(listed["root"])
    trace = BACKENDS[asked.backend]
    trace(root / files[0], asked.fine)
    pages: dict[str, Any] = {}
    wall, core = time.perf_counter(), time.process_time()
    for file in files:
        began = time.process_time()
        drawings = trace(root / file, asked.fine)
        seconds = time.process_time() - began
        strokes = [[line.round(2).tolist() for line in each.lines] for each in drawings]
        pages[file] = {"drawings": [{"strokes": each} for each in strokes], "seconds": seconds}
    wall, core = time.perf_counter() - wall, sum(page["seconds"] for page in pages.values())
    peak = peak_mb()
    asked.out.write_text(json.dumps({"pages": pages}))
    print(json.dumps({"scans": len(files), "core_s": core, "wall_s": wall, "peak_mb": peak}))


if __name__ == "__main__":
    main()
