"""Tree view and delegate of parts, layers, and channels."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QTreeView,
    QWidget,
)

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.pixel_values import round_line
from exr_inspector_app.gui.inspector.structure_model import NODE_ROLE, StructureModel
from exr_inspector_app.gui.inspector.structure_nodes import StructureNode
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.formatting import wrap_tooltip
from exr_inspector_app.gui.widgets.menu import Menu
from exr_inspector_app.gui.widgets.table import INSET, TableView

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT = 24  # px
SAMPLING_COLUMN, MEMORY_COLUMN, VALUE_COLUMN = 2, 3, 4
WIDTHS = (0, 54, 60, 74, 140)  # px
_GAP = 6  # px between a name and its type
MAX_EXPANDED_CHANNELS = 24  # with more channels only the first layer is expanded
_SWATCHES = {"R": "red", "G": "green", "B": "blue"}


class StructureDelegate(QStyledItemDelegate):
    """Delegate that paints the columns of a row and highlights filter matches."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.needle = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of one line."""
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint name, type, sampling, or memory."""
        node: StructureNode = index.data(NODE_ROLE)
        rect = QRectF(option.rect)
        quiet = paint.tertiary_token(option)
        if index.column() == 0:
            self._paint_name(painter, rect.adjusted(INSET - 2, 0, self._extra_width(node) or -_GAP, 0), node, quiet)
        elif index.column() == 1:
            _paint_type(painter, rect, node)
        elif index.column() == 2:
            paint.text(painter, rect, node.sampling, theme.mono_font(11), quiet)
        elif index.column() == VALUE_COLUMN:
            self._paint_value(painter, rect.adjusted(0, 0, -INSET, 0), node, index)
        else:
            token = "t1" if node.kind == "part" else "t2"
            paint.text(painter, rect.adjusted(0, 0, -INSET, 0), node.memory, theme.ui_font(12), token, "right")

    def _extra_width(self, node: StructureNode) -> int:
        """Return the width in px that a name may take from the next columns, which are empty for parts."""
        view = self.parent()
        if node.kind != "part" or not isinstance(view, QTreeView):
            return 0
        return view.columnWidth(1) + view.columnWidth(2)

    def _paint_value(self, painter: QPainter, rect: QRectF, node: StructureNode, index: Index) -> None:
        """Paint a value, the values of a closed layer in one smaller line, or the remark on a part."""
        view, content = self.parent(), str(index.data() or "")
        if node.kind == "part":
            paint.text(painter, rect, content, theme.ui_font(11), "t3", "right")
            return
        is_open = isinstance(view, QTreeView) and view.isExpanded(index.sibling(index.row(), 0))
        if node.kind == "layer" and is_open:
            return
        token = "t3" if set(content.split()) <= {"0", strings.NO_VALUE} else "t1"
        font = theme.mono_font(12 if node.kind == "channel" else 11)
        if node.kind == "layer":
            content = round_line(content, int(rect.width() / QFontMetricsF(font).horizontalAdvance("0")))
            content = paint.shorten_path(content, font, rect.width()) if "/" in content else content
        paint.text(painter, rect, content.replace("-", "−"), font, token, "right")

    def _paint_name(self, painter: QPainter, rect: QRectF, node: StructureNode, quiet: str) -> None:
        middle = rect.center().y()
        if node.kind == "channel":
            swatch = QRectF(rect.left() + 4, middle - 4, 8, 8)
            color = theme.tokens().color(_SWATCHES.get(node.component.upper(), "t3"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(swatch, 2, 2)
            font = theme.mono_font(12)
        else:
            glyph = "cube" if node.kind == "part" else "layers"
            icons.paint(painter, glyph, QRectF(rect.left(), middle - 8, 16, 16), "t2")
            font = theme.ui_font(13, theme.MEDIUM if node.kind == "part" else theme.REGULAR)
        left = rect.left() + 24
        small = theme.ui_font(12)
        metrics = QFontMetricsF(small)
        view_width = metrics.horizontalAdvance(node.view) + 9 if node.view else 0
        room = QRectF(left, rect.top(), rect.right() - left - 8 - view_width, rect.height())
        name = node.name if self.needle else paint.shorten_name(node.name, font, room.width())
        paint.highlighted_text(painter, room, name, font, "t1", self.needle)
        left += min(QFontMetricsF(font).horizontalAdvance(name), room.width()) + 8
        notes = [(note, quiet) for note in (node.view, *node.note.split(", "))]
        for fact, token in ((node.warning, "warn"), *notes):
            width = metrics.horizontalAdvance(fact) + 1
            if fact and left + width <= rect.right():  # facts are not elided; the tooltip holds all of them
                paint.text(painter, QRectF(left, rect.top(), width, rect.height()), fact, small, token)
                left += width + 8


def _paint_type(painter: QPainter, rect: QRectF, node: StructureNode) -> None:
    """Paint the type, on a chip for channels."""
    font = theme.mono_font(11)
    if node.kind == "channel":
        width = QFontMetricsF(font).horizontalAdvance(node.type) + 10
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.tokens().color("chip"))
        painter.drawRoundedRect(QRectF(rect.left() - 5, rect.center().y() - 8.5, width, 18), 4, 4)
    paint.text(painter, rect, node.type, font, "t1" if node.kind == "channel" else "t2")


class StructureView(TableView):
    """Tree view of parts, layers, and channels; emits `current_part_changed` with the part of the current row."""

    current_part_changed = Signal(int)

    def __init__(self, model: StructureModel, parent: QWidget | None = None) -> None:
        super().__init__(strings.STRUCTURE, parent)
        self._model = model
        self._delegate = StructureDelegate(self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.set_widths(*WIDTHS)
        self.show_values(is_shown=False)
        self.copy = self.copy_names
        self.customContextMenuRequested.connect(self._show_menu)
        model.modelReset.connect(self._expand_rows)
        self.selectionModel().currentChanged.connect(self.emit_current_part)

    def show_values(self, *, is_shown: bool) -> None:
        """Show the values at a pixel in place of sampling and memory."""
        self.setColumnHidden(VALUE_COLUMN, not is_shown)
        self.setColumnHidden(MEMORY_COLUMN, is_shown)
        self.setColumnHidden(SAMPLING_COLUMN, is_shown)
        # The tooltip holds the sampling too.
        self.hide_columns_below(180, *(() if is_shown else (SAMPLING_COLUMN,)))

    @Slot()
    def _expand_rows(self) -> None:
        """Expand all parts, and the layers of small files or of a filtered tree; else only the first layer."""
        model = self._model
        self._delegate.needle = model.filter_text
        if model.filter_text or model.channel_count() <= MAX_EXPANDED_CHANNELS:
            self.expandAll()
            return
        self.expandToDepth(0)
        first = model.index(0, 0, model.index(0, 0))
        if first.isValid():
            self.expand(first)

    @Slot()
    def emit_current_part(self) -> None:
        """Emit the part of the current row, if there is one."""
        index = self.currentIndex()
        if index.isValid():
            self.current_part_changed.emit(self._model.node(index).part)

    @Slot()
    def copy_names(self) -> None:
        """Copy the full names of the selected rows, one per line."""
        nodes = [self._model.node(index) for index in self.selectionModel().selectedRows()]
        QGuiApplication.clipboard().setText("\n".join(node.full_name for node in nodes))

    @Slot()
    def copy_values(self) -> None:
        """Copy the values of all channels at the pixel, one line per channel."""
        if self._model.file is not None and self._model.values.texts:
            QGuiApplication.clipboard().setText(self._model.values.to_tsv(self._model.file))

    def _show_menu(self, position: QPoint) -> None:
        self.make_menu().exec(self.viewport().mapToGlobal(position))

    def make_menu(self) -> QMenu:
        """Create the menu of the selected rows."""
        menu = Menu(self)
        menu.addAction(icons.icon("copy"), strings.COPY_NAME, self.copy_names)
        if self._model.values.texts:
            menu.addAction(icons.icon("copy"), strings.COPY_VALUES, self.copy_values)
        menu.addSeparator()
        menu.addAction(strings.EXPAND_ALL, self.expandAll)
        menu.addAction(strings.COLLAPSE_ALL, lambda: self.expandToDepth(0))
        return menu

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the tooltip of the node under the pointer."""
        if isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            tooltip = self._model.node(index).tooltip if index.isValid() else ""
            QToolTip.showText(event.globalPos(), wrap_tooltip(tooltip), self)
            return True
        return super().viewportEvent(event)
