"""Formats of other machines read back as lines, by what their own manuals say."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drawing.geometry import Polyline


def read_hpgl(text: str, unit_mm: float) -> list[tuple[int, Polyline]]:
    """Pen and line of each PD, in mm from the plotter's origin, y up."""
    at, relative, down, pen = np.zeros(2), False, False, 0
    found: list[tuple[int, list[NDArray[np.float64]]]] = []
    for word in re.findall(r"[A-Z]{2}[^;A-Z]*", text):
        name, numbers = word[:2], [float(each) for each in word[2:].split(",") if each.strip()]
        if name == "SP":
            pen = int(numbers[0]) if numbers else 0
        elif name in ("PA", "PR"):
            relative = name == "PR"
        elif name in ("PU", "PD"):
            down = name == "PD"
            if down:
                found.append((pen, [at.copy()]))
            for x, y in zip(numbers[::2], numbers[1::2], strict=True):
                at = (at if relative else 0.0) + np.array([x, y])
                if down:
                    found[-1][1].append(at.copy())
    return [(number, np.array(points) * unit_mm) for number, points in found]


def read_gcode(text: str) -> list[Polyline]:
    """Lines of G1 after each G0 that moves in the plane, in mm, y up."""
    unit_mm, relative, at = 1.0, False, np.zeros(2)
    found: list[list[NDArray[np.float64]]] = []
    for line in text.splitlines():
        words = dict(re.findall(r"([A-Z])(-?\d+(?:\.\d*)?)", re.sub(r"\(.*?\)", "", line)))
        code = f"G{int(float(words['G']))}" if "G" in words else ""
        unit_mm = {"G20": 25.4, "G21": 1.0}.get(code, unit_mm)
        relative = {"G90": False, "G91": True}.get(code, relative)
        if code not in ("G0", "G1") or not {"X", "Y"} & set(words):
            continue
        to = np.array([float(words.get("X", 0.0)), float(words.get("Y", 0.0))]) * unit_mm
        at = at + to if relative else to
        if code == "G0":
            found.append([at])
        else:
            found[-1].append(at)
    return [np.array(points) for points in found if len(points) > 1]


def read_pdf(data: bytes) -> tuple[tuple[float, float], list[Polyline]]:
    """Size of the page in mm, and all lines, in mm from its bottom left, y up."""
    mm = 25.4 / 72
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert box is not None
    found: list[list[tuple[float, float]]] = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        text = zlib.decompress(stream).decode("latin1") if stream[:1] == b"x" else stream.decode("latin1")
        matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        for *numbers, operator in re.findall(r"((?:-?[\d.]+ )+)(cm|m|l)\b", text):
            values = [float(each) for each in numbers[0].split()]
            if operator == "cm":
                matrix = tuple(values)
                continue
            a, b, c, d, e, f = matrix
            x, y = values
            if operator == "m":
                found.append([])
            found[-1].append(((a * x + c * y + e) * mm, (b * x + d * y + f) * mm))
    return (float(box[1]) * mm, float(box[2]) * mm), [np.array(line) for line in found]


def apart_mm(lines: Sequence[Polyline], truth: Sequence[Polyline]) -> float:
    """The farthest that a point of a line lies from where it should, line by line and point by point."""
    assert [len(line) for line in lines] == [len(line) for line in truth]
    return max(float(np.hypot(*(line - true).T).max()) for line, true in zip(lines, truth, strict=True))
