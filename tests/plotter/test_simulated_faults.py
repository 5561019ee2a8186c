"""What goes wrong with a simulated board that is told to fail."""

from __future__ import annotations

import pytest

from plotter.errors import PlotterError
from plotter.simulated_faults import Faults


@pytest.mark.parametrize("spec", ["unplug", "unplug@0", "late@3", "garbage@3:1", "fire@3", "unplug@x"])
def test_a_fault_that_is_not_known_is_refused(spec: str) -> None:
    with pytest.raises(PlotterError, match="no fault"):
        Faults.parse(spec)


def test_faults_are_read_from_their_words() -> None:
    faults = Faults.parse("late@20:2.5,garbage@30, garbage@31,unplug@99,button@7")
    assert faults == Faults(99, frozenset({30, 31}), ((20, 2.5),), frozenset({7}))
    assert Faults.parse("") == Faults()
