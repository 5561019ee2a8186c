from __future__ import annotations

import pytest

from plotter.errors import PlotterLost
from plotter.in_process import InProcess
from plotter.simulator import SimulatedBoard
from plotter.transport import open_transport


def test_the_simulator_is_a_port_whose_time_jumps_ahead() -> None:
    transport = open_transport("simulator")
    assert isinstance(transport, InProcess)
    assert transport.read(3600) == b""
    assert transport.now_s() == pytest.approx(3600)
    transport.write(b"QB\r")
    assert transport.read(1) == b"0\r\nOK\r\n"
    transport.close()


def test_who_asks_again_and_again_sees_the_simulators_time_go_by() -> None:
    transport = open_transport("simulator")
    transport.write(b"SM,100,10,10\r")
    assert transport.read(1) == b"OK\r\n"
    replies: list[bytes] = []
    while len(replies) < 300 and (not replies or replies[-1] != b"QM,0,0,0,0\n\r"):
        transport.write(b"QM\r")
        replies.append(transport.read(1))
    assert 95 < len(replies) < 105  # a millisecond each
    transport.close()


def test_the_simulators_time_can_keep_pace_with_ours() -> None:
    transport = open_transport("simulator", time_scale=100)
    transport.write(b"SM,1000,10,10\rSM,1000,10,10\rSM,1000,10,10\r")
    assert transport.read(0.1) == b"OK\r\nOK\r\n"
    assert transport.read(5) == b"OK\r\n"
    assert transport.now_s() >= 1
    transport.close()


def test_an_unplugged_simulator_is_lost_both_ways() -> None:
    board = SimulatedBoard()
    transport = InProcess(board)
    board.unplug()
    with pytest.raises(PlotterLost):
        transport.read(1)
    with pytest.raises(PlotterLost):
        transport.write(b"V\r")


def test_replies_take_as_long_as_the_wire_does_and_keep_their_order() -> None:
    board = SimulatedBoard()
    delays = iter([0.05, 0.01, 0.2])
    wire = InProcess(board, latency=lambda: next(delays))
    wire.write(b"SM,1000,1000,0\rQB\r")
    assert wire.read(1) == b"OK\r\n0\r\nOK\r\n"
    assert wire.now_s() == pytest.approx(0.05, abs=0.002)
    wire.write(b"QB\r")
    assert wire.read(0.1) == b""
    assert wire.read(0.2) == b"0\r\nOK\r\n"
    # the motors move meanwhile
    assert board.position[0] == pytest.approx(wire.now_s() * 1000, abs=2)
