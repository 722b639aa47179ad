"""Canvas layer of objects: the name of the object under the pointer, next to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from exr_inspector_app.gui.preview.canvas_layer import CanvasLayer
from exr_inspector_app.gui.style import theme

if TYPE_CHECKING:
    from exr_inspector_app.gui.preview.canvas import Canvas

_RIGHT, _BELOW = 18, 14  # px from the pointer
_MAX_WIDTH = 420.0


class ObjectLabel(NamedTuple):
    """Name of an object with its color and its known facts."""

    name: str
    detail: str
    color: tuple[int, int, int]
    number: int = 0


class ObjectLayer(CanvasLayer):
    """Layer that shows one label at the cross of the probe."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.label: ObjectLabel | None = None

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        """Paint the label."""
        if self.label is None or canvas.probe is None or not canvas.is_probe_shown:
            return
        at = canvas.view.to_canvas(canvas.probe[0] + 0.5, canvas.probe[1] + 0.5)
        name_font, detail_font = theme.ui_font(12, theme.SEMIBOLD), theme.ui_font(11)
        metrics = QFontMetricsF(name_font)
        name = metrics.elidedText(self.label.name, Qt.TextElideMode.ElideMiddle, _MAX_WIDTH)
        detail_metrics = QFontMetricsF(detail_font)
        detail = detail_metrics.elidedText(self.label.detail, Qt.TextElideMode.ElideMiddle, _MAX_WIDTH)
        width = max(metrics.horizontalAdvance(name), detail_metrics.horizontalAdvance(detail)) + 44
        left = at.x() + _RIGHT
        if left + width > canvas.width() - 4:  # left of the pointer, or at the edge where there is no room either
            left = at.x() - _RIGHT - width if at.x() - _RIGHT - width >= 4 else canvas.width() - width - 4
        top = min(at.y() + _BELOW, canvas.height() - 48.0)
        box = QRectF(round(max(left, 4)), round(max(top, 4)), width, 42)
        painter.setPen(theme.DARK.color("line2"))
        painter.setBrush(theme.DARK.color("raised"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(*self.label.color))
        painter.drawRoundedRect(QRectF(box.left() + 12, box.top() + 15, 12, 12), 2, 2)
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for top, font, token, text in ((4, name_font, "t1", name), (21, detail_font, "t2", detail)):
            painter.setFont(font)
            painter.setPen(theme.DARK.color(token))
            painter.drawText(QRectF(box.left() + 34, box.top() + top, width - 40, 17), flags, text)
