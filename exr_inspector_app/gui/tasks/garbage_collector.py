"""Garbage collector of the window: reference cycles are collected in the GUI thread only."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL_MS = 100
YOUNG_OBJECTS = 5000  # allocated since the last collection
MIDDLE_OBJECTS = 50_000  # allocated since the last collection of the middle generation; its survivors are then old


class GarbageCollector(QObject):
    """Collector that replaces the automatic collection, which runs in whichever thread allocates next.

    A Qt object must be destroyed in its own thread: Qt cannot stop its timers from another one, and the event loop
    crashes when it delivers the next timer event to the destroyed object. The oldest generation is never collected: a
    session holds millions of small values without cycles, and a collection over all of them would block the window. The
    other ones are collected by the number of objects, since thousands of files are inspected within seconds: counted by
    collections, one of the middle generation took 130 ms.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._middle_objects = 0
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self._collect)
        gc.disable()
        self._timer.start()

    def close(self) -> None:
        """Stop, and return to automatic collection."""
        self._timer.stop()
        gc.enable()

    @Slot()
    def _collect(self) -> None:
        young_objects = gc.get_count()[0]
        if young_objects < YOUNG_OBJECTS:
            return
        self._middle_objects += young_objects
        is_middle_due = self._middle_objects > MIDDLE_OBJECTS
        gc.collect(1 if is_middle_due else 0)
        if is_middle_due:
            self._middle_objects = 0
