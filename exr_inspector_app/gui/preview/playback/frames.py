"""Frame index of the selected sequence: files by frame number, with damaged and unusual frames."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.gui.session.session import SessionFile, find_odd


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
    numbered = [(number, entry) for entry in entries if (number := entry.frame) is not None]
    numbered.sort(key=lambda item: item[0])
    files = [entry for _, entry in numbered]
    numbers = [number for number, _ in numbered]
    outliers = set(find_odd(files))
    unusual = {
        number
        for number, entry in numbered
        if entry in outliers or (entry.record and entry.record.payload["file"]["is_complete"] is False)
    }
    damaged = {number for number, entry in numbered if entry.is_failed}
    return Frames(tuple(files), tuple(numbers), frozenset(damaged), frozenset(unusual - damaged))
