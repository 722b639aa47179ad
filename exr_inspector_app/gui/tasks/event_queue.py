"""Event queue from workers to the GUI thread, drained in time slices so that painting is not starved."""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

TIME_SLICE_S = 0.008  # at most this long per turn of the event loop
IDLE_S = 0.016  # between two deliveries, for the workers

Callback: TypeAlias = Callable[[], None]  # called on the GUI thread


class EventQueue(QObject):
    """Queue of callbacks, delivered in the order in which they were posted; workers wait during a delivery."""

    _posted = Signal()
    drained = Signal()  # everything posted so far has been delivered

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._callbacks: queue.SimpleQueue[Callback] = queue.SimpleQueue()
        self._may_run = threading.Event()  # set while workers may run
        self._may_run.set()
        self._is_woken = False
        self._turn_timer = QTimer(self)
        self._turn_timer.setSingleShot(True)
        self._turn_timer.setInterval(0)
        self._turn_timer.timeout.connect(self._on_turn)
        self._last_delivery = 0.0
        self._wake_timer = QTimer(self)
        self._wake_timer.setSingleShot(True)
        self._wake_timer.timeout.connect(self._deliver)
        self._posted.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    def post(self, callback: Callback) -> None:
        """Queue a callback for the GUI thread; several posts share one wake-up. Called by workers."""
        self._callbacks.put(callback)
        if not self._is_woken:
            self._is_woken = True
            self._posted.emit()

    def hold(self) -> None:
        """Make workers wait until the event loop has handled its pending events. Called on the GUI thread."""
        self._may_run.clear()
        if not self._turn_timer.isActive():
            self._turn_timer.start()

    def wait(self) -> None:
        """Block while the GUI thread delivers callbacks and paints their results. Called by workers."""
        self._may_run.wait()

    def release(self) -> None:
        """Unblock all workers for good."""
        self._may_run.set()

    def close(self) -> None:
        """Discard all callbacks that have not been delivered."""
        self._turn_timer.stop()
        self._wake_timer.stop()
        while not self._callbacks.empty():
            self._callbacks.get()

    @Slot()
    def _wake(self) -> None:
        """Deliver now, or later if the last delivery was less than IDLE_S ago."""
        pause = self._last_delivery + IDLE_S - time.monotonic()
        if pause > 0:
            self._wake_timer.start(math.ceil(pause * 1000))
        else:
            self._deliver()

    @Slot()
    def _on_turn(self) -> None:
        """Unblock workers, or deliver the rest, after the event loop has painted the results."""
        if self._callbacks.empty():
            self._may_run.set()
        else:
            self._deliver()

    @Slot()
    def _deliver(self) -> None:
        """Deliver callbacks for one time slice; the rest follows in the next turn of the event loop."""
        self._may_run.clear()  # workers wait, so that this thread has the interpreter to itself
        self._is_woken = False  # before the first check: a callback that is posted from now on wakes us again
        end = time.monotonic() + TIME_SLICE_S
        try:
            while not self._callbacks.empty():  # only this thread takes callbacks out
                self._callbacks.get()()
                if time.monotonic() >= end:
                    return
        finally:
            if self._callbacks.empty():
                self.drained.emit()
            self._last_delivery = time.monotonic()
            self._turn_timer.start()
