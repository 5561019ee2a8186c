from __future__ import annotations

import itertools

import pytest

from plotter.errors import UnknownBoard
from plotter.firmware import Firmware


def test_firmware_is_read_ordered_and_known_for_what_it_can_do() -> None:
    told = [
        Firmware.parse(text) for text in ("2.5.3", "2.6.2", "EBBv13_and_above EB Firmware Version 2.8.1\r\n", "3.0.3")
    ]
    assert all(older < newer for older, newer in itertools.pairwise(told))
    assert [str(each) for each in told] == ["2.5.3", "2.6.2", "2.8.1", "3.0.3"]
    assert [each.has_lm for each in told] == [False, False, True, True]
    assert [each.has_future_syntax for each in told] == [False, False, False, True]
    assert [each.max_queue for each in told] == [1, 1, 1, 32]
    assert Firmware.parse("2.10.0") > Firmware.parse("2.9.9")


@pytest.mark.parametrize("text", ["", "2.8", "OK", "Grbl 1.1h ['$' for help]"])
def test_what_tells_no_version_is_no_board(text: str) -> None:
    with pytest.raises(UnknownBoard):
        Firmware.parse(text)
