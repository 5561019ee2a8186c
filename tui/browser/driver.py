"""The application's side of the browser: a driver that paints all anew when asked, and ends when its server is gone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from textual.drivers.web_driver import WebDriver

from tui.start import HUNG_UP, run


class TabDriver(WebDriver):
    """Textual's driver for browsers, for more than one tab at a time."""

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        """What the server asks for beside keys and mouse."""
        if packet_type == "repaint":
            self._app.call_later(self._app.run_action, "repaint")
        else:
            super().on_meta(packet_type, payload)

    def run_input_thread(self) -> None:
        """Read until there is nobody to read from; without a server nobody sees what goes on.

        Whatever was started here then ends as when a terminal is closed: a plot raises the pen.
        """
        super().run_input_thread()
        if not self.exit_event.is_set():
            os._exit(HUNG_UP)


def main() -> None:
    """Run the studio named by the only argument."""
    from tui.app import Monoline

    sys.exit(run(Monoline(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
