"""The window on small screens: every state fits into 960 x 600 px, and folded labels keep their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QSizePolicy, QWidget
from pytestqt.qtbot import QtBot

from exr_inspector_app.config import resource
from exr_inspector_app.gui.main_window.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]
SMALLEST = QSize(960, 600)


def least_size(widget: QWidget) -> QSize:
    """Return the size below which a widget would be cut."""
    least = widget.minimumSizeHint()
    if widget.minimumWidth() > 0:
        least.setWidth(widget.minimumWidth())
    if widget.minimumHeight() > 0:
        least.setHeight(widget.minimumHeight())
    if widget.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored:
        least.setWidth(0)
    return least.boundedTo(widget.maximumSize())


def is_scrolled(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    return isinstance(parent, QAbstractScrollArea) or (parent is not None and is_scrolled(parent))


def cut_widgets(window: MainWindow) -> Iterator[str]:
    """Visible widgets that are smaller than they can be shown, or not wholly inside the window."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.window() is not window or is_scrolled(widget):
            continue
        place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
        least = least_size(widget)
        if widget.width() < least.width() or widget.height() < least.height() or not window.rect().contains(place):
            yield f"{type(widget).__name__} of {type(widget.parentWidget()).__name__}: {place}, needs {least}"


def states(window: MainWindow) -> Iterator[str]:
    """Put the window with files into each of its states."""
    actions = window.actions_
    for at, action in enumerate(actions.panes):
        action.trigger()
        yield f"pane {at}"
    window.layout_.close_inspector()
    for name in ("filter", "exposure", "similar", "compare", "maximise", "full", "publish", "settings"):
        actions[name].trigger()
        yield name
        if name in ("filter", "exposure", "maximise", "full"):
            actions[name].trigger()
        for sheet in (window.sheet, window.targets.sheet):
            QTest.keyClick(sheet, Qt.Key.Key_Escape)


@pytest.mark.slow
def test_every_state_fits_small_screens(window: MainWindow, settle: Settle, qtbot: QtBot) -> None:
    def check(state: str) -> None:
        settle()
        QApplication.processEvents()
        least = window.minimumSizeHint()
        assert (least.width() <= SMALLEST.width(), least.height() <= SMALLEST.height()) == (True, True), state
        assert window.size() == SMALLEST, state
        qtbot.waitUntil(lambda: not list(cut_widgets(window)))  # several rounds of layout

    window.resize(SMALLEST)
    check("start page")
    window.actions_["dock"].trigger()
    check("start page over the dock")
    window.actions_["dock"].trigger()
    window.controller.files.open_paths([str(resource("sample"))])
    check("files")
    for state in states(window):
        check(state)
    window.dock.set_folded(is_folded=False)
    for size in (QSize(1280, 800), QSize(1366, 768), QSize(1536, 824)):
        window.resize(size)
        QApplication.processEvents()
        assert window.size() == size
        assert window.inspector.isVisible()
        qtbot.waitUntil(lambda: not list(cut_widgets(window)))


def test_folded_labels_keep_names_and_the_inspector_opens_over_the_preview(
    window: MainWindow, settle: Settle, qtbot: QtBot
) -> None:
    window.controller.files.open_paths([str(resource("sample"))])
    settle()
    window.resize(SMALLEST)
    QApplication.processEvents()
    toolbar, rail = window.toolbar, window.layout_.rail
    folded = (toolbar.publish, toolbar.similar, toolbar.compare)
    assert [button.accessibleName() for button in folded] == ["Publish to Local library", "Find similar", "Compare"]
    assert [button.text() for button in folded] == ["Publish", "", ""]
    assert all(button.toolTip() for button in folded)
    assert rail.button(2).accessibleName() == rail.button(2).toolTip() == "Checks 2"
    assert rail.isVisible()
    assert not window.inspector.isVisible()
    rail.button(1).click()
    assert window.inspector.isVisible()
    assert window.inspector.attributes.isVisible()
    assert window.preview.isVisible()
    QTest.keyClick(window.inspector.attributes.table, Qt.Key.Key_Escape)
    assert not window.inspector.isVisible()
    window.actions_.panes[4].trigger()
    assert window.inspector.checks.isVisible()
    window.resize(1600, 1000)
    qtbot.waitUntil(lambda: window.layout_.columns.count() == 3)
    assert window.inspector.isVisible()
    assert not rail.isVisible()
