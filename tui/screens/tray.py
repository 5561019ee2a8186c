"""TrayScreen: the kept drawings, over any screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from configs.errors import MonolineError
from tui.messages import SheetReady, WorkFailed
from tui.print_choice import PrintChoice, load_choice, save_choice
from tui.screens.print_dialog import PrintDialog
from tui.screens.screen import defect
from tui.walk import MOST_ENDS, TOO_MANY
from tui.widgets.dialog import ZoomScreen
from tui.widgets.gallery import Gallery
from tui.widgets.keys import Keys

if TYPE_CHECKING:
    from tui.app import Monoline
    from tui.tray import Kept

EMPTY = "The tray is empty.\n\nIn Sample, [b]k[/b] keeps the drawing under the cursor.\n[b]esc[/b] goes back."


class TrayScreen(ModalScreen[None]):
    """Kept drawings: look, put out, send to Interpolate or Plot."""

    HELP = "**Tray.** What you kept. space marks, w walks between those marked, p plots, d puts one out."
    BINDINGS = [
        Binding("d,delete", "put_out", "Discard", id="tray.put_out"),
        Binding("space", "mark", "Mark", id="tray.mark"),
        Binding("w", "walk", "Walk between", id="tray.walk"),
        Binding("p", "plot", "Plot", id="tray.plot"),
        Binding("o", "paper", "On paper", id="tray.paper"),
        Binding("ctrl+z", "undo", "Undo", id="tray.undo"),
        Binding("escape,t,q", "close", "Back", id="tray.close"),
        *(
            Binding(str(number), f"go({number})", f"To screen {number}", show=False, id=f"tray.{number}")
            for number in range(1, 6)
        ),
    ]
    DEFAULT_CSS = """
    TrayScreen { align: center middle; background: $background 60%; }
    TrayScreen > Vertical { width: 90%; height: 85%; border: round $primary; background: $background; padding: 0 1; }
    TrayScreen #tray-summary { height: 1; color: $foreground 60%; }
    TrayScreen #tray-empty { height: 1fr; content-align: center middle; text-align: center; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._marked: set[str] = set()

    @property
    def _app(self) -> Monoline:
        return cast("Monoline", self.app)

    @property
    def _kept(self) -> list[Kept]:
        return self._app.tray.kept if self._app.tray is not None else []

    def compose(self) -> ComposeResult:
        """A gallery in a frame."""
        with Vertical() as frame:
            frame.border_title = "tray"
            yield Static("", id="tray-summary", markup=False)
            yield Gallery(numbered=False, id="tray-gallery")
            yield Static(EMPTY, id="tray-empty")
        yield Keys(show_command_palette=False)

    def on_mount(self) -> None:
        """Show what there is, and follow it."""
        self._app.changed.subscribe(self, lambda _: self._show())
        self._show()
        self.query_one(Gallery).focus()

    def _show(self) -> None:
        gallery = self.query_one(Gallery)
        names = [kept.label for kept in self._kept]
        gallery.show([kept.drawing for kept in self._kept], names, all_in_view=True, cursor=gallery.cursor)
        gallery.display, self.query_one("#tray-empty").display = bool(names), not names
        self._mark()
        self.refresh_bindings()

    def _mark(self) -> None:
        marked = [index for index, kept in enumerate(self._kept) if kept.name in self._marked]
        self.query_one(Gallery).mark(marked, ())
        count = f"{len(self._kept)} kept" + (f", {len(marked)} marked" if marked else "")
        skipped = self._app.tray.skipped if self._app.tray is not None else []
        count += f", {len(skipped)} files can't be read: {skipped[0]}" if skipped else ""
        self.query_one("#tray-summary", Static).update(count)

    def _chosen(self) -> list[Kept]:
        """What is marked; all of it if nothing is."""
        return [kept for kept in self._kept if kept.name in self._marked] or list(self._kept)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An empty tray can only be closed; a walk needs two ends."""
        if action in ("put_out", "mark", "plot", "paper") and not self._kept:
            return None
        if action == "walk" and len(self._chosen()) < 2:
            return None
        return True

    def action_put_out(self) -> None:
        """Put the drawing under the cursor out of the tray; ctrl+z brings it back."""
        self._app.put_out(self._kept[self.query_one(Gallery).cursor])

    def action_undo(self) -> None:
        """Take back what was done last."""
        self._app.action_undo()

    def action_mark(self) -> None:
        """Mark the drawing under the cursor, or take its mark away."""
        self._marked ^= {self._kept[self.query_one(Gallery).cursor].name}
        self._mark()
        self.refresh_bindings()

    async def action_go(self, number: int) -> None:
        """To one of the screens, as without the tray."""
        self.dismiss()
        await self.app.switch_mode(list(self._app.TITLES)[number - 1])

    async def action_walk(self) -> None:
        """Interpolate between the marked drawings, or all of them."""
        if len(self._chosen()) > MOST_ENDS:
            self.query_one("#tray-summary", Static).update(f"{TOO_MANY}: mark those with space")
            return
        self._app.walk = tuple(kept.end for kept in self._chosen())
        self.dismiss()
        await self.app.switch_mode("interpolate")
        self._app.tell()

    def action_plot(self) -> None:
        """Lay the marked drawings, or all of them, on a sheet and send it to Plot."""
        self.lay_out(self._chosen(), None)

    def action_paper(self) -> None:
        """Choose how they go on paper, then send the sheets to Plot."""
        from drawing.collection import Entry

        studio, chosen = self._app.studio, self._chosen()
        assert studio is not None
        try:
            before = load_choice(studio)
        except MonolineError as error:
            self.app.post_message(WorkFailed("What was chosen for paper is not known any more", str(error)))
            return

        def taken(choice: PrintChoice | None) -> None:
            if choice is not None:
                self.lay_out(chosen, choice)

        entries = [Entry(kept.drawing, kept.name, kept.recipe) for kept in chosen]
        self.app.push_screen(PrintDialog(entries, before, "tray"), taken)

    @work(thread=True, exclusive=True, group="sheet", exit_on_error=False)
    def lay_out(self, chosen: list[Kept], choice: PrintChoice | None) -> None:
        """Lay out in the background, as chosen or as large as they can be."""
        from drawing.collection import Entry
        from tui.sheets import new_sheet, write_all

        studio = self._app.studio
        assert studio is not None
        name = "tray" if len(chosen) > 1 else chosen[0].name
        try:
            entries = [Entry(kept.drawing, kept.name, kept.recipe) for kept in chosen]
            if choice is None:
                files = [new_sheet(studio, entries, name)]
            else:
                save_choice(studio, choice)
                files = write_all(studio, choice.lay_out(entries, name), name)
        except MonolineError as error:
            self.app.post_message(WorkFailed("The sheet was not made", str(error)))
            return
        self.app.call_from_thread(self._laid_out, files)

    def _laid_out(self, files: list[Path]) -> None:
        self.dismiss()
        self.app.post_message(SheetReady(files[0], tuple(files[1:])))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that raised is a defect; say so, and go on."""
        if event.state is WorkerState.ERROR:
            self.app.post_message(defect(event.worker))

    @on(Gallery.Opened)
    def _zoomed(self, event: Gallery.Opened) -> None:
        self.app.push_screen(ZoomScreen(self._kept[event.index].drawing))

    def action_close(self) -> None:
        """Back."""
        self.dismiss()
