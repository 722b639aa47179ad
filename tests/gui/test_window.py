"""The window as a person uses it: keys, clicks and drops over real files and a real library."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from exr_inspector_app.config import resource
from exr_inspector_app.gui.actions import PANES
from exr_inspector_app.gui.controller import Controller
from exr_inspector_app.gui.main_window import MainWindow
from exr_inspector_app.gui.settings import Scheme, Settings
from exr_inspector_app.gui.tasks import Failure
from exr_inspector_app.gui.widgets.dock import USUAL
from exr_inspector_app.gui.widgets.drop import paths_of
from exr_inspector_app.gui.widgets.inspector import Page
from exr_inspector_app.gui.widgets.papers import BugReport, HelpPage, help_pages
from exr_inspector_app.wiring import Core
from tests.exr_files import studio_file, write_exr

# The offscreen platform says so of every window with a minimum size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    """A folder with three frames of a render."""
    for frame in (1001, 1002, 1003):
        studio_file(tmp_path / "shot" / f"beauty.{frame}.exr", frame)
    return tmp_path / "shot"


def dropped(*links: str, text: str = "") -> QMimeData:
    """What a file manager or an editor hands over."""
    data = QMimeData()
    if links:
        data.setUrls([QUrl(link) for link in links])
    if text:
        data.setText(text)
    return data


def drop(window: MainWindow, data: QMimeData) -> None:
    """A drag that enters the window and is dropped in its middle."""
    action, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    place = QPoint(800, 500)
    enter = QDragEnterEvent(place, action, data, LEFT, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    assert window._veil.isVisible()
    QApplication.sendEvent(window, QDropEvent(QPointF(place), action, data, LEFT, keys, QEvent.Type.Drop))
    assert not window._veil.isVisible()


def press(qtbot: QtBot, button: QPushButton) -> None:
    """A click on a button that can be pressed."""
    assert button.isEnabled()
    qtbot.mouseClick(button, LEFT)


def test_an_empty_window_says_what_to_do(window: MainWindow) -> None:
    assert window.empty.isVisible()
    assert window.dock.is_folded
    assert not window.toolbar.publish.isEnabled()
    assert window.toolbar.publish.toolTip() == "Open some files first"


def test_dropped_files_are_shown_with_structure_and_attributes(window: MainWindow, shot: Path, settle: Settle) -> None:
    drop(window, dropped(QUrl.fromLocalFile(str(shot)).toString()))
    settle()
    assert not window.empty.isVisible()
    assert window.layout_.rows.sizes()[1] == USUAL
    assert window.session_model.rowCount() == 1
    assert window.structure_model.rowCount() == 1
    assert window.attributes_model.total > 20
    assert window.inspector.header._name.text() == "beauty.1001.exr"
    assert "40 channels" in window.inspector.header.chips.accessibleName()


def test_dropped_text_is_a_list_of_paths(window: MainWindow, shot: Path, settle: Settle) -> None:
    drop(window, dropped(text=f'"{shot}/beauty.1001.exr"\n{shot}/beauty.1002.exr\n'))
    settle()
    assert len(window._controller.session) == 2


@pytest.mark.skipif(os.name == "nt", reason="paths are bytes only where the system's are")
def test_a_dropped_path_keeps_bytes_that_are_not_utf8() -> None:
    raw = b"/shot/caf\xe9 #1.exr"
    assert [os.fsencode(path) for path in paths_of(dropped(f"file://{quote(raw)}"))] == [raw]


def test_a_link_to_the_web_is_not_opened(window: MainWindow) -> None:
    data = dropped("https://example.org/a.exr")
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, enter)
    assert not window._veil.isVisible()


def test_paths_are_pasted(window: MainWindow, shot: Path, settle: Settle, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText(str(shot))
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert len(window._controller.session) == 3


def test_searching_filters_channels_and_attributes_until_escape(
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
    assert "Nothing matches “diffusezzz”" in window.inspector.attributes.notice.words
    assert "Nothing matches" in window.inspector.structure.notice.words
    qtbot.keyClick(window.toolbar.search, Qt.Key.Key_Escape)
    assert window.structure_model.channel_count() == 40
    assert window.inspector.attributes.count.text() == f"{total}"


def test_the_filter_stays_while_another_file_is_selected(window: MainWindow, shot: Path, settle: Settle) -> None:
    window.open_paths([str(shot)])
    settle()
    window.toolbar.search.setText("timeCode")
    window._controller.select(list(window._controller.session)[2])
    assert window.attributes_model.rowCount() == 1


def test_the_problem_of_a_damaged_file_is_shown_copied_and_goes_when_it_is_mended(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    path = studio_file(tmp_path / "cut.exr")
    whole = path.read_bytes()
    path.write_bytes(whole[:900])
    window.open_paths([str(path)])
    settle()
    assert window.inspector.checks.model.worst == "error"
    window.inspector.show_page(Page.CHECKS)
    banner = window.inspector.checks.banner
    assert banner.isVisible()
    assert "The file ends within its header" in banner.words
    assert "could be read" in banner.words
    copy, _, again = banner.findChildren(QPushButton)
    press(qtbot, copy)
    assert QGuiApplication.clipboard().text().startswith(f"{path}\n")
    assert "byte" in QGuiApplication.clipboard().text()
    path.write_bytes(whole)
    press(qtbot, again)
    settle()
    qtbot.waitUntil(lambda: not banner.isVisible())
    assert window.structure_model.channel_count() == 40


def test_publishing_shows_its_plan_then_its_result_and_can_be_undone(
    window: MainWindow, core: Core, shot: Path, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    write_exr(tmp_path / "short.exr", present=2)
    window.open_paths([str(shot), str(tmp_path / "short.exr")])
    settle()
    press(qtbot, window.toolbar.publish)
    assert window.toolbar.publish.property("kind") == "normal"
    settle()
    assert window.sheet.isVisible()
    assert window.sheet.publish.text() == "Publish 3 files"
    window.sheet.model.activate(window.sheet.model.index(3))
    assert window.sheet.publish.text() == "Publish 4 files"
    assert core.count() == 0
    press(qtbot, window.sheet.publish)
    assert not window.sheet.isVisible()
    assert window.toolbar.publish.property("kind") == "filled"
    settle()
    assert core.count() == 4
    assert window.status.words.startswith("Added 4 files")
    window.actions_["undo"].trigger()
    settle()
    assert core.count() == 0
    assert window.status.words == "Took back 4 files"


def test_escape_closes_the_sheet_and_nothing_is_written(
    window: MainWindow, core: Core, shot: Path, settle: Settle, qtbot: QtBot
) -> None:
    window.open_paths([str(shot)])
    settle()
    window.actions_["publish"].trigger()
    qtbot.keyClick(window.sheet, Qt.Key.Key_Escape)
    settle()
    assert not window.sheet.isVisible()
    assert window.sheet.model.rowCount() == 0  # a plan that comes late is not shown
    assert core.count() == 0


def test_a_second_publish_of_the_same_files_only_refreshes(window: MainWindow, shot: Path, settle: Settle) -> None:
    window.open_paths([str(shot)])
    settle()
    window._controller.publish(window._controller.session.records())
    settle()
    window.actions_["publish"].trigger()
    settle()
    assert window.sheet.publish.text() == "Refresh 3 files"


def test_similar_files_are_listed_for_the_selected_file(
    window: MainWindow, shot: Path, settle: Settle, qtbot: QtBot
) -> None:
    window.open_paths([str(shot)])
    settle()
    window._controller.publish(window._controller.session.records())
    settle()
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert window.similar.count == 1
    assert window.dock._tabs.tabText(0) == "Similar  1"


def test_choosing_a_part_in_the_tree_shows_its_attributes(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    path = write_exr(tmp_path / "two.exr", parts=({}, {"channels": ("Z",)}))
    window.open_paths([str(path)])
    settle()
    window.inspector.show_page(Page.ATTRIBUTES)
    assert window.inspector.attributes.parts.isVisible()
    window.inspector.structure.tree.setCurrentIndex(window.structure_model.index(1, 0))
    assert window.inspector.attributes.parts.currentIndex() == 1
    assert [row.shown.text for row in window.attributes_model.shown_rows() if row.name == "name"] == ["part1"]


def test_of_a_sequence_the_damaged_frame_is_shown(window: MainWindow, shot: Path, settle: Settle) -> None:
    (shot / "beauty.1002.exr").write_bytes(b"no")
    window.open_paths([str(shot)])
    settle()
    window.session.view.clearSelection()
    window.session.select_first()
    assert window.inspector.header._name.text() == "beauty.1002.exr"


def test_values_and_names_are_copied_with_the_keyboard(
    window: MainWindow, shot: Path, settle: Settle, qtbot: QtBot
) -> None:
    window.open_paths([str(shot)])
    settle()
    table = window.inspector.attributes.table
    row = next(n for n, one in enumerate(window.attributes_model.shown_rows()) if one.name == "comments")
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


def test_every_key_does_one_thing_and_stands_in_the_help(window: MainWindow) -> None:
    keys = [action.shortcut().toString() for action in [*window.actions_._made.values(), *window.actions_.panes]]
    keys = [key for key in keys if key]
    assert len(keys) == len(set(keys))
    told = (resource("help") / "shortcuts.md").read_text(encoding="utf-8")
    missing = [key for key in keys if f" {key} " not in told.replace(",", " ") and not key[-1].isdigit()]
    assert not missing


def test_panes_are_reached_by_key(window: MainWindow, shot: Path, settle: Settle, qtbot: QtBot) -> None:
    window.open_paths([str(shot)])
    settle()
    with qtbot.waitActive(window):
        window.activateWindow()
    window.actions_.panes[0].trigger()
    assert window.session.view.hasFocus()
    window.actions_["next_pane"].trigger()
    assert window.preview.canvas.hasFocus()
    window.actions_["previous_pane"].trigger()
    assert window.session.view.hasFocus()
    for name, view in (
        ("Structure", window.inspector.structure.tree),
        ("Attributes", window.inspector.attributes.table),
        ("Checks", window.inspector.checks.list),
        ("Activity", window.activity.table),
    ):
        window.actions_.panes[PANES.index(name)].trigger()
        assert view.hasFocus(), name


def test_help_pages_are_shipped_and_shown(window: MainWindow) -> None:
    assert [name for name, _ in help_pages()] == ["checks", "shortcuts", "similar", "vast", "window"]
    window.actions_["window_help"].trigger()
    page = window.findChild(HelpPage)
    assert page.isVisible()
    assert "Find similar" in page.text.toPlainText()
    page.close()


def test_the_help_menu_explains_what_similar_means(window: MainWindow) -> None:
    window.actions_["similar_help"].trigger()
    page = next(one for one in window.findChildren(HelpPage) if one.isVisible())
    assert "When it fails" in page.text.toPlainText()
    page.close()


def test_a_bug_is_shown_with_its_traceback_to_copy(window: MainWindow, qtbot: QtBot) -> None:
    window.show_bug(Failure("Inspect stopped with an error in the program.", "Traceback: line 1"))
    report = window.findChild(BugReport)
    assert not report.isModal()
    press(qtbot, report.findChildren(QPushButton)[1])
    assert QGuiApplication.clipboard().text() == "Traceback: line 1"
    report.close()


def test_the_colours_are_chosen_in_the_view_menu_and_kept(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.scheme_chosen) as chosen:
        window.actions_.schemes[Scheme.LIGHT].trigger()
    assert chosen.args == [Scheme.LIGHT]
    assert Settings().scheme is Scheme.LIGHT


def test_the_session_can_be_reopened(window: MainWindow, controller: Controller, shot: Path, settle: Settle) -> None:
    assert not window.actions_["reopen"].isEnabled()
    window.open_paths([str(shot)])
    settle()
    window.close()
    again = MainWindow(Controller(controller._core, controller.tasks), Settings())
    assert again.actions_["reopen"].isEnabled()
    assert again._settings.recent == [str(shot)]
    again.actions_["reopen"].trigger()
    settle()
    assert len(again._controller.session) == 3
    again._controller.close()
    again.deleteLater()


@pytest.mark.parametrize(("answer", "is_open"), [("Keep publishing", True), ("Stop and quit", False)])
def test_quitting_during_a_publish_asks(
    window: MainWindow, shot: Path, settle: Settle, answer: str, is_open: bool
) -> None:
    window.open_paths([str(shot)])
    settle()
    window._controller.publish(window._controller.session.records())
    asked: list[str] = []

    def reply() -> None:
        box = window.findChild(QMessageBox)
        asked.append(box.text())
        next(button for button in box.buttons() if button.text() == answer).click()

    QTimer.singleShot(0, reply)
    window.close()
    assert asked == ["Publishing is not finished."]
    assert window.isVisible() is is_open
    settle()


def test_a_window_with_nothing_to_publish_closes_without_a_question(
    window: MainWindow, shot: Path, settle: Settle
) -> None:
    window.open_paths([str(shot)])
    settle()
    window.close()
    assert not window.isVisible()


def test_clearing_the_session_brings_the_start_page_back(window: MainWindow, shot: Path, settle: Settle) -> None:
    window.open_paths([str(shot)])
    settle()
    window.actions_["clear"].trigger()
    assert window.empty.isVisible()
    assert window.session_model.rowCount() == 0
    assert window.structure_model.rowCount() == 0


def test_a_file_that_is_not_there_is_told_so_everywhere(
    window: MainWindow, controller: Controller, tmp_path: Path, settle: Callable[[], None]
) -> None:
    controller.open_paths([str(tmp_path / "gone.exr")])
    settle()
    window.session.select_first()
    settle()
    assert "There is no such file." in window.inspector.structure.notice.words
    assert "There is no such file." in window.preview.canvas.words
    assert [words for words, _ in window.inspector.header.chips._chips] == ["Not found"]
