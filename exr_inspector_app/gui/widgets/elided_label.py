"""Label that elides a path or name to its width."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from exr_inspector_app.gui.style import paint
from exr_inspector_app.text.escape import escape_control


class Elided(QLabel):
    """A path or name that is cut where the rules say, with the whole as its tool tip."""

    def __init__(self, is_path: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self._is_path = is_path
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)

    def minimumSizeHint(self) -> QSize:
        """The label gives way to whatever is beside it."""
        return QSize(60, super().minimumSizeHint().height())

    def show_text(self, words: str) -> None:
        """The words, as much of them as fits."""
        self._whole = escape_control(words)
        self.setAccessibleName(self._whole)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        short = paint.short_path if self._is_path else paint.short_name
        shown = short(self._whole[:2000], self.font(), max(self.width() - 2, 40)) if self._whole else ""
        if shown != self.text():
            self.setText(shown)
        self.setToolTip("" if shown == self._whole else self._whole[:2000].replace("<", "‹"))
