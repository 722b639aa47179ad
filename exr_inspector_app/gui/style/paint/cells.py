"""What cells of several lists say: scores, states of files, and what is the same and what differs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.style.formatting import format_percent
from exr_inspector_app.gui.style.paint.chips import chip, chip_width
from exr_inspector_app.gui.style.paint.text import run, text
from exr_inspector_app.gui.style.theme import MEDIUM, REGULAR, SEMIBOLD
from exr_inspector_app.text.format import pluralize

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


def score(painter: QPainter, rect: QRectF, value: float, token: str = "accent") -> None:
    """A score: per cent, then a bar of 48 by 4 behind it."""
    t = theme.tokens()
    whole = format_percent(value)
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
            words = f"+{more}" if place else pluralize(more, "difference")
            text(painter, QRectF(left, rect.top(), rect.right() - left, rect.height()), words, theme.ui(11), "t2")
            return
        left = chip(painter, left, middle, word, "outline") + 6
