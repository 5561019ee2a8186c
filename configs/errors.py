"""The root of every error that is shown to a person as one line, and what can go wrong with settings."""


class MonolineError(Exception):
    """Something a person can act on; its message says what happened, where, and what to do.

    Each package has its own small tree below this class. The command line prints the message on
    one line and exits with 1; the terminal application shows it in a dialog.
    """


class ConfigError(MonolineError):
    """A setting is unknown or has an impossible value."""


class OptionError(ConfigError):
    """It was so on the command line, not in a file."""
