"""Folders of shards on the command line: written one drawing at a time, and told about without reading them whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.console import CommandError, progress

if TYPE_CHECKING:
    from drawing.drawing import Drawing

VALID_EVERY = 20
"""Of a source without a valid split, one drawing of this many goes into it."""
LISTED = 1000
"""Most reasons that are kept of drawings left out; all are counted."""
TELL_EVERY = 1000


def convert_to_shards(
    sources: Sequence[Path],
    target: Path,
    change: Callable[[Drawing], tuple[Drawing, list[str]]],
    limit: int | None = None,
) -> tuple[dict[str, Any], list[str]]:
    """Write drawings of some sources into one folder of shards; memory is the same for any number of drawings.

    Args:
        change: what is done to each drawing, and the reasons to leave it out.
        limit: most drawings of each split of each source.

    Returns:
        The JSON of ``dataset convert``, and some of the reasons why drawings were left out.
    """
    from drawing.collection import stream_collection
    from drawing.errors import DrawingError
    from drawing.shard_writer import writing_shards
    from drawing.shards import Source
    from drawing.stroke import to_stroke3
    from model.data import file_hash

    skipped: list[str] = []
    left_out = done = 0
    counts: dict[str, int] = {}
    with writing_shards(target) as writer, progress("converting", 0) as advance:
        for source in sources:
            stream = stream_collection(source)
            skipped += stream.skipped
            lost, kept, seen, before = len(stream.skipped), 0, dict[str, int](), writer.added()
            for split, entry in stream.entries:
                number = seen.get(split, 0)
                seen[split] = number + 1
                if limit is not None and number >= limit:
                    if len(stream.splits) == 1:
                        break
                    continue
                done += 1
                if done % TELL_EVERY == 0:
                    advance(done, done)
                drawing, reasons = change(entry.drawing)
                to = split
                if split == "train" and "valid" not in stream.splits and number % VALID_EVERY == 0:
                    to = "valid"
                if not reasons:
                    try:
                        writer.add(to, to_stroke3(drawing))
                    except DrawingError as error:
                        reasons = [str(error)]
                if reasons:
                    lost += 1
                    if len(skipped) < LISTED:
                        skipped.append(f"{source}#{split}/{number}: {'; '.join(reasons)}")
                    continue
                kept += 1
                counts[to] = counts.get(to, 0) + 1
            left_out += lost
            size = writer.median_side(before)
            writer.sources.append(
                Source(name=source.name, drawings=kept, skipped=lost, size=size, sha256=file_hash(source))
            )
        if not counts:
            first = f"; the first: {skipped[0]}" if skipped else ""
            raise CommandError(f"{target} was not written: none of {done:,} drawings is left{first}")
    sizes = [each.size for each in writer.sources if each.drawings]
    result = {
        "out": [str(target)],
        "drawings": counts,
        "skipped": skipped,
        "left_out": left_out,
        "sources": [each.model_dump() for each in writer.sources],
        "sizes_differ": max(sizes) > 2 * min(sizes),
    }
    return result, skipped


def summary(result: dict[str, Any]) -> str:
    """What was written, for a person: how many drawings of which source, and whether their sizes go together."""
    counts = ", ".join(f"{count:,} {split}" for split, count in result["drawings"].items())
    lines = [f"{result['out'][0]}: {counts}"]
    lines += [
        f"  {each['name']}: {each['drawings']:,} drawings of size {each['size']:.4g}" for each in result["sources"]
    ]
    if result["sizes_differ"]:
        lines.append("Their sizes differ; --fit 200 would bring each drawing to one, which a network learns better.")
    return "\n".join(lines)


def describe_shards(path: Path) -> dict[str, Any]:
    """The JSON of ``dataset info``, from the index and one pass over the rows."""
    import numpy as np

    from drawing.shards import read_shards

    shards = read_shards(path)
    splits: dict[str, Any] = {}
    for split, files in shards.files.items():
        lengths = shards.drawings(split).lengths
        strokes: list[Any] = []
        for file in files:
            ends = file.records()["end"]
            up = file.rows[:, 2] > 0.5
            up[ends - 1] = True
            strokes.append(np.add.reduceat(up.astype(np.int32), np.concatenate([[0], ends[:-1]])))
            file.release()
        splits[split] = {
            "drawings": len(lengths),
            "points": spread(lengths),
            "strokes": spread(np.concatenate(strokes)),
        }
    manifest = shards.manifest
    return {
        "splits": splits,
        "scale": manifest.scale,
        "scale_without_first": manifest.scale_without_first,
        "about": {"sources": [each.model_dump() for each in manifest.sources], "size": manifest.size},
        "skipped": [],
    }


def spread(values: Any) -> dict[str, int] | None:
    """Least, median and most of some numbers."""
    import numpy as np

    if not len(values):
        return None
    middle = np.partition(values, len(values) // 2)[len(values) // 2]
    return {"min": int(np.min(values)), "median": int(middle), "max": int(np.max(values))}
