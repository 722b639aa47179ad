"""Which rows of the session are listed, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from exr_inspector_app.contracts import PlanStatus
from exr_inspector_app.exr.sequences.discovery import natural_key
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_rows import Node, SessionRow, is_incomplete, size_of
from exr_inspector_app.text.escape import escape_control

_PENDING = (PlanStatus.NEW, PlanStatus.CHANGED, PlanStatus.REFRESH)
_RANKS = ("damaged", "failed", "incomplete", "changed", "inspecting", "waiting", "new", "read", "in library")


class StatusFilter(StrEnum):
    """Which rows a person wants to see."""

    ALL = "All"
    FINDINGS = "With findings"
    UNFINISHED = "Unfinished"
    PENDING = "New or changed"
    PRESENT = "In library"


class Order(StrEnum):
    """By what the rows of a folder stand in order."""

    ADDED = "As added"
    NAME = "Name"
    STATUS = "Status"
    SIZE = "Size"
    CHANGED = "Date on disk"


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """A filter and an order; the plain one lists every row in the order in which they came."""

    text: str = ""
    only: StatusFilter = StatusFilter.ALL
    order: Order = Order.ADDED
    is_turned: bool = False  # the order the other way round

    @property
    def is_filter(self) -> bool:
        """True where rows may be hidden."""
        return bool(self.needles) or self.only is not StatusFilter.ALL

    @property
    def is_plain(self) -> bool:
        """True where nothing is hidden or moved."""
        return not self.is_filter and self.order is Order.ADDED and not self.is_turned

    @property
    def needles(self) -> list[str]:
        """The words that a row must have, all of them."""
        return self.text.casefold().split()

    def takes(self, row: Node) -> bool:
        """True where the row is listed."""
        needles = self.needles
        if needles:
            row.words = row.words or words_of(row)
            if not all(needle in row.words or _is_in_frames(row, needle) for needle in needles):
                return False
        return _TESTS[self.only](row)

    def key(self, row: Node, place: int) -> Any:
        """What the rows of a folder are put in order by; `place` is that in which they came."""
        return place if self.order is Order.ADDED else _KEYS[self.order](row)

    def folder_key(self, group: Node, place: int) -> Any:
        """What folders are put in order by; sizes, times and statuses are those of rows and move no folder."""
        if self.order is Order.NAME:
            return natural_key(group.name.casefold())
        return place if self.order is Order.ADDED else 0


def words_of(row: Node) -> str:
    """The words of a row: its folder, its name, its parts, views and channels."""
    assert row.parent is not None
    words = [escape_control(row.parent.name), row.name]
    # Frames of a sequence mostly share these lists, so that few of thousands are walked.
    payloads = [entry.record.payload for entry in row.entries if entry.record]
    for parts in {id(one["parts"]): one["parts"] for one in payloads}.values():
        words += [part[name] for part in parts for name in ("part_name", "view_name") if part[name]]
    for channels in {id(one["channels"]): one["channels"] for one in payloads}.values():
        words += [channel["name"] for channel in channels]
    return "\n".join(dict.fromkeys(words)).casefold()


def _is_in_frames(row: Node, needle: str) -> bool:
    """True where one frame of a sequence has these letters, as a name that was pasted."""
    if len(row.entries) < 2 or not any(map(str.isdigit, needle)):
        return False
    return any(needle in entry.path.casefold() for entry in row.entries)


def _has_findings(row: Node) -> bool:
    """True where the checks found something that is more than a note, or frames are missing or odd."""
    if isinstance(row.shown, SessionRow) and row.shown.badge:
        return True
    return any(entry.is_failed or entry.is_odd or is_incomplete(entry) or _is_warned(entry) for entry in row.entries)


def _is_warned(entry: SessionFile) -> bool:
    return entry.record is not None and any(one["severity"] != "note" for one in entry.record.payload["validation"])


def _is_unfinished(row: Node) -> bool:
    return any(is_incomplete(entry) for entry in row.entries)


def _is_pending(row: Node) -> bool:
    return any(entry.status in _PENDING for entry in row.entries)


def _is_present(row: Node) -> bool:
    return any(entry.status is PlanStatus.PRESENT for entry in row.entries)


def _rank(row: Node) -> int:
    """What needs a person comes first."""
    return _RANKS.index(row.shown.status) if isinstance(row.shown, SessionRow) else len(_RANKS)


def _size(row: Node) -> int:
    """The largest comes first."""
    return -sum(size_of(entry) or 0 for entry in row.entries)


def _age(row: Node) -> tuple[int, ...]:
    """What changed last comes first."""
    times = (entry.record.payload["file"]["mtime"] or "" for entry in row.entries if entry.record)
    return tuple(-ord(letter) for letter in max(times, default=""))


_TESTS: dict[StatusFilter, Callable[[Node], bool]] = {
    StatusFilter.ALL: lambda row: True,
    StatusFilter.FINDINGS: _has_findings,
    StatusFilter.UNFINISHED: _is_unfinished,
    StatusFilter.PENDING: _is_pending,
    StatusFilter.PRESENT: _is_present,
}
_KEYS: dict[Order, Callable[[Node], Any]] = {
    Order.NAME: lambda row: natural_key(row.name.casefold()),
    Order.STATUS: _rank,
    Order.SIZE: _size,
    Order.CHANGED: _age,
}
