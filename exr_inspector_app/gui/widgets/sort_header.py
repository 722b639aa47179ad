"""Column titles with an arrow on the column that rows are sorted by."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.widgets.table import INSET, TableHeader

_ARROW = 12


class SortHeader(TableHeader):
    """The arrow follows `show_order`; clicks are told by `sectionClicked` where `clickable`."""

    def __init__(self, parent: QWidget, column: int, descending: bool = True, clickable: bool = False) -> None:
        super().__init__(parent)
        self._column, self._descending = column, descending
        self.setSectionsClickable(clickable)

    def show_order(self, column: int, descending: bool) -> None:
        """The arrow stands there from now on."""
        self._column, self._descending = column, descending
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        super().paintSection(painter, rect, logicalIndex)
        if logicalIndex != self._column:
            return
        model, across = self.model(), Qt.Orientation.Horizontal
        align = model.headerData(logicalIndex, across, Qt.ItemDataRole.TextAlignmentRole)
        title = str(model.headerData(logicalIndex, across) or "")
        width = QFontMetricsF(theme.ui(11)).horizontalAdvance(title)
        left = rect.left() + width + 6 + (INSET if logicalIndex == 0 else 0)
        if align:
            left = rect.right() - self.gap - width - _ARROW - 4
        glyph = "chevron-down" if self._descending else "chevron-up"
        icons.paint(painter, glyph, QRectF(left, rect.center().y() - 5, _ARROW, _ARROW), "t2")
