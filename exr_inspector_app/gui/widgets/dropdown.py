"""A choice of many in one line: its label before the value, its options in groups."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QPaintEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from exr_inspector_app.gui.style import paint, theme

Group = tuple[str, Sequence[tuple[Hashable, str]]]  # title, and key and words of each option
_KEY = Qt.ItemDataRole.UserRole + 1
_INDENT = "    "  # of options below a title
_ROOM = 32  # for the chevron and the insets


class Dropdown(QComboBox):
    """`chosen` tells the key of the option that a person takes; titles of groups cannot be taken."""

    chosen = Signal(object)

    def __init__(self, label: str, name: str, widths: tuple[int, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._widths = widths
        self._words = ""  # shown instead of the option's own
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(24)
        self.activated.connect(self._taken)
        self.currentIndexChanged.connect(self.update)

    def offer(self, groups: Sequence[Group]) -> None:
        """These options from now on, none of them taken; titles only where there are several groups."""
        model = QStandardItemModel(self)
        for title, options in groups:
            if title and len(groups) > 1:
                head = QStandardItem(title)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                head.setForeground(theme.tokens().color("t3"))
                head.setFont(theme.ui(11))
                model.appendRow(head)
            indent = _INDENT if title and len(groups) > 1 else ""
            for key, words in options:
                item = QStandardItem(indent + words)
                item.setData(key, _KEY)
                model.appendRow(item)
        self.setModel(model)
        widest = max(
            (QFontMetricsF(theme.ui(12)).horizontalAdvance(words) for _, one in groups for _, words in one), default=0
        )
        self.view().setMinimumWidth(round(min(widest + 48, 520)))
        self.setEnabled(bool(groups))

    def take(self, key: Hashable, words: str = "") -> None:
        """The option is shown as taken, nothing is told; with `words` these are shown."""
        self._words = words
        found = next((row for row in range(self.count()) if self.itemData(row, _KEY) == key), -1)
        self.setCurrentIndex(found)
        self.update()

    @property
    def words(self) -> str:
        """What is shown as taken."""
        return self._words or self.currentText().removeprefix(_INDENT)

    @Slot(int)
    def _taken(self, row: int) -> None:
        self._words = ""
        self.chosen.emit(self.itemData(row, _KEY))

    def sizeHint(self) -> QSize:
        return QSize(self._widths[1], super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._widths[0], super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Label in second rank, then the value, cut at the right."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = ""
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        token = "t1" if self.isEnabled() else "disabled"
        room = QRectF(10, 0, self.width() - _ROOM, self.height())
        if self._label and self.width() > self._widths[0] + 24:
            taken = paint.text(painter, room, self._label, theme.ui(12), "t2" if self.isEnabled() else token)
            room.setLeft(room.left() + taken + 6)
        paint.text(painter, room, self.words, theme.ui(12, theme.MEDIUM), token)
        painter.end()
