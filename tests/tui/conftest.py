"""The studios that tests of screens open."""

from __future__ import annotations

import pytest
from screens import SAMPLER, kept, studio
from sketchbooks import told_scans

from tui.app import Monoline

__all__ = ["kept", "studio", "told_scans"]


MODES = {"test_train.py": "train", "test_sample.py": "sample", "test_interpolate.py": "interpolate"}


@pytest.fixture(autouse=True)
def _begins_there(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of a screen open the studio there: another screen before it costs as much as the test itself.

    No screen loads a network unless a test wants one.
    """
    monkeypatch.setitem(Monoline.__init__.__kwdefaults__, "sampler", SAMPLER)
    name = request.path.name
    if (mode := "plot" if name.startswith("test_plot_") else MODES.get(name)) is not None:
        monkeypatch.setattr(Monoline, "DEFAULT_MODE", mode)
