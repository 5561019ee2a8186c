"""QuickDraw's files: ndjson, packed or not, and the binary form."""

from __future__ import annotations

import errno
import gzip
import json
import os
import random
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import ANY, BYTES, drawings

from drawing.drawing import Drawing
from drawing.errors import DrawingError, UnreadableFile
from drawing.quickdraw import QuickDrawing, read_binary, read_ndjson, write_binary, write_ndjson
from studio.errors import StudioError

APE = QuickDrawing(
    Drawing.of([[[0, 0], [10, 20], [255, 3]], [[7, 7]]]), "monkey", recognized=False, key_id=2**63 + 5, country="DE"
)
BEE = QuickDrawing(Drawing.of([[[1.5, -2], [3, 1e-7]]]), "bee 🐝", country="")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quickdraw")


words = st.text(max_size=8).map(lambda text: text.encode("utf-8", "replace").decode())


@st.composite
def entries(draw: st.DrawFn, numbers: st.SearchStrategy[float]) -> list[QuickDrawing]:
    one = st.builds(
        QuickDrawing,
        drawings(numbers),
        words,
        st.booleans(),
        st.integers(0, 2**64 - 1),
        st.sampled_from(("DE", "", "US")),
    )
    return draw(st.lists(one, max_size=4))


# ndjson


@pytest.mark.parametrize("name", ["a.ndjson", "a.ndjson.gz", "A.NDJSON.GZ"])
@settings(max_examples=50)
@given(made=entries(ANY))
def test_any_drawings_come_back_from_ndjson_exactly(folder: Path, name: str, made: list[QuickDrawing]) -> None:
    write_ndjson(folder / name, iter(made))
    assert list(read_ndjson(folder / name)) == made


def test_a_packed_file_is_packed_and_the_same_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.ndjson.gz"
    write_ndjson(path, [APE, BEE])
    first = path.read_bytes()
    assert first[:2] == b"\x1f\x8b"
    monkeypatch.setattr(time, "time", lambda: 1e9)  # at another time, too
    write_ndjson(path, [APE, BEE])
    assert path.read_bytes() == first
    write_ndjson(tmp_path / "a.ndjson", [APE, BEE])
    assert gzip.decompress(first) == (tmp_path / "a.ndjson").read_bytes()


def test_a_line_is_what_quickdraw_writes(tmp_path: Path) -> None:
    write_ndjson(tmp_path / "a.ndjson", [APE])
    line = (tmp_path / "a.ndjson").read_text()
    assert line == (
        '{"word":"monkey","countrycode":"DE","recognized":false,"key_id":"9223372036854775813",'
        '"drawing":[[[0,10,255],[0,20,3]],[[7],[7]]]}\n'
    )


def test_the_raw_form_is_read_without_its_times(tmp_path: Path) -> None:
    raw = {"word": "cat", "recognized": True, "drawing": [[[1.5, 2], [3, 4], [0, 16]], [[5], [6], [99]]]}
    (tmp_path / "raw.ndjson").write_text(json.dumps(raw) + "\n\n  \n" + json.dumps({"drawing": []}))
    cat, nothing = read_ndjson(tmp_path / "raw.ndjson")
    assert cat == QuickDrawing(Drawing.of([[[1.5, 3], [2, 4]], [[5, 6]]]), "cat")
    assert nothing == QuickDrawing(Drawing(()))


@pytest.mark.parametrize(
    ("name", "count", "recognized", "words"),
    [("quickdraw_monkey_1000.ndjson", 1000, 826, 1), ("quickdraw_mixed345.ndjson.gz", 9570, 8870, 345)],
)
def test_real_drawings_are_read_whole(data: Path, name: str, count: int, recognized: int, words: int) -> None:
    read = list(read_ndjson(data / name))
    assert len(read) == count
    assert sum(entry.recognized for entry in read) == recognized
    assert len({entry.word for entry in read}) == words
    low, high = zip(*((entry.drawing.bounds[:2], entry.drawing.bounds[2:]) for entry in read), strict=True)
    assert np.min(low) == 0
    assert np.max(high) == 255


def test_real_drawings_come_back_line_by_line(data: Path, tmp_path: Path) -> None:
    before = list(read_ndjson(data / "quickdraw_monkey_1000.ndjson"))
    write_ndjson(tmp_path / "a.ndjson.gz", before)
    assert list(read_ndjson(tmp_path / "a.ndjson.gz")) == before
    write_binary(tmp_path / "a.bin", before)
    for mine, theirs in zip(read_binary(tmp_path / "a.bin"), before, strict=True):
        assert mine.drawing == theirs.drawing
        assert (mine.key_id, mine.country, mine.recognized) == (theirs.key_id, theirs.country, theirs.recognized)


GOOD = '{"word":"a","drawing":[[[1,2],[3,4]]]}'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("hello", "line 3 is no QuickDraw drawing"),
        ("{", "line 3 is no QuickDraw drawing"),
        (GOOD[:-3], "line 3 is no QuickDraw drawing"),
        ("[1, 2]", "line 3 is no QuickDraw drawing"),
        ("17", "line 3 is no QuickDraw drawing"),
        ("null", "line 3 is no QuickDraw drawing"),
        ('{"word":"a"}', "line 3 is no QuickDraw drawing: it has no 'drawing'"),
        ('{"drawing":7}', "line 3 is no QuickDraw drawing"),
        ('{"drawing":[[]]}', "Stroke 0 has shape"),
        ('{"drawing":[[[],[]]]}', "Stroke 0 has shape"),
        ('{"drawing":[[[1,2]]]}', "Stroke 0 has shape"),
        ('{"drawing":[[[1,2],[3]]]}', "line 3 is no QuickDraw drawing"),
        ('{"drawing":[[[1],[2]],[["a"],[3]]]}', "line 3 is no QuickDraw drawing"),
        ('{"drawing":[[[1],[NaN]]]}', "not a finite number"),
        ('{"drawing":[[[1],[1e999]]]}', "not a finite number"),
        ('{"drawing":[[[1],[null]]]}', "not a finite number"),
        ('{"drawing":[[[1],[1' + "0" * 400 + "]]]}", "line 3 is no QuickDraw drawing"),
        ('{"drawing":[[[1],[1' + "0" * 5000 + "]]]}", "line 3 is no QuickDraw drawing"),
        ('{"key_id":"x","drawing":[]}', "line 3 is no QuickDraw drawing"),
        ('{"key_id":1e999,"drawing":[]}', "line 3 is no QuickDraw drawing"),
        ("[" * 100_000, "line 3 is no QuickDraw drawing"),
        ('{"drawing":[{"a":1}]}', "line 3 is no QuickDraw drawing"),
        ("\udcff\udcfe", "line 3 is no QuickDraw drawing"),
    ],
    ids=lambda value: value[:40].encode("ascii", "replace").decode(),
)
def test_a_garbage_line_is_told_by_its_number(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "bad.ndjson"
    path.write_bytes(f"{GOOD}\n\n{line}\n{GOOD}\n".encode("utf-8", "surrogateescape"))
    drawings = read_ndjson(path)
    assert next(drawings).word == "a"  # what is before it is given out first
    with pytest.raises(UnreadableFile) as caught:
        list(drawings)
    assert str(caught.value).startswith(f"{path}, line 3")
    assert reason in str(caught.value)


def test_half_a_character_in_a_word_does_not_stop_a_file_from_being_written(tmp_path: Path) -> None:
    (tmp_path / "half.ndjson").write_text('{"word":"half \\ud83d","countrycode":"\\udc00","drawing":[]}\n')
    (half,) = read_ndjson(tmp_path / "half.ndjson")
    assert half.word == "half ?"
    write_ndjson(tmp_path / "whole.ndjson", [half])
    assert list(read_ndjson(tmp_path / "whole.ndjson")) == [half]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_a_line_of_many_megabytes_is_refused_and_not_read_to_its_end(tmp_path: Path, packed: bool) -> None:
    line = b'{"drawing":[[[' + b"1," * (10 << 20) + b"1]]]}\n"
    path = tmp_path / ("long.ndjson.gz" if packed else "long.ndjson")
    path.write_bytes(gzip.compress(line, 1) if packed else line)
    with pytest.raises(UnreadableFile, match=r"long\.ndjson(\.gz)?, line 1 is longer than 16 MB; no drawing is"):
        list(read_ndjson(path))


def test_a_packed_file_cut_off_anywhere_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cut.ndjson.gz"
    write_ndjson(path, [APE, BEE])
    whole = path.read_bytes()
    for size in range(1, len(whole)):
        path.write_bytes(whole[:size])
        with pytest.raises(UnreadableFile, match=r"cut\.ndjson\.gz"):
            list(read_ndjson(path))


def test_what_is_not_packed_though_its_name_says_so_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson.gz").write_text(GOOD)
    with pytest.raises(UnreadableFile, match=r"a\.ndjson\.gz can't be read: Not a gzipped file"):
        list(read_ndjson(tmp_path / "a.ndjson.gz"))


@pytest.mark.parametrize("read", [read_ndjson, read_binary])
def test_a_missing_file_and_a_folder_are_told(tmp_path: Path, read: Callable[[Path], Iterator[QuickDrawing]]) -> None:
    for path, reason in ((tmp_path / "none.x", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(UnreadableFile, match=reason) as caught:
            list(read(path))
        assert str(path) in str(caught.value)


# binary


@settings(max_examples=50)
@given(entries(BYTES))
def test_whole_bytes_come_back_from_the_binary_form(folder: Path, made: list[QuickDrawing]) -> None:
    write_binary(folder / "a.bin", iter(made))
    read = list(read_binary(folder / "a.bin"))
    assert [entry.drawing for entry in read] == [entry.drawing for entry in made]
    for mine, theirs in zip(read, made, strict=True):
        assert (mine.key_id, mine.country, mine.recognized) == (theirs.key_id, theirs.country, theirs.recognized)


def test_the_binary_form_is_what_google_writes(tmp_path: Path) -> None:
    entry = QuickDrawing(Drawing.of([[[1, 2], [3, 4]], [[255, 0]]]), key_id=5, country="US", timestamp=1_490_000_000)
    write_binary(tmp_path / "a.bin", [entry])
    data = struct.pack("<Q2sbIH", 5, b"US", 1, 1_490_000_000, 2)
    data += struct.pack("<H2B2B", 2, 1, 3, 2, 4) + struct.pack("<HBB", 1, 255, 0)
    assert (tmp_path / "a.bin").read_bytes() == data
    assert list(read_binary(tmp_path / "a.bin")) == [entry]


@pytest.mark.parametrize("number", [-1, 256, 0.5, 1e30, -1e30, 255.0000001])
def test_what_a_byte_can_not_tell_is_refused(tmp_path: Path, number: float) -> None:
    bad = QuickDrawing(Drawing.of([[[1, 2], [3, number]]]))
    with pytest.raises(
        DrawingError, match=r"a\.bin was not written: drawing 1 has coordinates other than whole numbers"
    ):
        write_binary(tmp_path / "a.bin", [APE, bad])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (QuickDrawing(Drawing.of([[[1, 2]]]), key_id=-1), "key or time of drawing 0"),
        (QuickDrawing(Drawing.of([[[1, 2]]]), key_id=2**64), "key or time of drawing 0"),
        (QuickDrawing(Drawing.of([[[1, 2]]]), timestamp=2**32), "key or time of drawing 0"),
        (QuickDrawing(Drawing.of([np.zeros((65_536, 2))])), "more strokes or points a stroke than 65,535"),
        (QuickDrawing(Drawing((np.zeros((1, 2)),) * 65_536)), "more strokes or points a stroke than 65,535"),
    ],
    ids=["negative key", "large key", "late time", "many points", "many strokes"],
)
def test_what_the_binary_form_can_not_count_is_refused(tmp_path: Path, entry: QuickDrawing, reason: str) -> None:
    with pytest.raises(DrawingError, match=rf"a\.bin was not written: .*{reason}"):
        write_binary(tmp_path / "a.bin", [entry])
    assert list(tmp_path.iterdir()) == []


def test_a_country_of_another_length_is_cut_or_filled(tmp_path: Path) -> None:
    write_binary(
        tmp_path / "a.bin", [QuickDrawing(Drawing(()), country=name) for name in ("", "D", "Deutschland", "猴")]
    )
    assert [entry.country for entry in read_binary(tmp_path / "a.bin")] == ["", "D", "De", "?"]


def test_a_binary_file_cut_off_at_any_byte_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cut.bin"
    write_binary(path, [APE, APE])
    whole = path.read_bytes()
    half = len(whole) // 2
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        if size in (0, half):  # between two drawings
            assert len(list(read_binary(path))) == size // half
            continue
        with pytest.raises(UnreadableFile, match=rf"cut\.bin: drawing {size // half} is cut off or damaged"):
            list(read_binary(path))


def test_a_stroke_without_points_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(struct.pack("<Q2sbIHH", 5, b"US", 1, 0, 1, 0))
    with pytest.raises(UnreadableFile, match=r"a\.bin: drawing 0 is cut off or damaged"):
        list(read_binary(tmp_path / "a.bin"))


# fuzz


@pytest.mark.parametrize("name", ["a.ndjson", "a.ndjson.gz", "a.bin"])
def test_flipped_bytes_give_drawings_or_a_reason(tmp_path: Path, name: str) -> None:
    path, dice = tmp_path / name, random.Random(3)
    write, read = (write_binary, read_binary) if name == "a.bin" else (write_ndjson, read_ndjson)
    write(path, [APE, APE])
    whole, good = path.read_bytes(), 0
    for _ in range(1500):
        data = bytearray(whole)
        for _ in range(dice.choice((1, 1, 3))):
            place = dice.randrange(len(data))
            data[place] = dice.choice((dice.randrange(256), ord(dice.choice('0123456789.-e,[]{}":'))))
        path.write_bytes(data)
        told = ""
        try:
            good += len(list(read(path))) > 0
        except DrawingError as error:
            told = str(error)
        assert not told or path.name in told
    assert good < 1500
    assert good > 100 or name.endswith(".gz")  # gzip has a checksum of its own
    assert list(tmp_path.iterdir()) == [path]


# a write that fails


def breaking() -> Iterator[QuickDrawing]:
    yield APE
    raise UnreadableFile("the source broke off")


@pytest.mark.parametrize(
    ("name", "write"), [("a.ndjson", write_ndjson), ("a.ndjson.gz", write_ndjson), ("a.bin", write_binary)]
)
def test_a_source_that_breaks_off_leaves_the_old_file_and_nothing_else(tmp_path: Path, name: str, write) -> None:
    path = tmp_path / name
    with pytest.raises(UnreadableFile, match="broke off"):
        write(path, breaking())
    assert list(tmp_path.iterdir()) == []
    write(path, [APE])
    before = path.read_bytes()
    with pytest.raises(UnreadableFile, match="broke off"):
        write(path, breaking())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "write"), [("a.ndjson", write_ndjson), ("a.ndjson.gz", write_ndjson), ("a.bin", write_binary)]
)
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, write
) -> None:
    path = tmp_path / name
    write(path, [APE])
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StudioError, match=rf"{name} can't be written: No space left on device"):
            write(path, [APE, APE])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_endless_empty_lines_are_given_up(tmp_path: Path) -> None:
    (tmp_path / "empty.ndjson").write_bytes(b"\n" * 20_000)
    with pytest.raises(UnreadableFile, match=r"empty\.ndjson has over 10,000 empty lines"):
        list(read_ndjson(tmp_path / "empty.ndjson"))
