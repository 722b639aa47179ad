"""What rows are made of: texts, chips, badges, score bars and the marks of selection."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from exr_inspector_app.gui import icons, theme
from exr_inspector_app.gui.theme import MEDIUM, REGULAR, SEMIBOLD
from exr_inspector_app.gui.words import percent, several

CHIP_HEIGHT, BADGE_HEIGHT = 20, 14
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


def ground(painter: QPainter, option: QStyleOptionViewItem, *, full: QRect | None = None) -> None:
    """The ground of a row: grey where it is selected, with a bar at the left, lighter under the pointer."""
    t = theme.tokens()
    rect = full or option.rect
    state = option.state
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(rect, t.color("selected"))
        focused = bool(state & QStyle.StateFlag.State_Active and option.widget and option.widget.hasFocus())
        bar = QRect(rect.left(), rect.top(), 2, rect.height())
        painter.fillRect(bar, t.color("accent" if focused else "t3"))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, t.color("hover"))


def rank3(option: QStyleOptionViewItem) -> str:
    """The token of third-rank text, lighter on a selected row."""
    return "t2" if option.state & QStyle.StateFlag.State_Selected else "t3"


def focus_ring(painter: QPainter, rect: QRectF, radius: float) -> None:
    """The ring of the keyboard's focus, 2 px away from what it is on."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.tokens().color("accent"), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(-2.75, -2.75, 2.75, 2.75), radius + 2, radius + 2)
    painter.restore()


def hairline(painter: QPainter, left: float, right: float, y: float) -> None:
    """The line under a row, from the text's edge."""
    painter.fillRect(QRectF(left, y, right - left, 1), theme.tokens().color("line"))


def thumbnail(painter: QPainter, box: QRectF, image: QImage | None, glyph: str, token: str = "t3") -> None:
    """A picture that fills its place, or a glyph on a raised ground where there is none."""
    t = theme.tokens()
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    inner = box.adjusted(0.5, 0.5, -0.5, -0.5)
    if image is None:
        painter.setBrush(t.color("raised"))
        painter.setPen(t.color("line2"))
        painter.drawRoundedRect(inner, 3, 3)
        icons.paint(painter, glyph, QRectF(box.center().x() - 8, box.center().y() - 8, 16, 16), token)
    else:
        clip = QPainterPath()
        clip.addRoundedRect(box, 3, 3)
        painter.setClipPath(clip)
        painter.fillRect(box, t.color("canvas"))
        scale = max(box.width() / image.width(), box.height() / image.height())
        width, height = box.width() / scale, box.height() / scale
        middle = QRectF((image.width() - width) / 2, (image.height() - height) / 2, width, height)
        painter.drawImage(box, image, middle)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(t.color("line2"))
        painter.drawRoundedRect(inner, 3, 3)
    painter.restore()


def chip_width(words: str) -> float:
    """The width of a chip with these words."""
    return QFontMetricsF(theme.ui(11, MEDIUM)).horizontalAdvance(words) + 12


def chip(painter: QPainter, left: float, middle: float, words: str, kind: str = "neutral") -> float:
    """A chip: `neutral`, `outline`, `quiet` (outline in second rank), `solid`, or a tint's token; its right edge."""
    t = theme.tokens()
    rect = QRectF(left, middle - CHIP_HEIGHT / 2, chip_width(words), CHIP_HEIGHT)
    color = "t1"
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if kind in ("outline", "quiet"):
        color = "t1" if kind == "outline" else "t2"
        painter.setPen(QPen(t.color("ctl"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        rect.adjust(0.5, 0.5, -0.5, -0.5)
    elif kind == "neutral":
        painter.setBrush(t.color("chip"))
        color = "t2"
    elif kind == "solid":
        painter.setBrush(t.color("fill"))
        color = "on_fill"
    else:
        painter.setBrush(t.tint(kind, t.chip_tint))
        color = kind
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(t.color(color))
    painter.setFont(theme.ui(11, MEDIUM))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine), words)
    painter.restore()
    return rect.right()


def badge_width(words: str) -> float:
    """The width of a badge with these words."""
    return max(QFontMetricsF(theme.ui(11, MEDIUM)).horizontalAdvance(words) + 8, BADGE_HEIGHT)


def badge(painter: QPainter, left: float, middle: float, words: str, token: str) -> float:
    """A small tinted count or defect; returns its right edge."""
    t = theme.tokens()
    rect = QRectF(left, middle - BADGE_HEIGHT / 2, badge_width(words), BADGE_HEIGHT)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(t.tint(token, t.badge_tint))
    painter.drawRoundedRect(rect, 3, 3)
    painter.setPen(t.color(token))
    painter.setFont(theme.ui(11, MEDIUM))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine), words)
    painter.restore()
    return rect.right()


def score(painter: QPainter, rect: QRectF, value: float, token: str = "accent") -> None:
    """A score: per cent, then a bar of 48 by 4 behind it."""
    t = theme.tokens()
    whole = percent(value)
    text(painter, QRectF(rect.left(), rect.top(), 46, rect.height()), f"{whole} %", theme.ui(13, SEMIBOLD), "t1")
    bar(painter, QRectF(rect.left() + 52, rect.center().y() - 2, 48, 4), whole / 100, t.color(token))


def bar(painter: QPainter, rect: QRectF, part: float, color: QColor) -> None:
    """A filled part of a rounded groove."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.tokens().color("line2"))
    painter.drawRoundedRect(rect, 2, 2)
    if part > 0:
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(rect.left(), rect.top(), rect.width() * part, rect.height()), 2, 2)
    painter.restore()


def key_width(words: str) -> float:
    """The width of a key's frame."""
    return QFontMetricsF(theme.ui(11, MEDIUM)).horizontalAdvance(words) + 11


def key(painter: QPainter, right: float, middle: float, words: str) -> None:
    """The name of a key in a quiet frame that ends at `right`."""
    t = theme.tokens()
    width = key_width(words)
    box = QRectF(round(right - width) + 0.5, round(middle) - 8.5, round(width) - 1, 17)
    painter.setPen(t.color("line2"))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 3.5, 3.5)
    text(painter, box.adjusted(5, 0, 2, 0), words, theme.ui(11, MEDIUM), "t2")


STATUS = {  # glyph, its token, the word's token
    "new": ("new", "accent", "accent"),
    "in library": ("done", "t3", "t3"),
    "changed": ("refresh", "warn", "warn"),
    "incomplete": ("incomplete", "warn", "warn"),
    "damaged": ("failed", "err", "err"),
    "failed": ("failed", "err", "err"),
    "inspecting": ("spinner", "accent", "t2"),
    "waiting": ("waiting", "t3", "t3"),
    "read": ("check", "t3", "t3"),
}


def status(painter: QPainter, rect: QRectF, kind: str, word: str, figure: str = "", quiet: str = "t3") -> None:
    """A status: icon, word, and a short figure below.

    `kind` is a key of STATUS, `quiet` what stands for t3 on this row.
    """
    glyph, *tokens = STATUS[kind]
    token, word_token = (quiet if one == "t3" else one for one in tokens)
    icon = QRectF(rect.left(), rect.center().y() - 8, 16, 16)
    icons.paint(painter, glyph, icon, token)
    left = rect.left() + 24
    width = rect.right() - left
    lift = 8 if figure else 0
    font = theme.ui(12, REGULAR if word_token == quiet else MEDIUM)  # only what needs a person is set off
    text(painter, QRectF(left, rect.center().y() - 9 - lift, width, 18), word, font, word_token)
    if figure:
        text(painter, QRectF(left, rect.center().y() - 1, width, 18), figure, theme.ui(11), "t2")


def run(words: Sequence[str], font: QFont, width: float) -> str:
    """As many whole words as there is room for, then how many more."""
    metrics = QFontMetricsF(font)
    for count in range(len(words), 0, -1):
        shown = " · ".join(words[:count]) + (f" · +{len(words) - count}" if count < len(words) else "")
        if count == 1 or metrics.horizontalAdvance(shown) <= width:
            return shown
    return ""


def reasons(painter: QPainter, rect: QRectF, same: Sequence[str], differs: Sequence[str], token: str = "t2") -> None:
    """What is the same as one quiet run behind =, and outlined chips behind ≠ for what differs.

    What differs is never crowded out: the run takes at most 55 % of the room beside it.
    """
    left, middle = rect.left(), rect.center().y()
    if same:
        icons.paint(painter, "equal", QRectF(left - 1, middle - 7, 14, 14), "t2")
        left += 18
        share = 0.55 if differs else 1.0
        room = QRectF(left, rect.top(), share * (rect.right() - left), rect.height())
        left += text(painter, room, run(same, theme.ui(12), room.width()), theme.ui(12), token) + 20
    if not differs or left + 40 > rect.right():
        return
    icons.paint(painter, "unequal", QRectF(left - 1, middle - 7, 14, 14), "t2")
    left += 18
    for place, word in enumerate(differs):
        more = len(differs) - place
        if left + chip_width(word) > rect.right() - (28 if more > 1 else 0):
            words = f"+{more}" if place else several(more, "difference")
            text(painter, QRectF(left, rect.top(), rect.right() - left, rect.height()), words, theme.ui(11), "t2")
            return
        left = chip(painter, left, middle, word, "outline") + 6
