"""Pictures of two pixels a cell."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style

from tui.widgets.half_blocks import STEP, Pixels, half_blocks

RED, BLUE, WHITE = b"\xf0\x00\x00", b"\x00\x00\xf0", b"\xff\xff\xff"


def colours(row: list[Segment]) -> list[tuple[str, str | None, str | None]]:
    """Text, foreground and background of each run."""
    styles = [each.style or Style() for each in row]
    return [
        (each.text, style.color and style.color.name, style.bgcolor and style.bgcolor.name)
        for each, style in zip(row, styles, strict=True)
    ]


def test_cells_that_are_alike_are_one_run_and_a_last_odd_row_lies_on_the_plain_ground() -> None:
    upper, lower, odd = RED + RED + RED + BLUE, BLUE + BLUE + RED + RED, RED + RED + RED + WHITE
    picture = Pixels(4, 3, upper + lower + odd)
    first, last = half_blocks(picture, Style(bgcolor="black"))
    assert colours(first) == [
        ("▀▀", "#f00000", "#0000f0"), ("▀", "#f00000", "#f00000"), ("▀", "#0000f0", "#f00000")
    ]  # fmt: skip
    assert [each[1:] for each in colours(last)] == [*[("#f00000", "black")] * 3, ("#ffffff", "black")]


def test_colours_are_nearly_what_they_were() -> None:
    picture = Pixels(256, 2, bytes(value for _ in range(2) for value in range(256) for _ in range(3)))
    (row,) = half_blocks(picture, Style())
    shown = [int(name[1:3], 16) for text, name, _ in colours(row) if name for _ in text]
    assert max(abs(value - was) for was, value in enumerate(shown)) <= STEP // 2
