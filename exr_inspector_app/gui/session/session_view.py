"""View of the session rows: groups that fold, rows that are dragged to other programs, and keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import QDrag, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTreeView, QWidget

from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.group_painting import indent_of
from exr_inspector_app.gui.session.session_delegate import SessionDelegate
from exr_inspector_app.gui.session.session_nodes import NODE, SHOWN, SessionGroup

MAX_SMOOTH_ROWS = 1000  # computing the heights of more rows takes longer than a frame


class SessionView(QTreeView):
    """Tree view of the rows; a click on a group expands or collapses it."""

    deleted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.create_drag_data: Callable[[], QMimeData] = QMimeData  # of the selected rows; set by the window
        self._pressed: QPoint | None = None  # on a row with the left button
        self.setAccessibleName(strings.PANE_TITLE)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setMouseTracking(True)
        self.setUniformRowHeights(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setExpandsOnDoubleClick(True)
        self.delegate = SessionDelegate(self)
        self.setItemDelegate(self.delegate)

    def set_row_count(self, rows: int) -> None:
        """Scroll many rows by row: to scroll by pixels, Qt would compute the height of each."""
        modes = QAbstractItemView.ScrollMode
        mode = modes.ScrollPerItem if rows > MAX_SMOOTH_ROWS else modes.ScrollPerPixel
        if mode is not self.verticalScrollMode():
            self.setVerticalScrollMode(mode)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the row, which may be dragged from here on."""
        at = event.position().toPoint()
        is_row = event.button() == Qt.MouseButton.LeftButton and self.indexAt(at).isValid()
        self._pressed = at if is_row else None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Start a drag once the mouse has moved far enough.

        Qt starts drags only of rows with a flag, and reading the flags of each row takes half the time of a layout.
        """
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
        elif (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self._drag()

    def _drag(self) -> None:
        """Drag the files of the selected rows to another program, which may copy them only."""
        data = self.create_drag_data()
        if data.formats():
            drag = QDrag(self)
            drag.setMimeData(data)
            drag.exec(Qt.DropAction.CopyAction)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open or close a row whose chevron or folder was clicked."""
        index = self.indexAt(event.position().toPoint())
        x = event.position().x() - (indent_of(index.data(NODE)) if index.isValid() else 0)
        on_group = index.isValid() and isinstance(index.data(SHOWN), SessionGroup) and x < 46
        on_chevron = index.isValid() and bool(self.model().rowCount(index)) and 68 <= x <= 86
        self._pressed = None
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and (on_group or on_chevron):
            self.setExpanded(index, not self.isExpanded(index))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Emit `deleted` on Delete."""
        if event.key() == Qt.Key.Key_Delete:
            self.deleted.emit()
            return
        super().keyPressEvent(event)
