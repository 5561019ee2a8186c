"""Work for children of the screens' tests: it tells what a training or a plot would, by a script."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import numpy as np

from drawing.collection import Entry, write_collection
from drawing.drawing import Drawing
from drawing.svg import read_svg
from studio.events import Changed, Event, Listener, Made, Measured, Progress, Said
from studio.runs import Orders

STEPS = 400


def train(folder: Path, arguments: dict[str, Any], on_event: Listener, orders: Orders) -> dict[str, Any]:
    """A training: quick, unless ``steps`` is 0, which goes on until it is stopped."""
    for event in training_events(folder):
        if orders.should_stop():
            break
        on_event(event)
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "resume.safetensors").write_bytes(b"weights and more")
    while arguments["steps"] == 0 and not arguments["resume"] and not orders.should_stop():
        time.sleep(0.005)
    return {"steps": STEPS}


def train_badly(folder: Path, arguments: dict[str, Any], on_event: Listener, orders: Orders) -> None:
    print("step 1: the drawings do not fit")
    raise MemoryError("out of memory: a batch of 100")


def training_events(folder: Path, at: float = 0.0, *, steps: int = STEPS) -> list[Event]:
    """What a training tells, 20 steps a second; its samples lie in the folder."""
    events: list[Event] = [Said(at=at, text="3 parts of the drawings left out")]
    for step in range(20, steps + 1, 20):
        now = at + step / 20
        falling = 2.5 * math.exp(-step / 80) - 0.3
        values = {"train": falling, "L_R": falling - 0.1, "L_KL": 0.2, "w_KL": 0.1, "learning_rate": 1e-3}
        events += [
            Progress(at=now, done=step, total=STEPS, what="training"),
            Measured(at=now, step=step, values={**values, "drawings_per_s": 1234.5, "gradient_norm": 0.87}),
        ]
        if step % 100 == 0:
            events.append(Measured(at=now, step=step, values={"valid": falling + 0.05 + (step > 300) * 0.2}))
            samples = [Entry(polygon(step // 100 + 2 + n % 3)) for n in range(12)]
            write_collection(folder / "samples" / f"{step:06}.npz", {"test": samples})
            events.append(Made(at=now, path=f"samples/{step:06}.npz", what="samples"))
    return events


def polygon(corners: int) -> Drawing:
    angles = [2 * math.pi * k / corners for k in range(corners + 1)]
    return Drawing.of([[(round(50 * math.sin(a)), round(-50 * math.cos(a))) for a in angles]])


def plot(folder: Path, arguments: dict[str, Any], on_event: Listener, orders: Orders) -> dict[str, Any]:
    """A plot that draws so many mm and waits there to be told what to do; without ``wait_at_mm`` to the end."""
    sheet = read_svg(folder / "sheet.svg").drawing
    state = "drawing"
    inked = 0.0
    on_event(Changed(state="connecting"))
    on_event(Changed(state=state))
    while inked < sheet.ink and not orders.should_stop():
        for order in orders.take():
            if order.name in ("pause", "pen_up") and state == "drawing":
                on_event(Changed(state="pausing"))
                state = "paused"
                on_event(Changed(state=state))
            elif order.name == "resume":
                state = "drawing"
                arguments["wait_at_mm"] = None
                on_event(Changed(state=state))
        wait_at = arguments.get("wait_at_mm")
        if state == "drawing" and (wait_at is None or inked < wait_at):
            inked = min(sheet.ink, inked + 20.0) if wait_at is None else wait_at
            for event in plot_events(sheet, inked, pen_down=True):
                on_event(event)
        else:
            time.sleep(0.005)
    stroke, along = place(sheet, inked)
    ended = "stopped" if orders.should_stop() else "finished"
    on_event(Changed(state=ended))
    return {"id": folder.name, "state": ended, "drawn_m": inked / 1000, "stroke": stroke, "along_mm": along}


def plot_events(sheet: Drawing, inked_mm: float, at: float = 0.0, *, pen_down: bool) -> list[Event]:
    """What a plot tells when so much is drawn; it draws 10 mm a second."""
    stroke, along = place(sheet, inked_mm)
    line = sheet.lines[min(stroke, len(sheet.lines) - 1)]
    ends = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    total, done = sheet.ink / 10, inked_mm / 10
    values = {
        "seconds": done,
        "remaining_s": total - done,
        "x_mm": float(np.interp(along, ends, line[:, 0])),
        "y_mm": float(np.interp(along, ends, line[:, 1])),
        "pen_down": float(pen_down),
        "stroke": float(stroke),
        "strokes": float(len(sheet.lines)),
        "ink_mm": inked_mm,
        "ink_total_mm": sheet.ink,
    }
    return [Progress(at=at, done=done, total=total, what="plotting"), Measured(at=at, step=1, values=values)]


def place(sheet: Drawing, inked_mm: float) -> tuple[int, float]:
    """Stroke, and mm along it, after so much ink."""
    ends = np.concatenate([[0.0], np.cumsum(sheet.lengths)])
    stroke = min(int(np.searchsorted(ends, inked_mm, side="right")) - 1, len(sheet.lines) - 1)
    return stroke, float(inked_mm - ends[stroke])
