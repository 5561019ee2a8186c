"""Reads what the board says, in the older syntax and in that of CU,10,1.

In the older one some replies end with OK, some don't, errors do or don't by version, and a line may end with a line
feed before its carriage return; in the newer one every reply is a line that begins with the command.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plotter.errors import GarbledReply


@dataclass(frozen=True, slots=True)
class Reply:
    """What the board said to one command."""

    data: tuple[str, ...] = ()
    error: str = ""
    """As ``!8 Err: Unknown command 'XX:5858'``; empty if all is well."""


_WITHOUT_OK = frozenset({"V", "QM", "QG", "PI", "I", "A", "MR"})
_WITH_DATA = frozenset({"QS", "QB", "QP", "QC", "QT", "QL", "QE", "QR", "QN", "QU", "ES"})


def take_reply(name: str, lines: Sequence[str], future: bool) -> tuple[Reply, int] | None:
    """The reply to a command at the head of these lines, and how many of them it takes; None while it is not whole.

    Args:
        name: of the command, as ``QS``.
        lines: without their ends, empty ones left out.
        future: the syntax that the board is in.

    Raises:
        GarbledReply: the lines are no reply to this command.
    """
    if not lines:
        return None
    head = lines[0]
    if "!" in head[:4] and "Err" in head:
        return Reply(error=head[head.index("!") :]), 1
    if future:
        told, _, data = head.partition(",")
        if told.upper() != name:
            raise GarbledReply(f"The board answered {head[:60]!r} to {name}; it may be out of step: connect again.")
        return Reply(tuple(data.split(",")) if data else ()), 1
    if name in _WITHOUT_OK:
        words = head.split(",")
        return Reply(tuple(words[1:] if words[0] == name else words)), 1
    if head == "OK":
        return Reply(), 1
    head = head.removeprefix("QU,") if name == "QU" else head
    if name not in _WITH_DATA:
        raise GarbledReply(f"The board answered {head[:60]!r} to {name}, not OK; connect again.")
    if not (head.isascii() and head.isprintable()):
        raise GarbledReply(f"The board answered with noise, {head[:60]!r}, to {name}; connect again.")
    if len(lines) < 2:
        return None
    if lines[1] != "OK":
        raise GarbledReply(f"The board answered {head[:60]!r} and {lines[1][:60]!r} to {name}; connect again.")
    return Reply(tuple(head.split(","))), 2


def speaks_future(version_reply: str) -> bool:
    """Whether the board is in the syntax of CU,10,1, told from its reply to V."""
    return version_reply.startswith("V,")
