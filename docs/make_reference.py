"""The pages that the program writes about itself, settings, commands and keys: ``make reference``."""

from __future__ import annotations

from pathlib import Path

from commands_reference import commands_page
from keys_reference import keys_page
from settings_reference import settings_page

HERE = Path(__file__).parent
PAGES = {"settings.md": settings_page, "commands.md": commands_page, "keys.md": keys_page}


def main() -> None:
    """Write them all."""
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
