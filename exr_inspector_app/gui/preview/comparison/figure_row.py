"""Row of error metrics below the canvas; the largest difference and the first changed pixel are links to the pixel."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QWidget

from exr_inspector_app.gui.preview.comparison import strings
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.widgets.step_field import StepField
from exr_inspector_app.services.picture_difference import DEFAULT_STEP, DifferenceFigures, Position
from exr_inspector_app.text.format import pluralize

HEIGHT, _GAP, _INSET = 28, 19, 12  # px


class FigureRow(QWidget):
    """Row that emits the pixel whose link is clicked."""

    pixel_requested = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setProperty("pane", "true")
        self.items = {
            name: _Figure(name, self)
            for name in (
                *(strings.MAE, strings.RMSE, strings.PSNR),
                *(strings.MAX, strings.CHANGED, strings.NON_FINITE, strings.FIRST),
            )
        }
        self.message = _Figure("", self)
        self._shown: list[_Figure] = []
        self.step, self._step_holder = StepField(strings.STEP, DEFAULT_STEP), QWidget()
        _lay_out_step(self._step_holder, self.step)
        row = QHBoxLayout(self)
        row.setContentsMargins(_INSET, 0, _INSET, 0)
        row.setSpacing(_GAP)
        for item in (self.message, *self.items.values()):
            if item is self.items[strings.FIRST]:
                row.addStretch()
            row.addWidget(item)
            if item is self.items[strings.CHANGED]:
                row.addWidget(self._step_holder)
        self.items[strings.MAX].setToolTip(strings.GO_TO_MAX)
        self.items[strings.FIRST].setToolTip(strings.GO_TO_FIRST)
        for item in self.items.values():
            item.clicked.connect(lambda _checked=False, item=item: self._go(item))
        self.show_message("")

    def show_message(self, text: str) -> None:
        """Show a sentence in place of the metrics."""
        self.message.show_value(text)
        self._show([self.message] if text else [])

    def show_figures(self, figures: DifferenceFigures) -> None:
        """Show the metrics, or that the images are equal."""
        if figures.is_equal:
            self.show_message(strings.EQUAL)
            return
        values: dict[str, tuple[str, Position | None]] = {
            strings.MAE: (f"{figures.mae:.4g}", None),
            strings.RMSE: (f"{figures.rmse:.4g}", None),
            strings.PSNR: ("∞" if math.isinf(figures.psnr) else f"{figures.psnr:.1f} dB", None),
            strings.MAX: (figures.max_text, figures.max_at),
            strings.CHANGED: (f"{figures.changed_percent} %", None),
            strings.NON_FINITE: (pluralize(figures.non_finite_count, "pixel"), None),
            strings.FIRST: ("", figures.first),
        }
        for name, (value, position) in values.items():
            self.items[name].show_value(value, position)
        is_shown = {strings.NON_FINITE: figures.non_finite_count > 0, strings.FIRST: figures.first is not None}
        self._show([item for name, item in self.items.items() if is_shown.get(name, True)])

    @property
    def text(self) -> str:
        """Metrics as plain text, for screen readers and tests."""
        return ", ".join(item.text() for item in self._shown)

    def _show(self, items: list[_Figure]) -> None:
        self._shown = items
        self.setAccessibleName(strings.ERROR_FIGURES)
        self.setAccessibleDescription(self.text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide metrics that do not fit."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Show the metrics that fit; the step, MAE, PSNR and RMSE are hidden first."""
        visible = list(self._shown)
        needed = sum(item.sizeHint().width() + _GAP for item in visible) + 2 * _INSET
        has_room = needed + self._step_holder.sizeHint().width() + _GAP <= self.width()
        self._step_holder.setVisible(has_room and self.items[strings.CHANGED] in visible)
        for name in (strings.MAE, strings.PSNR, strings.RMSE, strings.NON_FINITE, strings.CHANGED):
            width = sum(item.sizeHint().width() + _GAP for item in visible) + 2 * _INSET
            if width <= self.width():
                break
            visible = [item for item in visible if item is not self.items[name]]
        for item in (self.message, *self.items.values()):
            item.setVisible(item in visible)

    def _go(self, item: _Figure) -> None:
        if item.position is not None:
            self.pixel_requested.emit(*item.position)


def _lay_out_step(holder: QWidget, step: StepField) -> None:
    """Lay out the field of the step with its label."""
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    label = QLabel(strings.ABOVE)
    label.setProperty("rank", "2")
    label.setBuddy(step)
    row.addWidget(label)
    row.addWidget(step)


class _Figure(QAbstractButton):
    """Name and value of a figure, and the link to a pixel."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name, self._value = name, ""
        self.position: Position | None = None
        self.setFixedHeight(HEIGHT - 4)
        self.show_value("")

    def show_value(self, value: str, position: Position | None = None) -> None:
        """Set the value, and the pixel that a click leads to."""
        self._value, self.position = value.replace("-", "−"), position
        self.setText(" ".join(filter(None, (self._name, self._value, self._link))))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if position else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if position else Qt.CursorShape.ArrowCursor)
        self.setFixedWidth(self.sizeHint().width())
        self.update()

    @property
    def _link(self) -> str:
        return f"{self.position[0]}, {self.position[1]}".replace("-", "−") if self.position else ""

    def sizeHint(self) -> QSize:
        """Return the width of all texts."""
        name, mono = QFontMetricsF(theme.ui_font(12)), QFontMetricsF(theme.mono_font(12))
        value = name.horizontalAdvance(self._value) if not self._name else mono.horizontalAdvance(self._value)
        widths = [name.horizontalAdvance(self._name), value, mono.horizontalAdvance(self._link)]
        gaps = max(0, sum(width > 0 for width in widths) - 1)
        return QSize(round(sum(widths) + 7 * gaps + 3), HEIGHT - 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the name, the value, and the link in the accent color."""
        painter = QPainter(self)
        left, mono = 0.0, theme.mono_font(12)
        value_font = mono if self._name else theme.ui_font(12)
        for text, font, token in (
            (self._name, theme.ui_font(12), "t3"),
            (self._value, value_font, "t1" if self._name else "t2"),
            (self._link, mono, "accent"),
        ):
            if text:
                room = QRectF(left, 0, self.width() - left, self.height())
                left += paint.text(painter, room, text, font, token) + 7
        if self.hasFocus():
            paint.focus_ring(painter, QRectF(self.rect()).adjusted(3, 5, -3, -5), 2)
        painter.end()
