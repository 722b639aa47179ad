"""Single-line text painting and elision: paths, names, and lists shortened to a width."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from exr_inspector_app.gui.style import theme

_MAX_CHARS = 600  # measured and painted per line; a name may have 10,000
_SEPARATOR = re.compile(
    r"\\(?!x[0-9a-f]{2}|u[0-9a-f]{4})"
)  # Windows separator, except where it starts the escape of a byte
_VERSION = re.compile(r"[._]?v[0-9]+", re.IGNORECASE)


def text(painter: QPainter, rect: QRectF | QRect, content: str, font: QFont, token: str, align: str = "left") -> float:
    """Paint one line of plain text, elided at the right, and return its width in px."""
    rect = QRectF(rect)
    metrics, line = QFontMetricsF(font), content[:_MAX_CHARS]
    advance = metrics.horizontalAdvance(line)
    if advance > rect.width():
        line = metrics.elidedText(line, Qt.TextElideMode.ElideRight, rect.width())
        advance = min(metrics.horizontalAdvance(line), rect.width())
    side = Qt.AlignmentFlag.AlignRight if align == "right" else Qt.AlignmentFlag.AlignLeft
    painter.setFont(font)
    painter.setPen(theme.tokens().color(token))
    painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # a name in Hebrew stays in its column
    painter.drawText(rect, int(side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), line)
    return advance


def highlighted_text(painter: QPainter, rect: QRectF, content: str, font: QFont, token: str, needle: str) -> None:
    """Paint one line of text with every occurrence of `needle` highlighted, ignoring case."""
    metrics = QFontMetricsF(font)
    lower, needle = content.lower(), needle.lower()
    start = lower.find(needle) if needle else -1
    while start >= 0:
        left = rect.left() + metrics.horizontalAdvance(content[:start])
        width = metrics.horizontalAdvance(content[start : start + len(needle)])
        mark = QRectF(left, rect.center().y() - 8, min(width, rect.right() - left), 16)
        if mark.width() > 0:
            painter.fillRect(mark, theme.tokens().tint("accent", theme.tokens().match_tint))
        start = lower.find(needle, start + len(needle))
    text(painter, rect, content, font, token)


def shorten_path(path: str, font: QFont, width: float) -> str:
    """Shorten a path to a width: drop leading folders, then the middle of the name; keep version and extension."""
    metrics = QFontMetricsF(font)
    if len(path) <= _MAX_CHARS and metrics.horizontalAdvance(path) <= width:
        return path
    parts = _SEPARATOR.sub("/", path)[-_MAX_CHARS:].split("/")
    if len(parts) == 1 and len(path) <= _MAX_CHARS:  # no folder to drop
        return shorten_name(path, font, width)
    for drop in range(1, len(parts)):
        shorter = "…/" + "/".join(parts[drop:])
        if metrics.horizontalAdvance(shorter) <= width:
            return shorter
    return "…/" + shorten_name(parts[-1], font, width - metrics.horizontalAdvance("…/"))


def shorten_name(name: str, font: QFont, width: float) -> str:
    """Shorten a file name in the middle; keep its end from the version on."""
    metrics = QFontMetricsF(font)
    if len(name) <= _MAX_CHARS and metrics.horizontalAdvance(name) <= width:
        return name
    if len(name) > _MAX_CHARS:
        name = name[: _MAX_CHARS // 2] + name[-_MAX_CHARS // 2 :]
    stem, extension = os.path.splitext(name)
    versions = list(_VERSION.finditer(stem))
    start = versions[-1].start() if versions else max(0, len(stem) - 8)
    tail = stem[start:] + extension
    if metrics.horizontalAdvance("…" + tail) > width:
        return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, width)
    head = metrics.elidedText(stem[:start], Qt.TextElideMode.ElideRight, width - metrics.horizontalAdvance(tail))
    return head + tail


def join_fitting(items: Sequence[str], font: QFont, width: float) -> str:
    """Join as many items as fit into a width, then the number of the remaining ones."""
    metrics = QFontMetricsF(font)
    for count in range(len(items), 0, -1):
        joined = " · ".join(items[:count]) + (f" · +{len(items) - count}" if count < len(items) else "")
        if count == 1 or metrics.horizontalAdvance(joined) <= width:
            return joined
    return ""
