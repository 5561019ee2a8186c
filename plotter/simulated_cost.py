"""How long a board takes to read a command and to put it in its queue, before it can read the next one.

Source: the shortest commands that can be sent in a row without a gap, from the section on performance of the EBB
command set; both motors at 25 kHz. For the other commands nothing is told: they are taken as short.
"""

from __future__ import annotations

from plotter.firmware import Firmware

SIMPLE = ("SM", "XM")
LOW_LEVEL = ("LM", "LT", "L3", "T3")
OTHER_MS = 0.3


def cost_ms(name: str, firmware: Firmware) -> float:
    """Of one command."""
    if name in SIMPLE:
        return 2.0 if firmware.has_jerk else 3.5 if firmware.has_lm else 5.5
    if name in LOW_LEVEL:
        return 4.0 if firmware.has_jerk else 3.5 if firmware.has_lm else 5.0
    # two in one, with the words of one and a bit
    return 5.0 if name == "TD" else OTHER_MS
