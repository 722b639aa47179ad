"""How the rows of the similar list are painted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from exr_inspector_app.gui.similar import similar_model
from exr_inspector_app.gui.similar.score_bands import BAND_STYLES
from exr_inspector_app.gui.similar.similar_model import ROW_ROLE, HitRow, HitSection
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.theme import MEDIUM

SECTION, HIT = 24, 36
INSET, TEXT = 12, 72  # of the thumbnail's place, and of the name beside it
STRONG = 0.9  # scores from here on are in the accent


class SimilarDelegate(QStyledItemDelegate):
    """Section titles over hits in two lines; the view paints the ground."""

    def __init__(self, image_of: Callable[[str], QImage | None], parent: QObject) -> None:
        super().__init__(parent)
        self._image_of = image_of

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, SECTION if isinstance(index.data(ROW_ROLE), HitSection) else HIT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.data(ROW_ROLE)
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, HitSection):
            _section(painter, rect, row)
        elif isinstance(row, HitRow):
            if index.column() == similar_model.FILE:
                _file(painter, option, rect.adjusted(0, 0, -8, 0), row, self._image_of(row.hit.file_id))
            else:
                _cell(painter, option, rect.adjusted(0, 0, -8, 0), row, index.column())
            left = rect.left() + (TEXT if index.column() == similar_model.FILE else 0)
            if not option.state & QStyle.StateFlag.State_Selected:
                paint.hairline(painter, left, rect.right() + 1, rect.bottom())
        painter.restore()


def _section(painter: QPainter, rect: QRectF, row: HitSection) -> None:
    """The title and how many there are."""
    width = paint.text(painter, rect.adjusted(INSET, 0, 0, 0), row.title, theme.ui_font(12, MEDIUM), "t2")
    paint.text(painter, rect.adjusted(INSET + width + 10, 0, 0, 0), row.count, theme.ui_font(12), "t3")
    paint.hairline(painter, rect.left() + INSET, rect.right() + 1, rect.bottom())


def _cell(painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, row: HitRow, column: int) -> None:
    """One cell of a hit, beside its name."""
    if column == similar_model.SCORE:
        paint.score(painter, rect, row.hit.score, "accent" if row.hit.score >= STRONG else "t3")
    elif column == similar_model.BAND:
        paint.chip(painter, rect.left(), rect.center().y(), row.band, BAND_STYLES[row.hit.band][1])
    elif column == similar_model.REASONS:
        paint.reasons(painter, rect, row.hit.same, row.hit.differs)
    elif column == similar_model.ACTIONS:
        _actions(painter, option, QRectF(option.rect))
    else:
        words = row.sequence if column == similar_model.SEQUENCE else row.published
        paint.text(painter, rect, words, theme.ui_font(12), "t2")


def _file(painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, row: HitRow, image: QImage | None) -> None:
    """Thumbnail, name, and the folder below."""
    middle = rect.center().y()
    box = QRectF(rect.left() + INSET, middle - 14, 50, 28)
    paint.thumbnail(painter, box, image, "film" if row.hit.sequence_count > 1 else "image")
    left = rect.left() + TEXT
    width = rect.right() - left
    name = paint.shorten_name(row.name, theme.ui_font(13, MEDIUM), width)
    paint.text(painter, QRectF(left, middle - 17, width, 18), name, theme.ui_font(13, MEDIUM), "t1")
    folder = paint.shorten_path(row.folder, theme.ui_font(11), width)
    paint.text(painter, QRectF(left, middle, width, 16), folder, theme.ui_font(11), paint.tertiary_token(option))


def action_rects(rect: QRectF) -> tuple[QRectF, QRectF]:
    """Where Open and More stand in the last column."""
    middle = rect.center().y()
    more = QRectF(rect.right() - INSET - 20, middle - 10, 20, 20)
    return more.translated(-32, 0), more


def _actions(painter: QPainter, option: QStyleOptionViewItem, rect: QRectF) -> None:
    """More always, Open on the selected row and under the pointer."""
    lit = option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
    opened, more = action_rects(rect)
    if lit:
        icons.paint(painter, "open", opened.adjusted(2, 2, -2, -2), "t1")
    icons.paint(painter, "more", more.adjusted(2, 2, -2, -2), "t1" if lit else "t2")
