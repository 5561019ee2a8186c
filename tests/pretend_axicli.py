#!/usr/bin/env python3
"""A stand-in for the official software, for tests only: no AxiDraw software, it drives nothing.

It takes the documented options and refuses others, prints what their manual and their users show, pauses on SIGINT
with its place in the output file, and goes on from there. PRETEND_* in the environment sets how it behaves.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import time
from pathlib import Path

FLAGS = ("progress", "report_time", "preview", "no_rotate", "version")
NUMBERS = {
    "speed_pendown": 110, "speed_penup": 110, "accel": 110, "pen_pos_up": 100, "pen_pos_down": 100,
    "pen_rate_raise": 100, "pen_rate_lower": 100, "rendering": 3, "reordering": 4, "penlift": 3,
}  # fmt: skip
WORDS = ("mode", "port", "output_file")
STEP_S = float(os.environ.get("PRETEND_STEP_S", "0.01"))
PLACE = re.compile(r"<!--pretend:(\d+)-->")

asked = False


def interrupted(_number: int, _frame: object) -> None:
    global asked
    asked = True


def main() -> int:
    nextdraw = Path(sys.argv[0]).name.startswith("nextdraw")
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("svg", nargs="?")
    for name in FLAGS:
        parser.add_argument(f"--{name}", action="store_true")
    for name, most in {**NUMBERS, "model": 10 if nextdraw else 7}.items():
        parser.add_argument(f"--{name}", type=int, choices=range(most + 1), metavar="N")
    for name in (*WORDS, "utility_cmd" if nextdraw else "manual_cmd"):
        parser.add_argument(f"--{name}")
    told = parser.parse_args()
    with Path(os.environ["PRETEND_LOG"]).open("a") as log:
        log.write(json.dumps(sys.argv[1:]) + "\n")
    if told.version:
        sys.stdout.write("pretend 9.9.9\n")
        return 0
    if told.mode in ("manual", "utility"):
        return 0
    if not told.svg or not Path(told.svg).exists():
        sys.stderr.write("Input file required but not found.\n")
        return 1
    text = Path(told.svg).read_text()
    steps = text.count("<path ") * 10
    saved = PLACE.search(text)
    if told.mode == "res_plot" and saved is None:
        sys.stderr.write("No in-progress plot data found in file.\n")
        return 1
    done = int(saved[1]) if told.mode == "res_plot" and saved is not None else 0
    if told.preview:
        sys.stderr.write(f"Estimated print time: 0:{(steps - done) * 2:02} (minutes, seconds)\n")
        return 0
    if os.environ.get("PRETEND_UNPLUGGED"):
        sys.stderr.write("Failed to connect to AxiDraw.\n")
        return 101
    signal.signal(signal.SIGINT, signal.SIG_IGN if os.environ.get("PRETEND_DEAF") else interrupted)
    begun, lost_at = done, int(os.environ.get("PRETEND_LOST_AT", "-1"))
    button_at = int(os.environ.get("PRETEND_BUTTON_AT", "-1"))
    while done < steps:
        time.sleep(STEP_S)
        done += 1
        percent = 100 * (done - begun) // (steps - begun)
        if told.progress:
            sys.stderr.write(f"\rPlot Progress: {percent:3d}%|{'#' * (percent // 5):<20}| {percent}/100 ")
            sys.stderr.flush()
        if asked or done in (button_at, lost_at):
            break
    else:
        sys.stderr.write("\nElapsed time: 0:01 (minutes, seconds)\n")
        return 0
    if told.output_file:
        Path(told.output_file).write_text(PLACE.sub("", text) + f"<!--pretend:{done}-->")
    if done == lost_at:
        sys.stderr.write("\nError: USB connection to AxiDraw lost.\n")
        return 104
    why = "keyboard interrupt" if asked else "button press"
    sys.stderr.write(f"\nPlot paused by {why}.\nUse the resume feature to continue.\n")
    return 103 if asked else 102


if __name__ == "__main__":
    sys.exit(main())
