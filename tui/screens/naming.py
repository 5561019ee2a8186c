"""Naming: a book of loose scans is leafed through, each gets its page number, and all are renamed in one go."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.events import Key, Resize
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.naming import TAGS, Leaf, Plan, read_plan
from tui.screens.asking import Asks
from tui.screens.screen import StudioScreen
from tui.shelf import read_pictures
from tui.widgets.book_dialog import BookDialog
from tui.widgets.dialog import ChoiceDialog, TextDialog
from tui.widgets.half_blocks import PictureView
from tui.widgets.header import StudioHeader
from tui.widgets.keys import Keys

KEYS = "enter keeps   0-9 its number   v variant   V named   y notes  r private  o extra  c cover  a art  g favourite"
DONE = "That was the last one. w renames them all; ctrl+z goes back."
NOTHING = "All scans of {book} have page numbers. b tells its number, dates and cover; esc goes back."


def wrong_variant(text: str) -> str:
    """Why a text can be no variant; nothing if it can."""
    good = text.lstrip("-").replace("-", "").replace("_", "").replace(" ", "").isalnum() and not text[:1].isdecimal()
    return "" if good else "Write v2, or a name for a part of the page, as full-diag."


class NamingScreen(Asks, StudioScreen):
    """The plan on the left, the scan as large as it goes, what it is to be called below."""

    HELP = "**Names.** Leaf through the scans and say which page each is; nothing is renamed before you confirm it."
    AUTO_FOCUS = ""  # keys are the screen's
    BINDINGS = [
        Binding("enter", "accept", "Keep", id="naming.accept"),
        Binding("v", "vary", "Variant", id="naming.vary"),
        Binding("V", "variant", "A part with a name", show=False, id="naming.variant"),
        *(Binding(key, f"tag('{tag}')", f"Tag {tag}", show=False, id=f"naming.tag_{tag}") for key, tag in TAGS.items()),
        Binding("g", "favour", "Favourite", show=False, id="naming.favour"),
        Binding("s", "skip", "As it is", id="naming.skip"),
        Binding("backspace,left", "back", "Back", show=False, id="naming.back"),
        Binding("right", "forward", "Forward", show=False, id="naming.forward"),
        Binding("O", "order", "By name or time", show=False, id="naming.order"),
        Binding("b", "book", "Book", id="naming.book"),
        Binding("w", "rename", "Rename", id="naming.rename"),
        Binding("ctrl+z,u", "undo_naming", "Undo", id="naming.undo"),
        Binding("ctrl+b,f2", "panel", "Panel", show=False, id="naming.panel"),
        Binding("escape,q", "close", "Back", id="naming.close"),
    ]
    DEFAULT_CSS = """
    NamingScreen #leaves { width: 42; height: 1fr; border: round $panel; background: $background; }
    NamingScreen #leaves:focus { border: round $primary; }
    NamingScreen #leaf-column { width: 1fr; height: 1fr; padding: 0 1; }
    NamingScreen #leaf-title { height: 1; text-style: bold; }
    NamingScreen .naming-line { height: auto; max-height: 2; padding: 0 1; color: $foreground 70%; }
    NamingScreen.-narrow #leaves { width: 30; }
    """

    def __init__(self, book: str) -> None:
        super().__init__()
        self.book, self.about = book, dict[str, Any]()
        self.plan = Plan(())
        self.at = 0
        self.by = "name"
        self._typed = ""
        self._asked = self._renaming = False
        self._about_typed: tuple[int, dict[str, Any]] = (0, {})
        self._shown = ""

    def compose(self) -> ComposeResult:
        """Header, the plan, the scan, what it is to be called, footer."""
        yield StudioHeader()
        with Horizontal():
            yield OptionList(id="leaves", classes="panel")
            with Vertical(id="leaf-column"):
                yield Static("", id="leaf-title", markup=False)
                yield PictureView(id="leaf")
        yield Static("", id="leaf-state", classes="naming-line", markup=False)
        yield Static(KEYS, classes="naming-line", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Ask for the plan."""
        options = self.query_one("#leaves", OptionList)
        options.border_title = self.book
        options.can_focus = False
        self._ask()

    def _ask(self) -> None:
        self.ask("naming", self._take, newest="naming", book=self.book, by=self.by)

    def _take(self, told: dict[str, Any]) -> None:
        self.about, self.plan, self._asked = dict(told["book"]), read_plan(told["plan"]), True
        leaves = self.plan.leaves
        self.at = next((index for index, leaf in enumerate(leaves) if not leaf.seen), 0)
        options = self.query_one("#leaves", OptionList)
        options.clear_options()
        options.add_options([Option(_line(leaf)) for leaf in leaves])
        self.show()

    @property
    def leaf(self) -> Leaf | None:
        """The one that is shown; None after the last one."""
        return self.plan.leaves[self.at] if self.at < len(self.plan.leaves) else None

    # showing

    def show(self) -> None:
        """Show where the plan stands, and the scan that comes next."""
        options, leaves = self.query_one("#leaves", OptionList), self.plan.leaves
        with self.prevent(OptionList.OptionHighlighted):
            for index, leaf in enumerate(leaves):
                options.replace_option_prompt_at_index(index, _line(leaf))
            options.highlighted = self.at if self.leaf is not None else None
        self._tell()
        self._picture()

    def _tell(self) -> None:
        leaf, count = self.leaf, len(self.plan.leaves)
        title, state = "", DONE if count else NOTHING.format(book=self.book)
        if leaf is not None:
            title = f"{self.at + 1} of {count}   {leaf.file}"
            name = f"{self._typed}_" if self._typed else leaf.stem
            note = f"   {leaf.note}" if leaf.note else ""
            state = f"page {name}   {leaf.tag}{'   ★ favourite' if leaf.favourite else ''}{note}"
        self.query_one("#leaf-title", Static).update(title)
        self.query_one("#leaf-state", Static).update(state if self._asked else "The book is looked through ...")
        self.refresh_keys()

    def _picture(self) -> None:
        view, leaf = self.query_one("#leaf", PictureView), self.leaf
        width, height = view.size
        if leaf is None or leaf.tag == "private" or not width or not height:
            view.show(None)
            self._shown = ""
            return
        wanted = f"{leaf.file} {width} {height}"
        if wanted == self._shown:
            return
        self._shown = wanted

        def seen(told: dict[str, Any]) -> None:
            if self._shown == wanted:
                view.show(next(iter(read_pictures({"": told["picture"]}).values())))
                if told["picture"] is None:
                    self.query_one("#leaf-title", Static).update(f"{leaf.file}   no picture that can be read")

        fields = {"book": self.book, "columns": width, "rows": height}
        self.ask("leaf", seen, newest="leaf", file=leaf.file, **fields)

    def on_resize(self, event: Resize) -> None:
        """Another room for the scan; once it has taken that."""
        self.call_after_refresh(self._picture)

    # saying what a scan is

    def on_key(self, event: Key) -> None:
        """Digits are a number that is typed."""
        if event.character and event.character.isdecimal() and event.character.isascii() and self.leaf is not None:
            event.stop()
            event.prevent_default()
            if len(self._typed) < 5:
                self._typed += event.character
                self._tell()

    def _changed(self, step: int = 0) -> None:
        self._typed = ""
        self.at = max(0, min(self.at + step, len(self.plan.leaves)))
        self.ask("keep_naming", book=self.book, plan=[leaf.told for leaf in self.plan.leaves])
        self.show()

    def action_accept(self) -> None:
        """It is right as it stands, or has the number that was typed; on to the next."""
        if not self._take_typed():
            self.plan.change(self.at, seen=True)
        self._changed(1)

    def _take_typed(self) -> bool:
        typed, self._typed = self._typed, ""
        if typed:
            self.plan.number(self.at, int(typed))
        return bool(typed)

    def action_vary(self) -> None:
        """It is another scan of the page before."""
        self.plan.vary(self.at)
        self._changed()

    def action_variant(self) -> None:
        """It is a part of its page that has a name."""

        def typed(text: str | None) -> None:
            leaf = self.leaf
            page = int(self._typed) if self._typed else leaf.page if leaf is not None else None
            if text and page is not None:
                named = text if text.startswith("-") or (text[:1] == "v" and text[1:].isdecimal()) else f"--{text}"
                self.plan.number(self.at, page, named)
                self._changed()

        self.app.push_screen(TextDialog("Which part of the page?", "full-diag, or v2", "", wrong_variant), typed)

    def action_tag(self, tag: str) -> None:
        """It is notes, private, extra, a cover, or art, and has the number that was typed."""
        self._take_typed()
        self.plan.change(self.at, tag=tag)
        self._changed()

    def action_favour(self) -> None:
        """It is a favourite, or none."""
        leaf = self.leaf
        if leaf is not None and leaf.key:
            value = not leaf.favourite
            self._take_typed()
            self.ask("decide", what="favourite", keys=[leaf.key], value=value)
            self.plan.change(self.at, favourite=value)
            self._changed()

    def action_skip(self) -> None:
        """It is left as it is."""
        self.plan.change(self.at, page=None, seen=True)
        self._changed(1)

    def action_back(self) -> None:
        """Take away a digit that was typed, or go to the scan before."""
        if self._typed:
            self._typed = self._typed[:-1]
            self._tell()
        else:
            self.go_to(self.at - 1)

    def action_forward(self) -> None:
        """To the next scan."""
        self.go_to(self.at + 1)

    def go_to(self, index: int) -> None:
        """Show another scan."""
        self._typed, self.at = "", max(0, min(index, len(self.plan.leaves) - 1))
        self.show()

    @on(PictureView.Wheeled)
    def _wheeled(self, event: PictureView.Wheeled) -> None:
        self.go_to(self.at + event.step)

    @on(OptionList.OptionSelected, "#leaves")
    def _leaf_chosen(self, event: OptionList.OptionSelected) -> None:
        self.go_to(event.option_index)

    def action_undo_naming(self) -> None:
        """Take back what was said last; before anything was said here, the last renaming."""
        place = self.plan.undo()
        if place is not None:
            self.at = place
            self._changed()
        else:
            self.ask("undo_decision", self._undone)

    def _undone(self, told: dict[str, Any]) -> None:
        words = str(told.get("words") or "")
        self.notify(f"Taken back: {words}" if words else "There is nothing to take back.", timeout=4)
        if words:
            self._ask()

    def action_order(self) -> None:
        """Number them by their names, or by when they were scanned."""
        self.by = "time" if self.by == "name" else "name"
        self.ask("keep_naming", book=self.book, plan=[])
        self.notify(f"Numbered by {self.by}.", timeout=2)
        self._ask()

    # the book

    def action_book(self) -> None:
        """Its number, its dates, and its cover."""
        self._ask_about(self.about)

    def _ask_about(self, fields: dict[str, Any]) -> None:
        def told(fields: dict[str, Any] | None) -> None:
            if fields is not None:
                self._about_typed = self.ask("book", self._booked, book=self.book, fields=fields), fields

        self.app.push_screen(BookDialog(self.book, fields), told)

    def _booked(self, told: dict[str, Any]) -> None:
        self.about = dict(told["book"])
        self.notify(f"{self.book}: kept", timeout=2)

    def action_rename(self) -> None:
        """Ask whether all is right, and rename them."""
        self.ask("check_naming", self._checked, book=self.book, plan=[leaf.told for leaf in self.plan.leaves])

    def _checked(self, told: dict[str, Any]) -> None:
        problems = [str(each) for each in told["problems"]]
        if problems:
            more = f"\n... and {len(problems) - 5:,} more" if len(problems) > 5 else ""
            text = "\n".join(problems[:5]) + more
            self.app.push_screen(ChoiceDialog("Not yet", text, ("Back",)))
            return
        unseen = sum(not leaf.seen for leaf in self.plan.leaves)
        rest = f"\nNobody has looked at {unseen:,} of them." if unseen else ""

        def answered(answer: str | None) -> None:
            if answer == "Rename":
                self._renaming = True
                self.refresh_keys()
                self.ask("rename", self._renamed, book=self.book, plan=[leaf.told for leaf in self.plan.leaves])

        self.app.push_screen(ChoiceDialog("Rename?", f"{self.plan.words}.{rest}", ("Back", "Rename")), answered)

    def _renamed(self, told: dict[str, Any]) -> None:
        self._renaming = False
        self.notify(f"{told['words']}   ctrl+z takes it back", timeout=5)
        self._ask()

    def request_ended(self, request: int, error: str) -> None:
        """After an error it may be tried again."""
        if error:
            self._renaming = False
            self.refresh_keys()
            if request == self._about_typed[0]:
                self._ask_about(self._about_typed[1])

    def action_close(self) -> None:
        """Leave what was typed, or the book; the plan stays as it is."""
        if self._typed:
            self._typed = ""
            self._tell()
        else:
            self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is about a scan needs one."""
        if action in ("accept", "vary", "variant", "tag", "skip", "favour"):
            return True if self.leaf is not None else None
        if action == "rename":
            return True if self.plan.leaves and not self._renaming else None
        return True


def _line(leaf: Leaf) -> Text:
    return Text(leaf.line, "dim" if leaf.page is None else "", no_wrap=True, overflow="ellipsis")
