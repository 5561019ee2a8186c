from __future__ import annotations

from pathlib import Path

import pytest
from screens import screen_text, settled
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tui.app import Monoline
from tui.chips import chips
from tui.messages import Busy, CheckpointChosen, PlotterFound
from tui.widgets.header import Chip, StudioHeader

MODES = {"1": "prepare", "2": "train", "3": "sample", "4": "interpolate", "5": "plot"}


class Bare(App[None]):
    """Only a header."""

    def __init__(self, *given: Chip) -> None:
        super().__init__()
        self.given = given

    def compose(self) -> ComposeResult:
        yield StudioHeader()

    def on_mount(self) -> None:
        header = self.query_one(StudioHeader)
        header.tabs = tuple(Monoline.TITLES.items())
        header.current, header.chips = "sample", self.given


async def line(width: int, *given: Chip) -> str:
    async with Bare(*given).run_test(size=(width, 3)) as pilot:
        await pilot.pause()
        return screen_text(pilot.app).splitlines()[0]


STUDIO, DATA = Chip("studio ink"), Chip("data portraits.npz", "portraits")
PLOT = Chip("drawing 34%", "drawing 34%", "plot")


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (120, "studio ink · data portraits.npz · drawing 34%"),
        (98, "data portraits.npz · drawing 34%"),  # the studio goes first
        (80, "portraits · drawing 34%"),  # then what is left grows short
    ],
)
async def test_chips_give_way_one_by_one(width: int, shown: str) -> None:
    tabs, _, right = (await line(width, STUDIO, DATA, PLOT)).partition("5 Plot")
    assert tabs == " 1 Prepare  2 Train  3 Sample  4 Interpolate  "
    assert right.strip() == shown


async def test_names_of_other_screens_give_way_before_work_that_goes_on() -> None:
    assert (await line(60, STUDIO, DATA, PLOT)).split("  ")[:4] == [" 1", "2", "3 Sample", "4"]
    assert (await line(60, STUDIO, DATA, PLOT)).endswith("data portraits.npz · drawing 34%")
    assert (await line(48, STUDIO, DATA, PLOT)).endswith("  portraits · drawing 34%")
    assert (await line(40, STUDIO, DATA, PLOT)).endswith("  drawing 34%")  # work that goes on stays


async def test_without_chips_there_are_tabs() -> None:
    assert await line(80) == " 1 Prepare  2 Train  3 Sample  4 Interpolate  5 Plot"


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_every_screen_is_reached_by_its_number_and_by_the_mouse(studio: Path, size: tuple[int, int]) -> None:
    async with Monoline(studio).run_test(size=size) as pilot:
        await settled(pilot)
        assert isinstance(pilot.app, Monoline)
        pilot.app.sampler.close()  # nothing is to be drawn here
        for key in "2451":
            await pilot.press(key)
            await settled(pilot)
            assert pilot.app.current_mode == MODES[key]
            assert pilot.app.screen_stack[0].query_one(StudioHeader).current == MODES[key]
        at = 0
        for mode, title in tuple(Monoline.TITLES.items())[:2]:
            await pilot.click(StudioHeader, offset=(at + 2, 0))
            await settled(pilot)
            assert pilot.app.current_mode == mode
            at += len(title) + 4


async def header_of(pilot: Pilot[None]) -> str:
    await pilot.pause()
    return screen_text(pilot.app).splitlines()[0]


async def test_chips_tell_of_plotter_network_and_work_and_lead_there(studio: Path) -> None:
    async with Monoline(studio).run_test(size=(160, 36)) as pilot:
        await settled(pilot)
        assert isinstance(pilot.app, Monoline)
        assert "plotter simulator · data stars.npz · net portraits" in await header_of(pilot)
        pilot.app.post_message(PlotterFound("/dev/ttyACM0"))
        pilot.app.post_message(CheckpointChosen(studio / "runs" / "cats" / "model.safetensors"))
        pilot.app.post_message(Busy("training cats", 0.42, "train"))
        await pilot.pause()
        shown = await header_of(pilot)
        assert shown.rstrip().endswith("plotter /dev/ttyACM0 · data stars.npz · net cats · training cats 42%")
        await pilot.click(StudioHeader, offset=(shown.index("training") + 3, 0))
        await settled(pilot)
        assert pilot.app.current_mode == "train"
        assert "training cats 42%" in await header_of(pilot)
        pilot.app.post_message(Busy("training cats", None))
        await pilot.pause()
        assert "training" not in await header_of(pilot)


async def test_the_most_needed_chip_is_the_last(studio: Path) -> None:
    async with Monoline(studio).run_test() as pilot:
        await settled(pilot)
        assert isinstance(pilot.app, Monoline)
        pilot.app.loading = "torch"
        pilot.app.busy["x"] = Busy("plot", 0.5, "plot")
        assert [chip.text for chip in chips(pilot.app)][-2:] == ["loading torch ...", "plot 50%"]
