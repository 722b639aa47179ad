"""Bar of toggle chips with the counts of NaN, infinite, negative and clipped values; those without any are hidden."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.overlay.marks_layer import MARK_COLORS
from exr_inspector_app.gui.preview.overlay.pixel_marks import Mark, PixelMarks
from exr_inspector_app.gui.style import paint, theme

SHOWN_AT_FIRST = Mark.NAN | Mark.INF  # negative and clipped areas may cover the image
MAX_SHARE = 0.38  # of the width of the pane
MIN_VALUES_ROOM = 380  # px, of the position and the values of four channels
_SWATCH = 14.0  # px, width of the swatch with its gap


class Label(Enum):
    """Text of a chip next to its swatch."""

    NAME = "name and count"
    COUNT = "count"
    NONE = "nothing"


class MarkChip(QAbstractButton):
    """Toggle of one kind of marks, amber; the swatch is filled while its marks are shown."""

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self._mark, self._label = mark, Label.NAME
        self.setCheckable(True)
        self.setChecked(bool(mark & SHOWN_AT_FIRST))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.show_count(0)

    def show_count(self, count: int) -> None:
        """Show the number of values, or hide without any."""
        self.count = count
        self.setAccessibleName(strings.mark_count(strings.MARKS[self._mark.name or ""], count))
        self._update_text()
        self.setToolTip(f"{self.accessibleName()}\n{strings.MARK_TOOLTIPS[self._mark.name or '']}")
        self.setVisible(count > 0)

    def set_label(self, label: Label) -> None:
        """Show the count with the name of the marks, the count alone, or only the swatch."""
        self._label = label
        self._update_text()

    def _update_text(self) -> None:
        texts = {Label.NAME: self.accessibleName(), Label.COUNT: f"{self.count:,}", Label.NONE: ""}
        self.setText(texts[self._label])
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the size of swatch and label."""
        width = round(paint.chip_width(self.text()) + _SWATCH) if self.text() else 20
        return QSize(width, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a tinted chip with the color of the marks."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(t.color("accent") if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(t.tint("warn", t.chip_tint + (6 if self.underMouse() else 0)))
        painter.drawRoundedRect(box, 4, 4)
        swatch = QRectF(7 if self.text() else 6, self.height() / 2 - 4, 8, 8)
        color = MARK_COLORS[self._mark]
        painter.setPen(color)
        painter.setBrush(color if self.isChecked() else QColor(Qt.GlobalColor.transparent))
        painter.drawRoundedRect(swatch.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        room = QRectF(7 + _SWATCH, 0, self.width() - 7 - _SWATCH, self.height())
        paint.text(painter, room, self.text(), theme.ui_font(11, theme.MEDIUM), "warn")
        painter.end()


class MarksBar(QWidget):
    """Row of the four chips."""

    kinds_changed = Signal(object)  # Mark, the kinds that are shown

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips = {mark: MarkChip(mark) for mark in Mark}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for chip in self.chips.values():
            row.addWidget(chip)
            chip.toggled.connect(self._emit_kinds)

    @property
    def kinds(self) -> Mark:
        """Kinds of marks that are shown."""
        return Mark(sum(mark for mark, chip in self.chips.items() if chip.isChecked()))

    def show_marks(self, marks: PixelMarks) -> None:
        """Show the counts of an image."""
        for mark, chip in self.chips.items():
            chip.show_count(marks.counts.get(mark, 0))
        self.setVisible(any(marks.counts.values()))
        parent = self.parentWidget()
        self.fit_width(parent.width() if parent is not None else self.width())

    def fit_width(self, width: int) -> None:
        """Leave out names and counts in a narrow pane, since the values of the pixel need the room."""
        room = min(MAX_SHARE * width, width - MIN_VALUES_ROOM)
        for label in Label:
            for chip in self.chips.values():
                chip.set_label(label)
            if label is not Label.NONE and self.sizeHint().width() <= room:
                break
        self.adjustSize()

    def set_non_finite(self, is_shown: bool) -> None:
        """Show or hide the marks of NaN and infinite values."""
        for mark in (Mark.NAN, Mark.INF):
            self.chips[mark].setChecked(is_shown)

    def _emit_kinds(self) -> None:
        for chip in self.chips.values():
            chip.update()
        self.kinds_changed.emit(self.kinds)
