"""Session filter: which rows are listed, and the keys by which they are sorted."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from exr_inspector_app.contracts import PlanStatus
from exr_inspector_app.exr.sequences.discovery import natural_key
from exr_inspector_app.gui.session.compact_record import section_key
from exr_inspector_app.gui.session.filter_words import FilterWords, parse_filter_words
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_nodes import GroupNode, Node, SessionRow
from exr_inspector_app.gui.session.session_rows import is_incomplete, total_size
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.text.escape import escape_control

_PENDING = (PlanStatus.NEW, PlanStatus.CHANGED, PlanStatus.REFRESH)
_RANKS = ("damaged", "failed", "incomplete", "changed", "inspecting", "waiting", "new", "read", "in library")


class StatusFilter(StrEnum):
    """Choice of rows by status."""

    ALL = "All"
    FINDINGS = "With findings"
    UNFINISHED = "Unfinished"
    PENDING = "New or changed"
    PRESENT = "In library"


class Order(StrEnum):
    """Order of the rows within a folder."""

    ADDED = "As added"
    NAME = "Name"
    ISSUES = "Issues"
    STATUS = "Status"
    SIZE = "Size"
    CHANGED = "Date on disk"


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Filter and order; the default lists all rows as added."""

    text: str = ""
    template: PathTemplate = PathTemplate()  # noqa: RUF009 - immutable; of show, shot, task and version
    only: StatusFilter = StatusFilter.ALL
    order: Order = Order.ADDED
    is_reversed: bool = False

    @property
    def is_filter(self) -> bool:
        """True if rows may be hidden."""
        return bool(self.needles or self.filter_words.where) or self.only is not StatusFilter.ALL

    @property
    def is_plain(self) -> bool:
        """True if no row is hidden or moved."""
        return not self.is_filter and self.order is Order.ADDED and not self.is_reversed

    @property
    def filter_words(self) -> FilterWords:
        """The parsed text."""
        return parse_filter_words(self.text)

    @property
    def needles(self) -> tuple[str, ...]:
        """The search terms; a row must contain all of them."""
        return self.filter_words.needles

    def matching(self, row: Node) -> Generator[None, None, bool]:
        """Return True if the row is listed; yield between the files of a long sequence."""
        if not self._matches(row):
            return False
        where = self.filter_words.where
        if not where:
            return True
        from exr_inspector_app.persistence.record_filter import matches_record  # as `filter_words`

        for entry in row.entries:
            if entry.record is not None and matches_record(entry.record, where, self.template):
                return True
            yield
        return False

    def _matches(self, row: Node) -> bool:
        """Return True if the row has the terms and the status."""
        needles = self.needles
        if needles:
            row.search_text = row.search_text or make_search_text(row)
            if not all(needle in row.search_text or _is_in_frame_path(row, needle) for needle in needles):
                return False
        return _TESTS[self.only](row)

    def key(self, row: Node, position: int) -> Any:
        """Return the sort key of a row; `position` is its position in the order of adding."""
        return position if self.order is Order.ADDED else _KEYS[self.order](row)

    def folder_key(self, group: GroupNode, position: int) -> Any:
        """Return the sort key of a group among its siblings; only name, issues and order of adding move groups."""
        if self.order is Order.NAME:
            return natural_key(group.name.casefold())
        if self.order is Order.ISSUES:
            return -group.totals.errors, -group.totals.warnings
        return position if self.order is Order.ADDED else 0


def make_search_text(row: Node) -> str:
    """Return the text that a filter searches: folder, name, parts, views and channels of a row."""
    lines = [escape_control(os.path.dirname(row.entries[0].path)), row.name]
    # Frames of a sequence mostly share these lists, so only a few of thousands are visited.
    payloads = [entry.record.payload for entry in row.entries if entry.record]
    for parts in {id(payload["parts"]): payload["parts"] for payload in payloads}.values():
        lines += [name for part in parts for name in (part["part_name"], part["view_name"]) if name]
    for payload in {section_key(payload, "channels"): payload for payload in payloads}.values():
        lines += [channel["name"] for channel in payload["channels"]]
    return "\n".join(dict.fromkeys(lines)).casefold()


def _is_in_frame_path(row: Node, needle: str) -> bool:
    """Return True if the path of one frame of a sequence contains the text, such as a pasted file name."""
    if len(row.entries) < 2 or not any(map(str.isdigit, needle)):
        return False
    return any(needle in entry.path.casefold() for entry in row.entries)


def _has_findings(row: Node) -> bool:
    """Return True if a file has findings above a note, or frames are missing or odd."""
    if isinstance(row.shown, SessionRow) and row.shown.badge:
        return True
    return any(entry.is_failed or entry.is_odd or is_incomplete(entry) or _is_warned(entry) for entry in row.entries)


def _is_warned(entry: SessionFile) -> bool:
    return entry.record is not None and any(
        finding["severity"] != "note" for finding in entry.record.payload["validation"]
    )


def _is_unfinished(row: Node) -> bool:
    return any(is_incomplete(entry) for entry in row.entries)


def _is_pending(row: Node) -> bool:
    return any(entry.status in _PENDING for entry in row.entries)


def _is_present(row: Node) -> bool:
    return any(entry.status is PlanStatus.PRESENT for entry in row.entries)


def _rank(row: Node) -> int:
    """Return the rank of the status; urgent statuses come first."""
    return _RANKS.index(row.shown.status) if isinstance(row.shown, SessionRow) else len(_RANKS)


def _issues(row: Node) -> tuple[int, int]:
    """Return the severity: errors come before warnings, and these before rows without issues."""
    return (row.shown.severity if isinstance(row.shown, SessionRow) else 2), _rank(row)


def _size(row: Node) -> int:
    """Return the negative size: the largest row comes first."""
    return -(total_size(row.entries) or 0)


def _age(row: Node) -> tuple[int, ...]:
    """Return the inverted date: the row that changed last comes first."""
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
    Order.ISSUES: _issues,
    Order.STATUS: _rank,
    Order.SIZE: _size,
    Order.CHANGED: _age,
}
