"""Every command of README and docs/ is run as it stands there, shorter where it takes long, or at least read."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from documented import PAGES, ROOT, Command, blocks, commands, read_as_dask, read_as_monoline
from pretrained_files import write_pretrained

from drawing.collection import Entry, write_collection
from drawing.svg import write_svg
from prep.artist import sketch
from studio.folder import create_studio
from tui.main import run

SHORTER = {
    "README.md": {
        "-n 12": "-n 7",
        "--seeds 1-4": "--seeds 1-2 --temperatures 0.3",
        "-n 4": "-n 2",
        "evaluate run": "evaluate run --samples 12",
        "--n 2000": "--n 120",
        "--pages 6": "--pages 2",
        "--minutes 10": "--minutes 0.02",
    },
    "print.md": {r"--steps \d+": "--steps 3", "-n (12|20)": "-n 2", " --even": "", "--per-sheet 9": "--per-sheet 2"},
    "drawing.md": {
        "--seeds 1-4": "--seeds 1-2 --temperatures 0.3",
        "-n 4": "-n 2",
        "--steps 8": "--steps 3",
        "-n 12 --temp": "-n 7 --temp",
        "-n 12": "-n 3",
        "--steps 36": "--steps 5",
        "--best-of 4": "--best-of 2",
    },
    "training.md": {
        r"--n \d+": "--n 60",
        r"--minutes \d+": "--minutes 0.01",
        "--steps 2000": "--steps 2 --rows 2",
        "--limit 12000": "--limit 40",
        "artist --data": "artist --minutes 0.01 --data",
        "evaluate run": "evaluate run --samples 4 --limit 8",
    },
    "sketchbook-to-plotter.md": {
        "--seeds 1-4": "--seeds 1-2",
        "--steps 8": "--steps 3",
        "--pages 12": "--pages 4",
        "--minutes 120": "--minutes 0.01",
        "-n 12": "-n 3",
        "strip-02.*svg": "",
    },
    "plotter.md": {
        "--strokes 10-20": "--strokes 3-5",
        "--start-stroke 40": "--start-stroke 4",
        "--copies 3": "--copies 1",
        "--layers 1,2": "--layers 1",
    },
    "shelf.md": {"-k 16": "-k 3", "-k 4": "-k 2", "label 0 2 5": "label 0 1 2", "sb48p017": "sb48p004"},
}
"""By page: what is put in place of counts, minutes and pages that a test need not wait for, and of pauses that nobody
would end."""
MACHINE = ("card", "jog", "home", "pen", "motors", "outline", "plot")
"""Commands that want a plotter: here they have the simulated one."""
ASK = ("card", "jog", "home", "outline", "plot")
"""Those that ask before they move."""
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
LONG = ("monoline demo --out tour",)
"""What has a test of its own, and takes half a minute."""
ONLY_READ = {
    "README.md": 5, "CONTRIBUTING.md": 6, "browser.md": 6, "cluster.md": 7, "plotter.md": 13,
    "sketchbook-to-plotter.md": 3, "terminal.md": 1, "tour.md": 1, "training-elsewhere.md": 8,
}  # fmt: skip
"""How many commands of a page are only read: they want another machine, a plot that goes on, or files of one's own."""


def _given(page: str, folder: Path) -> None:
    """What a page takes for granted."""
    studio = create_studio(folder / "studio")
    drawings = [sketch(5, index).drawing for index in range(24)]
    if page == "plotter.md":
        for seed in range(1, 10):
            write_svg(folder / "first" / f"seed-{seed:06}.svg", drawings[seed])
    if page in ("drawing.md", "training.md", "formats.md"):
        entries = [Entry(each) for each in drawings]
        splits = {"train": entries[:16], "valid": entries[16:20], "test": entries[20:]}
        for name in ("plain.npz", "hats.npz", "mine.npz", "omniglot.npz", "faces.npz"):
            write_collection(folder / name, splits)
        write_collection(folder / "quickdraw.ndjson", {"train": entries})
    if page == "training.md":
        (folder / "faces.npz").unlink()
        write_pretrained(folder / "bird.gen.json")
    if page == "formats.md":
        assert run(["train", "small", "--data", "faces.npz", "--out", "run", "--steps", "1"]) == 0
    if page == "shelf.md":
        small = ["--set", "first_book=48", "--set", "height=[500, 600]"]
        assert run(["prep", "demo", "--pages", "6", *small]) == 0
        quick = ["--set", "shelf.backbone.download=false", "--set", "shelf.classify.epochs=0"]
        assert run(["prep", "run", "--to", "find", *quick]) == 0
        cover = studio.sketchbooks / "sb48" / "cover" / "000.jpg"
        cover.parent.mkdir()
        shutil.copy(studio.sketchbooks / "sb48" / "art" / "001.jpg", cover)


def _as_run(command: Command) -> list[str]:
    """The arguments of a command, shorter, and with the simulated plotter for whatever wants one."""
    text = command.text
    for long, short in SHORTER.get(command.page, {}).items():
        text = re.sub(long, short, text)
    arguments = [os.path.expandvars(word) for word in Command(command.page, 0, text, True).words[1:]]
    if arguments[0] in MACHINE and not {"--port", "--out", "--resume"} & set(arguments):
        arguments += ["--port", "simulator"]
        arguments += ["--yes"] if arguments[0] in ASK else []
    return arguments


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.usefixtures("here")
def test_the_commands_of_a_page_run_as_they_stand(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = [each for each in commands(page) if each.runs and not each.text.startswith(LONG)]
    listed = [each for each in listed if each.words[0] != "make"]
    examples = blocks(page, "python")
    if not listed and not examples:
        return
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONOLINE_STUDIO", str(tmp_path / "studio"))
    _given(page.name, tmp_path)
    for each in listed:
        capsys.readouterr()
        assert run(_as_run(each)) in (0, 4), (str(each), capsys.readouterr().err)
    for text in examples:
        exec(compile(text, str(page), "exec"), {})
    if page.name == "README.md":
        assert (tmp_path / "faces.png").exists()
        assert (tmp_path / "plotted" / "ink.svg").exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_not_run_can_at_least_be_read(page: Path) -> None:
    read: Counter[str] = Counter()
    for each in commands(page):
        words = each.words
        if not each.runs or words[0] == "make" or each.text.startswith(LONG):
            read[page.name] += 1
        match words:
            case ["make", target, *values]:
                makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
                assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), each
                for value in values:
                    assert re.search(rf"^{value.partition('=')[0]} \?=", makefile, re.MULTILINE), each
            case ["monoline", *arguments] | ["ssh", _, "monoline", *arguments]:
                read_as_monoline(arguments)
            case ["torchrun", "--nproc-per-node", _, "--no-python", "monoline", *arguments]:
                read_as_monoline(arguments)
            case ["dask", what, *arguments]:
                read_as_dask(what, arguments)
            case ["rsync", "-a", _, _] | ["sshfs", _, _] | ["ssh", "-L", _, _]:
                pass
            case ["pip", "install", extra]:
                assert extra.removeprefix("monoline[").removesuffix("]") in EXTRAS, each
            case [".venv/bin/pytest", *arguments]:
                assert (ROOT / arguments[-1]).exists(), each
            case _:
                raise AssertionError(f"nobody has looked at {each}")
    assert read[page.name] == ONLY_READ.get(page.name, 0), "commands that no test runs: count them, and say why"


def test_an_option_that_there_is_not_is_noticed() -> None:
    for wrong in ("train small --dta x", "plots set --loud", "prep foo", "plot sheet.svg --copies many"):
        with pytest.raises(Exception, match=r"No such|valid integer"):
            read_as_monoline(wrong.split())
