"""Everything that can go wrong between a scan and a dataset."""

from __future__ import annotations

from configs.errors import MonolineError


class PrepError(MonolineError):
    """Preparation can't do what is asked."""


class UnreadableScan(PrepError):
    """A file is no picture, or a damaged or absurd one."""


class AutotraceMissing(PrepError):
    """The second backend was asked for, and is not installed."""


class ClusterMissing(PrepError):
    """A scheduler was named, and dask is not installed."""


class SchedulerLost(PrepError):
    """The scheduler of a cluster was there and is no longer."""
