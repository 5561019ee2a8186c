"""What can go wrong with a studio, its files, its lock or its runs."""

from configs.errors import MonolineError


class StudioError(MonolineError):
    """The studio folder can't be used as asked."""


class StudioBusy(StudioError):
    """Another process is writing to this studio."""


class RunError(StudioError):
    """A run can't be started, found, followed or stopped."""


class DamagedLog(StudioError):
    """An append-only file has a damaged line that is not its torn tail."""


class WorkerError(StudioError):
    """A warm worker process can't be started, or ended unasked."""
