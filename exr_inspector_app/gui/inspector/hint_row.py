"""Hint below the selected issue: what to do, with buttons that copy it and show the attribute."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from exr_inspector_app.gui.inspector import profile_strings
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.style.formatting import add_break_points
from exr_inspector_app.gui.widgets.buttons import make_button
from exr_inspector_app.rules.hints import NO_HINT, Hint

BUTTON_ROW_HEIGHT = 36  # px
_MAX_TEXT_HEIGHT = 140  # px
_TEXT_SIZE = 12
_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


def hint_height(hint: Hint, width: float) -> int:
    """Return the height in px of a hint with its buttons."""
    metrics = QFontMetricsF(theme.ui_font(_TEXT_SIZE))
    bounds = metrics.boundingRect(QRectF(0, 0, width, 1000), _WRAP, add_break_points(hint.text))
    return round(min(bounds.height(), _MAX_TEXT_HEIGHT)) + BUTTON_ROW_HEIGHT + 6


def paint_hint(painter: QPainter, rect: QRectF, hint: Hint) -> None:
    """Paint the text of a hint above the room of its buttons."""
    painter.save()
    painter.setClipRect(rect.adjusted(0, 0, 0, -BUTTON_ROW_HEIGHT))
    painter.setFont(theme.ui_font(_TEXT_SIZE))
    painter.setPen(theme.tokens().color("t2"))
    painter.drawText(rect, _WRAP, add_break_points(hint.text))
    painter.restore()


class HintButtons(QWidget):
    """Buttons at the bottom of the row that shows its hint."""

    attribute_requested = Signal(str)  # name

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._hint = NO_HINT
        self.copy = make_button(profile_strings.COPY_HINT, "copy")
        self.show_attribute = make_button(profile_strings.SHOW_ATTRIBUTE)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 6)
        row.setSpacing(8)
        row.addWidget(self.copy)
        row.addWidget(self.show_attribute)
        row.addStretch(1)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._hint.text))
        self.show_attribute.clicked.connect(lambda: self.attribute_requested.emit(self._hint.attribute))
        self.hide()

    def show_hint(self, hint: Hint) -> None:
        """Offer the buttons of a hint; hide them for one without text."""
        self._hint = hint
        self.show_attribute.setVisible(bool(hint.attribute))
        self.setVisible(bool(hint.text))
