"""The studios that tests of screens open."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pytest
from commands import here
from screens import SAMPLER, kept, studio
from sketchbooks import told_scans
from textual.css.stylesheet import Stylesheet

from tui.app import Monoline

__all__ = ["here", "kept", "studio", "told_scans"]


_parse, _parsed = Stylesheet._parse_rules, {}


def _parsed_once(self: Stylesheet, *where: Hashable, **more: Hashable) -> list[Any]:
    """The rules of a text, read once for all applications of these tests: the styles are the same in each."""
    key = (where, tuple(more.items()), tuple(self._variables.items()))
    if key not in _parsed:
        _parsed[key] = _parse(self, *where, **more)
    return _parsed[key]


Stylesheet._parse_rules = _parsed_once

MODES = {
    "test_train.py": "train",
    "test_sample.py": "sample",
    "test_interpolate.py": "interpolate",
    "test_play.py": "interpolate",
}


@pytest.fixture(autouse=True)
def _begins_there(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of a screen open the studio there: another screen before it costs as much as the test itself.

    No screen loads a network unless a test wants one.
    """
    monkeypatch.setenv("COLORTERM", "truecolor")  # whatever the terminal that the tests are run in can show
    monkeypatch.setattr(Monoline, "FORGIVING", False)
    monkeypatch.setitem(Monoline.__init__.__kwdefaults__, "sampler", SAMPLER)
    name = request.path.name
    if (mode := "plot" if name.startswith("test_plot_") else MODES.get(name)) is not None:
        monkeypatch.setattr(Monoline, "DEFAULT_MODE", mode)
