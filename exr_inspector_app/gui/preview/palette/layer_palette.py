"""Layer palette: popup over the canvas with search field, grid of thumbnails, and key hints."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.gui.preview.layers import Layer
from exr_inspector_app.gui.preview.palette import strings
from exr_inspector_app.gui.preview.palette.layer_grid import (
    GAP,
    INSET,
    TILE_WIDTH,
    build_grid,
    grid_height,
    group_layers,
)
from exr_inspector_app.gui.preview.palette.layer_grid_view import LayerGridView
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.widgets.fields import SearchField

WIDTH = 732  # px; a narrower canvas has fewer columns
SCROLL_BAR_WIDTH = 10  # px
SEARCH_HEIGHT, HINTS_HEIGHT, MARGIN = 45, 33, 20  # px
MIN_HEIGHT = 300  # px of the canvas; over a lower one the palette covers the pane
_SHADE = QColor(0, 0, 0, 153)
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class LayerPalette(QWidget):
    """Shade over the canvas with the palette; emits `layer_selected`, and `wanted` when thumbnails come into view."""

    layer_selected = Signal(object)  # Layer
    compare_requested = Signal(object)  # Layer to compare the shown one with
    wanted = Signal(list)  # layers whose thumbnails are visible
    closed = Signal()

    def __init__(self, pane: QWidget, canvas: QWidget) -> None:
        """Create a hidden palette.

        Args:
            pane: Parent of the palette.
            canvas: The palette covers it.
        """
        super().__init__(pane)
        self._pane, self._canvas = pane, canvas
        self._layers: tuple[Layer, ...] = ()
        self._shown: Layer | None = None
        self._back_to: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.panel = _Panel(self)
        self.field = SearchField(strings.FIND_LAYER)
        self.field.installEventFilter(self)
        self.count = QLabel()
        self.count.setProperty("rank", "2")
        self.view = LayerGridView()
        self._hints = _Hints()
        self._lay_out()
        self.field.textChanged.connect(self._filter)
        self.view.layer_clicked.connect(self._choose)
        self.view.visible_changed.connect(self._request_visible)
        QApplication.instance().focusChanged.connect(self._follow_focus)  # type: ignore[union-attr]
        canvas.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        search = QHBoxLayout()
        search.setContentsMargins(6, 6, 12, 6)
        search.setSpacing(12)
        search.addWidget(self.field, 1)
        search.addWidget(self.count)
        column = QVBoxLayout(self.panel)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(search)
        column.addWidget(self.view, 1)
        column.addWidget(self._hints)

    def open_palette(self, layers: tuple[Layer, ...], shown: Layer | None) -> None:
        """Show the palette with these layers, and focus its field."""
        self._layers, self._shown = _arrange(layers, shown), shown
        self._back_to = QApplication.focusWidget()
        self.field.clear()
        self.show()
        self.raise_()
        self._place()
        self._filter("")
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_layers(self, layers: tuple[Layer, ...], shown: Layer | None) -> None:
        """Follow the preview to another file or layer while the palette is open."""
        arranged = _arrange(layers, shown)
        if self.isVisible() and (arranged, shown) != (self._layers, self._shown):
            self._layers, self._shown = arranged, shown
            self._filter(self.field.text())

    def close_palette(self) -> None:
        """Hide the palette; the widget that had the focus before gets it back."""
        if self.isVisible():
            had_focus = self.field.hasFocus()
            self.hide()
            if had_focus and self._back_to is not None:
                self._back_to.setFocus(Qt.FocusReason.PopupFocusReason)
            self.closed.emit()

    def _place(self) -> None:
        """Cover the canvas, or the pane from the top of a low canvas on, with the panel in the middle."""
        room = self._canvas.geometry()
        if room.height() < MIN_HEIGHT:
            room = QRect(room.left(), room.top(), room.width(), self._pane.height() - room.top())
        self.setGeometry(room)
        width = self._columns * (TILE_WIDTH + GAP) - GAP + 2 * INSET
        if self._full_height > self._max_grid_height:
            width = min(width + SCROLL_BAR_WIDTH, room.width())
        height = SEARCH_HEIGHT + HINTS_HEIGHT + 2 + self._grid_height
        top = max((room.height() - height) // 2, min(MARGIN, (room.height() - height) // 2), 0)
        self.panel.setGeometry((room.width() - width) // 2, top, width, min(height, room.height()))

    @property
    def _columns(self) -> int:
        width = min(WIDTH, self._canvas.width() - 2 * MARGIN)
        return max(1, (width - 2 * INSET + GAP) // (TILE_WIDTH + GAP))

    @property
    def _max_grid_height(self) -> int:
        room = self._canvas.height()
        if room < MIN_HEIGHT:
            room = self._pane.height() - self._canvas.y()
        margin = MARGIN if room > 2 * MIN_HEIGHT else 4
        return max(room - 2 * margin - SEARCH_HEIGHT - HINTS_HEIGHT - 2, 40)

    @property
    def _grid_height(self) -> int:
        """Height of the grid of all layers, so that the panel does not change its size while a term is typed."""
        return min(max(self._full_height, 60), self._max_grid_height)

    @property
    def _full_height(self) -> int:
        return grid_height(group_layers(self._layers), self._columns)

    @Slot(str)
    def _filter(self, typed: str) -> None:
        self._place()
        grid = build_grid(self._layers, typed, self._columns, self._max_grid_height)
        matches = len(grid.matches)
        self.count.setText(strings.count_matches(matches, len(self._layers)))
        self.view.show_grid(grid, self._shown, typed)

    @Slot()
    def _request_visible(self) -> None:
        if self.isVisible():
            self.wanted.emit(self.view.visible_layers)

    @Slot(object)
    def _choose(self, layer: Layer | None, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Show a layer, or with Ctrl compare the shown one with it."""
        if layer is not None:
            self.close_palette()
            is_comparison = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
            (self.compare_requested if is_comparison else self.layer_selected).emit(layer)

    @Slot(QWidget, QWidget)
    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Close after a click elsewhere in the window."""
        if self.isVisible() and new is not None and new is not self.field:
            self.close_palette()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Follow the canvas, and handle the keys of the field, where Qt would use Tab to move the focus."""
        if watched is self._canvas and event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.isVisible():
            self._filter(self.field.text())
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._handle_key(event)
        return False

    def _handle_key(self, event: QKeyEvent) -> bool:
        """Move the ring, show its layer, clear the text or close; return False for keys of the text."""
        key, grid, current = Qt.Key(event.key()), self.view.grid, self.view.current
        is_move_in_text = key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and bool(event.modifiers())
        if key in _ARROWS and not is_move_in_text:
            self.view.set_current(grid.move(current, *_ARROWS[key]))
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.view.set_current(grid.next_group(current, 1 if key == Qt.Key.Key_Tab else -1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.view.current_layer, event.modifiers())
        elif key == Qt.Key.Key_Escape:
            if self.field.text():
                self.field.clear()
            else:
                self.close_palette()
        else:
            return False
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close after a click outside the panel."""
        self.close_palette()

    def wheelEvent(self, event: object) -> None:
        """Leave the image below as it is."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Darken the canvas."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), _SHADE)
        painter.end()


def _arrange(layers: tuple[Layer, ...], shown: Layer | None) -> tuple[Layer, ...]:
    """Return the layers with those of the shown view first."""
    return tuple(sorted(layers, key=lambda layer: shown is not None and layer.view != shown.view))


class _Panel(QFrame):
    """Frame of the palette, on which clicks do nothing."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(t.color("line2"))
        painter.setBrush(t.color("panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.fillRect(QRectF(1, SEARCH_HEIGHT, self.width() - 2, 1), t.color("line"))
        painter.end()


class _Hints(QWidget):
    """Row of the keys; those that do not fit are omitted."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HINTS_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        t, font = theme.tokens(), theme.ui_font(11)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(self.rect()).adjusted(1, 0, -1, -4), t.color("header"))
        painter.fillRect(QRectF(0, 0, self.width(), 1), t.color("line"))
        metrics, middle = QFontMetricsF(font), self.height() / 2
        keys: tuple[str, ...]
        keys, text = strings.CLOSE_HINT
        end = self.width() - 12 - metrics.horizontalAdvance(text) - 8 - paint.key_cap_width(keys[0]) - 16
        _paint_hint(painter, end + 16, middle, keys, text)
        left = 12.0
        for keys, text in strings.HINTS:
            width = sum(paint.key_cap_width(key) + 4 for key in keys) + 4 + metrics.horizontalAdvance(text)
            if left + width > end:
                break
            _paint_hint(painter, left, middle, keys, text)
            left += width + 16
        painter.end()


def _paint_hint(painter: QPainter, left: float, middle: float, keys: tuple[str, ...], text: str) -> None:
    for key in keys:
        left += paint.key_cap_width(key)
        paint.key_cap(painter, left, middle, key)
        left += 4
    paint.text(painter, QRectF(left + 4, middle - 9, 400, 18), text, theme.ui_font(11), "t2")
