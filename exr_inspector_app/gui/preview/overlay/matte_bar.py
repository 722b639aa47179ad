"""Matte bar: the isolated objects of an ID layer, in place of the histogram."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from exr_inspector_app.gui.preview.overlay import strings
from exr_inspector_app.gui.preview.overlay.object_layer import ObjectLabel
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.formatting import escape_tooltip
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button, make_icon_button

_CHIP_HEIGHT, _GAP = 22, 6  # px
_MAX_NAME = 160.0
_MIN_WORDS_WIDTH = 620  # px
_WORDS_WIDTH = 290  # px of the buttons with their texts
_MIN_CHIPS = 3  # that come before the texts of the buttons


class MatteBar(QWidget):
    """Bar with a chip per isolated object, their share of the picture, and buttons."""

    cleared = Signal()  # all objects should be shown
    object_removed = Signal(object)  # ID of the object that should no longer be isolated

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips = _ObjectChips()
        self.copy_button = make_button(strings.COPY_NAMES, "copy", height=BAR_HEIGHT)
        self.export_button = make_button(strings.EXPORT_MATTE, "download", height=BAR_HEIGHT)
        self.clear_button = make_icon_button("close", strings.SHOW_ALL)
        for button, label in ((self.copy_button, strings.COPY_NAMES), (self.export_button, strings.EXPORT_MATTE)):
            button.setAccessibleName(label)
            button.setToolTip(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._chips, 1)
        row.addWidget(self.copy_button)
        row.addWidget(self.export_button)
        row.addWidget(self.clear_button)
        self._chips.object_removed.connect(self.object_removed)
        self.copy_button.clicked.connect(self._copy)
        self.clear_button.clicked.connect(self.cleared)
        self.show_objects((), 0.0)

    def show_objects(self, objects: Sequence[ObjectLabel], share: float) -> None:
        """Show the isolated objects, and the share of the picture that they cover together."""
        self._chips.show_objects(objects, strings.matte_summary(len(objects), share))
        for button in (self.copy_button, self.export_button, self.clear_button):
            button.setVisible(bool(objects))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the texts of the buttons where the chips need the room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        is_wide = self.width() >= max(_MIN_WORDS_WIDTH, self._chips.width_of(_MIN_CHIPS) + _WORDS_WIDTH)
        for button, label in ((self.copy_button, strings.COPY_NAMES), (self.export_button, strings.EXPORT_MATTE)):
            button.setText(label if is_wide else "")

    @property
    def text(self) -> str:
        """Text for screen readers and tests."""
        return self._chips.accessibleDescription()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(entry.name for entry in self._chips.objects))


class _ObjectChips(QWidget):
    """Row of chips, as many as fit, and a summary; a click on a chip removes its object."""

    object_removed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.objects: Sequence[ObjectLabel] = ()
        self._summary = ""
        self._boxes: list[tuple[QRectF, ObjectLabel]] = []  # of the chips that fit
        self.setMouseTracking(True)
        self.setAccessibleName(strings.MATTE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_objects(self, objects: Sequence[ObjectLabel], summary: str) -> None:
        self.objects, self._summary = objects, summary
        self.setAccessibleDescription(summary)
        self.update()

    def width_of(self, count: int) -> float:
        """Return the width in which the first chips and the summary fit."""
        metrics = QFontMetricsF(theme.ui_font(12))
        chips = sum(_chip_width(entry) + _GAP for entry in self.objects[:count])
        return metrics.horizontalAdvance(strings.MATTE + self._summary) + 24 + chips

    def _chip_at(self, position: QPointF) -> ObjectLabel | None:
        return next((entry for box, entry in self._boxes if box.contains(position)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        entry = self._chip_at(event.position())
        self.setToolTip(escape_tooltip(strings.remove_object(entry.name)) if entry else "")
        self.setCursor(Qt.CursorShape.PointingHandCursor if entry else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        entry = self._chip_at(event.position())
        if entry is not None and event.button() == Qt.MouseButton.LeftButton:
            self.object_removed.emit(entry.number)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room, font = QRectF(self.rect()), theme.ui_font(12)
        left = room.left()
        if self.objects:
            left += paint.text(painter, room, strings.MATTE, font, "t2") + 12
        self._boxes = []
        end = room.right() - QFontMetricsF(font).horizontalAdvance(self._summary) - 12
        for entry in self.objects:
            width = _chip_width(entry)
            if left + width > end:
                break
            box = QRectF(left, room.center().y() - _CHIP_HEIGHT / 2, width, _CHIP_HEIGHT)
            self._boxes.append((box, entry))
            _paint_chip(painter, box, entry)
            left += width + _GAP
        paint.text(
            painter, room.adjusted(left - room.left() + (6 if self.objects else 0), 0, 0, 0), self._summary, font, "t2"
        )
        painter.end()


def _shown_name(entry: ObjectLabel) -> str:
    return QFontMetricsF(theme.ui_font(12)).elidedText(entry.name, Qt.TextElideMode.ElideMiddle, _MAX_NAME)


def _chip_width(entry: ObjectLabel) -> float:
    return QFontMetricsF(theme.ui_font(12)).horizontalAdvance(_shown_name(entry)) + 52


def _paint_chip(painter: QPainter, box: QRectF, entry: ObjectLabel) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.tokens().color("chip"))
    painter.drawRoundedRect(box, 4, 4)
    painter.setBrush(QColor(*entry.color))
    painter.drawRoundedRect(QRectF(box.left() + 8, box.center().y() - 5, 10, 10), 2, 2)
    paint.text(painter, box.adjusted(25, 0, -24, 0), _shown_name(entry), theme.ui_font(12), "t1")
    icons.paint(painter, "close", QRectF(box.right() - 21, box.center().y() - 8, 16, 16), "t3")
