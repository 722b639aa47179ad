"""The tree of parts, layers and channels."""

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

from exr_inspector_app.gui.inspector.structure_model import NODE_ROLE, StructureModel
from exr_inspector_app.gui.inspector.structure_nodes import Node
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.tooltips import wrapped
from exr_inspector_app.gui.widgets.table import INSET, Table

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT = 24
OPENED_CHANNELS = 24  # a file with more shows its layers closed, but for the first
_SWATCHES = {"R": "red", "G": "green", "B": "blue"}


class StructureDelegate(QStyledItemDelegate):
    """Paints the columns of one row."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.needle = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line."""
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Name, type, sampling or memory."""
        node: Node = index.data(NODE_ROLE)
        rect = QRectF(option.rect)
        quiet = paint.rank3(option)
        if index.column() == 0:
            self._name(painter, rect.adjusted(INSET - 2, 0, self._free(node), 0), node, quiet)
        elif index.column() == 1:
            _type(painter, rect, node)
        elif index.column() == 2:
            paint.text(painter, rect, node.sampling, theme.mono(11), quiet)
        else:
            token = "t1" if node.kind == "part" else "t2"
            paint.text(painter, rect.adjusted(0, 0, -INSET, 0), node.memory, theme.ui(12), token, "right")

    def _free(self, node: Node) -> int:
        """What the name may take of the columns beside it, which a part leaves empty."""
        view = self.parent()
        if node.kind != "part" or not isinstance(view, QTreeView):
            return 0
        return view.columnWidth(1) + view.columnWidth(2)

    def _name(self, painter: QPainter, rect: QRectF, node: Node, quiet: str) -> None:
        middle = rect.center().y()
        if node.kind == "channel":
            swatch = QRectF(rect.left() + 4, middle - 4, 8, 8)
            color = theme.tokens().color(_SWATCHES.get(node.component.upper(), "t3"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(swatch, 2, 2)
            font = theme.mono(12)
        else:
            glyph = "cube" if node.kind == "part" else "layers"
            icons.paint(painter, glyph, QRectF(rect.left(), middle - 8, 16, 16), "t2")
            font = theme.ui(13, theme.MEDIUM if node.kind == "part" else theme.REGULAR)
        left = rect.left() + 24
        room = QRectF(left, rect.top(), rect.right() - left - 8, rect.height())
        paint.matched(painter, room, node.name, font, "t1", self.needle)
        left += min(QFontMetricsF(font).horizontalAdvance(node.name), room.width()) + 8
        small = theme.ui(12)
        for words, token in ((node.warning, "warn"), *((fact, quiet) for fact in node.note.split(", "))):
            width = QFontMetricsF(small).horizontalAdvance(words) + 1
            if words and left + width <= rect.right():  # whole or not at all; the tool tip has everything
                paint.text(painter, QRectF(left, rect.top(), width, rect.height()), words, small, token)
                left += width + 8


def _type(painter: QPainter, rect: QRectF, node: Node) -> None:
    """A chip on channels, plain on layers."""
    font = theme.mono(11)
    if node.kind == "channel":
        width = QFontMetricsF(font).horizontalAdvance(node.type) + 10
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.tokens().color("chip"))
        painter.drawRoundedRect(QRectF(rect.left() - 5, rect.center().y() - 8.5, width, 18), 4, 4)
    paint.text(painter, rect, node.type, font, "t1" if node.kind == "channel" else "t2")


class StructureView(Table):
    """Parts, layers and channels, opened as far as is useful; `part_chosen` tells where the current row is."""

    part_chosen = Signal(int)

    def __init__(self, model: StructureModel, parent: QWidget | None = None) -> None:
        super().__init__("Structure", parent)
        self._model = model
        self._delegate = StructureDelegate(self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.set_widths(0, 54, 60, 74)
        self.make_room(180, 2)  # the tool tip tells the sampling too
        self.copy = self.copy_names
        self.customContextMenuRequested.connect(self._menu)
        model.modelReset.connect(self._opened)
        self.selectionModel().currentChanged.connect(self._tell_part)

    @Slot()
    def _opened(self) -> None:
        """Parts are open; so are the layers of small files, the first layer of large ones, and matches."""
        model = self._model
        self._delegate.needle = model.words
        if model.words or model.channel_count() <= OPENED_CHANNELS:
            self.expandAll()
            return
        self.expandToDepth(0)
        first = model.index(0, 0, model.index(0, 0))
        if first.isValid():
            self.expand(first)

    @Slot(QModelIndex)
    def _tell_part(self, index: QModelIndex) -> None:
        if index.isValid():
            self.part_chosen.emit(self._model.node(index).part)

    @Slot()
    def copy_names(self) -> None:
        """The full names of the selected rows, one a line."""
        nodes = [self._model.node(index) for index in self.selectionModel().selectedRows()]
        QGuiApplication.clipboard().setText("\n".join(node.full_name for node in nodes))

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(icons.icon("copy"), "Copy name", self.copy_names)
        menu.addSeparator()
        menu.addAction("Open all", self.expandAll)
        menu.addAction("Close all", lambda: self.expandToDepth(0))
        menu.exec(self.viewport().mapToGlobal(place))

    def viewportEvent(self, event: QEvent) -> bool:
        """Windows and chunks of a part, and whole names, as a tool tip in plain text."""
        if isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            tip = self._model.node(index).tip if index.isValid() else ""
            QToolTip.showText(event.globalPos(), wrapped(tip), self)
            return True
        return super().viewportEvent(event)
