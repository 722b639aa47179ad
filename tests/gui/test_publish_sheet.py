"""Publish sheet before its plan is finished, and without one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.publish.publish_sheet import PublishSheet
from exr_inspector_app.gui.publish.target_state import Target

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def sheet(qtbot: QtBot) -> PublishSheet:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(1200, 800)
    parent.show()
    made = PublishSheet(parent)
    target = Target("vast", "VAST Database", "https://vast/renders")
    made.open_sheet(target, [target])
    return made


def test_counts_are_unknown_before_the_plan(sheet: PublishSheet) -> None:
    assert sheet.counts.accessibleName() == "Not known yet"
    assert (sheet.publish.text(), sheet.publish.isEnabled()) == ("Publish", False)
    assert not sheet.save.isEnabled()
    sheet.show_plan([])
    assert sheet.counts.accessibleName().startswith("New: 0, ")
    assert (sheet.publish.text(), sheet.publish.isEnabled()) == ("Nothing to publish", False)


def test_unavailable_target_can_be_retried(sheet: PublishSheet, qtbot: QtBot) -> None:
    sheet.show_failure("Nothing answers at https://vast.")
    assert sheet.notice.text == "VAST Database is unavailable Nothing answers at https://vast."
    assert sheet.counts.accessibleName() == "Not known yet"
    with qtbot.waitSignal(sheet.retry_requested):
        qtbot.mouseClick(sheet.notice.findChild(QPushButton), Qt.MouseButton.LeftButton)
