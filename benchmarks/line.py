"""From a scan to the way of the pen: how near, how whole, how fast, beside the source article's method.

python benchmarks/line.py [--seed N] [--pages N] [--scans DIR,...] [--only NAME,...]   the table
python benchmarks/line.py --papers [--pages N]        papers, pens and cameras that the table's scans do not have
python benchmarks/line.py --fine                      what the slower fine mode gains and costs
python benchmarks/line.py --fragments                 joining the fragments of somebody else's tracer

Needs MONOLINE_DATA, the folder of look_f16.npz and omniglot.npz. Sketchbooks are rendered with a fresh seed:
``faces`` are procedural and cross themselves often, ``look`` are an artist's drawings linked into long lines, which
favours tracers that go straight on and counts for distance and separation only, ``omniglot`` are letters in the order
people drew them. Each backend traces in a process of its own on one thread; scans per second and core are of its
processor time. Ends within 15 of 200 of a drawing are joined. What is measured stands in tracing_score.py.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import linked
import numpy as np
import one_line
from tracing_score import score

from drawing.connect import join, splice
from drawing.connect import one_line as to_one_line
from drawing.drawing import Drawing
from drawing.errors import DrawingError
from prep.render.book import render_book
from prep.render.medium import MEDIA
from prep.render.paper import PAPERS
from prep.render.settings import CAMERAS, RenderSettings
from prep.render.truth import FILE

BACKENDS = ("monoline", "autotrace")
SETS = ("faces", "look", "omniglot")
FEWER = 249
"""The most points for "less than 250"."""
Figures = Mapping[str, Any]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass(frozen=True)
class Measure:
    """A row of the table: values of the prototype, bars, and how to get the value of each from what was measured."""

    name: str
    prototype: str
    bars: tuple[tuple[str, float], ...]
    """Each <=, >= or ==, and the number."""
    values: Callable[[Mapping[str, Figures]], Sequence[float]]
    digits: int = 3

    def bar(self) -> str:
        """As the table shows it."""
        return " / ".join(f"{sign} {self._number(value)}" for sign, value in self.bars)

    def shown(self, values: Sequence[float]) -> str:
        """Values as the table shows them."""
        return " / ".join(map(self._number, values))

    def met(self, values: Sequence[float]) -> bool:
        """Whether all bars are reached."""
        tests = {"<=": float.__le__, ">=": float.__ge__, "==": float.__eq__}
        return all(tests[sign](float(value), float(bar)) for value, (sign, bar) in zip(values, self.bars, strict=True))

    def _number(self, value: float) -> str:
        return (
            f"{value:.{self.digits}f}".replace("0.", ".", 1)
            if abs(value) < 1 and self.digits
            else f"{value:.{self.digits}f}"
        )


def _of(key: str, *names: str) -> Callable[[Mapping[str, Figures]], Sequence[float]]:
    return lambda found: [found[name][key] for name in names]


def _most(key: str) -> Callable[[Mapping[str, Figures]], Sequence[float]]:
    return lambda found: [max(each[key] for each in found.values())]


def _worst(found: Mapping[str, Figures]) -> Sequence[float]:
    return min(found[name]["cover"] for name in ("look", "faces")), max(found[n]["spurious"] for n in ("look", "faces"))


MEASURES = (
    Measure("Chamfer, % of the diagonal, look / faces", ".177 / .149", (("<=", 0.17), ("<=", 0.14)),
            _of("chamfer%", "look", "faces")),
    Measure("the same after < 250 points", "", (("<=", 0.19), ("<=", 0.16)), _of("chamfer% < 250", "look", "faces")),
    Measure("cover; spurious, the worse of look and faces", ".993; 0", ((">=", 0.99), ("<=", 0.001)), _worst, 4),
    Measure("clear crossings followed, faces", ".899", ((">=", 0.94),), _of("clear", "faces")),
    Measure("all crossings, faces", ".83", ((">=", 0.87),), _of("cross", "faces")),
    Measure("half-diagonal arcs in one stroke, faces", ".54", ((">=", 0.60),), _of("cont50", "faces")),
    Measure("quarter-line arcs, faces / omniglot", ".27 / .98", ((">=", 0.36), (">=", 0.98)),
            _of("contQ", "faces", "omniglot")),
    Measure("strokes predicted / true, median, faces", "2.0", (("<=", 1.5),), _of("strokes", "faces"), 2),
    Measure("separation F1 (IoU > 0.8), look / faces", ".88 / 1.0", ((">=", 0.96), (">=", 0.99)),
            _of("sepF1", "look", "faces")),
    Measure("page numbers kept", "0", (("==", 0.0),), _most("number"), 2),
    Measure("scans per second and core", "3 to 4", ((">=", 3.0),),
            lambda found: [_speed(found.values())], 2),
    Measure("peak memory, MB", "237", (("<=", 250.0),), _most("peak_mb"), 0),
)  # fmt: skip


def _speed(found: Any) -> float:
    every = list(found)
    return sum(each["scans"] for each in every) / sum(each["core_s"] for each in every)


def render(folder: Path, seed: int, pages: int, names: Sequence[str]) -> dict[str, Path]:
    """Sketchbooks of each set, three books of them or fewer; the folder of each."""
    out: dict[str, Path] = {}
    for number, name in enumerate(SETS):
        if name not in names:
            continue
        count = -(-pages * 2 // 5) if name == "omniglot" else pages
        books = min(3, count)
        settings = RenderSettings(books=books, pages=-(-count // books), seed=seed + number)
        out[name] = folder / name
        render_book(out[name], settings, drawings(name, seed))
    return out


def drawings(name: str, seed: int) -> list[Drawing]:
    """What the sketchbooks of a set are drawn from."""
    if name == "faces":
        return one_line.faces(400, seed)
    return linked.pool(data() / ("look_f16.npz" if name == "look" else "omniglot.npz"))


def data() -> Path:
    """The folder of real drawings."""
    stated = os.environ.get("MONOLINE_DATA")
    if not stated:
        raise SystemExit("Set MONOLINE_DATA to the folder of look_f16.npz and omniglot.npz.")
    return Path(stated)


def trace(root: Path, files: Sequence[str], backend: str, *, fine: bool = False) -> tuple[Figures, Figures]:
    """What a backend makes of scans, and what it cost, in a process of its own."""
    with tempfile.TemporaryDirectory() as temporary:
        listed, out = Path(temporary) / "list.json", Path(temporary) / "out.json"
        listed.write_text(json.dumps({"root": str(root), "files": list(files)}))
        words = [sys.executable, Path(__file__).with_name("tracing.py"), backend, listed, out]
        environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
        words += ["--fine"] if fine else []
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{backend} failed:\n{done.stderr}")
        return json.loads(out.read_text())["pages"], json.loads(done.stdout)


def measure(root: Path, backend: str, *, fine: bool = False) -> Figures:
    """All figures of a backend on the scans of a folder."""
    truth = json.loads((root / FILE).read_text())
    files = [page["file"] for page in truth["pages"] if page["kind"] == "drawing"]
    found, cost = trace(root, files, backend, fine=fine)
    figures = score(truth, found, dtw_points=0)
    fewer = {file: {"drawings": [_fewer(each) for each in page["drawings"]]} for file, page in found.items()}
    return {**figures, **cost, "chamfer% < 250": score(truth, fewer, dtw_points=0)["chamfer%"]}


def _fewer(drawing: Mapping[str, Any]) -> Mapping[str, Any]:
    whole = Drawing.of(drawing["strokes"])
    try:
        return {"strokes": [line.tolist() for line in whole.simplify_to(FEWER).lines]}
    except DrawingError:  # more than 124 strokes
        return drawing


def print_table(sets: Mapping[str, Path]) -> None:
    """The table of the issue; figures of each set follow."""
    found = {backend: {name: measure(root, backend) for name, root in sets.items()} for backend in BACKENDS}
    print(f"| measure | prototype | bar | {' | '.join(BACKENDS)} | met? |\n|---|---|---|{'---|' * len(BACKENDS)}---|")
    for row in MEASURES:
        try:
            values = [row.values(found[backend]) for backend in BACKENDS]
        except KeyError:  # a set that was not asked for
            continue
        met = "yes" if row.met(values[0]) else "NO"
        print(f"| {row.name} | {row.prototype} | {row.bar()} | {' | '.join(map(row.shown, values))} | {met} |")
    keys = ("chamfer%", "chamfer% < 250", "cover", "spurious", "strokes", "exact1", "longest", "cross", "clear")
    keys += ("cont8", "cont50", "contQ", "sepF1", "boxes", "number")
    print_figures([(f"{name}, {backend}", found[backend][name]) for name in sets for backend in BACKENDS], keys)


def print_figures(rows: Sequence[tuple[str, Figures]], keys: Sequence[str]) -> None:
    """A table of figures, with their speed and memory."""
    print(f"\n| | {' | '.join(keys)} | scans/s/core | MB |\n|---|{'---|' * (len(keys) + 2)}")
    for name, each in rows:
        shown = [f"{each[key]:.3f}" if isinstance(each[key], float) else str(each[key]) for key in keys]
        print(f"| {name} | {' | '.join(shown)} | {_speed([each]):.2f} | {each['peak_mb']:.0f} |", flush=True)


def print_papers(folder: Path, seed: int, pages: int, backend: str) -> None:
    """A row a paper and camera, a column a medium: cover, clear crossings followed, separation F1."""
    pool = one_line.faces(400, seed)
    print(f"{backend}, {pages} pages each: cover / clear crossings / separation F1 (what is amiss)\n")
    print(f"| | {' | '.join(MEDIA)} | all |\n|---|{'---|' * (len(MEDIA) + 1)}")
    for camera in CAMERAS:
        for paper in PAPERS:
            cells: list[str] = []
            pages_of_row: list[Any] = []
            for medium in MEDIA:
                root = folder / f"{paper}-{medium}-{camera}"
                settings = RenderSettings(pages=pages, seed=seed, papers=(paper,), media=(medium,), cameras=(camera,))
                render_book(root, settings, pool)
                truth = json.loads((root / FILE).read_text())
                for page in truth["pages"]:
                    page["file"] = f"{root.name}/{page['file']}"
                pages_of_row += truth["pages"]
            files = [page["file"] for page in pages_of_row]
            found_of_row, _ = trace(folder, files, backend)
            for part in (*(f"{paper}-{medium}-{camera}/" for medium in MEDIA), ""):
                chosen = {"pages": [page for page in pages_of_row if page["file"].startswith(part)]}
                figures = score(chosen, found_of_row, dtw_points=0)
                amiss = [("spurious", figures["spurious"], 0.001), ("numbers", figures["number"], 0.0)]
                told = ", ".join(f"{word} {value:.3f}" for word, value, limit in amiss if value > limit)
                cells.append(
                    f"{figures['cover']:.3f} / {figures['clear']:.2f} / {figures['sepF1']:.2f}{told and f' ({told})'}"
                )
            print(f"| {paper}, {camera} | {' | '.join(cells)} |", flush=True)


def print_fine(sets: Mapping[str, Path]) -> None:
    """The fine mode beside the usual one."""
    rows = [
        (f"{name}, {'fine' if fine else 'usual'}", measure(root, "monoline", fine=fine))
        for name, root in sets.items()
        for fine in (False, True)
    ]
    keys = ("chamfer%", "cover", "spurious", "strokes", "cross", "clear", "cont50", "contQ", "sepF1")
    print_figures(rows, keys)


def print_fragments() -> None:
    """Strokes before and after joining and splicing the raw fragments of look_f16.npz."""
    fragments = [Drawing(tuple(lines)) for lines in linked.read_lines(data() / "look_f16.npz")]
    before = np.array([len(each.lines) for each in fragments])
    ink = np.array([each.ink for each in fragments])
    print(f"{len(fragments)} drawings of look_f16, long side 200; strokes before, median {np.median(before):.0f}, "
          f"mean {before.mean():.1f}; ink, median {np.median(ink):.0f}\n")  # fmt: skip
    print(
        "| how | limit | strokes after, median | mean | one stroke | connectors, median | of ink | longest | ms each |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    ways: dict[str, Callable[[Drawing, float], Drawing]] = {
        "join": join,
        "join, splice": lambda each, limit: splice(join(each, limit), limit),
        "one line": to_one_line,
    }
    for name, way in ways.items():
        for limit in (15.0, 20.0, 30.0):
            began = time.process_time()
            done = [way(each, limit) for each in fragments]
            spent = time.process_time() - began
            after = np.array([len(each.lines) for each in done])
            white = np.array([each.connector_length for each in done])
            longest = max(longest_connector(each) for each in done)
            print(
                f"| {name} | {limit:.0f} | {np.median(after):.0f} | {after.mean():.1f} | {(after == 1).mean():.1%} "
                f"| {np.median(white):.0f} | {white.sum() / ink.sum():.1%} | {longest:.0f} "
                f"| {1e3 * spent / len(done):.1f} |",
                flush=True,
            )


def longest_connector(drawing: Drawing) -> float:
    """Of one segment; 0 if there is none."""
    pairs = zip(drawing.lines, drawing.connectors, strict=False)
    return max((float(np.hypot(*np.diff(line, axis=0)[mark].T).max(initial=0)) for line, mark in pairs), default=0.0)


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--pages", type=int, help="of faces and of look, 30 by default; of each cell with --papers, 2")
    parser.add_argument("--scans", help="rendered folders with truth.json instead, named faces, look or omniglot")
    parser.add_argument("--only", default=",".join(SETS), help="sets")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where to leave what is rendered; nowhere by default")
    parser.add_argument("--papers", action="store_true")
    parser.add_argument("--backend", choices=BACKENDS, default="monoline", help="for --papers")
    parser.add_argument("--fine", action="store_true")
    parser.add_argument("--fragments", action="store_true")
    asked = parser.parse_args()
    if asked.fragments:
        print_fragments()
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        if asked.papers:
            print_papers(folder, asked.seed, asked.pages or 2, asked.backend)
            return
        names = [each for each in asked.only.split(",") if not (asked.fine and each == "omniglot")]
        if asked.scans:
            sets = {path.name: path for path in map(Path, asked.scans.split(","))}
        else:
            sets = render(folder, asked.seed, asked.pages or 30, names)
            print(f"seed {asked.seed}: " + ", ".join(f"{name} {asked.seed + SETS.index(name)}" for name in sets) + "\n")
        if asked.fine:
            print_fine(sets)
        else:
            print_table(sets)


if __name__ == "__main__":
    main()
