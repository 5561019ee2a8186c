"""The stages that sort the shelf: a look at each scan in small, scans into clusters, traced drawings into clusters."""

from __future__ import annotations

from prep.catalog import Catalog
from prep.clusters import cluster, current, sort_items
from prep.drawn import note_drawings
from prep.piles import PILES, Of
from prep.sketchbook import Skipped
from prep.stage import Stage, Work
from studio.events import Progress


def look(work: Work, stage: Stage) -> None:
    """Look at each scan that is new; where scans are sorted, networks see it too, of which one was taught the folders.

    Scans are sorted once somebody has asked for it.
    """
    from prep.embed import embed_scans

    if _is_wanted(work, "scans"):
        from prep.vision import see

        shelf, anew = work.settings.shelf, work.sorting == "scans"
        seen = see(
            work.studio, work.catalog, shelf.backbone, shelf.classify, work.tell, work.should_stop, anew=anew
        ).before
    else:
        seen = embed_scans(work.studio, work.catalog, (), work.tell, work.should_stop)
    stage.fresh = seen.fresh
    for each in seen.skipped:
        path = work.studio.sketchbooks / each.name
        work.skip(stage, Skipped(each.name, each.reason.removeprefix(f"{path} ").removeprefix(f"{path}: ")))
    stage.done = _count(work, "SELECT count(*) FROM looks JOIN shelf ON shelf.id = looks.scan")


def sort(work: Work, stage: Stage) -> None:
    """Put scans into the clusters that there are, or make some."""
    if _is_wanted(work, "scans"):
        shelf = work.settings.shelf
        put = cluster if work.sorting == "scans" else sort_items
        stage.fresh = put(work.catalog, "scans", shelf.clusters, shelf.seed)
        stage.done = _members(work, "scans")


def sift(work: Work, stage: Stage) -> None:
    """Look at the drawings that were traced, and put them into clusters, once somebody has asked for it."""
    if not _is_wanted(work, "drawings"):
        return
    shelf = work.settings.shelf
    note_drawings(
        work.catalog,
        work.studio,
        work.settings.engine,
        work.should_stop,
        lambda done, total: work.tell(Progress(done=done, total=total, what="sift", doing="looking at drawing")),
    )
    if not work.should_stop():
        put = cluster if work.sorting == "drawings" else sort_items
        stage.fresh = put(work.catalog, "drawings", shelf.drawing_clusters, shelf.drawing_seed)
    stage.done = _members(work, "drawings")


def _is_wanted(work: Work, of: Of) -> bool:
    return work.sorting == of or current(work.catalog, of) is not None


def _count(work: Work, sql: str) -> int:
    (count,) = work.catalog.rows(sql)[0]
    return count


def _members(work: Work, of: Of) -> int:
    kept = current(work.catalog, of)
    return 0 if kept is None else _count(work, f"SELECT count(*) FROM members WHERE clustering = {kept.id}")


def sorted_figures(catalog: Catalog, of: Of) -> tuple[int, int, int]:
    """How many scans or drawings are in clusters, and, where there are clusters, how many are not; none is skipped."""
    if current(catalog, of) is None:
        return 0, 0, 0
    sql = f"SELECT count(cluster), count(*) - count(cluster) FROM ({PILES[of]})"
    done, todo = catalog.rows(sql)[0]
    return done, todo, 0
