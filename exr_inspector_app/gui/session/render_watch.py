"""Watch of chosen sequences and folders: new frames join the session, and what happens to them is noticed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exr_inspector_app.gui.session.render_state import RenderState, end_notice, pixel_notices
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_controller import SessionController
from exr_inspector_app.gui.session.session_rows import is_incomplete

INTERVAL_MS = 5000  # between two looks for a render that has ended

RowsOf = Callable[[Iterable[SessionFile], Iterable[str]], list[list[SessionFile]]]


class RenderWatch(QObject):
    """Observer of watched rows.

    A row that the user has measured stays measured: its new frames are measured, too. Nothing else reads pixels here.
    """

    noticed = Signal(object)  # Notice
    changed = Signal()  # other rows are watched

    def __init__(
        self, files: SessionController, rows_of: RowsOf, parent: QObject, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Create a watch of nothing.

        Args:
            files: The session.
            rows_of: Returns the files of each row that contains one of some files, or is in one of some folders.
            parent: Owner of this object.
            clock: Seconds that only grow.
        """
        super().__init__(parent)
        self._files, self._rows_of, self._clock = files, rows_of, clock
        self._entries: dict[SessionFile, None] = {}  # the first file of each watched row
        self._folders: dict[str, None] = {}
        self._states: dict[SessionFile, RenderState] = {}
        self._measured: dict[SessionFile, object] = {}  # for which a measurement was started, by its contents
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._check_ends)
        files.removed.connect(self._forget)
        files.cleared.connect(self.clear)

    @property
    def count(self) -> int:
        """Number of watched sequences and folders."""
        return len(self._entries) + len(self._folders)

    @property
    def paths(self) -> list[str]:
        """One file of each watched row, and the watched folders with a separator at their end."""
        return [*(entry.path for entry in self._entries), *(os.path.join(folder, "") for folder in self._folders)]

    def is_watched(self, entries: Sequence[SessionFile], folder: str = "") -> bool:
        """Return True for a watched row or folder, and for a row in a watched folder."""
        return folder in self._folders or any(entry in self._entries for entry in entries)

    def watch(self, entries: Iterable[SessionFile], folders: Iterable[str]) -> None:
        """Watch the rows of these files, and these folders, from their present state on."""
        self._entries.update(dict.fromkeys(entries))
        self._folders.update(dict.fromkeys(folders))
        self._update()

    def unwatch(self, entries: Iterable[SessionFile], folders: Iterable[str]) -> None:
        """Watch these rows and folders no more."""
        for entry in entries:
            self._entries.pop(entry, None)
        for folder in folders:
            self._folders.pop(folder, None)
        self._update()

    @Slot()
    def clear(self) -> None:
        """Watch nothing."""
        self.unwatch(list(self._entries), list(self._folders))

    @Slot(object)
    def _forget(self, removed: list[SessionFile]) -> None:
        for entry in removed:
            self._measured.pop(entry, None)
        if any(entry in self._entries for entry in removed):
            self.unwatch(removed, ())

    def _update(self) -> None:
        """Let new frames join, and take the present state of rows that were not watched before as known."""
        rows = self._rows()
        self._files.folder_watcher.follow([entry.path for row in rows for entry in row], list(self._folders))
        states = {}
        for row in rows:
            states[row[0]] = state = self._states.get(row[0]) or RenderState()
            if not state.signature:
                state.is_pending = any(entry.is_waiting for entry in row)
                state.update(row, self._clock())
                pixel_notices(row, state.seen)
        self._states = states
        if self.count and not self._timer.isActive():
            self._timer.start()
        elif not self.count:
            self._timer.stop()
        self.changed.emit()

    def _rows(self) -> list[list[SessionFile]]:
        return [row for row in self._rows_of(self._entries, self._folders) if row]

    @Slot()
    def look(self) -> None:
        """Notice changes, and the end of a render; called after each change of files."""
        now = self._clock()
        for row in self._rows() if self.count else ():
            state = self._states.get(row[0])
            if state is None:  # a new row in a watched folder
                state = self._states[row[0]] = RenderState(changed_at=now)
            if state.update(row, now) and not state.is_pending:
                state.activate()
            state.is_pending &= any(entry.is_waiting for entry in row)
            self._measure(row)
            for notice in pixel_notices(row, state.seen):
                self.noticed.emit(notice)
        self._check_ends()

    @Slot()
    def _check_ends(self) -> None:
        """Notice renders that have not changed for long; it reads no file, since a watched row may have thousands."""
        now = self._clock()
        for first, state in list(self._states.items()):
            if state.has_ended(now):
                state.is_active = False
                for row in self._rows_of([first], ()):
                    self.noticed.emit(end_notice(row, now - state.changed_at))

    def _measure(self, row: Sequence[SessionFile]) -> None:
        """Measure the new complete frames of a row whose other frames are measured."""
        if not any(entry.stats for entry in row):
            return
        fresh = [
            entry
            for entry in row
            if entry.record and not entry.stats and not entry.lost and not is_incomplete(entry)
            if self._measured.get(entry) is not entry.record
        ]
        self._measured.update((entry, entry.record) for entry in fresh)
        if fresh:
            self._files.statistics.measure(fresh)
