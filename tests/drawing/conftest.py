"""Small SVG pages to read, in which a unit is a millimetre unless a test says otherwise; and little memory."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from drawing.svg import SvgFile, read_svg

XMLNS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:monoline="urn:monoline"'
MM = 'width="100mm" height="100mm" viewBox="0 0 100 100"'


@pytest.fixture
def page(tmp_path: Path) -> Callable[..., Path]:
    """Write a page with this inside; ``head`` replaces its size, ``more`` adds to it."""

    def write(body: str, head: str = MM, more: str = "") -> Path:
        path = tmp_path / "page.svg"
        path.write_text(f"<svg {XMLNS} {head} {more}>{body}</svg>", encoding="utf-8")
        return path

    return write


@pytest.fixture
def read(page: Callable[..., Path]) -> Callable[..., SvgFile]:
    """Read a page with this inside."""
    return lambda body, head=MM, more="", **options: read_svg(page(body, head, more), **options)


@pytest.fixture
def lines(read: Callable[..., SvgFile]) -> Callable[..., list]:
    """The points of a page with this inside, in mm, rounded to a billionth; nothing drawn is no lines."""

    def points(body: str, head: str = MM, more: str = "") -> list:
        return [np.round(line, 9).tolist() for line in read(body, head, more).drawing.lines]

    return points


@pytest.fixture
def little_memory() -> Iterator[None]:
    """Fail, rather than the machine, where a gigabyte is asked for."""
    if sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + (1 << 30), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)
