"""Range panel: values of a data layer that are shown, and their color map, in place of exposure and gamma."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QToolButton, QWidget

from exr_inspector_app.exr.pixels.color_maps import ColorMap
from exr_inspector_app.exr.pixels.data_looks import DataLook, Range
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.widgets.dropdown import Dropdown


class RangePanel(QWidget):
    """Fields of the range and the button for the automatic one, which is released by a typed bound."""

    changed = Signal(object)  # low and high value, or None for the automatic range
    map_selected = Signal(object)  # ColorMap

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: DataLook | None = None
        self.limits: Range | None = None
        self.low, self.high = _BoundField(strings.LOW), _BoundField(strings.HIGH)
        self.auto = QToolButton()
        self.auto.setText(strings.AUTO)
        self.auto.setCheckable(True)
        self.auto.setChecked(True)
        self.auto.setToolTip(strings.with_shortcut(strings.AUTO_RANGE, "Backspace"))
        self.auto.setAccessibleName(strings.AUTO_RANGE)
        self.auto.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for row, field in enumerate((self.low, self.high)):
            label = QLabel(field.accessibleName())
            label.setProperty("rank", "2")
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
            field.editingFinished.connect(self._on_edited)
        self.map = Dropdown(strings.COLOR_MAP, strings.COLOR_MAP, (64, 132))
        self.map.set_options([("", [(color_map, strings.COLOR_MAP_NAMES[color_map]) for color_map in ColorMap])])
        self.map.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        grid.addWidget(self.auto, 0, 2)
        grid.addWidget(self.map, 1, 2)
        self.map.option_selected.connect(self.map_selected)
        self.auto.clicked.connect(self.reset)

    def show_map(self, look: DataLook | None, color_map: ColorMap | None) -> None:
        """Show the color map of a layer: that of its look, or the chosen one."""
        if look is not None:
            self.map.set_current(color_map or look.color_map)
            self.map.setToolTip(strings.COLOR_MAP_TOOLTIP if look.channel_count == 1 else strings.COMPONENT_MAP_TOOLTIP)

    def show_look(self, look: DataLook | None, limits: Range | None) -> None:
        """Show the range of a layer: its automatic one, or the given limits."""
        self._look, self.limits = look, limits
        shown = look.with_limits(limits) if look is not None else None
        self.auto.setChecked(limits is None)
        for field, value in ((self.low, shown.low), (self.high, shown.high)) if shown else ():
            field.setText(strings.format_bound(value))

    @Slot()
    def reset(self) -> None:
        """Restore the automatic range."""
        self.set_limits(None)

    @Slot()
    def _on_edited(self) -> None:
        """Take over both bounds if they are numbers and the low one is less; otherwise restore their texts."""
        if not (self.low.isModified() or self.high.isModified()):
            return
        try:
            low, high = (strings.parse_bound(field.text()) for field in (self.low, self.high))
        except ValueError:
            low = high = math.nan
        is_range = low < high and math.isfinite(high - low)
        self.set_limits((low, high) if is_range else self.limits)

    def set_limits(self, limits: Range | None) -> None:
        """Show values between these ones, None for the automatic range."""
        is_new = limits != self.limits
        self.show_look(self._look, limits)
        if is_new:
            self.changed.emit(limits)


class _BoundField(QLineEdit):
    """Number field of a bound."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setFixedWidth(116)
        self.setStyleSheet("QLineEdit { min-height: 22px; padding: 0 5px; }")
        self.setAccessibleName(name)
        self.setToolTip(strings.bound_tooltip(name))
