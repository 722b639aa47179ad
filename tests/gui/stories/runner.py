"""Runner of a story: drives the real window step by step, sees what the screen shows, and prints one JSON object.

Usage: `python -m tests.gui.stories STORY FOLDER`. With EXR_INSPECTOR_STORY_SHOTS, screenshots are saved there.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from exr_inspector_app.__main__ import main
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from tests.gui import dropping

Wait = Callable[[], bool]
PATIENCE_S = 150  # until a stalled story is cancelled
TURN_MS = 10
SHOTS = "EXR_INSPECTOR_STORY_SHOTS"
NO_MODIFIER = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


class Driver(QObject):
    """User at the window; a story yields the condition that it waits for."""

    def __init__(self, name: str, folder: Path, story: Callable[[Driver], Iterator[Wait]]) -> None:
        super().__init__()
        self.name, self.folder = name, folder
        self.seen: dict[str, object] = {}
        self.step = 0  # for the report of a stalled story
        self.was_active = False  # the window manager has given the window the focus
        self._story = story
        self._steps: Iterator[Wait] | None = None
        self._deadline = time.monotonic() + PATIENCE_S
        self._until: Wait = lambda: bool(self._windows()) and self.window.windowHandle().isExposed()
        self._timer = QTimer(self)
        self._timer.setInterval(TURN_MS)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def _windows(self) -> list[MainWindow]:
        return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]

    @property
    def window(self) -> MainWindow:
        """The window of the program."""
        return self._windows()[0]

    @property
    def controller(self) -> Controller:
        """The services of the window."""
        return self.window.controller

    def _turn(self) -> None:
        if time.monotonic() > self._deadline:
            sys.stderr.write(f"{self.name} stalled at step {self.step}; seen: {self.seen}\n")
            QApplication.exit(3)
            self._timer.stop()
        elif self._until():
            self._steps = self._steps or self._story(self)
            self.was_active |= self.window.isActiveWindow() if self._windows() else False
            self.step += 1
            self._until = next(self._steps, self._stop)

    def _stop(self) -> bool:
        self._timer.stop()
        return False

    # Input

    def drop(self, *paths: object) -> None:
        """Drop files and folders on the window."""
        data = dropping.files(*paths)
        dropping.enter(self.window, data)
        dropping.drop(self.window, data)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(self.focused, key, modifier)

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        QTest.keyClicks(self.focused, text)

    def click(self, widget: QWidget) -> None:
        """Click on a widget."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    @property
    def focused(self) -> QWidget:
        """The widget with the focus, or the window."""
        return QApplication.focusWidget() or self.window

    # Observation

    def is_settled(self) -> bool:
        """Return True if everything was inspected and planned, and no thumbnail is waited for."""
        return bool(len(self.controller.session)) and self.controller.is_settled

    def is_idle(self) -> bool:
        """Return True if nothing runs in the background."""
        return not self.controller.tasks.running() and not self.controller.session_thumbnails.is_waiting

    def shoot(self, title: str) -> None:
        """Grab the window from the screen, count its colors, and save it if asked to."""
        QApplication.processEvents()
        image = self.window.screen().grabWindow(self.window.winId()).toImage()
        colors = {image.pixel(x, y) for x in range(0, image.width(), 4) for y in range(0, image.height(), 4)}
        self.seen[f"colors of {title}"] = len(colors)
        if folder := os.environ.get(SHOTS):
            Path(folder).mkdir(parents=True, exist_ok=True)
            image.save(str(Path(folder) / f"{self.name}-{title}.png"))


def run(name: str, folder: Path, story: Callable[[Driver], Iterator[Wait]], paths: Sequence[str] = ()) -> int:
    """Start the program with a user that follows a story; print the observations, and return the exit code."""
    application = QApplication(["exr-inspector"])
    driver = Driver(name, folder, story)
    code = main(["--new-window", *paths])
    print(json.dumps({"platform": application.platformName(), "is_active": driver.was_active, **driver.seen}))
    return code
