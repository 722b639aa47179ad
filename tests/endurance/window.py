"""A day at the window in one process: drop, preview, publish, similar, clear; files come, are damaged and vanish."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from exr_inspector_app import config
from exr_inspector_app.exr.pixels.idle_workers import idle_workers
from exr_inspector_app.gui.app import IDLE_WORKERS
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.tasks.garbage_collector import GarbageCollector
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.services.backend import Backend
from tests.endurance.session import MAX_GROWTH, WARM_UP, Usage, usage
from tests.exr_files import studio_file
from tests.gui import dropping

PATIENCE_S = 60.0
SHOTS, FRAMES = 40, 10
CACHE_BYTES = 4096  # of pictures of a few pixels, each with a descriptor: full before the end of the warm-up


def run(folder: Path, seconds: float, seed: int) -> dict[str, object]:
    """Play rounds for `seconds`; raise AssertionError for a lost row, a stall or a leak. See `session.run`."""
    os.environ |= {"HOME": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    os.environ |= {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    application = QApplication.instance() or QApplication(["exr-inspector"])
    assert isinstance(application, QApplication)
    theme.apply(application, "dark")
    garbage, tasks = GarbageCollector(), TaskRunner()
    idle_workers().keep(IDLE_WORKERS)
    controller = Controller(Backend(config.load(str(folder / "library.duckdb"))), tasks)
    controller.preview.cache.limit(CACHE_BYTES)
    window = MainWindow(controller, WindowState())
    window.resize(1600, 1000)
    window.show()
    try:
        return _Day(window, controller, tasks, folder, random.Random(seed)).play(seconds)
    finally:
        controller.close()
        tasks.close()
        garbage.close()
        idle_workers().keep(0)


class _Day:
    """The rounds, with the paths that must be published."""

    def __init__(
        self, window: MainWindow, controller: Controller, tasks: TaskRunner, folder: Path, order: random.Random
    ) -> None:
        self._window, self._controller, self._tasks, self._folder, self._order = (
            *(window, controller, tasks, folder),
            order,
        )
        self._published: set[str] = set()

    def play(self, seconds: float) -> dict[str, object]:
        """Play rounds, and return the figures."""
        started, rounds = time.monotonic(), 0
        warm: Usage | None = None
        while (spent := time.monotonic() - started) < seconds:
            self._play_round()
            rounds += 1
            with self._controller.backend.store() as store:
                stored = {row.file["file_path"] for row in store.find(limit=100_000)}
            assert stored == self._published, "rows differ from the model"
            if warm is None and spent > WARM_UP * seconds:
                warm = usage()
        last, first = usage(), warm or usage()
        assert last.memory_mb <= MAX_GROWTH * first.memory_mb, f"memory grew: {first} -> {last}"
        assert last.handles <= first.handles + 8, (
            f"handles leak: {first} -> {last}"
        )  # those of a worker that is renewed
        assert (last.threads, last.processes) <= (first.threads + 2, first.processes + 1), f"leak: {first} -> {last}"
        return {"rounds": rounds, "rows": len(self._published), "warm": first._asdict(), "end": last._asdict()}

    def _play_round(self) -> None:
        window, controller = self._window, self._controller
        shot = self._folder / "shots" / f"sh{self._order.randrange(SHOTS):02}"
        frame = self._order.randrange(1001, 1001 + FRAMES)
        path = studio_file(shot / f"beauty.{frame}.exr", frame)
        damaged = shot / "damaged.exr"
        damaged.write_bytes(path.read_bytes()[: self._order.randrange(400)])
        data = dropping.files(shot)
        dropping.enter(window, data)
        dropping.drop(window, data)
        self._wait(lambda: bool(len(controller.session)) and controller.is_settled, "inspection")
        entry = controller.session.get(str(path))
        assert entry is not None
        controller.files.select(entry)
        self._wait(lambda: not self._tasks.running(), "preview")
        QTest.mouseClick(window.toolbar.publish, Qt.MouseButton.LeftButton)
        self._wait(lambda: not self._tasks.running(), "plan")
        if window.sheet.publish.isEnabled():
            QTest.mouseClick(window.sheet.publish, Qt.MouseButton.LeftButton)
            self._wait(lambda: not controller.publishing.is_running and not self._tasks.running(), "publish")
        self._published.update(map(str, shot.glob("beauty.*.exr")))
        QTest.mouseClick(window.toolbar.similar, Qt.MouseButton.LeftButton)
        self._wait(lambda: not self._tasks.running(), "similar")
        if self._order.random() < 0.3:  # it stays in the library
            path.unlink()
        damaged.unlink()
        controller.files.clear()
        self._wait(lambda: not self._tasks.running(), "clearing")

    def _wait(self, is_done: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + PATIENCE_S
        quiet = 0
        while quiet < 3:  # a result may start the next operation
            QCoreApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            quiet = quiet + 1 if is_done() else 0
            assert time.monotonic() < until, f"{what} takes longer than {PATIENCE_S:g} s"
            time.sleep(0.005)
