"""Plays a person in a real window: drops a folder, publishes it, finds similar files; run on a display of its own.

python -m tests.gui.drive FOLDER PICTURES
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from exr_inspector_app import config
from exr_inspector_app.gui import theme
from exr_inspector_app.gui.controller import Controller
from exr_inspector_app.gui.main_window import MainWindow
from exr_inspector_app.gui.settings import Settings
from exr_inspector_app.gui.tasks import Tasks
from exr_inspector_app.wiring import Core


def wait(what: str, done: Callable[[], bool]) -> None:
    """Returns when it is so; the run fails where it never is."""
    end = time.monotonic() + 30
    while not done():
        if time.monotonic() > end:
            sys.exit(f"never: {what}")
        QTest.qWait(10)


def drop(window: MainWindow, folder: Path) -> None:
    """The folder is dragged over the window and let go."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    place, left, none = QPointF(400, 300), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place.toPoint(), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(window, enter)
    event = QDropEvent(place, Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(window, event)
    if not (enter.isAccepted() and event.isAccepted()):
        sys.exit("the window does not take what is dropped")


def main(folder: Path, pictures: Path) -> int:
    """Drop, publish, similar, undo; prints what was seen as JSON."""
    app = QApplication(["exr-inspector"])
    theme.apply(app, "dark")
    tasks = Tasks()
    controller = Controller(Core(config.load()), tasks)
    window = MainWindow(controller, Settings())
    window.resize(1600, 1000)
    window.show()
    seen: dict[str, object] = {"platform": app.platformName()}
    if not QTest.qWaitForWindowExposed(window):
        sys.exit("the window is not exposed")

    def picture(name: str) -> None:
        QTest.qWait(60)  # for the screen to show what Qt has painted
        app.primaryScreen().grabWindow(window.winId()).save(str(pictures / f"{name}.png"))

    controller.ask_target()
    drop(window, folder)
    wait("inspected", lambda: len(controller.session) > 0 and controller.is_settled)
    seen["files"] = len(controller.session)
    seen["failed"] = len(controller.session.failed())
    picture("dropped")
    QTest.mouseClick(window.toolbar.publish, Qt.MouseButton.LeftButton)
    wait("planned", lambda: window.sheet.isVisible() and window.sheet.publish.isEnabled())
    picture("plan")
    QTest.mouseClick(window.sheet.publish, Qt.MouseButton.LeftButton)
    wait("published", lambda: not controller.publishing.is_running and bool(controller.target.files))
    wait("looked up again", lambda: controller.is_settled)
    seen["published"] = controller.target.files
    window.session.select(next(one for one in controller.session if "beauty" in one.path))
    QTest.mouseClick(window.toolbar.similar, Qt.MouseButton.LeftButton)
    wait("similar", lambda: window.similar.count > 0)
    similar = controller.searching.similar
    seen["hits"] = [[hit.band.value, hit.sequence_count] for hit in (similar.hits or ())] if similar else []
    picture("similar")
    window.close()
    tasks.close()
    print(json.dumps(seen))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
