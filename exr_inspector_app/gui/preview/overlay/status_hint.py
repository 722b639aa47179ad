"""Status hint at the lower edge of the canvas; a remark on the image shrinks to an icon after some seconds."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter

from exr_inspector_app.gui.preview.overlay.overlays import paint_pill
from exr_inspector_app.gui.style import icons, theme

FADE_DELAY_MS = 4000
_INSET, _SIDE = 12, 20  # px


class StatusHint(QObject):
    """Text over the image, and the icon that it becomes; the pointer over the icon brings the text back."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.text = ""
        self.is_icon = self.is_hovered = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FADE_DELAY_MS)
        self._timer.timeout.connect(self.shrink)

    def show_text(self, text: str, *, is_lasting: bool) -> None:
        """Show a text, or hide the hint for an empty one; the same remark on the next image stays an icon."""
        if text == self.text and not (text and is_lasting):
            return
        self.text, self.is_icon = text, False
        if text and not is_lasting:
            self._timer.start()
        else:
            self._timer.stop()
        self.changed.emit()

    @Slot()
    def shrink(self) -> None:
        """Show the icon in place of the text."""
        self.is_icon = True
        self.changed.emit()

    def hover(self, position: QPointF, height: int) -> None:
        """Show the text while the pointer is over the icon."""
        is_hovered = bool(self.text) and _icon_box(height).contains(position)
        if is_hovered != self.is_hovered:
            self.is_hovered = is_hovered
            self.changed.emit()

    def paint(self, painter: QPainter, room: QRectF) -> None:
        """Paint the text on a pill, or the icon."""
        if not self.text:
            return
        box = _icon_box(round(room.height()))
        if not self.is_icon or self.is_hovered:
            paint_pill(painter, box.topLeft(), self.text, room)
            return
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(QColor(0, 0, 0, 190))
        painter.drawRoundedRect(box, 4, 4)
        icons.paint_color(painter, "info", box.adjusted(3, 3, -3, -3), theme.DARK.t2)


def _icon_box(height: int) -> QRectF:
    return QRectF(_INSET, height - _INSET - _SIDE, _SIDE, _SIDE)
