"""stroke-3 archives: everything others wrote is read, nothing in it is run, and what is damaged is told."""

from __future__ import annotations

import builtins
import copyreg
import errno
import io
import os
import pickle
import random
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib import format as npy
from numpy.testing import assert_allclose, assert_array_equal
from strategies import ANY, WHOLE, drawings

from drawing.drawing import Drawing
from drawing.errors import DrawingError, RefusedFile, UnreadableFile
from drawing.npz import Archive, read_npz, write_npz
from drawing.stroke import Stroke3, to_stroke3
from studio.errors import StudioError

ROWS = np.array([[2.0, 3, 0], [2, 0, 0], [0, 3, 1], [-3, -5, 1]])
DOT = np.array([[7.0, 7, 1]])
HALVES = np.array([[0.5, 0.25, 0], [-1.5, 2, 1]])


def same(archive: Archive, splits: dict[str, list[Stroke3]]) -> bool:
    return {name: [rows.tolist() for rows in rows_] for name, rows_ in archive.splits.items()} == {
        name: [rows.tolist() for rows in rows_] for name, rows_ in splits.items()
    }


def objects(*items: object, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """An object array of these items."""
    out = np.empty(len(items), dtype=object)
    for index, item in enumerate(items):
        out[index] = item
    return out if shape is None else out.reshape(shape)


def member(body: bytes, shape: tuple[int, ...] = (1,), dtype: str = "|O", fortran: bool = False) -> bytes:
    """An .npy file with this header and this body, true or not."""
    out = io.BytesIO()
    npy.write_array_header_1_0(out, {"descr": dtype, "fortran_order": fortran, "shape": shape})
    return out.getvalue() + body


def pickled(array: np.ndarray, protocol: int) -> bytes:
    return member(pickle.dumps(array, protocol=protocol), array.shape)


def write_zip(path: Path, packed: int = zipfile.ZIP_DEFLATED, /, **members: bytes) -> Path:
    """A zip of these members; a name without ending gets .npy."""
    with zipfile.ZipFile(path, "w", packed) as archive:
        for name, data in members.items():
            archive.writestr(name if "." in name else f"{name}.npy", data)
    return path


# round trips


@settings(max_examples=60)
@given(st.lists(drawings(WHOLE), min_size=1, max_size=4), st.booleans())
def test_whole_drawings_come_back_exactly_from_both_forms(folder: Path, made: list[Drawing], classic: bool) -> None:
    splits = {"train": [to_stroke3(drawing) for drawing in made], "valid": [DOT], "test": []}
    write_npz(folder / "whole.npz", splits, classic=classic)
    assert same(read_npz(folder / "whole.npz"), splits)


@settings(max_examples=60)
@given(st.lists(drawings(ANY, min_strokes=1), min_size=1, max_size=4), st.booleans())
def test_any_drawings_come_back_to_float32(folder: Path, made: list[Drawing], classic: bool) -> None:
    rows = [to_stroke3(drawing) for drawing in made]
    write_npz(folder / "any.npz", {"train": rows}, classic=classic)
    for back, before in zip(read_npz(folder / "any.npz").splits["train"], rows, strict=True):
        assert back.dtype == np.float64
        assert_allclose(back, before, rtol=2e-7, atol=1e-30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("npz")


@pytest.mark.parametrize(
    ("rows", "dtype"),
    [(ROWS, np.int16), (HALVES, np.float32), (ROWS * 32767, np.float32), (np.array([[32767.0, -32767, 1]]), np.int16)],
    ids=["whole", "halves", "large", "just small enough"],
)
@pytest.mark.parametrize("classic", [False, True], ids=["plain", "classic"])
def test_small_whole_numbers_take_two_bytes_and_others_four(tmp_path: Path, rows: Stroke3, dtype, classic) -> None:
    write_npz(tmp_path / "a.npz", {"train": [rows, DOT]}, classic=classic)
    with np.load(tmp_path / "a.npz", allow_pickle=classic) as archive:
        stored = archive["train"][0] if classic else archive["train_rows"]
    assert stored.dtype == dtype
    assert same(read_npz(tmp_path / "a.npz"), {"train": [rows, DOT]})


def test_the_plain_form_holds_no_pickle(tmp_path: Path) -> None:
    write_npz(tmp_path / "a.npz", {"train": [ROWS, DOT], "valid": []}, {"unit": "mm"})
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        assert_array_equal(archive["train_starts"], [0, 4, 5])
        assert_array_equal(archive["train_rows"], np.concatenate([ROWS, DOT]))
        assert_array_equal(archive["valid_starts"], [0])
        assert str(archive["format"]) == "monoline stroke-3"


def test_the_classic_form_is_what_sketch_rnn_loads(tmp_path: Path) -> None:
    write_npz(tmp_path / "a.npz", {"train": [ROWS, ROWS], "valid": [DOT]}, classic=True)
    with np.load(tmp_path / "a.npz", allow_pickle=True, encoding="latin1") as archive:
        assert sorted(archive.files) == ["train", "valid"]
        assert archive["train"].shape == (2,)
        assert_array_equal(archive["train"][1], ROWS)


def test_what_an_archive_says_of_itself_comes_back(tmp_path: Path) -> None:
    write_npz(tmp_path / "a.npz", {"train": [ROWS]}, {"made_from": "sb48", "epsilon": 1.5, "version": "a person's own"})
    assert read_npz(tmp_path / "a.npz").about == {"made_from": "sb48", "epsilon": 1.5, "version": 1}


def test_splits_come_in_the_usual_order_whatever_the_file_has(tmp_path: Path) -> None:
    splits = {"more": [DOT], "test": [DOT], "valid": [DOT], "train": [DOT]}
    for classic in (False, True):
        write_npz(tmp_path / "a.npz", splits, classic=classic)
        assert list(read_npz(tmp_path / "a.npz").splits) == ["train", "valid", "test", "more"]


def test_empty_drawings_and_empty_splits_come_back(tmp_path: Path) -> None:
    splits = {"train": [np.zeros((0, 3)), ROWS, np.zeros((0, 3))], "valid": [], "test": [np.zeros((0, 3))]}
    for classic in (False, True):
        write_npz(tmp_path / "a.npz", splits, classic=classic)
        assert same(read_npz(tmp_path / "a.npz"), splits)


@pytest.mark.parametrize(
    ("splits", "reason"),
    [
        ({}, "there are no drawings"),
        ({"train": []}, "there are no drawings"),
        ({"train": [[[1, 2]]]}, r"shape \(n, 3\)"),
        ({"train": [[[1, np.nan, 0]]]}, "not a finite number"),
        ({"train": [[[1e39, 0, 0]]]}, r"beyond 3e\+38"),
        ({"../evil": [ROWS]}, "can't be the name of a split"),
        ({"format": [ROWS]}, "can't be the name of a split"),
        ({"file": [ROWS]}, "can't be the name of a split"),
    ],
)
@pytest.mark.parametrize("classic", [False, True], ids=["plain", "classic"])
def test_what_can_not_be_written_is_told_and_nothing_is_left(tmp_path: Path, splits, reason: str, classic) -> None:
    with pytest.raises(DrawingError, match=reason):
        write_npz(tmp_path / "a.npz", splits, classic=classic)
    assert list(tmp_path.iterdir()) == []


# what other tools wrote


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("dtype", ["<i2", ">i2", "<f2", "<f4", ">f8", "<i8"])
def test_archives_of_every_protocol_and_type_are_read(tmp_path: Path, protocol: int, dtype: str) -> None:
    train = objects(HALVES.astype(dtype), DOT.astype(dtype))
    path = write_zip(tmp_path / "a.npz", train=pickled(train, protocol), valid=pickled(train[1:], protocol))
    expected = {"train": [HALVES.astype(dtype).astype(float), DOT], "valid": [DOT]}
    assert same(read_npz(path), expected)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("core", ["numpy.core", "numpy._core"])
def test_the_names_of_numpy_1_and_2_are_one(tmp_path: Path, protocol: int, core: str) -> None:
    body = with_names_of(core, pickle.dumps(objects(ROWS, DOT), protocol=protocol))
    assert core.encode() in body
    path = write_zip(tmp_path / "a.npz", train=member(body, (2,)))
    assert same(read_npz(path), {"train": [ROWS, DOT]})


def with_names_of(core: str, text: bytes) -> bytes:
    """A pickle as numpy 1 or 2 writes it; lengths of names and of the frame are put right."""
    for module in ("multiarray", "numeric"):
        for before in (f"numpy.core.{module}", f"numpy._core.{module}"):
            after = f"{core}.{module}"
            text = text.replace(f"c{before}\n".encode(), f"c{after}\n".encode())
            text = text.replace(short(before), short(after))
    return text[:3] + struct.pack("<Q", len(text) - 11) + text[11:] if text[2:3] == b"\x95" else text


def short(name: str) -> bytes:
    """The opcode of a short string, with its length."""
    return b"\x8c" + bytes([len(name)]) + name.encode()


def test_stray_members_are_left_out(tmp_path: Path) -> None:
    """numpy.savez called with an option it does not know writes it as an array."""
    np.savez(tmp_path / "a.npz", train=objects(ROWS), encoding="latin1", epsilon=1.5, count=np.arange(3), allow=True)
    with zipfile.ZipFile(tmp_path / "a.npz", "a") as archive:
        archive.writestr("README.txt", "drawn by hand")
        archive.writestr("folder/", "")
    archive = read_npz(tmp_path / "a.npz")
    assert same(archive, {"train": [ROWS]})
    assert set(archive.left_out) == {"encoding", "epsilon", "count", "allow"}


def test_an_object_without_dimensions_is_left_out_or_taken_for_what_it_holds(tmp_path: Path) -> None:
    stray = np.array({"scale": 2.5, ("a", 1): None, "set": {1, 2}, "frozen": frozenset([3])}, dtype=object)
    path = write_zip(
        tmp_path / "a.npz", train=pickled(objects(ROWS), 4), meta=pickled(stray, 4), none=pickled(np.array(None), 2)
    )
    archive = read_npz(path)
    assert same(archive, {"train": [ROWS]})
    assert set(archive.left_out) == {"meta", "none"}


def test_drawings_of_one_length_are_read_from_one_block(tmp_path: Path) -> None:
    block = np.stack([ROWS, ROWS + np.array([1, 0, 0])])
    np.savez(
        tmp_path / "a.npz", train=block.astype(np.int16), valid=np.asfortranarray(block), test=block.astype(object)
    )
    assert same(read_npz(tmp_path / "a.npz"), {name: list(block) for name in ("train", "valid", "test")})


def test_drawings_as_lists_are_read(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.npz", train=pickled(objects(ROWS.tolist(), DOT.astype(int).tolist()), 3))
    assert same(read_npz(path), {"train": [ROWS, DOT]})


def test_a_drawing_that_is_there_many_times_is_stored_once_and_read_often(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.npz", train=pickled(objects(*[ROWS] * 5000), 4))
    assert len(read_npz(path).splits["train"]) == 5000


def test_a_header_of_python_2_is_read(tmp_path: Path) -> None:
    header = b"{'descr': '<i2', 'fortran_order': False, 'shape': (1L, 4L, 3L), }"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header) + 1) + header + b"\n" + ROWS.astype("<i2").tobytes()
    assert same(read_npz(write_zip(tmp_path / "a.npz", train=data)), {"train": [ROWS]})


@pytest.mark.parametrize("packed", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_packed_and_stored_members_are_read(tmp_path: Path, packed: int) -> None:
    path = write_zip(tmp_path / "a.npz", packed, train=pickled(objects(ROWS, DOT), 4))
    assert same(read_npz(path), {"train": [ROWS, DOT]})


@pytest.mark.parametrize(
    ("name", "counts", "left_out"),
    [
        ("look_f16.npz", {"train": 1300, "valid": 300}, {"encoding", "allow_pickle"}),
        ("look_f16__minn10_epsilon1.npz", {"train": 1300, "valid": 300}, {"encoding", "allow_pickle"}),
        ("look_i16__minn10_epsilon1.npz", {"train": 1300, "valid": 300}, {"encoding", "allow_pickle"}),
        ("look_joined15.npz", {"train": 1271, "valid": 294}, set()),
        ("aaron_sheep.npz", {"train": 7400, "valid": 300, "test": 300}, set()),
        ("omniglot.npz", {"train": 30000, "valid": 1000, "test": 1000}, set()),
    ],
)
def test_real_archives_are_read_whole(data: Path, name: str, counts: dict[str, int], left_out: set[str]) -> None:
    archive = read_npz(data / name)
    assert {split: len(rows) for split, rows in archive.splits.items()} == counts
    assert list(archive.splits) == list(counts)
    assert set(archive.left_out) == left_out
    assert all(rows[-1, 2] == 1 for split in archive.splits.values() for rows in split)
    with np.load(data / name, allow_pickle=True, encoding="latin1") as trusted:  # our own files, checked by hand
        for mine, theirs in zip(archive.splits["valid"], trusted["valid"], strict=True):
            assert_array_equal(mine, theirs)


@pytest.mark.parametrize("name", ["look_f16__minn10_epsilon1.npz", "look_i16__minn10_epsilon1.npz"])
@pytest.mark.parametrize("classic", [False, True], ids=["plain", "classic"])
def test_real_archives_come_back_row_by_row(data: Path, tmp_path: Path, name: str, classic: bool) -> None:
    before = read_npz(data / name).splits
    write_npz(tmp_path / "a.npz", before, classic=classic)
    after = read_npz(tmp_path / "a.npz").splits
    for split in ("train", "valid"):
        for mine, theirs in zip(after[split], before[split], strict=True):
            assert_array_equal(mine, theirs)


# pickles that do something


class Gadget:
    """Pickles to a call, which unpickling makes."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call


def runstring() -> Callable[..., Any]:
    """numpy's own way to run a string, which a check for names beginning with numpy would let through."""
    from numpy.testing._private.utils import runstring

    return runstring


ATTACKS: dict[str, Callable[[Path], object]] = {
    "os.system": lambda mark: Gadget(os.system, f"touch {mark}"),
    "eval": lambda mark: Gadget(builtins.eval, f"open({str(mark)!r}, 'w').close()"),
    "exec": lambda mark: Gadget(builtins.exec, f"open({str(mark)!r}, 'w').close()"),
    "open": lambda mark: Gadget(builtins.open, str(mark), "w"),
    "a gadget of numpy": lambda mark: Gadget(runstring(), f"open({str(mark)!r}, 'w').close()", {}),
    "getattr": lambda mark: Gadget(getattr, Gadget(__import__, "os"), "system"),
}
PLACES: dict[str, Callable[[object], np.ndarray]] = {
    "as an element": lambda attack: objects(ROWS, attack),
    "in a list": lambda attack: objects(ROWS, [[1, 2, attack]]),
    "as the only object": lambda attack: np.array(attack, dtype=object),
    "in a dictionary": lambda attack: np.array({"a": attack}, dtype=object),
}


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_pickle_that_runs_something_is_refused_and_does_not(
    tmp_path: Path, attack: str, place: str, protocol: int
) -> None:
    mark = tmp_path / "it-has-run"
    body = pickled(PLACES[place](ATTACKS[attack](mark)), protocol)
    path = write_zip(tmp_path / "a.npz", train=pickled(objects(ROWS), 4), valid=body)
    with pytest.raises(RefusedFile) as caught:
        read_npz(path)
    assert re.fullmatch(
        rf"{re.escape(str(path))} is refused: its member valid is a pickle that asks for [\w.]+, "
        "and drawings need only arrays.",
        str(caught.value),
    )
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("attack", [name for name in ATTACKS if name != "getattr"])
def test_the_attacks_are_real(tmp_path: Path, attack: str) -> None:
    """Without this the tests above could pass because the attacks have no effect."""
    mark = tmp_path / "it-has-run"
    made = pickle.loads(pickle.dumps(objects(ATTACKS[attack](mark))))  # noqa: S301
    if isinstance(made[0], io.IOBase):
        made[0].close()
    assert mark.exists()


@pytest.mark.parametrize("what", ["c", "i", "o", "\x81"])
def test_every_opcode_that_calls_is_held_back(tmp_path: Path, what: str) -> None:
    mark = str(tmp_path / "it-has-run").encode()
    touch = b"Vtouch " + mark + b"\n"
    body = {
        "c": b"cposix\nsystem\n(" + touch + b"tR.",
        "i": b"(" + touch + b"iposix\nsystem\n.",
        "o": b"(cposix\nsystem\n" + touch + b"o.",
        "\x81": b"\x80\x02cposix\nsystem\n" + touch + b"\x85\x81.",
    }[what]
    path = write_zip(tmp_path / "a.npz", train=member(body))
    with pytest.raises(RefusedFile, match=r"asks for posix\.system"):
        read_npz(path)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"Ppersistent\n.", "a persistent object"),
        (b"\x80\x04K\x01Q.", "a persistent object"),
        (b"c_codecs\nencode\n(Vtext\nVrot13\ntR.", "the codec rot13"),
        (b"cnumpy.core.multiarray\n_reconstruct\n0cnumpy\nload\n.", "numpy.load"),
        (b"c" + b"a" * 100_000 + b"\nb\n.", "aaa"),
    ],
    ids=["persistent", "persistent in binary", "another codec", "another function of numpy", "a very long name"],
)
def test_whatever_else_a_pickle_asks_for_is_refused_in_one_line(tmp_path: Path, body: bytes, reason: str) -> None:
    path = write_zip(tmp_path / "a.npz", train=member(body))
    with pytest.raises(RefusedFile) as caught:
        read_npz(path)
    assert reason in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_registered_extension_is_not_called(tmp_path: Path) -> None:
    """An extension that was used before is in a cache, which is not asked about."""
    mark = str(tmp_path / "it-has-run").encode()
    path = write_zip(tmp_path / "a.npz", train=member(b"\x80\x02\x82\x01Vtouch " + mark + b"\n\x85R."))
    copyreg.add_extension("os", "system", 1)
    copyreg._extension_cache[1] = os.system  # pyright: ignore[reportAttributeAccessIssue]
    try:
        with pytest.raises(UnreadableFile, match=r"the member train is damaged"):
            read_npz(path)
    finally:
        copyreg.remove_extension("os", "system", 1)
    assert list(tmp_path.iterdir()) == [path]


# pickles that take all memory or all day


def nested(levels: int, leaf: bytes = b"K\x01") -> bytes:
    """A tuple of two of a tuple of two of ...: two to the power of ``levels`` leaves in a few bytes."""
    return leaf + b"2\x86" * levels


ARRAY = pickle.dumps(np.zeros((20_000, 3), dtype=np.int8), protocol=2)[2:-1]
DTYPE = b"cnumpy\ndtype\n(Vi1\ntR(K\x03V|\nNNNK\xffK\xffK\x00tb"
RECORD = b"cnumpy.core.multiarray\n_reconstruct\n)R(K\x01%b%b\x89%btb."

EXHAUSTING = {
    "a memo index that makes C take 64 GB": b"\x80\x02]r\xff\xff\xff\x7f.",
    "lists of lists of lists": b"\x80\x02K\x01" + b"]q\x00(h\x00h\x00e0" + b"]" + b"".join(
        b"q" + bytes([n]) + b"](h" + bytes([n]) + b"h" + bytes([n]) + b"e" for n in range(1, 80)
    ) + b".",
    "a list in itself": b"\x80\x02]q\x00h\x00a.",
    "a key of nested tuples": b"\x80\x02}" + nested(60) + b"Ns.",
    "keys of nested tuples": b"\x80\x02}(" + nested(60) + b"Nu.",
    "a set of nested tuples": b"\x80\x04\x8f(" + nested(60) + b"\x90.",
    "a frozen set of nested tuples": b"\x80\x04(" + nested(60) + b"\x91.",
    "the text of nested tuples": b"\x80\x02cnumpy\ndtype\n" + nested(60) + b"\x85R.",
    "a codec of nested tuples": b"\x80\x02c_codecs\nencode\nVa\n" + nested(60) + b"\x86R.",
    "an array of so many bytes": b"\x80\x02" + RECORD % (b"(L40000000000L\nt", DTYPE, b"L40000000000L\n"),
    "an array of a shape of tuples": b"\x80\x02"
    + RECORD % (b"(L2000000000L\n(K\x01K\x01tt", DTYPE.replace(b"Vi1", b"VO8"), b"]"),
    "one array a million times": b"\x80\x02]q\x00(" + ARRAY.replace(b"q\x00", b"q\x64") + b"r\xff\x00\x00\x00"
    + b"j\xff\x00\x00\x00" * 1_000_000 + b"e.",
    "a byte array that is not there": b"\x80\x05\x96" + struct.pack("<Q", 1 << 60) + b"abc.",
    "a text that is not there": b"\x80\x04\x8d" + struct.pack("<Q", 1 << 60) + b"abc.",
    "an endless number": b"\x80\x02\x8b\xff\xff\xff\x7f.",
}  # fmt: skip


@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize("what", EXHAUSTING)
def test_a_pickle_that_would_exhaust_the_machine_is_told_at_once(tmp_path: Path, what: str) -> None:
    path = write_zip(tmp_path / "a.npz", train=member(EXHAUSTING[what]))
    with pytest.raises((RefusedFile, UnreadableFile)) as caught:
        read_npz(path)
    assert str(path) in str(caught.value)
    assert "MemoryError" not in repr(caught.value.__context__)
    assert len(str(caught.value)) < 500


def test_a_pickle_can_not_change_how_the_next_one_is_read(tmp_path: Path) -> None:
    """BUILD sets attributes, also of functions, in a slot state."""
    spoil = b"c_codecs\nencode\n(N}V__defaults__\n(Vrot13\ntstb0"
    path = write_zip(tmp_path / "a.npz", train=member(b"\x80\x02" + spoil + b"N."))
    with pytest.raises(DrawingError):
        read_npz(path)
    good = write_zip(tmp_path / "b.npz", train=pickled(objects(ROWS), 2))
    assert same(read_npz(good), {"train": [ROWS]})
    from drawing.npz_pickle import _encode  # pyright: ignore[reportPrivateUsage]

    assert _encode.__defaults__ == ("utf-8",)


# archives that unpack to more than they should


def test_gigabytes_of_zeros_in_a_small_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("train.npy", "w") as stream:
        for _ in range(40):
            stream.write(b"\0" * (1 << 20))
    assert path.stat().st_size < 50_000
    with pytest.raises(
        RefusedFile, match=r"a\.npz is refused: train\.npy unpacks from 41 kB to 42 MB, which no drawings"
    ):
        read_npz(path)


@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused_before_they_unpack(tmp_path: Path, packed: int) -> None:
    """zipfile unpacks these whole: 2 GB of zeros in 2 kB, whatever size the directory states."""
    path = write_zip(tmp_path / "a.npz", packed, train=b"\0" * 100_000)
    with pytest.raises(
        RefusedFile, match=r"a\.npz is refused: train\.npy is packed in a way that numpy does not write"
    ):
        read_npz(path)


def with_stated_size(path: Path, size: int) -> Path:
    """The same zip, but its directory states another size of what is packed."""
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", size)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("size", [0, 10, 200, 1000, 30 << 20])
def test_a_directory_that_lies_about_a_size_is_told(tmp_path: Path, size: int) -> None:
    path = with_stated_size(write_zip(tmp_path / "a.npz", train=pickled(objects(ROWS, DOT), 4)), size)
    with pytest.raises(UnreadableFile, match=r"a\.npz"):
        read_npz(path)


def test_a_directory_that_states_gigabytes_is_refused(tmp_path: Path) -> None:
    path = with_stated_size(write_zip(tmp_path / "a.npz", train=pickled(objects(ROWS, DOT), 4)), 0xF0000000)
    with pytest.raises(RefusedFile, match=r"a\.npz is refused: train\.npy unpacks from 0 kB to 4027 MB"):
        read_npz(path)


def test_many_members_that_come_to_gigabytes_together_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.npz", **{f"m{n}": b"\0" * 9 for n in range(140)})
    data = path.read_bytes()
    stated = struct.pack("<I", (32 << 20) - 1)  # each of them small enough
    path.write_bytes(re.sub(rb"(PK\x01\x02.{20})\x09\0{3}", lambda found: found[1] + stated, data, flags=re.DOTALL))
    with pytest.raises(RefusedFile, match=r"a\.npz unpacks to 5 GB; more than 4 GB is refused"):
        read_npz(path)


# damage


DAMAGED: dict[str, tuple[dict[str, bytes], str]] = {
    "no members": ({}, "holds no drawings"),
    "only a text": ({"a.txt": b"text"}, "holds no drawings"),
    "only other arrays": ({"x": member(b"\0" * 8, (1,), "<f8")}, "holds no drawings"),
    "only empty splits": ({"train": pickled(objects(), 4)}, "holds no drawings"),
    "an empty member": ({"train": b""}, "the member train is damaged"),
    "no array": ({"train": b"hello, this is no array"}, "the member train is damaged"),
    "no pickle": ({"train": member(b"hello")}, "the member train is damaged"),
    "a pickle that stops": ({"train": pickled(objects(ROWS), 4)[:-20]}, "the member train is damaged"),
    "too many rows in the header": ({"train": member(ROWS.tobytes(), (1, 5, 3), "<f8")}, "its size is not what its"),
    "too few rows in the header": ({"train": member(ROWS.tobytes(), (1, 3, 3), "<f8")}, "its size is not what its"),
    "a huge header": ({"train": member(b"", (1 << 62, 1 << 62), "<f8")}, "its size is not what its header says"),
    "a negative header": ({"train": member(b"", (-1, 3), "<f8")}, "its size is not what its header says"),
    "records": ({"train": member(b"\0" * 8, (1,), [("a", "<f8")])}, "numbers were expected"),  # pyright: ignore
    "times": ({"train": member(b"\0" * 8, (1,), "<M8[s]")}, "numbers were expected"),
    "complex numbers": ({"train": member(b"\0" * 16, (1,), "<c16")}, "numbers were expected"),
    "an unbalanced header": (
        {"train": b"\x93NUMPY\x01\x00\x10\x00" + b"{'descr': (((((\n"}, "the member train is damaged"
    ),
    "no number": ({"train": pickled(objects(ROWS, np.array([[1, np.nan, 0]])), 4)}, "drawing 1 of train is no"),
    "infinity": ({"train": pickled(objects(np.array([[np.inf, 0, 0]])), 4)}, "row 0 has a value that is not a finite"),
    "two columns": ({"train": pickled(objects(ROWS[:, :2]), 4)}, r"must have the shape (n, 3), not (4, 2)"),
    "one row only": ({"train": pickled(objects(ROWS[0], ROWS[1]), 4)}, r"must have the shape (n, 3), not (3,)"),
    "ragged rows": ({"train": pickled(objects([[1, 2, 3], [4, 5]]), 4)}, "drawing 0 of train is no stroke-3"),
    "words": ({"train": pickled(objects("ape", "bee"), 4)}, "stroke-3 rows must be numbers"),
    "numbers too large": ({"train": pickled(objects([[10**400, 0, 1]]), 4)}, "stroke-3 rows must be numbers"),
    "five columns": ({"train": member(np.zeros(5).tobytes(), (1, 1, 5), "<f8")}, r"shape (n, 3), not (1, 5)"),
    "an array of more than it has": (
        {"train": member(pickle.dumps(objects(ROWS), protocol=2).replace(b"K\x04K\x03", b"K\x09K\x03"))}, "is damaged"
    ),
    "objects that are not there": (
        {"train": member(b"\x80\x02" + RECORD % (b"K\x05\x85", DTYPE.replace(b"Vi1", b"VO8"), b"]"))},
        "an object array of another size",
    ),
    "an array of nothing": ({"train": member(b"\x80\x02" + RECORD % (b"K\x01\x85", b"N", b"Va\n"))}, "without a dtype"),
    "an array of text": (
        {"train": member(b"\x80\x02" + RECORD % (b"K\x01\x85", DTYPE.replace(b"Vi1", b"VU9"), b"Va\n"))},
        "an array of U9",
    ),
    "an odd byte order": (
        {"train": member(b"\x80\x02" + RECORD % (b"K\x01\x85", DTYPE.replace(b"V|", b"V(9)"), b"Va\n"))}, "byte order"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGED)
def test_damage_is_told_in_one_line_that_names_the_file(tmp_path: Path, what: str) -> None:
    members, reason = DAMAGED[what]
    path = write_zip(tmp_path / "damaged.npz", **members)
    with pytest.raises(UnreadableFile) as caught:
        read_npz(path)
    assert str(path) in str(caught.value)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda members: members.pop("about"),
        lambda members: members.pop("train_starts"),
        lambda members: members.update(about=np.array("no JSON")),
        lambda members: members.update(about=np.array("[]")),
        lambda members: members.update(about=np.array('{"version": "two"}')),
        lambda members: members.update(train_starts=np.zeros((0,), dtype=int)),
        lambda members: members.update(train_starts=np.zeros((2, 2), dtype=int)),
        lambda members: members.update(train_starts=np.array([0, 3, 2, 5])),
        lambda members: members.update(train_starts=np.array([0, 4])),
        lambda members: members.update(train_starts=np.array([1, 5])),
        lambda members: members.update(train_starts=np.array(5)),
        lambda members: members.update(train_rows=np.array(5.0)),
        lambda members: members.update(train_rows=np.zeros((5, 2))),
        lambda members: members.update(train_rows=np.full((5, 3), np.nan)),
        lambda members: members.update(train_rows=np.array([["a", "b", "c"]] * 5)),
        lambda members: (members.pop("train_rows"), members.pop("train_starts")),
    ],
)
def test_damage_of_our_own_form_is_told(tmp_path: Path, spoil) -> None:
    write_npz(tmp_path / "a.npz", {"train": [ROWS, DOT]})
    with np.load(tmp_path / "a.npz") as archive:
        members = dict(archive)
    spoil(members)
    np.savez(tmp_path / "a.npz", **members)
    with pytest.raises(UnreadableFile, match=r"a\.npz"):
        read_npz(tmp_path / "a.npz")


def test_an_archive_of_a_later_monoline_is_told(tmp_path: Path) -> None:
    write_npz(tmp_path / "a.npz", {"train": [ROWS]})
    with np.load(tmp_path / "a.npz") as archive:
        members = {**archive, "about": np.array('{"version": 2}')}
    np.savez(tmp_path / "a.npz", **members)
    with pytest.raises(UnreadableFile, match=r"a\.npz was written by a later monoline \(version 2\); update monoline"):
        read_npz(tmp_path / "a.npz")


@pytest.mark.parametrize("classic", [False, True], ids=["plain", "classic"])
def test_an_archive_cut_off_anywhere_is_told(tmp_path: Path, classic: bool) -> None:
    path = tmp_path / "cut.npz"
    write_npz(path, {"train": [ROWS, DOT], "valid": [HALVES]}, classic=classic)
    whole = path.read_bytes()
    for size in range(0, len(whole), 7):
        path.write_bytes(whole[:size])
        with pytest.raises(UnreadableFile, match=r"cut\.npz"):
            read_npz(path)


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 18, b"\x1f\x8b" + b"\0" * 40], ids=repr)
def test_what_is_no_archive_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(data)
    with pytest.raises(UnreadableFile, match=r"a\.npz"):
        read_npz(tmp_path / "a.npz")


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"none\.npz can't be read: No such file"):
        read_npz(tmp_path / "none.npz")
    with pytest.raises(UnreadableFile, match=r"can't be read: Is a directory"):
        read_npz(tmp_path)


def test_a_locked_member_is_told(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.npz", train=pickled(objects(ROWS), 4))
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(UnreadableFile, match=r"a\.npz is damaged"):
        read_npz(path)


# fuzz


def assert_value_or_reason(path: Path) -> bool:
    """Read a file that may be damaged: a value, or one line that names it. True for a value."""
    told = ""
    try:
        archive = read_npz(path)
    except DrawingError as error:
        told = str(error)
    else:
        assert isinstance(archive, Archive)
        for split in archive.splits.values():
            assert all(rows.shape[1:] == (3,) and np.isfinite(rows).all() for rows in split)
    assert not told or path.name in told
    return not told


@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_flipped_bytes_inside_a_member_give_a_value_or_a_reason(tmp_path: Path, protocol: int) -> None:
    """Members are stored with the right CRC, so that the damage reaches the header and the pickle."""
    dice = random.Random(protocol)
    whole = pickled(objects(ROWS.astype(np.int16), DOT.astype(np.int16)), protocol)
    good = 0
    for _ in range(800):
        data = bytearray(whole)
        for _ in range(dice.choice((1, 1, 2, 4))):
            # half of the flips in what follows the header, which is mostly blanks
            place = dice.randrange(len(data)) if dice.random() < 0.3 else dice.randrange(128, len(data))
            data[place] = dice.choice((data[place] ^ (1 << dice.randrange(8)), dice.randrange(256)))
        good += assert_value_or_reason(write_zip(tmp_path / "a.npz", zipfile.ZIP_STORED, train=bytes(data)))
    assert 20 < good < 780
    assert [file.name for file in tmp_path.iterdir()] == ["a.npz"]


@pytest.mark.parametrize("classic", [False, True], ids=["plain", "classic"])
def test_flipped_bytes_of_a_whole_archive_give_a_value_or_a_reason(tmp_path: Path, classic: bool) -> None:
    path = tmp_path / "a.npz"
    write_npz(path, {"train": [ROWS, DOT], "valid": [ROWS]}, classic=classic)
    whole, dice = path.read_bytes(), random.Random(5)
    for _ in range(800):
        data = bytearray(whole)
        for _ in range(dice.choice((1, 2, 8))):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path.write_bytes(data)
        assert_value_or_reason(path)


def test_flipped_bytes_of_our_own_form_give_a_value_or_a_reason(tmp_path: Path) -> None:
    path, dice = tmp_path / "a.npz", random.Random(6)
    write_npz(path, {"train": [ROWS, DOT]})
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(800):
        changed = dict(members)
        name = dice.choice(list(members))
        data = bytearray(members[name])
        data[dice.randrange(10, len(data))] = dice.randrange(256)
        changed[name] = bytes(data)
        assert_value_or_reason(write_zip(path, zipfile.ZIP_STORED, **changed))


# a write that fails


@pytest.mark.parametrize("classic", [False, True], ids=["plain", "classic"])
def test_a_full_disk_leaves_the_old_archive_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, classic: bool
) -> None:
    path = tmp_path / "a.npz"
    write_npz(path, {"train": [ROWS]}, classic=classic)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StudioError, match=r"a\.npz can't be written: No space left on device"):
            write_npz(path, {"train": [DOT]}, classic=classic)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_checksum_of_a_member_is_looked_at(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.npz", zipfile.ZIP_STORED, train=pickled(objects(ROWS), 4))
    data = path.read_bytes()
    place = data.index(ROWS.astype("<f8").tobytes())
    path.write_bytes(data[:place] + b"\1" + data[place + 1 :])
    with pytest.raises(UnreadableFile, match=r"a\.npz"):
        read_npz(path)
