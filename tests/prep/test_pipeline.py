from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sketchbooks import filled_studio, put_scan, told_follow, wave

from drawing.npz import read_npz
from drawing.svg import read_svg
from prep.catalog import open_catalog
from prep.corrections import Correction
from prep.decisions import tag_scans
from prep.engine import EngineSettings
from prep.errors import PrepError
from prep.listing import told_books
from prep.pages import State, correct, find_scan, page_state, report_of, trace_one, undo
from prep.pipeline import STAGES, run_stages, status
from prep.privacy import forget_scans
from prep.report import Report, write_page
from prep.select import SelectSettings
from prep.settings import DatasetSettings, PrepSettings
from prep.trace import TracedScan
from studio.events import Event, Progress, Said
from studio.files import write_text
from studio.folder import Studio, create_studio

SETTINGS = PrepSettings(engine=EngineSettings(scheduler="serial"), select=SelectSettings(cut=0))

pytestmark = pytest.mark.usefixtures("told_scans")


def run(studio: Studio, settings: PrepSettings = SETTINGS, **more: Any) -> dict[str, Any]:
    return run_stages(studio, settings, **more).to_json()


def stage(result: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in result["stages"] if each["name"] == name)


def test_scans_become_a_dataset(tmp_path: Path) -> None:
    studio = filled_studio(tmp_path / "s")
    result = run(studio)
    assert [each["name"] for each in result["stages"]] == list(STAGES)
    done = {each["name"]: (each["done"], each["fresh"]) for each in result["stages"]}
    assert done == dict.fromkeys(STAGES, (12, 12)) | {"look": (0, 0), "sort": (0, 0), "sift": (0, 0)}
    assert result["skipped"] == []
    archive = read_npz(Path(result["dataset"]))
    assert sum(map(len, archive.splits.values())) == 12
    (first, *_) = archive.about["drawings"]["train"]
    assert first["scan"].startswith("sb01/art/")
    assert first["strokes"] == [2, 1]
    assert len(first["connectors"]) == 1
    for ending in (".md", ".png"):
        assert Path(result["dataset"]).with_suffix(ending).exists()
    assert (studio.preparation / "points.png").exists()
    assert (studio.preparation / "points.svg").exists()


def test_each_traced_drawing_is_an_svg_that_tells_where_it_was(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "s")
    lines = [wave(left=100, top=300, size=400)], [wave(left=600, top=700, size=200)]
    put_scan(studio, "sb01/art/007.png", *lines)
    run(studio, last="trace")
    assert sorted(path.name for path in (studio.drawings / "sb01").iterdir()) == ["007-1.svg", "007-2.svg", "007.json"]
    found = [read_svg(studio.drawings / "sb01" / f"007-{number}.svg") for number in (1, 2)]
    assert found[0].drawing.size[0] == pytest.approx(2 * found[1].drawing.size[0], rel=1e-4)  # true to the page
    assert found[0].drawing.size[0] == pytest.approx(400 * 0.21, abs=0.01)  # A5, where the scan says nothing
    notes = found[1].notes
    assert (notes["scan"], notes["page"]) == ("sb01/art/007.png", "sb01/007")
    left, top, *_ = map(float, notes["box"].split())  # in pixels of the scan, which are half those of the page
    assert (left, top) == pytest.approx((1200, 1300), abs=1)
    x, y = found[1].drawing.lines[0][0] * float(notes["scale"]) + (left, top)
    assert (x, y) == pytest.approx((1200, 1400), abs=1)


def test_the_next_run_does_only_what_is_out_of_date(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = filled_studio(tmp_path / "s")
    run(studio)
    before = {path: path.stat().st_mtime_ns for path in studio.folder.rglob("*") if path.suffix in (".svg", ".npz")}
    told_scans.clear()
    again = run(studio)
    assert told_scans == []
    assert [each["fresh"] for each in again["stages"]] == [0] * 7
    assert [each["done"] for each in again["stages"]] == [12, 0, 0, 12, 0, 12, 12]
    assert {path: path.stat().st_mtime_ns for path in before} == before
    put_scan(studio, "sb01/art/013.png", [wave(turns=7)])
    put_scan(studio, "sb01/art/003.png", [wave(turns=9)])
    third = run(studio)
    assert [path.name for path in told_scans] == ["003.png", "013.png"]
    assert stage(third, "dataset")["done"] == 13


def test_settings_make_out_of_date_what_depends_on_them_and_no_more(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = filled_studio(tmp_path / "s")
    run(studio)
    told_scans.clear()
    fewer = SETTINGS.model_copy(update={"select": SelectSettings(cut=0, max_points=30)})
    result = run(studio, fewer)
    assert told_scans == []
    assert [each["fresh"] for each in result["stages"]] == [0, 0, 0, 0, 0, 12, 12]
    renamed = fewer.model_copy(update={"dataset": DatasetSettings(name="other")})
    assert [each["fresh"] for each in run(studio, renamed)["stages"]] == [0, 0, 0, 0, 0, 0, 12]
    finer = SETTINGS.model_copy(update={"trace": SETTINGS.trace.model_copy(update={"fine": True})})
    run(studio, finer, last="trace")
    assert len(told_scans) == 12


def test_a_scan_that_cannot_be_read_is_told_and_the_others_go_on(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = filled_studio(tmp_path / "s", 5)
    write_text(studio.sketchbooks / "sb01/art/099.png", "torn")
    told: list[Event] = []
    result = run(studio, on_event=told.append)
    assert result["skipped"] == ["sb01/art/099.png: is no picture that can be read."]
    assert (stage(result, "trace")["done"], stage(result, "trace")["skipped"]) == (5, 1)
    assert [event.text for event in told if isinstance(event, Said)] == [f"skipped {result['skipped'][0]}"]
    assert "099.png: is no picture" in Path(result["dataset"]).with_suffix(".md").read_text()
    told_scans.clear()
    assert run(studio)["skipped"] == result["skipped"]  # told again, and not read again
    assert told_scans == []
    finer = SETTINGS.model_copy(update={"trace": SETTINGS.trace.model_copy(update={"fine": True})})
    assert run(studio, finer)["skipped"] == result["skipped"]
    assert len(told_scans) == 6  # with other settings it may be readable
    put_scan(studio, "sb01/art/099.png", [wave(turns=11)])
    assert run(studio)["skipped"] == []


def test_two_scans_of_the_same_picture_are_one(tmp_path: Path) -> None:
    studio = filled_studio(tmp_path / "s", 4)
    put_scan(studio, "sb02/1.png", [wave(turns=8)])
    put_scan(studio, "sb02/2.png", [wave(turns=8)])
    result = run(studio)
    assert result["skipped"] == ["sb02/2.png: is the same picture as sb02/1.png"]
    assert stage(result, "dataset")["done"] == 5


@pytest.mark.parametrize("after", [3, 9, 14, 27])
def test_whenever_it_is_stopped_the_next_run_goes_on(tmp_path: Path, told_scans: list[Path], after: int) -> None:
    studio = filled_studio(tmp_path / "s")
    told: list[Event] = []

    def stop() -> bool:
        return sum(isinstance(event, Progress) and event.done > 0 for event in told) >= after

    result = run(studio, on_event=told.append, should_stop=stop)
    assert result["stopped"]
    assert len(result["stages"]) < 7
    assert len(told_scans) == min(max(0, after - 12), 12)  # nothing is begun after a stop
    whole = run(studio)
    assert len(told_scans) == 12  # nothing was done twice
    assert not whole["stopped"]
    untouched = filled_studio(tmp_path / "other")
    assert Path(run(untouched)["dataset"]).read_bytes() == Path(whole["dataset"]).read_bytes()


def test_a_stop_while_looking_for_scans_forgets_none(tmp_path: Path) -> None:
    studio = filled_studio(tmp_path / "s")
    run(studio)
    told: list[Event] = []
    run(studio, on_event=told.append, should_stop=lambda: len(told) > 4)
    assert stage(run(studio, first="trace"), "trace")["done"] == 12


def test_a_crash_amid_a_page_leaves_it_to_be_traced_again(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = filled_studio(tmp_path / "s", 3)
    run(studio)
    (studio.drawings / "sb01/002.json").unlink()  # the report is what is written last
    (studio.drawings / "sb01/003-1.svg").unlink()
    told_scans.clear()
    run(studio)
    assert [path.name for path in told_scans] == ["002.png", "003.png"]


def test_a_page_that_can_not_be_written_stays_as_it_was_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = create_studio(tmp_path / "s")
    put_scan(studio, "sb01/1.png", [wave()], [wave(top=700)])
    run(studio, last="trace")
    first = (studio.drawings / "sb01/1-1.svg").read_bytes()
    scan = find_scan(studio, "sb01/1")
    correct(studio, scan, Correction(kind="delete", at=(600, 600), value="drawing"))

    whole = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.suffix == ".json" and path.parent.suffix == ".tmp":
            raise OSError(28, "the disk is full")
        return whole(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        (skipped,) = run(studio, last="trace")["skipped"]
        assert skipped == f"sb01/1.png: {studio.drawings / 'sb01'} can't be written: the disk is full."
    assert (studio.drawings / "sb01/1-1.svg").read_bytes() == first
    assert run(studio, last="trace")["skipped"] == []  # a full disk is no reason to give a scan up
    assert (studio.drawings / "sb01/1-1.svg").read_bytes() != first  # another drawing under the name of the first


def test_a_correction_made_while_a_page_is_traced_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    studio = filled_studio(tmp_path / "s", 1)
    scan = find_scan(studio, "sb01/001")
    once = [Correction(kind="cut", at=(600, 600))]

    def meanwhile(*arguments: Any) -> Report:
        report = write_page(*arguments)
        if once:
            correct(studio, scan, once.pop())
        return report

    monkeypatch.setattr("prep.pages.write_page", meanwhile)
    assert len(trace_one(studio, scan, SETTINGS.trace).corrections) == 1


def test_what_is_no_file_and_what_can_not_be_read_ends_no_run(tmp_path: Path) -> None:
    studio = filled_studio(tmp_path / "s", 4)
    (studio.sketchbooks / "sb01/art/000.png").symlink_to("nowhere.png")
    run(studio, last="trace")
    write_text(studio.drawings / "sb01/002.corrections.jsonl", "no correction\n" * 2)
    for skipped in (run(studio)["skipped"], run(studio)["skipped"]):
        assert skipped[0] == "sb01/art/000.png: is no file, or a link that leads to none"
        assert skipped[1].startswith("sb01/art/002.png: ")
        assert "002.corrections.jsonl is damaged" in skipped[1]
        assert len(skipped) == 2
    assert [each["skipped"] for each in status(studio, SETTINGS)["stages"]][:2] == [1, 0]


def test_a_page_that_has_fewer_drawings_than_before_leaves_none_behind(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "s")
    put_scan(studio, "sb01/1.png", [wave()], [wave(top=700)])
    run(studio, last="trace")
    put_scan(studio, "sb01/1.png", [wave(turns=5)])
    run(studio, last="trace")
    assert [path.name for path in sorted((studio.drawings / "sb01").glob("*.svg"))] == ["1-1.svg"]


def test_corrections_survive_every_run_and_are_undone_by_the_last(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = filled_studio(tmp_path / "s", 4)
    run(studio)
    scan = find_scan(studio, "sb01/002-1")
    cut = Correction(kind="cut", at=(600, 600))  # in the scan's pixels: half way along the first stroke
    correct(studio, scan, cut)
    told_scans.clear()
    result = run(studio)
    assert told_scans == [scan.path]
    report = json.loads((studio.drawings / "sb01/002.json").read_text())
    assert report["drawings"][0]["strokes"] == 3
    drawings = read_npz(Path(result["dataset"])).about["drawings"]
    (told,) = [each for found in drawings.values() for each in found if each["page"] == "sb01/002"]
    assert told["corrections"] == ["cut at 600, 600"]
    assert told["strokes"] == [3, 2]  # what was cut by hand is not joined again
    finer = SETTINGS.model_copy(update={"trace": SETTINGS.trace.model_copy(update={"fine": True})})
    run(studio, finer)
    assert json.loads((studio.drawings / "sb01/002.json").read_text())["drawings"][0]["strokes"] == 3
    assert undo(studio) == (scan, cut)
    assert undo(studio) is None
    run(studio, finer)
    assert json.loads((studio.drawings / "sb01/002.json").read_text())["drawings"][0]["strokes"] == 2


def test_a_correction_that_finds_nothing_is_told_in_the_report(tmp_path: Path) -> None:
    studio = filled_studio(tmp_path / "s", 1)
    correct(studio, find_scan(studio, "sb01/001"), Correction(kind="delete", at=(1900, 1900)))
    run(studio, last="trace")
    (note,) = json.loads((studio.drawings / "sb01/001.json").read_text())["notes"]
    assert note == "The correction delete at 1900, 1900 found no line within 30 pixels."


def test_a_flip_is_made_while_tracing(tmp_path: Path) -> None:
    studio = filled_studio(tmp_path / "s", 2)
    for kind in ("flip", "cut"):
        correct(studio, find_scan(studio, "sb01/002"), Correction.model_validate({"kind": kind, "at": (600, 600)}))
    run(studio, last="trace")
    report = json.loads((studio.drawings / "sb01/002.json").read_text())
    assert report["notes"] == ["flip at 600, 600"]
    assert report["drawings"][0]["strokes"] == 3


def test_a_page_that_is_put_right_while_it_is_traced_is_written_as_it_is_to_be(
    tmp_path: Path, told_scans: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = filled_studio(tmp_path / "s", 1)
    scan, cut = find_scan(studio, "sb01/001"), Correction(kind="cut", at=(600, 800))

    def follow(*given: Any) -> TracedScan:
        if len(told_scans) == 1:
            correct(studio, scan, cut)
        return told_follow(*given)

    monkeypatch.setattr("prep.trace.follow", follow)
    run(studio, last="trace")
    report = report_of(studio, scan)
    assert report is not None
    assert report.corrections == (cut,)
    assert report.drawings[0].strokes == 3
    assert len(told_scans) == 2
    assert page_state(studio, scan, SETTINGS.trace) is State.TRACED


def test_the_list_of_scans_tells_whether_the_dataset_is_out_of_date(tmp_path: Path) -> None:
    studio = filled_studio(tmp_path / "s", 3)
    assert not told_books(studio, SETTINGS)["fresh"]
    run(studio, last="select")
    assert not told_books(studio, SETTINGS)["fresh"]
    run(studio)
    assert told_books(studio, SETTINGS)["fresh"]
    scan = find_scan(studio, "sb01/002")
    correct(studio, scan, Correction(kind="cut", at=(600, 600)))
    assert not told_books(studio, SETTINGS)["fresh"]
    trace_one(studio, scan, SETTINGS.trace)
    told = told_books(studio, SETTINGS)
    assert [each["state"] for each in told["scans"]] == ["traced"] * 3
    assert not told["fresh"]
    run(studio)
    assert told_books(studio, SETTINGS)["fresh"]
    put_scan(studio, "sb01/art/004.png", [wave(turns=7)])
    assert not told_books(studio, SETTINGS)["fresh"]


def test_a_crossing_that_was_checked_changes_no_line(tmp_path: Path, told_scans: list[Path]) -> None:
    studio = filled_studio(tmp_path / "s", 1)
    run(studio, last="trace")
    scan = find_scan(studio, "sb01/001")
    correct(studio, scan, Correction(kind="check", at=(600, 600)))
    assert page_state(studio, scan, SETTINGS.trace) is State.TRACED
    told_scans.clear()
    run(studio)
    assert not told_scans
    correct(studio, scan, Correction(kind="cut", at=(600, 600)))
    run(studio, last="trace")
    report = report_of(studio, scan)
    assert report is not None
    assert [each.kind for each in report.corrections] == ["cut"]


def test_a_start_by_hand_is_where_the_drawing_begins_in_the_dataset(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "s")
    put_scan(studio, "sb01/1.png", [wave(turns=2.25)])
    settings = SETTINGS.model_copy(update={"select": SelectSettings(cut=0, start="left")})
    run(studio, settings)
    correct(studio, find_scan(studio, "sb01/1"), Correction(kind="start", at=(1000, 800)))
    result = run(studio, settings)
    (rows,) = read_npz(Path(result["dataset"])).splits["train"]
    assert rows[0, 0] == pytest.approx(200, abs=0.1)


def test_files_of_drawings_are_imported_beside_scans(tmp_path: Path) -> None:
    from drawing.collection import Entry, write_collection
    from drawing.drawing import Drawing

    studio = filled_studio(tmp_path / "s", 6)
    mine = [Entry(Drawing.of([wave(left=500, turns=n), wave(left=90, turns=n)])) for n in (1, 2)]
    write_collection(tmp_path / "mine.npz", {"train": mine, "test": mine[:1]})
    settings = SETTINGS.model_copy(update={"imports": (str(tmp_path / "mine.npz"), str(tmp_path / "none.npz"))})
    result = run(studio, settings)
    assert [each.partition(":")[0] for each in result["skipped"]] == ["none.npz"]
    drawings = read_npz(Path(result["dataset"])).about["drawings"]
    found = {split: [each["name"] for each in told if "import" in each] for split, told in drawings.items()}
    assert found["train"] == ["mine.npz#train/0", "mine.npz#train/1"]
    assert found["test"] == ["mine.npz#test/0"]  # a set that has splits keeps them
    assert [told["strokes"] for told in drawings["train"] if "import" in told] == [[2, 2], [2, 2]]  # as they came
    assert str(tmp_path) not in json.dumps(read_npz(Path(result["dataset"])).about)
    assert "pages of mine.npz, sb01, made by" in Path(result["dataset"]).with_suffix(".md").read_text()


def test_a_dataset_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    from drawing.collection import Entry, write_collection
    from drawing.drawing import Drawing

    studio = filled_studio(tmp_path / "s", 3)
    write_collection(studio.datasets / "sketchbooks.npz", {"train": [Entry(Drawing.of([wave()]))]})
    with pytest.raises(PrepError, match=r"another dataset.*dataset\.name"):
        run(studio)


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "s")
    with pytest.raises(PrepError, match="put a folder of pictures"):
        run(studio)
    with pytest.raises(PrepError, match="run the stage find first"):
        run(studio, first="trace")
    with pytest.raises(PrepError, match="run the stage select first"):
        run(studio, first="dataset")
    with pytest.raises(PrepError, match="no stage 'trase'"):
        run(studio, first="trase")
    with pytest.raises(PrepError, match="comes after"):
        run(studio, first="select", last="find")
    put_scan(studio, "sb01/1.png", [[[5.0, 5.0]]])
    with pytest.raises(PrepError, match="None of 1 drawings was chosen; the first, sb01/1-1, is tiny"):
        run(studio)


def test_status_tells_what_is_done_and_what_is_to_do(tmp_path: Path) -> None:
    studio = filled_studio(tmp_path / "s", 4)
    write_text(studio.sketchbooks / "sb01/art/099.png", "torn")

    def figures() -> dict[str, tuple[int, int, int]]:
        return {
            each["name"]: (each["done"], each["todo"], each["skipped"])
            for each in status(studio, SETTINGS)["stages"]
            if each["name"] not in ("look", "sort", "sift")
        }

    assert figures() == {"find": (0, 5, 0), "trace": (0, 0, 0), "select": (0, 1, 0), "dataset": (0, 1, 0)}
    run(studio, last="find")
    assert figures() == {"find": (5, 0, 0), "trace": (0, 5, 0), "select": (0, 1, 0), "dataset": (0, 1, 0)}
    run(studio)
    assert figures() == {"find": (5, 0, 0), "trace": (4, 0, 1), "select": (4, 0, 0), "dataset": (4, 0, 0)}
    correct(studio, find_scan(studio, "sb01/002"), Correction(kind="cut", at=(600, 600)))
    assert figures()["trace"] == (3, 1, 1)
    assert status(studio, SETTINGS)["dataset"] == str(studio.datasets / "sketchbooks.npz")


def test_a_dataset_is_out_of_date_once_a_scan_of_it_is_private(tmp_path: Path) -> None:
    studio = filled_studio(tmp_path / "s", 4)
    run(studio)
    with open_catalog(studio) as catalog:
        tag_scans(catalog, [1], "private")
        forget_scans(catalog, studio, [1])
    assert [each["todo"] for each in status(studio, SETTINGS)["stages"] if each["name"] == "dataset"] == [1]
    with pytest.raises(PrepError, match="run the stage select first"):
        run(studio, first="dataset")
    assert stage(run(studio, first="select"), "dataset")["done"] == 3


def test_nothing_is_left_to_look_at_where_a_scan_was_copied_in_front_of_itself(tmp_path: Path) -> None:
    studio = filled_studio(tmp_path / "s", 2)
    run(studio, last="find")
    look_at(studio)
    write_text(studio.sketchbooks / "sb01/art/000.png", (studio.sketchbooks / "sb01/art/001.png").read_text())
    run(studio, last="find")
    look_at(studio)
    (look,) = [each for each in status(studio, SETTINGS)["stages"] if each["name"] == "look"]
    assert (look["done"], look["todo"]) == (2, 0)


def look_at(studio: Studio) -> None:
    with open_catalog(studio) as catalog, catalog.change() as db:
        db.execute("INSERT OR REPLACE INTO looks SELECT id, sha256, 1, 1, x'', x'', x'' FROM scans")


def test_a_page_that_was_traced_before_reports_told_their_tracing_is_taken_over(
    tmp_path: Path, told_scans: list[Path]
) -> None:
    studio = filled_studio(tmp_path / "s", 2)
    run(studio)
    for path in studio.drawings.glob("*/*.json"):
        told = json.loads(path.read_text())
        del told["tracing"]
        write_text(path, json.dumps(told))
    for path in studio.folder.glob("catalog.sqlite*"):
        path.unlink()
    told_scans.clear()
    run(studio)
    assert told_scans == []
    assert [each["todo"] for each in status(studio, SETTINGS)["stages"] if each["name"] == "trace"] == [0]


@pytest.mark.parametrize(
    "name", ["sb01/art/002.png", "sb01/002", "sb01/002-1", "sb01/002-1.svg", "PATH/sb01/art/002.png", "SVG"]
)
def test_a_scan_is_found_by_any_of_its_names(tmp_path: Path, name: str) -> None:
    studio = filled_studio(tmp_path / "s", 3)
    name = name.replace("PATH", str(studio.sketchbooks)).replace("SVG", str(studio.drawings / "sb01/002-1.svg"))
    assert find_scan(studio, name).name == "sb01/art/002.png"
    with pytest.raises(PrepError, match="is no scan"):
        find_scan(studio, "sb01/004")
