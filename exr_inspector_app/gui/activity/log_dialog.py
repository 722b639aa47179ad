"""Log dialog: the lines of a job's log with their times, to read and to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from exr_inspector_app.gui.activity import strings
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.tasks.job import Job


class LogDialog(QDialog):
    """Modeless dialog with the log of a job as it is now."""

    def __init__(self, job: Job, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(strings.log_title(job.title))
        self.resize(880, 480)
        lines = (f"{entry.time:%H:%M:%S}  {entry.message}" for entry in job.log)
        self.text = QPlainTextEdit("\n".join(lines))
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(theme.mono_font(12))
        self.text.setAccessibleName(self.windowTitle())
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.text)
