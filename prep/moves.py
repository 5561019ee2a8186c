"""Files moved all or none: what is to be done is written down before the first one moves, so that whatever ends it
halfway is finished or taken back the next time.

Each file goes to a hidden name beside its old one first, and from there to its new one, so that names may be swapped.
How far it has come is told by the name of the journal itself, which needs no room on a full disk.
"""

from __future__ import annotations

import contextlib
import enum
import errno
import json
import os
import stat
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prep.errors import PrepError
from studio.files import write_text


class Stage(enum.Enum):
    """How far moves have come."""

    AWAY = "away"
    """Files are under their old or their hidden names."""
    IN = "in"
    """Files are under their hidden or their new names."""
    DONE = "done"
    """All are under their new names, and whoever asked for it has still to take note."""
    BACK = "back"
    """Files are under their hidden or their old names again."""


@dataclass(frozen=True)
class Move:
    """A file that gets another name, both from the root of the moves."""

    old: str
    new: str


class Moves:
    """Some moves that are under way.

    Args:
        root: the folder that all names begin in.
        journal: path of the journal without its ending; at most one may be under way.
    """

    def __init__(self, root: Path, journal: Path) -> None:
        self.root, self.journal = root, journal
        self.moves: tuple[Move, ...] = ()
        self.about: dict[str, Any] = {}
        """JSON values of whoever asked for the moves."""
        self.stage: Stage | None = None
        """None if nothing is under way."""
        self._hidden: list[str] = []
        self._made: list[str] = []
        self._read()

    def begin(self, moves: Sequence[Move], about: dict[str, Any]) -> None:
        """Move files. An error leaves all where they were; after success ``close`` has still to be called.

        Raises:
            PrepError: a file is not there, a name is taken, a folder can't be written, the disk is full.
            StudioError: the journal can't be written.
        """
        assert self.stage is None, "something is under way, which is to be carried on first"
        check_moves(self.root, moves)
        self.moves, self.about = tuple(moves), about
        mark = uuid.uuid4().hex[:8]
        self._hidden = [f"{_folder(each.old)}.moving-{mark}-{number}" for number, each in enumerate(moves)]
        self._made = self._missing_folders()
        told = {
            "moves": [[each.old, each.new] for each in moves],
            "hidden": self._hidden,
            "made": self._made,
            "about": about,
        }
        write_text(self._path(Stage.AWAY), json.dumps(told))  # in ASCII: names that are no UTF-8 too
        self.stage = Stage.AWAY
        try:
            for folder in self._made:
                (self.root / folder).mkdir(exist_ok=True)
            for each, hidden in zip(self.moves, self._hidden, strict=True):
                os.rename(self.root / each.old, self.root / hidden)  # noqa: PTH104 - the name is ours alone
            self._sync()
            self._turn(Stage.IN)
            self._place()
        except OSError as error:
            self.take_back()
            raise PrepError(f"{_named(self.root, error)}: {_reason(error)}. Nothing was moved.") from error
        except BaseException:
            self.take_back()
            raise

    def carry_on(self) -> bool:
        """Bring moves that were interrupted to an end; returns whether the files are under their new names."""
        if self.stage is Stage.IN:
            try:
                self._place()
            except OSError:
                self.take_back()
        elif self.stage in (Stage.AWAY, Stage.BACK):
            self.take_back()
        return self.stage is Stage.DONE

    def take_back(self) -> None:
        """Give all files their old names again, and forget the moves.

        Raises:
            PrepError: that is not possible now; the next ``carry_on`` tries again.
        """
        try:
            if self.stage is Stage.DONE:
                self._turn(Stage.IN)
            if self.stage is Stage.IN:
                for each, hidden in zip(self.moves, self._hidden, strict=True):
                    self._drop_placeholder(each.new, hidden)
                    if not _is_there(self.root / hidden) and _is_there(self.root / each.new):
                        os.rename(self.root / each.new, self.root / hidden)  # noqa: PTH104 - the name is ours alone
                self._sync()
            if self.stage is not Stage.BACK:
                self._turn(Stage.BACK)
            for each, hidden in zip(self.moves, self._hidden, strict=True):
                if _is_there(self.root / hidden):
                    if _is_there(self.root / each.old):
                        raise FileExistsError(errno.EEXIST, "another file has that name now", str(self.root / each.old))
                    os.rename(self.root / hidden, self.root / each.old)  # noqa: PTH104 - looked at just now
            for folder in reversed(self._made):
                with contextlib.suppress(OSError):  # others have put files there
                    (self.root / folder).rmdir()
            self._sync()
        except OSError as error:
            raise PrepError(
                f"{_named(self.root, error)}: {_reason(error)}. Some files still have hidden names (.moving-...); they "
                "get their own back the next time preparation runs, once that is put right."
            ) from error
        self.close()

    def close(self) -> None:
        """Forget the moves: they are done, and noted by whoever asked for them."""
        if self.stage is not None:
            self._path(self.stage).unlink(missing_ok=True)
            self.stage = None

    def _read(self) -> None:
        for stage in Stage:
            path = self._path(stage)
            try:
                told = json.loads(path.read_text(encoding="utf-8"))
                self.moves = tuple(Move(old, new) for old, new in told["moves"])
                self._hidden = list(told["hidden"])
                self._made = list(told["made"])
                self.about, self.stage = told["about"], stage
            except FileNotFoundError:
                continue
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise PrepError(f"{path} can't be read: {error}. It tells which files are being renamed.") from None

    def _place(self) -> None:
        """From the hidden names to the new ones."""
        for each, hidden in zip(self.moves, self._hidden, strict=True):
            self._drop_placeholder(each.new, hidden)
            if _is_there(self.root / hidden):
                place_new(self.root / hidden, self.root / each.new)
        self._sync()
        self._turn(Stage.DONE)

    def _drop_placeholder(self, new: str, hidden: str) -> None:
        """Take away the empty file that kept a name free when the process was killed."""
        path = self.root / new
        if _is_there(self.root / hidden) and _is_there(path) and path.lstat().st_size == 0:
            path.unlink()

    def _missing_folders(self) -> list[str]:
        missing: dict[str, None] = {}
        for each in self.moves:
            folder = Path(each.new).parent
            for above in reversed((folder, *folder.parents)):
                if not (self.root / above).exists():
                    missing[above.as_posix()] = None
        return list(missing)

    def _turn(self, stage: Stage) -> None:
        assert self.stage is not None
        os.replace(self._path(self.stage), self._path(stage))  # noqa: PTH105 - no room is needed for it
        self.stage = stage
        _sync(self.journal.parent)

    def _sync(self) -> None:
        """Have the new names on the disk before the journal tells of them."""
        for folder in {_folder(name) for each in self.moves for name in (each.old, each.new)}:
            _sync(self.root / folder)

    def _path(self, stage: Stage) -> Path:
        return self.journal.with_name(f"{self.journal.name}.{stage.value}.json")


def under_way(journal: Path) -> bool:
    """Whether moves were begun, and not ended."""
    return any(journal.with_name(f"{journal.name}.{stage.value}.json").exists() for stage in Stage)


def check_moves(root: Path, moves: Sequence[Move]) -> None:
    """Refuse moves of what is no file, or to a name that is taken.

    Raises:
        PrepError: the first of them, and why.
    """
    sources = {same(each.old) for each in moves}
    taken: dict[str, str] = {}
    for each in moves:
        try:
            if not stat.S_ISREG((root / each.old).lstat().st_mode):
                raise PrepError(f"{root / each.old} is no file, or a link to one; put the file itself there.")
        except OSError as error:
            raise PrepError(f"{root / each.old}: {_reason(error)}.") from None
        if (other := taken.setdefault(same(each.new), each.old)) != each.old:
            raise PrepError(f"{root / each.new} can't be the name of both {other} and {each.old}.")
        if same(each.new) not in sources and _is_there(root / each.new):
            raise PrepError(f"{root / each.new} is there already; nothing is overwritten.")


def same(name: str) -> str:
    """The same for names that a file system may take for one: capitals and kinds of accents don't count."""
    return unicodedata.normalize("NFC", name).casefold()


def place_new(path: Path, target: Path) -> None:
    """Move a file to a name on the same disk that nothing has, not even since it was looked at last.

    Raises:
        OSError: something has it, or it can't be written; the file is where it was.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # what others can't take from here on
    try:
        os.replace(path, target)  # noqa: PTH105 - that is the empty one
    except BaseException:
        with contextlib.suppress(OSError):
            target.unlink()
        raise


def _is_there(path: Path) -> bool:
    return os.path.lexists(path)


def _folder(name: str) -> str:
    folder = name.rpartition("/")[0]
    return f"{folder}/" if folder else ""


def _sync(folder: Path) -> None:
    if os.name == "nt":  # a folder can't be opened there
        return
    with contextlib.suppress(OSError):  # some network file systems refuse
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _named(root: Path, error: OSError) -> str:
    name = error.filename2 if isinstance(error.filename2, str) and ".moving-" in str(error.filename) else error.filename
    return str(name or root)


def _reason(error: OSError) -> str:
    words = {
        errno.EEXIST: "another file has that name",
        errno.ENOSPC: "the disk is full",
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "may not be written",
        errno.EXDEV: "lies on another disk than the file that goes there",
    }
    return words.get(error.errno or 0, error.strerror or str(error))
