"""List view and delegate of objects: check box, swatch, name, material, share of the picture, and its bar."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.object_rows import ObjectRow, short_name
from exr_inspector_app.gui.inspector.objects_model import OBJECT_ROLE, ObjectsModel
from exr_inspector_app.gui.inspector.objects_titles import lay_out_columns
from exr_inspector_app.gui.style import icons, paint, theme

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 24  # px
_LAYOUT_BATCH = 4000  # rows that are laid out in one event
_TOGGLE_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class ObjectsView(QListView):
    """List view that emits the object of a clicked row; Enter and Space act as a click, Ctrl+C copies rows."""

    object_toggled = Signal(object)  # ID, which may be above 2**31
    object_pointed = Signal(object)  # ID of the row under the pointer, 0 for none
    cleared = Signal()  # Esc

    def __init__(self, model: ObjectsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(ObjectDelegate(model, self))
        self.setAccessibleName(strings.OBJECTS)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_LAYOUT_BATCH)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._toggle)
        self.entered.connect(self._point)
        self.viewportEntered.connect(lambda: self.object_pointed.emit(0))
        theme.current().changed.connect(self.viewport().update)

    @Slot(QModelIndex)
    def _toggle(self, index: QModelIndex) -> None:
        row = index.data(OBJECT_ROLE)
        if isinstance(row, ObjectRow):
            self.object_toggled.emit(row.number)

    @Slot(QModelIndex)
    def _point(self, index: QModelIndex) -> None:
        row = index.data(OBJECT_ROLE)
        self.object_pointed.emit(row.number if isinstance(row, ObjectRow) else 0)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at no object."""
        super().leaveEvent(event)
        self.object_pointed.emit(0)

    def show_object(self, number: int) -> None:
        """Mark the row of the object under the pointer of the canvas, and scroll to it; 0 for none."""
        if number != self._model.pointed:
            self._model.show_pointed(number)
            at = self._model.row_of(number) if number else -1
            if at >= 0:
                self._reveal(at)

    def _reveal(self, row: int) -> None:
        """Scroll to a row; `scrollTo` takes 60 ms among 50,000 rows."""
        bar, height, top = self.verticalScrollBar(), self.viewport().height(), row * ROW_HEIGHT
        if not bar.value() <= top <= bar.value() + height - ROW_HEIGHT:
            bar.setValue(top - (height - ROW_HEIGHT) // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Isolate the object on Enter and Space, show all on Esc, and copy on Ctrl+C."""
        if event.key() in _TOGGLE_KEYS:
            self._toggle(self.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            self.cleared.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            rows: list[ObjectRow] = [index.data(OBJECT_ROLE) for index in self.selectionModel().selectedRows()]
            QGuiApplication.clipboard().setText("\n".join(row.text for row in rows))
        else:
            super().keyPressEvent(event)


class ObjectDelegate(QStyledItemDelegate):
    """Delegate that paints an object."""

    def __init__(self, model: ObjectsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a row."""
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint check box, swatch, name, share and bar."""
        row: ObjectRow = index.data(OBJECT_ROLE)
        rect, middle = QRectF(option.rect), QRectF(option.rect).center().y()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.number == self._model.pointed:
            option.state |= QStyle.StateFlag.State_MouseOver
        paint.row_background(painter, option)
        is_checked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        _paint_check_box(painter, QRectF(rect.left() + 12, middle - 8, 16, 16), is_checked=is_checked)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(*row.color))
        painter.drawRoundedRect(QRectF(rect.left() + 40, middle - 5, 10, 10), 2, 2)
        columns, needle = lay_out_columns(rect, has_materials=self._model.rows.has_materials), self._model.filter_text
        font = theme.ui_font(13, theme.MEDIUM if is_checked else theme.REGULAR)
        label = paint.shorten_path(row.label, font, columns.name.width())
        paint.highlighted_text(painter, columns.name, label, font, "t1", needle)
        if row.material:
            font = theme.ui_font(12)
            label = paint.shorten_path(short_name(row.material), font, columns.material.width())
            paint.highlighted_text(painter, columns.material, label, font, paint.tertiary_token(option), needle)
        paint.text(painter, columns.area, strings.object_share(row.share), theme.ui_font(12), "t1", "right")
        filled = row.share / max(self._model.rows.largest_share, 1e-12)
        bar = QRectF(columns.bar.left(), middle - 2, columns.bar.width(), 4)
        paint.progress_bar(painter, bar, min(filled, 1.0), theme.tokens().color("t3"))
        painter.restore()


def _paint_check_box(painter: QPainter, box: QRectF, *, is_checked: bool) -> None:
    t = theme.tokens()
    painter.setPen(QPen(t.color("fill" if is_checked else "edge"), 1))
    painter.setBrush(t.color("fill") if is_checked else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if is_checked:
        icons.paint_color(painter, "check", box.adjusted(2, 2, -2, -2), "#FFFFFF")
