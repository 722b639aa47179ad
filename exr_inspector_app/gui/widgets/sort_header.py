"""Sort header: column titles with an arrow on the sorted column."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.widgets.table import INSET, TableHeader

_ARROW_SIZE = 12


class SortHeader(TableHeader):
    """Table header that marks the sorted column; if clickable, clicks emit `sectionClicked`."""

    def __init__(self, parent: QWidget, column: int, *, is_descending: bool = True, is_clickable: bool = False) -> None:
        super().__init__(parent)
        self._column, self._is_descending = column, is_descending
        self.setSectionsClickable(is_clickable)

    def show_order(self, column: int, *, is_descending: bool) -> None:
        """Move the arrow to a column."""
        self._column, self._is_descending = column, is_descending
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Paint the title, with an arrow if the column is sorted."""
        super().paintSection(painter, rect, logicalIndex)
        if logicalIndex != self._column:
            return
        model, across = self.model(), Qt.Orientation.Horizontal
        align = model.headerData(logicalIndex, across, Qt.ItemDataRole.TextAlignmentRole)
        title = str(model.headerData(logicalIndex, across) or "")
        width = QFontMetricsF(theme.ui_font(11)).horizontalAdvance(title)
        left = rect.left() + width + 6 + (INSET if logicalIndex == 0 else 0)
        if align:
            left = rect.right() - self.gap - width - _ARROW_SIZE - 4
        glyph = "chevron-down" if self._is_descending else "chevron-up"
        icons.paint(painter, glyph, QRectF(left, rect.center().y() - 5, _ARROW_SIZE, _ARROW_SIZE), "t2")
