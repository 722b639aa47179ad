"""Compare pane: files of the session, matches, and files that only the library holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QPushButton, QToolTip
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.compare.compare_model import DiffLine
from exr_inspector_app.gui.compare.compare_pane import ComparePane
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.widgets.tab_dock import COMPARE
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend
from tests.exr_files import string, write_exr
from tests.records import batch, record_of

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Settle = Callable[[], None]
LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three files: the second is wider and has one more channel, the third equals the first."""
    owner = {"owner": string("mira")}
    return [
        write_exr(tmp_path / "a.exr", attributes=owner),
        write_exr(tmp_path / "b.exr", width=16, channels=["B", "G", "R", "Z"], attributes={"owner": string("jonas")}),
        write_exr(tmp_path / "c.exr", attributes=owner),
    ]


def lines(pane: ComparePane) -> dict[str, DiffLine]:
    """Return the visible lines by name."""
    model = pane.model
    rows = [model.line_at(model.index(row, 0)) for row in range(model.rowCount())]
    return {line.name: line for line in rows if isinstance(line, DiffLine)}


def test_long_values_are_shown_around_their_difference(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    paths = [write_exr(tmp_path / f"{end}.exr", attributes={"note": string("x" * 900 + end)}) for end in "ab"]
    window.pages.compare_presenter.add([FileRef(str(path)) for path in paths])
    settle()
    assert [text[-2:] for text in lines(window.pages.compare)["note"].texts] == ["xa", "xb"]


def test_differences_refer_to_the_first_file(window: MainWindow, files: list[Path], settle: Settle) -> None:
    pane = window.pages.compare
    QAbstractItemModelTester(pane.model, QAbstractItemModelTester.FailureReportingMode.Fatal, pane.model)
    window.pages.compare_presenter.add([FileRef(str(path)) for path in files])
    settle()
    shown = lines(pane)
    assert set(shown) >= {"Z", "owner", "dataWindow"}
    assert "compression" not in shown
    assert shown["owner"].texts[0] == shown["owner"].texts[2] != shown["owner"].texts[1]
    assert shown["owner"].differs == (False, True, False)
    assert shown["Z"].absent == (True, False, True)
    assert pane.table.isVisible()
    assert pane.count.text().split(" ", 1)[0] == str(len(shown))
    pane.scope.option_selected.emit("all")
    assert lines(pane)["compression"].is_same


def test_search_filters_values_and_copy_takes_visible_ones(
    window: MainWindow, files: list[Path], settle: Settle, qtbot: QtBot
) -> None:
    pane = window.pages.compare
    window.pages.compare_presenter.add([FileRef(str(path)) for path in files[:2]])
    settle()
    pane.search.setText("jonas")
    assert set(lines(pane)) == {"owner"}
    qtbot.mouseClick(pane.copy, LEFT)
    head, row = QGuiApplication.clipboard().text().split("\n")
    assert head == f"\t{files[0]}\t{files[1]}"
    assert row.startswith("Part 0: owner\t")
    pane.search.setText("nobody")
    assert "Nothing matches “nobody”" in pane.notice.text
    qtbot.mouseClick(pane.notice.findChild(QPushButton), LEFT)
    assert set(lines(pane)) > {"owner"}


def test_equal_headers_show_identical_message(window: MainWindow, files: list[Path], settle: Settle) -> None:
    window.pages.compare_presenter.add([FileRef(str(files[0])), FileRef(str(files[2]))])
    settle()
    assert "The headers are identical" in window.pages.compare.notice.text


def test_compare_shortcut_adds_selected_session_files(
    window: MainWindow, files: list[Path], settle: Settle, qtbot: QtBot
) -> None:
    window.open_paths([str(path) for path in files])
    settle()
    view, model = window.session.view, window.session_model
    folder = model.index(0, 0)
    keep = QItemSelectionModel.SelectionFlag.Select
    view.setCurrentIndex(model.index(0, 0, folder))
    view.selectionModel().select(model.index(1, 0, folder), keep)
    view.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_D, CTRL)
    settle()
    assert window.dock.current_page == COMPARE
    assert window.dock.tabs.tabText(COMPARE) == "Compare 2"
    view.setCurrentIndex(model.index(2, 0, folder))
    view.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_D, CTRL)
    settle()
    assert window.dock.tabs.tabText(COMPARE) == "Compare 3"
    pane = window.pages.compare
    pane.fill_menu().actions()[0].trigger()
    settle()
    assert [Path(file.path).name for file in window.controller.compare.comparison.subjects] == ["b.exr", "c.exr"]
    pane.fill_menu().actions()[-1].trigger()
    assert "Nothing to compare yet" in pane.notice.text


def test_unreadable_file_is_compared_from_its_published_header(
    window: MainWindow, core: Backend, files: list[Path], settle: Settle
) -> None:
    gone = record_of(files[1])
    LocalStore(core.config.library).publish(batch(gone))
    files[1].unlink()
    window.pages.compare_presenter.add([FileRef(str(files[0])), FileRef(str(files[1]), gone.identity.file_id)])
    settle()
    pane = window.pages.compare
    assert window.controller.compare.comparison.stored == (False, True)
    assert pane.model.headerData(2, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole) == "b.exr, as published"
    assert {"Z", "owner", "dataWindow"} <= set(lines(pane))
    assert "channels" not in lines(pane)


def test_missing_file_is_named_and_can_be_retried(
    window: MainWindow, files: list[Path], settle: Settle, qtbot: QtBot
) -> None:
    content = files[1].read_bytes()
    files[1].unlink()
    window.pages.compare_presenter.add([FileRef(str(files[0])), FileRef(str(files[1]))])
    settle()
    pane = window.pages.compare
    assert pane.banner.isVisible()
    assert str(files[1]) in pane.banner.text
    files[1].write_bytes(content)
    qtbot.mouseClick(pane.banner.findChild(QPushButton), LEFT)
    settle()
    assert pane.table.isVisible()


def test_matches_are_compared_with_the_reference(
    window: MainWindow, core: Backend, files: list[Path], settle: Settle, qtbot: QtBot
) -> None:
    LocalStore(core.config.library).publish(batch(*(record_of(path) for path in files[1:])))
    window.open_paths([str(files[0])])
    settle()
    window.actions_["similar"].trigger()
    settle()
    view = window.similar.view
    row = next(
        number
        for number in range(window.similar.model.rowCount())
        if "b.exr" in str(window.similar.model.index(number, 0).data())
    )
    view.setCurrentIndex(window.similar.model.index(row, 0))
    qtbot.mouseClick(window.similar.bar.compare, LEFT)
    settle()
    subjects = window.controller.compare.comparison.subjects
    assert [Path(file.path).name for file in subjects] == ["a.exr", "b.exr"]
    assert "owner" in lines(window.pages.compare)


def test_cross_in_header_removes_its_file(window: MainWindow, files: list[Path], settle: Settle, qtbot: QtBot) -> None:
    window.pages.compare_presenter.add([FileRef(str(path)) for path in files])
    settle()
    header = window.pages.compare.table.file_header
    assert not header.cross_rect(1).isValid()  # the reference stays
    cross = header.cross_rect(2).center()
    qtbot.mouseMove(header.viewport(), cross)
    qtbot.mouseClick(header.viewport(), LEFT, pos=cross + QPoint(-60, 0))
    assert len(window.controller.compare.comparison.subjects) == 3
    tooltips = []
    for position in (cross, cross + QPoint(-60, 0)):
        event = QHelpEvent(QEvent.Type.ToolTip, position, header.viewport().mapToGlobal(position))
        QApplication.sendEvent(header.viewport(), event)
        tooltips.append(QToolTip.text())
    assert tooltips == ["Remove from the comparison", str(files[1])]
    qtbot.mousePress(header.viewport(), LEFT, pos=header.cross_rect(3).center())
    qtbot.mouseRelease(header.viewport(), LEFT, pos=cross)  # released on another cross
    assert len(window.controller.compare.comparison.subjects) == 3
    qtbot.mouseClick(header.viewport(), LEFT, pos=cross)
    settle()
    assert [Path(file.path).name for file in window.controller.compare.comparison.subjects] == ["a.exr", "c.exr"]
