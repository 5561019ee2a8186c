"""What can go wrong with a drawing or a file of drawings."""

from configs.errors import MonolineError


class DrawingError(MonolineError):
    """A drawing can't be made, changed or written as asked."""


class UnreadableFile(DrawingError):
    """A file is damaged, empty, or not of the kind its name says."""


class RefusedFile(DrawingError):
    """A file asks for something no drawing needs (running code, entities, gigabytes); it is not opened."""
