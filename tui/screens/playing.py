"""Playing: the frames of a walk one after the other, large, as they would move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.events import Click
from textual.timer import Timer
from textual.widgets import Static

from tui.play import Player
from tui.widgets.canvas import Canvas
from tui.widgets.keys import Keys
from tui.widgets.modal import Modal
from tui.widgets.steps_axis import StepsAxis

if TYPE_CHECKING:
    from drawing.drawing import Bounds, Drawing


class PlayingScreen(Modal[None]):
    """One frame large, an axis of all of them; it plays those that are there while others are still being drawn."""

    BINDINGS = [
        Binding("space", "play", "Play/stop", id="playing.play"),
        Binding("left", "step(-1)", "Before", key_display="←", id="playing.before"),
        Binding("right", "step(1)", "Next", key_display="→", id="playing.next"),
        Binding("plus,up", "faster(1)", "Faster", key_display="+", id="playing.faster"),
        Binding("minus,down", "faster(-1)", "Slower", key_display="-", id="playing.slower"),
        Binding("home", "go(0)", "First", show=False, id="playing.first"),
        Binding("end", "go(-1)", "Last", show=False, id="playing.last"),
        Binding("escape,q", "close", "Back", id="playing.close"),
    ]
    DEFAULT_CSS = """
    PlayingScreen { background: $background; padding: 0 1; }
    PlayingScreen #playing-title { height: 1; text-style: bold; }
    """

    def __init__(
        self, frames: Callable[[], Sequence[Drawing | None]], at: int, words: str, *, loop: bool, motion: bool
    ) -> None:
        """Args:
        frames: those there are by now, None for one that is still to come.
        at: the one to begin with.
        words: what is walked.
        motion: False goes a frame further on each press in place of playing.
        """
        super().__init__()
        self._frames, self._words, self._motion = frames, words, motion
        self._player = Player(loop, at)
        self.playing = motion
        self._timer: Timer | None = None
        self._shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """Title, frame, axis, keys."""
        yield Static("", id="playing-title", markup=False)
        yield Canvas(id="playing-frame")
        yield StepsAxis(id="playing-axis")
        yield Keys(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin."""
        self._set_out()
        self._show()

    def _set_out(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_interval(1 / self._player.speed, self._tick)

    def _tick(self) -> None:
        if self.playing:
            self._player.step([frame is not None for frame in self._frames()])
        self._show()

    def _show(self) -> None:
        frames, at = self._frames(), self._player.at
        missing = [index for index, frame in enumerate(frames) if frame is None]
        shown = at, len(missing), self.playing, self._player.speed
        if shown == self._shown or not frames:
            return
        self._shown = shown
        self.query_one(Canvas).show(frames[at], box=_box([frame for frame in frames if frame is not None]))
        self.query_one(StepsAxis).show(range(len(frames)), at, missing=missing)
        way = "around" if self._player.loop else "back and forth"
        pace = f"{way}, {self._player.speed} frames a second" if self.playing else "stopped"
        come = f", {len(missing)} still to come" if missing else ""
        self.query_one("#playing-title", Static).update(
            f"frame {at + 1} of {len(frames)}{come}   {pace}   {self._words}"
        )

    def action_play(self) -> None:
        """Play, or stop; without motion, the next frame."""
        if self._motion:
            self.playing = not self.playing
        else:
            self._player.step([frame is not None for frame in self._frames()])
        self._show()

    def action_step(self, by: int) -> None:
        """Stop, and go a frame on or back."""
        self._stop_at(self._player.at + by)

    def action_go(self, index: int) -> None:
        """Stop, and go to a frame; -1 is the last."""
        self._stop_at(index if index >= 0 else len(self._frames()) - 1)

    def _stop_at(self, index: int) -> None:
        self.playing, count = False, len(self._frames())
        self._player.at = index % count if self._player.loop else min(max(index, 0), count - 1)
        self._show()

    def action_faster(self, by: int) -> None:
        """Faster, or slower."""
        self._player.faster(by)
        self._set_out()
        self._show()

    @on(StepsAxis.Chosen)
    def _chosen(self, event: StepsAxis.Chosen) -> None:
        self._stop_at(event.index)

    def on_click(self, event: Click) -> None:
        """A click on the frame plays or stops."""
        if isinstance(event.widget, Canvas):
            self.action_play()

    def action_close(self) -> None:
        """Back."""
        self.dismiss()


def _box(drawings: Sequence[Drawing]) -> Bounds | None:
    """What holds all of them, so that no frame jumps."""
    bounds = [each.bounds for each in drawings if each.lines]
    if not bounds:
        return None
    lefts, tops, rights, bottoms = zip(*bounds, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
