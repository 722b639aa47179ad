"""What workers say, delivered on the GUI thread in slices, between which the window paints and workers go on."""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

TIME_SLICE_S = 0.008  # what one turn of the event loop may spend on the mailbox
IDLE_S = 0.016  # between two looks into the mailbox: workers have this time to themselves

Callback: TypeAlias = Callable[[], None]  # called on the GUI thread


class EventQueue(QObject):
    """Letters in the order in which they were posted; workers wait while some are delivered."""

    _letter_waits = Signal()
    drained = Signal()  # everything posted so far has been delivered

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._letters: queue.SimpleQueue[Callback] = queue.SimpleQueue()
        self._has_room = threading.Event()
        self._has_room.set()
        self._woken = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(0)
        self._rest.timeout.connect(self._turn)
        self._delivered = 0.0
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._deliver)
        self._letter_waits.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    def post(self, letter: Callback) -> None:
        """In a worker: the letter is delivered soon; the GUI thread is woken once for many."""
        self._letters.put(letter)
        if not self._woken:
            self._woken = True
            self._letter_waits.emit()

    def wait(self) -> None:
        """In a worker: waits while the window is busy with what was posted."""
        self._has_room.wait()

    def release(self) -> None:
        """No worker waits any more."""
        self._has_room.set()

    def close(self) -> None:
        """What has not been delivered never is."""
        self._rest.stop()
        self._next.stop()
        while not self._letters.empty():
            self._letters.get()

    @Slot()
    def _wake(self) -> None:
        """Letters are delivered now, or soon where some just were."""
        rest = self._delivered + IDLE_S - time.monotonic()
        if rest > 0:
            self._next.start(math.ceil(rest * 1000))
        else:
            self._deliver()

    @Slot()
    def _turn(self) -> None:
        """After a turn of the event loop, what was shown has been painted: workers go on, or the rest comes."""
        if self._letters.empty():
            self._has_room.set()
        else:
            self._deliver()

    @Slot()
    def _deliver(self) -> None:
        """Delivers letters for one slice of time; the rest waits for the next turn of the event loop."""
        self._has_room.clear()  # workers wait, so that this thread has the interpreter to itself
        self._woken = False  # before the first look: a letter put from now on wakes us again
        end = time.monotonic() + TIME_SLICE_S
        try:
            while not self._letters.empty():  # nobody else takes letters out
                self._letters.get()()
                if time.monotonic() >= end:
                    return
        finally:
            if self._letters.empty():
                self.drained.emit()
            self._delivered = time.monotonic()
            self._rest.start()
