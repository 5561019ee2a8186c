"""How the simulated board reads a line and words its answers, byte by byte, in both syntaxes.

Source: docs/ebb2.html, docs/ebb.html and the print statements of the firmware. In the older syntax some answers
end with a line feed before the carriage return, and errors are not followed by OK.
"""

from __future__ import annotations

from dataclasses import dataclass

from plotter.firmware import OLDEST, Firmware

LONGEST = 256
"""Characters of a line, its end included."""
INVALID = "!6 Err: Invalid parameter value"
_RANGES = {
    "c": (0, 0xFF),
    "w": (0, 0xFFFF),
    "U": (0, 0xFFFFFFFF),
    "h": (-0x8000, 0x7FFF),
    "l": (-(1 << 31), (1 << 31) - 1),
}


class Refused(Exception):
    """The board answers with an error."""

    def __init__(self, text: str, reverse: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.reverse = reverse
        """Its line ends with a line feed before the carriage return."""


_V255, _V256, _V262, _V27 = Firmware(2, 5, 5), Firmware(2, 5, 6), Firmware(2, 6, 2), Firmware(2, 7, 0)
_V28, _V3, _V301 = Firmware(2, 8, 0), Firmware(3, 0, 0), Firmware(3, 0, 1)


@dataclass(frozen=True, slots=True)
class Spec:
    """What a command takes: a letter an argument, c, w and U for 8, 16 and 32 bits, h and l signed, s for a word."""

    needs: str = ""
    may: str = ""
    since: Firmware = OLDEST
    newer: str = ""
    """More that it may take, of later versions."""
    newer_since: Firmware = _V27


SPECS: dict[str, Spec] = {
    "V": Spec(),
    "SM": Spec("Ul", "l", newer="U"),
    "XM": Spec("Ull", newer="U"),
    "LM": Spec("llllll", newer="U"),
    "LT": Spec("Ullll", "U", _V27),
    "L3": Spec("llllllll", "U", _V3),
    "T3": Spec("Ullllll", "U", _V3),
    "TD": Spec("Ullllllll", "U", _V301),
    "HM": Spec("U", "", _V262, newer="ll"),
    "SP": Spec("c", "wc"),
    "S2": Spec("wc", "ww"),
    "TP": Spec("", "w"),
    "SC": Spec("cw"),
    "SE": Spec("c", "wc"),
    "SR": Spec("U", "c", _V256),
    "EM": Spec("c", "c"),
    "ES": Spec(newer="c", newer_since=_V28),
    "QS": Spec(),
    "CS": Spec(),
    "QM": Spec(),
    "QG": Spec("", "", _V262),
    "QP": Spec(),
    "QB": Spec(),
    "QL": Spec(newer="c", newer_since=_V3),
    "SL": Spec("c", newer="c", newer_since=_V3),
    "QN": Spec(),
    "SN": Spec("U"),
    "NI": Spec(),
    "ND": Spec(),
    "QT": Spec("", "", _V255),
    "ST": Spec("", "s", _V255),
    "QC": Spec(),
    "QE": Spec("", "", _V28),
    "QR": Spec("", "", _V256),
    "CU": Spec("ch"),
    "QU": Spec("c", "", _V3),
    "PI": Spec("sc"),
    "PO": Spec("scc"),
    "PD": Spec("scc"),
    "C": Spec("ccccc"),
    "AC": Spec("cc"),
    "R": Spec(),
    "RB": Spec("", "", _V255),
    "BL": Spec(),
}


def read_line(line: str, firmware: Firmware) -> tuple[str, list[int], list[str]]:
    """Name, numbers and words of a line.

    Raises:
        Refused: the command is unknown to this firmware, or its arguments are wrong.
    """
    if len(line) >= LONGEST:
        raise Refused("!3 Err: RX Buffer overrun")
    head, *words = line.split(",")
    name = head[:2].upper()
    spec = SPECS.get(name)
    if spec is None or firmware < spec.since:
        raise Refused(f"!8 Err: Unknown command '{name}:{''.join(f'{ord(each):02X}' for each in name)}'")
    kinds = spec.needs + spec.may
    if spec.newer and firmware >= spec.newer_since:
        kinds += spec.newer
    if len(head) > 2:
        raise _strange(head[2], last=not kinds)
    numbers: list[int] = []
    last = len(kinds) - 1
    for place, (kind, word) in enumerate(zip(kinds, words, strict=False)):
        if kind == "s":
            continue
        if not (word.isascii() and word.isdigit()):
            _check_digits(word, place == last)
        number = int(word[:20])
        least, most = _RANGES[kind]
        if not least <= number <= most:
            raise Refused(INVALID)
        numbers.append(number)
    if len(words) < len(spec.needs):
        raise Refused("!4 Err: Missing parameter(s)")
    if len(words) > len(kinds):
        raise Refused("!7 Err: Extra parameter")
    return name, numbers, words


def _check_digits(word: str, last: bool) -> None:
    """A number may have a sign, and nothing behind its digits."""
    digits = word.removeprefix("-")
    count = next((place for place, each in enumerate(digits) if each not in "0123456789"), len(digits))
    if count == 0:
        raise Refused(INVALID)
    if count < len(digits):
        raise _strange(digits[count], last)


def _strange(letter: str, last: bool) -> Refused:
    """There is a letter where a comma, or the end, should be."""
    return Refused("!7 Err: Extra parameter" if last else f"!5 Err: Need comma next, found: '{letter}'")


def without_checksum(line: str) -> str:
    """The line without the checksum at its end, which the board was told to want (CU,54).

    Raises:
        Refused: there is none, or it is wrong.
    """
    told, comma, word = line.rpartition(",")
    if not comma:
        raise Refused("!10 Err: No checksum found but required")
    expected = -sum(told.encode("ascii", "replace")) & 0xFF
    if not (word.isascii() and word.isdigit()) or int(word[:9]) != expected:
        raise Refused(f"!9 Err: Checksum incorrect, expected {expected}")
    return told


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
            return f"{name[:2]},{error.text}\n".encode()
        return f"{error.text}{chr(10) + chr(13) if error.reverse else chr(13) + chr(10)}".encode()


def check_simple_move(duration_ms: int, steps1: int, steps2: int, firmware: Firmware) -> None:
    """Refuse what SM and XM refuse: no duration; before firmware 3 over 24 bits, over 25,000, under 1.31 steps/s."""
    if duration_ms <= 0:
        raise Refused(INVALID)
    if firmware.signed_rates:
        return
    if duration_ms > 0xFFFFFF:
        raise Refused("!0 Err: <move_duration> larger than 16777215 ms.", reverse=True)
    for axis, steps in ((1, abs(steps1)), (2, abs(steps2))):
        if steps > 0xFFFFFF:
            raise Refused(f"!0 Err: <axis{axis}> larger than 16777215 steps.", reverse=True)
        if steps // duration_ms > 25:
            raise Refused(f"!0 Err: <axis{axis}> step rate > 25K steps/second.", reverse=True)
        if steps and duration_ms // 1311 >= steps:
            raise Refused(f"!0 Err: <axis{axis}> step rate < 1.31Hz.", reverse=True)
