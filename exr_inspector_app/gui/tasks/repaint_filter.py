"""Event filter of a window: workers wait while it repaints."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.tasks.task_runner import TaskRunner


class RepaintFilter(QObject):
    """Filter that gives the interpreter to the GUI thread for each repaint.

    Qt calls the delegates and models some hundred times per repaint. With a busy worker each call waits for the
    interpreter, up to the switch interval, so that a repaint of 20 ms took more than 100 ms.
    """

    def __init__(self, window: QWidget, tasks: TaskRunner) -> None:
        super().__init__(window)
        self._tasks = tasks
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hold the workers before all widgets that need it are painted; let every event pass."""
        if event.type() == QEvent.Type.UpdateRequest:
            self._tasks.hold()
        return False
