"""Texts of rows: painted on one line, and made to fit by giving up what matters least."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from exr_inspector_app.gui.style import theme

_LONGEST = 600  # characters of one line that are ever measured; a name may have 10,000
_SEPARATOR = re.compile(r"\\(?!x[0-9a-f]{2}|u[0-9a-f]{4})")  # of Windows; not before the escape of a byte
_VERSION = re.compile(r"[._]?v[0-9]+", re.IGNORECASE)


def text(painter: QPainter, rect: QRectF | QRect, words: str, font: QFont, token: str, align: str = "left") -> float:
    """One line of plain text, cut at the right with an ellipsis; returns the width it took."""
    rect = QRectF(rect)
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(words[:_LONGEST], Qt.TextElideMode.ElideRight, rect.width())
    side = Qt.AlignmentFlag.AlignRight if align == "right" else Qt.AlignmentFlag.AlignLeft
    painter.setFont(font)
    painter.setPen(theme.tokens().color(token))
    painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # a name in Hebrew stays in its column
    painter.drawText(rect, int(side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)
    return min(metrics.horizontalAdvance(shown), rect.width())


def matched(painter: QPainter, rect: QRectF, words: str, font: QFont, token: str, needle: str) -> None:
    """One line of text with every match of the needle on a tint."""
    metrics = QFontMetricsF(font)
    low, small = words.lower(), needle.lower()
    start = low.find(small) if small else -1
    while start >= 0:
        left = rect.left() + metrics.horizontalAdvance(words[:start])
        width = metrics.horizontalAdvance(words[start : start + len(small)])
        ground = QRectF(left, rect.center().y() - 8, min(width, rect.right() - left), 16)
        if ground.width() > 0:
            painter.fillRect(ground, theme.tokens().tint("accent", theme.tokens().match_tint))
        start = low.find(small, start + len(small))
    text(painter, rect, words, font, token)


def short_path(path: str, font: QFont, width: float) -> str:
    """The path made to fit: leading folders go first, then the middle of the name; version and extension stay."""
    metrics = QFontMetricsF(font)
    if len(path) <= _LONGEST and metrics.horizontalAdvance(path) <= width:
        return path
    parts = _SEPARATOR.sub("/", path)[-_LONGEST:].split("/")
    if len(parts) == 1 and len(path) <= _LONGEST:  # no folder is left out
        return short_name(path, font, width)
    for drop in range(1, len(parts)):
        shorter = "…/" + "/".join(parts[drop:])
        if metrics.horizontalAdvance(shorter) <= width:
            return shorter
    return "…/" + short_name(parts[-1], font, width - metrics.horizontalAdvance("…/"))


def short_name(name: str, font: QFont, width: float) -> str:
    """The file name cut in its middle, its end from the version on kept."""
    metrics = QFontMetricsF(font)
    if len(name) <= _LONGEST and metrics.horizontalAdvance(name) <= width:
        return name
    if len(name) > _LONGEST:
        name = name[: _LONGEST // 2] + name[-_LONGEST // 2 :]
    stem, extension = os.path.splitext(name)
    versions = list(_VERSION.finditer(stem))
    start = versions[-1].start() if versions else max(0, len(stem) - 8)
    tail = stem[start:] + extension
    if metrics.horizontalAdvance("…" + tail) > width:
        return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, width)
    head = metrics.elidedText(stem[:start], Qt.TextElideMode.ElideRight, width - metrics.horizontalAdvance(tail))
    return head + tail


def run(words: Sequence[str], font: QFont, width: float) -> str:
    """As many whole words as there is room for, then how many more."""
    metrics = QFontMetricsF(font)
    for count in range(len(words), 0, -1):
        shown = " · ".join(words[:count]) + (f" · +{len(words) - count}" if count < len(words) else "")
        if count == 1 or metrics.horizontalAdvance(shown) <= width:
            return shown
    return ""
