"""Inspector in the window: search, parts, copying, and problems of the selected file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from tests.exr_files import studio_file, write_exr
from tests.gui.buttons import press

# The offscreen platform logs this for every window with a minimum size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


def test_search_filters_channels_and_attributes_until_escape(
    window: MainWindow, shot: Path, settle: Settle, qtbot: QtBot
) -> None:
    window.open_paths([str(shot)])
    settle()
    total = window.attributes_model.total
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(window.toolbar.search, "diffuse")
    assert window.structure_model.channel_count() == 6
    assert window.inspector.attributes.count.text() == f"{window.attributes_model.rowCount()} of {total}"
    qtbot.keyClicks(window.toolbar.search, "zzz")
    assert "Nothing matches “diffusezzz”" in window.inspector.attributes.notice.text
    assert "Nothing matches" in window.inspector.structure.notice.text
    qtbot.keyClick(window.toolbar.search, Qt.Key.Key_Escape)
    assert window.structure_model.channel_count() == 40
    assert window.inspector.attributes.count.text() == f"{total}"


def test_filter_stays_for_another_file(window: MainWindow, shot: Path, settle: Settle) -> None:
    window.open_paths([str(shot)])
    settle()
    window.toolbar.search.setText("timeCode")
    window.controller.files.select(list(window.controller.session)[2])
    assert window.attributes_model.rowCount() == 1


def test_part_selected_in_tree_shows_its_attributes(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    path = write_exr(tmp_path / "two.exr", parts=({}, {"channels": ("Z",)}))
    window.open_paths([str(path)])
    settle()
    window.inspector.show_page(InspectorPage.ATTRIBUTES)
    assert window.inspector.attributes.parts.isVisible()
    window.inspector.structure.tree.setCurrentIndex(window.structure_model.index(1, 0))
    assert window.inspector.attributes.parts.currentIndex() == 1
    assert [row.value.text for row in window.attributes_model.visible_rows() if row.name == "name"] == ["part1"]


def test_values_and_names_are_copied_by_shortcut(window: MainWindow, shot: Path, settle: Settle, qtbot: QtBot) -> None:
    window.open_paths([str(shot)])
    settle()
    table = window.inspector.attributes.table
    row = next(number for number, row in enumerate(window.attributes_model.visible_rows()) if row.name == "comments")
    table.setCurrentIndex(window.attributes_model.index(row, 0))
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "orca lighting, warm key"
    table.copy_rows()
    assert QGuiApplication.clipboard().text() == "comments\tstring\torca lighting, warm key"
    qtbot.keyClick(window.inspector.structure.tree, Qt.Key.Key_Home)
    window.inspector.structure.tree.setCurrentIndex(
        window.structure_model.index(0, 0, window.structure_model.index(0, 0))
    )
    qtbot.keyClick(window.inspector.structure.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "RGBA"


def test_damaged_frame_of_a_sequence_is_shown(window: MainWindow, shot: Path, settle: Settle) -> None:
    (shot / "beauty.1002.exr").write_bytes(b"no")
    window.open_paths([str(shot)])
    settle()
    window.session.view.clearSelection()
    window.session.select_first()
    assert window.inspector.header.name.text() == "beauty.1002.exr"


def test_problem_is_shown_copied_and_hidden_after_repair(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    path = studio_file(tmp_path / "cut.exr")
    content = path.read_bytes()
    path.write_bytes(content[:900])
    window.open_paths([str(path)])
    settle()
    assert window.inspector.checks.model.worst == "error"
    window.inspector.show_page(InspectorPage.CHECKS)
    banner = window.inspector.checks.banner
    assert banner.isVisible()
    assert "The file ends within its header" in banner.text
    assert "could be read" in banner.text
    copy, _, reload = banner.findChildren(QPushButton)
    press(qtbot, copy)
    assert QGuiApplication.clipboard().text().startswith(f"{path}\n")
    assert "byte" in QGuiApplication.clipboard().text()
    path.write_bytes(content)
    press(qtbot, reload)
    settle()
    qtbot.waitUntil(lambda: not banner.isVisible())
    assert window.structure_model.channel_count() == 40


def test_missing_file_is_reported_in_all_panes(
    window: MainWindow, controller: Controller, tmp_path: Path, settle: Callable[[], None]
) -> None:
    controller.files.open_paths([str(tmp_path / "gone.exr")])
    settle()
    window.session.select_first()
    settle()
    assert "There is no such file." in window.inspector.structure.notice.text
    assert "There is no such file." in window.preview.canvas.text
    assert [label for label, _ in window.inspector.header.chips.chips] == ["Not found"]
