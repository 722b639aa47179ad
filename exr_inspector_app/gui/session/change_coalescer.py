"""Change coalescer: notifies of changed session files in batches while many files are inspected."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.gui.session.session import Session, SessionFile

FLUSH_INTERVAL_S = 0.08  # changes within this time are emitted together
FLUSH_SHARE = 1 / 8  # of the time that flushes may take: the rows of thousands of frames are flushed less often


class ChangeCoalescer(QObject):
    """Collector of changed files that emits each of them once per flush."""

    changed = Signal(object)  # list[SessionFile]

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._entries: dict[SessionFile, None] = {}
        self._last_flush, self._interval = 0.0, FLUSH_INTERVAL_S

    def __len__(self) -> int:
        return len(self._entries)

    @Slot(object)
    def add(self, entries: Sequence[SessionFile]) -> None:
        """Queue a notification for each of these files."""
        self._entries.update(dict.fromkeys(entries))

    def remove(self, entry: SessionFile) -> None:
        """Drop the pending notification for `entry`."""
        self._entries.pop(entry, None)

    @Slot()
    def flush_if_due(self) -> None:
        """Flush unless the last flush was less than an interval ago, which grows with its duration."""
        if self._entries and time.monotonic() - self._last_flush >= self._interval:
            self.flush()

    def flush(self) -> None:
        """Emit `changed` with all pending files that are still in the session."""
        started = time.thread_time()
        entries = [entry for entry in self._entries if entry in self._session]
        self._entries = {}
        if entries:
            self.changed.emit(entries)
        self._interval = max(FLUSH_INTERVAL_S, (time.thread_time() - started) / FLUSH_SHARE)
        self._last_flush = time.monotonic()
