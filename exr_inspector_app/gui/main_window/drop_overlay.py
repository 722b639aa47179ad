"""What is dropped or pasted as paths, and the veil that says what would happen."""

from __future__ import annotations

import os
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QRectF, Qt, QUrl
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from exr_inspector_app.exr.sequences.discovery import parse_dropped_text
from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.text.format import pluralize


def paths_of(data: QMimeData) -> list[str]:
    """The local paths that a drop or the clipboard holds, as links or as text."""
    if data.hasUrls():
        return [path for url in data.urls() if url.isLocalFile() and (path := _local(url))]
    return parse_dropped_text(data.text()) if data.hasText() else []


def _local(url: QUrl) -> str:
    """The path of a link; Qt would replace bytes that are not UTF-8."""
    if os.name == "nt":
        return url.toLocalFile()
    return os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded)))


class DropOverlay(QWidget):
    """Lies over the window while something is dragged over it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._words = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self, count: int) -> None:
        """The veil covers its window and says how much would be added."""
        self._words = f"Drop to add {pluralize(count, 'path')}"
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dashed frame on a tint, with the words in the middle."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = t.color("window")
        shade.setAlpha(150)
        painter.fillRect(self.rect(), shade)
        box = QRectF(self.rect()).adjusted(16, 16, -16, -16)
        ground = t.tint("accent", t.banner_tint)
        ground.setAlpha(225)
        painter.setPen(QPen(t.color("accent"), 2, Qt.PenStyle.DashLine))
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 12, 12)
        middle = box.center()
        icons.paint(painter, "download", QRectF(middle.x() - 12, middle.y() - 32, 24, 24), "accent")
        painter.setFont(theme.ui_font(13, theme.SEMIBOLD))
        painter.setPen(t.color("t1"))
        words = QRectF(box.left(), middle.y() + 4, box.width(), 24)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter), self._words)
        painter.end()
