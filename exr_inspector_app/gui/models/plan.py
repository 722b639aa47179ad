"""What a publish would do, grouped and folded by sequence, as rows that only need painting."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from exr_inspector_app.contracts import Plan, PlanItem, PlanStatus, Record
from exr_inspector_app.exr.folding import FrameSequence, fold, ranges
from exr_inspector_app.gui.words import several
from exr_inspector_app.report import plain

Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
SHOWN_ROWS = 4  # of one group, before the rest folds into one row
_TAIL = 4  # folders and name that a title keeps


class Group(StrEnum):
    """Where a file stands in a publish, in the words and the order of the sheet's counts."""

    NEW = "New"
    PRESENT = "Already there"
    CHANGED = "Changed"
    INCOMPLETE = "Incomplete"
    FAILED = "Failed"


LIST_ORDER = (Group.NEW, Group.CHANGED, Group.INCOMPLETE, Group.FAILED, Group.PRESENT)


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that cannot be published, and the sentence that says why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Heading:
    """The title row of a group."""

    group: Group
    note: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One sequence or single file of a group."""

    group: Group
    title: str
    reason: str
    count: int
    tip: str
    records: tuple[Record, ...] = ()
    is_included: bool = False  # only asked of incomplete ones

    @property
    def copied(self) -> str:
        """What the copy button gives: the path and the reason."""
        return f"{self.tip}\n{self.reason}"


@dataclass(frozen=True, slots=True)
class More:
    """The row that stands for the lines of a group that are not shown yet."""

    group: Group
    lines: int
    files: int


Row = Heading | Line | More


def group_of(item: PlanItem) -> Group:
    """Which group a planned record belongs to; what is there already needs nobody's decision."""
    if item.status is PlanStatus.PRESENT:
        return Group.PRESENT
    if item.is_incomplete:
        return Group.INCOMPLETE
    return {PlanStatus.NEW: Group.NEW, PlanStatus.CHANGED: Group.CHANGED}.get(item.status, Group.PRESENT)


def lines(plan: Plan, failed: Iterable[Failed]) -> list[Line]:
    """One line for each sequence within each group, in the order of the plan."""
    folded: dict[tuple[Group, str], list[PlanItem]] = {}
    paths: dict[str, list[str]] = {}
    for item in plan.items:
        key = item.record.identity.sequence_key
        folded.setdefault((group_of(item), key), []).append(item)
        paths.setdefault(key, []).append(item.record.identity.file_path)
    sequences = {key: fold(members)[0] for key, members in paths.items()}
    made = [_line(group, items, sequences[key]) for (group, key), items in folded.items()]
    made += [Line(Group.FAILED, tail(one.path), plain(one.reason), 1, plain(one.path)) for one in failed]
    return made


def _line(group: Group, items: Sequence[PlanItem], sequence: FrameSequence) -> Line:
    path = items[0].record.identity.file_path
    if len(items) > 1:
        path = posixpath.join(sequence.folder, sequence.pattern)
    return Line(
        group=group,
        title=tail(path),
        reason=_reason(group, items, sequence),
        count=len(items),
        tip=plain(path),
        records=tuple(item.record for item in items),
    )


def _reason(group: Group, items: Sequence[PlanItem], sequence: FrameSequence) -> str:
    """Why the files are in this group, with what a person should know about the sequence."""
    first = items[0]
    if group is Group.INCOMPLETE:
        return _chunks(first.record)
    if group is Group.CHANGED:
        since = _date(first.known_since)
        return f"Same path, new header. The rows of {since} stay" if since else "Same path, new header"
    if group is Group.PRESENT:
        is_refresh = any(item.status is PlanStatus.REFRESH for item in items)
        return "Same header, date or size is refreshed" if is_refresh else "Same path, same header"
    deep = ", deep" if first.record.payload["file"]["is_deep"] else ""
    return f"Header not in this library{deep}{_gaps(sequence.missing)}"


def _gaps(frames: tuple[int, ...]) -> str:
    """What a person should know about a sequence that is not whole."""
    if not frames:
        return ""
    if len(frames) == 1:
        return f". Frame {frames[0]} is missing on disk"
    told = ranges(frames)
    return (
        f". Frames {told} are missing on disk" if len(told) <= 40 else f". {len(frames):,} frames are missing on disk"
    )


def _chunks(record: Record) -> str:
    """How far an unfinished file has been written."""
    parts = record.payload["parts"]
    total = sum(part["chunk_count"] or 0 for part in parts)
    if any(part["chunks_present"] is None for part in parts):
        return f"Some of {total:,} chunks are written"
    present = sum(part["chunks_present"] or 0 for part in parts)
    return f"{present:,} of {total:,} chunks are written" if total else "The file ends before its pixels do"


def tail(path: str) -> str:
    """The name with the few folders above it."""
    words = plain(path).replace("\\", "/").split("/")
    return "/".join(words[-_TAIL:]) if len(words) > _TAIL + 1 else plain(path)


def _date(timestamp: str | None) -> str:
    """`2 Nov 2026` of an ISO 8601 text."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    found = re.match(r"(\d{4})-(\d\d)-(\d\d)", timestamp or "")
    return f"{int(found[3])} {months[int(found[2]) - 1]} {found[1]}" if found else ""


def _note(group: Group, files: int, included: int) -> str:
    """What becomes of a group's files."""
    one = files == 1
    verb = "is" if one else "are"
    words = {
        Group.NEW: "will be added",
        Group.CHANGED: "will be added beside the old one" + ("" if one else "s"),
        Group.FAILED: f"{verb} left out",
        Group.INCOMPLETE: f"{verb} left out" if not included else f"found, {included:,} included",
    }
    if group is Group.PRESENT:
        return f"{several(files, 'file')}: date and size are refreshed, no new rows"
    return f"{several(files, 'file')} {words[group]}"


class PlanModel(QAbstractListModel):
    """The rows of the publish sheet; groups open and close, incomplete lines can be included."""

    choice_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: dict[Group, list[Line]] = {}
        self._open: set[Group] = set(LIST_ORDER) - {Group.PRESENT}
        self._whole: set[Group] = set()
        self._rows: list[Row] = []

    def show_plan(self, made: Sequence[Line]) -> None:
        """The lines are shown, incomplete ones left out, what is already there folded."""
        self._lines = {group: [line for line in made if line.group is group] for group in LIST_ORDER}
        self._open = set(LIST_ORDER) - {Group.PRESENT}
        self._whole = set()
        self._rebuild()

    def files(self, group: Group) -> int:
        """The files of a group."""
        return sum(line.count for line in self._lines.get(group, ()))

    def every(self) -> tuple[Line, ...]:
        """All lines, shown or folded, as they are decided now."""
        return tuple(line for group in LIST_ORDER for line in self._lines.get(group, ()))

    def chosen(self) -> tuple[Record, ...]:
        """The records to publish: all but incomplete ones that nobody included."""
        return tuple(
            record
            for line in self.every()
            if line.group is not Group.INCOMPLETE or line.is_included
            for record in line.records
        )

    def added(self) -> int:
        """How many of the chosen files are more than a refresh."""
        return len(self.chosen()) - self.files(Group.PRESENT)

    def row(self, index: Index) -> Row | None:
        """What stands in a row."""
        inside = index.isValid() and 0 <= index.row() < len(self._rows)
        return self._rows[index.row()] if inside else None

    def activate(self, index: Index) -> None:
        """A heading opens or closes, a `more` row unfolds, an incomplete line is included or left out."""
        match self.row(index):
            case Heading(group=group):
                self._open ^= {group}
                self._rebuild()
            case More(group=group):
                self._whole.add(group)
                self._rebuild()
            case Line(group=Group.INCOMPLETE) as line:
                self._include(line)
            case _:
                pass

    def _include(self, line: Line) -> None:
        listed = self._lines[line.group]
        listed[listed.index(line)] = Line(
            line.group, line.title, line.reason, line.count, line.tip, line.records, not line.is_included
        )
        self._refresh()
        self.choice_changed.emit()

    def _refresh(self) -> None:
        """The same rows with new words."""
        self._rows = self._made_rows()
        self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._rows = self._made_rows()
        self.endResetModel()

    def _made_rows(self) -> list[Row]:
        rows: list[Row] = []
        for group in LIST_ORDER:
            listed = self._lines.get(group, [])
            if not listed:
                continue
            included = sum(line.count for line in listed if line.is_included)
            rows.append(Heading(group, _note(group, self.files(group), included), group in self._open))
            if group in self._open:
                rows += self._group_rows(group, listed)
        return rows

    def _group_rows(self, group: Group, listed: list[Line]) -> list[Row]:
        """The lines that are shown, and one row for the rest."""
        if len(listed) <= SHOWN_ROWS or group in self._whole:
            return list(listed)
        rest = listed[SHOWN_ROWS - 1 :]
        return [*listed[: SHOWN_ROWS - 1], More(group, len(rest), sum(line.count for line in rest))]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """All rows are on one level."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row itself under ROW_ROLE, and its words."""
        row = self.row(index)
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _spoken(row)
        return None


def _spoken(row: Row) -> str:
    """A row in words, for screen readers and type-ahead."""
    match row:
        case Heading():
            return f"{row.group}: {row.note}"
        case Line():
            return f"{row.title}, {several(row.count, 'file')}, {row.reason}"
        case More():
            return f"{row.lines} more, {several(row.files, 'file')}"
