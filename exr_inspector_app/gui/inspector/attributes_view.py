"""Table view and delegate of attributes: matrices as grids, color primaries as a diagram."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QTreeView,
    QWidget,
)

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.attributes_model import (
    IMAGE_ROLE,
    LINES_ROLE,
    MARKS_ROLE,
    ROW_ROLE,
    AttributesModel,
    AttributeTableRow,
)
from exr_inspector_app.gui.inspector.preview_image import painted_size
from exr_inspector_app.gui.inspector.primaries_diagram import DIAGRAM_SIZE, paint_primaries
from exr_inspector_app.gui.inspector.value_format import FormattedValue
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.formatting import wrap_tooltip
from exr_inspector_app.gui.widgets.menu import Menu
from exr_inspector_app.gui.widgets.table import INSET, TableView

Index = QModelIndex | QPersistentModelIndex

LINE_HEIGHT, NOTE_LINE_HEIGHT, GRID_LINE_HEIGHT = 24, 22, 20  # px
NAME_WIDTH, TYPE_WIDTH = 156, 106  # px
MAX_DIGITS, MIN_DIGITS = 6, 3  # significant, of the elements of a matrix
UNFOLDED_LINE_HEIGHT, CHEVRON_WIDTH, MARK_WIDTH = 17, 18, 18  # px
IMAGE_GAP = 8  # px above and below a preview
GUTTER = 14.0  # px between two of its columns


def compute_row_height(value: FormattedValue) -> int:
    """Return the height in px that a value needs."""
    if value.primaries:
        return LINE_HEIGHT + DIAGRAM_SIZE + 12
    if value.grid:
        return GRID_LINE_HEIGHT * len(value.grid) + 16
    return LINE_HEIGHT + NOTE_LINE_HEIGHT if value.under else LINE_HEIGHT


class AttributeDelegate(QStyledItemDelegate):
    """Delegate that paints the columns of an attribute and highlights filter matches."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.needle = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height that the value needs."""
        row: AttributeTableRow = index.data(ROW_ROLE)
        lines: tuple[str, ...] = index.data(LINES_ROLE)
        below = UNFOLDED_LINE_HEIGHT * len(lines) + 8 if lines else 0
        image: QImage | None = index.data(IMAGE_ROLE)
        if image is not None:
            below += painted_size(image).height() + IMAGE_GAP
        return QSize(0, compute_row_height(row.value) + below)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint name, type, or value, and a separator line."""
        row: AttributeTableRow = index.data(ROW_ROLE)
        rect = QRectF(option.rect)
        line = QRectF(rect.left(), rect.top(), rect.width() - 8, LINE_HEIGHT)
        quiet = paint.tertiary_token(option)
        if index.column() == 0:
            line.adjust(INSET, 0, 0, 0)
            name = paint.shorten_name(row.name, theme.ui_font(12), line.width())
            paint.highlighted_text(painter, line, name, theme.ui_font(12), "t1", self.needle)
            if row.value.grid:  # it takes the space of the type, which moves below the name
                below = line.translated(0, LINE_HEIGHT - 4)
                paint.text(painter, below, row.type, theme.mono_font(11), quiet)
            paint.hairline(painter, rect.left() + INSET, rect.right() + 2000, rect.bottom() - 1)
        elif index.column() == 1 and not row.value.grid:
            paint.text(painter, line, row.type, theme.mono_font(11), quiet)
        elif index.column() == 2:
            view = option.widget
            kind_width = view.columnWidth(1) if isinstance(view, QTreeView) else 0
            room = kind_width if row.value.grid else 0
            fold = CHEVRON_WIDTH if row.can_unfold else 0
            value_rect = rect.adjusted(-room, 0, -INSET - fold, 0)
            if index.data(MARKS_ROLE):  # the tooltip has the other values
                at = value_rect.left() - MARK_WIDTH
                icons.paint(painter, "unequal", QRectF(at, rect.top() + 5, 14, 14), "accent")
            self._paint_value(painter, value_rect, row.value, quiet)
            if image := index.data(IMAGE_ROLE):
                _paint_image(painter, value_rect, image)
            if row.can_unfold:
                above = compute_row_height(row.value)
                self._paint_lines(painter, rect.adjusted(-kind_width, 0, 0, 0), index.data(LINES_ROLE), above)

    def _paint_lines(self, painter: QPainter, rect: QRectF, lines: tuple[str, ...], above: int) -> None:
        """Paint the chevron at the right, and below the first line those of an unfolded value."""
        glyph = "chevron-down" if lines else "chevron-right"
        icons.paint(painter, glyph, QRectF(rect.right() - INSET - 14, rect.top() + 4, 16, 16), "t2")
        if not lines:
            return
        left = rect.left()
        box = QRectF(left - 8, rect.top() + above - 2, rect.right() - INSET - left + 8, rect.height() - above - 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.tokens().color("field"))
        painter.drawRoundedRect(box, 4, 4)
        font, line = theme.mono_font(11), QRectF(left, box.top() + 2, box.width() - 12, UNFOLDED_LINE_HEIGHT)
        for text in lines:
            paint.highlighted_text(painter, line, elide(text, self.needle, font, line.width()), font, "t1", self.needle)
            line.translate(0, UNFOLDED_LINE_HEIGHT)

    def _paint_value(self, painter: QPainter, rect: QRectF, value: FormattedValue, quiet: str) -> None:
        line = QRectF(rect.left(), rect.top(), rect.width(), LINE_HEIGHT)
        if value.grid:
            _paint_matrix(painter, rect.adjusted(0, 4, 0, -5), value.grid)
            return
        font = theme.ui_font(12) if value.is_prose else theme.mono_font(12)
        text = elide(value.text, self.needle, font, line.width())
        paint.highlighted_text(painter, line, text, font, "t1", self.needle)
        left = line.left() + QFontMetricsF(font).horizontalAdvance(value.text) + 10
        if value.note and left + 24 < rect.right():
            paint.text(
                painter,
                QRectF(left, line.top(), rect.right() - left, LINE_HEIGHT),
                value.note,
                theme.ui_font(12),
                quiet,
            )
        if value.under:
            below = QRectF(rect.left(), rect.top() + LINE_HEIGHT - 3, rect.width(), NOTE_LINE_HEIGHT)
            paint.highlighted_text(
                painter,
                below,
                elide(value.under, self.needle, theme.ui_font(12), below.width()),
                theme.ui_font(12),
                "t2",
                self.needle,
            )
        if value.primaries:
            paint_primaries(painter, rect.adjusted(0, LINE_HEIGHT, 0, -8), value.primaries)


def _paint_image(painter: QPainter, rect: QRectF, image: QImage) -> None:
    """Paint a preview below the line with its size."""
    box = QRectF(QPointF(rect.left(), rect.top() + LINE_HEIGHT + 2), QSizeF(painted_size(image)))
    painter.save()
    painter.setClipRect(rect)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(box, image)
    painter.restore()


def elide(text: str, needle: str, font: QFont, width: float) -> str:
    """Return the text cut at its end, or at its start as well if a match of the filter would be cut off."""
    metrics = QFontMetricsF(font)
    start = text.lower().find(needle.lower()) if needle else -1
    shown = metrics.elidedText(text[:600], Qt.TextElideMode.ElideRight, width)
    if start + len(needle) > len(shown) - 1 and shown != text:
        shown = metrics.elidedText(f"…{text[max(start - 12, 0) :][:600]}", Qt.TextElideMode.ElideRight, width)
    return shown


def fit_matrix(rows: Sequence[Sequence[str]], width: float) -> tuple[list[list[str]], list[float]]:
    """Return cells with as many significant digits as fit, at most 6, and the widths of their columns with gutters."""
    metrics = QFontMetricsF(theme.mono_font(12))
    cells, widths = [list(row) for row in rows], [0.0]
    for digits in range(MAX_DIGITS, MIN_DIGITS - 1, -1):
        cells = [[_round(cell, digits) for cell in row] for row in rows]
        widths = [max(map(metrics.horizontalAdvance, column)) + GUTTER for column in zip(*cells, strict=True)]
        if sum(widths) <= width:
            break
    return cells, widths


def _round(cell: str, digits: int) -> str:
    """Return a number with this many significant digits; anything else as it is."""
    try:
        number = float(cell)
    except ValueError:
        return cell
    return f"{number:.{digits}g}" if math.isfinite(number) else cell


def _paint_matrix(painter: QPainter, rect: QRectF, rows: tuple[tuple[str, ...], ...]) -> None:
    """Paint a matrix in right-aligned columns on a background, zeros in tertiary color."""
    t = theme.tokens()
    cells, widths = fit_matrix(rows, rect.width() - 12)
    spare = max(rect.width() - 12 - sum(widths), 0) / len(widths)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(t.color("field"))
    painter.drawRoundedRect(rect, 4, 4)
    for down, row in enumerate(cells):
        left, top = rect.left(), rect.top() + 4 + down * GRID_LINE_HEIGHT
        for cell, width in zip(row, widths, strict=True):
            box = QRectF(left, top, width + spare, GRID_LINE_HEIGHT)
            paint.text(painter, box, cell, theme.mono_font(12), "t3" if cell == "0" else "t1", "right")
            left += width + spare


class AttributesView(TableView):
    """Table view of attributes with copy actions and tooltips."""

    def __init__(self, model: AttributesModel, parent: QWidget | None = None) -> None:
        super().__init__(strings.ATTRIBUTES, parent)
        self._model = model
        self._delegate = AttributeDelegate(self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.set_widths(NAME_WIDTH, TYPE_WIDTH, 0)
        self.set_sizable(0, 1)
        self.hide_columns_below(140, 1)  # the tooltip holds the type too
        self.copy = self.copy_value
        self.customContextMenuRequested.connect(self._show_menu)
        model.modelReset.connect(self._on_reset)
        model.dataChanged.connect(self.scheduleDelayedItemsLayout)  # an unfolded row is higher
        self.doubleClicked.connect(model.toggle)

    @Slot()
    def _on_reset(self) -> None:
        self._delegate.needle = self._model.filter_text

    def _selected_rows(self) -> list[AttributeTableRow]:
        rows = (self._model.row(index) for index in self.selectionModel().selectedRows())
        return [row for row in rows if row]

    @Slot()
    def copy_value(self) -> None:
        """Copy the value of the selected row, or several selected rows as text."""
        rows = self._selected_rows()
        if len(rows) > 1:
            self.copy_rows()
        elif rows:
            QGuiApplication.clipboard().setText(self._model.value_text(rows[0]))

    @Slot()
    def copy_rows(self) -> None:
        """Copy name, type, and value of the selected rows."""
        QGuiApplication.clipboard().setText(self._model.row_text(self._selected_rows()))

    @Slot()
    def copy_tsv(self) -> None:
        """Copy the selected rows as TSV, one line each."""
        QGuiApplication.clipboard().setText(self._model.rows_tsv(self._selected_rows()))

    @Slot()
    def copy_json(self) -> None:
        """Copy the selected rows as JSON."""
        QGuiApplication.clipboard().setText(self._model.rows_json(self._selected_rows()))

    @Slot()
    def toggle_current(self) -> None:
        """Unfold or fold the value of the current row."""
        self._model.toggle(self.currentIndex())

    @Slot()
    def copy_all_text(self) -> None:
        """Copy name, type, and value of every visible row."""
        QGuiApplication.clipboard().setText(self._model.row_text(self._model.visible_rows()))

    @Slot()
    def copy_all_json(self) -> None:
        """Copy every attribute of the part as JSON."""
        QGuiApplication.clipboard().setText(self._model.all_json())

    def make_copy_menu(self) -> QMenu:
        """Create the menu of copy actions."""
        menu = Menu(self)
        has_rows = bool(self._selected_rows())
        menu.addAction(icons.icon("copy"), strings.COPY_VALUE, self.copy_value).setEnabled(has_rows)
        menu.addAction(strings.COPY_ROW, self.copy_rows).setEnabled(has_rows)
        menu.addAction(strings.COPY_ROWS_TSV, self.copy_tsv).setEnabled(has_rows)
        menu.addAction(strings.COPY_ROWS_JSON, self.copy_json).setEnabled(has_rows)
        row = self._model.row(self.currentIndex())
        if row is not None and row.can_unfold:
            menu.addAction(strings.FOLD if self._model.lines(row) else strings.UNFOLD, self.toggle_current)
        menu.addSeparator()
        menu.addAction(strings.COPY_ALL_TEXT, self.copy_all_text)
        menu.addAction(strings.COPY_ALL_JSON, self.copy_all_json)
        return menu

    def _show_menu(self, position: QPoint) -> None:
        self.make_copy_menu().exec(self.viewport().mapToGlobal(position))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Unfold or fold a value on a click at its chevron."""
        super().mousePressEvent(event)
        position = event.position().toPoint()
        if (
            event.button() == Qt.MouseButton.LeftButton
            and position.x() > self.viewport().width() - INSET - CHEVRON_WIDTH
        ):
            self._model.toggle(self.indexAt(position))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Unfold the value of the current row with Right, fold it with Left."""
        row = self._model.row(self.currentIndex())
        if row is not None and event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            if bool(self._model.lines(row)) != (event.key() == Qt.Key.Key_Right):
                self.toggle_current()
            return
        super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the value as a tooltip of bounded length."""
        if isinstance(event, QHelpEvent):
            row = self._model.row(self.indexAt(event.pos()))
            QToolTip.showText(event.globalPos(), wrap_tooltip(self._model.tooltip(row) if row else ""), self)
            return True
        return super().viewportEvent(event)
