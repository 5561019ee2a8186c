"""TrayScreen: the kept drawings, over any screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, Static

from configs.errors import MonolineError
from tui.checkpoints import networks
from tui.screens.tray_sheet import TraySheetScreen
from tui.walk import MOST_ENDS, TOO_MANY
from tui.widgets.dialog import ListDialog, TextDialog, ZoomScreen
from tui.widgets.gallery import Gallery
from tui.widgets.keys import Keys

if TYPE_CHECKING:
    from tui.tray import Kept

MORE = (
    ("favourite", "f  a favourite, or no more so"),
    ("note", "n  note something of it"),
    ("rename", "r  call it something else"),
    ("find", "/  find by seed, temperature, kind, note ..."),
    ("favourites", "F  favourites only, or all"),
    ("sort", "s  another order"),
    ("paper", "o  paper and layout, then to Plot"),
    ("undo", "^z what was done last is taken back (ctrl+z)"),
)
"""Actions of the menu, and what they are called there."""
NEEDS_DRAWING = ("put_out", "mark", "plot", "paper", "favourite", "note", "rename")
NONE = "Nothing here is so.\n\n[b]esc[/b] shows all again."
EMPTY = "The tray is empty.\n\nIn Sample, [b]k[/b] keeps the drawing under the cursor.\n[b]esc[/b] goes back."


class TrayScreen(TraySheetScreen):
    """Kept drawings: look, put out, send to Interpolate or Plot."""

    HELP = "**Tray.** What you kept. space marks, w walks between those marked, p plots, d puts one out."
    BINDINGS = [
        Binding("d,delete", "put_out", "Discard", id="tray.put_out"),
        Binding("space", "mark", "Mark", id="tray.mark"),
        Binding("w", "walk", "Walk", id="tray.walk"),
        Binding("p", "plot", "Plot", id="tray.plot"),
        Binding("slash", "find", "Find", key_display="/", id="tray.find"),
        Binding("a", "more", "More", id="tray.menu"),
        Binding("o", "paper", "On paper", show=False, id="tray.paper"),
        Binding("f", "favourite", "Favourite", show=False, id="tray.favourite"),
        Binding("F", "favourites", "Only favourites", show=False, id="tray.favourites"),
        Binding("n", "note", "Note", show=False, id="tray.note"),
        Binding("r", "rename", "Rename", show=False, id="tray.rename"),
        Binding("s", "sort", "Sort", show=False, id="tray.sort"),
        Binding("ctrl+z", "undo", "Undo", show=False, id="tray.undo"),
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
    TrayScreen #tray-about { height: auto; max-height: 3; color: $foreground 80%; }
    TrayScreen #tray-find { display: none; height: 1; border: none; padding: 0; }
    TrayScreen.-finding #tray-find { display: block; }
    TrayScreen #tray-empty { height: 1fr; content-align: center middle; text-align: center; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._sort, self._search, self._fault = "kept", "", ""

    @property
    def _all(self) -> list[Kept]:
        return self._app.tray.kept if self._app.tray is not None else []

    def _look(self) -> None:
        """Find out again which are in view; a word that can't be understood leaves them as they are."""
        if not self._search and self._sort == "kept":
            self._kept, self._fault = list(self._all), ""
            return
        from drawing.search import in_order, read_search

        try:
            found = read_search(self._search, networks()).of(self._all)
        except MonolineError as error:
            self._fault = str(error)
            found = [kept for kept in self._kept if kept in self._all]
        else:
            self._fault = ""
        self._kept = in_order(found, self._sort)

    def compose(self) -> ComposeResult:
        """A gallery in a frame."""
        with Vertical() as frame:
            frame.border_title = "tray"
            yield Static("", id="tray-summary", markup=False)
            yield Input(placeholder='seed:7 temp:0.2-0.4 kind:interpolate fav note:"left hand"', id="tray-find")
            yield Gallery(numbered=False, id="tray-gallery")
            yield Static(EMPTY, id="tray-empty")
            yield Static("", id="tray-about", markup=False)
        yield Keys(show_command_palette=False)

    def on_mount(self) -> None:
        """Show what there is, and follow it."""
        self._app.changed.subscribe(self, lambda _: self._show())
        self._show()
        self.query_one(Gallery).focus()

    def on_unmount(self) -> None:
        """Nobody listens any more; else the tray would be held as long as nothing changes."""
        self._app.changed.unsubscribe(self)

    def _show(self) -> None:
        gallery = self.query_one(Gallery)
        here = self._here
        self._look()
        names = [kept.caption for kept in self._kept]
        paths = [kept.path for kept in self._kept]
        cursor = paths.index(here.path) if here is not None and here.path in paths else gallery.cursor
        gallery.show([kept.drawing for kept in self._kept], names, all_in_view=True, cursor=cursor)
        empty = self.query_one("#tray-empty", Static)
        gallery.display, empty.display = bool(names), not names
        empty.update(NONE if self._all else EMPTY)
        self._mark()
        self.refresh_bindings()

    def _mark(self) -> None:
        marked = [index for index, kept in enumerate(self._kept) if kept.name in self._marked]
        self.query_one(Gallery).mark(marked, ())
        seen = f"{len(self._kept)} of {len(self._all)}" if len(self._kept) < len(self._all) else f"{len(self._kept)}"
        count = f"{seen} kept" + (f", {len(marked)} marked" if marked else "")
        count += f", by {self._sort}" if self._sort != "kept" else ""
        count += f"   {self._search}" if self._search and not self.has_class("-finding") else ""
        skipped = self._app.tray.skipped if self._app.tray is not None else []
        count += f", {len(skipped)} files can't be read: {skipped[0]}" if skipped else ""
        self.query_one("#tray-summary", Static).update(self._fault or count)
        self._tell_about()

    @property
    def _here(self) -> Kept | None:
        """The one under the cursor, as it is by now."""
        cursor = self.query_one(Gallery).cursor
        return self._now(self._kept[cursor]) if cursor < len(self._kept) else None

    def _now(self, kept: Kept) -> Kept:
        """A drawing with what was said of it meanwhile; a key may come before that is shown."""
        return next((each for each in self._all if each.path == kept.path), kept)

    @on(Gallery.Chosen)
    def _tell_about(self) -> None:
        here = self._here
        self.query_one("#tray-about", Static).update("" if here is None else about(here))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An empty tray can only be closed; a walk needs two ends."""
        if action in NEEDS_DRAWING and not self._kept:
            return None
        if action in ("find", "sort", "favourites") and not self._all:
            return None
        if action == "walk" and len(self._chosen()) < 2:
            return None
        return True

    def action_put_out(self) -> None:
        """Put the drawing under the cursor out of the tray; ctrl+z brings it back."""
        if (here := self._here) is not None:
            self._app.put_out(here)

    def action_undo(self) -> None:
        """Take back what was done last."""
        self._app.action_undo()

    def action_mark(self) -> None:
        """Mark the drawing under the cursor, or take its mark away."""
        if (here := self._here) is not None:
            self._marked ^= {here.name}
        self._mark()
        self.refresh_bindings()

    # what is said of it

    async def action_more(self) -> None:
        """A menu of what else can be done."""
        lines = [(action, words) for action, words in MORE if self.check_action(action, ())]

        async def chosen(action: str | None) -> None:
            if action is not None:
                await self.run_action(action)

        self.app.push_screen(ListDialog("With this drawing, and with the tray", lines), chosen)

    def action_favourite(self) -> None:
        """Make the drawing under the cursor a favourite, or no more so."""
        if (here := self._here) is not None:
            self._app.say(here, replace(here.about, favourite=not here.about.favourite))

    def action_note(self) -> None:
        """Note something of the drawing under the cursor; nothing takes a note away."""
        if (here := self._here) is None:
            return

        def noted(text: str | None) -> None:
            if text is not None and text != here.about.note:
                now = self._now(here)
                self._app.say(now, replace(now.about, note=text))

        hint = "a few words; none takes the note away"
        self.app.push_screen(TextDialog(f"Note of {here.label}", hint, here.about.note, lambda _: ""), noted)

    def action_rename(self) -> None:
        """Call the drawing under the cursor something else."""
        here, tray = self._here, self._app.tray
        if here is None or tray is None:
            return

        def named(name: str | None) -> None:
            if name is not None:
                self._app.rename(here, name)

        dialog = TextDialog("Call it", "its file's name", here.name, lambda name: tray.wrong_name(here, name))
        self.app.push_screen(dialog, named)

    # which are in view

    def action_find(self) -> None:
        """Type what to look for; what is found is in view while it is typed."""
        self.add_class("-finding")
        self.query_one(Input).focus()
        self._mark()

    @on(Input.Changed, "#tray-find")
    def _typed(self, event: Input.Changed) -> None:
        self._search = event.value.strip()
        self._show()

    @on(Input.Submitted, "#tray-find")
    def _found(self) -> None:
        if not self._fault:
            self._leave_find()

    def _leave_find(self) -> None:
        self.remove_class("-finding")
        self.query_one(Gallery).focus()
        self._show()

    def action_favourites(self) -> None:
        """Favourites only, or all."""
        words = [word for word in self._search.split() if word != "fav"]
        self._look_for(" ".join(words if len(words) < len(self._search.split()) else [*words, "fav"]))

    def _look_for(self, text: str) -> None:
        with self.prevent(Input.Changed):
            self.query_one(Input).value = text
        self._search = text
        self._show()

    def action_sort(self) -> None:
        """The next order."""
        from drawing.search import SORTS

        orders = list(SORTS)
        self._sort = orders[(orders.index(self._sort) + 1) % len(orders)]
        self._show()

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

    @on(Gallery.Opened)
    def _zoomed(self) -> None:
        if (here := self._here) is not None:
            self.app.push_screen(ZoomScreen(here.drawing, words=about(here)))

    def action_close(self) -> None:
        """Back: from what is typed, from what was found to all, then to the screen."""
        if self.has_class("-finding"):
            self._look_for("")
            self._leave_find()
        elif self._search:
            self._look_for("")
        else:
            self.dismiss()


def about(kept: Kept) -> str:
    """What is known of a drawing, in a line or two."""
    recipe, drawing = kept.recipe, kept.drawing
    strokes = "1 stroke" if len(drawing.lines) == 1 else f"{len(drawing.lines)} strokes"
    how = "" if recipe is None else f"  {recipe.kind}, seed {recipe.seed}"
    how += "" if recipe is None or recipe.temperature is None else f", temperature {recipe.temperature:g}"
    strength = None if recipe is None else recipe.settings.get("strength")
    how += f", strength {strength:g}" if isinstance(strength, int | float) and strength != 1 else ""
    star = "★ " if kept.about.favourite else ""
    note = f"\n✎ {kept.about.note}" if kept.about.note else ""
    return f"{star}{kept.name}{how}, {strokes}, {drawing.points} points{note}"
