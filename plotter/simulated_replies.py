"""How the simulated board reads a line and words its answers, byte by byte, in both syntaxes.

Source: docs/ebb2.html, docs/ebb.html and the print statements of the firmware. In the older syntax some answers
end with a line feed before the carriage return, and errors are not followed by OK.
"""

from __future__ import annotations

from dataclasses import dataclass

from plotter.firmware import OLDEST, Firmware

LONGEST = 256
"""Characters of a line, its end included."""


class Refused(Exception):
    """The board answers with an error."""

    def __init__(self, text: str, reverse: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.reverse = reverse
        """Its line ends with a line feed before the carriage return."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What a command takes."""

    least: int = 0
    most: int = 0
    since: Firmware = OLDEST
    words: bool = False
    """Its arguments need not be numbers."""


_V255 = Firmware(2, 5, 5)
_V256, _V26, _V262, _V27 = Firmware(2, 5, 6), Firmware(2, 6, 0), Firmware(2, 6, 2), Firmware(2, 7, 0)
_V28, _V3 = Firmware(2, 8, 0), Firmware(3, 0, 0)

SPECS: dict[str, Spec] = {
    "V": Spec(),
    "SM": Spec(2, 4),
    "XM": Spec(3, 4),
    "LM": Spec(6, 7),
    "LT": Spec(5, 6, _V27),
    "T3": Spec(7, 8, _V3),
    "HM": Spec(1, 3, _V262),
    "SP": Spec(1, 3),
    "S2": Spec(2, 4),
    "TP": Spec(0, 1),
    "SC": Spec(2, 2),
    "SR": Spec(1, 2, _V256),
    "EM": Spec(1, 2),
    "ES": Spec(0, 1),
    "QS": Spec(),
    "CS": Spec(),
    "QM": Spec(),
    "QG": Spec(0, 0, _V262),
    "QP": Spec(),
    "QB": Spec(),
    "QL": Spec(0, 1),
    "SL": Spec(1, 2),
    "QN": Spec(),
    "SN": Spec(1, 1),
    "NI": Spec(),
    "ND": Spec(),
    "QT": Spec(0, 0, _V255),
    "ST": Spec(0, 1, _V255, words=True),
    "QC": Spec(),
    "QE": Spec(0, 0, _V28),
    "QR": Spec(0, 0, _V256),
    "CU": Spec(2, 2),
    "QU": Spec(1, 1, _V3),
    "PI": Spec(2, 2, words=True),
    "PO": Spec(3, 3, words=True),
    "PD": Spec(3, 3, words=True),
    "C": Spec(5, 5),
    "AC": Spec(2, 2),
    "R": Spec(),
    "RB": Spec(0, 0, _V255),
    "BL": Spec(),
}


def read_line(line: str, firmware: Firmware) -> tuple[str, list[int], list[str]]:
    """Name, numbers and words of a line.

    Raises:
        Refused: the command is unknown to this firmware, or its arguments are wrong.
    """
    if len(line) >= LONGEST:
        raise Refused("!3 Err: RX Buffer overrun")
    name, *words = line.split(",")
    name = name.upper()
    spec = SPECS.get(name)
    if spec is None or firmware < spec.since:
        head = name[:2]
        raise Refused(f"!8 Err: Unknown command '{head}:{''.join(f'{ord(each):02X}' for each in head)}'")
    if len(words) < spec.least:
        raise Refused("!4 Err: Missing parameter(s)")
    if len(words) > spec.most:
        raise Refused("!7 Err: Extra parameter")
    if spec.words:
        return name, [], words
    return name, [_number(word) for word in words], words


def _number(word: str) -> int:
    try:
        number = int(word)
    except ValueError:
        raise Refused("!6 Err: Invalid parameter value") from None
    if not -(1 << 31) <= number < 1 << 32 or not word.isascii() or word != word.strip() or "_" in word:
        raise Refused("!6 Err: Invalid parameter value")
    return number


@dataclass(slots=True)
class Tongue:
    """The syntax that the board is in."""

    future: bool = False
    says_ok: bool = True
    """CU,1,0 leaves out the OK."""

    def done(self, name: str) -> bytes:
        """The command was taken."""
        if self.future:
            return f"{name}\n".encode()
        return b"OK\r\n" if self.says_ok else b""

    def told(self, name: str, data: str, end: str = "\r\n") -> bytes:
        """An answer followed by OK."""
        return self.bare(name, data, end) if self.future else f"{data}{end}".encode() + self.done(name)

    def bare(self, name: str, data: str, end: str = "\r\n", named: bool = False) -> bytes:
        """An answer without OK; ``named`` ones bear their name in both syntaxes."""
        if self.future:
            return f"{name},{data}\n".encode()
        return f"{f'{name},' if named else ''}{data}{end}".encode()

    def refused(self, name: str, error: Refused) -> bytes:
        """An error."""
        if self.future:
            return f"{name},{error.text}\n".encode()
        return f"{error.text}{chr(10) + chr(13) if error.reverse else chr(13) + chr(10)}".encode()


def check_simple_move(duration_ms: int, steps1: int, steps2: int) -> None:
    """Refuse what SM and XM refuse: no duration, numbers over 24 bits, over 25,000 or under 1.31 steps/s."""
    if duration_ms <= 0:
        raise Refused("!6 Err: Invalid parameter value")
    if duration_ms > 0xFFFFFF:
        raise Refused("!0 Err: <move_duration> larger than 16777215 ms.", reverse=True)
    for axis, steps in ((1, abs(steps1)), (2, abs(steps2))):
        if steps > 0xFFFFFF:
            raise Refused(f"!0 Err: <axis{axis}> larger than 16777215 steps.", reverse=True)
        if steps // duration_ms > 25:
            raise Refused(f"!0 Err: <axis{axis}> step rate > 25K steps/second.", reverse=True)
        if steps and duration_ms // 1311 >= steps:
            raise Refused(f"!0 Err: <axis{axis}> step rate < 1.31Hz.", reverse=True)
