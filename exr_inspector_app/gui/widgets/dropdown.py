"""Dropdown on one line: a label before the value, options in titled groups."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPaintEvent, QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from exr_inspector_app.gui.style import paint, theme

OptionGroup = tuple[str, Sequence[tuple[Hashable, str]]]  # title, then (key, label) of each option
_KEY_ROLE = Qt.ItemDataRole.UserRole + 1
_INDENT = "    "  # of options below a group title
_CHEVRON_ROOM = 32  # px for the chevron and the insets
_MIN_TEXT_WIDTH = 40  # px of a text that is cut
_LABEL_GAP = 6  # px between label and value


class Dropdown(QComboBox):
    """Dropdown that emits `option_selected` with the key of the option the user selects; group titles are disabled."""

    option_selected = Signal(object)

    def __init__(self, label: str, name: str, widths: tuple[int, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._widths = widths
        self._override = ""  # shown instead of the current option's label
        self._shorter: tuple[str, ...] = ()  # shown where the text does not fit
        self.setAccessibleName(name)
        self.setAccessibleDescription(name)  # on Linux, screen readers get the value as the name
        self.setToolTip(name)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(24)
        self.activated.connect(self._on_activated)
        self.currentIndexChanged.connect(self.update)

    def set_options(self, groups: Sequence[OptionGroup]) -> None:
        """Replace the options and clear the selection; titles are shown only for two or more groups."""
        model = QStandardItemModel(self)
        for title, options in groups:
            if title and len(groups) > 1:
                head = QStandardItem(title)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                head.setForeground(theme.tokens().color("t3"))
                head.setFont(theme.ui_font(11))
                model.appendRow(head)
            indent = _INDENT if title and len(groups) > 1 else ""
            for key, label in options:
                item = QStandardItem(indent + label)
                item.setData(key, _KEY_ROLE)
                model.appendRow(item)
        self.setModel(model)
        widest = max(
            (
                QFontMetricsF(theme.ui_font(12)).horizontalAdvance(label)
                for _, options in groups
                for _, label in options
            ),
            default=0,
        )
        self.view().setMinimumWidth(round(min(widest + 48, 520)))
        self.setEnabled(bool(groups))

    def set_current(self, key: Hashable, text: str = "", *shorter: str) -> None:
        """Select an option without emitting `option_selected`.

        Args:
            key: Key of the option.
            text: Shown instead of its label.
            shorter: Shown where that does not fit, the longest first.
        """
        index = next((row for row in range(self.count()) if self.itemData(row, _KEY_ROLE) == key), -1)
        if (index, text, shorter) == (self.currentIndex(), self._override, self._shorter):
            return
        self._override, self._shorter = text, shorter
        self.setCurrentIndex(index)
        self.update()

    @property
    def text(self) -> str:
        """Text shown for the current option."""
        return self._override or self.currentText().removeprefix(_INDENT)

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        self._override, self._shorter = "", ()
        self.option_selected.emit(self.itemData(row, _KEY_ROLE))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the widget below: a closed dropdown never switches under a passing pointer."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave letters to the window, where they are shortcuts; a closed dropdown would jump to a match."""
        if event.text().isprintable() and event.text().strip():
            event.ignore()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Return the maximum width and the height of a combo box."""
        return QSize(self._widths[1], super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the minimum width and the height of a combo box."""
        return QSize(self._widths[0], super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the label in secondary color, unless the value needs its room, then the value."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = ""
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        token = "t1" if self.isEnabled() else "disabled"
        room = QRectF(10, 0, self.width() - _CHEVRON_ROOM, self.height())
        font = theme.ui_font(12, theme.MEDIUM)
        text = self._fitting_text(font, room.width())
        label_width = QFontMetricsF(theme.ui_font(12)).horizontalAdvance(self._label) + _LABEL_GAP
        if self._label and label_width + QFontMetricsF(font).horizontalAdvance(text) <= room.width():
            paint.text(painter, room, self._label, theme.ui_font(12), "t2" if self.isEnabled() else token)
            room.setLeft(room.left() + label_width)
        paint.text(painter, room, text, font, token)
        painter.end()

    def _fitting_text(self, font: QFont, width: float) -> str:
        """Return the text if it fits, else a shorter form, else the label rather than a letter or two."""
        metrics = QFontMetricsF(font)
        forms = [form for form in (self.text, *self._shorter) if form]
        fitting = next((form for form in forms if metrics.horizontalAdvance(form) <= width), forms[-1] if forms else "")
        is_cut = metrics.horizontalAdvance(fitting) > width
        return self._label if is_cut and self._label and width < _MIN_TEXT_WIDTH else fitting
