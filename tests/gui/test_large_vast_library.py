"""The Library pane over a VAST Database of 500,000 files without a query engine."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from exr_inspector_app import config
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.widgets.tab_dock import LIBRARY
from exr_inspector_app.persistence.vast import VastStore
from tests.vast.crowd import ACCESS, BUCKET, SECRET, place
from tests.vast.large import fill
from tests.vast_server import VastServer

pytestmark = [pytest.mark.slow, pytest.mark.vast, pytest.mark.qt_log_ignore("does not support propagateSizeHints")]

ROWS, MAX_REQUESTS, MAX_BYTES = 500_000, 160, 40_000_000  # with counts and thumbnails; all keys are 130 MB


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, controller: Controller) -> Iterator[VastServer]:
    """Return a server with the rows, which the window reads."""
    with VastServer((BUCKET,), ACCESS, SECRET, query_engine=False) as made:
        vast = place(made.endpoint, "exr_metadata")
        VastStore(vast).ensure_tables()
        fill(made, vast, ROWS)
        variables = {"ENDPOINT": made.endpoint, "ACCESS_KEY": ACCESS, "SECRET_KEY": SECRET, "BUCKET": BUCKET}
        for name, value in variables.items():
            monkeypatch.setenv(f"VAST_DB_{name}", value)
        made.clear()
        controller.targets.configure(config.load())
        controller.targets.choose("vast")
        yield made


def test_window_shows_its_first_page_without_reading_all_rows(
    qtbot: QtBot, window: MainWindow, server: VastServer
) -> None:
    window.dock.show_page(LIBRARY)
    qtbot.waitUntil(lambda: window.library.model.rowCount() == 200)
    print(f"\nwindow: {len(server.log)} requests, {server.sent_bytes:,} bytes")
    text = window.library.count.text()
    assert re.match(r"About 500,000 files, (19|20),\d\d\d sequences\. Filters count the newest [\d,]+\.$", text)
    assert len(server.log) <= MAX_REQUESTS
    assert server.sent_bytes <= MAX_BYTES
