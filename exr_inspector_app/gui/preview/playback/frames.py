"""Frame index of the selected sequence: files by frame number, with damaged and unusual frames."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.gui.session.session import SessionFile, find_odd

STEP_FILES = 1000  # per step of `frame_steps`


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Frames of a sequence in ascending order; damaged and unusual ones by number."""

    entries: tuple[SessionFile, ...] = ()
    numbers: tuple[Frame, ...] = ()
    damaged: frozenset[Frame] = frozenset()
    unusual: frozenset[Frame] = frozenset()  # unlike most frames, or unfinished

    def number_of(self, entry: SessionFile | None) -> Frame | None:
        """Return the frame number of a file, or None if it is not in the sequence."""
        for candidate, number in zip(self.entries, self.numbers, strict=True):
            if candidate is entry:
                return number
        return None

    def find_nearest(self, number: Frame) -> SessionFile | None:
        """Return the file of the frame with the nearest number, or None if there are no frames."""
        if not self.numbers:
            return None
        index = bisect_left(self.numbers, number)
        candidates = [neighbor for neighbor in (index - 1, index) if 0 <= neighbor < len(self.numbers)]
        return self.entries[min(candidates, key=lambda neighbor: abs(self.numbers[neighbor] - number))]

    def step(self, entry: SessionFile | None, steps: int) -> SessionFile | None:
        """Return the file `steps` frames after a file, wrapping around."""
        if entry not in self.entries:
            return self.entries[0] if self.entries else None
        return self.entries[(self.entries.index(entry) + steps) % len(self.entries)]


def collect_frames(entries: Sequence[SessionFile]) -> Frames:
    """Return the frames of files whose names have a frame number; other files are skipped."""
    steps = frame_steps(entries)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            frames: Frames = end.value
            return frames


def frame_steps(entries: Sequence[SessionFile]) -> Generator[None, None, Frames]:
    """Collect frames like `collect_frames`; yield between steps, since thousands of files take several of them."""
    numbered: list[tuple[Frame, SessionFile]] = []
    damaged, unusual = set[Frame](), set[Frame]()
    for at, entry in enumerate(tuple(entries)):
        if at % STEP_FILES == STEP_FILES - 1:
            yield
        file = entry.record.payload["file"] if entry.record else None
        number = file["frame_number"] if file else entry.frame
        if number is None:
            continue
        numbered.append((number, entry))
        if file and file["is_complete"] is False:
            unusual.add(number)
        if entry.is_failed:
            damaged.add(number)
    numbered.sort(key=itemgetter(0))
    files = tuple([entry for _, entry in numbered])
    numbers = tuple([number for number, _ in numbered])
    yield
    outliers = set(find_odd(files))
    unusual |= {number for number, entry in numbered if entry in outliers} if outliers else set()
    return Frames(files, numbers, frozenset(damaged), frozenset(unusual - damaged))
