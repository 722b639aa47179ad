"""List view of the publish sheet and its delegate: groups, lines with reasons, Include boxes, copy buttons."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from exr_inspector_app.gui.publish import strings
from exr_inspector_app.gui.publish.plan_columns import (
    NAME_LEFT,
    TEXT_LEFT,
    THUMBNAIL_HEIGHT,
    THUMBNAIL_WIDTH,
    PlanColumns,
    plan_columns,
)
from exr_inspector_app.gui.publish.plan_lines import PlanGroup, PlanLine
from exr_inspector_app.gui.publish.plan_model import ROW_ROLE, PlanHeading, PlanModel, PlanOverflow, check_state
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.thumbnails.session_thumbnails import SessionThumbnails
from exr_inspector_app.gui.widgets.side_sheet import INSET
from exr_inspector_app.text.format import pluralize

Index = QModelIndex | QPersistentModelIndex

HEADING_HEIGHT, LINE_HEIGHT, OVERFLOW_HEIGHT = 28, 40, 32
GROUP_STYLES = {
    PlanGroup.NEW: ("new", "accent"),
    PlanGroup.PRESENT: ("done", "t3"),
    PlanGroup.CHANGED: ("refresh", "warn"),
    PlanGroup.INCOMPLETE: ("incomplete", "warn"),
    PlanGroup.FAILED: ("failed", "err"),
}


class PlanDelegate(QStyledItemDelegate):
    """Delegate of headings, lines with a thumbnail and two rows of text, and overflow rows."""

    thumbnails: SessionThumbnails | None = None

    def __init__(self, model: PlanModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of the kind of row."""
        row = index.data(ROW_ROLE)
        return QSize(0, _height(row))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row over the full width."""
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        match index.data(ROW_ROLE):
            case PlanHeading() as heading:
                painter.fillRect(option.rect, theme.tokens().color("header"))
                paint.row_background(painter, option)
                _heading(painter, rect, heading)
            case PlanLine() as line:
                paint.row_background(painter, option)
                columns = plan_columns(rect, has_context=self._model.has_context)
                _line(painter, rect, line, paint.tertiary_token(option), columns)
                self._paint_thumbnail(painter, rect, line)
            case PlanOverflow() as more:
                paint.row_background(painter, option)
                text = strings.more_lines(more.lines)
                paint.text(painter, rect.adjusted(NAME_LEFT, 0, 0, 0), text, theme.ui_font(12), "accent")
                files = rect.adjusted(0, 0, -INSET, 0)
                paint.text(painter, files, pluralize(more.files, "file"), theme.ui_font(12), "t2", "right")
        painter.restore()

    def _paint_thumbnail(self, painter: QPainter, rect: QRectF, line: PlanLine) -> None:
        """Paint the middle frame of a line, or a glyph until it arrives and for files that cannot be published."""
        middle = line.records[len(line.records) // 2].identity.file_path if line.records else ""
        image = self.thumbnails.get(middle) if self.thumbnails and middle else None
        top = rect.center().y() - THUMBNAIL_HEIGHT / 2
        box = QRectF(rect.left() + TEXT_LEFT, top, THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT)
        is_failed = line.group is PlanGroup.FAILED
        glyph = "warning" if is_failed else "film" if line.count > 1 else "image"
        paint.thumbnail(painter, box, image, glyph, "err" if is_failed else "t3")


def _height(row: object) -> int:
    if isinstance(row, PlanHeading):
        return HEADING_HEIGHT
    return OVERFLOW_HEIGHT if isinstance(row, PlanOverflow) else LINE_HEIGHT


def _heading(painter: QPainter, rect: QRectF, heading: PlanHeading) -> None:
    middle = rect.center().y()
    glyph, token = GROUP_STYLES[heading.group]
    chevron = "chevron-down" if heading.is_open else "chevron-right"
    icons.paint(painter, chevron, QRectF(4, middle - 7, 14, 14), "t2")
    paint_check(painter, check_box(rect), check_state(heading))
    icons.paint(painter, glyph, QRectF(TEXT_LEFT, middle - 8, 16, 16), token)
    font, left = theme.ui_font(13, theme.SEMIBOLD), TEXT_LEFT + 24
    width = paint.text(painter, rect.adjusted(left, 0, 0, 0), heading.group.value, font, "t1")
    paint.text(painter, rect.adjusted(left + width + 10, 0, -INSET, 0), heading.note, theme.ui_font(12), "t2")


def check_box(rect: QRectF) -> QRectF:
    """Return the rectangle of the check box of a heading or a line."""
    return QRectF(INSET, rect.center().y() - 8, 16, 16)


def copy_box(rect: QRectF) -> QRectF:
    """Return the rectangle of the copy button of a failed line."""
    return QRectF(rect.right() - INSET - 16, rect.center().y() - 8, 16, 16)


def _line(painter: QPainter, rect: QRectF, line: PlanLine, quiet: str, columns: PlanColumns) -> None:
    """Paint name and reason; then show and shot, and the count or the copy button."""
    middle, is_failed = rect.center().y(), line.group is PlanGroup.FAILED
    upper = QRectF(columns.name.left(), middle - 18, columns.name.width(), 18)
    name = paint.shorten_path(line.title, theme.ui_font(13), upper.width())
    paint_check(painter, check_box(rect), check_state(line))
    token = "t1" if line.is_included or is_failed else "t2"
    paint.text(painter, upper, name, theme.ui_font(13), token)
    right = rect.right() - INSET - 28 if is_failed else columns.name.right()
    reason = QRectF(upper.left(), middle, right - upper.left(), 17)
    paint.text(painter, reason, line.reason, theme.ui_font(11), quiet)
    if is_failed:
        icons.paint(painter, "copy", copy_box(rect), "t2")
    else:
        _context(painter, line, columns, token)
        paint.text(painter, columns.count, pluralize(line.count, "file"), theme.ui_font(12), "t2", "right")
    paint.hairline(painter, TEXT_LEFT, rect.right() - INSET, rect.bottom() - 1)


def _context(painter: QPainter, line: PlanLine, columns: PlanColumns, token: str) -> None:
    """Paint show and shot, where there is room for their columns."""
    for cell, value in ((columns.show, line.show), (columns.shot, line.shot)):
        if cell.width() > 0:
            text, color = (value, token) if value else (strings.NO_CONTEXT, "t3")
            paint.text(painter, cell, text, theme.ui_font(12), color)


def paint_check(painter: QPainter, box: QRectF, state: Qt.CheckState | None) -> None:
    """Paint a check box with three states, or an empty outline for files that cannot be published."""
    t = theme.tokens()
    is_on = state not in (None, Qt.CheckState.Unchecked)
    painter.setPen(QPen(t.color("line2" if state is None else "fill" if is_on else "edge"), 1))
    painter.setBrush(t.color("panel" if state is None else "fill" if is_on else "field"))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if state is Qt.CheckState.Checked:
        icons.paint(painter, "check", box.adjusted(2, 2, -2, -2), "on_fill")
    elif state is Qt.CheckState.PartiallyChecked:
        painter.fillRect(box.adjusted(4, 7, -4, -7), t.color("on_fill"))


class PlanView(QListView):
    """View in which Space or a click on a check box includes files, and Enter expands a group or copies an error."""

    error_copied = Signal()

    def __init__(self, model: PlanModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setAccessibleName(strings.PLAN_NAME)
        self.setModel(model)
        self._delegate = PlanDelegate(model, self)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_thumbnails(self, thumbnails: SessionThumbnails) -> None:
        """Set the cache that the lines paint thumbnails from."""
        self._delegate.thumbnails = thumbnails
        thumbnails.arrived.connect(self.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out the rows in the new width."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Act on a click on a heading, an overflow row, or a button."""
        super().mouseReleaseEvent(event)
        position = event.position().toPoint()
        index = self.indexAt(position)
        row = self._model.row(index)
        if event.button() != Qt.MouseButton.LeftButton or row is None:
            return
        rect = QRectF(self.visualRect(index))
        if check_state(row) is not None and check_box(rect).adjusted(-6, -8, 6, 8).contains(position):
            self._toggle(index)
        elif not isinstance(row, PlanLine) or self._is_on_copy(row, rect, position):
            self._act(index)

    def _is_on_copy(self, line: PlanLine, rect: QRectF, position: QPoint) -> bool:
        return line.group is PlanGroup.FAILED and copy_box(rect).adjusted(-8, -8, 8, 8).contains(position)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Include the files of the current row with Space; act on it with Enter."""
        row = self._model.row(self.currentIndex())
        if event.key() == Qt.Key.Key_Space and row is not None and check_state(row) is not None:
            self._toggle(self.currentIndex())
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._act(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _toggle(self, index: QModelIndex) -> None:
        number = index.row()
        self._model.toggle(index)
        self.setCurrentIndex(self._model.index(number))

    def _act(self, index: QModelIndex) -> None:
        row = self._model.row(index)
        if isinstance(row, PlanLine) and row.group is PlanGroup.FAILED:
            QGuiApplication.clipboard().setText(row.copied)
            self.error_copied.emit()
            return
        row_number = index.row()
        self._model.activate(index)
        self.setCurrentIndex(self._model.index(min(row_number, self._model.rowCount() - 1)))
