"""The studios that tests of screens open."""

from screens import kept, studio

__all__ = ["kept", "studio"]
