"""How long the window's event loop stands still while files are dropped, read, scrolled and selected."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from exr_inspector_app.gui.main_window.window import MainWindow
from tests.gui import dropping

Wait = Callable[[], bool]
QUIET = 1.0  # seconds of watching after the first paint, and after the last file


class Heartbeat(QObject):
    """Asks for a turn of the event loop every millisecond and keeps the longest wait for one."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._queue = _QueueClock()
        self.restart()
        timer = QTimer(self)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.setInterval(1)
        timer.timeout.connect(self._beat)
        timer.start()

    def restart(self) -> None:
        """Reset the measurement."""
        self.longest = self.busiest = self.longest_on_core = 0.0
        self.gaps: list[float] = []
        self._turned, self._worked, self._queued = time.perf_counter(), time.thread_time(), self._queue.seconds()

    def _beat(self) -> None:
        now, worked, queued = time.perf_counter(), time.thread_time(), self._queue.seconds()
        gap = now - self._turned
        self.gaps.append(gap)
        self.longest = max(self.longest, gap)
        self.busiest = max(self.busiest, worked - self._worked)
        self.longest_on_core = max(self.longest_on_core, gap - (queued - self._queued))
        self._turned, self._worked, self._queued = now, worked, queued

    def figures(self, name: str) -> dict[str, float]:
        """The longest gap; without the time in the queue for a core; and the most that this thread worked in one."""
        ordered = sorted(self.gaps) or [0.0]
        return {
            f"{name}_ms": 1000 * self.longest,
            f"{name}_on_core_ms": 1000 * self.longest_on_core,
            f"{name}_own_ms": 1000 * self.busiest,
            f"{name}_p99_ms": 1000 * ordered[len(ordered) * 99 // 100],
            f"{name}_over_50_ms": sum(gap > 0.05 for gap in ordered),
        }


class _QueueClock:
    """How long this thread has waited for a core since its start; 0 where the system does not tell."""

    def __init__(self) -> None:
        path = Path("/proc/thread-self/schedstat")
        self._file = path.open("rb", buffering=0) if path.exists() else None

    def seconds(self) -> float:
        """Nanoseconds in the second field, as seconds."""
        if self._file is None:
            return 0.0
        self._file.seek(0)
        return int(self._file.read().split()[1]) / 1e9


class Story(QObject):
    """From the first paint on: a quiet second, then, with a folder, its drop, reading and scrolling; then the end."""

    def __init__(self, application: QApplication, asked: float, folder: str = "") -> None:
        super().__init__()
        self._application, self._asked, self._folder = application, asked, folder
        self.seen: dict[str, object] = {}
        self.modules: set[str] = set()  # imported before the first paint
        self._window: MainWindow | None = None
        self._painted = False
        self._until: Wait = lambda: False
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first paint of the window, or of its list with rows."""
        if event.type() == QEvent.Type.Paint:
            if self._window is None and isinstance(watched, MainWindow):
                self._window = watched
                self.modules = set(sys.modules)
                self._application.removeEventFilter(self)
                QTimer.singleShot(0, self._begin)
            elif self._window is not None and self._window.session_model.rowCount():
                self._window.session.view.viewport().removeEventFilter(self)
                QTimer.singleShot(0, self._row_painted)
        return False

    def _begin(self) -> None:
        self.seen["paint"] = time.time() - self._asked
        self.seen["processor"] = time.process_time()
        self._beat = Heartbeat(self)
        self._steps = self._story()
        self._until = next(self._steps)
        self._timer = QTimer(self)
        self._timer.setInterval(40)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def _turn(self) -> None:
        if self._until():
            self._until = next(self._steps, self._end)

    def _end(self) -> bool:
        self._timer.stop()
        QApplication.exit(0)
        return False

    def _story(self) -> Iterator[Wait]:
        window = self._window
        assert window is not None
        controller = window.controller
        yield _after(QUIET)
        yield lambda: controller.is_settled
        self.seen.update(self._beat.figures("start_stall"))
        if not self._folder:
            return
        memory = _peak()
        window.session.view.viewport().installEventFilter(self)
        self._beat.restart()
        self._dropped = time.perf_counter()
        self._drop(window)
        yield lambda: self._scroll(window) and controller.is_settled and bool(len(controller.session))
        self.seen["total_s"] = time.perf_counter() - self._dropped
        self.seen["files"] = len(controller.session)
        self.seen["bytes_per_file"] = (_peak() - memory) / len(controller.session)
        self.seen.update(self._beat.figures("stall"))
        self._beat.restart()
        quiet = _after(3 * QUIET)
        yield lambda: self._scroll(window) and quiet()
        self.seen.update(self._beat.figures("scroll"))

    def _drop(self, window: MainWindow) -> None:
        data = dropping.files(self._folder)
        dropping.enter(window, data)
        dropping.drop(window, data)

    def _row_painted(self) -> None:
        self.seen["first_row_ms"] = 1000 * (time.perf_counter() - self._dropped)

    def _scroll(self, window: MainWindow) -> bool:
        """One of many steps down the list, round and round; every fifth selects the row that is there."""
        view, bar = window.session.view, window.session.view.verticalScrollBar()
        self._step = getattr(self, "_step", 0) + 1
        bar.setValue((self._step * 30) % (bar.maximum() + 1))
        if self._step % 5 == 0:
            index = view.indexAt(view.viewport().rect().center())
            view.setCurrentIndex(index)
            if self._step % 25 == 0:
                view.setExpanded(index, not view.isExpanded(index))
        return True


def _after(seconds: float) -> Wait:
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= end


def _peak() -> int:
    """Return the peak memory of the process in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
