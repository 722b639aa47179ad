"""End-to-end driver: runs the real window in a separate process through drop, publish, search and screenshot.

Arguments: what to drop, where the picture goes. It prints one JSON object on what it saw.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from exr_inspector_app import config
from exr_inspector_app.gui import app as window_app
from exr_inspector_app.gui.main_window.window import MainWindow
from tests.gui import dropping

Wait = Callable[[], bool]
PATIENCE_S = 150  # until a stalled story is cancelled


class Driver(QObject):
    """Driver that runs the steps of the story; each step yields the condition it waits for."""

    def __init__(self, folder: str, picture: str) -> None:
        super().__init__()
        self._folder, self._picture = folder, picture
        self.seen: dict[str, object] = {}
        self._steps = self._story()
        self._deadline = time.monotonic() + PATIENCE_S
        self._until: Wait = lambda: bool(self._windows())
        self._timer = QTimer(self)
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def _windows(self) -> list[MainWindow]:
        return [one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow)]

    def _turn(self) -> None:
        if time.monotonic() > self._deadline:
            QApplication.exit(3)
        if self._until():
            self._until = next(self._steps, self._stop)

    def _stop(self) -> bool:
        self._timer.stop()
        return False

    def _story(self) -> Iterator[Wait]:
        (window,) = self._windows()
        controller = window.controller
        yield window.windowHandle().isExposed
        self._drop(window)
        yield lambda: bool(len(controller.session)) and controller.is_settled
        self.seen["inspected"] = [entry.status for entry in controller.session]
        self.seen["channels"] = window.structure_model.channel_count()
        QTest.mouseClick(window.toolbar.publish, Qt.MouseButton.LeftButton)
        yield window.sheet.publish.isEnabled
        self.seen["plan"] = window.sheet.publish.text()
        QTest.mouseClick(window.sheet.publish, Qt.MouseButton.LeftButton)
        yield (
            lambda: (
                controller.is_settled
                and not controller.publishing.is_running
                and bool(controller.targets.current.files)
            )
        )
        self.seen["published"] = controller.targets.current.files
        self.seen["result"] = window.status.text
        QTest.mouseClick(window.toolbar.similar, Qt.MouseButton.LeftButton)
        yield lambda: bool(window.similar.count)
        self.seen["similar"] = window.similar.count
        yield lambda: window.similar.view.isVisible()
        self._shoot(window)
        window.close()
        yield self._stop

    def _drop(self, window: MainWindow) -> None:
        data = dropping.files(self._folder)
        dropping.enter(window, data)
        dropping.drop(window, data)

    def _shoot(self, window: MainWindow) -> None:
        """Save what the screen shows, not what the widgets would paint."""
        QApplication.processEvents()
        image = window.screen().grabWindow(window.winId()).toImage()
        image.save(self._picture)
        self.seen["size"] = [image.width(), image.height()]
        colors = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
        self.seen["colors"] = len(colors)
        self.seen["buttons"] = [one.text() for one in window.toolbar.findChildren(QPushButton)]


def main(folder: str, picture: str) -> int:
    """Run the story and return the exit code of the window."""
    application = QApplication(["exr-inspector"])
    driver = Driver(folder, picture)
    code = window_app.run([], config.load(), size=(1400, 860))
    print(json.dumps({"platform": application.platformName(), **driver.seen}))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], str(Path(sys.argv[2]))))
