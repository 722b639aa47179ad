"""List view and delegate of objects: check box, swatch, name, share of the picture, and its bar."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.objects_model import OBJECT_ROLE, ObjectRow, ObjectsModel
from exr_inspector_app.gui.style import icons, paint, theme

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 24  # px
_SHARE_WIDTH, _BAR_WIDTH = 64, 48
_TOGGLE_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class ObjectsView(QListView):
    """List view that emits the object of a clicked row; Enter and Space act as a click, Ctrl+C copies rows."""

    object_toggled = Signal(int)  # ID
    cleared = Signal()  # Esc

    def __init__(self, model: ObjectsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(ObjectDelegate(model, self))
        self.setAccessibleName(strings.OBJECTS)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._toggle)
        theme.current().changed.connect(self.viewport().update)

    @Slot(QModelIndex)
    def _toggle(self, index: QModelIndex) -> None:
        row = index.data(OBJECT_ROLE)
        if isinstance(row, ObjectRow):
            self.object_toggled.emit(row.number)

    def show_object(self, number: int) -> None:
        """Make the row of an object the current one, and scroll to it."""
        at = self._model.row_of(number)
        if at >= 0 and at != self.currentIndex().row():
            self.setCurrentIndex(self._model.index(at))

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
        paint.row_background(painter, option)
        is_checked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        _paint_check_box(painter, QRectF(rect.left() + 12, middle - 8, 16, 16), is_checked=is_checked)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(*row.color))
        painter.drawRoundedRect(QRectF(rect.left() + 40, middle - 5, 10, 10), 2, 2)
        right = rect.right() - 12 - _BAR_WIDTH
        name = QRectF(rect.left() + 60, rect.top(), right - _SHARE_WIDTH - 16 - rect.left() - 60, rect.height())
        font = theme.ui_font(13, theme.MEDIUM if is_checked else theme.REGULAR)
        label = paint.shorten_path(row.name, font, name.width())
        paint.highlighted_text(painter, name, label, font, "t1", self._model.filter_text)
        share = QRectF(right - _SHARE_WIDTH - 8, rect.top(), _SHARE_WIDTH, rect.height())
        paint.text(painter, share, strings.object_share(row.share), theme.ui_font(12), "t1", "right")
        filled = row.share / max(self._model.largest_share, 1e-12)
        bar = QRectF(right, middle - 2, _BAR_WIDTH, 4)
        paint.progress_bar(painter, bar, min(filled, 1.0), theme.tokens().color("t3"))
        painter.restore()


def _paint_check_box(painter: QPainter, box: QRectF, *, is_checked: bool) -> None:
    t = theme.tokens()
    painter.setPen(QPen(t.color("fill" if is_checked else "edge"), 1))
    painter.setBrush(t.color("fill") if is_checked else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if is_checked:
        icons.paint_color(painter, "check", box.adjusted(2, 2, -2, -2), "#FFFFFF")
