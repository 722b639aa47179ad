"""Errors dialog: the files that a job could not process, with reason and remedy, to read and to copy."""

from __future__ import annotations

import posixpath
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from exr_inspector_app.gui.activity import strings
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.style.formatting import wrap_tooltip
from exr_inspector_app.gui.tasks.job import Job, JobFailure
from exr_inspector_app.gui.widgets.buttons import SHEET_HEIGHT, make_button
from exr_inspector_app.gui.widgets.table import INSET, TableView
from exr_inspector_app.text.escape import escape_control

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT, FILE_WIDTH = 44, 320  # px
FILE, REASON = range(2)
_FAILURE_ROLE = Qt.ItemDataRole.UserRole + 1
_MAX_CHARS = 600  # of a tooltip line


class ErrorsModel(QAbstractTableModel):
    """Model with one row per failure of a job."""

    def __init__(self, failures: list[JobFailure], parent: QWidget) -> None:
        super().__init__(parent)
        self._failures = tuple(failures)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of failures."""
        return 0 if parent.isValid() else len(self._failures)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(strings.ERROR_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text of a cell, the whole failure as the tooltip, or the failure itself."""
        if not index.isValid():
            return None
        failure = self._failures[index.row()]
        if role == _FAILURE_ROLE:
            return failure
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = (failure.path, failure.message, failure.remedy)
            return wrap_tooltip("\n".join(escape_control(line)[:_MAX_CHARS] for line in lines if line))
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            texts = (failure.path, f"{failure.message} {failure.remedy}".strip())
            return escape_control(texts[index.column()])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title of a column."""
        is_title = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return strings.ERROR_COLUMNS[section] if is_title and 0 <= section < len(strings.ERROR_COLUMNS) else None


class _Delegate(QStyledItemDelegate):
    """Delegate that paints the name over its folder, and the reason over the remedy."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        failure: JobFailure = index.data(_FAILURE_ROLE)
        rect = QRectF(option.rect)
        left = INSET if index.column() == FILE else 0
        upper = QRectF(rect.left() + left, rect.center().y() - 18, rect.width() - left - INSET, 18)
        lower, small = upper.translated(0, 18), theme.ui_font(11)
        if index.column() == FILE:
            folder, name = posixpath.split(escape_control(failure.path).replace("\\", "/"))
            name = paint.shorten_name(name, theme.ui_font(13, theme.MEDIUM), upper.width())
            paint.text(painter, upper, name, theme.ui_font(13, theme.MEDIUM), "t1")
            folder = paint.shorten_path(folder, small, lower.width())
            paint.text(painter, lower, folder, small, paint.tertiary_token(option))
        else:
            message = escape_control(failure.message).replace("\n", " ")
            paint.text(painter, upper, message, theme.ui_font(12), "t1")
            paint.text(painter, lower, failure.remedy, small, "t2")
        paint.hairline(painter, rect.left() + left, rect.right() + 1, rect.bottom())


class ErrorsDialog(QDialog):
    """Modeless dialog over the failures of a job that has ended."""

    def __init__(self, job: Job, parent: QWidget) -> None:
        super().__init__(parent)
        self._job = job
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(strings.errors_title(job.title))
        self.resize(880, 480)
        title, result = QLabel(strings.failed_files(len(job.failures))), QLabel(job.result)
        title.setFont(theme.ui_font(15, theme.SEMIBOLD))
        result.setProperty("rank", "2")
        for label in (title, result):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.view = TableView(strings.errors_title(job.title))
        self.view.setModel(ErrorsModel(job.failures, self))
        self.view.setItemDelegate(_Delegate(self.view))
        self.view.setRootIsDecorated(False)
        self.view.setIndentation(0)
        self.view.setUniformRowHeights(True)
        self.view.set_widths(FILE_WIDTH, 0)
        self.view.copy = self.copy_errors
        self.copy = make_button(strings.COPY_ERRORS, "copy", height=SHEET_HEIGHT)
        close = make_button(strings.CLOSE, height=SHEET_HEIGHT)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        for button in (close, self.copy):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        for widget in (title, result):
            column.addWidget(widget)
        column.addWidget(self.view, 1)
        column.addLayout(row)
        self.copy.clicked.connect(self.copy_errors)
        close.clicked.connect(self.close)

    @Slot()
    def copy_errors(self) -> None:
        """Copy all failures, one per line."""
        QGuiApplication.clipboard().setText(self._job.failure_report)
