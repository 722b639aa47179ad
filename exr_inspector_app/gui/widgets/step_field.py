"""Field of a number that is not negative, such as the difference above which a pixel counts as changed."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

WIDTH = 72  # px


class StepField(QLineEdit):
    """Field that emits a valid number, and restores the previous one for any other text."""

    changed = Signal(float)

    def __init__(self, label: str, value: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.setStyleSheet("QLineEdit { min-height: 20px; padding: 0 5px; }")
        self.setAccessibleName(label)
        self.setToolTip(label)
        self.show_value(value)
        self.editingFinished.connect(self._on_edited)

    def show_value(self, value: float) -> None:
        """Set the number without a signal."""
        self.value = value
        self.setText(f"{value:.6g}")

    @Slot()
    def _on_edited(self) -> None:
        try:
            value = float(self.text().strip().replace(",", ".").replace("−", "-"))
        except ValueError:
            value = math.nan
        is_new = 0 <= value < math.inf and value != self.value
        self.show_value(value if is_new else self.value)
        if is_new:
            self.changed.emit(value)
