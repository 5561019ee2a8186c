from __future__ import annotations

from tui.widgets.contrast import with_contrast
from tui.widgets.half_blocks import Pixels


def test_pale_pencil_is_told_from_paper() -> None:
    paper, pencil, red = bytes((240, 236, 228)), bytes((205, 203, 200)), bytes((200, 40, 40))
    shown = with_contrast(Pixels(10, 1, paper * 7 + pencil * 2 + red)).rgb
    assert shown[:21] == b"\xff" * 21
    assert shown[21] <= 170
    assert shown[27:] == red
