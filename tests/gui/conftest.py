"""Fixtures of the window tests: offscreen platform, services over a real library, and a check for leaked threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app import config
from exr_inspector_app.exr.pixels.idle_workers import idle_workers
from exr_inspector_app.exr.pixels.sandbox.file_broker import BROKER_THREAD
from exr_inspector_app.gui.app import IDLE_WORKERS
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.poller import Poller
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.services.backend import Backend
from tests.exr_files import studio_file

JOIN_S = 10.0  # readers are joined for a second, which a busy machine exceeds
PATIENCE_MS = 60_000  # of a wait for what takes milliseconds on a quiet machine; pytest-qt waits 5 s


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """Return a bot whose waits outlast a busy machine."""
    bot = QtBot(request)
    for name in ("waitActive", "waitSignal", "waitUntil"):
        setattr(bot, name, partial(getattr(bot, name), timeout=PATIENCE_MS))
    return bot


@pytest.fixture(scope="package", autouse=True)
def kept_workers() -> Iterator[None]:
    """Keep idle workers from test to test, as the window does from job to job."""
    idle_workers().keep(IDLE_WORKERS)
    yield
    idle_workers().keep(0)


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp: QApplication) -> Iterator[None]:
    """Fail a test that leaves a thread or an active timer of the application behind."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    left = [thread for thread in left if thread.name != BROKER_THREAD or idle_workers().count == 0]
    for thread in left:
        thread.join(JOIN_S)
    left = [thread for thread in left if thread.is_alive()]
    assert not left, f"leaked threads: {left}"
    ticking = [timer for timer in qapp.findChildren(QTimer) if timer.isActive()]
    assert not ticking, f"active timers: {ticking}"


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[TaskRunner]:
    """Return a task runner whose threads are joined when the test ends."""
    made = TaskRunner()
    yield made
    made.close()


@pytest.fixture
def core() -> Backend:
    """Return services over the library of this test."""
    return Backend(config.load())


@pytest.fixture
def controller(qtbot: QtBot, core: Backend, tasks: TaskRunner) -> Iterator[Controller]:
    """Return a controller over the library of this test."""
    made = Controller(core, tasks)
    yield made
    made.close()


@pytest.fixture
def settle(qtbot: QtBot, tasks: TaskRunner) -> Callable[[], None]:
    """Return a function that waits for the end of all background operations."""

    def wait() -> None:
        qtbot.waitUntil(lambda: not tasks.running())

    return wait


@pytest.fixture
def poll_until(qtbot: QtBot, tasks: TaskRunner) -> Callable[[Poller, Callable[[], bool]], None]:
    """Return a function that polls until a condition holds: once on a quiet machine, more often on a busy one."""

    def poll_until(poller: Poller, is_done: Callable[[], bool]) -> None:
        def is_done_now() -> bool:
            if not tasks.running() and not is_done():
                poller.tick()
            return is_done()

        qtbot.waitUntil(is_done_now)

    return poll_until


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, controller: Controller) -> Iterator[MainWindow]:
    """Show the window over the library of this test."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # windows of earlier tests
    theme.apply(qapp, "dark")
    made = MainWindow(controller, WindowState())
    qtbot.addWidget(made)
    made.resize(1600, 1000)
    made.show()
    yield made
    made.hide()


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    """Return a folder with three frames of a render."""
    for frame in (1001, 1002, 1003):
        studio_file(tmp_path / "shot" / f"beauty.{frame}.exr", frame)
    return tmp_path / "shot"
