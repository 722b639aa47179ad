"""Readout of two compared images: coordinates, and swatch and values of A and of B at the probe."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from exr_inspector_app.exr.pixels.value_text import shorten_value
from exr_inspector_app.gui.preview.comparison import strings
from exr_inspector_app.gui.preview.probe.pixel_readout import HEIGHT, PixelReadout
from exr_inspector_app.gui.style import paint, theme

_TOKENS = {"R": "red", "G": "green", "B": "blue"}
MAX_COMPONENTS = 4  # of each image
_ALWAYS_SHOWN = 3  # components, shortened rather than left out
_VALUES_LEFT = 40  # px of letter and swatch


class BothReadout(QWidget):
    """Readout that paints the values of two readouts, which are not shown themselves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self.readouts = (PixelReadout(self), PixelReadout(self))
        for readout in self.readouts:
            readout.hide()
        self._probe: tuple[int, int] | None = None
        self.setAccessibleName(strings.BOTH_VALUES)

    def show_probe(self, probe: tuple[int, int] | None) -> None:
        """Show the values at a pixel, or none."""
        self._probe = probe
        for readout in self.readouts:
            readout.show_probe(probe)
        self.setAccessibleDescription(self.text)
        self.update()

    @property
    def text(self) -> str:
        """Readout as plain text, for screen readers and tests."""
        if self._probe is None:
            return ""
        both = (
            " ".join([letter, *(f"{name} {value}" for name, value, _ in readout.facts)])
            for letter, readout in zip((strings.A, strings.B), self.readouts, strict=True)
        )
        return f"x {self._probe[0]} y {self._probe[1]} {' '.join(both)}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint coordinates, then the values of both images."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.tokens().color("panel"))
        step = QFontMetricsF(theme.mono_font(12)).horizontalAdvance("0")
        left = 12.0
        for axis, letter in enumerate("xy"):
            coordinate = str(self._probe[axis]).replace("-", "−") if self._probe else "–"
            paint.text(painter, QRectF(left, 0, step, HEIGHT), letter, theme.mono_font(12), "t3")
            paint.text(painter, QRectF(left + 2 * step, 0, 5 * step, HEIGHT), coordinate, theme.mono_font(12), "t1")
            left += 7.5 * step
        room = (self.width() - 12 - left) / 2
        is_shortened = any(_width_of(readout, step) > room - _VALUES_LEFT for readout in self.readouts)
        for letter, readout in zip((strings.A, strings.B), self.readouts, strict=True):
            self._paint_image(painter, letter, readout, left, left + room, is_shortened=is_shortened)
            left += room
        painter.end()

    def _paint_image(
        self,
        painter: QPainter,
        letter: str,
        readout: PixelReadout,
        left: float,
        right: float,
        *,
        is_shortened: bool,
    ) -> None:
        """Paint letter, swatch and values of one image; values that do not fit are left out."""
        t, mono = theme.tokens(), theme.mono_font(12)
        paint.text(painter, QRectF(left, 0, 16, HEIGHT), letter, theme.ui_font(12, theme.SEMIBOLD), "t1")
        painter.setPen(t.color("line2"))
        painter.setBrush(readout.swatch() or t.color("panel"))
        painter.drawRoundedRect(QRectF(left + 16.5, HEIGHT / 2 - 7.5, 15, 15), 2, 2)
        left += _VALUES_LEFT
        step = QFontMetricsF(mono).horizontalAdvance("0")
        if is_shortened:
            _paint_shortened(painter, readout, QRectF(left, 0, right - 6 - left, HEIGHT))
            return
        for name, value, _ in readout.facts[:MAX_COMPONENTS]:
            short = name[:1] if len(readout.facts) > 1 else name[:6]
            width = step * (len(short) + 1 + max(7, len(value)))
            if left + width > right:
                return
            font = theme.mono_font(12, theme.MEDIUM)
            paint.text(painter, QRectF(left, 0, 60, HEIGHT), short, font, _TOKENS.get(name.upper(), "t2"))
            value_room = QRectF(left + step * (len(short) + 0.7), 0, width, HEIGHT)
            paint.text(painter, value_room, value.replace("-", "−"), mono, "t1")
            left += width + step


def _width_of(readout: PixelReadout, step: float) -> float:
    """Return the width of the first components with their names."""
    facts = readout.facts[:_ALWAYS_SHOWN]
    return sum(3 + max(7, len(value)) for _, value, _ in facts) * step - step


def _paint_shortened(painter: QPainter, readout: PixelReadout, room: QRectF) -> None:
    """Paint the first values as exact as they fit, in the order of the channels and without their names."""
    font = theme.mono_font(11)
    facts = readout.facts[:_ALWAYS_SHOWN]
    column = room.width() / max(len(facts), 1)
    chars = int(column / QFontMetricsF(font).horizontalAdvance("0")) - 1
    for index, ((name, text, _), (_, value)) in enumerate(zip(facts, readout.values, strict=False)):
        shown = text if len(text) <= chars else shorten_value(value, "float", chars)
        cell = QRectF(room.left() + index * column, 0, column, room.height())
        paint.text(painter, cell, shown.replace("-", "−"), font, _TOKENS.get(name.upper(), "t1"))
