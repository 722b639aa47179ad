"""Drop overlay: shown while paths are dragged over the window; and the parser of dropped or pasted paths."""

from __future__ import annotations

import os
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QRectF, Qt, QUrl
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from exr_inspector_app.exr.sequences.discovery import parse_dropped_text
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.style import icons, theme


def paths_of(data: QMimeData) -> list[str]:
    """Return the local paths of a drop or of the clipboard, from URLs or from text."""
    if data.hasUrls():
        return [path for url in data.urls() if url.isLocalFile() and (path := _local(url))]
    return parse_dropped_text(data.text()) if data.hasText() else []


def _local(url: QUrl) -> str:
    """Return the path of a URL; Qt would replace bytes that are not UTF-8."""
    if os.name == "nt":
        return url.toLocalFile()
    return os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded)))


class DropOverlay(QWidget):
    """Overlay that covers the window during a drag, transparent for the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self, count: int) -> None:
        """Cover the window, and show how many items would be added."""
        self._text = strings.drop_hint(count)
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a dashed frame on a tint, with the text in the middle."""
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
        text_rect = QRectF(box.left(), middle.y() + 4, box.width(), 24)
        painter.drawText(text_rect, int(Qt.AlignmentFlag.AlignCenter), self._text)
        painter.end()
