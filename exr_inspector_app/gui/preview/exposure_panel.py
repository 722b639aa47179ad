"""Histogram, exposure and gamma below the picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QSlider, QWidget

from exr_inspector_app.gui.preview.mip_pyramid import FIRST_STOP, LAST_STOP, MipPyramid
from exr_inspector_app.gui.style import paint, theme

HEIGHT = 76
_LABELS = {-12: "−12", -8: "−8", -4: "−4", 0: "1.0", 4: "+4"}


class Histogram(QWidget):
    """Where the values of each channel lie, in stops around 1.0; as the file has them, whatever the exposure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: list[tuple[str, np.ndarray[tuple[int], np.dtype[np.float32]]]] = []
        self.setAccessibleName("Histogram")
        self.setToolTip("Values of each channel in stops; the dotted line is 1.0")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(160)

    def show_picture(self, prepared: MipPyramid | None) -> None:
        """The values of this picture."""
        self._curves = []
        if prepared is not None:
            found = np.sqrt(prepared.histogram)  # a few bright pixels are seen beside many dark ones
            most = max(float(found.max()), 1e-9)
            tokens = ("red", "green", "blue") if len(found) == 3 else ("t2",)
            self._curves = [(token, row / most) for token, row in zip(tokens, found, strict=True)]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(0, 0, self.width(), self.height() - 18)
        painter.fillRect(room, theme.DARK.color("canvas"))
        for token, heights in self._curves:
            line = _curve(room.adjusted(0, 4, 0, 0), heights)
            area = QPainterPath(line)
            area.lineTo(room.bottomRight())
            area.lineTo(room.bottomLeft())
            color = theme.DARK.color(token)
            soft = QColor(color)
            soft.setAlphaF(0.3)
            painter.fillPath(area, soft)
            painter.setPen(QPen(color, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(line)
        one = round(_x(room, 0)) + 0.5
        painter.setPen(QPen(theme.DARK.color("t3"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(one, room.top()), QPointF(one, room.bottom()))
        self._paint_axis(painter, room)
        painter.end()

    def _paint_axis(self, painter: QPainter, room: QRectF) -> None:
        font = theme.ui(11)
        painter.setFont(font)
        painter.setPen(theme.tokens().color("t2"))
        for stop, words in _LABELS.items():
            middle = max(_x(room, stop), 12)
            if middle > room.right() - 50:  # the unit stands there
                continue
            box = QRectF(middle - 20, room.bottom() + 3, 40, 15)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
        paint.text(painter, QRectF(room.right() - 40, room.bottom() + 3, 40, 15), "stops", font, "t3", "right")


class ExposurePanel(QWidget):
    """Histogram at the left, exposure and gamma at the right."""

    changed = Signal(float, float, bool)  # exposure, gamma, and whether a slider is being moved

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.histogram = Histogram()
        self.exposure = Setting("Exposure", -8, 8, 0, 1, "stops")
        self.gamma = Setting("Gamma", 0.2, 3, 1, 2, "")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for row, one in enumerate((self.exposure, self.gamma)):
            grid.addWidget(one.label, row, 0)
            grid.addWidget(one.slider, row, 1)
            grid.addWidget(one.field, row, 2)
            one.changed.connect(self._tell)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 6, 12, 4)
        line.setSpacing(24)
        line.addWidget(self.histogram, 1)
        line.addLayout(grid)

    @Slot(bool)
    def _tell(self, is_dragging: bool) -> None:
        self.changed.emit(self.exposure.value, self.gamma.value, is_dragging)


class Setting(QWidget):
    """A number with a name, a slider and a field; a double click on name or slider resets it."""

    changed = Signal(bool)  # whether the slider is being moved

    def __init__(self, name: str, least: float, most: float, usual: float, decimals: int, unit: str) -> None:
        super().__init__()
        self._least, self._most, self._usual, self._decimals = least, most, usual, decimals
        self.value = usual
        tip = f"{name}{f' in {unit}' if unit else ''}; double click resets"
        self.label = _Name(name)
        self.label.setToolTip(tip)
        self.slider = _Slider(round(least * 100), round(most * 100))
        self.slider.setToolTip(tip)
        self.slider.setAccessibleName(name)
        self.field = QLineEdit()
        self.field.setFixedWidth(44)
        self.field.setStyleSheet("QLineEdit { min-height: 22px; padding: 0 5px; }")
        self.field.setAccessibleName(f"{name} as a number")
        self.field.setToolTip(tip)
        self.set(usual)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(lambda: self.changed.emit(False))
        self.slider.reset.connect(self.reset)
        self.label.reset.connect(self.reset)
        self.field.editingFinished.connect(self._typed)

    def set(self, value: float) -> None:
        """The value from now on, inside its limits."""
        self.value = round(min(max(value, self._least), self._most), 2)
        self.slider.blockSignals(True)
        self.slider.setValue(round(self.value * 100))
        self.slider.blockSignals(False)
        self.field.setText(f"{self.value:.{self._decimals}f}".replace("-", "−"))
        self.changed.emit(self.slider.isSliderDown())

    @Slot()
    def reset(self) -> None:
        """The usual value."""
        self.set(self._usual)

    @Slot(int)
    def _slid(self, place: int) -> None:
        self.set(round(place / 100, self._decimals))

    @Slot()
    def _typed(self) -> None:
        try:
            self.set(float(self.field.text().strip().replace("−", "-").replace(",", ".")))
        except ValueError:
            self.set(self.value)


class _Name(QLabel):
    """The name of a setting."""

    reset = Signal()

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setProperty("rank", "2")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset.emit()


class _Slider(QSlider):
    """A thin groove with a round handle."""

    reset = Signal()

    def __init__(self, least: int, most: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(least, most)
        self.setSingleStep(10)
        self.setPageStep(50)
        self.setFixedWidth(116)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset.emit()


def _curve(room: QRectF, heights: np.ndarray[tuple[int], np.dtype[np.float32]]) -> QPainterPath:
    path = QPainterPath(room.bottomLeft())
    step = room.width() / len(heights)
    for place, height in enumerate(heights):
        path.lineTo(room.left() + (place + 0.5) * step, room.bottom() - float(height) * room.height())
    path.lineTo(room.bottomRight())
    return path


def _x(room: QRectF, stop: float) -> float:
    return room.left() + room.width() * (stop - FIRST_STOP) / (LAST_STOP - FIRST_STOP)
