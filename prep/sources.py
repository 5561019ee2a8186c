"""What can be chosen from: the traced drawings of a studio, and files of drawings that need no tracing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from drawing.collection import stream_collection
from drawing.errors import DrawingError
from drawing.npz import SPLITS
from drawing.svg import read_svg
from prep.report import Report
from prep.select import Candidate
from prep.sketchbook import Skipped
from studio.folder import Studio


@dataclass
class Sources:
    """Candidates of a studio, one by one, and what could not be read on the way."""

    studio: Studio
    reports: Sequence[Report]
    imports: Sequence[str] = ()
    skipped: list[Skipped] = field(default_factory=list[Skipped])

    def __len__(self) -> int:
        """How many there will be, imports not counted."""
        return sum(len(report.drawings) for report in self.reports)

    def __iter__(self) -> Iterator[Candidate]:
        """Traced drawings by page, then imports."""
        for report in self.reports:
            yield from self._traced(report)
        for name in self.imports:
            yield from self._imported(name)

    def _traced(self, report: Report) -> Iterator[Candidate]:
        folder = (self.studio.drawings / report.page).parent
        for each in report.drawings:
            try:
                drawing = read_svg(folder / each.file).drawing
            except DrawingError as error:
                self.skipped.append(Skipped(f"{report.page.rpartition('/')[0]}/{each.file}", str(error)))
                continue
            yield Candidate(
                f"{report.page.rpartition('/')[0]}/{each.file.removesuffix('.svg')}",
                drawing,
                report.page,
                max(report.page_size) * report.mm,
                each.at,
                each.by_hand,
                apart=each.apart,
                origin={
                    "scan": report.scan,
                    "sha256": report.sha256,  # by which it is known whatever it is called
                    "box": list(each.box),
                    "corrections": [str(correction) for correction in report.corrections],
                },
            )

    def _imported(self, name: str) -> Iterator[Candidate]:
        path = self.studio.folder / name  # an absolute one stays as it is
        try:
            stream = stream_collection(path)
            self.skipped += [Skipped(Path(name).name, reason) for reason in stream.skipped]
            several = len(stream.splits) > 1
            named = path.is_dir() or path.suffix.lower() in (".svg", ".svgz")  # in QuickDraw a name is a word
            numbers: Counter[str] = Counter()
            for split, entry in stream.entries:
                place = f"{path.name}#{split}/{numbers[split]}"
                numbers[split] += 1
                # page-1.svg and page-2.svg are of one page
                page = f"{path.name}#{re.sub(r'-[0-9]+$', '', entry.name)}" if named and entry.name else place
                own = split if several and split in SPLITS else ""
                yield Candidate(place, entry.drawing, page, imported=True, split=own, origin={"import": path.name})
        except DrawingError as error:
            self.skipped.append(Skipped(Path(name).name, str(error)))
