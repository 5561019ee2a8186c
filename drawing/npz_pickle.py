"""Pickled arrays read without running the pickle.

A pickle is a program. Here it is run by Python's own unpickler in Python, not in C, with what could
do harm taken out: it knows six names, each replaced by a plain record of what was asked for, and
its dictionaries and sets stay empty. Arrays are built from the records once they have been checked.
"""

from __future__ import annotations

import math
import pickle
import struct
from collections.abc import Callable
from typing import IO, Any, ClassVar, cast

import numpy as np

DAMAGED = (
    pickle.UnpicklingError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
"""Everything that a damaged pickle has been seen to raise."""


class Refused(Exception):
    """The pickle asks for something that arrays don't need; the message says for what."""


def unpickled(data: IO[bytes], size: int) -> Any:
    """What a pickle of arrays describes: an array, or (nested) lists where it has object arrays.

    Args:
        size: bytes of the pickle; what it unfolds to is limited in proportion.

    Raises:
        Refused: code, or copies of copies.
        DAMAGED: anything else that is wrong with it.
    """
    return _Builder(size).plain(_Unpickler(data, encoding="latin1").load())


class _Dtype:
    """What a pickle says of a dtype."""

    def __init__(self, code: object = "", *_: object) -> None:
        self.code = _text(code)
        self.order = "|"

    def __setstate__(self, state: tuple[object, ...]) -> None:
        self.order = _text(state[1])

    def numpy(self) -> np.dtype[Any]:
        if self.code not in {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"}:
            raise ValueError(f"an array of {self.code[:20] or 'nothing'}")
        if self.order not in {"|", "<", ">", "="}:
            raise ValueError("an array in no known byte order")
        return np.dtype(("<" if self.order == "|" else self.order) + self.code)


class _Array:
    """What a pickle says of an array."""

    state: tuple[Any, ...] | None = None

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.state = state


class _Builder:
    """Builds arrays from the records; object arrays become (nested) lists.

    A pickle can name one part many times, and so unfold from a hundred bytes to more than any memory
    holds. Each honest item and each honest number takes a byte of the pickle at least.
    """

    def __init__(self, size: int) -> None:
        self.items = size + (1 << 20)
        self.numbers = 4 * size + (1 << 26)

    def plain(self, value: Any) -> Any:
        if isinstance(value, _Array):
            return self.array(value)
        if isinstance(value, list):
            return self.list(cast(list[Any], value))
        return value

    def array(self, record: _Array) -> Any:
        if record.state is None:
            return np.zeros(0)
        _, shape, dtype, fortran, raw = record.state
        if not isinstance(dtype, _Dtype):
            raise ValueError("an array without a dtype")
        if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in cast(tuple[Any, ...], shape)):
            raise ValueError("an array without a shape")
        shape = cast(tuple[int, ...], shape)
        order = "F" if fortran is True else "C"
        if dtype.code.startswith("O"):
            if not isinstance(raw, list) or len(cast(list[Any], raw)) != math.prod(shape):
                raise ValueError("an object array of another size than it says")
            items = self.list(cast(list[Any], raw))
            if len(shape) > 1:  # drawings of one length, stored as one block of objects
                return np.array(items, dtype=np.float64).reshape(shape, order=order)
            return items if shape else items[0]
        if isinstance(raw, str):
            raw = raw.encode("latin1")
        if not isinstance(raw, (bytes, bytearray)):
            raise ValueError("an array without its numbers")
        out = np.frombuffer(raw, dtype=dtype.numpy()).reshape(shape, order=order)
        self.numbers -= out.size
        self.check()
        return out

    def list(self, values: list[Any]) -> list[Any]:
        self.items -= len(values)
        self.check()
        return [self.plain(value) for value in values]

    def check(self) -> None:
        if self.items < 0 or self.numbers < 0:
            raise Refused("copies of copies")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("something else where a text should be")
    return value


def _reconstruct(*_: object) -> _Array:
    return _Array()


def _from_buffer(raw: object, dtype: object, shape: object, order: object = "C", *_: object) -> _Array:
    array = _Array()
    array.state = (1, shape, dtype, order == "F", raw)
    return array


def _scalar(dtype: object, raw: object = b"") -> _Array:
    return _from_buffer(raw, dtype, ())


def _encode(text: object, encoding: object = "utf-8") -> bytes:
    if encoding != "latin1":
        raise Refused(f"the codec {_text(encoding)}")
    return _text(text).encode("latin1")


_KNOWN: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _encode,
    **{(f"numpy.{core}.multiarray", "_reconstruct"): _reconstruct for core in ("core", "_core")},
    **{(f"numpy.{core}.multiarray", "scalar"): _scalar for core in ("core", "_core")},
    **{(f"numpy.{core}.numeric", "_frombuffer"): _from_buffer for core in ("core", "_core")},
}


def _load_bytes(unpickler: Any) -> None:
    """Bytes for a byte array, for which Python takes memory before it looks whether there are so many."""
    (size,) = struct.unpack("<Q", unpickler.read(8))
    unpickler.append(unpickler.read(size))


_EXTENSIONS = (pickle.EXT1[0], pickle.EXT2[0], pickle.EXT4[0])
_DISPATCH: dict[int, Callable[[Any], None]] = {
    **{
        code: load
        for code, load in pickle._Unpickler.dispatch.items()  # pyright: ignore[reportPrivateUsage]
        if code not in _EXTENSIONS
    },
    pickle.SETITEM[0]: lambda self: self.stack.__delitem__(slice(-2, None)),
    pickle.SETITEMS[0]: lambda self: self.pop_mark(),
    pickle.ADDITEMS[0]: lambda self: self.pop_mark(),
    pickle.DICT[0]: lambda self: (self.pop_mark(), self.append({}))[1],
    pickle.FROZENSET[0]: lambda self: (self.pop_mark(), self.append(frozenset()))[1],
    pickle.BYTEARRAY8[0]: _load_bytes,
}
"""What each opcode does: dictionaries and sets are made, and what would go into them is dropped."""


class _Unpickler(pickle._Unpickler):  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
    """Admits numpy's names for rebuilding arrays, of numpy 1 and 2, and gives none of numpy's code.

    It is the unpickler in Python since the one in C can be made to take 64 GB by eight bytes (a memo
    index), and since only this one can be kept from filling dictionaries, where a key of nested tuples
    takes hours to hash.
    """

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _KNOWN[module, name]
        except KeyError:
            raise Refused(f"{module}.{name}") from None

    def persistent_load(self, pid: Any) -> Any:
        raise Refused("a persistent object")

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = _DISPATCH
