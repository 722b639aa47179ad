"""Elided label: a path or name shortened to the label's width."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from exr_inspector_app.gui.style import paint
from exr_inspector_app.text.escape import escape_control


class ElidedLabel(QLabel):
    """Label that shortens a path or file name as `paint.shorten_path` does; the tooltip holds the full text."""

    def __init__(self, *, is_path: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full_text = ""
        self._is_path = is_path
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)

    def minimumSizeHint(self) -> QSize:
        """Return a small width, so that neighboring widgets keep theirs."""
        return QSize(60, super().minimumSizeHint().height())

    def show_text(self, text: str) -> None:
        """Set the full text and show it elided."""
        self._full_text = escape_control(text)
        self.setAccessibleName(self._full_text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide again for the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shorten = paint.shorten_path if self._is_path else paint.shorten_name
        elided = shorten(self._full_text[:2000], self.font(), max(self.width() - 2, 40)) if self._full_text else ""
        if elided != self.text():
            self.setText(elided)
        self.setToolTip("" if elided == self._full_text else self._full_text[:2000].replace("<", "‹"))
