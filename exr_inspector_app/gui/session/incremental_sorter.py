"""The session's rows are chosen and put in order in short turns, so that the event loop goes on meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_rows import GONE, Node
from exr_inspector_app.gui.session.sort_filter import SessionFilter

TIME_SLICE_S = 0.008  # of walking rows before the event loop has its turn
PAUSE_MS = 250  # until rows that have changed are looked at again


class IncrementalSorter(QObject):
    """Keeps the model as the arrangement says, also while files come, are read and go."""

    settled = Signal()  # what is listed is what the arrangement says

    def __init__(self, model: SessionModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self.wanted = SessionFilter()
        self._work: Iterator[None] | None = None
        self._turn, self._pause = QTimer(self), QTimer(self)
        self._turn.setInterval(0)
        self._pause.setInterval(PAUSE_MS)
        self._pause.setSingleShot(True)
        self._turn.timeout.connect(self._go_on)
        self._pause.timeout.connect(self._look_again)
        model.unsettled.connect(self._note)

    def want(self, **facts: Any) -> None:
        """Another text, choice or order from now on."""
        wanted = replace(self.wanted, **facts)
        if wanted == self.wanted:
            return
        self.wanted = wanted
        self._start()

    @Slot()
    def _note(self) -> None:
        """Rows have changed, maybe while others are walked; many do while files are read."""
        is_plain = self.wanted.is_plain and self._model.arrangement.is_plain
        if not is_plain and not self._pause.isActive():
            self._pause.start()

    @Slot()
    def _look_again(self) -> None:
        """What is under way is not begun anew for ever while files are read."""
        (self._note if self._turn.isActive() else self._start)()

    @Slot()
    def _start(self) -> None:
        self._pause.stop()
        if self.wanted.is_plain:
            self._turn.stop()
            self._model.arrange(self.wanted, self._model.every())
            self.settled.emit()
            return
        self._work = self._walk(self.wanted)
        self._turn.start()

    @Slot()
    def _go_on(self) -> None:
        """One turn."""
        end = time.perf_counter() + TIME_SLICE_S
        assert self._work is not None
        for _ in self._work:
            if time.perf_counter() > end:
                return
        self._turn.stop()
        self.settled.emit()

    def _walk(self, wanted: SessionFilter) -> Iterator[None]:
        """Row by row, then folder by folder; what is found is listed at the end."""
        chosen: list[tuple[Node, list[Node]]] = []
        for group, rows in self._model.every():
            keys: dict[Node, Any] = {}
            for place, row in enumerate(rows):
                if row.place != GONE and wanted.takes(row):
                    keys[row] = wanted.key(row, place)
                yield
            chosen.append((group, sorted(keys, key=keys.__getitem__, reverse=wanted.is_turned)))
            yield
        folders = {group: wanted.folder_key(group, place) for place, (group, _) in enumerate(chosen)}
        chosen.sort(key=lambda one: folders[one[0]], reverse=wanted.is_turned)
        yield
        self._model.arrange(wanted, chosen)
