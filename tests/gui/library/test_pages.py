"""Paging of the Library pane: pages load on scrolling, sequences expand, and new publishes appear."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from exr_inspector_app.contracts import Condition, Listing
from exr_inspector_app.gui.library.library_model import LibraryModel
from exr_inspector_app.gui.library.library_pane import LibraryPane
from exr_inspector_app.gui.library.library_rows import COLUMNS
from exr_inspector_app.gui.library.page_loader import PAGE
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.widgets.tab_dock import LIBRARY
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend
from tests.persistence.samples import payload, record
from tests.records import batch

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Settle = Callable[[], None]
LEFT, TOP = Qt.MouseButton.LeftButton, QModelIndex()


def test_more_pages_load_on_scrolling(pane: LibraryPane, settle: Settle) -> None:
    QAbstractItemModelTester(pane.model, QAbstractItemModelTester.FailureReportingMode.Fatal, pane.model)
    settle()
    pane.view.scrollToTop()
    assert pane.model.rowCount() >= PAGE
    assert pane.model.total_rows == PAGE + 50
    assert pane.count.text() == "254 files, 250 sequences"
    pane.view.scrollToBottom()
    settle()
    assert pane.model.rowCount() == PAGE + 50
    assert not pane.footer.isVisible()
    assert len({row.path for at in range(PAGE + 50) if (row := pane.model.row_at(pane.model.index(at, 0)))}) == 250


def test_sequence_expands_into_its_files(pane: LibraryPane, settle: Settle) -> None:
    pane.search.setText("kelp/OR_000")
    pane.search.returnPressed.emit()
    settle()
    top = pane.model.index(0, 0)
    row = pane.model.row_at(top)
    assert row is not None
    assert (row.name, row.frames) == ("beauty.####.exr", "1001–1006, 1 missing")
    assert row.cells[1:5] == ("kelp", "OR_000", "lighting", "v001")
    assert pane.model.rowCount(top) == 0
    pane.view.expand(top)
    settle()
    files = [pane.model.index(at, 0, top).data() for at in range(pane.model.rowCount(top))]
    assert files == [f"beauty.{frame}.exr" for frame in (1001, 1002, 1003, 1005, 1006)]
    assert pane.model.index(2, 0, top).parent() == top


def test_sort_by_the_same_column_reverses_the_order(pane: LibraryPane, settle: Settle) -> None:
    channels_column = [column.title for column in COLUMNS].index("Channels")
    pane.view.sort_by(channels_column)
    settle()
    assert {pane.model.index(row, channels_column).data() for row in range(20)} == {"12"}
    pane.view.sort_by(channels_column)
    settle()
    assert {pane.model.index(row, channels_column).data() for row in range(20)} == {"4"}


def test_sorting_keeps_the_selected_sequence(pane: LibraryPane, settle: Settle) -> None:
    pane.view.setCurrentIndex(pane.model.index(7, 0))
    (before,) = pane.view.selected_rows()
    pane.view.sort_by(0)
    settle()
    (after,) = pane.view.selected_rows()
    assert after.path == before.path


def test_newly_published_files_appear(pane: LibraryPane, core: Backend, controller: Controller, settle: Settle) -> None:
    made = record(payload("/mnt/prod/new/OR_900/comp/beauty/v001/beauty.1001.exr"), inspected_at="2026-05-01T00:00:00Z")
    LocalStore(core.config.library).publish(batch(made, publish_id="p2"))
    controller.targets.query()
    settle()
    assert pane.count.text() == "255 files, 251 sequences"
    assert pane.model.index(0, 1).data() == "new"


def test_rows_that_move_between_pages_are_listed_once(core: Backend) -> None:
    model, offsets = LibraryModel(), list[int]()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.page_requested.connect(offsets.append)
    store = LocalStore(core.config.library)
    model.set_first_page(store.browse(Listing(limit=100)))
    newer = [payload(f"/mnt/prod/new/OR_{n}/comp/beauty/v001/beauty.1001.exr") for n in range(60)]
    records = [record(row, inspected_at="2026-05-01T00:00:00Z") for row in newer]
    LocalStore(core.config.library).publish(batch(*records, publish_id="p2"))
    model.fetchMore(TOP)
    model.append_page(store.browse(Listing(limit=100, offset=100)), 100)
    assert model.rowCount() == 140
    model.fetchMore(TOP)
    assert offsets == [100, 200]
    model.append_page(store.browse(Listing(limit=100, offset=300)), 200)  # as if the rest had been removed
    model.fetchMore(TOP)
    model.append_page(store.browse(Listing(limit=100, offset=400)), offsets[-1])
    assert not model.canFetchMore(TOP)


def test_stale_page_is_ignored(core: Backend) -> None:
    model = LibraryModel()
    with core.store() as store:
        first, second = (store.browse(Listing(limit=100, offset=offset)) for offset in (0, 100))
    model.set_first_page(first)
    model.append_page(second, 100)  # not requested
    assert model.rowCount() == 100
    model.fetchMore(TOP)
    model.append_page(second, 200)  # of an earlier listing
    assert model.rowCount() == 100
    model.append_page(second, 100)
    model.append_page(second, 100)  # twice
    assert model.rowCount() == 200


def test_stale_files_are_ignored(core: Backend) -> None:
    model = LibraryModel()
    with core.store() as store:
        model.set_first_page(store.browse(Listing(sort="count", limit=1)))
        row = model.row_at(model.index(0, 0))
        assert row is not None
        key = str(row.listed.file["sequence_key"])
        files = store.browse(Listing((Condition("sequence_key", "=", key),), False, "frame_number", False))
    top = model.index(0, 0)
    model.append_files(key, files, 0)  # not requested
    assert model.rowCount(top) == 0
    model.fetchMore(top)
    model.append_files("/another.####.exr", files, 0)
    model.append_files(key, files, 5)  # of an earlier listing
    assert model.rowCount(top) == 0
    model.append_files(key, files, 0)
    assert model.rowCount(top) == 5


def test_cancelled_requests_are_repeated(core: Backend) -> None:
    model, offsets = LibraryModel(), list[int]()
    model.page_requested.connect(offsets.append)
    with core.store() as store:
        model.set_first_page(store.browse(Listing(limit=100)))
    model.fetchMore(TOP)
    assert not model.canFetchMore(TOP)
    model.cancel_requests()
    model.fetchMore(TOP)
    assert offsets == [100, 100]


def test_unreadable_library_shows_the_error_and_can_be_retried(
    window: MainWindow, core: Backend, settle: Settle, qtbot: QtBot
) -> None:
    content = core.config.library.read_bytes()
    core.config.library.write_bytes(b"this is no library" * 1000)
    window.dock.show_page(LIBRARY)
    settle()
    pane = window.library
    assert pane.banner.isVisible()
    assert str(core.config.library) in pane.banner.text
    core.config.library.write_bytes(content)
    qtbot.mouseClick(pane.banner.findChild(QPushButton), LEFT)
    settle()
    assert pane.view.isVisible()


def test_empty_library_shows_a_hint(window: MainWindow, core: Backend, settle: Settle) -> None:
    core.config.library.unlink()
    window.dock.show_page(LIBRARY)
    settle()
    assert "The library is empty" in window.library.notice.text
    assert not window.library.export.isEnabled()


def test_bottom_panel_is_maximized_and_restored(window: MainWindow, pane: LibraryPane, qtbot: QtBot) -> None:
    height = window.dock.height()
    window.actions_["maximise"].trigger()
    qtbot.waitUntil(lambda: window.dock.height() > 800)
    window.actions_["maximise"].trigger()
    qtbot.waitUntil(lambda: window.dock.height() == height)
    window.dock.set_maximized(is_maximized=True)
    window.dock.set_folded(is_folded=True)
    assert window.dock.is_folded
    assert not window.dock.is_maximized


def test_narrow_window_hides_columns_but_keeps_the_name(window: MainWindow, pane: LibraryPane) -> None:
    window.dock.set_maximized(is_maximized=True)
    assert pane.view.columnWidth(0) >= 300
    window.resize(1100, 800)
    assert pane.view.columnWidth(0) >= 240
    assert pane.view.isColumnHidden([column.title for column in COLUMNS].index("Color"))
