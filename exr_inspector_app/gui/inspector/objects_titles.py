"""Column titles of the list of objects, and where its columns are; a click on a title sorts."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QRectF, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.objects_model import ObjectColumn, ObjectsModel
from exr_inspector_app.gui.style import icons, paint, theme

HEIGHT = 24  # px
BAR_WIDTH, INSET = 48, 12  # px
_NAME_LEFT, _AREA_WIDTH, _GAP = 60, 64, 8
_MATERIAL_SHARE = 0.4  # of the room of name and material
_TITLES = {
    ObjectColumn.NAME: (strings.OBJECT, "left"),
    ObjectColumn.MATERIAL: (strings.MATERIAL, "left"),
    ObjectColumn.AREA: (strings.AREA, "right"),
}


class ObjectColumns(NamedTuple):
    """Places of the columns of a row."""

    name: QRectF
    material: QRectF  # without width if there are no materials
    area: QRectF
    bar: QRectF


def lay_out_columns(row: QRectF, *, has_materials: bool) -> ObjectColumns:
    """Return the rectangles of the columns of a row."""
    bar = QRectF(row.right() - INSET - BAR_WIDTH, row.top(), BAR_WIDTH, row.height())
    area = QRectF(bar.left() - _GAP - _AREA_WIDTH, row.top(), _AREA_WIDTH, row.height())
    left = row.left() + _NAME_LEFT
    room = area.left() - _GAP - left
    material_width = _MATERIAL_SHARE * room if has_materials else 0.0
    name = QRectF(left, row.top(), room - material_width - (_GAP if has_materials else 0), row.height())
    material = QRectF(area.left() - _GAP - material_width, row.top(), material_width, row.height())
    return ObjectColumns(name, material, area, bar)


class ObjectTitles(QWidget):
    """Row of titles; the one of the sorted column has an arrow."""

    def __init__(self, model: ObjectsModel, rows: QAbstractScrollArea, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._rows = model, rows
        self._hovered: ObjectColumn | None = None
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setAccessibleName(strings.OBJECT_COLUMNS)
        model.modelReset.connect(self._update)
        theme.current().changed.connect(self.update)
        self._update()

    @Slot()
    def _update(self) -> None:
        titles = ", ".join(_TITLES[column][0] for column in self._columns())
        self.setAccessibleDescription(strings.sorted_columns(titles, _TITLES[self._model.sorted_by][0]))
        self.update()

    def _columns(self) -> dict[ObjectColumn, QRectF]:
        room = QRectF(0, 0, self._rows.viewport().width(), self.height())  # a scroll bar takes some of the list
        places = lay_out_columns(room, has_materials=self._model.rows.has_materials)
        area = places.area.united(places.bar)
        columns = {ObjectColumn.NAME: places.name, ObjectColumn.MATERIAL: places.material, ObjectColumn.AREA: area}
        return {column: room for column, room in columns.items() if room.width() > 0}

    def _column_at(self, event: QMouseEvent) -> ObjectColumn | None:
        columns = self._columns().items()
        return next((column for column, room in columns if room.contains(event.position())), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the title under the pointer."""
        self._hovered = self._column_at(event)
        self.setCursor(Qt.CursorShape.ArrowCursor if self._hovered is None else Qt.CursorShape.PointingHandCursor)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Mark no title."""
        super().leaveEvent(event)
        self._hovered = None
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Sort by the column."""
        column = self._column_at(event)
        if column is not None and event.button() == Qt.MouseButton.LeftButton:
            self._model.sort_by(column)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the titles."""
        painter = QPainter(self)
        font = theme.ui_font(11)
        for column, room in self._columns().items():
            title, side = _TITLES[column]
            token = "t1" if column is self._hovered else "t3"
            is_sorted = column is self._model.sorted_by
            if side == "right":
                title_room = room.adjusted(0, 0, -20 if is_sorted else 0, 0)
                paint.text(painter, title_room, title, font, token, side)
                arrow = room.right() - 16
            else:
                paint.text(painter, room, title, font, token)
                arrow = room.left() + QFontMetricsF(font).horizontalAdvance(title) + 4
            if is_sorted:
                icons.paint(painter, "chevron-down", QRectF(arrow, room.center().y() - 8, 16, 16), token)
        paint.hairline(painter, 0, self.width(), self.height() - 1)
        painter.end()
