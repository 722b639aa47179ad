"""View of the layer palette's grid: paints the visible tiles, which are too many for widgets."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from exr_inspector_app.gui.preview.layers import Layer
from exr_inspector_app.gui.preview.palette import strings
from exr_inspector_app.gui.preview.palette.layer_grid import (
    GAP,
    GROUP_GAP,
    TILE_HEIGHT,
    TILE_WIDTH,
    TITLE_HEIGHT,
    GroupTitle,
    LayerGrid,
    Tile,
)
from exr_inspector_app.gui.style import icons, paint, theme

_THUMBNAIL_WIDTH, _THUMBNAIL_HEIGHT, _INSET = 108, 61, 4  # px
_DIMMED = 0.26  # of the thumbnail of a layer without a match


class LayerGridView(QAbstractScrollArea):
    """Scroll area over a grid; emits `layer_clicked` and, with the visible layers, `visible_changed`."""

    layer_clicked = Signal(object)  # Layer
    visible_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(strings.PALETTE)
        self.find_thumbnail: Callable[[Layer], QImage | None] = lambda _layer: None
        self.grid = LayerGrid()
        self.current = self._hovered = -1
        self._shown: Layer | None = None
        self._typed = ""

    def show_grid(self, grid: LayerGrid, shown: Layer | None, typed: str) -> None:
        """Show a grid from its top, with the ring on the shown layer or, if a term is typed, on the first match."""
        self.grid, self._shown, self._typed, self._hovered = grid, shown, typed.split()[0] if typed.split() else "", -1
        at_shown = next((i for i, tile in enumerate(grid.tiles) if tile.layer == shown and tile.is_match), -1)
        self._set_range()
        self.verticalScrollBar().setValue(0)
        self.set_current(grid.move(-1, 0, 0) if typed or at_shown < 0 else at_shown)

    def set_current(self, index: int) -> None:
        """Move the ring to a tile, and scroll to it."""
        self.current = index
        if 0 <= index < len(self.grid.tiles):
            tile, bar, height = self.grid.tiles[index], self.verticalScrollBar(), self.viewport().height()
            top = tile.y - TITLE_HEIGHT
            if top < bar.value():
                bar.setValue(max(top, 0))
            elif tile.y + TILE_HEIGHT + GROUP_GAP > bar.value() + height:
                bar.setValue(tile.y + TILE_HEIGHT + GROUP_GAP - height)
            self.setAccessibleDescription(f"{tile.layer.tile_title}, {tile.layer.tile_detail}")
        self.viewport().update()
        self.visible_changed.emit()

    @property
    def current_layer(self) -> Layer | None:
        """Layer with the ring."""
        return self.grid.tiles[self.current].layer if 0 <= self.current < len(self.grid.tiles) else None

    @property
    def visible_layers(self) -> list[Layer]:
        """Layers whose tiles can be seen, those that match first."""
        top, height = self.verticalScrollBar().value(), self.viewport().height()
        seen = [tile for tile in self.grid.tiles if top - TILE_HEIGHT < tile.y < top + height]
        return [tile.layer for tile in sorted(seen, key=lambda tile: not tile.is_match)]

    def _set_range(self) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, self.grid.height - height))
        bar.setPageStep(height)
        bar.setSingleStep((TILE_HEIGHT + GAP) // 2)

    def resizeEvent(self, event: object) -> None:
        """Adapt the scroll bar."""
        self._set_range()
        self.visible_changed.emit()

    def scrollContentsBy(self, across: int, down: int) -> None:
        """Paint again, and request the rows that have come into view."""
        self.viewport().update()
        self.visible_changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the tile under the pointer."""
        hovered = self._tile_at(event.position())
        if hovered != self._hovered:
            self._hovered = hovered
            layer = self.grid.tiles[hovered].layer if hovered >= 0 else None
            self.viewport().setToolTip(", ".join((layer.title, *layer.channels[:8])) if layer else "")
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the tile under the pointer; one without a match, too."""
        index = self._tile_at(event.position())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.layer_clicked.emit(self.grid.tiles[index].layer)

    def _tile_at(self, position: QPointF) -> int:
        return self.grid.find(position.x(), position.y() + self.verticalScrollBar().value())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the titles and the visible tiles, or that nothing matches."""
        painter = QPainter(self.viewport())
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if not self.grid.matches:
            painter.setFont(theme.ui_font(12))
            painter.setPen(theme.tokens().color("t2"))
            room = QRectF(self.viewport().rect()) if not self.grid.tiles else QRectF()
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), strings.NO_MATCH)
        top, height = self.verticalScrollBar().value(), self.viewport().height()
        painter.translate(QPoint(0, -top))
        for title in self.grid.titles:
            if top - TITLE_HEIGHT <= title.y < top + height:
                _paint_title(painter, title)
        for index, tile in enumerate(self.grid.tiles):
            if top - TILE_HEIGHT <= tile.y < top + height:
                self._paint_tile(painter, tile, index)
        painter.end()

    def _paint_tile(self, painter: QPainter, tile: Tile, index: int) -> None:
        t, layer = theme.tokens(), tile.layer
        box = QRectF(tile.x, tile.y, TILE_WIDTH, TILE_HEIGHT)
        if index in (self._hovered, self.current):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(t.color("selected" if index == self.current else "hover"))
            painter.drawRoundedRect(box, 4, 4)
        thumbnail = QRectF(box.left() + _INSET, box.top() + _INSET, _THUMBNAIL_WIDTH, _THUMBNAIL_HEIGHT)
        is_lit = tile.is_match or layer == self._shown
        painter.setOpacity(1.0 if is_lit else _DIMMED)
        _paint_thumbnail(painter, thumbnail, self.find_thumbnail(layer))
        painter.setOpacity(1.0)
        if layer == self._shown:
            _paint_shown(painter, thumbnail)
        name = QRectF(box.left() + _INSET, thumbnail.bottom() + 3, _THUMBNAIL_WIDTH, 18)
        token, second = ("t1", "t2") if is_lit else ("disabled", "disabled")
        font = theme.ui_font(12, theme.MEDIUM if is_lit else theme.REGULAR)
        title = paint.shorten_name(layer.tile_title, font, name.width())
        needle = self._typed if tile.is_match else ""
        paint.highlighted_text(painter, name, title, font, token, needle)
        detail = QRectF(name.left(), name.bottom() - 1, name.width(), 16)
        paint.highlighted_text(painter, detail, layer.tile_detail, theme.ui_font(11), second, needle)
        if index == self.current:
            painter.setPen(QPen(t.color("accent"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), 4, 4)


def _paint_title(painter: QPainter, title: GroupTitle) -> None:
    token = "t1" if title.matches else "t3"
    if title.has_divider:
        x = title.x - GAP / 2
        painter.fillRect(QRectF(round(x), title.y + 6, 1, TITLE_HEIGHT + TILE_HEIGHT - 8), theme.tokens().color("line"))
    room = QRectF(title.x + _INSET, title.y + 4, title.width - _INSET, TITLE_HEIGHT - 6)
    width = paint.text(painter, room, title.group.value, theme.ui_font(12, theme.SEMIBOLD), token)
    count = strings.count_of_group(title.matches, title.layers)
    paint.text(painter, room.adjusted(width + 8, 0, 0, 0), count, theme.ui_font(12), "t3")


def _paint_thumbnail(painter: QPainter, box: QRectF, image: QImage | None) -> None:
    """Paint a thumbnail that fills its box, or a flat tile."""
    t, inner = theme.tokens(), box.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(t.color("line2") if image is not None else Qt.PenStyle.NoPen)
    painter.setBrush(t.color("chip") if image is None else _make_brush(box, image))
    painter.drawRoundedRect(inner, 3, 3)


def _make_brush(box: QRectF, image: QImage) -> QBrush:
    """Return the image as a brush, whose rounded corners are antialiased."""
    brush = QBrush(image)
    transform = brush.transform().translate(box.left(), box.top())
    brush.setTransform(transform.scale(box.width() / image.width(), box.height() / image.height()))
    return brush


def _paint_shown(painter: QPainter, thumbnail: QRectF) -> None:
    """Paint the mark of the layer that the canvas shows."""
    font = theme.ui_font(11, theme.MEDIUM)
    width = QFontMetricsF(font).horizontalAdvance(strings.SHOWN) + 28
    pill = QRectF(thumbnail.left() + 4, thumbnail.top() + 4, width, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.black)
    painter.setOpacity(0.75)
    painter.drawRoundedRect(pill, 4, 4)
    painter.setOpacity(1.0)
    icons.paint_color(painter, "eye", QRectF(pill.left() + 5, pill.top() + 3, 12, 12), theme.DARK.t1)
    painter.setFont(font)
    painter.setPen(theme.DARK.color("t1"))
    painter.drawText(pill.adjusted(21, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), strings.SHOWN)
