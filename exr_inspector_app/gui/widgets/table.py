"""What the window's trees and tables share: column titles, painted rows, copying, an inset of 12 pixels."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyleOptionViewItem, QTreeView, QWidget

from exr_inspector_app.gui.style import icons, paint, theme

Index = QModelIndex | QPersistentModelIndex

INSET = 12
TITLE_HEIGHT = 24
INDENT = 20


class TableHeader(QHeaderView):
    """Column titles: 11 pixels, third rank, over a hairline."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.gap = INSET  # behind the title of a column whose words stand at the right
        self.setFixedHeight(TITLE_HEIGHT)
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(40)
        self.setSectionsMovable(False)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """One title, at the edge of its column's text."""
        t = theme.tokens()
        painter.fillRect(rect, t.color("header"))
        model = self.model()
        title = model.headerData(logicalIndex, Qt.Orientation.Horizontal)
        align = model.headerData(logicalIndex, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        is_right = bool(align) and bool(Qt.AlignmentFlag(align) & Qt.AlignmentFlag.AlignRight)
        left = INSET if logicalIndex == 0 else 0
        is_last = logicalIndex == self.count() - 1
        right = self.gap if is_right else INSET if is_last else 4
        place = QRectF(rect).adjusted(left, 0, -right, 0)
        paint.text(painter, place, title or "", theme.ui(11), "t3", "right" if is_right else "left")


class Table(QTreeView):
    """A tree or table whose rows are painted by a delegate on a ground that this view paints."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setHeader(TableHeader(self))
        self.setIndentation(INDENT)
        self.setMouseTracking(True)
        self.setAllColumnsShowFocus(False)  # its frame would lie over the row's words; the ground shows the focus
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self._widths: tuple[int, ...] = ()
        self._least, self._dispensable = 0, tuple[int, ...]()
        self.copy: Callable[[], None] | None = None  # what Ctrl+C does here
        theme.current().changed.connect(self.viewport().update)

    def set_widths(self, *widths: int) -> None:
        """Fixed widths; a column of 0 takes the rest."""
        self._widths = widths
        header = self.header()
        header.setStretchLastSection(False)
        for column, width in enumerate(widths):
            mode = QHeaderView.ResizeMode.Fixed if width else QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(column, mode)
            if width:
                header.resizeSection(column, width)

    def make_room(self, least: int, *dispensable: int) -> None:
        """These columns go, in this order, while the one that takes the rest would be narrower than `least`."""
        self._least, self._dispensable = least, dispensable

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns go where there is no room for them, and come back."""
        super().resizeEvent(event)
        header = self.header()
        stays = [one for one in range(header.count()) if one not in self._dispensable]
        left = self.viewport().width() - self._least - sum(self._widths[one] for one in stays if self._widths)
        for column in reversed(self._dispensable):
            left -= self._widths[column]
            header.setSectionHidden(column, left < 0)

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """The row on its ground; Qt tells only its cells that they are selected."""
        row = QStyleOptionViewItem(options)
        if self.selectionModel().isSelected(index):
            row.state |= QStyle.StateFlag.State_Selected
        paint.ground(painter, row, full=self._across(options.rect))
        super().drawRow(painter, options, index)

    def _across(self, rect: QRect) -> QRect:
        return QRect(0, rect.top(), self.viewport().width(), rect.height())

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """A chevron where there is something below, and a quiet line down from each level above."""
        if not self.rootIsDecorated():
            return
        level, above = 0, index.parent()
        while above.isValid():
            level, above = level + 1, above.parent()
        for step in range(1, level + 1):
            x = INSET + INDENT * (step - 1) + 6
            painter.fillRect(QRectF(x, rect.top(), 1, rect.height()), theme.tokens().color("line"))
        if self.model().hasChildren(index):
            glyph = "chevron-down" if self.isExpanded(index) else "chevron-right"
            box = QRectF(INSET - 2 + INDENT * level, rect.center().y() - 7, 16, 16)
            icons.paint(painter, glyph, box, "t2")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies what this table says it copies."""
        if self.copy and event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)
