"""The filters that are on, as chips in one line; those that find no room are told by a number."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.gui.filters.filter_set import condition_label
from exr_inspector_app.gui.style import icons
from exr_inspector_app.gui.style.tooltips import escape_tooltip
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button
from exr_inspector_app.gui.widgets.chips import RemovableChip

GAP = 6
MAX_CHIP_WIDTH = 260  # pixels of one chip


class FilterChips(QWidget):
    """`removed` tells which condition should go; the buttons behind the chips move with them."""

    removed = Signal(object)  # Condition

    def __init__(self, *behind: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._behind = behind
        for one in behind:
            one.setParent(self)
        self._chips: list[RemovableChip] = []
        self._conditions: Filter = ()
        self._more = make_button("", parent=self, kind="ghost", height=BAR_HEIGHT)
        self._more.clicked.connect(self._tell_hidden)
        self._menu = QMenu(self)
        self.setFixedHeight(BAR_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_conditions(self, conditions: Filter) -> None:
        """A chip each."""
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._conditions = conditions
        self._chips = [self._chip(one) for one in conditions]
        self._arrange()

    @property
    def chips(self) -> list[RemovableChip]:
        """In the order of the conditions."""
        return self._chips

    def _chip(self, condition: Condition) -> RemovableChip:
        chip = RemovableChip(condition_label(condition), self)
        chip.setToolTip(escape_tooltip(f"{condition_label(condition)}\nRemove this filter"))
        chip.clicked.connect(lambda _checked=False, condition=condition: self.removed.emit(condition))
        return chip

    def minimumSizeHint(self) -> QSize:
        return QSize(sum(one.sizeHint().width() + GAP for one in self._behind if not one.isHidden()) + 40, BAR_HEIGHT)

    def sizeHint(self) -> QSize:
        return QSize(sum(self._width(chip) + GAP for chip in self._chips) + self.minimumSizeHint().width(), BAR_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _width(self, chip: RemovableChip) -> int:
        return min(chip.sizeHint().width(), MAX_CHIP_WIDTH)

    def _arrange(self) -> None:
        """As many chips as there is room for, then how many more, then the buttons."""
        room = self.width() - sum(one.sizeHint().width() + GAP for one in self._behind if not one.isHidden())
        whole = sum(self._width(chip) + GAP for chip in self._chips)
        left, shown = 0, 0
        for chip in self._chips:
            width = self._width(chip)
            if left + width + GAP > room - (0 if whole <= room else 40):
                break
            chip.setGeometry(left, (BAR_HEIGHT - chip.sizeHint().height()) // 2, width, chip.sizeHint().height())
            left, shown = left + width + GAP, shown + 1
        for place, chip in enumerate(self._chips):
            chip.setVisible(place < shown)
        hidden = len(self._chips) - shown
        self._more.setVisible(bool(hidden))
        self._more.setText(f"+{hidden}")
        self._more.setToolTip(escape_tooltip("\n".join(condition_label(one) for one in self._conditions[shown:])))
        self._more.setAccessibleName(f"{hidden} more filters")
        for one in ([self._more] if hidden else []) + [one for one in self._behind if not one.isHidden()]:
            one.resize(one.sizeHint().width(), BAR_HEIGHT)
            one.move(left, (BAR_HEIGHT - one.height()) // 2)  # the style sheet may keep it higher than the row
            left += one.width() + GAP
        self.updateGeometry()

    def _tell_hidden(self) -> None:
        """The filters without room, each to be removed."""
        self._menu.clear()
        hidden = zip(self._conditions, self._chips, strict=True)
        for condition in [one for one, chip in hidden if chip.isHidden()]:
            action = self._menu.addAction(icons.icon("close"), condition_label(condition).replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, condition=condition: self.removed.emit(condition))
        self._menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))
