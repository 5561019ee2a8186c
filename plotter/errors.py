"""What can go wrong on the way to paper."""

from configs.errors import MonolineError


class PlotterError(MonolineError):
    """The plotter, or the way to it, can't do what was asked."""


class SheetError(PlotterError):
    """A sheet can't be laid out, read or optimised as asked."""


class UnknownBoard(PlotterError):
    """What answers is no EiBotBoard, or one too old."""


class PlotterNotFound(PlotterError):
    """There is no plotter where one was looked for."""


class PlotterLost(PlotterError):
    """The plotter has gone: unplugged, switched off, or silent for too long."""


class PlotterSilent(PlotterLost):
    """The wire is there, but no word comes."""


class PlotterBusy(PlotterError):
    """Another program has the plotter's port."""


class CommandRejected(PlotterError):
    """The board refused a command."""


class SheetTooLarge(SheetError):
    """The machine does not reach as far as the lines do."""


class UnknownMachine(PlotterError):
    """There is no machine of this name."""


class GarbledReply(PlotterError):
    """The board answered with something that is no reply to what it was asked."""


class JournalError(PlotterError):
    """A plot can't be taken up from its journal."""


class PlaceUnknown(PlotterError):
    """Nobody knows any more where the carriage is; a person has to put it home."""


class NotReady(PlotterError):
    """Something has to be put right before anything may move."""
