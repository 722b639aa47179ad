"""Exposure panel: histogram, exposure, and gamma."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from exr_inspector_app.exr.pixels.data_looks import DataLook, Range
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.color.range_handles import AXIS_HEIGHT, RangeHandles
from exr_inspector_app.gui.preview.color.range_panel import RangePanel
from exr_inspector_app.gui.preview.overlay.matte_bar import MatteBar
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.gui.preview.rendering.value_histogram import FIRST_STOP, LAST_STOP
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button

HEIGHT = 76  # px
MIN_WIDTH_OF_OFFSET = 640  # px of the panel
_AXIS_LABELS = {-12: "−12", -8: "−8", -4: "−4", 0: "1.0", 4: "+4"}


class Histogram(QWidget):
    """Histogram of each channel in stops around 1.0, of the file's values before exposure; of data over their range."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: list[tuple[str, np.ndarray[tuple[int], np.dtype[np.float32]]]] = []
        self._look: DataLook | None = None
        self.outside = ("", "")  # shares of values below and above the stops, empty for none
        self.setAccessibleName(strings.HISTOGRAM)
        self.setToolTip(strings.HISTOGRAM_TOOLTIP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(160)

    def show_image(self, pyramid: MipPyramid | None) -> None:
        """Show the histogram of an image."""
        self._curves = []
        self._look = pyramid.look if pyramid else None
        self.outside = strings.outside_shares(*pyramid.outside) if pyramid else ("", "")
        self.setAccessibleDescription(", ".join(filter(None, self.outside)))
        self.setToolTip(strings.DATA_HISTOGRAM_TOOLTIP if self._look else strings.HISTOGRAM_TOOLTIP)
        if pyramid is not None:
            heights = np.sqrt(pyramid.histogram)  # keeps few bright pixels visible among many dark ones
            peak = max(float(heights.max()), 1e-9)
            tokens = ("red", "green", "blue") if len(heights) == 3 else ("t2",)
            self._curves = [(token, row / peak) for token, row in zip(tokens, heights, strict=True)]
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the handles of the range the whole room."""
        super().resizeEvent(event)
        for handles in self.findChildren(RangeHandles):
            handles.resize(event.size())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the curves, the line at 1.0, and the axis."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(0, 0, self.width(), self.height() - AXIS_HEIGHT)
        painter.fillRect(room, theme.DARK.color("canvas"))
        for token, heights in self._curves:
            line = _make_curve(room.adjusted(0, 4, 0, 0), heights)
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
        if self._look is None:
            self._paint_stops(painter, room)
        elif self._look.has_range:
            self._paint_bounds(painter, room, self._look)
        painter.end()

    def _paint_bounds(self, painter: QPainter, room: QRectF, look: DataLook) -> None:
        """Paint the ends of the range."""
        box = QRectF(room.left() + 4, room.bottom() + 3, room.width() - 8, 15)
        ends = (strings.format_bound(look.low), strings.format_bound(look.high))
        for text, side in zip((strings.LOW, strings.HIGH) if look.axes else ends, ("left", "right"), strict=True):
            paint.text(painter, box, text, theme.ui_font(11), "t2", side)

    def _paint_stops(self, painter: QPainter, room: QRectF) -> None:
        """Paint the line at 1.0, and the axis in stops."""
        unity = round(_stop_to_x(room, 0)) + 0.5
        painter.setPen(QPen(theme.DARK.color("t3"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(unity, room.top()), QPointF(unity, room.bottom()))
        font = theme.ui_font(11)
        painter.setFont(font)
        painter.setPen(theme.DARK.color("t2"))
        for share, side in zip(self.outside, (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight), strict=True):
            painter.drawText(room.adjusted(4, 2, -4, 0), int(side | Qt.AlignmentFlag.AlignTop), share)
        painter.setPen(theme.tokens().color("t2"))
        for stop, label in _AXIS_LABELS.items():
            middle = max(_stop_to_x(room, stop), 12)
            if middle > room.right() - 50:  # space of the unit
                continue
            box = QRectF(middle - 20, room.bottom() + 3, 40, 15)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), label)
        paint.text(painter, QRectF(room.right() - 40, room.bottom() + 3, 40, 15), strings.STOPS, font, "t3", "right")


class ExposurePanel(QWidget):
    """Panel with the histogram at the left; at the right exposure and gamma, or the range of a data layer."""

    changed = Signal(float, float, bool)  # exposure, gamma, whether a slider is being dragged

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._has_colors = True
        self.histogram = Histogram()
        self.handles = RangeHandles(self.histogram)
        self.exposure = SliderSetting(strings.EXPOSURE, (-30, 30), (-8, 8), 0, 1, strings.STOPS)
        self.gamma = SliderSetting(strings.GAMMA, (0.05, 20), (0.2, 3), 1, 2, "")
        self.offset = SliderSetting(strings.OFFSET, (-65504, 65504), (-1, 1), 0, 3, "")
        self.automatic = make_button(strings.AUTO, height=BAR_HEIGHT)
        self.automatic.setFixedWidth(60)
        self.automatic.setAccessibleName(strings.AUTO_EXPOSURE)
        self.automatic.setToolTip(strings.with_shortcut(strings.AUTO_EXPOSURE, "E"))
        self.range, self.matte = RangePanel(), MatteBar()
        self.handles.changed.connect(self.range.set_limits)
        self.range.changed.connect(self.handles.show_limits)
        for data_control in (self.range, self.matte):
            data_control.hide()
        self._sliders = QWidget()
        grid = QGridLayout(self._sliders)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for row, setting in enumerate((self.exposure, self.gamma)):
            grid.addWidget(setting.label, row, 0)
            grid.addWidget(setting.slider, row, 1)
            grid.addWidget(setting.field, row, 2)
            setting.changed.connect(self._emit_changed)
        self.offset.changed.connect(self._emit_changed)
        self._more = QWidget()
        column = QVBoxLayout(self._more)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.automatic, 0, Qt.AlignmentFlag.AlignRight)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.offset.label)
        self.offset.field.setFixedWidth(60)
        below.addWidget(self.offset.field)
        column.addLayout(below)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 6, 12, 4)
        line.setSpacing(24)
        line.addWidget(self.histogram, 1)
        line.addWidget(self.matte, 1)
        line.addWidget(self._sliders)
        line.addWidget(self._more)
        line.addWidget(self.range)

    def show_look(self, look: DataLook | None, limits: Range | None) -> None:
        """Show the range of a data layer, the matte of IDs, or exposure and gamma."""
        has_range = look is not None and look.has_range
        self._has_colors = look is None
        self._fit()
        self._sliders.setVisible(look is None)
        self.histogram.setVisible(look is None or has_range)
        self.matte.setVisible(look is not None and not has_range)
        self.range.setVisible(has_range)
        self.range.show_look(look, limits)
        self.handles.show_look(look, limits)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide offset and automatic exposure where there is no room for them; keys and menu still have them."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._more.setVisible(self._has_colors and self.width() >= MIN_WIDTH_OF_OFFSET)

    @Slot(bool)
    def _emit_changed(self, is_dragging: bool) -> None:
        self.changed.emit(self.exposure.value, self.gamma.value, is_dragging)


class SliderSetting(QWidget):
    """Setting with a label, a slider, and a number field; a double-click on label or slider resets it."""

    changed = Signal(bool)  # whether the slider is being dragged

    def __init__(self, name: str, limits: Range, slider: Range, default: float, decimals: int, unit: str) -> None:
        """Create a setting at its default.

        Args:
            name: Shown before the slider.
            limits: Lowest and highest value that can be typed.
            slider: Ends of the slider.
            default: Value after a reset.
            decimals: Of the field.
            unit: For the tooltip.
        """
        super().__init__()
        (self._minimum, self._maximum), self._default, self._decimals = limits, default, decimals
        self.value = default
        tooltip = strings.setting_tooltip(name, unit)
        self.label = _SettingLabel(name)
        self.label.setToolTip(tooltip)
        self.slider = _ResettableSlider(round(slider[0] * 100), round(slider[1] * 100))
        self.slider.setToolTip(tooltip)
        self.slider.setAccessibleName(name)
        self.field = QLineEdit()
        self.field.setFixedWidth(44)
        self.field.setStyleSheet("QLineEdit { min-height: 22px; padding: 0 5px; }")
        self.field.setAccessibleName(strings.setting_field(name))
        self.field.setToolTip(tooltip)
        self.set_value(default)
        self.slider.valueChanged.connect(self._on_slider_moved)
        self.slider.sliderReleased.connect(lambda: self.changed.emit(False))
        self.slider.reset_requested.connect(self.reset)
        self.label.reset_requested.connect(self.reset)
        self.field.editingFinished.connect(self._on_field_edited)

    def set_value(self, value: float) -> None:
        """Set the value, bounded by minimum and maximum."""
        self.value = round(min(max(value, self._minimum), self._maximum), max(self._decimals, 2))
        self.slider.blockSignals(True)
        self.slider.setValue(round(self.value * 100))
        self.slider.blockSignals(False)
        self.field.setText(f"{self.value:.{self._decimals}f}".replace("-", "−"))
        self.changed.emit(self.slider.isSliderDown())

    @Slot()
    def reset(self) -> None:
        """Restore the default."""
        self.set_value(self._default)

    @Slot(int)
    def _on_slider_moved(self, position: int) -> None:
        self.set_value(round(position / 100, self._decimals))

    @Slot()
    def _on_field_edited(self) -> None:
        try:
            self.set_value(float(self.field.text().strip().replace("−", "-").replace(",", ".")))
        except ValueError:
            self.set_value(self.value)


class _SettingLabel(QLabel):
    """Label of a setting; a double-click resets it."""

    reset_requested = Signal()

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setProperty("rank", "2")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_requested.emit()


class _ResettableSlider(QSlider):
    """Slider of a setting; a double-click resets it."""

    reset_requested = Signal()

    def __init__(self, minimum: int, maximum: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(minimum, maximum)
        self.setSingleStep(10)
        self.setPageStep(50)
        self.setFixedWidth(116)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_requested.emit()


def _make_curve(room: QRectF, heights: np.ndarray[tuple[int], np.dtype[np.float32]]) -> QPainterPath:
    path = QPainterPath(room.bottomLeft())
    step = room.width() / len(heights)
    columns = room.left() + (np.arange(len(heights)) + 0.5) * step
    lines = room.bottom() - heights * room.height()
    for x, y in zip(columns.tolist(), lines.tolist(), strict=True):  # painted with every frame that is played
        path.lineTo(x, y)
    path.lineTo(room.bottomRight())
    return path


def _stop_to_x(room: QRectF, stop: float) -> float:
    return room.left() + room.width() * (stop - FIRST_STOP) / (LAST_STOP - FIRST_STOP)
