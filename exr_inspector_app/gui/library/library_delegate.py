"""Item delegate of the library view: two-line sequences, one-line files, and row actions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from exr_inspector_app.gui.library import library_rows, strings
from exr_inspector_app.gui.library.library_model import ROW_ROLE
from exr_inspector_app.gui.library.library_rows import COLUMNS, LibraryRow
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.theme import MEDIUM

SEQUENCE_HEIGHT, FILE_HEIGHT = 48, 24
CHEVRON_LEFT, THUMBNAIL_LEFT, TEXT_LEFT = 12, 32, 115  # in the first column
FILE_TEXT_LEFT = 136  # of a file below its sequence
RIGHT_GAP = 24  # between right-aligned text and the left-aligned text of the next column
ACTIONS = ("similar", "compare", "more")
ACTION_SIZE, ACTION_STEP = 20, 24
Index = QModelIndex | QPersistentModelIndex


class LibraryDelegate(QStyledItemDelegate):
    """Delegate for sequences with a thumbnail and for their files; the view paints the background."""

    def __init__(self, image_of: Callable[[str], QImage | None], parent: QObject) -> None:
        super().__init__(parent)
        self._image_of = image_of

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a sequence or of a file."""
        return QSize(0, FILE_HEIGHT if index.parent().isValid() else SEQUENCE_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell of a sequence or of a file."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, LibraryRow):
            return
        is_file = index.parent().isValid()
        rect, column = QRectF(option.rect), index.column()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = rect.left()
        if column == library_rows.FILE:
            left = FILE_TEXT_LEFT if is_file else TEXT_LEFT
            if is_file:
                _paint_file(painter, option, rect, row)
            else:
                _paint_sequence(painter, option, rect, row, self._image_of(str(row.listed.file["file_id"])))
        else:
            _paint_cell(painter, rect.adjusted(0, 0, -8, 0), row, column, is_file=is_file)
        if not option.state & QStyle.StateFlag.State_Selected:
            paint.hairline(painter, left, rect.right() + 1, rect.bottom())
        if column == library_rows.BY:
            _paint_actions(painter, option, rect)
        painter.restore()


def _paint_sequence(
    painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, row: LibraryRow, image: QImage | None
) -> None:
    """Paint the thumbnail, the name, and the folder and frames below it."""
    middle, width = rect.center().y(), rect.right() - 12 - TEXT_LEFT
    box = QRectF(THUMBNAIL_LEFT, middle - 20, 71, 40)
    if option.state & QStyle.StateFlag.State_Children:
        chevron = "chevron-down" if option.state & QStyle.StateFlag.State_Open else "chevron-right"
        icons.paint(painter, chevron, QRectF(CHEVRON_LEFT - 2, middle - 8, 16, 16), "t2")
    paint.thumbnail(painter, box, image, "film" if row.is_sequence else "image")
    name = paint.shorten_name(row.name, theme.ui_font(13, MEDIUM), width)
    paint.text(painter, QRectF(TEXT_LEFT, middle - 18, width, 18), name, theme.ui_font(13, MEDIUM), "t1")
    tail = f", {row.frames}" if row.frames else ""
    folder_width = width - QFontMetricsF(theme.ui_font(11)).horizontalAdvance(tail)
    text = paint.shorten_path(row.folder, theme.ui_font(11), folder_width) + tail
    below = QRectF(TEXT_LEFT, middle, width, 18)
    paint.text(painter, below, text, theme.ui_font(11), paint.tertiary_token(option))


def _paint_file(painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, row: LibraryRow) -> None:
    """Paint the name of one file of a sequence."""
    area = QRectF(FILE_TEXT_LEFT, rect.top(), rect.right() - 12 - FILE_TEXT_LEFT, rect.height())
    icons.paint(painter, "image", QRectF(TEXT_LEFT, rect.center().y() - 8, 16, 16), paint.tertiary_token(option))
    name = paint.shorten_name(row.name, theme.ui_font(12), area.width())
    paint.text(painter, area, name, theme.ui_font(12), "t1")


def _paint_cell(painter: QPainter, rect: QRectF, row: LibraryRow, column: int, *, is_file: bool) -> None:
    """Paint any cell but the name."""
    text, middle = row.cells[column], rect.center().y()
    if column == library_rows.COMPRESSION and text:
        paint.chip(painter, rect.left(), middle, text)
    elif column == library_rows.RESOLUTION and row.kind and not is_file:
        above = QRectF(rect.left(), middle - 18, rect.width(), 18)
        paint.text(painter, above, text, theme.ui_font(12), "t2")
        paint.text(painter, above.translated(0, 18), row.kind, theme.ui_font(11), "t3")
    else:
        token = "t3" if text in (strings.NO_VALUE, strings.UNKNOWN) else "t2"
        is_right = COLUMNS[column].is_right_aligned
        area = rect.adjusted(0, 0, 8 - RIGHT_GAP, 0) if is_right else rect
        paint.text(painter, area, text, theme.ui_font(12), token, "right" if is_right else "left")


def action_rects(rect: QRectF) -> dict[str, QRectF]:
    """Return the rectangles of the row actions, by glyph, in the cell `rect` of the last column."""
    middle, right = rect.center().y(), rect.right() - 10
    return {
        name: QRectF(
            right - ACTION_STEP * (len(ACTIONS) - position) + 2, middle - ACTION_SIZE / 2, ACTION_SIZE, ACTION_SIZE
        )
        for position, name in enumerate(ACTIONS)
    }


def _paint_actions(painter: QPainter, option: QStyleOptionViewItem, rect: QRectF) -> None:
    """Paint the actions over the text of the selected row and of the row under the pointer."""
    if not option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
        return
    t = theme.tokens()
    is_selected = option.state & QStyle.StateFlag.State_Selected
    rects = action_rects(rect)
    background = QRectF(rects["similar"].left() - 6, rect.top(), rect.right() + 7, rect.height() - 1)
    painter.fillRect(background, t.color("selected" if is_selected else "hover"))
    for name, box in rects.items():
        icons.paint(painter, name, box.adjusted(2, 2, -2, -2), "t1")
