"""A shelf that a scripted worker knows by heart: 40 scans in three books, sorted into four clusters, one private."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Told = dict[str, Any]
LABELS = ["0_drawings", "1_watercolors", "2_notes", "3_badscans", "4_covers"]
COLOURS = [(240, 235, 220), (180, 60, 120), (90, 90, 90), (30, 60, 90)]


def scan(number: int) -> Told:
    book = f"sb{1 + number // 15:02}"
    return {
        "key": str(number),
        "page": f"{book}/{1 + number % 15:03}",
        "book": book,
        "cluster": 0 if number < 14 else number % 4,
        "label": None,
        "by_hand": False,
        "tag": "private" if number == 5 else "art",
        "favourite": number == 3,
        "words": "new",
    }


class Shelf:
    """What was decided is forgotten with the process."""

    def __init__(self) -> None:
        self.scans = {str(number): scan(number) for number in range(40)}
        self.names: dict[int, str | None] = {0: "0_drawings", 1: None, 2: None, 3: None}
        self.undo: list[tuple[str, str]] = []
        self.plan: list[Told] = []
        self.studio = Path()

    @property
    def clustering(self) -> int:
        """Another one once a test has put a file there."""
        return 1 + (self.studio / "clustered-anew").exists()

    def seen(self) -> list[Told]:
        found: list[Told] = []
        for each in self.scans.values():
            if each["tag"] != "private":
                label = each["label"] if each["by_hand"] else self.names[each["cluster"]]
                found.append({**each, "label": label})
        return found

    def log(self, request: Told) -> None:
        with (self.studio / "scripted-shelf.jsonl").open("a") as file:
            file.write(json.dumps(request) + "\n")

    def part(self, found: list[Told], request: Told) -> Told:
        first = request.get("first", 0)
        items = found[first : first + request.get("count", 120)]
        return {"total": len(found), "first": first, "items": items, "labels": LABELS}

    # answers

    def shelf(self, request: Told) -> Iterator[Told]:
        self.log(request)
        found = self.seen()
        query = request.get("query") or ""
        if request.get("keys") is not None:
            found = [each for each in found if each["key"] in request["keys"]]
        if request.get("book"):
            found = [each for each in found if each["book"] == request["book"]]
        if query == "favourite":
            found = [each for each in found if each["favourite"]]
        elif query.startswith("like:"):
            found = [{**each, "distance": 0.5 * place} for place, each in enumerate(found[:7])]
        elif query.startswith("label:"):
            found = [each for each in found if each["label"] == query[6:].strip('"')]
        elif query == "wrong:":
            yield {"total": 0, "first": 0, "items": [], "labels": LABELS, "wrong": "There is no wrong: to search for."}
            return
        elif query:
            found = [each for each in found if query in each["page"]]
        yield self.part(found, request)

    def shelf_books(self, request: Told) -> Iterator[Told]:
        found = self.seen()
        names = sorted({each["book"] for each in found})
        books = [{"name": name, "scans": sum(each["book"] == name for each in found), "labelled": 0} for name in names]
        yield {"books": books, "labels": LABELS}

    def covers(self, request: Told) -> Iterator[Told]:
        yield self.part([each for each in self.seen() if each["page"].endswith("/001")], request)

    def items(self, request: Told) -> Iterator[Told]:
        yield {"items": [each for each in self.seen() if each["key"] in request["keys"]]}

    def find(self, request: Told) -> Iterator[Told]:
        page = request["text"].replace("p0", "/0") if "/" not in request["text"] else request["text"]
        found = [each for each in self.seen() if each["page"] == page]
        if not found:
            raise LookupError(f"There is no page {request['text']} on the shelf.")
        path = self.studio / "sketchbooks" / f"{page}.jpg"
        corrections = str(self.studio / "drawings" / f"{page}.corrections.jsonl")
        told = {"page": page, "book": found[0]["book"], "path": str(path), "corrections_path": corrections}
        yield {**told, "drawn": page != "sb03/001"}

    def pictures(self, request: Told) -> Iterator[Told]:
        width, height = 3 * request["columns"] // 4, 2 * request["rows"]
        pictures: Told = {}
        for key in request["keys"]:
            if "/" in key:
                pictures[key] = [["⠁⠂⠄" * (request["columns"] // 4)] * request["rows"]]
            else:
                assert self.scans[key]["tag"] != "private"
                colour = bytes(COLOURS[self.scans[key]["cluster"]])
                pictures[key] = [width, height, base64.b64encode(colour * width * height).decode()]
        yield {"pictures": pictures, "columns": request["columns"], "rows": request["rows"]}

    def decide(self, request: Told) -> Iterator[Told]:
        self.log(request)
        if request["what"] in ("cluster", "merge") and request["seen"] != self.clustering:
            raise LookupError("The scans were clustered anew since you saw these clusters; look at them again first.")
        self.undo.append((json.dumps([self.scans, list(self.names.items())]), request["what"]))
        value = request["value"]
        if request["what"] in ("cluster", "merge"):
            self.names |= dict.fromkeys(request["numbers"], value)
            yield {"what": request["what"], "words": f"cluster {request['numbers'][0]} named {value}"}
            return
        for key in request["keys"]:
            scan = self.scans[key]
            if request["what"] == "label":
                scan |= {"label": value, "by_hand": value is not None}
            else:
                scan[request["what"]] = value
        count = len(request["keys"])
        what = self.scans[request["keys"][0]]["page"] if count == 1 else f"{count} scans"
        yield {"what": request["what"], "words": f"{what} to {value}"}

    def undo_decision(self, request: Told) -> Iterator[Told]:
        if not self.undo:
            yield {"what": "", "words": ""}
            return
        before, what = self.undo.pop()
        self.scans, names = json.loads(before)
        self.names = {int(number): name for number, name in names}
        yield {"what": what, "words": "the last one"}

    def clusters(self, request: Told) -> Iterator[Told]:
        if request["of"] == "drawings":
            clusters = [{"number": 0, "size": 3, "label": None}, {"number": 1, "size": 2, "label": "1_patterns"}]
            told = {"of": "drawings", "clustering": self.clustering, "k": 2, "seed": 0}
            yield {**told, "clusters": clusters, "suggested": ["0_drawings", "1_patterns"]}
            return
        clusters: list[Told] = []
        for number, label in self.names.items():
            members = [each for each in self.seen() if each["cluster"] == number]
            moved = sum(each["by_hand"] for each in members)
            clusters.append({"number": number, "size": len(members) - moved, "label": label, "by_hand": bool(label)})
            clusters[-1]["moved"] = moved
        told = {"of": "scans", "clustering": self.clustering, "k": 4, "seed": 0}
        yield {**told, "clusters": clusters, "outside": 1, "suggested": LABELS}

    def members(self, request: Told) -> Iterator[Told]:
        if request["of"] == "drawings":
            drawings = [{"key": f"sb01/00{n}-1", "page": f"sb01/00{n}", "book": "sb01"} for n in range(1, 4)]
            yield self.part(drawings, request)
            return
        found = [each for each in self.seen() if each["cluster"] == request["number"] and not each["by_hand"]]
        found = [{**each, "distance": 0.1 * place} for place, each in enumerate(found)]
        yield self.part(found[::-1] if request["farthest"] else found, request)

    def map(self, request: Told) -> Iterator[Told]:
        found = self.seen()
        xy = [value for n in range(len(found)) for value in (n % 7 * 160, n // 7 * 180)]
        label = [LABELS.index(each["label"]) if each["label"] else -1 for each in found]
        yield {"keys": [each["key"] for each in found], "xy": xy, "labels": LABELS, "label": label}

    def sorting(self, request: Told) -> Iterator[Told]:
        self.log(request)
        yield request["keep"]

    def timeline(self, request: Told) -> Iterator[Told]:
        rows = (("sb01", 14, 14, "2019"), ("sb02", 5, 15, "2019-11 – 2020"), ("sb03", 0, 10, ""))
        yield {"books": [dict(zip(("book", "found", "scans", "dates"), row, strict=True)) for row in rows]}

    def duplicates(self, request: Told) -> Iterator[Told]:
        groups = [["1", "2"], ["16", "17", "18"]]
        left = [[key for key in group if self.scans[key]["tag"] != "extra"] for group in groups]
        told = [[self.scans[key]["page"] for key in group] for group in left]
        pairs = zip(left, told, strict=True)
        yield {"groups": [{"keys": keys, "words": " ≈ ".join(pages)} for keys, pages in pairs if len(keys) > 1]}

    # names of pages

    def naming(self, request: Told) -> Iterator[Told]:
        named = [{"file": f"IMG_{n:04}.jpg", "page": n, "key": str(n)} for n in range(1, 7)]
        named[4] |= {"tag": "private"}
        yield {"book": {"name": request["book"], "number": 7}, "plan": self.plan or named}

    def keep_naming(self, request: Told) -> Iterator[Told]:
        self.plan = request["plan"]
        yield {}

    def leaf(self, request: Told) -> Iterator[Told]:
        self.log(request)
        width, height = request["columns"] // 2, 2 * request["rows"]
        yield {"picture": [width, height, base64.b64encode(bytes(COLOURS[0]) * width * height).decode()]}

    def check_naming(self, request: Told) -> Iterator[Told]:
        names = [(each["page"], each["variant"]) for each in request["plan"] if each["page"] is not None]
        twice = sorted({name for name in names if names.count(name) > 1})
        yield {"problems": [f"Two scans are to be {page:03}{variant}." for page, variant in twice]}

    def rename(self, request: Told) -> Iterator[Told]:
        self.log(request)
        self.plan = []
        yield {"words": f"{len(request['plan'])} scans renamed"}

    def book(self, request: Told) -> Iterator[Told]:
        self.log(request)
        if request["fields"]["cover"] == "999":
            raise LookupError("sb01 has no page 999.")
        yield {"book": {"name": request["book"], **request["fields"]}}


SHELF = Shelf()


def answer(request: Told) -> Callable[[Told], Iterator[Told]] | None:
    """What answers a request; None if it is not about the shelf."""
    SHELF.studio = Path(request.get("studio") or ".")
    return getattr(SHELF, request["do"], None) if not request["do"].startswith("_") else None
