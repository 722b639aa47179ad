"""Hostile texts and numbers in the rows of a library: the window lists, searches and closes as always."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from PySide6.QtCore import Qt

from exr_inspector_app import config
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.publish.history_sheet import HistorySheet
from exr_inspector_app.gui.widgets.tab_dock import LIBRARY
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend
from tests.records import batch, small

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

TEXTS = [
    f"/{'x' * 2_000_000}.exr",
    "/a/" * 300_000 + "b.exr",
    "/a\nb\x1b[31m\u202egnp\x00.exr",
    "<h1>BIG</h1><img src='/etc/passwd'>",
    "",
    "\u0301" * 50_000,
]
COLUMNS = ("file_path", "sequence_key", "path_folded", "compression", "color_space", "channel_list", "note")
PUBLISH_COLUMNS = ("publish_id", "published_by")


@pytest.fixture
def core(tmp_path: Path) -> Backend:
    """Return a backend over a library with one hostile text in every column of each row."""
    made = config.load()
    records = [small(tmp_path, f"{number}.exr") for number in range(len(TEXTS) + 1)]
    LocalStore(made.library).publish(batch(*records))
    with duckdb.connect(str(made.library)) as connection:
        known = {row[1] for row in connection.execute("PRAGMA table_info('file_rows')").fetchall()}
        for record, text in zip(records[1:], TEXTS, strict=True):
            for column in known.intersection((*COLUMNS, *PUBLISH_COLUMNS)):
                values = [text, record.identity.file_id]
                connection.execute(f"UPDATE file_rows SET {column} = ? WHERE file_id = ?", values)
        connection.execute("UPDATE part_rows SET data_window = '[[[', display_window = ''")
        connection.execute("UPDATE file_rows SET width = -2147483648, height = 2147483647, size_bytes = -1")
    return Backend(made)


def test_hostile_rows_are_listed_and_searched(
    window: MainWindow, controller: Controller, settle: Callable[[], None], tmp_path: Path
) -> None:
    bugs = list[object]()
    controller.tasks.bug.connect(bugs.append)
    window.dock.show_page(LIBRARY)
    settle()
    pane = window.library
    assert pane.model.rowCount() == len(TEXTS) + 1
    for row in range(pane.model.rowCount()):
        for column in range(pane.model.columnCount()):
            index = pane.model.index(row, column)
            assert isinstance(index.data(3) or "", str)  # tool tips
    window.grab()
    pane.view.find_similar_requested.emit(
        pane.model.row_at(pane.model.index(0, 0)) and [pane.model.row_at(pane.model.index(0, 0))]
    )
    settle()
    window.grab()
    assert bugs == []
    window.actions_["publish_history"].trigger()
    settle()
    sheet = window.findChild(HistorySheet)
    assert sheet.model.rowCount() == len(TEXTS)  # the empty id names no publish
    for row in range(sheet.model.rowCount()):
        sheet.view.setCurrentIndex(sheet.model.index(row, 0))
        assert len(sheet.hint.text()) < 200
        assert len(sheet.model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole)) < 10_000
    window.grab()
    assert bugs == []
    state = controller.search.similar
    assert state is not None
    assert state.hits or state.failure
