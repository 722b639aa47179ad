"""Files of the session that change on disk: unfinished renders are read again as they grow, others are told of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exr_inspector_app.contracts import Record
from exr_inspector_app.exr.source import stamp
from exr_inspector_app.gui.session import Entry, Session
from exr_inspector_app.gui.tasks import Failure, Stop, Tasks
from exr_inspector_app.model import ExrFile
from exr_inspector_app.wiring import Core

KIND = "Watch"
TURN_MS = 2000  # between two looks
MOST = 200  # files of one look; of a larger session the next ones come with the next look


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of a file, and whether it may still be written."""

    entry: Entry
    size: int | None
    mtime: str | None
    is_growing: bool


@dataclass(frozen=True, slots=True)
class _News:
    """A file that is not any more what was read; read again where it may still be written."""

    entry: Entry
    file: ExrFile | None = None
    record: Record | None = None


class Watching(QObject):
    """Looks at sizes and dates now and then, in a task; folders on a share tell of nothing by themselves."""

    went_on = Signal(object, object, object)  # Entry, ExrFile, Record | None: an unfinished file has been read again
    changed = Signal(object)  # list[Entry] that are other files now, all of them
    bug = Signal(object)  # Failure with a report

    def __init__(self, core: Core, tasks: Tasks, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._core, self._tasks, self._session = core, tasks, session
        self._next = 0
        self._growing: dict[Entry, None] = {}
        self._found: dict[Entry, _Known] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(TURN_MS)
        self._timer.timeout.connect(self.turn)
        self._timer.start()

    def close(self) -> None:
        """Nothing is looked at any more."""
        self._timer.stop()
        self._tasks.drop(KIND)

    @property
    def found(self) -> list[Entry]:
        """The files that are other ones now."""
        return list(self._found)

    @Slot(object)
    def note(self, entries: list[Entry]) -> None:
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
    def forget(self, entries: list[Entry]) -> None:
        """These entries left the session."""
        for entry in entries:
            self._growing.pop(entry, None)
            if self._found.pop(entry, None):
                self.changed.emit(self.found)

    @Slot()
    def turn(self) -> None:
        """One look, unless the last one is still under way or everything is being read anyway."""
        if not len(self._session) or self._tasks.running(KIND) or self._tasks.running("Inspect"):
            return
        looked_at = self._chosen()

        def work(stop: Stop) -> Iterator[_News]:
            for known in looked_at:
                if stop():
                    return
                if _has_changed(known):
                    yield _News(known.entry, *(self._core.record(known.entry.path) if known.is_growing else ()))

        self._tasks.stream(KIND, work, self._tell, lambda _: None, self._failed)

    def _chosen(self) -> list[_Known]:
        """Files that grow, then as many of the others as may be, each in its turn."""
        every = list(self._session)
        first = self._next % len(every)
        chosen = dict.fromkeys([*list(self._growing)[:MOST], *(every[first:] + every[:first])[:MOST]])
        self._next = first + MOST if len(every) > MOST else 0
        return [known for entry in chosen if entry not in self._found and (known := _known(entry))]

    def _tell(self, news: _News) -> None:
        if news.entry not in self._session:
            return
        if news.file is not None:
            self.went_on.emit(news.entry, news.file, news.record)
        elif known := _known(news.entry):
            self._found[news.entry] = known
            self.changed.emit(self.found)

    def _failed(self, failure: Failure) -> None:
        if failure.report:
            self.bug.emit(failure)


def _known(entry: Entry) -> _Known | None:
    """What was read of an entry; None where it waits or there was no file."""
    if entry.record:
        facts = entry.record.payload["file"]
        return _Known(entry, facts["size_bytes"], facts["mtime"], facts["is_complete"] is False)
    file = entry.unpublishable
    return _Known(entry, file.size_bytes, file.mtime, is_growing=True) if file else None


def _has_changed(known: _Known) -> bool:
    """True where size or date differ; a file that is gone has not changed."""
    try:
        return stamp(known.entry.path) != (known.size, known.mtime)
    except (OSError, ValueError):  # a NUL, or characters that no file system knows
        return False
