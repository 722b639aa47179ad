"""Side sheet: base widget of the panels that float over the right of the window."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.focus_keeper import FocusKeeper

MAX_WIDTH = 608  # px
INSET = 24  # px at the left and right
_MIN_LEFT_MARGIN = 48  # px of a narrow window that stay visible


class SideSheet(QWidget):
    """Floating panel, hidden until it is opened; it keeps the focus on Tab, and Esc emits `cancelled`."""

    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._focus_keeper = FocusKeeper(self)
        self.hide()

    def fit_window(self, above: int, below: int) -> None:
        """Place the sheet at the right of its window, between bars of the given heights in px."""
        if self.isVisible():
            width = min(MAX_WIDTH, self._window.width() - _MIN_LEFT_MARGIN)
            height = self._window.height() - above - below
            self.setGeometry(self._window.width() - width, above, width, height)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """Move the focus with Tab and Shift+Tab within the sheet."""
        if self._focus_keeper.keep():
            return True
        stops = self._tab_stops()
        if not stops:
            return False
        focus = QApplication.focusWidget()
        current = stops.index(focus) if focus in stops else (-1 if is_next else 0)
        reason = Qt.FocusReason.TabFocusReason if is_next else Qt.FocusReason.BacktabFocusReason
        stops[(current + (1 if is_next else -1)) % len(stops)].setFocus(reason)
        return True

    def _tab_stops(self) -> list[QWidget]:
        """Return the widgets that Tab reaches, in the order of the layout; PySide crashes after `nextInFocusChain`."""
        stops = list[QWidget]()
        for widget in self.findChildren(QWidget):
            is_stop = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and not isinstance(widget, QScrollArea)
            if is_stop and widget.isVisible() and widget.isEnabled():
                stops.append(widget)
        return stops

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Emit `cancelled` on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint an opaque panel with a border at the left."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), t.color("panel"))
        painter.fillRect(0, 0, 1, self.height(), t.color("line2"))
        painter.end()
