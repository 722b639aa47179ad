"""The session is saved after each change, without closing the window, and restored as it was shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app.config.paths import state_folder
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.session_saver import SessionSaver
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.sort_filter import Order, StatusFilter
from exr_inspector_app.gui.settings.saved_session import SavedSession, load_session, save_session
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.services.backend import Backend
from tests.exr_files import write_exr

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


@pytest.fixture
def other(qtbot: QtBot, core: Backend, tasks: TaskRunner) -> Iterator[MainWindow]:
    """Return the window of the next start."""
    controller = Controller(Backend(core.config), tasks)
    made = MainWindow(controller, WindowState())
    qtbot.addWidget(made)
    made.resize(1600, 1000)
    made.show()
    yield made
    controller.close()


def test_session_is_saved_without_closing_and_restored(
    window: MainWindow, other: MainWindow, shot: Path, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    write_exr(tmp_path / "other.exr")
    SessionSaver(window, window.controller.files, window.controller.preview, window.controller.tasks, SavedSession())
    window.open_paths([str(tmp_path / "other.exr"), str(shot)])
    settle()
    frame = window.controller.session.get(str(shot / "beauty.1002.exr"))
    assert frame is not None
    window.session.select(frame)
    window.controller.files.select(frame)
    settle()
    layers = window.controller.preview.shown.layers
    window.controller.preview.select_layer(layers[1])
    window.inspector.tabs.setCurrentIndex(1)
    window.dock.show_page(3)
    window.actions_["watch"].trigger()
    window.actions_["hold"].trigger()
    window.pages.similar_presenter.search_file(frame)
    settle()
    window.session_filter.restore("beauty", StatusFilter.PENDING)
    window.session_filter.order = "SIZE turned"
    qtbot.waitUntil(lambda: load_session().layer == layers[1].stored)
    qtbot.waitUntil(lambda: load_session().order == "SIZE turned")
    saved = load_session()
    assert saved.roots == (str(tmp_path / "other.exr"), str(shot))
    assert saved.watched == (str(shot / "beauty.1001.exr"),)
    assert (saved.reference, saved.similar) == (frame.path, frame.path)
    SessionSaver(other, other.controller.files, other.controller.preview, other.controller.tasks, saved).restore()
    settle()
    QApplication.processEvents()
    assert other.controller.files.selection is not None
    assert other.controller.files.selection.path == frame.path
    qtbot.waitUntil(lambda: other.controller.preview.shown.layer == layers[1])
    qtbot.waitUntil(lambda: other.comparison.presenter.reference is not None)
    qtbot.waitUntil(lambda: other.pages.similar_presenter.reference_path == frame.path)
    qtbot.waitUntil(lambda: other.watching.watch.count == 1)
    assert (int(other.inspector.page), other.dock.current_page, other.dock.is_folded) == (1, 3, False)
    requested = other.session_filter.sorter.requested
    assert (requested.text, requested.only, requested.order, requested.is_reversed) == (
        "beauty", StatusFilter.PENDING, Order.SIZE, True,
    )  # fmt: skip
    settle()


def test_sizes_of_panes_and_columns_are_saved_without_closing_and_restored(
    window: MainWindow, qtbot: QtBot, core: Backend, tasks: TaskRunner
) -> None:
    window.state_saver.start()
    window.layout_.show_start(False)
    window.inspector.show_page(InspectorPage.ATTRIBUTES)
    window.inspector.attributes.table.header().resizeSection(0, 222)
    window.dock.set_folded(is_folded=False)
    window.layout_.rows.moveSplitter(window.layout_.rows.height() - 350, 1)
    window.layout_.columns.moveSplitter(500, 1)
    window.session_filter.order = "SIZE"
    height = window.dock.height()
    qtbot.waitUntil(lambda: WindowState().state("attributes").data() == b"222 106")
    qtbot.waitUntil(lambda: WindowState().order == "SIZE")
    assert height > 300  # not the first height
    controller = Controller(Backend(core.config), tasks)
    other = MainWindow(controller, WindowState())
    qtbot.addWidget(other)
    other.resize(1600, 1000)
    other.show()
    other.layout_.show_start(False)
    other.dock.set_folded(is_folded=False)
    other.inspector.show_page(InspectorPage.ATTRIBUTES)
    assert (other.inspector.attributes.table.columnWidth(0), other.session.width(), other.dock.height()) == (
        222, 500, height,
    )  # fmt: skip
    controller.close()


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"roots": [3, "/a.exr"], "page": "x", "selected": "a.exr"}'])
def test_damaged_session_file_reads_as_far_as_it_is_sound(text: str) -> None:
    save_session(SavedSession(roots=("/b",), page=2))
    assert load_session() == SavedSession(roots=("/b",), page=2)
    (state_folder() / "session.json").write_text(text)
    assert load_session() == (SavedSession(roots=("/a.exr",)) if "roots" in text else SavedSession())
