"""Helper that clicks enabled buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot


def press(qtbot: QtBot, button: QPushButton) -> None:
    """Click a button after asserting that it is enabled."""
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
