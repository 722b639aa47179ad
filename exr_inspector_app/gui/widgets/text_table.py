"""Table of short texts: a title bar with Copy and Close over rows with column titles, the first column at the left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.widgets.buttons import make_icon_button
from exr_inspector_app.gui.widgets.table import HEADER_HEIGHT, INSET, TableView

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, TITLE_HEIGHT = 24, 28  # px
MIN_ROWS, MAX_ROWS = 2, 4  # without scrolling


class TextTableModel(QAbstractTableModel):
    """Model of rows of texts."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.columns: tuple[str, ...] = ()
        self.rows: tuple[tuple[str, ...], ...] = ()

    def set_rows(self, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
        """Show these rows, each with a text per column."""
        self.beginResetModel()
        self.columns, self.rows = tuple(columns), tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text of a cell."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        return self.rows[index.row()][index.column()]

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the column titles; all but the first are right-aligned, as their texts are."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return self.columns[section] if role == Qt.ItemDataRole.DisplayRole else None

    def to_tsv(self) -> str:
        """Return titles and rows as tab-separated lines."""
        return "\n".join("\t".join(line) for line in (self.columns, *self.rows)) + "\n"


class _Delegate(QStyledItemDelegate):
    """Delegate that paints a cell in the font of values, zeros in tertiary color."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell, is_first = str(index.data()), index.column() == 0
        token = "t3" if cell == "0" else "t1"
        rect = QRectF(option.rect).adjusted(INSET if is_first else 0, 0, 0 if is_first else -INSET, 0)
        content = cell if is_first else cell.replace("-", "−")
        paint.text(painter, rect, content, theme.mono_font(12), token, "left" if is_first else "right")


class TextTable(QWidget):
    """Pane of a table that is as high as its rows, up to MAX_ROWS of them; hidden until it has content."""

    closed = Signal()

    def __init__(self, name: str, copy: str, close: str, parent: QWidget | None = None) -> None:
        """Create an empty table.

        Args:
            name: Accessible name.
            copy: Text of the button that copies all rows.
            close: Text of the button that closes the pane.
            parent: Parent widget.
        """
        super().__init__(parent)
        self.model = TextTableModel(self)
        self.title = QLabel()
        self.title.setProperty("rank", "2")
        self.copy_button, self.close_button = make_icon_button("copy", copy), make_icon_button("close", close)
        bar = QWidget()
        bar.setProperty("bar", "true")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setFixedHeight(TITLE_HEIGHT)
        row = QHBoxLayout(bar)
        row.setContentsMargins(INSET, 0, 8, 0)
        row.addWidget(self.title, 1)
        row.addWidget(self.copy_button)
        row.addWidget(self.close_button)
        self.view = TableView(name)
        self.view.setModel(self.model)
        self.view.setItemDelegate(_Delegate(self.view))
        self.view.setRootIsDecorated(False)
        self.view.setUniformRowHeights(True)
        self.view.copy = self.copy_tsv
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.view)
        self.copy_button.clicked.connect(self.copy_tsv)
        self.close_button.clicked.connect(self.close_table)
        self.hide()

    def show_rows(
        self, title: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]], widths: Sequence[int] = ()
    ) -> None:
        """Show rows under a title; without rows, the title alone.

        Args:
            title: Title of the rows.
            columns: Titles of the columns.
            rows: Texts by column.
            widths: Of the columns in px; columns of width 0 share the rest.
        """
        self.title.setText(title)
        self.view.setAccessibleDescription(title)
        self.model.set_rows(columns, rows)
        self.view.setVisible(bool(rows))
        self.copy_button.setEnabled(bool(rows))
        self.view.set_widths(*(widths or [0] * len(columns)))
        self.view.setMinimumHeight(HEADER_HEIGHT + ROW_HEIGHT * min(len(rows), MIN_ROWS))
        self.view.setMaximumHeight(HEADER_HEIGHT + ROW_HEIGHT * min(len(rows), MAX_ROWS))
        self.show()

    @Slot()
    def copy_tsv(self) -> None:
        """Copy titles and rows as tab-separated text."""
        QGuiApplication.clipboard().setText(self.model.to_tsv())

    @Slot()
    def close_table(self) -> None:
        """Hide the pane."""
        self.hide()
        self.closed.emit()
