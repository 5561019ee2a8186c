"""Work that runs in children of test_runs.py."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from configs.errors import MonolineError
from studio.events import Listener, Ordered, Progress
from studio.runs import Orders


def count(folder: Path, arguments: dict[str, Any], on_event: Listener, orders: Orders) -> dict[str, Any]:
    done = 0
    while done < arguments["to"] and not orders.should_stop():
        done += 1
        on_event(Progress(done=done, total=arguments["to"]))
        for order in orders.take():
            on_event(Ordered(order=f"{order.name} {order.values}"))
        if arguments["to"] > 100:  # a long one: it waits to be stopped
            time.sleep(0.005)
    return {"done": done, "saved": str(folder.name)}


def until_alone(folder: Path, arguments: dict[str, Any], on_event: Listener, orders: Orders) -> dict[str, Any]:
    on_event(Progress(done=1, total=2))
    while not orders.parent_gone and not orders.should_stop():
        time.sleep(0.005)
    return {"alone": orders.parent_gone}


def refuse(folder: Path, arguments: dict[str, Any], on_event: Listener, orders: Orders) -> None:
    raise MonolineError("the data has no drawings; choose another")


def break_down(folder: Path, arguments: dict[str, Any], on_event: Listener, orders: Orders) -> None:
    print("about to divide")
    _ = 1 / arguments["zero"]
