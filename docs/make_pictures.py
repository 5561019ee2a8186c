"""Every picture of the README and of docs/, made by the program itself: ``make pictures``."""

from __future__ import annotations

from pathlib import Path

from drawing.picture import contact_sheet, save_gif, save_png
from prep.artist import sketch

PICTURES = Path(__file__).parent / "pictures"


def main() -> None:
    """Make them all."""
    drawings = [sketch(7, index).drawing for index in range(36)]
    save_png(PICTURES / "artist.png", contact_sheet(drawings, 9, cell_px=120))
    save_gif(PICTURES / "line.gif", drawings[0], (320, 320))


if __name__ == "__main__":
    main()
