from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sketchbooks import put_red_tag, put_scan

from drawing.svg import read_svg
from prep import retrace
from prep.catalog import open_catalog
from prep.corrections import Correction
from prep.finding import refresh
from prep.homography import map_points
from prep.pages import State, correct, find_scan, page_state, report_of, trace_one
from prep.render.book import render_book
from prep.render.settings import RenderSettings
from prep.settings import PrepSettings, read_settings
from prep.trace import TraceSettings, trace_scan
from prep.worker import Worker
from studio.folder import Studio, create_studio
from tui.tracing import read_page


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    studio = create_studio(tmp_path_factory.mktemp("worker") / "ink")
    render_book(studio.sketchbooks, RenderSettings(pages=1, height=(500, 500), seed=3))
    return studio


@pytest.fixture
def scan(studio: Studio) -> Path:
    return studio.sketchbooks / "sb01" / "art" / "001.jpg"


def ask(*requests: dict[str, Any]) -> list[dict[str, Any]]:
    replies: list[dict[str, Any]] = []
    newest = [None]
    worker = Worker(replies.append, lambda: newest[0])
    for request in requests:
        newest[0] = request.get("id")
        worker.answer(request)
    return json.loads(json.dumps(replies))


def test_a_page_its_ink_and_its_lines_come_in_this_order_and_once(scan: Path) -> None:
    first = ask({"id": 1, "do": "trace", "path": str(scan)})
    assert [each["event"] for each in first] == ["page", "ink", "traced", "done"]
    page, ink, traced = first[:3]
    assert len(base64.b64decode(page["grey"])) == page["width"] * page["height"]
    have = {"page": page["name"], "ink": ink["name"]}
    again = ask({"id": 2, "do": "trace", "path": str(scan), "have": have})
    assert [each["event"] for each in again] == ["traced", "done"]
    expected = trace_scan(scan)
    found = read_page(traced)
    assert found.page_size == expected.page_size
    assert found.notes == expected.notes
    for one, other in zip(found.drawings, expected.drawings, strict=True):
        for line, true in zip(one.drawing.lines, other.drawing.lines, strict=True):
            assert np.abs(line - true).max() < 1e-3
        assert [each.tolist() for each in one.drawing.connectors] == [
            each.tolist() for each in other.drawing.connectors
        ]
        assert [each.at for each in one.crossings] == [each.at for each in other.junctions]
        assert one.traced == other.drawing.points


def test_what_the_disk_refuses_is_told_and_ends_nothing(tmp_path: Path, scan: Path) -> None:
    studio = create_studio(tmp_path / "ink")
    studio.sketchbooks.rmdir()
    studio.sketchbooks.write_text("in the way")
    replies = ask({"id": 1, "do": "demo", "studio": str(studio.folder), "pages": 1}, {"id": 2, "do": "none"})
    assert [(each["id"], each["event"]) for each in replies] == [(1, "failed"), (2, "failed")]
    assert "sketchbooks" in replies[0]["error"]


def test_simple_drawings_have_the_points_that_are_kept(scan: Path) -> None:
    replies = ask({"id": 1, "do": "trace", "path": str(scan), "max_points": 60, "simple": True})
    for each in read_page(replies[2]).drawings:
        assert each.drawing.points == each.kept <= 60 < each.traced


def test_settings_are_told_and_kept_without_losing_others(studio: Studio) -> None:
    (told, _) = ask({"id": 1, "do": "settings", "studio": str(studio.folder)})
    assert (told["max_points"], told["trace"]["join"]) == (249, 15.0)
    trace = {**told["trace"], "join": 21.0}
    ask({"id": 2, "do": "settings", "studio": str(studio.folder), "keep": {"trace": trace, "max_points": 99}})
    ask({"id": 3, "do": "settings", "studio": str(studio.folder), "keep": {"cut": 0.1}})
    (told, _) = ask({"id": 4, "do": "settings", "studio": str(studio.folder)})
    assert (told["max_points"], told["trace"]["join"], told["cut"]) == (99, 21.0, 0.1)
    wrong = ask({"id": 5, "do": "settings", "studio": str(studio.folder), "keep": {"cut": 3}})
    assert [each["event"] for each in wrong] == ["failed"]


def test_a_page_that_was_put_right_is_written_as_a_run_would(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "ink")
    render_book(studio.sketchbooks, RenderSettings(pages=1, height=(500, 500), seed=3))
    scan, settings = find_scan(studio, "sb01/001"), PrepSettings().trace
    order = {"do": "write", "studio": str(studio.folder), "page": "sb01/001"}
    assert ask({"id": 1, **order})[0] == {"id": 1, "event": "written", "fresh": False}  # no run has traced it
    assert report_of(studio, scan) is None
    report = trace_one(studio, scan, settings)
    x, y = read_svg(studio.drawings / "sb01/001-1.svg").drawing.lines[0][40] / report.mm + report.drawings[0].corner
    ((at_x, at_y),) = map_points(report.to_scan, [(x, y)]).tolist()
    correct(studio, scan, Correction(kind="cut", at=(at_x, at_y)))
    assert page_state(studio, scan, settings) is State.STALE
    trace = {"do": "trace", "path": str(scan.path)}
    replies = ask({"id": 2, **trace}, {"id": 3, **order}, {"id": 4, **order})
    assert [each["fresh"] for each in replies if each["event"] == "written"] == [True, False]
    assert page_state(studio, scan, settings) is State.TRACED
    mine = report_of(studio, scan), [path.read_bytes() for path in sorted((studio.drawings / "sb01").glob("*.svg"))]
    theirs = trace_one(studio, scan, settings)
    assert mine[0] is not None
    assert mine[0].drawings[0].strokes == report.drawings[0].strokes + 1
    assert mine[0].model_copy(update={"seconds": theirs.seconds}) == theirs
    assert mine[1] == [path.read_bytes() for path in sorted((studio.drawings / "sb01").glob("*.svg"))]


def test_a_scan_with_a_red_tag_is_not_read_to_be_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = create_studio(tmp_path / "ink")
    with open_catalog(studio) as catalog:
        path = put_scan(studio, "sb01/art/001.png", [])
        refresh(catalog, studio)
    put_red_tag(path)
    monkeypatch.setattr(retrace, "read_scan", lambda path: pytest.fail(f"{path} was read"))
    (told,) = ask({"id": 1, "do": "trace", "studio": str(studio.folder), "path": str(path)})
    assert (told["event"], "is no scan" in told["error"]) == ("failed", True)


def test_what_is_written_is_not_given_up_for_a_newer_request(studio: Studio) -> None:
    scan, settings = find_scan(studio, "sb01/001"), read_settings(studio).trace
    trace_one(studio, scan, TraceSettings(join=1.0))
    replies: list[dict[str, Any]] = []
    worker = Worker(replies.append, lambda: 99)
    worker.answer({"id": 1, "do": "write", "studio": str(studio.folder), "page": "sb01/001"})
    assert [each["event"] for each in replies] == ["written", "done"]
    assert page_state(studio, scan, settings) is State.TRACED
    worker.answer({"id": 2, "do": "trace", "path": str(scan.path), "settings": {"fine": True}})
    assert replies[-1]["event"] == "superseded"


def test_a_scan_that_is_torn_is_an_answer_and_the_next_one_is_traced(scan: Path, tmp_path: Path) -> None:
    (tmp_path / "torn.jpg").write_bytes(b"torn")
    replies = ask(
        {"id": 1, "do": "trace", "path": str(tmp_path / "torn.jpg")}, {"id": 2, "do": "trace", "path": str(scan)}
    )
    assert replies[0]["event"] == "failed"
    assert "torn.jpg" in replies[0]["error"]
    assert replies[-1] | {"seconds": 0} == {"id": 2, "event": "done", "seconds": 0}


def test_the_books_are_listed_and_a_demo_book_takes_the_next_number(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "ink")
    (studio.sketchbooks / "sb01").mkdir()
    made = ask({"id": 1, "do": "demo", "studio": str(studio.folder), "pages": 2})
    assert [each["event"] for each in made] == ["progress", "progress", "book", "done"]
    (told, _) = ask({"id": 2, "do": "list", "studio": str(studio.folder)})
    assert [(each["book"], each["state"]) for each in told["scans"]] == [("sb02", "new"), ("sb02", "new")]


def test_of_requests_that_wait_only_the_newest_is_worked_on(scan: Path) -> None:
    lines = [{"id": number, "do": "trace", "path": str(scan)} for number in (1, 2, 3)]
    text = "not json\n" + "".join(json.dumps(each) + "\n" for each in lines)
    result = subprocess.run(
        [sys.executable, "-P", "-m", "prep.worker"], input=text, capture_output=True, text=True, check=True
    )
    ends = [
        (reply["id"], reply["event"])
        for reply in map(json.loads, result.stdout.splitlines())
        if reply["event"] in ("done", "superseded", "failed")
    ]
    assert ends[:2] == [(1, "superseded"), (2, "superseded")]
