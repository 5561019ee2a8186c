"""The watch over a board while it draws: its button, its power, its memory; asked in the midst of the plot."""

from __future__ import annotations

from plotter.board import Board, to_counts, volts
from plotter.ebb import Immediate

BUTTON_S = 0.1
"""How often the button is asked for."""
POWER_S = 0.2
"""How often supply and memory are."""
_BUTTON, _POWER_LOST = 1 << 5, 1 << 6


class Watch:
    """Asks a board now and then whether all is well.

    Args:
        mark: what the board was marked with; it forgets it when it is reset.
        lowest_v: below it the motors have no power; 0 takes anything.
    """

    def __init__(self, board: Board, mark: int, lowest_v: float) -> None:
        self._board, self._mark, self._lowest_v = board, mark, lowest_v
        self._asked_button_s = self._asked_power_s = board.transport.now_s()
        self._pressed = False
        self._held = board.button()
        """Whether the last answer told of a press: one that lasts is told again; one from before counts for none."""
        self._volts: float | None = None
        self._lost_power = False
        self._forgot = False
        self._well = 0
        self._tells_power = board.firmware.has_future_syntax and lowest_v > 0
        if self._tells_power:  # without a threshold the board has no opinion; reading clears what was before
            board.send(Immediate(("CU", 60, to_counts(lowest_v))))
            board.general()

    @property
    def well(self) -> int:
        """How often all was well; it grows by one each time that supply and memory were found so."""
        return self._well

    @property
    def wrong(self) -> str:
        """Why nobody can say any more where the carriage is; empty as long as all is well."""
        if self._forgot:
            return "The plotter was reset: its power or its USB supply failed."
        if self._lost_power or (self._volts is not None and self._volts < self._lowest_v):
            reads = "" if self._volts is None else f" ({self._volts:.1f} V)"
            return f"The motors have lost their power{reads}: look at the supply and its plug."
        return ""

    def pressed(self) -> bool:
        """Whether the button was pressed since this was asked."""
        was, self._pressed = self._pressed, False
        return was

    def look(self, *, all_now: bool = False) -> None:
        """Ask what is due, and go on; the answers come with those to the plot's own commands.

        Args:
            all_now: ask for supply and memory, due or not.
        """
        now = self._board.transport.now_s()
        if now - self._asked_button_s >= BUTTON_S:
            self._asked_button_s = now
            if self._board.firmware.has_general_query:
                self._board.inquire(self._take_general, "QG")
            else:
                self._board.inquire(self._take_button, "QB")
        if all_now or now - self._asked_power_s >= POWER_S:
            self._asked_power_s = now
            self._board.inquire(self._take_volts, "QC")
            self._board.inquire(self._take_mark, "QL")

    def _take_general(self, words: tuple[str, ...]) -> None:
        bits = int(words[0], 16)
        self._take_press(bool(bits & _BUTTON))
        self._lost_power |= self._tells_power and bool(bits & _POWER_LOST)

    def _take_button(self, words: tuple[str, ...]) -> None:
        self._take_press(words[0] == "1")

    def _take_press(self, down: bool) -> None:
        self._pressed |= down and not self._held
        self._held = down

    def _take_volts(self, words: tuple[str, ...]) -> None:
        self._volts = volts(words)

    def _take_mark(self, words: tuple[str, ...]) -> None:
        self._forgot |= int(words[0]) != self._mark
        self._well += not self.wrong
