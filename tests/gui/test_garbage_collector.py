"""Reference cycles with Qt objects are collected in the GUI thread, whichever thread has made the garbage."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.tasks import garbage_collector
from exr_inspector_app.gui.tasks.garbage_collector import GarbageCollector


@pytest.fixture
def collector(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[GarbageCollector]:
    monkeypatch.setattr(garbage_collector, "INTERVAL_MS", 5)
    made = GarbageCollector()
    yield made
    made.close()
    gc.disable()  # as in all tests


class Owner:
    """Owner of a timer in a reference cycle."""

    def __init__(self) -> None:
        self.cycle = self
        self.timer = QTimer(interval=60_000)
        self.timer.start()


def test_cycle_is_destroyed_in_the_gui_thread(collector: GarbageCollector, qtbot: QtBot) -> None:
    threads: list[threading.Thread] = []
    weakref.finalize(Owner(), lambda: threads.append(threading.current_thread()))

    kept: list[list[int]] = []
    worker = threading.Thread(target=lambda: kept.extend([n] for n in range(2 * garbage_collector.YOUNG_OBJECTS)))
    worker.start()
    worker.join()
    assert not threads  # the thread that allocates collects nothing
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == [threading.main_thread()]
    assert kept


def test_automatic_collection_returns_when_the_window_closes(qtbot: QtBot) -> None:
    made = GarbageCollector()
    assert not gc.isenabled()
    made.close()
    assert gc.isenabled()
    gc.disable()


def test_middle_generation_is_collected_by_the_number_of_objects(
    collector: GarbageCollector, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage_collector, "MIDDLE_OBJECTS", garbage_collector.YOUNG_OBJECTS)
    gc.collect(1)
    collections = gc.get_stats()[1]["collections"]
    kept = [[number] for number in range(2 * garbage_collector.YOUNG_OBJECTS)]
    qtbot.waitUntil(lambda: gc.get_stats()[1]["collections"] > collections)
    assert kept
