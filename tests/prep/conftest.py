from __future__ import annotations

from sketchbooks import told_scans

__all__ = ["told_scans"]
