"""The frames of the row that is looked at, as the strip below the picture shows them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from exr_inspector_app.exr.sequences.frame_number import frame_number
from exr_inspector_app.gui.session.session import SessionFile, unusual

_frame_number = lru_cache(maxsize=1 << 16)(frame_number)  # all of a strip are asked for whenever one changes


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Entries in the order of their numbers, and which of them a person should know of."""

    entries: tuple[SessionFile, ...] = ()
    numbers: tuple[int, ...] = ()
    damaged: frozenset[int] = frozenset()
    odd: frozenset[int] = frozenset()  # another set-up than most, or unfinished

    def number_of(self, entry: SessionFile | None) -> int | None:
        """The frame number of an entry; None where it is not one of these."""
        for one, number in zip(self.entries, self.numbers, strict=True):
            if one is entry:
                return number
        return None

    def at(self, number: int) -> SessionFile | None:
        """The entry of the frame with the nearest number."""
        if not self.numbers:
            return None
        place = bisect_left(self.numbers, number)
        near = [one for one in (place - 1, place) if 0 <= one < len(self.numbers)]
        return self.entries[min(near, key=lambda one: abs(self.numbers[one] - number))]

    def step(self, entry: SessionFile | None, steps: int) -> SessionFile | None:
        """The entry some frames on, round the ends."""
        if entry not in self.entries:
            return self.entries[0] if self.entries else None
        return self.entries[(self.entries.index(entry) + steps) % len(self.entries)]


def frames_of(entries: Sequence[SessionFile]) -> Frames:
    """The frames of one sequence; none where the entries are not numbered."""
    numbered = [(number, entry) for entry in entries if (number := _frame_number(entry.path)) is not None]
    numbered.sort(key=lambda one: one[0])
    found = [entry for _, entry in numbered]
    numbers = [number for number, _ in numbered]
    others = set(unusual(found))
    odd = {
        number
        for number, entry in numbered
        if entry in others or (entry.record and entry.record.payload["file"]["is_complete"] is False)
    }
    damaged = {number for number, entry in numbered if entry.is_failed}
    return Frames(tuple(found), tuple(numbers), frozenset(damaged), frozenset(odd - damaged))
