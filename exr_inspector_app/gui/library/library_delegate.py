"""How the rows of the library are painted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from exr_inspector_app.gui.library import library_rows as rows
from exr_inspector_app.gui.library.library_model import ROW_ROLE
from exr_inspector_app.gui.library.library_rows import COLUMNS, LibraryRow
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.theme import MEDIUM

SEQUENCE, FILE_ROW = 48, 24
CHEVRON, THUMBNAIL, TEXT = 12, 32, 115  # where each begins in the first column
RIGHT_GAP = 24  # behind words at the right, before those of the next column at the left
FILE_TEXT = 136  # of a file below its sequence
Index = QModelIndex | QPersistentModelIndex


class LibraryDelegate(QStyledItemDelegate):
    """A sequence in two lines beside its thumbnail, its files in one; the view paints the ground."""

    def __init__(self, image_of: Callable[[str], QImage | None], parent: QObject) -> None:
        super().__init__(parent)
        self._image_of = image_of

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, FILE_ROW if index.parent().isValid() else SEQUENCE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, LibraryRow):
            return
        below = index.parent().isValid()
        rect, column = QRectF(option.rect), index.column()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = rect.left()
        if column == rows.FILE:
            left = FILE_TEXT if below else TEXT
            if below:
                _file(painter, option, rect, row)
            else:
                _sequence(painter, option, rect, row, self._image_of(str(row.listed.file["file_id"])))
        else:
            _cell(painter, rect.adjusted(0, 0, -8, 0), row, column, below)
        if not option.state & QStyle.StateFlag.State_Selected:
            paint.hairline(painter, left, rect.right() + 1, rect.bottom())
        if column == rows.BY:
            _actions(painter, option, rect)
        painter.restore()


def _sequence(
    painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, row: LibraryRow, image: QImage | None
) -> None:
    """Thumbnail, name, and where it lies with its frames below."""
    middle, width = rect.center().y(), rect.right() - 12 - TEXT
    box = QRectF(THUMBNAIL, middle - 20, 71, 40)
    if option.state & QStyle.StateFlag.State_Children:
        chevron = "chevron-down" if option.state & QStyle.StateFlag.State_Open else "chevron-right"
        icons.paint(painter, chevron, QRectF(CHEVRON - 2, middle - 8, 16, 16), "t2")
    paint.thumbnail(painter, box, image, "film" if row.is_sequence else "image")
    name = paint.shorten_name(row.name, theme.ui_font(13, MEDIUM), width)
    paint.text(painter, QRectF(TEXT, middle - 18, width, 18), name, theme.ui_font(13, MEDIUM), "t1")
    tail = f", {row.frames}" if row.frames else ""
    room = width - QFontMetricsF(theme.ui_font(11)).horizontalAdvance(tail)
    words = paint.shorten_path(row.folder, theme.ui_font(11), room) + tail
    paint.text(painter, QRectF(TEXT, middle, width, 18), words, theme.ui_font(11), paint.tertiary_token(option))


def _file(painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, row: LibraryRow) -> None:
    """One file of a sequence."""
    room = QRectF(FILE_TEXT, rect.top(), rect.right() - 12 - FILE_TEXT, rect.height())
    icons.paint(painter, "image", QRectF(TEXT, rect.center().y() - 8, 16, 16), paint.tertiary_token(option))
    paint.text(painter, room, paint.shorten_name(row.name, theme.ui_font(12), room.width()), theme.ui_font(12), "t1")


def _cell(painter: QPainter, rect: QRectF, row: LibraryRow, column: int, below: bool) -> None:
    """A cell beside the name."""
    words, middle = row.cells[column], rect.center().y()
    if column == rows.COMPRESSION and words:
        paint.chip(painter, rect.left(), middle, words)
    elif column == rows.RESOLUTION and row.figure and not below:
        paint.text(painter, QRectF(rect.left(), middle - 18, rect.width(), 18), words, theme.ui_font(12), "t2")
        paint.text(painter, QRectF(rect.left(), middle, rect.width(), 18), row.figure, theme.ui_font(11), "t3")
    else:
        token = "t3" if words in ("none", "none named") else "t2"
        right = COLUMNS[column].at_right
        room = rect.adjusted(0, 0, 8 - RIGHT_GAP, 0) if right else rect
        paint.text(painter, room, words, theme.ui_font(12), token, "right" if right else "left")


def action_rects(rect: QRectF) -> dict[str, QRectF]:
    """Where the actions of a row stand in its last column."""
    middle, right = rect.center().y(), rect.right() - 10
    return {
        name: QRectF(right - 24 * (3 - place) + 2, middle - 10, 20, 20)
        for place, name in enumerate(("similar", "compare", "more"))
    }


def _actions(painter: QPainter, option: QStyleOptionViewItem, rect: QRectF) -> None:
    """All on the selected row and under the pointer; over the words, which fade below."""
    if not option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
        return
    t = theme.tokens()
    is_selected = option.state & QStyle.StateFlag.State_Selected
    places = action_rects(rect)
    ground = QRectF(places["similar"].left() - 6, rect.top(), rect.right() + 7, rect.height() - 1)
    painter.fillRect(ground, t.color("selected" if is_selected else "hover"))
    for name, box in places.items():
        icons.paint(painter, name, box.adjusted(2, 2, -2, -2), "t1")
