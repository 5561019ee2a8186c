from __future__ import annotations

import pytest

from plotter.errors import GarbledReply
from plotter.replies import Reply, speaks_future, take_reply


@pytest.mark.parametrize(
    ("name", "lines", "future", "reply", "used"),
    [
        ("SM", ["OK"], False, Reply(), 1),
        ("QS", ["1,-2", "OK"], False, Reply(("1", "-2")), 2),
        ("QT", ["OK"], False, Reply(), 1),
        ("QT", ["East", "OK"], False, Reply(("East",)), 2),
        ("QM", ["QM,1,0,0,1"], False, Reply(("1", "0", "0", "1")), 1),
        ("QG", ["3E", "next"], False, Reply(("3E",)), 1),
        ("QU", ["QU,32", "OK"], False, Reply(("32",)), 2),
        ("ES", ["1,0,0,12,3", "OK"], False, Reply(("1", "0", "0", "12", "3")), 2),
        ("SM", ["!0 Err: <axis1> larger"], False, Reply(error="!0 Err: <axis1> larger"), 1),
        ("SM", ["!0 Err: <axis1> larger", "OK"], False, Reply(error="!0 Err: <axis1> larger"), 1),
        ("SM", ["SM"], True, Reply(), 1),
        ("QS", ["QS,1,-2"], True, Reply(("1", "-2")), 1),
        ("V", ["V,EBB Firmware Version 3.0.3"], True, Reply(("EBB Firmware Version 3.0.3",)), 1),
        ("XX", ["XX,!8 Err: Unknown command 'XX:5858'"], True, Reply(error="!8 Err: Unknown command 'XX:5858'"), 1),
    ],
)  # fmt: skip
def test_a_reply_is_read_in_both_syntaxes(name: str, lines: list[str], future: bool, reply: Reply, used: int) -> None:
    assert take_reply(name, lines, future) == (reply, used)


@pytest.mark.parametrize("name", ["QS", "SM", "V"])
def test_an_unfinished_reply_is_waited_for(name: str) -> None:
    assert take_reply(name, [], False) is None
    assert take_reply("QS", ["1,2"], False) is None


@pytest.mark.parametrize(
    ("name", "lines", "future"),
    [
        ("SM", ["1,2"], False),
        ("QS", ["1,2", "3,4"], False),
        ("QS", ["SM"], True),
        ("SM", ["\x00\ufffdO"], False),
        ("QS", ["\x00\ufffdO"], False),
    ],
)
def test_what_is_no_reply_is_refused(name: str, lines: list[str], future: bool) -> None:
    with pytest.raises(GarbledReply, match="connect again"):
        take_reply(name, lines, future)


def test_the_syntax_is_told_from_the_reply_to_v() -> None:
    assert speaks_future("V,EBBv13_and_above EB Firmware Version 3.0.3")
    assert not speaks_future("EBBv13_and_above EB Firmware Version 3.0.3")
