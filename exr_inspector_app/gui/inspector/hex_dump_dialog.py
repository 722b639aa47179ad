"""Hex dump dialog: the bytes around an offset of a file, to read and to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.style import theme
from exr_inspector_app.text.escape import escape_control

MAX_TITLE_CHARS = 120  # of the path


class HexDumpDialog(QDialog):
    """Modeless dialog with the lines of a hex dump."""

    def __init__(self, path: str, lines: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(strings.hex_dump_title(escape_control(path)[-MAX_TITLE_CHARS:]))
        self.resize(760, 640)
        self.text = QPlainTextEdit(lines)
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(theme.mono_font(12))
        self.text.setAccessibleName(strings.HEX_DUMP_NAME)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.text)
