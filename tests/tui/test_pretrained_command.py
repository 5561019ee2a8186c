"""The command that turns Google's pretrained networks into checkpoints."""

from __future__ import annotations

from pathlib import Path

import networks
from commands import Capture, refused, told
from pretrained_files import write_pretrained

from drawing.npz import write_npz


def test_a_pretrained_network_is_imported_tested_and_drawn_with(capsys: Capture, tmp_path: Path) -> None:
    file, out = write_pretrained(tmp_path / "yak.gen.json"), tmp_path / "yak.safetensors"
    command = ["import-pretrained", str(file), "--out", str(out)]
    result = told(capsys, command)
    assert (result["name"], result["kind"], result["scale"], result["n_max"]) == ("yak", "decoder", 25.0, 40)
    assert result["source"]["licence"].startswith("none stated")
    assert "exists; name another" in refused(capsys, command, 1)
    assert told(capsys, [*command, "--force", "--scale", "3"])["scale"] == 3.0

    rows = networks.some_rows([9, 14])
    for one in rows:
        one[0, 2] = 0.0  # a dot to begin with would go with the first point
    write_npz(tmp_path / "a.npz", {"test": rows})
    found = told(capsys, ["evaluate", str(out), "--data", str(tmp_path / "a.npz"), "--samples", "0"])
    assert (found["scale"], found["points"]) == (3.0, 8 + 13)  # a drawing begins at its first point
    drawn = told(capsys, ["sample", str(out), "-n", "2", "--out", str(tmp_path / "drawn")])
    assert len(drawn["drawings"]) == 2


def test_a_file_that_is_none_is_one_line(capsys: Capture, tmp_path: Path) -> None:
    file = tmp_path / "a.js"
    file.write_text("alert('hello')")
    command = ["import-pretrained", str(file), "--out"]
    assert "no sketch-rnn-js network" in refused(capsys, [*command, str(tmp_path / "a.safetensors")], 1)
    assert "must end in .safetensors" in refused(capsys, [*command, str(tmp_path / "a.json")], 2)
    assert [each.name for each in tmp_path.iterdir()] == ["a.js"]
