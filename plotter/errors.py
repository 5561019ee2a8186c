"""What can go wrong on the way to paper."""

from configs.errors import MonolineError


class PlotterError(MonolineError):
    """The plotter, or the way to it, can't do what was asked."""
