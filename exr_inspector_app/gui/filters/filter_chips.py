"""Row of filter chips; chips that do not fit move into the menu of a counter."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.gui.filters import strings
from exr_inspector_app.gui.filters.filter_set import condition_label
from exr_inspector_app.gui.style import icons
from exr_inspector_app.gui.style.formatting import escape_tooltip
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button
from exr_inspector_app.gui.widgets.chips import RemovableChip
from exr_inspector_app.gui.widgets.menu import Menu

GAP = 6
COUNTER_WIDTH = 40
MAX_CHIP_WIDTH = 260


class FilterChips(QWidget):
    """Row of one chip per condition, followed by the buttons `trailing`."""

    removed = Signal(object)  # Condition

    def __init__(self, *trailing: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trailing = trailing
        for widget in trailing:
            widget.setParent(self)
        self._chips: list[RemovableChip] = []
        self._conditions: Filter = ()
        self._more = make_button("", parent=self, kind="ghost", height=BAR_HEIGHT)
        self._more.clicked.connect(self._show_hidden)
        self._menu = Menu(self)
        self.setFixedHeight(BAR_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_conditions(self, conditions: Filter) -> None:
        """Show one chip per condition."""
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._conditions = conditions
        self._chips = [self._make_chip(condition) for condition in conditions]
        self._arrange()

    @property
    def chips(self) -> list[RemovableChip]:
        """Chips in the order of the conditions."""
        return self._chips

    def _make_chip(self, condition: Condition) -> RemovableChip:
        label = condition_label(condition)
        chip = RemovableChip(label, self)
        chip.setToolTip(escape_tooltip(strings.remove_tooltip(label)))
        chip.clicked.connect(lambda _checked=False, condition=condition: self.removed.emit(condition))
        return chip

    def minimumSizeHint(self) -> QSize:
        """Return the size of the counter and the buttons."""
        return QSize(self._trailing_width() + COUNTER_WIDTH, BAR_HEIGHT)

    def sizeHint(self) -> QSize:
        """Return the size that shows all chips."""
        chips = sum(self._chip_width(chip) + GAP for chip in self._chips)
        return QSize(chips + self.minimumSizeHint().width(), BAR_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the chips in the new width."""
        super().resizeEvent(event)
        self._arrange()

    def _chip_width(self, chip: RemovableChip) -> int:
        return min(chip.sizeHint().width(), MAX_CHIP_WIDTH)

    def _trailing_width(self) -> int:
        return sum(widget.sizeHint().width() + GAP for widget in self._trailing if not widget.isHidden())

    def _arrange(self) -> None:
        """Lay out the chips that fit, the counter of hidden ones, and the buttons."""
        available = self.width() - self._trailing_width()
        total = sum(self._chip_width(chip) + GAP for chip in self._chips)
        left, visible = 0, 0
        for chip in self._chips:
            width = self._chip_width(chip)
            if left + width + GAP > available - (0 if total <= available else COUNTER_WIDTH):
                break
            chip.setGeometry(left, (BAR_HEIGHT - chip.sizeHint().height()) // 2, width, chip.sizeHint().height())
            left, visible = left + width + GAP, visible + 1
        for number, chip in enumerate(self._chips):
            chip.setVisible(number < visible)
        hidden = len(self._chips) - visible
        self._more.setVisible(bool(hidden))
        self._more.setText(f"+{hidden}")
        labels = "\n".join(condition_label(condition) for condition in self._conditions[visible:])
        self._more.setToolTip(escape_tooltip(labels))
        self._more.setAccessibleName(strings.more_filters(hidden))
        for widget in ([self._more] if hidden else []) + [button for button in self._trailing if not button.isHidden()]:
            widget.resize(widget.sizeHint().width(), BAR_HEIGHT)
            widget.move(left, (BAR_HEIGHT - widget.height()) // 2)  # a style sheet may make it taller than the row
            left += widget.width() + GAP
        self.updateGeometry()

    def _show_hidden(self) -> None:
        """Open the menu of conditions without a visible chip; an entry removes its condition."""
        self._menu.clear()
        pairs = zip(self._conditions, self._chips, strict=True)
        for condition in [condition for condition, chip in pairs if chip.isHidden()]:
            action = self._menu.addAction(icons.icon("close"), condition_label(condition).replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, condition=condition: self.removed.emit(condition))
        self._menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))
