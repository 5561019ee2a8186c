"""Figures as a person reads them: durations, lengths, shares."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """``45 s``, ``3 min 20 s``, ``2 h 05 min``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def metres(length_mm: float) -> str:
    """``85 mm``, ``3.21 m``, ``12.4 m``."""
    if length_mm < 1000:
        return f"{length_mm:.0f} mm"
    return f"{length_mm / 1000:.2f} m" if length_mm < 10_000 else f"{length_mm / 1000:.1f} m"


def steps(count: int) -> str:
    """``1 step``, ``2,000 steps``."""
    return f"{count:,} {'step' if count == 1 else 'steps'}"


def bar(share: float, width: int) -> str:
    """A bar of block characters, an eighth of a cell fine."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + " ▏▎▍▌▋▊▉"[rest] * (rest > 0)).ljust(width, "░")
