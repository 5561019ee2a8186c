"""A picture of a terminal screen: cells painted one by one, braille as round dots.

Few fonts have braille, and those that do draw it as rings; so a picture of a screen is made here.
"""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont
from rich.segment import Segment
from rich.style import Style
from textual.app import App

CELL = (11, 22)
SHARP = 2
ADVANCE = 0.602
"""Width of a sign of these fonts, in sizes of the font."""
BRAILLE = range(0x2800, 0x2900)
DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of each bit of a braille sign."""
LINES = {"─": "lr", "━": "lr", "│": "ud", "┃": "ud", "╭": "dr", "╮": "dl", "╰": "ur", "╯": "ul", "┐": "dl"}
LINES |= {"┌": "dr", "└": "ur", "┘": "ul", "├": "udr", "┤": "udl", "┬": "lrd", "┴": "lru"}
BLOCKS = {"▀": (0, 0, 1, 0.5), "▄": (0, 0.5, 1, 1), "█": (0, 0, 1, 1), "▌": (0, 0, 0.5, 1), "▐": (0.5, 0, 1, 1)}
BLOCKS |= {
    "▏": (0, 0, 0.125, 1),
    "▎": (0, 0, 0.25, 1),
    "▍": (0, 0, 0.375, 1),
    "▕": (0.875, 0, 1, 1),
    "▊": (0, 0, 0.75, 1),
}
BLOCKS |= {"▁": (0, 0.875, 1, 1), "▔": (0, 0, 1, 0.125), "▂": (0, 0.75, 1, 1)}
"""Left, top, right and bottom of block elements, which fonts leave gaps between."""
FONTS = ("DejaVuSansMono.ttf", "Menlo.ttc", "LiberationMono-Regular.ttf")


def screen_picture(app: App[None]) -> Image.Image:
    """What the screen of a running application shows."""
    width, height = app.size
    w, h = CELL[0] * SHARP, CELL[1] * SHARP
    image = Image.new("RGB", (width * w, height * h), _rgb(app.theme_variables["background"]))
    pen = ImageDraw.Draw(image)
    font = _font(int(w / ADVANCE))
    strips = app.screen._compositor.render_strips()  # pyright: ignore[reportPrivateUsage] - there is no public way
    for row, strip in enumerate(strips):
        column = 0
        for segment in strip:
            for sign in segment.text:
                _paint(pen, font, (column * w, row * h, w, h), sign, _colours(segment, app))
                column += 1
    return image.resize((width * CELL[0], height * CELL[1]), Image.Resampling.LANCZOS)


def _paint(
    pen: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    cell: tuple[int, int, int, int],
    sign: str,
    colours: tuple[tuple[int, int, int], tuple[int, int, int]],
) -> None:
    x, y, w, h = cell
    ink, paper = colours
    pen.rectangle((x, y, x + w - 1, y + h - 1), fill=paper)
    if ord(sign) in BRAILLE:
        for bit, (column, row) in enumerate(DOTS):
            if ord(sign) & (1 << bit):
                cx, cy, r = x + w * (1 + 2 * column) / 4, y + h * (1 + 2 * row) / 8, w / 7
                pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=ink)
    elif sign in BLOCKS:
        left, top, right, bottom = BLOCKS[sign]
        pen.rectangle((x + left * w, y + top * h, x + right * w - 1, y + bottom * h - 1), fill=ink)
    elif sign in LINES:
        thick = SHARP * (2 if sign in "━┃" else 1)
        cx, cy = x + (w - thick) // 2, y + (h - thick) // 2
        ways = {"l": (x, cy, cx, cy), "r": (cx, cy, x + w, cy), "u": (cx, y, cx, cy), "d": (cx, cy, cx, y + h)}
        for left, top, right, bottom in (ways[way] for way in LINES[sign]):
            right, bottom = max(right, left + thick), max(bottom, top + thick)
            pen.rectangle((left, top, right - 1, bottom - 1), fill=ink)
    elif sign.strip():
        pen.text((x + w / 2, y + h * 0.76), sign, fill=ink, font=font, anchor="ms")


def _colours(segment: Segment, app: App[None]) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    style = segment.style or Style.null()
    ink = style.color.get_truecolor() if style.color else _rgb(app.theme_variables["foreground"])
    paper = style.bgcolor.get_truecolor() if style.bgcolor else _rgb(app.theme_variables["background"])
    if style.reverse:
        ink, paper = paper, ink
    return (ink[0], ink[1], ink[2]), (paper[0], paper[1], paper[2])


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size=size)
