"""How the rows of the similar list are painted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from exr_inspector_app.gui import icons, paint, theme
from exr_inspector_app.gui.models import similar
from exr_inspector_app.gui.models.similar import BAND_LOOK, ROW, HitShown, Section
from exr_inspector_app.gui.theme import MEDIUM

SECTION, HIT = 24, 36


class SimilarDelegate(QStyledItemDelegate):
    """Section titles over hits in two lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, SECTION if isinstance(index.data(ROW), Section) else HIT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.data(ROW)
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, Section):
            width = paint.text(painter, rect.adjusted(12, 0, 0, 0), row.title, theme.ui(12, MEDIUM), "t2")
            paint.text(painter, rect.adjusted(12 + width + 8, 0, 0, 0), row.count, theme.ui(12), "t3")
        elif isinstance(row, HitShown):
            self._hit(painter, option, rect, row, index.column())
        painter.restore()

    def _hit(self, painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, row: HitShown, column: int) -> None:
        """One cell of a hit; only the first column has the bar of the selection."""
        _ground(painter, option, column)
        inside = rect.adjusted(12 if column == similar.FILE else 8, 0, -8, 0)
        if column == similar.FILE:
            _file(painter, option, inside, row)
        elif column == similar.SCORE:
            paint.score(painter, inside, row.hit.score, "accent" if row.hit.score >= 0.9 else "t3")
        elif column == similar.BAND:
            word, kind = BAND_LOOK[row.hit.band]
            paint.chip(painter, inside.left(), inside.center().y(), word, kind)
        elif column == similar.REASONS:
            paint.reasons(painter, inside, row.hit.same, row.hit.differs)
        else:
            words = row.sequence if column == similar.SEQUENCE else row.published
            paint.text(painter, inside, words, theme.ui(12), "t2")
        left = rect.left() + (72 if column == similar.FILE else 0)
        paint.hairline(painter, left, rect.right(), rect.bottom() - 1)


def _ground(painter: QPainter, option: QStyleOptionViewItem, column: int) -> None:
    """The row's ground; cells behind the first leave the bar out."""
    if column == similar.FILE:
        paint.ground(painter, option)
        return
    wider = option.rect.adjusted(-2, 0, 0, 0)
    painter.setClipRect(option.rect)
    paint.ground(painter, option, full=wider)


def _file(painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, row: HitShown) -> None:
    """Glyph, name, and the folder below."""
    t = theme.tokens()
    middle = rect.center().y()
    box = QRectF(rect.left(), middle - 14, 50, 28)
    painter.setPen(t.color("line2"))
    painter.setBrush(t.color("raised"))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    glyph = "film" if row.hit.sequence_count > 1 else "image"
    icons.paint(painter, glyph, QRectF(box.center().x() - 8, middle - 8, 16, 16), "t3")
    left = rect.left() + 60
    width = rect.right() - left
    name = paint.short_name(row.name, theme.ui(13, MEDIUM), width)
    paint.text(painter, QRectF(left, middle - 17, width, 18), name, theme.ui(13, MEDIUM), "t1")
    folder = paint.short_path(row.folder, theme.ui(11), width)
    paint.text(painter, QRectF(left, middle, width, 16), folder, theme.ui(11), paint.rank3(option))
