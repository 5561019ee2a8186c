"""The studio that every test of a screen opens."""

from screens import studio

__all__ = ["studio"]
