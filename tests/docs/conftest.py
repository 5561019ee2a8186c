"""What commands of the pages need before they are run."""

from __future__ import annotations

from commands import here

__all__ = ["here"]
