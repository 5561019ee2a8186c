"""What can go wrong with a network, its data and its files."""

from configs.errors import MonolineError


class ModelError(MonolineError):
    """The base of this room's errors."""


class BadCheckpoint(ModelError):
    """A checkpoint is missing, damaged, or not monoline's."""


class BadData(ModelError):
    """A dataset can't be trained on or tested with."""


class NoSplit(BadData):
    """A dataset has no split of that name."""


class TrainingFailed(ModelError):
    """Training can't begin or go on."""
