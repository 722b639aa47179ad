"""Search field and segmented control."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets import strings
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_icon_button


class SearchField(QLineEdit):
    """Search field with a clear button; shows its shortcut while empty, and Esc clears it."""

    def __init__(self, hint: str, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self._clear_button = make_icon_button("close", strings.CLEAR, parent=self)
        self._clear_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear_button.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear_button.setStyleSheet("QToolButton { border: none; background: transparent; min-height: 16px; }")
        self._clear_button.hide()
        self._clear_button.clicked.connect(self.clear)
        self.textChanged.connect(self._update_clear_button)
        self._update_clear_button("")

    @Slot(str)
    def _update_clear_button(self, text: str) -> None:
        self._clear_button.setVisible(bool(text))
        room = 22 if text or not self._key else round(paint.key_cap_width(self._key))
        self.setTextMargins(22, 0, room, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the clear button at the right."""
        self._clear_button.setGeometry(self.width() - 28, (self.height() - 20) // 2, 24, 20)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Clear the field on Esc if it is not empty."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the widget."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icons.paint(painter, "search", QRectF(9, (self.height() - 16) / 2, 16, 16), "t2")
        if self._key and not self.text():
            paint.key_cap(painter, self.width() - 7, self.height() / 2, self._key)
        painter.end()


class SegmentedControl(QWidget):
    """Segmented control; emits `option_selected` with the key of the segment the user clicks."""

    option_selected = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(BAR_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._keys = [key for key, _ in options]
        for index, (_, label) in enumerate(options):
            segment = _Segment(label, self)
            self._group.addButton(segment, index)
            row.addWidget(segment)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._on_clicked)
        self._group.idToggled.connect(self.update)

    @Slot(int)
    def _on_clicked(self, index: int) -> None:
        self.option_selected.emit(self._keys[index])

    @property
    def current(self) -> str:
        """Key of the selected option."""
        return self._keys[self._group.checkedId()]

    def segment(self, key: str) -> QAbstractButton:
        """Return the button of an option."""
        return self._group.button(self._keys.index(key))

    def set_current(self, key: str) -> None:
        """Select an option without emitting `option_selected`."""
        self.segment(key).setChecked(True)

    def set_tooltip(self, key: str, text: str) -> None:
        """Set the tooltip of an option."""
        self.segment(key).setToolTip(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the widget."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(t.color("line2"))
        painter.setBrush(t.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4.5, 4.5)
        visible = [segment for segment in self._group.buttons() if not segment.isHidden()]
        for left, right in pairwise(visible):
            if not (left.isChecked() or right.isChecked()):
                painter.fillRect(QRectF(right.x(), 6, 1, self.height() - 12), t.color("line2"))
        painter.end()


class _Segment(QAbstractButton):
    """Button of one option."""

    def __init__(self, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(label)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        return QSize(
            round(QFontMetricsF(theme.ui_font(12, theme.MEDIUM)).horizontalAdvance(self.text())) + 20, BAR_HEIGHT
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.isChecked() or self.hasFocus():
            ring = QPen(t.color("accent"), 1.5) if self.hasFocus() else QPen(t.color("ctl"), 1)
            painter.setPen(ring)
            painter.setBrush(t.color("selected" if self.isChecked() else "raised"))
            painter.drawRoundedRect(box, 4.5, 4.5)
        token = "t1" if self.isChecked() or self.underMouse() else "t2"
        paint.text(painter, box.adjusted(9.5, 0, 0, 0), self.text(), theme.ui_font(12, theme.MEDIUM), token)
        painter.end()
