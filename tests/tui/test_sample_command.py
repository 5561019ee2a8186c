"""The commands that let a network draw, as a script sees them."""

from __future__ import annotations

import json
from pathlib import Path

import networks
import numpy as np
import pytest
from commands import Capture, refused, told
from PIL import Image

from drawing.collection import read_collection
from drawing.drawing import Drawing
from drawing.npz import write_npz
from drawing.sketch import About, annotate
from drawing.stroke import to_stroke3
from drawing.svg import read_svg, write_svg
from model.checkpoint import Checkpoint
from model.noise import prior
from model.sample import OnSample, Order, Sampler
from tui.main import run


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Checkpoint]:
    path = tmp_path_factory.mktemp("checkpoint") / "a.safetensors"
    return str(path), networks.saved(path, networks.lively_net(end=-1.0), first_dropped=True, data={"size": 20.0})


Kept = tuple[str, Checkpoint]


def test_seeds_are_files_with_recipes(capsys: Capture, kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = told(capsys, ["sample", kept[0], "-n", "3", "--seed", "7", "-t", "0.5", "--out", str(out)])
    assert [each["seed"] for each in result["drawings"]] == [7, 8, 9]
    assert result["rejected"] == 0
    for each, sample in zip(result["drawings"], Sampler(kept[1]).draw([7, 8, 9], 0.5), strict=True):
        assert each["file"] == str(out / f"seed-{each['seed']:06}.svg")
        assert (each["points"], each["strokes"]) == (sample.drawing.points, len(sample.drawing.lines))
        assert each["finished"] == sample.finished
        assert each["nats_per_point"] == pytest.approx(sample.nats_per_point)
        found = read_svg(Path(each["file"]))
        assert found.drawing == sample.drawing  # to the last bit
        assert found.recipe == sample.recipe
    before = {each.name: each.read_bytes() for each in out.iterdir()}
    assert "exists" in refused(capsys, ["sample", kept[0], "-n", "1", "--seed", "9", "--out", str(out)], 1)
    alone = ["sample", kept[0], "-n", "1", "--seed", "8", "-t", "0.5", "--out", str(out), "--force"]
    assert run(alone) == 0
    assert "1 drawing in" in capsys.readouterr().out
    assert {each.name: each.read_bytes() for each in out.iterdir()} == before  # alone it is the same file


@pytest.mark.parametrize("rules", [[], ["--accept", "max_strokes=1000"]])
def test_what_is_drawn_when_it_is_stopped_is_kept(
    capsys: Capture, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: list[str]
) -> None:
    make = Sampler.make

    def interrupted(self: Sampler, orders: list[Order], on_sample: OnSample, **_: object) -> None:
        make(self, orders[:2], on_sample)
        on_sample(3, make(self, orders[3:4])[0])
        raise KeyboardInterrupt

    monkeypatch.setattr(Sampler, "make", interrupted)
    out = tmp_path / "out"
    assert run(["sample", kept[0], "-n", "9", "--seed", "7", "--out", str(out), "--json", *rules]) == 3
    said, words = capsys.readouterr()
    # with rules a seed is passed by only if it was drawn, so that those after a gap don't count
    seeds = [7, 8] if rules else [7, 8, 10]
    assert [each["seed"] for each in json.loads(said)["drawings"]] == seeds
    assert words.splitlines()[-1] == f"monoline: stopped; {len(seeds)} of 9 drawings were done"
    assert sorted(each.name for each in out.iterdir()) == [f"seed-{seed:06}.svg" for seed in seeds]
    monkeypatch.undo()
    for number in seeds:
        assert read_svg(out / f"seed-{number:06}.svg").drawing == Sampler(kept[1]).draw([number])[0].drawing


def test_stopped_before_the_first_drawing_it_leaves_nothing(
    capsys: Capture, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Sampler, "make", interrupted)
    assert run(["sample", kept[0], "--out", str(tmp_path / "out")]) == 3
    assert capsys.readouterr().err == "monoline: stopped; 0 of 12 drawings were done\n"
    assert list(tmp_path.iterdir()) == []


def test_a_seed_out_of_range_is_a_bad_argument(capsys: Capture, kept: Kept, tmp_path: Path) -> None:
    for seed in ("-1", str(2**63)):
        refused(capsys, ["sample", kept[0], "--seed", seed, "--out", str(tmp_path / "out")], 2)


def test_they_come_as_png_and_npz_too(capsys: Capture, kept: Kept, tmp_path: Path) -> None:
    arguments = ["sample", kept[0], "-n", "3", "--pen-temperature", "0.2", "--max-points", "20"]
    result = told(capsys, [*arguments, "--out", str(tmp_path / "png"), "--format", "png"])
    for each in result["drawings"]:
        with Image.open(each["file"]) as picture:
            assert picture.format == "PNG"
            assert np.asarray(picture.convert("L")).min() < 128  # there is ink
    result = told(capsys, [*arguments, "--out", str(tmp_path / "npz"), "--format", "npz"])
    assert {each["file"] for each in result["drawings"]} == {str(tmp_path / "npz" / "drawings.npz")}
    found = read_collection(tmp_path / "npz" / "drawings.npz")
    expected = Sampler(kept[1]).draw([1, 2, 3], 0.3, pen_temperature=0.2, max_points=20)
    for one, sample in zip(found.drawings("train"), expected, strict=True):
        np.testing.assert_allclose(to_stroke3(one), to_stroke3(sample.drawing), rtol=1e-6, atol=1e-5)
    assert found.about is not None
    assert [json.loads(each)["seed"] for each in found.about["recipes"]] == [1, 2, 3]


def test_a_drawing_without_a_point_is_drawn_as_well(capsys: Capture, tmp_path: Path) -> None:
    """A young network may end at once."""
    networks.saved(tmp_path / "a.safetensors", networks.lively_net(end=99.0))
    for form in ("svg", "png", "npz"):
        result = told(
            capsys,
            ["sample", str(tmp_path / "a.safetensors"), "-n", "2", "--format", form, "--out", str(tmp_path / form)],
        )
        assert [each["points"] for each in result["drawings"]] == [1, 1]
        assert Path(result["drawings"][0]["file"]).is_file()
    sheet = tmp_path / "a.png"
    assert run(["ladder", str(tmp_path / "a.safetensors"), "--seeds", "1-2", "--out", str(sheet)]) == 0


def test_rules_choose_among_seeds(capsys: Capture, kept: Kept, tmp_path: Path) -> None:
    result = told(
        capsys,
        ["sample", kept[0], "-n", "4", "-t", "0.5", "--accept", "max_strokes=1", "--accept", "min_points=3",
         "--out", str(tmp_path / "a")],
    )  # fmt: skip
    every = Sampler(kept[1]).draw(range(1, 200), 0.5)
    wanted = [each.seed for each in every if len(each.drawing.lines) == 1 and each.drawing.points >= 3][:4]
    assert [each["seed"] for each in result["drawings"]] == wanted
    assert result["rejected"] == wanted[-1] - 4
    assert result["rejected"] > 0
    rare = [each for number in ("max_strokes=1", "min_points=46", "max_points=50") for each in ("--accept", number)]
    few = ["sample", kept[0], "-n", "2", "-t", "0.5", *rare, "--out", str(tmp_path / "few")]
    assert run([*few, "--json"]) == 4  # what was found is kept
    spoken = capsys.readouterr()
    some = json.loads(spoken.out)
    assert [Path(each["file"]).exists() for each in some["drawings"]] == [True]
    assert (some["drawn"], some["rejected"], some["missing"]) == (100, 99, 1)
    assert "1 of 2 drawings are missing. Of 100 that were tried 1 met the rules; loosen --accept." in spoken.err
    strict = ["sample", kept[0], "-n", "1", "--accept", "min_points=900", "--out", str(tmp_path / "b")]
    assert "met the rules; loosen --accept" in refused(capsys, strict, 1)
    assert not (tmp_path / "b").exists()


def test_a_ladder_is_a_sheet_of_seeds_by_temperatures(capsys: Capture, kept: Kept, tmp_path: Path) -> None:
    arguments = ["ladder", kept[0], "--seeds", "3-5", "--temperatures", "0.1,0.5", "--cell-px", "60"]
    result = told(capsys, [*arguments, "--out", str(tmp_path / "a.png")])
    assert [(each["seed"], each["temperature"]) for each in result["drawings"]] == [
        (seed, tau) for seed in (3, 4, 5) for tau in (0.1, 0.5)
    ]
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.width < 2 * 60 + 40 < 3 * 60 < picture.height  # two columns, three rows
    assert run([*arguments, "--out", str(tmp_path / "a.svg")]) == 0
    drawn = Sampler(kept[1]).make([Order(seed, tau) for seed in (3, 4, 5) for tau in (0.1, 0.5)])
    strokes = sum(len(each.drawing.lines) for each in drawn)
    assert len(read_svg(tmp_path / "a.svg").drawing.lines) == strokes
    capsys.readouterr()
    write_svg(tmp_path / "line.svg", Drawing.of([[(0, 0), (12, 3), (9, 20)]]))
    result = told(
        capsys,
        ["ladder", kept[0], "--inputs", f"{tmp_path / 'line.svg'},seed:9", "--temperatures", "0.1", "--seed", "2",
         "--out", str(tmp_path / "b.png")],
    )  # fmt: skip
    again = Sampler(kept[1]).make([Order(2, 0.1, z=prior(9, 3))])[0]
    assert [each["seed"] for each in result["drawings"]] == [2, 2]
    assert result["drawings"][1]["points"] == again.drawing.points


def test_a_drawing_is_encoded_and_drawn_again(capsys: Capture, kept: Kept, tmp_path: Path) -> None:
    line = Drawing.of([[(0, 0), (12, 3), (9, 20)], [(1, 1), (4, 9)]])
    write_svg(tmp_path / "line.svg", line)
    out = tmp_path / "out"
    result = told(capsys, ["reconstruct", kept[0], str(tmp_path / "line.svg"), "-n", "2", "--out", str(out)])
    assert [Path(each["file"]).name for each in result["drawings"]] == ["again-000001.svg", "again-000002.svg"]
    sampler = Sampler(kept[1])
    z = sampler.encode(read_svg(tmp_path / "line.svg").drawing)
    for each in result["drawings"]:
        found = read_svg(Path(each["file"]))
        assert found.drawing == sampler.make([Order(each["seed"], 0.1, z=z)])[0].drawing
        assert found.recipe is not None
        assert found.recipe.kind == "reconstruct"
        assert found.recipe.endpoints[0].drawing == str(tmp_path / "line.svg")


def test_a_walk_has_the_drawings_at_its_ends(capsys: Capture, kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told(capsys, ["sample", kept[0], "-n", "1", "--seed", "4", "--out", str(out)])
    ends = [str(out / "seed-000004.svg"), "seed:9"]
    result = told(capsys, ["interpolate", kept[0], *ends, "--steps", "5", "--out", str(tmp_path / "walk")])
    assert [Path(each["file"]).name for each in result["drawings"]] == [f"step-00{k}.svg" for k in range(5)]
    sampler = Sampler(kept[1])
    for index, z in ((0, prior(4, 3)), (4, prior(9, 3))):  # an SVG of this network stands for its own seed
        expected = sampler.make([Order(1, 0.1, z=z)])[0].drawing
        assert read_svg(Path(result["drawings"][index]["file"])).drawing == expected
    middle = read_svg(Path(result["drawings"][2]["file"])).recipe
    assert middle is not None
    assert (middle.kind, middle.path, middle.at) == ("interpolate", "slerp", 0.5)
    loop = told(
        capsys,
        ["interpolate", kept[0], "seed:4", "seed:9", "--steps", "4", "--kind", "lerp", "--loop",
         "--out", str(tmp_path / "loop")],
    )  # fmt: skip
    expected = sampler.make([Order(1, 0.1, z=(prior(4, 3) + prior(9, 3)) / 2)])[0].drawing
    for index in (1, 3):  # there and back over the same middle
        found = read_svg(Path(loop["drawings"][index]["file"])).drawing
        np.testing.assert_allclose(to_stroke3(found), to_stroke3(expected), atol=1e-2)


def test_a_walk_that_leads_nowhere_says_why(capsys: Capture, kept: Kept, tmp_path: Path) -> None:
    walk = ["interpolate", kept[0], "seed:4", "--steps", "3", "--out"]
    assert run([*walk, str(tmp_path / "there"), "seed:9"]) == 0
    assert "one z" not in capsys.readouterr().err
    assert run([*walk, str(tmp_path / "nowhere"), "seed:4"]) == 0
    assert "have one z, as all of one seed do: there is nothing to walk" in capsys.readouterr().err
    assert run([*walk, str(tmp_path / "half"), "seed:4", "seed:9"]) == 0
    assert "two of these drawings have one z" in capsys.readouterr().err
    assert run([*walk, str(tmp_path / "even"), "seed:4", "--even", "--json"]) == 0
    spoken = capsys.readouterr()
    assert json.loads(spoken.out)["even"] is None
    assert "nothing to walk" in spoken.err


def test_an_svg_is_drawn_again_from_its_recipe(capsys: Capture, kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told(capsys, ["sample", kept[0], "-n", "1", "--seed", "4", "-t", "0.7", "--out", str(out)])
    told(capsys, ["interpolate", kept[0], "seed:4", "seed:9", "--steps", "3", "--out", str(out)])
    told(capsys, ["reconstruct", kept[0], str(out / "step-001.svg"), "--out", str(out)])
    annotate(out / "step-001.svg", About("what was noted stays"))
    for name in ("seed-000004", "step-001", "again-000001"):
        again = tmp_path / f"{name}.svg"
        result = told(capsys, ["redo", str(out / f"{name}.svg"), "--out", str(again), "--checkpoint", kept[0]])
        assert result == {"identical": True, "max_deviation_mm": 0.0, "file": str(again)}
        assert read_svg(again).notes == read_svg(out / f"{name}.svg").notes
        if name != "step-001":
            assert again.read_bytes() == (out / f"{name}.svg").read_bytes()
    moved = read_svg(out / "seed-000004.svg")
    write_svg(tmp_path / "moved.svg", moved.drawing.translate(0.5, 0), recipe=moved.recipe, decimals=None)
    result = told(
        capsys, ["redo", str(tmp_path / "moved.svg"), "--out", str(tmp_path / "b.svg"), "--checkpoint", kept[0]]
    )
    assert not result["identical"]
    assert result["max_deviation_mm"] == pytest.approx(0.5)


def test_what_can_not_be_drawn_again_is_told(capsys: Capture, kept: Kept, tmp_path: Path) -> None:
    write_svg(tmp_path / "a.svg", Drawing.of([[(0, 0), (1, 1)]]))
    redo = ["redo", str(tmp_path / "a.svg"), "--out", str(tmp_path / "b.svg")]
    assert "no recipe inside" in refused(capsys, redo, 1)
    networks.saved(tmp_path / "other.safetensors", networks.lively_net(seed=5))
    told(capsys, ["sample", kept[0], "-n", "1", "--out", str(tmp_path / "out")])
    redo = ["redo", str(tmp_path / "out" / "seed-000001.svg"), "--out", str(tmp_path / "b.svg")]
    assert "not bundled" in refused(capsys, redo, 1)
    whole = (tmp_path / "out" / "seed-000001.svg").read_text()
    (tmp_path / "damaged.svg").write_text(whole.replace('"temperature"', '"temper"'))
    damaged = ["redo", str(tmp_path / "damaged.svg"), "--out", str(tmp_path / "b.svg")]
    assert "can't be drawn again. The recipe" in refused(capsys, damaged, 1)
    assert "not of this one" in refused(capsys, [*redo, "--checkpoint", str(tmp_path / "other.safetensors")], 1)
    assert not (tmp_path / "b.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["sample", "portrets", "--out", "NEW"], 1, "There is no checkpoint portrets"),
        (["sample", "CKPT"], 2, "--out"),
        (["sample", "CKPT", "--out", "NEW", "--format", "gif"], 2, "svg, png or npz, not gif"),
        (["sample", "CKPT", "--out", "NEW", "-t", "11"], 2, "temperature"),
        (["sample", "CKPT", "--out", "NEW", "--seed", "-1"], 2, "seed"),
        (["sample", "CKPT", "--out", "NEW", "--accept", "max_strok=1"], 2, "did you mean 'max_strokes'"),
        (["sample", "CKPT", "--out", "CKPT"], 1, "is a file; name a folder"),
        (["ladder", "CKPT", "--out", "NEW.gif", "--seeds", "1-2"], 2, "must end in .png or .svg"),
        (["ladder", "CKPT", "--out", "NEW.png"], 2, "either --seeds"),
        (["ladder", "CKPT", "--out", "NEW.png", "--seeds", "5-2"], 2, "--seeds is of the form 1-8"),
        (["ladder", "CKPT", "--out", "NEW.png", "--seeds", "1-2", "--temperatures", "cold"], 2, "0.1,0.2"),
        (["reconstruct", "CKPT", "no.svg", "--out", "NEW"], 1, "does not exist"),
        (["interpolate", "CKPT", "seed:1", "--out", "NEW"], 2, "two drawings"),
        (["interpolate", "CKPT", "seed:1", "seed:x", "--out", "NEW"], 2, "not of the form seed:7"),
        (
            ["interpolate", "CKPT", "seed:1", "seed:2", "--kind", "arc", "--out", "NEW"],
            2,
            "lerp, slerp or spline, not arc",
        ),
    ],
)
def test_mistakes_are_one_line_and_nothing_is_made(
    capsys: Capture, kept: Kept, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    given = [each.replace("CKPT", kept[0]).replace("NEW", str(tmp_path / "new")) for each in arguments]
    assert words in refused(capsys, given, code)
    assert not list(tmp_path.iterdir())


def test_a_network_without_encoder_says_so(capsys: Capture, tmp_path: Path) -> None:
    networks.saved(tmp_path / "a.safetensors", networks.lively_net("decoder"))
    result = told(capsys, ["sample", str(tmp_path / "a.safetensors"), "-n", "2", "--out", str(tmp_path / "out")])
    assert len(result["drawings"]) == 2
    walk = ["interpolate", str(tmp_path / "a.safetensors"), "seed:1", "seed:2", "--out", str(tmp_path / "walk")]
    assert "without an encoder" in refused(capsys, walk, 1)


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("drawn/seed-000007.svg", "seed-000007"),
        ("seed:7", "seed:7"),
        ("sets/faces.npz#test/1", "faces.npz#test/1"),
        ("mean:sets/faces.npz#test", "mean:faces.npz#test"),
    ],
)
def test_a_row_of_a_ladder_tells_which_drawing_of_a_file_it_is(
    capsys: Capture, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, beside: str
) -> None:
    rows: list[str] = []
    monkeypatch.setattr("drawing.table.table_svg", lambda _, __, sides: rows.extend(sides) or "")
    monkeypatch.chdir(tmp_path)
    for folder in ("drawn", "sets"):
        (tmp_path / folder).mkdir()
    line = [[0.0, 0.0, 0.0], [12.0, 3.0, 0.0], [9.0, 20.0, 1.0]]
    write_npz(tmp_path / "sets" / "faces.npz", {"test": [np.array(line)] * 2})
    write_svg(tmp_path / "drawn" / "seed-000007.svg", Drawing.of([[(0, 0), (12, 3), (9, 20)]]))
    told(capsys, ["ladder", kept[0], "--inputs", name, "--temperatures", "0.1", "--out", str(tmp_path / "a.svg")])
    assert rows == [beside]
