"""Item delegate of the Similar view: section titles and match rows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from exr_inspector_app.contracts import Band
from exr_inspector_app.gui.similar import similar_model
from exr_inspector_app.gui.similar.score_bands import BAND_STYLES
from exr_inspector_app.gui.similar.similar_model import ROW_ROLE, HitRow, HitSection
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.theme import MEDIUM

SECTION_HEIGHT, HIT_HEIGHT = 24, 36
INSET, TEXT_LEFT = 12, 72  # of the thumbnail, and of the name to its right
MIN_STRONG_SCORE = 0.9  # scores from here on are painted in the accent color


class SimilarDelegate(QStyledItemDelegate):
    """Delegate for sections and two-line matches; the view paints the background."""

    def __init__(self, image_of: Callable[[str], QImage | None], parent: QObject) -> None:
        super().__init__(parent)
        self._image_of = image_of

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of a section title or of a match."""
        return QSize(0, SECTION_HEIGHT if isinstance(index.data(ROW_ROLE), HitSection) else HIT_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a section title, or one cell of a match."""
        row = index.data(ROW_ROLE)
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, HitSection):
            _paint_section(painter, rect, row)
        elif isinstance(row, HitRow):
            if index.column() == similar_model.FILE:
                _paint_file(painter, option, rect.adjusted(0, 0, -8, 0), row, self._image_of(row.hit.file_id))
            else:
                _paint_cell(painter, option, rect.adjusted(0, 0, -8, 0), row, index.column())
            left = rect.left() + (TEXT_LEFT if index.column() == similar_model.FILE else 0)
            if not option.state & QStyle.StateFlag.State_Selected:
                paint.hairline(painter, left, rect.right() + 1, rect.bottom())
        painter.restore()


def _paint_section(painter: QPainter, rect: QRectF, row: HitSection) -> None:
    """Paint the title and the count of a section."""
    width = paint.text(painter, rect.adjusted(INSET, 0, 0, 0), row.title, theme.ui_font(12, MEDIUM), "t2")
    paint.text(painter, rect.adjusted(INSET + width + 10, 0, 0, 0), row.count, theme.ui_font(12), "t3")
    paint.hairline(painter, rect.left() + INSET, rect.right() + 1, rect.bottom())


def _paint_cell(painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, row: HitRow, column: int) -> None:
    """Paint any cell of a match but its name."""
    if column == similar_model.SCORE:
        paint.score(painter, rect, row.hit.score, "accent" if row.hit.score >= MIN_STRONG_SCORE else "t3")
    elif column == similar_model.BAND:
        if row.hit.band is not Band.TOO_LITTLE:  # the title of its section shows it
            paint.chip(painter, rect.left(), rect.center().y(), row.band, BAND_STYLES[row.hit.band])
    elif column == similar_model.REASONS:
        paint.reasons(painter, rect, row.hit.same, row.hit.differs)
    elif column == similar_model.ACTIONS:
        _paint_actions(painter, option, QRectF(option.rect))
    else:
        text = row.sequence if column == similar_model.SEQUENCE else row.published
        paint.text(painter, rect, text, theme.ui_font(12), "t2")


def _paint_file(
    painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, row: HitRow, image: QImage | None
) -> None:
    """Paint the thumbnail, the name, and the folder below it."""
    middle = rect.center().y()
    box = QRectF(rect.left() + INSET, middle - 14, 50, 28)
    paint.thumbnail(painter, box, image, "film" if row.hit.sequence_count > 1 else "image")
    left = rect.left() + TEXT_LEFT
    width = rect.right() - left
    name = paint.shorten_name(row.name, theme.ui_font(13, MEDIUM), width)
    paint.text(painter, QRectF(left, middle - 17, width, 18), name, theme.ui_font(13, MEDIUM), "t1")
    folder = paint.shorten_path(row.folder, theme.ui_font(11), width)
    paint.text(painter, QRectF(left, middle, width, 16), folder, theme.ui_font(11), paint.tertiary_token(option))


def action_rects(rect: QRectF) -> tuple[QRectF, QRectF]:
    """Return the rectangles of Open and More in the cell `rect` of the last column."""
    middle = rect.center().y()
    more = QRectF(rect.right() - INSET - 20, middle - 10, 20, 20)
    return more.translated(-32, 0), more


def _paint_actions(painter: QPainter, option: QStyleOptionViewItem, rect: QRectF) -> None:
    """Paint More always, Open only on the selected row and under the pointer."""
    is_lit = option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
    open_rect, more_rect = action_rects(rect)
    if is_lit:
        icons.paint(painter, "open", open_rect.adjusted(2, 2, -2, -2), "t1")
    icons.paint(painter, "more", more_rect.adjusted(2, 2, -2, -2), "t1" if is_lit else "t2")
