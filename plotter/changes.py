"""What a person changes of a plot on its way: for which of its tasks it holds, and how it is known again later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from plotter.axidraw import PlotSettings
from plotter.errors import PlotterError
from plotter.journal import Leg
from plotter.lifts import check_lifts
from plotter.task import Task


def change(tasks: Sequence[Task], part: int, values: Mapping[str, Any]) -> list[Task]:
    """Tasks with other settings for all that is drawn with the pen of one of them and was set like that one.

    What the label of another layer says otherwise stays.

    Args:
        part: number of the task that is drawn now.
        values: by the names of PlotSettings.

    Raises:
        PlotterError: there are none of this name, or not such values; nothing is to be changed.
    """
    now, pen = tasks[part].settings, tasks[part].pen
    try:
        then = PlotSettings.model_validate({**now.model_dump(), **values})
    except ValidationError as error:
        first = error.errors()[0]
        raise PlotterError(f"plot.{'.'.join(map(str, first['loc']))}: {first['msg']}; nothing was changed.") from None
    changes = {(name, getattr(now, name)): getattr(then, name) for name in values}
    changed = [_changed(task, changes) if task.pen == pen else task for task in tasks]
    for task in changed[part:]:
        check_lifts(task.settings)
    return changed


def with_changes(tasks: Sequence[Task], legs: Sequence[Leg]) -> list[Task]:
    """Tasks as a person had set them by the time of these legs: what differs in them was changed on the way.

    What was changed holds for the pen that draws it, where a task had the same before; the last leg counts.
    """
    changed: dict[str, dict[tuple[str, object], object]] = {}
    for leg in legs:
        if leg.part >= len(tasks):
            continue
        was, mine = tasks[leg.part].settings, changed.setdefault(tasks[leg.part].pen, {})
        for name, value in leg.settings:
            before: object = getattr(was, name)
            if value != before:
                mine[name, before] = value
            else:
                mine.pop((name, before), None)
    return [_changed(task, changed.get(task.pen, {})) for task in tasks]


def _changed(task: Task, changes: Mapping[tuple[str, object], object]) -> Task:
    """A task with those of the changes that were made of what it has; what its layer's label says otherwise stays."""
    now = {name: value for (name, was), value in changes.items() if getattr(task.settings, name) == was}
    return replace(task, settings=task.settings.model_copy(update=now))
