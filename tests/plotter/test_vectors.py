from __future__ import annotations

from pathlib import Path

import pytest

from plotter.errors import PlotterError
from plotter.vectors import check_vectors


def test_every_vector_that_a_real_board_counted_is_reproduced(data: Path) -> None:
    checked = check_vectors(data / "ebb_motion_vectors.csv")
    assert checked.failures == ()
    assert (checked.matched, checked.total, checked.other) == (140, 140, 0)


def test_a_vector_that_is_off_by_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "vectors.csv"
    head = "command,ticks,steps,accumulator,rate,position\n"
    good, off = '"LM,268435456,5,0,0,0,0",40,5,0,268435456,5\n', '"LM,268435456,5,0,0,0,0",41,5,0,268435456,5\n'
    path.write_text(head + good + off + '"XX,1",1,1,1,1,1\n')
    checked = check_vectors(path)
    assert (checked.matched, checked.total, checked.other) == (1, 2, 1)
    assert "line 3" in checked.failures[0]


@pytest.mark.parametrize("row", ["LM,1", '"LM,a,5,0,0,0,0",40,5,0,1,5', '"LM,1,5",40,5,0,1,5'])
def test_a_file_that_holds_no_vectors_is_refused_with_its_line(tmp_path: Path, row: str) -> None:
    path = tmp_path / "vectors.csv"
    path.write_text(f"command,ticks,steps,accumulator,rate,position\n{row}\n")
    with pytest.raises(PlotterError, match="line 2"):
        check_vectors(path)


HEAD = "command,ticks,steps,accumulator,rate,position"


@pytest.mark.parametrize(
    "row",
    [
        '"L3,268435456,5,0,0,0,0,0,0",40,5,0,268435456,5',
        '"L3,268435456,-5,0,0,0,0,0,0",40,5,2147483647,-268435456,-5',
        '"L3,268435456,5,0,0,0,0,0,0,268435456",39,5,0,268435456,5',
        '"T3,40,268435456,0,0,0,0,0",40,5,0,268435456,5',
        '"TD,20,268435456,268435456,0,0,0,0,0,0",40,5,0,268435456,5',
        # the accumulators of both may start anew
        '"TD,12,268435456,268435456,0,0,0,0,0,0",24,2,1073741824,268435456,2',
        '"TD,12,268435456,268435456,0,0,0,0,0,0",24,3,0,268435456,3',
        '"SM,26,75,0",651,75,208404480,247726080,75',
        '"SM,26,75,0",650,75,11200,247786592,75',
        '"SM,10,250,0",250,250,0,2147483648,250',
        '"XM,26,50,25",651,75,208404480,247726080,75',
        '"HM,3000,75,0",626,75,251133952,257687552,75',
        '"HM,3000,-75,0",626,75,251133952,-257687552,-75',
        '"hm,3000",,,,,0',
    ],
)
def test_a_vector_of_any_kind_and_firmware_is_worked_out(tmp_path: Path, row: str) -> None:
    path = tmp_path / "vectors.csv"
    path.write_text(f"{HEAD}\n{row}\n")
    checked = check_vectors(path)
    assert checked.failures == ()
    assert (checked.matched, checked.total, checked.other) == (1, 1, 0)


def test_a_column_may_tell_the_firmware_and_others_may_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "vectors.csv"
    path.write_text('firmware,command,ticks,position\n2.6.5,"SM,10,250,0",250,250\n2.8.1,"SM,10,250,0",250,250\n')
    checked = check_vectors(path)
    assert (checked.matched, checked.total) == (1, 2)
    assert "line 3" in checked.failures[0]
    assert "worked out 251" in checked.failures[0]
