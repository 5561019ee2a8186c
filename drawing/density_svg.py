"""A density as SVG: ellipses of every mixture below the line, and the strip, for print in any size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drawing.density import LEAST_WEIGHT, Density
from drawing.density_layout import Layout, lay_out
from drawing.density_picture import HEAT, SURE
from drawing.picture import CAPTION, INK, PAPER
from studio.files import write_text

RINGS = (2.0, 1.4, 0.8)
"""Standard deviations at which an ellipse is drawn, the outer ones first."""
FAINTEST = 0.12
SMALLEST = 0.22
"""Standard deviation that an ellipse has at least, in hundredths of the width: less is not seen beside the line."""
_ANCHOR = {"l": "start", "m": "middle", "r": "end"}


def density_svg(found: Density, width_mm: float = 160.0) -> str:
    """The picture, so wide."""
    layout = lay_out(found, width_mm)
    w, h, unit = layout.width, layout.height, layout.unit
    left, top, right, bottom = layout.box
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w:.2f}mm" height="{h:.2f}mm" viewBox="0 0 {w:.2f} {h:.2f}">',
        f'<rect width="{w:.2f}" height="{h:.2f}" fill="{_colour(PAPER)}"/>',
        f'<clipPath id="seen"><rect x="{left:.2f}" y="{top:.2f}" width="{right - left:.2f}"'
        f' height="{bottom - top:.2f}"/></clipPath>',
    ]
    body = [f'<g clip-path="url(#seen)" fill="{_colour(SURE)}">', *_ellipses(found, layout), "</g>"]
    body.append(
        f'<g fill="none" stroke="{_colour(INK)}" stroke-width="{0.16 * unit:.3f}" stroke-linecap="round"'
        ' stroke-linejoin="round">'
    )
    body += [f'<path d="{_path(layout.place(line))}"/>' for line in found.drawing.lines]
    body.append("</g>")
    text = f'font-family="sans-serif" font-size="{1.5 * unit:.2f}"'
    halo = f'stroke="{_colour(PAPER)}" stroke-width="{0.3 * unit:.2f}" paint-order="stroke"'
    body.append(f'<g fill="{_colour(INK)}" {text} text-anchor="middle">')
    for number, (x, y), (tx, ty) in layout.numbers:
        body.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{0.28 * unit:.2f}"/>')
        body.append(f'<text x="{tx:.2f}" y="{ty + 0.5 * unit:.2f}" {halo}>{number}</text>')
    return "\n".join([*head, *body, "</g>", *_strip(layout, text), "</svg>", ""])


def write_density_svg(path: Path, found: Density, width_mm: float = 160.0) -> None:
    """Write it whole or not at all."""
    write_text(path, density_svg(found, width_mm))


def _ellipses(found: Density, layout: Layout) -> list[str]:
    out: list[str] = []
    unit = layout.unit
    for step in range(len(found.weights) - 1):
        for index in np.flatnonzero(found.weights[step] >= LEAST_WEIGHT):
            x, y = layout.place(found.means[step, index][None])[0]
            sizes, axes = np.linalg.eigh(found.covariances[step, index] * layout.factor**2)
            short, long = np.sqrt(np.maximum(sizes, 0.0) + (SMALLEST * unit) ** 2)
            turned = float(np.degrees(np.arctan2(axes[1, 1], axes[0, 1])))
            weight = float(found.weights[step, index])
            # what is told surely is told in a small place: there it is as dark as its weight allows
            opacity = max(FAINTEST, 1.6 * np.sqrt(weight) / (1.0 + np.sqrt(short * long) / unit)) / len(RINGS)
            out += [
                f'<ellipse rx="{long * ring:.3f}" ry="{short * ring:.3f}" fill-opacity="{opacity:.3f}"'
                f' transform="translate({x:.3f} {y:.3f}) rotate({turned:.1f})"/>'
                for ring in RINGS
            ]
    return out


def _strip(layout: Layout, text: str) -> list[str]:
    strip, unit = layout.strip, layout.unit
    out = [
        f'<path d="M{x:.2f},{strip.top:.2f}V{strip.bottom:.2f}" stroke="{_colour(HEAT[1])}"'
        f' stroke-width="{0.2 * unit:.2f}"/>'
        for x in strip.lifts
    ]
    out.append(f'<path d="{_path(strip.area)}z" fill="{_colour(HEAT[1])}"/>')
    out.append(
        f'<path d="{_path(strip.entropy)}" fill="none" stroke="{_colour(SURE)}" stroke-width="{0.2 * unit:.2f}"'
        ' stroke-linejoin="round"/>'
    )
    out.append(f'<g fill="{_colour(INK)}">')
    out += [f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{0.26 * unit:.2f}"/>' for x, y in strip.nats]
    out.append(f'</g><path d="{_path(strip.base)}" stroke="{_colour(CAPTION)}" stroke-width="{0.1 * unit:.2f}"/>')
    out.append(f'<g fill="{_colour(CAPTION)}" {text}>')
    out += [
        f'<text x="{x:.2f}" y="{y + 0.5 * unit:.2f}" text-anchor="{_ANCHOR[anchor[0]]}">{words}</text>'
        for words, (x, y), anchor in strip.labels
    ]
    return [*out, "</g>"]


def _path(points: NDArray[np.float64]) -> str:
    return "M" + "L".join(f"{x:.3f},{y:.3f}" for x, y in points.tolist())


def _colour(rgb: tuple[int, int, int]) -> str:
    return "#" + "".join(f"{each:02x}" for each in rgb)
