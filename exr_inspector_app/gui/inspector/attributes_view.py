"""The attributes of one part: name, type, value, with matrices as grids and colour primaries drawn."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from exr_inspector_app.gui.inspector import primaries_diagram
from exr_inspector_app.gui.inspector.attributes_model import ROW_ROLE, AttributeRow, AttributesModel
from exr_inspector_app.gui.inspector.value_format import FormattedValue
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.tooltips import wrapped
from exr_inspector_app.gui.widgets.table import INSET, Table

Index = QModelIndex | QPersistentModelIndex

LINE, UNDER, GRID_LINE = 24, 22, 20
NAME_WIDTH, TYPE_WIDTH = 156, 106


def row_height(seen: FormattedValue) -> int:
    """What a value needs."""
    if seen.primaries:
        return LINE + primaries_diagram.SIZE + 12
    if seen.grid:
        return GRID_LINE * len(seen.grid) + 16
    return LINE + UNDER if seen.under else LINE


class AttributeDelegate(QStyledItemDelegate):
    """Paints the columns of one attribute."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.needle = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its value."""
        row: AttributeRow = index.data(ROW_ROLE)
        return QSize(0, row_height(row.shown))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Name, type or value, over a hairline."""
        row: AttributeRow = index.data(ROW_ROLE)
        rect = QRectF(option.rect)
        line = QRectF(rect.left(), rect.top(), rect.width() - 8, LINE)
        quiet = paint.rank3(option)
        if index.column() == 0:
            line.adjust(INSET, 0, 0, 0)
            paint.matched(painter, line, row.name, theme.ui(12), "t1", self.needle)
            paint.hairline(painter, rect.left() + INSET, rect.right() + 2000, rect.bottom() - 1)
        elif index.column() == 1:
            paint.text(painter, line, row.type, theme.mono(11), quiet)
        else:
            self._value(painter, rect.adjusted(0, 0, -INSET, 0), row.shown, quiet)

    def _value(self, painter: QPainter, rect: QRectF, seen: FormattedValue, quiet: str) -> None:
        line = QRectF(rect.left(), rect.top(), rect.width(), LINE)
        if seen.grid:
            _grid(painter, rect.adjusted(0, 4, 0, -5), seen.grid)
            return
        font = theme.ui(12) if seen.is_prose else theme.mono(12)
        paint.matched(painter, line, _fitting(seen.text, font, line.width()), font, "t1", self.needle)
        left = line.left() + QFontMetricsF(font).horizontalAdvance(seen.text) + 10
        if seen.note and left + 24 < rect.right():
            paint.text(painter, QRectF(left, line.top(), rect.right() - left, LINE), seen.note, theme.ui(12), quiet)
        if seen.under:
            below = QRectF(rect.left(), rect.top() + LINE - 3, rect.width(), UNDER)
            paint.matched(
                painter, below, _fitting(seen.under, theme.ui(12), below.width()), theme.ui(12), "t2", self.needle
            )
        if seen.primaries:
            primaries_diagram.paint(painter, rect.adjusted(0, LINE, 0, -8), seen.primaries)


def _fitting(words: str, font: QFont, width: float) -> str:
    """The words, cut at the right where they are longer than the column."""
    metrics = QFontMetricsF(font)
    return metrics.elidedText(words[:600], Qt.TextElideMode.ElideRight, width)


def _grid(painter: QPainter, rect: QRectF, rows: tuple[tuple[str, ...], ...]) -> None:
    """A matrix in right-aligned columns on a quiet ground, zeros in third rank."""
    t = theme.tokens()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(t.color("field"))
    painter.drawRoundedRect(rect, 4, 4)
    inner = rect.adjusted(8, 4, -12, -3)
    width = inner.width() / len(rows[0])
    for down, row in enumerate(rows):
        for across, cell in enumerate(row):
            place = QRectF(inner.left() + across * width, inner.top() + down * GRID_LINE, width, GRID_LINE)
            paint.text(painter, place, cell, theme.mono(12), "t3" if cell == "0" else "t1", "right")


class AttributesView(Table):
    """The table, its copying and its tool tips."""

    def __init__(self, model: AttributesModel, parent: QWidget | None = None) -> None:
        super().__init__("Attributes", parent)
        self._model = model
        self._delegate = AttributeDelegate(self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.set_widths(NAME_WIDTH, TYPE_WIDTH, 0)
        self.make_room(140, 1)  # the tool tip tells the type too
        self.copy = self.copy_value
        self.customContextMenuRequested.connect(self._menu)
        model.modelReset.connect(self._reset)

    @Slot()
    def _reset(self) -> None:
        self._delegate.needle = self._model.words

    def _selected(self) -> list[AttributeRow]:
        rows = (self._model.row(index) for index in self.selectionModel().selectedRows())
        return [row for row in rows if row]

    @Slot()
    def copy_value(self) -> None:
        """The value of one selected row as the file has it; several rows as rows."""
        rows = self._selected()
        if len(rows) > 1:
            self.copy_rows()
        elif rows:
            QGuiApplication.clipboard().setText(self._model.value_text(rows[0]))

    @Slot()
    def copy_rows(self) -> None:
        """Name, type and value of the selected rows."""
        QGuiApplication.clipboard().setText(self._model.row_text(self._selected()))

    @Slot()
    def copy_all_text(self) -> None:
        """Name, type and value of every row that is shown."""
        QGuiApplication.clipboard().setText(self._model.row_text(self._model.shown_rows()))

    @Slot()
    def copy_all_json(self) -> None:
        """Every attribute of the part as JSON."""
        QGuiApplication.clipboard().setText(self._model.all_json())

    def copy_menu(self) -> QMenu:
        """What can be copied."""
        menu = QMenu(self)
        has_rows = bool(self._selected())
        menu.addAction(icons.icon("copy"), "Copy value", self.copy_value).setEnabled(has_rows)
        menu.addAction("Copy row", self.copy_rows).setEnabled(has_rows)
        menu.addSeparator()
        menu.addAction("Copy all as text", self.copy_all_text)
        menu.addAction("Copy all as JSON", self.copy_all_json)
        return menu

    def _menu(self, place: QPoint) -> None:
        self.copy_menu().exec(self.viewport().mapToGlobal(place))

    def viewportEvent(self, event: QEvent) -> bool:
        """The whole value as a tool tip in plain text of bounded length."""
        if isinstance(event, QHelpEvent):
            row = self._model.row(self.indexAt(event.pos()))
            QToolTip.showText(event.globalPos(), wrapped(self._model.tip(row) if row else ""), self)
            return True
        return super().viewportEvent(event)
