"""File watcher: polls size and date of session files; unfinished renders are read again as they grow.

Files that are gone are marked, and those that come back are compared with their earlier contents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.contracts import Record
from exr_inspector_app.exr.source.file_source import stat_file
from exr_inspector_app.gui.session.poller import MAX_ITEMS, Poller
from exr_inspector_app.gui.session.session import Session, SessionFile
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.ingest.disk_check import MISSING_CODES, MISSING_FILE_ERRORS
from exr_inspector_app.model import ExrFile
from exr_inspector_app.services.backend import Backend


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Size and date of a file when it was read, and whether it may still be written."""

    entry: SessionFile
    size: int | None
    mtime: str | None
    is_growing: bool
    is_gone: bool


class ChangeKind(Enum):
    """How a file differs from its inspected contents."""

    CHANGED = 1
    READ_AGAIN = 2
    GONE = 3
    RETURNED = 4  # unchanged


@dataclass(frozen=True, slots=True)
class FileChange:
    """File that differs from its stamp; with its new contents if it was read again."""

    entry: SessionFile
    kind: ChangeKind
    file: ExrFile | None = None
    record: Record | None = None


class FileWatcher(Poller):
    """Poller for changed files; every poll includes the unfinished ones and those that are gone."""

    grew = Signal(object, object, object)  # SessionFile, ExrFile, Record | None: it was unfinished or gone; read again
    gone = Signal(object)  # list[SessionFile]: no longer on disk
    returned = Signal(object)  # list[SessionFile]: on disk again, unchanged
    changed = Signal(object)  # list[SessionFile]: all files that the user should reload
    kind = "Watch"
    interval_ms = 2000

    def __init__(self, backend: Backend, tasks: TaskRunner, session: Session, parent: QObject) -> None:
        super().__init__(tasks, session, parent)
        self._backend = backend
        self._growing: dict[SessionFile, None] = {}
        self._gone: dict[SessionFile, None] = {}
        self._outdated: dict[SessionFile, FileStamp] = {}

    @property
    def outdated(self) -> list[SessionFile]:
        """The files that changed after they were inspected."""
        return list(self._outdated)

    @Slot(object)
    def update_stamps(self, entries: list[SessionFile]) -> None:
        """Note that these files have been inspected (again)."""
        for entry in entries:
            known = _stamp_of(entry)
            for group, is_in_group in (
                (self._growing, bool(known and known.is_growing)),
                (self._gone, bool(known and known.is_gone)),
            ):
                if is_in_group:
                    group[entry] = None
                else:
                    group.pop(entry, None)
            before = self._outdated.get(entry)
            if before and known != before:
                del self._outdated[entry]
                self.changed.emit(self.outdated)

    @Slot(object)
    def remove(self, entries: list[SessionFile]) -> None:
        """Stop watching files that left the session."""
        for entry in entries:
            self._growing.pop(entry, None)
            self._gone.pop(entry, None)
            if self._outdated.pop(entry, None):
                self.changed.emit(self.outdated)

    def _items(self) -> list[SessionFile]:
        return list(self._session)

    def _select(self, due: Sequence[SessionFile]) -> list[FileStamp]:
        """Return the stamps of growing and of gone files, then of those whose turn it is."""
        selected = dict.fromkeys([*list(self._growing)[:MAX_ITEMS], *list(self._gone)[:MAX_ITEMS], *due])
        return [known for entry in selected if (known := _stamp_of(entry))]

    def _path(self, item: FileStamp) -> str:
        return item.entry.path

    def _check(self, item: FileStamp) -> FileChange | None:
        try:
            has_changed = _has_changed(item)
        except MISSING_FILE_ERRORS:
            return self._missing(item)
        if item.is_gone and not has_changed:
            return FileChange(item.entry, ChangeKind.RETURNED)
        if not has_changed:
            return None
        if not (item.is_growing or item.is_gone):
            return FileChange(item.entry, ChangeKind.CHANGED)
        file, record = self._backend.read_record(item.entry.path)
        if file.errors and file.errors[0].code in MISSING_CODES:
            return self._missing(item)
        return FileChange(item.entry, ChangeKind.READ_AGAIN, file, record)

    @staticmethod
    def _missing(item: FileStamp) -> FileChange | None:
        """Return the change of a file that is not on disk; None if it was not there before either."""
        is_known = item.is_gone or item.size is None
        return None if is_known else FileChange(item.entry, ChangeKind.GONE)

    def _on_change(self, change: FileChange) -> None:
        entry = change.entry
        if entry not in self._session or entry.is_waiting:
            return
        match change.kind:
            case ChangeKind.READ_AGAIN:
                self.grew.emit(entry, change.file, change.record)
            case ChangeKind.GONE:
                self.gone.emit([entry])
            case ChangeKind.RETURNED:
                self.returned.emit([entry])
            case ChangeKind.CHANGED if entry not in self._outdated and (known := _stamp_of(entry)):
                self._outdated[entry] = known
                self.changed.emit(self.outdated)


def _stamp_of(entry: SessionFile) -> FileStamp | None:
    """Return the stamp of a file as it was read; None if it is waiting or was not found."""
    if entry.record:
        facts = entry.record.payload["file"]
        return FileStamp(entry, facts["size_bytes"], facts["mtime"], facts["is_complete"] is False, entry.is_gone)
    file = entry.unpublishable
    return FileStamp(entry, file.size_bytes, file.mtime, True, entry.is_gone) if file else None


def _has_changed(known: FileStamp) -> bool:
    """Return True if size or date differ; False for a file that cannot be looked up now.

    Raises:
        OSError: The file is gone (MISSING_FILE_ERRORS).
    """
    try:
        return stat_file(known.entry.path) != (known.size, known.mtime)
    except MISSING_FILE_ERRORS:
        raise
    except (OSError, ValueError):  # a NUL, or characters that no file system accepts
        return False
