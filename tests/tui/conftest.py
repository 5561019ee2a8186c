"""The studios that tests of screens open."""

from __future__ import annotations

import pytest
from screens import kept, studio

__all__ = ["kept", "studio"]


@pytest.fixture(autouse=True)
def _begins_with_plot(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of the Plot screen open the studio there: another screen before it costs as much as the test itself."""
    if request.path.name.startswith("test_plot_"):
        from tui.app import Monoline

        monkeypatch.setattr(Monoline, "DEFAULT_MODE", "plot")
