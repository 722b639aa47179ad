"""Search that scans every row: progress and cancellation in the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from exr_inspector_app import config
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.tasks.job import JobState
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.persistence.vast import VastStore, transaction
from exr_inspector_app.persistence.vast.search import vector_cache
from tests.persistence.samples import batch, payload, record
from tests.vast.crowd import ACCESS, BUCKET, SECRET, place
from tests.vast_server import VastServer

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
FILES = [record(payload(f"/a/{number}.exr", frame_number=None, width=number + 1), number) for number in range(300)]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, controller: Controller, settle: Callable[[], None]) -> Iterator[VastServer]:
    """Return a database without a query engine; its rows come in several pieces."""
    monkeypatch.setattr(transaction, "SCAN_BATCH_ROWS", 64)
    monkeypatch.setattr(vector_cache, "MAX_CACHED_ROWS", 0)  # too many rows for the cache, so all are scanned
    with VastServer((BUCKET,), ACCESS, SECRET, query_engine=False) as made:
        store = VastStore(place(made.endpoint, "exr_metadata"))
        store.publish(batch(*FILES))
        store.close()
        variables = {"ENDPOINT": made.endpoint, "ACCESS_KEY": ACCESS, "SECRET_KEY": SECRET, "BUCKET": BUCKET}
        for name, value in variables.items():
            monkeypatch.setenv(f"VAST_DB_{name}", value)
        controller.targets.configure(config.load())
        controller.targets.choose("vast")
        settle()
        made.clear()
        yield made


def test_scan_shows_progress_and_can_be_cancelled(
    window: MainWindow, controller: Controller, server: VastServer, tasks: TaskRunner, settle: Callable[[], None],
    qtbot: QtBot,
) -> None:  # fmt: skip
    search = controller.search
    texts: list[str] = []
    controller.jobs.progressed.connect(lambda _: texts.append(window.status.text))
    search.search_published([FILES[0].identity.file_id], "/a/0.exr")
    settle()
    assert (texts[0], texts[-1]) == ("Comparing 0 of 300 rows", "Comparing 300 of 300 rows")
    (first,) = controller.activity.jobs()
    assert (first.state, first.counted) == (JobState.DONE, "300 of 300 rows")
    # The stored vectors are random: the file itself is among the 50 nearest rows by chance.
    assert window.status.text.startswith("1 match, 49 weak, in ")

    hold = controller.jobs.progressed.connect(lambda _: server.fault("query", "hold"))  # from the first piece on
    search.search_by("channels")
    qtbot.waitUntil(lambda: controller.activity.jobs()[0].total == 300)
    qtbot.mouseClick(window.status.stop, Qt.MouseButton.LeftButton)
    job = controller.activity.jobs()[0]
    assert (job.state, job.result) == (JobState.STOPPED, f"Stopped after {job.counted}.")
    assert window.status.text == job.result
    assert window.status.stop.isHidden()
    assert search.similar is not None
    assert (search.similar.failure, search.similar.is_stopped) == (job.result, True)
    assert window.similar.banner.isVisibleTo(window.similar)
    controller.jobs.progressed.disconnect(hold)
    server.clear()
    qtbot.waitUntil(lambda: tasks.is_idle)
    window.similar.banner.clicked.emit()
    qtbot.waitUntil(lambda: controller.activity.jobs()[0].state is JobState.DONE)
    assert not search.similar.is_stopped
