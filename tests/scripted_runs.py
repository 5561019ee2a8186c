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
from plotter.errors import PlotterLost
from studio.events import PERCENT, Changed, Event, Listener, Made, Measured, Progress, Said
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
            Progress(at=now, done=100 * step / STEPS, total=100, what=PERCENT),
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
    """A plot that draws its sheets one after the other; at the slowest speed it waits half way of each."""
    from plotter.axidraw import PlotSettings
    from plotter.job import PlotArguments
    from plotter.journal import FileJournal, Leg, read_journal
    from plotter.parts import digests
    from plotter.route import Place

    told = PlotArguments.model_validate(arguments)
    sheets = digests(folder, told.parts)
    first, begin = 0, Place(told.stroke, told.along_mm)
    if told.resume:
        progress = read_journal(folder, sheets)
        first, begin = progress.part, progress.place
    journal = FileJournal(folder, sheets, background=False)
    state = "drawing"
    on_event(Changed(state="connecting"))
    part, inked, sheet = first, 0.0, read_svg(folder / told.parts[first].sheet).drawing
    for part in range(first, len(told.parts)):
        sheet = read_svg(folder / told.parts[part].sheet).drawing
        journal.begin(Leg(part, begin, 0.0, 0.0, PlotSettings(), "2.8.1", 1))
        inked = float(sum(sheet.lengths[: begin.stroke])) + begin.along_mm
        wait_at = None if told.time_scale != 1 or told.resume else sheet.ink / 2
        state, why = ("paused", told.parts[part].wait) if told.parts[part].wait and part > first else ("drawing", "")
        if why:
            on_event(Said(text=told.parts[part].says))
        on_event(Changed(state=state, why=why))
        while inked < sheet.ink and not orders.should_stop():
            for order in orders.take():
                if order.name in ("pause", "pen_up") and state == "drawing":
                    on_event(Changed(state="pausing"))
                    state = "paused"
                    on_event(Changed(state=state))
                elif order.name == "wait" and state == "drawing":  # as a plotter does by itself
                    state = "paused"
                    on_event(Changed(state=state, why=order.values["why"]))
                elif order.name == "resume" and state == "paused":
                    state, wait_at = "drawing", None
                    on_event(Changed(state=state))
                elif order.name == "fail":
                    raise PlotterLost("The plotter at /dev/ttyACM0 is gone (disconnected).")
            if state == "drawing" and (wait_at is None or inked < wait_at):
                inked = min(sheet.ink, inked + 20.0) if wait_at is None else wait_at
                for event in plot_events(sheet, inked, pen_down=True, part=part, parts=len(told.parts)):
                    on_event(event)
                journal.rest(part, Place(*place(sheet, inked)))
            else:
                time.sleep(0.005)
        begin = Place()
        if orders.should_stop():
            break
    stroke, along = place(sheet, inked)
    ended = "stopped" if orders.should_stop() else "finished"
    journal.rest(part, Place(stroke, along), finished=ended == "finished")
    journal.close()
    on_event(Changed(state=ended))
    return {"id": folder.name, "state": ended, "drawn_m": inked / 1000, "duration_s": inked / 10}


def plot_events(
    sheet: Drawing, inked_mm: float, at: float = 0.0, *, pen_down: bool, part: int = 0, parts: int = 1
) -> list[Event]:
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
        "part": float(part),
        "parts": float(parts),
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
