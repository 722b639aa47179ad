"""Delegate of the table of compared layers: thumbnail of the difference, errors, and a chip with the result."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from exr_inspector_app.gui.compare import pixel_diff_model as model
from exr_inspector_app.gui.compare.pixel_diff_model import ROW_ROLE, EqualLayers, cell_texts, result_text
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.services.pixel_diff import LayerDifference

ROW_HEIGHT, GROUP_HEIGHT = 36, 24  # px
INSET, TEXT_LEFT = 12, 72  # of the thumbnail, and of the name to its right
NUMBER_GAP = 24  # px after a number, before the text of the next column
_BAR = (48, 4)
Index = QModelIndex | QPersistentModelIndex


class PixelDiffDelegate(QStyledItemDelegate):
    """Delegate with the thumbnails, which are converted once per result."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._images: dict[int, tuple[LayerDifference, QImage | None]] = {}

    def clear(self) -> None:
        """Drop the thumbnails."""
        self._images.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a layer or of the group."""
        return QSize(0, GROUP_HEIGHT if isinstance(index.data(ROW_ROLE), EqualLayers) else ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        row, rect = index.data(ROW_ROLE), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, EqualLayers):
            _paint_group(painter, rect, row, is_open=bool(option.state & QStyle.StateFlag.State_Open))
        elif isinstance(row, LayerDifference):
            self._paint_cell(painter, option, rect, row, index.column())
            if not option.state & QStyle.StateFlag.State_Selected:
                left = rect.left() + (TEXT_LEFT if index.column() == model.LAYER else 0)
                paint.hairline(painter, left, rect.right() + 1, rect.bottom())
        painter.restore()

    def _paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, row: LayerDifference, column: int
    ) -> None:
        text, quiet = cell_texts(row)[column], paint.tertiary_token(option)
        if column == model.LAYER:
            box = QRectF(rect.left() + INSET, rect.center().y() - 14, 50, 28)
            paint.thumbnail(painter, box, self._image(row), "equal" if row.is_equal else "image")
            room = rect.adjusted(TEXT_LEFT, 0, -8, 0)
            font = theme.ui_font(13)
            paint.text(painter, room, paint.shorten_name(text, font, room.width()), font, "t1")
        elif column == model.PART:
            paint.text(painter, rect.adjusted(0, 0, -8, 0), text, theme.ui_font(12), quiet)
        elif column == model.CHANGED:
            _paint_share(painter, rect, row, text)
        elif column in (model.RMSE, model.MAX):
            paint.text(painter, rect.adjusted(0, 0, -NUMBER_GAP, 0), text, theme.mono_font(12), "t1", "right")
        elif column == model.FIRST:
            paint.text(painter, rect.adjusted(0, 0, -8, 0), text, theme.mono_font(12), "accent")
        else:
            _paint_result(painter, rect, row)

    def _image(self, row: LayerDifference) -> QImage | None:
        known = self._images.get(id(row))
        if known is None or known[0] is not row:
            known = self._images[id(row)] = (row, _make_image(row))
        return known[1]


def _make_image(row: LayerDifference) -> QImage | None:
    if row.thumbnail is None:
        return None
    grays = np.ascontiguousarray((row.thumbnail * 255).astype(np.uint8))
    height, width = grays.shape
    return QImage(grays.data, width, height, width, QImage.Format.Format_Grayscale8).copy()


def _paint_group(painter: QPainter, rect: QRectF, row: EqualLayers, *, is_open: bool) -> None:
    chevron = QRectF(rect.left() + INSET - 4, rect.center().y() - 8, 16, 16)
    icons.paint(painter, "chevron-down" if is_open else "chevron-right", chevron, "t2")
    icons.paint(painter, "equal", QRectF(rect.left() + INSET + 20, rect.center().y() - 8, 16, 16), "t3")
    room = rect.adjusted(INSET + 44, 0, -INSET, 0)
    paint.text(painter, room, row.text, theme.ui_font(12), "t3")


def _paint_share(painter: QPainter, rect: QRectF, row: LayerDifference, text: str) -> None:
    """Paint the changed share, right-aligned before its bar."""
    bar = QRectF(rect.right() - NUMBER_GAP - _BAR[0], rect.center().y() - _BAR[1] / 2, *_BAR)
    room = QRectF(rect.left(), rect.top(), bar.left() - 8 - rect.left(), rect.height())
    is_changed = row.figures is not None and row.figures.changed_count > 0
    font = theme.ui_font(13, theme.SEMIBOLD if is_changed else theme.REGULAR)
    paint.text(painter, room, text, font, "t1" if is_changed else "t3", "right")
    if row.figures is not None:
        paint.progress_bar(painter, bar, row.figures.changed_share, theme.tokens().color("accent"))


def _paint_result(painter: QPainter, rect: QRectF, row: LayerDifference) -> None:
    """Paint the sign of a difference and the result as a chip."""
    label = result_text(row)
    if not label:
        return
    is_odd = bool(row.error) or (row.figures is not None and row.figures.non_finite_count > 0)
    glyph, token = ("equal", "t3") if row.is_equal else ("warning", "warn") if is_odd else ("unequal", "accent")
    icons.paint(painter, glyph, QRectF(rect.left(), rect.center().y() - 8, 16, 16), token)
    kind = "quiet" if row.is_equal else "warn" if is_odd else "outline"
    paint.chip(painter, rect.left() + 24, rect.center().y(), label, kind)
