"""A worker that knows one page by heart: two lines that cross, and a small drawing with a gap that is joined.

Its scan ``002.jpg`` has three doubtful crossings, ``torn.jpg`` can't be read, ``endless.jpg`` is never traced, and
``mortal.jpg`` kills it once.
"""

from __future__ import annotations

import array
import base64
import itertools
import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent))  # which -P leaves out
import scripted_shelf

WIDTH, HEIGHT = 300, 400
SETTINGS: dict[str, Any] = {
    "trace": {
        "backend": "graph",
        "fine": False,
        "join": 15.0,
        "ink": {"dark": 0.5, "faint": 0.3, "speck": 2.5, "edges": True, "rules": True},
        "separate": {"by": "distance", "gap": 0.03, "overlap": 0.05, "least": 0.03, "numbers": True},
    },
    "max_points": 249,
    "epsilon": 0.2,
    "cut": 0.05,
}
Line = list[tuple[float, float]]


def text(values: bytes) -> str:
    return base64.b64encode(values).decode()


def line(*corners: tuple[float, float]) -> Line:
    points: Line = [corners[0]]
    for (x0, y0), (x1, y1) in itertools.pairwise(corners):
        steps = max(1, round(max(abs(x1 - x0), abs(y1 - y0)) / 5))
        points += [(x0 + (x1 - x0) * n / steps, y0 + (y1 - y0) * n / steps) for n in range(1, steps + 1)]
    return points


def drawing(strokes: list[Line], junctions: list[list[float]], gaps: tuple[int, ...] = ()) -> dict[str, Any]:
    points = array.array("f", [value for stroke in strokes for point in stroke for value in point])
    segments = sum(len(stroke) - 1 for stroke in strokes)
    return {
        "counts": [len(stroke) for stroke in strokes],
        "points": text(points.tobytes()),
        "connectors": text(bytes(int(number in gaps) for number in range(segments))),
        "junctions": junctions,
        "traced": 10 * segments,
        "kept": segments,
    }


def page(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The drawings, as the corrections have them."""
    corrections = request["corrections"]
    flips = sum(each["kind"] == "flip" for each in corrections)
    middle = (150.0, 150.0)
    if flips % 2:
        strokes = [line((60, 60), middle, (240, 60)), line((60, 240), middle, (240, 240))]
    else:
        strokes = [line((60, 60), middle, (240, 240)), line((240, 60), middle, (60, 240))]
    if any(each["kind"] == "delete" for each in corrections):
        strokes.pop()
    others = [[90.0, 90.0, 3, 0.7], [210.0, 210.0, 2, 0.8]] if Path(request["path"]).name == "002.jpg" else []
    first = drawing(strokes, [[*middle, 2, 0.9], *(others or [[90.0, 90.0, 3, 0.2]])])
    left, right = line((80, 300), (80, 360), (140, 360)), line((160, 360), (220, 360), (220, 300))
    if request["settings"]["join"] >= 15:
        return [first, drawing([left + right], [], (len(left) - 1,))]
    return [first, drawing([left, right], [])]


def of_book(told: dict[str, Any], book: str) -> dict[str, Any]:
    """The books, and the scans of one of them."""
    states: dict[str, list[str]] = {}
    for each in told["scans"]:
        states.setdefault(each["book"], []).append(each["state"])
    books = [{"name": name, "scans": len(of), "traced": of.count("traced")} for name, of in states.items()]
    shown = book if book in states else next(iter(states), "")
    return {**told, "books": books, "scans": [each for each in told["scans"] if each["book"] == shown]}


def tell(number: int, event: str, **fields: Any) -> None:
    sys.stdout.write(json.dumps({"id": number, "event": event, **fields}) + "\n")
    sys.stdout.flush()


def grey() -> bytes:
    """Paper, and a dark square in a corner."""
    row = bytes(40 if x < 60 else 235 for x in range(WIDTH))
    return row * 60 + bytes([235]) * (WIDTH * (HEIGHT - 60))


def ink() -> bytes:
    return bytes(0xFF if at % (WIDTH // 8) < 4 else 0 for at in range(-(-WIDTH * HEIGHT // 8)))


def answer(request: dict[str, Any]) -> None:
    number, do = request["id"], request["do"]
    if do == "trace":
        path = Path(request["path"])
        if path.name == "mortal.jpg" and path.exists():
            path.unlink()
            os._exit(3)
        if path.name == "endless.jpg":
            return
        if path.name == "torn.jpg":
            tell(number, "failed", error=f"{path} is torn.")
            return
        have = request.get("have", {})
        if have.get("page") != str(path):
            tell(number, "page", name=str(path), width=WIDTH, height=HEIGHT, grey=text(grey()))
        if have.get("ink") != str(path):
            tell(number, "ink", name=str(path), width=WIDTH, height=HEIGHT, bits=text(ink()), pen=4.0)
        to_scan = [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 1.0]]
        tell(
            number,
            "traced",
            size=[2 * WIDTH, 2 * HEIGHT],
            page_size=[WIDTH, HEIGHT],
            to_scan=to_scan,
            notes=["Its number was left out."],
            drawings=page(request),
        )
    elif do == "settings":
        kept = Path(request["studio"], "scripted-settings.json")
        told = json.loads(kept.read_text()) if kept.exists() else SETTINGS
        if request.get("keep"):
            told = told | request["keep"]
            kept.write_text(json.dumps(told))
        tell(number, "settings", **told)
    elif do == "write":
        with Path(request["studio"], "scripted-writes.txt").open("a") as file:
            file.write(f"{request['page']}\n")
    elif do in ("list", "points"):
        told = json.loads(Path(request["studio"], f"scripted-{do}.json").read_text())
        if "error" in told:
            tell(number, "failed", **told)
            return
        tell(number, do, **(of_book(told, request.get("book", "")) if do == "list" else told))
    elif (told := scripted_shelf.answer(request)) is not None:
        try:
            for each in told(request):
                tell(number, do, **each)
        except LookupError as error:
            tell(number, "failed", error=str(error))
            return
    tell(number, "done", seconds=0.1)


def main() -> None:
    for each in sys.stdin:
        request = json.loads(each)
        if request["do"] == "quit":
            return
        answer(request)


if __name__ == "__main__":
    main()
