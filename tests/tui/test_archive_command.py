"""A studio that is packed, and opened elsewhere: all that was begun goes on there."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import networks
import pytest
from commands import Capture, refused, told
from screens import recipe, star
from sketchbooks import filled_studio

from drawing.npz import write_npz
from drawing.svg import write_svg
from plotter.axidraw import find_machine
from plotter.job import resume_plot, start_plot
from plotter.ready import ready_sheet
from studio.events import Measured
from studio.folder import Studio, create_studio
from studio.lock import locked
from studio.runs import State, find_run
from tui.tray import Tray

TINY = [
    *("--set", "net.encoder=8", "--set", "net.decoder=16", "--set", "net.latent=3", "--set", "net.mixtures=2"),
    *("--set", "fit.batch=10", "--set", "fit.validate_every=1000", "--device", "cpu"),
]
PREP = ["prep", "run", "--set", "select.cut=0", "--set", "engine.scheduler=serial"]


def moved(capsys: Capture, studio: Studio, *more: str) -> Path:
    """The studio, opened elsewhere; where it was, nothing is left."""
    archive, folder = studio.folder.parent / "ink.zip", studio.folder.parent / "far" / "away"
    told(capsys, ["--studio", str(studio.folder), "pack", str(archive), *more])
    shutil.rmtree(studio.folder)
    told(capsys, ["unpack", str(archive), str(folder)])
    return folder


@pytest.mark.usefixtures("here", "told_scans")
def test_all_that_was_begun_goes_on_where_it_is_unpacked(capsys: Capture, tmp_path: Path) -> None:
    studio = filled_studio(tmp_path / "ink", 5)
    prep = ["--studio", str(studio.folder), *PREP]
    told(capsys, prep)
    before = told(capsys, ["--studio", str(studio.folder), "prep", "status"])["stages"]
    Tray(studio.sketches).keep(star(5), recipe(7), "seven")
    rows = networks.some_rows([5 + index % 9 for index in range(60)])
    data = studio.datasets / "own.npz"
    write_npz(data, {"train": rows[:40], "valid": rows[40:50], "test": rows[50:]})
    out = studio.runs / "one"
    told(capsys, ["train", "small", "--data", str(data), "--out", str(out), "--steps", "3", *TINY])
    (out / "data.npz").unlink()  # as where the drawings are too large to be kept along

    folder = moved(capsys, studio)
    again = told(capsys, ["train", "--out", str(folder / "runs" / "one"), "--resume", "--steps", "4"])
    assert again["steps"] == 4
    status = told(capsys, ["--studio", str(folder), "prep", "status"])
    assert status["stages"] == before  # nothing is taken for new or changed
    tray = Tray(folder / "sketches")
    tray.load()
    assert [kept.name for kept in tray.kept] == ["seven"]
    assert Path(status["dataset"]).is_relative_to(folder)


def test_a_plot_that_was_broken_off_goes_on_where_it_is_unpacked(capsys: Capture, tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "ink")
    told(capsys, ["--studio", str(studio.folder), "pens", "set", "black", "--capacity", "100"])
    sheet = tmp_path / "star.svg"
    write_svg(sheet, star(5, turns=2).scale(0.2).translate(50, 50), width_mm=100, height_mm=100)
    ready = ready_sheet(sheet, find_machine("axidraw-v3"), optimised=False)
    plot = start_plot(studio.plots / "one", ready, port="simulator", pen="black", studio=studio.folder)
    next(each for each in plot.follow() if isinstance(each, Measured) and each.values["pen_down"])
    refusal = refused(capsys, ["--studio", str(studio.folder), "pack", str(tmp_path / "x.zip")], 1)
    assert "plots/one goes on and is being written" in refusal
    assert "--without plots" in refusal
    plot.stop()
    assert plot.wait(30) is State.STOPPED

    folder = moved(capsys, studio)
    (one,) = told(capsys, ["--studio", str(folder), "plots"])["plots"]
    assert one["id"] == "one"
    assert resume_plot(folder / "plots" / "one", time_scale=0.0).wait(30) is State.FINISHED
    assert find_run(folder / "plots" / "one").arguments["studio"] == str(folder)
    assert not studio.folder.exists()


def test_kinds_can_be_left_out(capsys: Capture, tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "ink")
    for folder in (studio.sketches, studio.sketchbooks, studio.plots):
        (folder / "a.svg").write_text("x")
    folder = moved(capsys, studio, "--without", "plots", "--without", "scans")
    assert (folder / "sketches" / "a.svg").exists()
    assert not list((folder / "plots").iterdir())
    assert not list((folder / "sketchbooks").iterdir())


def test_private_scans_leave_only_when_told_to(capsys: Capture, tmp_path: Path) -> None:
    studio = create_studio(tmp_path / "ink")
    secret = studio.sketchbooks / "sb01" / "priv" / "001.jpg"
    secret.parent.mkdir(parents=True)
    secret.write_bytes(b"secret")
    for more, private in (([], False), (["--with-private"], True)):
        archive = tmp_path / f"{private}.zip"
        told(capsys, ["--studio", str(studio.folder), "pack", str(archive), *more])
        with zipfile.ZipFile(archive) as file:
            assert ("sketchbooks/sb01/priv/001.jpg" in file.namelist()) is private


def test_what_can_t_be_packed_is_told(capsys: Capture, tmp_path: Path) -> None:
    folder = create_studio(tmp_path / "ink").folder
    pack = ["--studio", str(folder), "pack"]
    assert "ends with .zip" in refused(capsys, [*pack, str(tmp_path / "x.tar")], 2)
    assert "none of scans, drawings" in refused(capsys, [*pack, str(tmp_path / "x.zip"), "--without", "ink"], 2)
    assert "within the studio" in refused(capsys, [*pack, str(folder / "x.zip")], 1)
    (tmp_path / "there.zip").touch()
    assert "--force" in refused(capsys, [*pack, str(tmp_path / "there.zip")], 1)
    with locked(folder):
        assert "is in use by" in refused(capsys, [*pack, str(tmp_path / "x.zip")], 1)
    assert "does not exist" in refused(capsys, ["unpack", str(tmp_path / "no.zip"), str(tmp_path / "new")], 1)
    assert "is not empty" in refused(capsys, ["unpack", str(tmp_path / "there.zip"), str(folder)], 1)
