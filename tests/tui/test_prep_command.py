"""``monoline prep``: its commands, as a person uses them."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import Capture, refused, told
from runs import write_run
from sketchbooks import filled_studio, put_scan, wave

from drawing.npz import read_npz
from prep import loose
from prep.pipeline import STAGES, run_stages
from prep.select import SelectSettings
from prep.settings import DatasetSettings, PrepSettings, read_settings
from studio.events import Changed, Progress, Started
from studio.files import write_text
from studio.folder import Studio, create_studio
from studio.lock import locked
from tui.demo_set import datasets
from tui.main import run

KEYS = {"scans", "drawings", "seconds", "peak_mb"}


@pytest.fixture
def studio(tmp_path: Path, told_scans: list[Path]) -> Studio:
    return filled_studio(tmp_path / "s", 3)


def trace(out: Path, root: Path, *arguments: str | Path) -> list[str]:
    scans = [str(each) for each in arguments]
    return ["prep", "trace", *scans, "--root", str(root), "--out", str(out), "--workers", "1"]


def prep(studio: Studio, *arguments: str) -> list[str]:
    return ["--studio", str(studio.folder), "prep", *arguments]


# trace


def test_trace_writes_strokes_in_pixels_of_the_scan_by_names_from_the_root(
    capsys: Capture, studio: Studio, tmp_path: Path
) -> None:
    out = tmp_path / "traced.json"
    scans = [str(studio.sketchbooks / f"sb01/art/00{number}.png") for number in (2, 1)]
    result = told(capsys, trace(out, studio.sketchbooks, *scans))
    assert result.keys() >= KEYS
    assert (result["scans"], result["drawings"]) == (2, 2)
    assert result["peak_mb"] > 10
    pages = json.loads(out.read_text())["pages"]
    assert list(pages) == ["sb01/art/002.png", "sb01/art/001.png"]
    (drawing,) = pages["sb01/art/001.png"]["drawings"]
    assert len(drawing["strokes"]) == 2
    assert 20 < len(drawing["strokes"][0]) < 100  # of 200 points those that tell the line to a tenth of a pixel
    assert drawing["strokes"][0][0] == [200, 600]  # the told page has half of the scan's pixels
    assert pages["sb01/art/001.png"]["seconds"] >= 0


def test_trace_takes_folders_and_simplifies_to_a_number_of_points(
    capsys: Capture, studio: Studio, tmp_path: Path
) -> None:
    out = tmp_path / "traced.json"
    result = told(capsys, trace(out, studio.folder, studio.sketchbooks, "--max-points", "40"))
    assert result["scans"] == 3
    pages = json.loads(out.read_text())["pages"]
    assert set(pages) == {f"sketchbooks/sb01/art/00{number}.png" for number in (1, 2, 3)}
    for page in pages.values():
        assert sum(map(len, page["drawings"][0]["strokes"])) <= 40


def test_trace_skips_what_it_cannot_read_and_exits_with_4(capsys: Capture, studio: Studio, tmp_path: Path) -> None:
    write_text(studio.sketchbooks / "sb01/art/000.png", "torn")
    out = tmp_path / "traced.json"
    result = told(capsys, trace(out, studio.sketchbooks, studio.sketchbooks), 4)
    assert result["scans"] == 3
    assert result["skipped"] == ["sb01/art/000.png: is no picture that can be read."]
    alone = trace(out, studio.sketchbooks, studio.sketchbooks / "sb01/art/000.png", "--force")
    assert told(capsys, alone, 4)["scans"] == 0
    assert json.loads(out.read_text()) == {"pages": {}}
    link = studio.sketchbooks / "sb01/back"
    link.symlink_to(studio.sketchbooks, target_is_directory=True)
    looped = told(capsys, trace(out, studio.sketchbooks, studio.sketchbooks, "--force"), 4)
    assert looped["skipped"][0].startswith(f"{link} is a link to a folder")


def test_trace_refuses_what_it_should_not_do(capsys: Capture, studio: Studio, tmp_path: Path) -> None:
    out = tmp_path / "traced.json"
    scan = str(studio.sketchbooks / "sb01/art/001.png")
    assert "does not lie in" in refused(capsys, trace(out, studio.drawings, scan), 2)
    assert "no pictures" in refused(capsys, trace(out, studio.folder, studio.drawings), 1)
    assert "fein" in refused(capsys, trace(out, studio.folder, scan, "--set", "fein=true"), 2)
    out.write_text("mine")
    assert "--force" in refused(capsys, trace(out, studio.folder, scan), 1)
    assert out.read_text() == "mine"


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")
def test_ctrl_c_writes_the_scans_that_are_traced(
    capsys: Capture, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = loose.trace_strokes

    def interrupted(order: Mapping[str, Any]) -> tuple[int, str]:
        if order["name"].endswith("002.png"):
            os.kill(os.getpid(), signal.SIGINT)
        return whole(order)

    monkeypatch.setattr(loose, "trace_strokes", interrupted)
    out = tmp_path / "traced.json"
    result = told(capsys, trace(out, studio.sketchbooks, studio.sketchbooks), 3)
    assert result["scans"] == 2
    assert list(json.loads(out.read_text())["pages"]) == ["sb01/art/001.png", "sb01/art/002.png"]


# corrections


def test_repair_keeps_corrections_traces_again_and_undo_takes_them_back(capsys: Capture, studio: Studio) -> None:
    cut = told(capsys, prep(studio, "repair", "sb01/002-1", "--cut", "600,600"))
    assert cut["scan"] == "sb01/art/002.png"
    assert cut["corrections"] == ["cut at 600, 600"]
    assert cut["strokes"] == [3]
    assert [Path(each).name for each in cut["drawings"]] == ["002-1.svg"]
    joined = told(capsys, prep(studio, "repair", "sb01/002-1", "--join", "1000,600,1010,600", "--start", "1610,600"))
    assert joined["strokes"] == [2]
    assert len(joined["corrections"]) == 3
    undone = told(capsys, prep(studio, "undo"))
    assert undone["undone"] == "start at 1610, 600"
    assert undone["left"] == 2
    assert {"stages", "dataset"} <= undone.keys()
    told(capsys, prep(studio, "undo", "sb01/002"))
    told(capsys, prep(studio, "undo", "sb01/art/002.png"))
    assert "nothing to undo" in refused(capsys, prep(studio, "undo"), 1)


def test_a_whole_drawing_is_deleted_or_turned_by_its_name(capsys: Capture, studio: Studio) -> None:
    put_scan(studio, "sb01/art/009.png", [wave()], [wave(top=700)])
    told(capsys, prep(studio, "repair", "sb01/009", "--cut", "600,600"))
    deleted = told(capsys, prep(studio, "repair", "sb01/009-1", "--delete"))
    assert deleted["strokes"] == [1]
    turned = told(capsys, prep(studio, "repair", str(studio.drawings / "sb01/009-1.svg"), "--reverse"))
    assert turned["corrections"][-1].startswith("reverse drawing at ")
    assert "is no drawing" in refused(capsys, prep(studio, "repair", "sb01/009-2", "--reverse"), 1)
    both = told(capsys, prep(studio, "repair", "sb01/009-1", "--start", "200,1400", "--reverse"))
    assert [each.split()[0] for each in both["corrections"][-2:]] == ["reverse", "start"]  # else it began at its end


def test_a_correction_that_finds_nothing_is_told_and_exits_with_4(capsys: Capture, studio: Studio) -> None:
    result = told(capsys, prep(studio, "repair", "sb01/001", "--cut", "5,5"), 4)
    assert result["notes"] == ["The correction cut at 5, 5 found no line within 30 pixels."]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sb01/001"], "say what to correct"),
        (["sb01/001", "--cut", "5"], "write X,Y in scan pixels"),
        (["sb01/001", "--join", "5,6"], "write X,Y,X,Y"),
        (["sb01/001", "--flip", "nan,6"], "is no place"),
    ],
)
def test_repair_tells_what_it_needs(capsys: Capture, studio: Studio, arguments: list[str], words: str) -> None:
    assert words in refused(capsys, prep(studio, "repair", *arguments), 2)
    assert "is no scan" in refused(capsys, prep(studio, "repair", "sb07/001", "--cut", "5,6"), 1)
    assert not list(studio.drawings.rglob("*.jsonl"))


# run, status, demo


@pytest.mark.usefixtures("here")
def test_scans_of_the_demo_artist_become_a_dataset(capsys: Capture, tmp_path: Path) -> None:
    folder = str(tmp_path / "s")
    demo = ["--studio", folder, "prep", "demo", "--pages", "4", "--seed", "3", "--set", "height=[500,560]"]
    made = told(capsys, demo)
    assert (made["pages"], made["books"]) == (4, ["sb01"])
    truth = json.loads((tmp_path / "s/sketchbooks/truth.json").read_text())
    assert "exists" in refused(capsys, demo, 1)
    write_text(tmp_path / "s/sketchbooks/sb01/art/099.jpg", "torn")
    command = ["--studio", folder, "prep", "run", "--set", "select.cut=0"]
    result = told(capsys, command, 4)
    assert [each["name"] for each in result["stages"]] == list(STAGES)
    assert all(each.keys() >= {"name", "done", "skipped", "seconds"} for each in result["stages"])
    assert [each.partition(":")[0] for each in result["skipped"]] == ["sb01/art/099.jpg"]
    true = sum(len(page["drawings"]) for page in truth["pages"])
    assert abs(result["stages"][-1]["done"] - true) <= 1
    info = told(capsys, ["dataset", "info", result["dataset"]])
    assert sum(each["drawings"] for each in info["splits"].values()) == result["stages"][-1]["done"]
    assert run(command) == 4
    out, err = capsys.readouterr()
    assert err.count("sb01/art/099.jpg") == 1
    assert "1 skipped, named above" in err
    assert "points of " in out
    assert "look     4 scans looked at, 1 left out" in out
    assert "█" in out
    status = told(capsys, ["--studio", folder, "prep", "status"])
    assert [each["todo"] for each in status["stages"]] == [0] * len(STAGES)
    assert (status["dataset"], status["running"]) == (result["dataset"], False)


def test_status_tells_what_a_run_is_doing(capsys: Capture, studio: Studio) -> None:
    doing = Progress(done=3, total=20, what="lesson", doing="teaching the network your folders, lesson")
    write_run(studio.preparation, {}, [Started(what="x"), Changed(state="look"), doing])
    with locked(studio.preparation):
        status = told(capsys, prep(studio, "status"))
    assert (status["running"], status["doing"]) == (True, "teaching the network your folders, lesson 3 of 20")


@pytest.mark.usefixtures("here")
def test_run_refuses_what_it_cannot_do(capsys: Capture, tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "s")
    assert "no stage 'trase'" in refused(capsys, prep(studio, "run", "--from", "trase"), 2)
    assert "comes after" in refused(capsys, prep(studio, "run", "--from", "select", "--to", "find"), 2)
    assert "did you mean 'join'" in refused(capsys, prep(studio, "run", "--set", "select.joins=3"), 2)
    assert "does not exist" in refused(capsys, prep(studio, "run", "--import", str(tmp_path / "no.npz")), 1)
    assert not (studio.preparation / "settings.toml").exists()
    assert run(prep(studio, "run")) == 1
    assert "put a folder of pictures" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_settings_and_imports_stay_with_the_studio(capsys: Capture, tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "s")
    drawings = studio.folder / "mine.npz"
    told(capsys, ["dataset", "demo", "--n", "30", "--out", str(drawings)])
    first = told(capsys, prep(studio, "run", "--import", str(drawings), "--set", "select.max_points=50"))
    assert first["stages"][-1]["done"] == pytest.approx(28, abs=1)  # a twentieth is cut at each end
    again = told(capsys, prep(studio, "run"))
    assert [each["fresh"] for each in again["stages"]] == [0] * 7
    info = told(capsys, ["dataset", "info", again["dataset"]])
    assert max(each["points"]["max"] for each in info["splits"].values()) <= 50
    assert 'imports = ["mine.npz"]' in (studio.preparation / "settings.toml").read_text()
    assert np.isclose(info["about"]["scale"], info["scale_without_first"])


def test_a_converted_dataset_still_tells_where_its_drawings_come_from(
    capsys: Capture, studio: Studio, tmp_path: Path
) -> None:
    outcome = run_stages(studio, PrepSettings(select=SelectSettings(cut=0), dataset=DatasetSettings(valid=0, test=0)))
    assert outcome.dataset is not None
    out = tmp_path / "short.npz"
    limit = f"min_points={sorted(len(rows) for rows in read_npz(outcome.dataset).splits['train'])[1]}"
    told(capsys, ["dataset", "convert", str(outcome.dataset), str(out), "--accept", limit], 4)
    drawings = read_npz(out).about["drawings"]["train"]
    assert [each["scan"] for each in drawings] == ["sb01/art/002.png", "sb01/art/003.png"]
    assert all("connectors" not in each for each in drawings)
    assert "drawings" not in told(capsys, ["dataset", "info", str(out)])["about"]


def test_what_lies_beside_a_dataset_is_none(studio: Studio) -> None:
    outcome = run_stages(studio, PrepSettings(select=SelectSettings(cut=0)))
    assert len(list(studio.datasets.iterdir())) == 3
    assert datasets(studio) == [outcome.dataset]


@pytest.mark.usefixtures("here")
def test_a_scheduler_and_its_certificates_stay_with_the_studio_until_they_are_taken_away(
    capsys: Capture, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "should be auto, serial, pool, or the address" in refused(
        capsys, prep(studio, "run", "--scheduler", "http://a:1"), 2
    )
    monkeypatch.chdir(tmp_path)
    run_at = "--scheduler", "tls://127.0.0.1:8786"
    assert "ca.pem is no file" in refused(capsys, prep(studio, "run", *run_at, "--tls-ca", "ca.pem"), 1)
    kept = read_settings(studio).engine
    assert (kept.scheduler, kept.tls_ca) == (run_at[1], str(tmp_path.resolve() / "ca.pem"))
    told(capsys, prep(studio, "run", "--to", "trace", "--scheduler", "serial", "--tls-ca", ""))
    assert read_settings(studio).engine.tls_ca == ""
