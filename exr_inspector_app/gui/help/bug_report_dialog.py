"""Bug report dialog: an unexpected error with its report to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from exr_inspector_app.gui.help import strings
from exr_inspector_app.gui.help.bug_report import make_report
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.buttons import make_button


class BugReportDialog(QDialog):
    """Modeless dialog that shows `sentence` and the report of a failure: versions and traceback, secrets masked."""

    def __init__(self, sentence: str, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(strings.BUG_TITLE)
        self.resize(720, 420)
        title, hint = QLabel(sentence), QLabel(strings.BUG_HINT)
        title.setFont(theme.ui_font(13, theme.SEMIBOLD))
        hint.setProperty("rank", "2")
        for label in (title, hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.trace, self._report = report, make_report(report)
        self.text = QPlainTextEdit(self._report)
        self.text.setReadOnly(True)
        self.text.setFont(theme.mono_font(12))
        copy, close = make_button(strings.COPY_REPORT, "copy", "filled"), make_button(strings.CLOSE)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(close)
        row.addWidget(copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        for widget in (title, hint, self.text):
            column.addWidget(widget)
        column.addLayout(row)
        copy.clicked.connect(self._copy)
        close.clicked.connect(self.close)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)
