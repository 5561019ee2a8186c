"""ShelvingScreen: the ways from the books to the shelf, its clusters, names of pages, and a page by its reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual import on

from tui.messages import WorkFailed
from tui.screens.books import BooksScreen
from tui.screens.tracing import ScanShown
from tui.tracing import Answered, TracingEnded


class ShelvingScreen(BooksScreen):
    """Opens the screens of the shelf, each loaded when somebody goes there."""

    def __init__(self) -> None:
        super().__init__()
        self._finding = 0
        self._wanted = ""

    def action_shelf(self) -> None:
        """All scans as thumbnails, those of the book that is shown first."""
        if self.waits("shelf"):
            return
        from tui.screens.shelf import ShelfScreen

        self.app.push_screen(ShelfScreen(self.book))

    def action_search(self) -> None:
        """The shelf, with the line that is typed into."""
        if self.waits("search"):
            return
        from tui.screens.shelf import ShelfScreen

        self.app.push_screen(ShelfScreen(searching=True))

    def action_clusters(self) -> None:
        """Sort scans by clusters."""
        if self.waits("clusters"):
            return
        from tui.screens.clusters import ClustersScreen

        self.app.push_screen(ClustersScreen())

    def action_naming(self) -> None:
        """Leaf through the book that is shown and number its pages."""
        from tui.screens.naming import NamingScreen

        if self.book:
            self.app.push_screen(NamingScreen(self.book))

    def action_timeline(self) -> None:
        """How often something is in each book."""
        if self.waits("timeline"):
            return
        from tui.screens.timeline import TimelineScreen

        def chosen(where: tuple[str, str] | None) -> None:
            from tui.screens.shelf import ShelfScreen

            if where is not None:
                self.app.push_screen(ShelfScreen(*where))

        self.app.push_screen(TimelineScreen(""), chosen)

    def waits(self, action: str) -> bool:
        """Whether something has to wait for the studio, and then is done by itself."""
        return False

    # a page by its reference

    def open_reference(self, text: str) -> None:
        """Open the page that a reference means, as ``sb48p005``."""
        if self.monoline.studio is not None:
            folder = str(self.monoline.studio.folder)
            self._wanted, self._finding = text, self.monoline.tracing.ask(self, "find", studio=folder, text=text)

    @on(Answered)
    def _found(self, event: Answered) -> None:
        if event.request == self._finding:
            self._open_found(event.told)

    def _open_found(self, told: dict[str, Any]) -> None:
        """Where it is traced, the page itself; else where it stands on the shelf."""
        from tui.screens.scan import ScanScreen
        from tui.screens.shelf import ShelfScreen

        if told["drawn"]:
            scan = ScanShown(told["page"], Path(told["path"]), Path(told["corrections_path"]))
            self.app.push_screen(ScanScreen([scan]))
        else:
            self.app.push_screen(ShelfScreen(query=self._wanted))

    @on(TracingEnded)
    def _not_found(self, event: TracingEnded) -> None:
        if event.request == self._finding and event.error:
            event.prevent_default()
            event.stop()
            self._finding = 0
            self.post_message(WorkFailed(f"{self._wanted} was not found", event.error))
