"""The commands that move through latent space, complete, and look into a network, as a script sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networks
import numpy as np
import pytest
from commands import Capture, refused, told
from PIL import Image

from drawing.collection import read_collection
from drawing.drawing import Drawing
from drawing.svg import read_svg, write_svg
from model.checkpoint import Checkpoint
from model.noise import DIRECTION, prior
from model.sample import Order, Sampler
from tui.commands import sampling
from tui.main import run

LINE = Drawing.of([[(0, 0), (12, 3), (9, 20)], [(1, 1), (4, 9)]])


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Checkpoint]:
    path = tmp_path_factory.mktemp("checkpoint") / "a.safetensors"
    net = networks.lively_net(end=-1.0)
    return str(path), networks.saved(path, net, first_dropped=True, n_max=24, data={"size": 20.0})


@pytest.fixture
def line(tmp_path: Path) -> str:
    write_svg(tmp_path / "line.svg", LINE)
    return str(tmp_path / "line.svg")


Kept = tuple[str, Checkpoint]


def drawings(result: dict[str, Any]) -> list[Drawing]:
    return [read_svg(Path(each["file"])).drawing for each in result["drawings"]]


def again(capsys: Capture, kept: Kept, result: dict[str, Any], out: Path) -> None:
    """Every one can be drawn again from its recipe."""
    file = result["drawings"][-1]["file"]
    redone = told(capsys, ["redo", file, "--checkpoint", kept[0], "--out", str(out)])
    assert redone["identical"]


def test_variations_are_written(capsys: Capture, kept: Kept, line: str, tmp_path: Path) -> None:
    arguments = ["vary", kept[0], line, "-n", "3", "--spread", "0.6", "--seed", "5", "--out", str(tmp_path / "out")]
    result = told(capsys, arguments)
    assert [Path(each["file"]).name for each in result["drawings"]] == [f"like-00{k}.svg" for k in range(3)]
    sampler = Sampler(kept[1])
    z = sampler.encode(read_svg(Path(line)).drawing)
    orders = [Order(5, 0.1, z=0.8 * z + 0.6 * prior(5 + k, 3, DIRECTION)) for k in range(3)]
    assert drawings(result) == [each.drawing for each in sampler.make(orders)]
    again(capsys, kept, result, tmp_path / "again.svg")


def test_a_direction_between_two_sets_is_added_to_a_drawing(
    capsys: Capture, kept: Kept, line: str, tmp_path: Path
) -> None:
    told(capsys, ["sample", kept[0], "-n", "4", "-t", "0.5", "--format", "npz", "--out", str(tmp_path / "set")])
    file = tmp_path / "set" / "drawings.npz"
    terms = ["seed:3", f"mean:{file}#train/1-2", f"mean:{file}"]
    result = told(capsys, ["arithmetic", kept[0], *terms, "-n", "2", "--out", str(tmp_path / "out")])
    assert [Path(each["file"]).name for each in result["drawings"]] == ["sum-000001.svg", "sum-000002.svg"]
    sampler = Sampler(kept[1])
    every = [sampler.encode(each) for each in read_collection(file).drawings("train")]
    z = prior(3, 3) - np.mean(every[1:3], axis=0) + np.mean(every, axis=0)
    np.testing.assert_allclose(read_svg(Path(result["drawings"][0]["file"])).recipe.z, z, atol=1e-9)  # type: ignore[union-attr]
    again(capsys, kept, result, tmp_path / "again.svg")
    half = told(capsys, ["arithmetic", kept[0], *terms, "--strength", "-0.5", "--out", str(tmp_path / "half")])
    recipe = read_svg(Path(half["drawings"][0]["file"])).recipe
    assert recipe is not None
    assert recipe.settings == {"strength": -0.5}
    np.testing.assert_allclose(recipe.z, prior(3, 3) - 0.5 * (z - prior(3, 3)), atol=1e-9)  # type: ignore[arg-type]
    again(capsys, kept, half, tmp_path / "half.svg")
    for place, words in (
        (f"mean:{file}#test", "no split 'test'"),
        (f"mean:{file}#train/2-9", "more drawings than there are: train has 4, numbers 0 to 3"),
        (f"mean:{file}#train/2-1", "the lower number first"),
        (f"mean:{file}#train/x", "not of the form"),
    ):
        bad = ["arithmetic", kept[0], "seed:3", "seed:4", place, "--out", str(tmp_path / "bad")]
        assert words in refused(capsys, bad, 2)


def test_a_walk_begins_and_ends_slowly(capsys: Capture, kept: Kept, tmp_path: Path) -> None:
    walk = ["interpolate", kept[0], "seed:2", "seed:3", "--steps", "5", "--easing", "in-out"]
    result = told(capsys, [*walk, "--out", str(tmp_path / "out")])
    recipes = [read_svg(Path(each["file"])).recipe for each in result["drawings"]]
    assert [each.at for each in recipes if each] == pytest.approx([0, 5 / 32, 0.5, 27 / 32, 1])
    assert [each.settings["easing"] for each in recipes if each] == ["in-out"] * 5
    again(capsys, kept, result, tmp_path / "again.svg")


def test_a_walk_is_timed_evenly(capsys: Capture, kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = ["interpolate", kept[0], "seed:2", "seed:3", "--steps", "5", "--kind", "spline", "--even"]
    drawn = sampling.draw
    monkeypatch.setattr(sampling, "draw", lambda *given: (drawn(*given)[0], 9.0))
    result = told(capsys, [*walk, "--out", str(tmp_path / "out")])
    assert result["seconds"] > 9.0  # looking for even steps took its time, too
    monkeypatch.undo()
    assert len(result["drawings"]) == 5
    assert 1 <= result["even"]["after"] <= result["even"]["before"]
    again(capsys, kept, result, tmp_path / "again.svg")
    assert run([*walk, "--out", str(tmp_path / "out"), "--force"]) == 0
    out = capsys.readouterr().out
    assert f"the largest change is {result['even']['after']:g} times the mean one" in out


def test_a_beginning_is_kept_and_completed(capsys: Capture, kept: Kept, line: str, tmp_path: Path) -> None:
    arguments = ["complete", kept[0], line, "-n", "4", "-t", "0.5", "--out"]
    for name, more in (("own", []), ("prior", ["--z", "prior"]), ("huge", ["--size", "400"])):
        result = told(capsys, [*arguments, str(tmp_path / name), *more])
        assert Path(result["drawings"][0]["file"]).name == "rest-000001.svg"
        found = drawings(result)
        begun = read_svg(Path(line)).drawing
        for each in found:
            assert np.array_equal(np.concatenate(each.lines)[:5], np.concatenate(begun.lines))  # to the last bit
            assert np.array_equal(each.lines[0], begun.lines[0])
        assert len(set(found)) > 1
        again(capsys, kept, result, tmp_path / f"{name}.svg")
    # a drawing 20 mm wide is what the network knows; one of 400 has steps twenty times as long
    steps = [np.abs(np.diff(np.concatenate(each.lines)[4:], axis=0)).mean() for each in found if each.points > 8]
    assert min(steps) > 20
    short = told(capsys, [*arguments, str(tmp_path / "two"), "--first", "2", "--z", "drawing"])
    for each in drawings(short):
        assert np.array_equal(each.lines[0][:2], LINE.lines[0][:2])


def test_what_is_expected_is_shown(capsys: Capture, kept: Kept, line: str, tmp_path: Path) -> None:
    data = tmp_path / "a.npz"
    arguments = ["density", kept[0], line, "--out"]
    result = told(capsys, [*arguments, str(tmp_path / "a.png"), "--data", str(data), "--width-px", "300"])
    assert (result["file"], result["data"], result["points"]) == (str(tmp_path / "a.png"), str(data), 5)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.width == 300
        colours = np.asarray(picture.convert("RGB")).reshape(-1, 3).astype(int)
        assert (colours[:, 0] - colours[:, 2]).max() > 90  # there is heat
    with np.load(data, allow_pickle=False) as found:
        assert found["points"].shape == (5, 2)
        assert found["weights"].shape == (5, 4)
        assert found["covariances"].shape == (5, 4, 2, 2)
        assert found["entropy"][:-1].mean() == pytest.approx(result["entropy"])
    assert run([*arguments, str(tmp_path / "a.svg")]) == 0
    assert "5 points, entropy" in capsys.readouterr().out
    assert "<ellipse" in (tmp_path / "a.svg").read_text()
    assert "exists" in refused(capsys, [*arguments, str(tmp_path / "b.svg"), "--data", str(data)], 1)
    by_seed = ["density", kept[0], "seed:4", "--out", str(tmp_path / "seed.svg")]
    assert told(capsys, by_seed)["points"] == Sampler(kept[1]).draw([4], 0.3)[0].drawing.points


def test_the_best_of_several_seeds_is_kept(capsys: Capture, kept: Kept, tmp_path: Path) -> None:
    rules = ["--accept", "max_strokes=1", "--accept", "min_points=2"]
    arguments = ["sample", kept[0], "-n", "4", "--seed", "3", "-t", "0.5", "--best-of", "3"]
    result = told(capsys, [*arguments, *rules, "--out", str(tmp_path / "a")])
    every = Sampler(kept[1]).draw(range(9, 90), 0.5)
    wanted, rejected, drawn = [], 0, 0
    for at in range(0, 81, 3):
        good = [each for each in every[at : at + 3] if len(each.drawing.lines) == 1 and each.drawing.points > 1]
        rejected += 3 - len(good)
        drawn += 3
        if good:
            wanted.append(min(good, key=lambda each: (not each.finished, each.nats_per_point)).seed)
        if len(wanted) == 4:
            break
    assert [each["seed"] for each in result["drawings"]] == wanted
    assert (result["rejected"], result["drawn"]) == (rejected, drawn)
    assert rejected > 0
    assert run([*arguments, "--out", str(tmp_path / "b")]) == 0
    assert "the best of 12 seeds" in capsys.readouterr().out


def test_strokes_are_connected_and_lines_rounded(capsys: Capture, kept: Kept, tmp_path: Path) -> None:
    arguments = ["sample", kept[0], "-n", "6", "-t", "0.5", "--out"]
    plain = told(capsys, [*arguments, str(tmp_path / "plain")])
    assert max(each["strokes"] for each in plain["drawings"]) > 1
    joined = told(capsys, [*arguments, str(tmp_path / "joined"), "--one-line", "--curves", "0.3"])
    assert {each["strokes"] for each in joined["drawings"]} <= {0, 1}
    found = drawings(joined)
    assert any(each.connector_length > 0 for each in found)  # and told in the SVG
    assert sum(each.points for each in found) > 2 * sum(each["points"] for each in plain["drawings"])
    again(capsys, kept, joined, tmp_path / "again.svg")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["vary", "CKPT", "seed:1", "--spread", "2", "--out", "NEW"], 2, "spread"),
        (["vary", "CKPT", "no.svg", "--out", "NEW"], 1, "does not exist"),
        (["arithmetic", "CKPT", "seed:1", "seed:2", "--out", "NEW"], 2, "C"),
        (["complete", "CKPT", "LINE", "--first", "9", "--out", "NEW"], 1, "of 5 points are no beginning; name 2 to 5"),
        (["complete", "CKPT", "LINE", "--z", "own", "--out", "NEW"], 2, "beginning, drawing or prior, not own"),
        (["complete", "CKPT", "LINE", "--max-points", "4", "--out", "NEW"], 1, "leaves nothing to draw"),
        (["complete", "CKPT", "mean:SET", "--out", "NEW"], 2, "no drawing but a place in latent space"),
        (["density", "CKPT", "LINE", "--out", "NEW.gif"], 2, "must end in .png or .svg"),
        (["density", "CKPT", "LINE", "--out", "NEW.svg", "--data", "NEW.json"], 2, "must end in .npz"),
        (["interpolate", "CKPT", "seed:1", "seed:2", "--kind", "arc", "--out", "NEW"], 2, "or spline, not arc"),
        (["interpolate", "CKPT", "seed:1", "seed:2", "--easing", "x", "--out", "NEW"], 2, "out or in-out, not x"),
        (
            ["interpolate", "CKPT", "seed:1", "seed:2", "--easing", "in", "--even", "--out", "NEW"],
            2,
            "leave out --easing",
        ),
        (["arithmetic", "CKPT", "seed:1", "seed:2", "seed:3", "--strength", "11", "--out", "NEW"], 2, "strength"),
        (["sample", "CKPT", "--best-of", "0", "--out", "NEW"], 2, "best-of"),
        (["sample", "CKPT", "--connect", "-1", "--out", "NEW"], 2, "connect"),
    ],
)
def test_mistakes_are_one_line_and_nothing_is_made(
    capsys: Capture, kept: Kept, line: str, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    known = {"CKPT": kept[0], "LINE": line, "NEW": str(tmp_path / "new"), "mean:SET": f"mean:{tmp_path}"}
    given = [next((each.replace(name, to) for name, to in known.items() if name in each), each) for each in arguments]
    assert words in refused(capsys, given, code)
    assert [each.name for each in tmp_path.iterdir()] == ["line.svg"]


def test_a_network_without_encoder_completes_and_says_what_it_can_not(
    capsys: Capture, line: str, tmp_path: Path
) -> None:
    networks.saved(tmp_path / "a.safetensors", networks.lively_net("decoder"))
    name = str(tmp_path / "a.safetensors")
    assert len(told(capsys, ["complete", name, line, "-n", "2", "--out", str(tmp_path / "out")])["drawings"]) == 2
    assert told(capsys, ["density", name, line, "--out", str(tmp_path / "a.svg")])["points"] == 5
    for command in (["vary", name, line], ["ladder", name, "--inputs", line]):
        assert "without an encoder" in refused(capsys, [*command, "--out", str(tmp_path / "no.png")], 1)
    by_whole = ["complete", name, line, "--z", "drawing", "--out", str(tmp_path / "no")]
    assert "without an encoder" in refused(capsys, by_whole, 1)
