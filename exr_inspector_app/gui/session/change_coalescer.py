"""Entries that have changed are told of together: now and then while many files are read."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from exr_inspector_app.gui.session.session import Session, SessionFile

FLUSH_INTERVAL_S = 0.08  # entries that changed within this time are told of together


class ChangeCoalescer(QObject):
    """Keeps the entries whose change nobody was told of yet."""

    changed = Signal(object)  # list[Entry]

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._entries: dict[SessionFile, None] = {}
        self._told = 0.0

    def __len__(self) -> int:
        return len(self._entries)

    @Slot(object)
    def add(self, entries: Sequence[SessionFile]) -> None:
        """These entries have changed."""
        self._entries.update(dict.fromkeys(entries))

    def forget(self, entry: SessionFile) -> None:
        """Nobody is told of this entry."""
        self._entries.pop(entry, None)

    @Slot()
    def tell_in_time(self) -> None:
        """`changed` tells all of them, unless it just did."""
        if self._entries and time.monotonic() - self._told >= FLUSH_INTERVAL_S:
            self.tell()

    def tell(self) -> None:
        """`changed` tells all of them that are in the session."""
        self._told = time.monotonic()
        entries = [entry for entry in self._entries if entry in self._session]
        self._entries = {}
        if entries:
            self.changed.emit(entries)
