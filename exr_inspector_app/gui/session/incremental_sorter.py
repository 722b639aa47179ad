"""Incremental sorter: filters and sorts session rows in time slices, so that the event loop is not blocked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from exr_inspector_app.gui.session.grouping import Grouper
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_nodes import GONE, GroupNode, Node
from exr_inspector_app.gui.session.sort_filter import SessionFilter

TIME_SLICE_S = 0.008  # at most this long per turn of the event loop
DEBOUNCE_MS = 250  # until changed rows are sorted again


class IncrementalSorter(QObject):
    """Sorter that keeps the model in the requested order, also while files are added, inspected and removed."""

    settled = Signal()  # the model is in the requested order

    def __init__(self, model: SessionModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self.requested = SessionFilter()
        self.grouper = model.grouper  # requested
        self._work: Iterator[None] | None = None
        self._slice_timer, self._debounce_timer = QTimer(self), QTimer(self)
        self._slice_timer.setInterval(0)
        self._debounce_timer.setInterval(DEBOUNCE_MS)
        self._debounce_timer.setSingleShot(True)
        self._slice_timer.timeout.connect(self._run_slice)
        self._debounce_timer.timeout.connect(self._on_debounced)
        model.unsettled.connect(self._on_changed)

    def set(self, **fields: Any) -> None:
        """Set fields of the requested filter, and sort if it has changed."""
        requested = replace(self.requested, **fields)
        if requested == self.requested:
            return
        self.requested = requested
        self._start()

    def set_grouper(self, grouper: Grouper) -> None:
        """List the rows in other groups; within this call, if that takes no longer than one slice."""
        self.grouper = grouper
        self._start()
        if self._slice_timer.isActive():
            self._run_slice()

    @Slot()
    def _on_changed(self) -> None:
        """Sort again later, since many rows change one by one while files are inspected."""
        is_plain = self.requested.is_plain and self._model.filter.is_plain and not self._model.has_new_folders
        if not is_plain and not self._debounce_timer.isActive():
            self._debounce_timer.start()

    @Slot()
    def _on_debounced(self) -> None:
        """Start sorting, but let a running one end first: it would never end while files are inspected."""
        (self._on_changed if self._slice_timer.isActive() else self._start)()

    @Slot()
    def _start(self) -> None:
        self._debounce_timer.stop()
        if self.requested.is_plain and self.grouper.is_same(self._model.grouper):
            self._slice_timer.stop()
            self._model.arrange(self.requested, self._model.all_rows())
            self.settled.emit()
            return
        self._work = self._steps()
        self._slice_timer.start()

    @Slot()
    def _run_slice(self) -> None:
        end = time.perf_counter() + TIME_SLICE_S
        assert self._work is not None
        for _ in self._work:
            if time.perf_counter() > end:
                return
        self._slice_timer.stop()
        self.settled.emit()

    def _steps(self) -> Iterator[None]:
        """Move the rows to the requested groups, then filter and sort them."""
        if not self.grouper.is_same(self._model.grouper):
            pending = self._model.prepare(self.grouper)
            yield from pending.steps()
            self._model.regroup(pending)
            yield
            if self.requested == self._model.filter and self.requested.is_plain:
                return
        yield from self._sort(self.requested)

    def _sort(self, requested: SessionFilter) -> Iterator[None]:
        """Filter and sort row by row, then folder by folder; the result is applied at the end."""
        chosen: list[tuple[GroupNode, list[Node]]] = []
        for group, rows in self._model.all_rows():
            keys: dict[Node, Any] = {}
            for position, row in enumerate(rows):
                if row.position != GONE and (yield from requested.matching(row)):
                    keys[row] = requested.key(row, position)
                yield
            chosen.append((group, sorted(keys, key=keys.__getitem__, reverse=requested.is_reversed)))
            yield
        folders = {group: requested.folder_key(group, position) for position, (group, _) in enumerate(chosen)}
        chosen.sort(key=lambda pair: folders[pair[0]], reverse=requested.is_reversed)
        yield
        self._model.arrange(requested, chosen)
