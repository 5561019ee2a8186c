from __future__ import annotations

from pathlib import Path

import pytest

from prep.errors import PrepError
from prep.naming import Naming, check, count_on, look_at, propose
from prep.plan import read_plan, write_plan
from prep.sketchbook import find_pictures


def put(book: Path, *names: str) -> Path:
    for name in names:
        (book / name).parent.mkdir(parents=True, exist_ok=True)
        (book / name).write_text(name)
    return book


def planned(namings: list[Naming]) -> dict[str, str]:
    return {each.file: each.target({}) for each in namings}


def test_loose_scans_count_on_in_the_order_of_their_names(tmp_path: Path) -> None:
    book = put(
        tmp_path / "sb07", "Scan 9.jpeg", "Scan 10.HEIC", "art/003.jpg", "notes/004.jpg", "🎨 last.TIFF", "x.pdf"
    )
    assert planned(propose(book)) == {
        "Scan 9.jpeg": "art/005.jpg",
        "Scan 10.HEIC": "art/006.heic",
        "🎨 last.TIFF": "art/007.tif",
    }
    assert planned(propose(book, first=1))["Scan 10.HEIC"] == "art/002.heic"
    assert planned(propose(book, first=1))["🎨 last.TIFF"] == "art/005.tif", "3 and 4 are taken"


def test_a_scan_that_has_a_number_keeps_it_and_the_next_counts_on_from_there(tmp_path: Path) -> None:
    book = put(tmp_path, "012.jpg", "012v2.png", "1 plant.jpg", "sb07p040.jpg", "zz.jpg", "notes/sketch.jpg")
    assert planned(propose(book)) == {
        "1 plant.jpg": "art/001.jpg",
        "012.jpg": "art/012.jpg",
        "012v2.png": "art/012v2.png",
        "sb07p040.jpg": "art/040.jpg",
        "notes/sketch.jpg": "notes/041.jpg",
        "zz.jpg": "art/042.jpg",
    }


def test_scans_are_ordered_by_when_they_were_taken(tmp_path: Path) -> None:
    from PIL import Image

    for name, taken in (("b", "2019:03:28 10:00:00"), ("a", "2019:03:28 11:00:00"), ("c", "2018:01:01 00:00:00")):
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9003] = taken
        Image.new("RGB", (64, 64)).save(tmp_path / f"{name}.jpg", exif=exif)
    (tmp_path / "late.jpg").write_bytes(b"no picture")
    assert [each.file for each in propose(tmp_path, by="time")] == ["c.jpg", "b.jpg", "a.jpg", "late.jpg"]


def test_a_scan_that_looks_like_the_one_before_is_a_variant(tmp_path: Path) -> None:
    book = put(tmp_path, *(f"{name}.jpg" for name in "abcd"))
    looks = {
        "a.jpg": b"\x00" * 32,
        "b.jpg": b"\x07" + b"\x00" * 31,
        "c.jpg": b"\x03" + b"\x00" * 31,
        "d.jpg": b"\xff" * 32,
    }
    stems = [(each.stem, each.note) for each in propose(book, looks=looks)]
    assert stems == [("001", ""), ("001v2", "looks like a.jpg"), ("001v3", "looks like b.jpg"), ("002", "")]


def test_a_page_scanned_anew_is_found_by_a_look_and_private_ones_are_not_looked_at(tmp_path: Path) -> None:
    from PIL import Image, ImageDraw

    for name, offset in (("Scan 1", 0), ("Scan 2", 1), ("Scan 3", 150), ("Scan 4", 151)):
        page = Image.new("RGB", (300, 400), "white")
        ImageDraw.Draw(page).rectangle((40 + offset, 60, 90 + offset, 330 - offset), fill="black")
        page.save(tmp_path / f"{name}.jpg")
    (tmp_path / "Scan 9.jpg").write_bytes(b"no picture")
    looks = look_at(tmp_path, {}, {"Scan 4.jpg": "private"})
    assert sorted(looks) == ["Scan 1.jpg", "Scan 2.jpg", "Scan 3.jpg"]
    assert [each.stem for each in propose(tmp_path, looks=looks)] == ["001", "001v2", "002", "003", "004"]


def test_a_number_given_by_hand_is_counted_on_from(tmp_path: Path) -> None:
    namings = propose(put(tmp_path, *(f"{name}.jpg" for name in "abc"), "090.jpg"))
    changed = count_on(namings, namings.index(next(each for each in namings if each.file == "a.jpg")), 75)
    assert sorted(each.stem for each in changed) == ["075", "076", "077", "090"]


@pytest.mark.parametrize(
    ("naming", "reason"),
    [
        (Naming("a.jpg", 1), "is to be 001, which art/001.jpg is already"),
        (Naming("a.jpg", 1, "", "notes"), "is to be 001, which art/001.jpg is already"),
        (Naming("a.jpg", 2), "give one of them a variant, as 002v2"),
        (Naming("a.jpg", 9), "is to be 009, which a private scan is already"),
        (Naming("none.jpg", 3), "is not there"),
        (Naming("../a.jpg", 3), "lies in no folder of the book"),
        (Naming("link.jpg", 3), "is a link; put the file itself there"),
        (Naming("text.txt", 3), "is no picture that can be a scan"),
        (Naming("a.jpg", 3, "/../x"), "is no variant"),
        (Naming("a.jpg", 3, "--a."), "is no variant"),
        (Naming("a.jpg", 3, "", "favourite"), "there is no tag 'favourite'"),
        (Naming("a.jpg", 100_000), "is no number from 0"),
        (Naming("a.jpg", 3, "", "cover"), "is a file, and is to be a folder"),
        (Naming("a.jpg", 3, "", "extra"), "is a link to another folder"),
    ],
)
def test_what_is_in_the_way_of_a_plan_is_told(tmp_path: Path, naming: Naming, reason: str) -> None:
    book = put(tmp_path / "sb", "a.jpg", "b.jpg", "art/001.jpg", "priv/009.png", "text.txt", "cover")
    (book / "link.jpg").symlink_to("a.jpg")
    (tmp_path / "elsewhere").mkdir()
    (book / "xtra").symlink_to(tmp_path / "elsewhere")
    problems = check(book, [Naming("b.jpg", 2), naming])
    assert [reason in str(each) for each in problems] == [True]


def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = put(tmp_path / "sb", "a.jpg", "art/001.jpg")
    monkeypatch.setattr("prep.naming.os.access", lambda path, _mode: Path(path).name != "art")
    assert list(map(str, check(book, [Naming("a.jpg", 2)]))) == ["sb/art: can't be written; change its permissions"]


def test_a_plan_is_changed_as_a_table(tmp_path: Path) -> None:
    book = put(tmp_path / "book", 'Scan "1".jpg', "Scan\t2.jpg", "🎨.png")
    plan = tmp_path / "plan.tsv"
    namings = propose(book)
    write_plan(plan, namings)
    assert [(each.file, each.stem, each.tag) for each in read_plan(plan, book)] == [
        (each.file, each.stem, each.tag) for each in namings
    ]
    plan.write_text("\ufeffpage\tfile\ttag\n75v2\t🎨.png\tpriv\n\tx.jpg\t\n77\ty.jpg\textra\n", encoding="utf-8")
    changed = [(each.file, each.page, each.variant, each.tag) for each in read_plan(plan, book)]
    assert changed == [("🎨.png", 75, "v2", "private"), ("x.jpg", None, "", "art"), ("y.jpg", 77, "", "extra")]
    plan.write_text("file\tpage\na.jpg\tseven\n")
    with pytest.raises(PrepError, match=r"line 2: 'seven' is no page number"):
        read_plan(plan, book)
    plan.write_text("a,b\n1,2\n")
    with pytest.raises(PrepError, match="columns"):
        read_plan(plan, book)


def test_links_in_circles_are_walked_once(tmp_path: Path) -> None:
    put(tmp_path / "book", "1.jpg")
    (tmp_path / "book" / "round").symlink_to(tmp_path / "book", target_is_directory=True)
    (tmp_path / "book" / "self").symlink_to("self")
    left_out: list[str] = []
    assert [path.name for path in find_pictures(tmp_path / "book", lambda path, _: left_out.append(path.name))] == [
        "1.jpg"
    ]
    assert left_out == ["round"]
