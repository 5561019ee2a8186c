"""Any file or folder of drawings, in or out: stroke-3 archives, QuickDraw, SVG folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drawing.drawing import Drawing
from drawing.errors import DrawingError, UnreadableFile
from drawing.npz import SPLITS, read_npz, write_npz
from drawing.quickdraw import QuickDrawing, read_binary, read_ndjson, write_binary, write_ndjson
from drawing.recipe import Recipe
from drawing.shards import is_shards, read_shards
from drawing.stroke import from_stroke3, to_stroke3
from studio.files import replacing_folder

KINDS = ".npz, .ndjson, .ndjson.gz, .bin, .svg, a folder of SVG or of shards"


@dataclass(frozen=True)
class Entry:
    """A drawing of a collection and what its file tells of it."""

    drawing: Drawing
    name: str = ""
    """Stem of an SVG, word of a QuickDraw drawing; empty in an archive, which knows no names."""
    recipe: Recipe | None = None
    note: str = ""
    """What a person noted of it."""


@dataclass(frozen=True)
class Collection:
    """Drawings in splits; a source that knows no splits has all in ``train``."""

    splits: dict[str, list[Entry]]
    skipped: tuple[str, ...] = ()
    """Files of a folder that could not be read, each with the reason."""
    about: Mapping[str, Any] | None = None
    """What an archive says of itself."""

    def drawings(self, split: str) -> list[Drawing]:
        """The drawings of one split."""
        return [entry.drawing for entry in self.splits[split]]

    def find(self, split: str) -> list[Entry]:
        """The entries of one split, or a DrawingError that names those there are."""
        if split not in self.splits:
            raise DrawingError(f"There is no split {split!r}; there are: {', '.join(self.splits)}.")
        return self.splits[split]


def read_collection(path: Path) -> Collection:
    """Read whatever holds drawings, by what it is called.

    Raises:
        UnreadableFile, RefusedFile: see the module of each format; also for a name of no known kind.
    """
    name = path.name.lower()
    if is_shards(path):
        splits: dict[str, list[Entry]] = {}
        for split, entry in stream_collection(path).entries:
            splits.setdefault(split, []).append(entry)
        return Collection(splits)
    if path.is_dir():
        return _read_folder(path)
    if not path.exists():
        raise UnreadableFile(f"{path} does not exist.")
    if name.endswith(".npz"):
        archive = read_npz(path)
        try:
            splits = {name: [Entry(from_stroke3(rows)) for rows in split] for name, split in archive.splits.items()}
        except DrawingError as error:
            raise UnreadableFile(f"{path} has a drawing that is none: {error}") from None
        return Collection(splits, about=archive.about)
    if name.endswith((".ndjson", ".ndjson.gz")):
        return _quickdraw(path, read_ndjson(path))
    if name.endswith(".bin"):
        return _quickdraw(path, read_binary(path))
    if name.endswith((".svg", ".svgz")):
        return Collection({"train": [_read_entry(path)]})
    raise UnreadableFile(f"{path} is of no kind that holds drawings; monoline reads {KINDS}.")


@dataclass(frozen=True)
class Stream:
    """The drawings of a source one by one; those of QuickDraw and of shards are never all in memory."""

    splits: tuple[str, ...]
    """Those with drawings in them, as far as the source knows any."""
    entries: Iterator[tuple[str, Entry]]
    """Each with its split."""
    skipped: tuple[str, ...] = ()


def stream_collection(path: Path) -> Stream:
    """As read_collection, one drawing at a time where the form allows.

    Raises:
        UnreadableFile, RefusedFile: see read_collection; for a damaged QuickDraw file on the way.
    """
    name = path.name.lower()
    if is_shards(path):
        shards = read_shards(path)
        names = tuple(shards.files)
        return Stream(names, ((each, Entry(from_stroke3(rows))) for each in names for rows in shards.drawings(each)))
    if path.is_file() and name.endswith((".ndjson", ".ndjson.gz", ".bin")):
        found = read_binary(path) if name.endswith(".bin") else read_ndjson(path)
        return Stream(("train",), (("train", Entry(each.drawing, each.word)) for each in found))
    collection = read_collection(path)
    every = ((split, entry) for split, entries in collection.splits.items() for entry in entries)
    return Stream(tuple(split for split, found in collection.splits.items() if found), every, collection.skipped)


def write_collection(
    path: Path,
    splits: Mapping[str, Sequence[Entry]],
    about: Mapping[str, Any] | None = None,
    *,
    classic: bool = False,
    on_done: Callable[[int], object] = lambda _: None,
) -> list[Path]:
    """Write drawings in the form that the name asks for; a name without ending is a folder of SVG.

    Args:
        about: what an archive should say of itself; other forms can't.
        classic: an archive as other Sketch-RNN tools read it, see npz.write_npz.
        on_done: gets how many SVG files are written so far, since a folder takes long.

    Returns:
        The files written. Formats that know no splits get one file each split if there are several,
        as ``name-valid.ndjson``.
    """
    name = path.name.lower()
    if not any(splits.values()):
        raise DrawingError(f"{path} was not written: there are no drawings.")
    for split in splits:
        if not split.isidentifier():  # an archive may call a split ../../what it likes
            raise DrawingError(f"{path} was not written: {split!r} can't be the name of a split.")
    if name.endswith(".npz"):
        rows = {split: [to_stroke3(entry.drawing) for entry in entries] for split, entries in splits.items()}
        write_npz(path, rows, about, classic=classic)
        return [path]
    if classic:
        raise DrawingError(f"{path} can't be classic; only .npz can.")
    if name.endswith((".ndjson", ".ndjson.gz", ".bin")):
        write = write_binary if name.endswith(".bin") else write_ndjson
        filled = [split for split, entries in splits.items() if entries]
        targets = target_files(path, filled)
        for split, target in zip(filled, targets, strict=True):
            write(target, (QuickDrawing(entry.drawing, word=entry.name) for entry in splits[split]))
        return targets
    if path.suffix == "" or path.is_dir():
        with replacing_folder(path, _is_ours) as temporary:
            _write_folder(temporary, splits, on_done)
        return [path]
    raise DrawingError(f"{path} is of no kind that holds drawings; monoline writes .npz, .ndjson, .bin or a folder.")


def target_files(path: Path, splits: Sequence[str]) -> list[Path]:
    """What ``write_collection`` will write for these splits, so that it can be looked at before."""
    apart = path.name.lower().endswith((".ndjson", ".ndjson.gz", ".bin")) and len(splits) > 1
    return [_beside(path, split) for split in splits] if apart else [path]


def _quickdraw(path: Path, drawings: Iterator[QuickDrawing]) -> Collection:
    entries = [Entry(each.drawing, each.word) for each in drawings]
    if not entries:
        raise UnreadableFile(f"{path} holds no drawings.")
    return Collection({"train": entries})


def _read_entry(path: Path) -> Entry:
    from drawing.svg import read_svg

    file = read_svg(path)
    return Entry(file.drawing, path.stem, file.recipe, file.notes.get("note", ""))


def _read_folder(path: Path) -> Collection:
    folders = {split: path / split for split in SPLITS if (path / split).is_dir()} or {"train": path}
    splits: dict[str, list[Entry]] = {}
    skipped: list[str] = []
    for split, folder in folders.items():
        splits[split] = []
        for file in sorted(folder.iterdir()):
            if file.suffix.lower() in (".svg", ".svgz") and not file.name.startswith("."):
                try:
                    splits[split].append(_read_entry(file))
                except DrawingError as error:
                    skipped.append(str(error))
    if not any(splits.values()):
        reason = skipped[0] if skipped else f"monoline reads {KINDS}."
        raise UnreadableFile(f"{path} holds no drawings; {reason}")
    return Collection(splits, tuple(skipped))


def _beside(path: Path, split: str) -> Path:
    stem, dot, ending = path.name.partition(".")
    return path.with_name(f"{stem}-{split}{dot}{ending}")


def _is_ours(file: Path) -> bool:
    """Whether a file could have been written by ``_write_folder``."""
    return file.suffix == ".svg" and file.stem.isdigit() and len(file.parts) <= 2


def _write_folder(path: Path, splits: Mapping[str, Sequence[Entry]], on_done: Callable[[int], object]) -> None:
    from drawing.svg import svg_text

    done = 0
    for split, entries in splits.items():
        folder = path if set(splits) == {"train"} else path / split
        digits = max(5, len(str(len(entries))))
        for index, entry in enumerate(entries):
            file = folder / f"{index:0{digits}}.svg"
            file.parent.mkdir(exist_ok=True)
            notes = {"note": entry.note} if entry.note else None
            text = svg_text(entry.drawing, recipe=entry.recipe, title=entry.name, decimals=None, notes=notes)
            file.write_text(text, encoding="utf-8", newline="\n")
            done += 1
            on_done(done)
