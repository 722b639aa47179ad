"""Table view and header shared by the trees and tables: delegate-painted rows, responsive columns, copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyleOptionViewItem, QTreeView, QWidget

from exr_inspector_app.gui.style import icons, paint, theme

Index = QModelIndex | QPersistentModelIndex

INSET = 12  # px at the left and right of a row
HEADER_HEIGHT = 24  # px
INDENT = 20  # px per level
MAX_SAVED_WIDTH = 600  # px of a column that is restored


class TableHeader(QHeaderView):
    """Header with column titles in tertiary text color."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.gap = INSET  # px after the title of a right-aligned column
        self.inset = INSET  # px before the first title and after the last one
        self.setFixedHeight(HEADER_HEIGHT)
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(40)
        self.setSectionsMovable(False)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Paint one title, aligned with the text of its column."""
        t = theme.tokens()
        painter.fillRect(rect, t.color("header"))
        model = self.model()
        title = model.headerData(logicalIndex, Qt.Orientation.Horizontal)
        align = model.headerData(logicalIndex, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        is_right = bool(align) and bool(Qt.AlignmentFlag(align) & Qt.AlignmentFlag.AlignRight)
        left = self.inset if logicalIndex == 0 else 0
        is_last = logicalIndex == self.count() - 1
        right = self.gap if is_right else self.inset if is_last else 4
        room = QRectF(rect).adjusted(left, 0, -right, 0)
        paint.text(painter, room, title or "", theme.ui_font(11), "t3", "right" if is_right else "left")


class TableView(QTreeView):
    """Tree or table view that paints row backgrounds; a delegate paints the cells."""

    widths_changed = Signal()  # of columns that the user sizes

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setHeader(TableHeader(self))
        self.setIndentation(INDENT)
        self.setMouseTracking(True)
        self.setAllColumnsShowFocus(False)  # its frame would cover the text; the background shows the focus
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self._widths: tuple[int, ...] = ()
        self._min_width, self._optional_columns = 0, tuple[int, ...]()
        self._first_widths, self._sizable = tuple[int, ...](), tuple[int, ...]()
        self.copy: Callable[[], None] | None = None  # called on Ctrl+C
        theme.current().changed.connect(self.viewport().update)

    def set_widths(self, *widths: int) -> None:
        """Set fixed column widths in px; a column of width 0 takes the remaining width."""
        self._widths = widths
        header = self.header()
        header.setStretchLastSection(False)
        for column, width in enumerate(widths):
            mode = QHeaderView.ResizeMode.Fixed if width else QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(column, mode)
            if width:
                header.resizeSection(column, width)

    def set_sizable(self, *columns: int) -> None:
        """Let the user resize columns at their edges in the header; a double click restores the first width."""
        header = self.header()
        for column in columns:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        header.sectionResized.connect(self._on_section_resized)
        header.sectionHandleDoubleClicked.connect(lambda at: header.resizeSection(at, self._first_widths[at]))
        self._first_widths, self._sizable = self._widths, columns

    @Slot(int, int, int)
    def _on_section_resized(self, column: int, _before: int, width: int) -> None:
        """Keep the width that the user chose, and paint again, since values may wrap differently."""
        if column in self._sizable and width:
            widths = list(self._widths)
            widths[column] = width
            self._widths = tuple(widths)
            self.viewport().update()
            self.widths_changed.emit()

    @property
    def sized_widths(self) -> tuple[int, ...]:
        """Widths in px of the columns that the user sizes, for `restore_widths`."""
        return tuple(self._widths[column] for column in self._sizable)

    def restore_widths(self, widths: Sequence[int]) -> None:
        """Restore saved widths; ignore those of another number of columns."""
        if len(widths) != len(self._sizable):
            return
        header, minimum = self.header(), self.header().minimumSectionSize()
        restored = dict(zip(self._sizable, widths, strict=True))
        self._widths = tuple(
            min(max(restored.get(column, width), minimum), MAX_SAVED_WIDTH) if column in restored else width
            for column, width in enumerate(self._widths)
        )
        for column in self._sizable:
            if not header.isSectionHidden(column):
                header.resizeSection(column, self._widths[column])

    def hide_columns_below(self, min_width: int, *columns: int) -> None:
        """Hide columns, in the given order, while the stretched column would be narrower than `min_width` px."""
        self._min_width, self._optional_columns = min_width, columns

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide or show the optional columns for the new width."""
        super().resizeEvent(event)
        header = self.header()
        shown = (column for column in range(header.count()) if not header.isSectionHidden(column))
        required = [column for column in shown if column not in self._optional_columns]
        spare = self.viewport().width() - self._min_width
        spare -= sum(self._widths[column] for column in required if self._widths)
        for column in reversed(self._optional_columns):
            spare -= self._widths[column]
            header.setSectionHidden(column, spare < 0)

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """Paint the row's background, then its cells; Qt sets the selected state on cells only."""
        row = QStyleOptionViewItem(options)
        if self.selectionModel().isSelected(index):
            row.state |= QStyle.StateFlag.State_Selected
        paint.row_background(painter, row, full=self._full_row(options.rect))
        super().drawRow(painter, options, index)

    def _full_row(self, rect: QRect) -> QRect:
        return QRect(0, rect.top(), self.viewport().width(), rect.height())

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """Paint a chevron on rows with children and a vertical line for each ancestor."""
        if not self.rootIsDecorated():
            return
        level, ancestor = 0, index.parent()
        while ancestor.isValid():
            level, ancestor = level + 1, ancestor.parent()
        for depth in range(level):
            x = INSET + INDENT * depth + 6
            painter.fillRect(QRectF(x, rect.top(), 1, rect.height()), theme.tokens().color("line"))
        if self.model().hasChildren(index):
            glyph = "chevron-down" if self.isExpanded(index) else "chevron-right"
            box = QRectF(INSET - 2 + INDENT * level, rect.center().y() - 7, 16, 16)
            icons.paint(painter, glyph, box, "t2")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Call `copy` on Ctrl+C."""
        if self.copy and event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)
