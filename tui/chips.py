"""The header's chips: what is worth knowing on every screen, the least needed first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.checkpoints import network_name
from tui.plotting import SIMULATOR
from tui.widgets.header import Chip

if TYPE_CHECKING:
    from tui.app import Monoline


def chips(app: Monoline) -> Iterator[Chip]:
    """What the header tells: studio, tray, device, plotter, dataset, network, and the work that goes on."""
    if app.studio is not None:
        yield Chip(f"studio {app.studio.name}")
    if app.tray is not None and app.tray.kept:
        yield Chip(f"tray {len(app.tray.kept)}", "", "sample")
    if app.network.device:
        yield Chip(app.network.device, app.network.device)
    short = "sim" if app.plotter == SIMULATOR else app.plotter.rpartition("/")[2]
    yield Chip(f"plotter {app.plotter}", short, "plot")
    name = app.dataset.name if app.dataset is not None else "none"
    yield Chip(f"data {name}", name.partition(".")[0], "prepare")
    yield Chip(f"net {network_name(app.checkpoint)}", network_name(app.checkpoint), "sample")
    if app.loading:
        text = f"loading {app.loading} ..." if app.loading != "starting" else "starting the sampler ..."
        yield Chip(text, text, "sample")
    for busy in app.busy.values():
        text = f"{busy.what} {busy.share:.0%}" if busy.share else busy.what
        yield Chip(text, text, busy.mode)
