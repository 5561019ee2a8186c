"""Clusters: scans that are like each other, named together; then drawings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.screens.sorting import SortingScreen
from tui.shelf import Cluster, Clusters, read_clusters
from tui.widgets.choice_list import ChoiceList
from tui.widgets.dialog import ListDialog
from tui.widgets.half_blocks import PictureView
from tui.widgets.header import StudioHeader
from tui.widgets.keys import Keys
from tui.widgets.thumbnails import Thumb, Thumbnails

IN_VIEW = 16
"""Thumbnails of a cluster that are seen at once."""
ALL_NAMED = "All have names. x shows the farthest first, which are the errors: tab, space marks, a digit moves them."
SORTED = "All of them are being looked at, and what is alike is put together.\nS stops that; R goes on another time."
EMPTY = {
    "scans": "Nobody has sorted the scans yet.\nPress R to look at each of them and put what is alike together.",
    "drawings": "Nobody has sorted the drawings yet.\nR puts them together once r in Prepare has traced them.",
}


class ClustersScreen(SortingScreen):
    """Clusters on the left, what is in one in the middle, the scan under the cursor on the right."""

    HELP = (
        "**Clusters.** Scans that are alike, together: n goes to the next, l says what they hold, ctrl+z takes it back."
    )
    BINDINGS = [
        Binding("n", "cluster(1)", "Next", id="clusters.next"),
        Binding("p", "cluster(-1)", "Before", show=False, id="clusters.before"),
        Binding("N", "unnamed", "Next without a name", show=False, id="clusters.unnamed"),
        Binding("x", "order", "Farthest", id="clusters.order"),
        Binding("m", "merge", "Merge", id="clusters.merge"),
        Binding("d", "turn", "Drawings", id="clusters.turn"),
        Binding("k", "choose_k", "Other clusters", show=False, id="clusters.k"),
        Binding("R", "sort", "Sort", id="clusters.sort"),
        Binding("S", "stop", "Stop", show=False, id="clusters.stop"),
        Binding("e", "map", "Map", id="clusters.map"),
        Binding("s", "same", "All of this label", show=False, id="clusters.same"),
        Binding("ctrl+b,f2", "panel", "Panel", show=False, id="clusters.panel"),
        Binding("escape,q", "close", "Back", id="clusters.close"),
    ]
    DEFAULT_CSS = """
    ClustersScreen #clusters-words { height: auto; max-height: 3; padding: 0 1; color: $foreground 70%; }
    ClustersScreen #clusters { width: 31; height: 1fr; border: round $panel; background: $background; }
    ClustersScreen #clusters:focus { border: round $primary; }
    ClustersScreen #clusters-middle { width: 1fr; height: 1fr; }
    ClustersScreen #clusters-empty { height: 1fr; content-align: center middle; text-align: center; }
    ClustersScreen #clusters-title { height: 1; padding: 0 1; text-style: bold; }
    ClustersScreen #clusters-side { width: 40; padding: 0 1; }
    ClustersScreen #clusters-told { height: 5; color: $foreground 70%; }
    ClustersScreen #clusters-state { height: 1; padding: 0 1; color: $foreground 70%; }
    ClustersScreen.-narrow #clusters { width: 29; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.clusters = Clusters("scans", 0, 0, ())
        self.farthest = False
        self._shown = 0
        """Place of the cluster that is shown."""
        self._all_named = False
        """Whether that is to be told once all is decided."""
        self._asked = False

    def compose(self) -> ComposeResult:
        """Header, what there is, three columns, what a digit does, footer."""
        yield StudioHeader()
        yield Static("", id="clusters-words", markup=False)
        with Horizontal():
            yield ChoiceList(id="clusters")
            with Vertical(id="clusters-middle"):
                yield Static("", id="clusters-title", markup=False)
                yield Thumbnails(id="thumbs")
                yield Static("", id="clusters-empty", markup=False)
            with Vertical(id="clusters-side", classes="panel"):
                yield PictureView(id="large")
                yield Static("", id="clusters-told", markup=False)
        yield Static("", id="clusters-state", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Ask for the clusters."""
        options = self.query_one("#clusters", OptionList)
        options.border_title = "clusters"
        options.focus()
        self.query_one("#clusters-empty").display = False
        self.ask_clusters()

    def ask_clusters(self) -> None:
        """Ask how things are sorted now."""
        self.ask("clusters", self._take_clusters, newest="clusters", of=self.clusters.of)

    def show_progress(self, words: str) -> None:
        """In place of what there is."""
        self.query_one("#clusters-words", Static).update(words)
        self.query_one("#clusters-empty", Static).update(SORTED)

    @property
    def _at(self) -> int:
        """Where the cursor is, also for who is quicker than what is shown."""
        return self.query_one("#clusters", OptionList).highlighted or 0

    @property
    def cluster(self) -> Cluster | None:
        """The one that is shown."""
        every = self.clusters.clusters
        return every[self._at] if self._at < len(every) else None

    @property
    def whole(self) -> bool:
        """Whether a label is meant for the whole cluster: nothing is marked, and the list has the focus."""
        return not self.thumbnails.marked and self.focused is not self.thumbnails

    # the list of clusters

    def _take_clusters(self, told: dict[str, Any]) -> None:
        before, former, asked = self.cluster, self.clusters, self._asked
        self.clusters, self._asked = read_clusters(told), True
        same = asked and (former.of, former.id) == (self.clusters.of, self.clusters.id)
        self.labels = self.clusters.suggested or self.labels
        options, every = self.query_one("#clusters", OptionList), self.clusters.clusters
        options.border_title = f"{self.clusters.of} by cluster"
        with self.prevent(OptionList.OptionHighlighted):
            if same and options.option_count == len(every):
                for index, cluster in enumerate(every):
                    options.replace_option_prompt_at_index(index, _line(cluster))
            else:
                options.clear_options()
                options.add_options([Option(_line(cluster)) for cluster in every])
                options.highlighted = 0 if every else None
        other = "drawings" if self.clusters.of == "scans" else "scans"
        self.query_one("#clusters-words", Static).update(f"{self.clusters.words}   d {other}")
        now = self.cluster
        if not same or now is None or before is None or (before.number, before.size) != (now.number, now.size):
            self.show_cluster()
        else:
            self._tell()

    @on(OptionList.OptionHighlighted, "#clusters")
    def _cluster_chosen(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index == self._at != self._shown:
            self.show_cluster()

    @on(OptionList.OptionSelected, "#clusters")
    def _cluster_opened(self) -> None:
        self.action_label_dialog()

    def show_cluster(self) -> None:
        """Show what is in it, the nearest to its middle first, or the farthest."""
        self._shown = self._at
        empty = self.query_one("#clusters-empty", Static)
        empty.update(SORTED if self.running else EMPTY[self.clusters.of])
        empty.display, self.thumbnails.display = self.cluster is None, self.cluster is not None
        if self.cluster is None:
            self.items, self.listing = {}, {}
            self.thumbnails.begin(0)
            self.item_chosen()
            self.show_large()
        else:
            of, number = self.clusters.of, self.cluster.number
            self.show_list(do="members", of=of, number=number, farthest=self.farthest, fit=IN_VIEW)
        self._tell()

    def _tell(self) -> None:
        cluster, title = self.cluster, ""
        if cluster is not None:
            order = "farthest first" if self.farthest else "nearest first"
            moved = f", {cluster.moved:,} moved by hand" if cluster.moved else ""
            name = f"{cluster.number}  {cluster.label or 'no name yet'}"
            things = self.clusters.of if cluster.size != 1 else self.clusters.of.removesuffix("s")
            title = f"{name}  {cluster.size:,} {things}{moved}, {order}"
        self.query_one("#clusters-title", Static).update(title)
        self.selection_changed()

    def thumb(self, item: Any) -> Thumb:
        """With its label where that is another one."""
        return item.thumb(book=True, label=(self.cluster.label if self.cluster is not None else ""))

    def item_chosen(self) -> None:
        """Tell what is known of it."""
        self.query_one("#clusters-told", Static).update(self.item.told if self.item is not None else "")
        self.selection_changed()

    def selection_changed(self) -> None:
        """Tell what a digit would do."""
        words = ""
        if (cluster := self.cluster) is not None:
            what = f"name cluster {cluster.number}" if self.whole else f"move {self.meant}"
            labels = [label for label in self.labels if label[:1].isdecimal()][:6]
            words = f"tab {'single ones' if self.whole else 'clusters'}   0-9 {what}: {'  '.join(labels)}"
        self.query_one("#clusters-state", Static).update(words)
        self.refresh_keys()

    def on_descendant_focus(self) -> None:
        """A digit does something else now."""
        if self.is_mounted and self._asked:
            self.selection_changed()

    # naming and moving

    def give(self, label: str | None) -> None:
        """Name the cluster and go on to the next that has no name, or move what is meant."""
        if not self.whole:
            super().give(label)
        elif (cluster := self.cluster) is not None:
            self.keep_name("cluster", [cluster.number], label)
            every = list(self.clusters.clusters)  # for who is quicker than the answer
            every[self._at] = replace(cluster, label=label or "", by_hand=label is not None)
            self.clusters = replace(self.clusters, clusters=tuple(every))
            self.query_one("#clusters", OptionList).replace_option_prompt_at_index(self._at, _line(every[self._at]))
            if label and not cluster.label:
                self.action_unnamed()

    def keep_name(self, what: str, numbers: list[int], label: str | None) -> None:
        """Have clusters named, unless there are others by now than those that are seen."""
        self.decide(what, [], label, of=self.clusters.of, numbers=numbers, seen=self.clusters.id)

    def request_ended(self, request: int, error: str) -> None:
        """After a refusal show how it is."""
        super().request_ended(request, error)
        if error and request != self._newest.get("clusters"):
            self.ask_clusters()

    def action_label_dialog(self) -> None:
        """Ask for a label of the cluster, or of what is meant."""
        if not self.whole:
            super().action_label_dialog()
        elif self.cluster is not None:
            self.ask_label(f"Name cluster {self.cluster.number}", self.cluster.label, self.give)

    def decided(self, told: dict[str, Any]) -> None:
        """Counts and names may be others, and so may be labels in view."""
        self._tell_named()
        self.ask_clusters()
        self.reload()

    def action_merge(self) -> None:
        """Put this cluster under the label of another one, as one of them."""
        if (cluster := self.cluster) is None:
            return
        others = {str(each.number): each for each in self.clusters.clusters if each.number != cluster.number}

        def chosen(number: str | None) -> None:
            if number is None:
                return
            numbers = [int(number), cluster.number]
            label = others[number].label or cluster.label
            if label:
                self.keep_name("merge", numbers, label)
            else:
                self.ask_label(
                    f"Name clusters {number} and {cluster.number}",
                    "",
                    lambda label: self.keep_name("merge", numbers, label),
                )

        lines = [(number, each.line) for number, each in others.items()]
        self.app.push_screen(ListDialog(f"Merge cluster {cluster.number} into", lines), chosen)

    # going about

    def action_cluster(self, step: int) -> None:
        """The next cluster, or the one before."""
        if every := self.clusters.clusters:
            self.query_one("#clusters", OptionList).highlighted = (self._at + step) % len(every)

    def action_unnamed(self) -> None:
        """The next cluster that has no name."""
        every = self.clusters.clusters
        for place in range(self._at + 1, self._at + len(every)):
            if not every[place % len(every)].label:
                self.query_one("#clusters", OptionList).highlighted = place % len(every)
                return
        self._all_named = bool(every)
        self._tell_named()

    def _tell_named(self) -> None:
        if self._all_named and self.deciding < 2:  # the last of them
            self._all_named = False
            self.notify(ALL_NAMED, timeout=5)

    def action_order(self) -> None:
        """The farthest from the middle first, which are its errors, or the nearest."""
        self.farthest = not self.farthest
        self.show_cluster()

    def action_same(self) -> None:
        """All that has the label of this cluster, on the shelf."""
        from tui.screens.shelf import ShelfScreen

        if self.cluster is not None and self.cluster.label:
            query = f'label:"{self.cluster.label}"'
            self.app.push_screen(ShelfScreen(query=query), lambda _: self.decided({}))

    def action_turn(self) -> None:
        """From clusters of scans to clusters of the drawings on them, and back."""
        of = "drawings" if self.clusters.of == "scans" else "scans"
        self.clusters, self._asked = Clusters(of, 0, 0, ()), False
        self.ask_clusters()

    def action_map(self) -> None:
        """All of them as dots, near to each other where they are alike."""
        from tui.screens.map import MapScreen

        self.app.push_screen(MapScreen(self.clusters.of), lambda _: self.decided({}))

    def action_close(self) -> None:
        """Leave what is marked, or the clusters."""
        if self.thumbnails.marked:
            self.thumbnails.unmark()
        elif self.focused is self.thumbnails:
            self.query_one("#clusters").focus()
        else:
            self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is about a cluster needs one; scans alone have tags."""
        if action in ("cluster", "unnamed", "order", "label", "label_dialog", "merge", "map"):
            return True if self.cluster is not None else None
        if action == "same":
            return True if self.cluster is not None and self.cluster.label and self.clusters.of == "scans" else None
        if action in ("tag", "favour"):
            return True if self.clusters.of == "scans" and self.item is not None else None
        return super().check_action(action, parameters)


def _line(cluster: Cluster) -> Text:
    return Text(cluster.line, "" if cluster.label else "bold", no_wrap=True, overflow="ellipsis")
