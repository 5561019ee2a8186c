"""Filmstrip: the same few drawings, sampled again and again while a network learns."""

from __future__ import annotations

from tui.widgets.gallery import Gallery


class Filmstrip(Gallery):
    """A gallery of small cells."""

    HELP = "**Filmstrip.** The same few drawings while the network learns. Arrows choose one, enter shows it large."
    CELL_WIDTH, CELL_HEIGHT = 16, 8
