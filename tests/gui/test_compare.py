"""Headers beside each other: from the session, from hits, and of files that only the library still knows."""

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
    """Three files: the second is wider and has one channel more, the third is the first once more."""
    owner = {"owner": string("mira")}
    return [
        write_exr(tmp_path / "a.exr", attributes=owner),
        write_exr(tmp_path / "b.exr", width=16, channels=["B", "G", "R", "Z"], attributes={"owner": string("jonas")}),
        write_exr(tmp_path / "c.exr", attributes=owner),
    ]


def lines(pane: ComparePane) -> dict[str, DiffLine]:
    """What is shown, by name."""
    model = pane.model
    found = [model.line(model.index(row, 0)) for row in range(model.rowCount())]
    return {one.name: one for one in found if isinstance(one, DiffLine)}


def test_values_that_differ_late_are_shown_where_they_differ(
    window: MainWindow, tmp_path: Path, settle: Settle
) -> None:
    paths = [write_exr(tmp_path / f"{end}.exr", attributes={"note": string("x" * 900 + end)}) for end in "ab"]
    window.shelf.add_to_compare([FileRef(str(path)) for path in paths])
    settle()
    assert [text[-2:] for text in lines(window.shelf.compare)["note"].texts] == ["xa", "xb"]


def test_differences_are_shown_and_tinted_against_the_first(
    window: MainWindow, files: list[Path], settle: Settle
) -> None:
    pane = window.shelf.compare
    QAbstractItemModelTester(pane.model, QAbstractItemModelTester.FailureReportingMode.Fatal, pane.model)
    window.shelf.add_to_compare([FileRef(str(path)) for path in files])
    settle()
    shown = lines(pane)
    assert set(shown) >= {"Z", "owner", "dataWindow"}
    assert "compression" not in shown
    assert shown["owner"].texts[0] == shown["owner"].texts[2] != shown["owner"].texts[1]
    assert shown["owner"].differs == (False, True, False)
    assert shown["Z"].absent == (True, False, True)
    assert pane.table.isVisible()
    assert pane.count.text().split(" ", 1)[0] == str(len(shown))
    pane.show_which.option_selected.emit("all")
    assert lines(pane)["compression"].is_same


def test_values_are_searched_and_copied(window: MainWindow, files: list[Path], settle: Settle, qtbot: QtBot) -> None:
    pane = window.shelf.compare
    window.shelf.add_to_compare([FileRef(str(path)) for path in files[:2]])
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


def test_the_same_headers_say_so(window: MainWindow, files: list[Path], settle: Settle) -> None:
    window.shelf.add_to_compare([FileRef(str(files[0])), FileRef(str(files[2]))])
    settle()
    assert "The headers say the same" in window.shelf.compare.notice.text


def test_the_selected_rows_of_the_session_are_compared_by_key(
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
    assert window.dock._tabs.tabText(COMPARE) == "Compare 2"
    view.setCurrentIndex(model.index(2, 0, folder))
    view.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_D, CTRL)
    settle()
    assert window.dock._tabs.tabText(COMPARE) == "Compare 3"
    pane = window.shelf.compare
    pane.fill_menu().actions()[0].trigger()
    settle()
    assert [Path(one.path).name for one in window._controller.comparing.comparison.subjects] == ["b.exr", "c.exr"]
    pane.fill_menu().actions()[-1].trigger()
    assert "Nothing to compare yet" in pane.notice.text


def test_a_file_out_of_reach_is_compared_as_it_was_published(
    window: MainWindow, core: Backend, files: list[Path], settle: Settle
) -> None:
    gone = record_of(files[1])
    LocalStore(core.config.library).publish(batch(gone))
    files[1].unlink()
    window.shelf.add_to_compare([FileRef(str(files[0])), FileRef(str(files[1]), gone.identity.file_id)])
    settle()
    pane = window.shelf.compare
    assert window._controller.comparing.comparison.stored == (False, True)
    assert pane.model.headerData(2, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole) == "b.exr, as published"
    assert {"Z", "owner", "dataWindow"} <= set(lines(pane))
    assert "channels" not in lines(pane)


def test_a_file_that_is_nowhere_is_named_and_tried_again(
    window: MainWindow, files: list[Path], settle: Settle, qtbot: QtBot
) -> None:
    content = files[1].read_bytes()
    files[1].unlink()
    window.shelf.add_to_compare([FileRef(str(files[0])), FileRef(str(files[1]))])
    settle()
    pane = window.shelf.compare
    assert pane.banner.isVisible()
    assert str(files[1]) in pane.banner.text
    files[1].write_bytes(content)
    qtbot.mouseClick(pane.banner.findChild(QPushButton), LEFT)
    settle()
    assert pane.table.isVisible()


def test_hits_are_compared_with_the_reference(
    window: MainWindow, core: Backend, files: list[Path], settle: Settle, qtbot: QtBot
) -> None:
    LocalStore(core.config.library).publish(batch(*(record_of(path) for path in files[1:])))
    window.open_paths([str(files[0])])
    settle()
    window.actions_["similar"].trigger()
    settle()
    view = window.similar.view
    row = next(
        at for at in range(window.similar.model.rowCount()) if "b.exr" in str(window.similar.model.index(at, 0).data())
    )
    view.setCurrentIndex(window.similar.model.index(row, 0))
    qtbot.mouseClick(window.similar.bar.compare, LEFT)
    settle()
    subjects = window._controller.comparing.comparison.subjects
    assert [Path(one.path).name for one in subjects] == ["a.exr", "b.exr"]
    assert "owner" in lines(window.shelf.compare)


def test_the_cross_over_a_column_takes_its_file_away(
    window: MainWindow, files: list[Path], settle: Settle, qtbot: QtBot
) -> None:
    window.shelf.add_to_compare([FileRef(str(path)) for path in files])
    settle()
    titles = window.shelf.compare.table.titles
    assert not titles.cross(1).isValid()  # the reference stays
    place = titles.cross(2).center()
    qtbot.mouseMove(titles.viewport(), place)
    qtbot.mouseClick(titles.viewport(), LEFT, pos=place + QPoint(-60, 0))
    assert len(window._controller.comparing.comparison.subjects) == 3
    tips = []
    for at in (place, place + QPoint(-60, 0)):
        event = QHelpEvent(QEvent.Type.ToolTip, at, titles.viewport().mapToGlobal(at))
        QApplication.sendEvent(titles.viewport(), event)
        tips.append(QToolTip.text())
    assert tips == ["Remove from the comparison", str(files[1])]
    qtbot.mousePress(titles.viewport(), LEFT, pos=titles.cross(3).center())
    qtbot.mouseRelease(titles.viewport(), LEFT, pos=place)  # a press that was thought better of
    assert len(window._controller.comparing.comparison.subjects) == 3
    qtbot.mouseClick(titles.viewport(), LEFT, pos=place)
    settle()
    assert [Path(one.path).name for one in window._controller.comparing.comparison.subjects] == ["a.exr", "c.exr"]
