"""File watcher: polls size and date of session files; unfinished renders are read again as they grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.contracts import Record
from exr_inspector_app.exr.source.file_source import stat_file
from exr_inspector_app.gui.session.poller import MAX_ITEMS, Poller
from exr_inspector_app.gui.session.session import Session, SessionFile
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.model import ExrFile
from exr_inspector_app.services.backend import Backend


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Size and date of a file when it was read, and whether it may still be written."""

    entry: SessionFile
    size: int | None
    mtime: str | None
    is_growing: bool


@dataclass(frozen=True, slots=True)
class FileChange:
    """File that differs from its stamp; with its new contents if it may still be written."""

    entry: SessionFile
    file: ExrFile | None = None
    record: Record | None = None


class FileWatcher(Poller):
    """Poller for changed files; every poll includes the unfinished ones."""

    grew = Signal(object, object, object)  # SessionFile, ExrFile, Record | None: an unfinished file was read again
    changed = Signal(object)  # list[SessionFile]: all files that the user should reload
    kind = "Watch"
    interval_ms = 2000

    def __init__(self, backend: Backend, tasks: TaskRunner, session: Session, parent: QObject) -> None:
        super().__init__(tasks, session, parent)
        self._backend = backend
        self._growing: dict[SessionFile, None] = {}
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
            if known and known.is_growing:
                self._growing[entry] = None
            else:
                self._growing.pop(entry, None)
            before = self._outdated.get(entry)
            if before and known != before:
                del self._outdated[entry]
                self.changed.emit(self.outdated)

    @Slot(object)
    def remove(self, entries: list[SessionFile]) -> None:
        """Stop watching files that left the session."""
        for entry in entries:
            self._growing.pop(entry, None)
            if self._outdated.pop(entry, None):
                self.changed.emit(self.outdated)

    def _items(self) -> list[SessionFile]:
        return list(self._session)

    def _select(self, due: Sequence[SessionFile]) -> list[FileStamp]:
        """Return the stamps of growing files, then of those whose turn it is."""
        selected = dict.fromkeys([*list(self._growing)[:MAX_ITEMS], *due])
        return [known for entry in selected if entry not in self._outdated and (known := _stamp_of(entry))]

    def _path(self, item: FileStamp) -> str:
        return item.entry.path

    def _check(self, item: FileStamp) -> FileChange | None:
        if not _has_changed(item):
            return None
        return FileChange(item.entry, *(self._backend.read_record(item.entry.path) if item.is_growing else ()))

    def _on_change(self, change: FileChange) -> None:
        if change.entry not in self._session:
            return
        if change.file is not None:
            self.grew.emit(change.entry, change.file, change.record)
        elif known := _stamp_of(change.entry):
            self._outdated[change.entry] = known
            self.changed.emit(self.outdated)


def _stamp_of(entry: SessionFile) -> FileStamp | None:
    """Return the stamp of a file as it was read; None if it is waiting or was not found."""
    if entry.record:
        facts = entry.record.payload["file"]
        return FileStamp(entry, facts["size_bytes"], facts["mtime"], facts["is_complete"] is False)
    file = entry.unpublishable
    return FileStamp(entry, file.size_bytes, file.mtime, is_growing=True) if file else None


def _has_changed(known: FileStamp) -> bool:
    """Return True if size or date differ; a file that is gone has not changed."""
    try:
        return stat_file(known.entry.path) != (known.size, known.mtime)
    except (OSError, ValueError):  # a NUL, or characters that no file system accepts
        return False
