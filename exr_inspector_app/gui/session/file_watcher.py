"""Files of the session that change on disk: unfinished renders are read again as they grow, others are told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.contracts import Record
from exr_inspector_app.exr.source.file_source import stat_file
from exr_inspector_app.gui.session.poller import MOST, Poller
from exr_inspector_app.gui.session.session import Session, SessionFile
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.model import ExrFile
from exr_inspector_app.services.backend import Backend


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What was read of a file, and whether it may still be written."""

    entry: SessionFile
    size: int | None
    mtime: str | None
    is_growing: bool


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that is not any more what was read; read again where it may still be written."""

    entry: SessionFile
    file: ExrFile | None = None
    record: Record | None = None


class FileWatcher(Poller):
    """Looks at sizes and dates, of unfinished files in every turn."""

    went_on = Signal(object, object, object)  # Entry, ExrFile, Record | None: an unfinished file has been read again
    changed = Signal(object)  # list[Entry] that are other files now, all of them
    kind = "Watch"
    turn_ms = 2000

    def __init__(self, core: Backend, tasks: TaskRunner, session: Session, parent: QObject) -> None:
        super().__init__(tasks, session, parent)
        self._core = core
        self._growing: dict[SessionFile, None] = {}
        self._found: dict[SessionFile, FileStamp] = {}

    @property
    def found(self) -> list[SessionFile]:
        """The files that are other ones now."""
        return list(self._found)

    @Slot(object)
    def note(self, entries: list[SessionFile]) -> None:
        """These entries have been read (again): some may still grow, none needs a person to read it again."""
        for entry in entries:
            known = _known(entry)
            if known and known.is_growing:
                self._growing[entry] = None
            else:
                self._growing.pop(entry, None)
            before = self._found.get(entry)
            if before and known != before:
                del self._found[entry]
                self.changed.emit(self.found)

    @Slot(object)
    def forget(self, entries: list[SessionFile]) -> None:
        """These entries left the session."""
        for entry in entries:
            self._growing.pop(entry, None)
            if self._found.pop(entry, None):
                self.changed.emit(self.found)

    def _every(self) -> list[SessionFile]:
        return list(self._session)

    def _chosen(self, some: Sequence[SessionFile]) -> list[FileStamp]:
        """Files that grow, then those whose turn it is."""
        chosen = dict.fromkeys([*list(self._growing)[:MOST], *some])
        return [known for entry in chosen if entry not in self._found and (known := _known(entry))]

    def _path(self, one: FileStamp) -> str:
        return one.entry.path

    def _look(self, one: FileStamp) -> FileChange | None:
        if not _has_changed(one):
            return None
        return FileChange(one.entry, *(self._core.read_record(one.entry.path) if one.is_growing else ()))

    def _tell(self, news: FileChange) -> None:
        if news.entry not in self._session:
            return
        if news.file is not None:
            self.went_on.emit(news.entry, news.file, news.record)
        elif known := _known(news.entry):
            self._found[news.entry] = known
            self.changed.emit(self.found)


def _known(entry: SessionFile) -> FileStamp | None:
    """What was read of an entry; None where it waits or there was no file."""
    if entry.record:
        facts = entry.record.payload["file"]
        return FileStamp(entry, facts["size_bytes"], facts["mtime"], facts["is_complete"] is False)
    file = entry.unpublishable
    return FileStamp(entry, file.size_bytes, file.mtime, is_growing=True) if file else None


def _has_changed(known: FileStamp) -> bool:
    """True where size or date differ; a file that is gone has not changed."""
    try:
        return stat_file(known.entry.path) != (known.size, known.mtime)
    except (OSError, ValueError):  # a NUL, or characters that no file system knows
        return False
