"""Cell painters shared by several lists: scores, file status, and match reasons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from exr_inspector_app.gui.style import icons, theme
from exr_inspector_app.gui.style.formatting import format_percent
from exr_inspector_app.gui.style.paint.chips import chip, chip_width
from exr_inspector_app.gui.style.paint.text import join_fitting, text
from exr_inspector_app.gui.style.theme import MEDIUM, REGULAR, SEMIBOLD
from exr_inspector_app.text.format import pluralize

STATUS_STYLES = {  # glyph, glyph token, label token
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
    """Paint a score as a percentage and a bar of 48 x 4 px."""
    t = theme.tokens()
    percent = format_percent(value)
    text(painter, QRectF(rect.left(), rect.top(), 46, rect.height()), f"{percent} %", theme.ui_font(13, SEMIBOLD), "t1")
    progress_bar(painter, QRectF(rect.left() + 52, rect.center().y() - 2, 48, 4), percent / 100, t.color(token))


def progress_bar(painter: QPainter, rect: QRectF, share: float, color: QColor) -> None:
    """Paint a rounded bar, `share` (0 to 1) of it filled."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.tokens().color("line2"))
    painter.drawRoundedRect(rect, 2, 2)
    if share > 0:
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(rect.left(), rect.top(), rect.width() * share, rect.height()), 2, 2)
    painter.restore()


def status(painter: QPainter, rect: QRectF, kind: str, label: str, detail: str = "", quiet: str = "t3") -> None:
    """Paint a status: icon, label, and an optional detail below.

    Args:
        painter: Painter of the cell.
        rect: Cell rectangle.
        kind: Key of `STATUS_STYLES`.
        label: First line.
        detail: Second line.
        quiet: Token that replaces t3 on this row; see `tertiary_token`.
    """
    glyph, *tokens = STATUS_STYLES[kind]
    icon_token, label_token = (quiet if token == "t3" else token for token in tokens)
    icon = QRectF(rect.left(), rect.center().y() - 8, 16, 16)
    icons.paint(painter, glyph, icon, icon_token)
    left = rect.left() + 24
    width = rect.right() - left
    lift = 8 if detail else 0
    font = theme.ui_font(12, REGULAR if label_token == quiet else MEDIUM)  # bold only where the user should act
    text(painter, QRectF(left, rect.center().y() - 9 - lift, width, 18), label, font, label_token)
    if detail:
        text(painter, QRectF(left, rect.center().y() - 1, width, 18), detail, theme.ui_font(11), "t2")


def reasons(painter: QPainter, rect: QRectF, same: Sequence[str], differs: Sequence[str], token: str = "t2") -> None:
    """Paint shared facts as one line after =, then differences as outlined chips after ≠.

    Shared facts take at most 55 % of the width if there are differences, so that these stay visible.
    """
    left, middle = rect.left(), rect.center().y()
    if same:
        icons.paint(painter, "equal", QRectF(left - 1, middle - 7, 14, 14), "t2")
        left += 18
        share = 0.55 if differs else 1.0
        room = QRectF(left, rect.top(), share * (rect.right() - left), rect.height())
        left += text(painter, room, join_fitting(same, theme.ui_font(12), room.width()), theme.ui_font(12), token) + 20
    if not differs or left + 40 > rect.right():
        return
    icons.paint(painter, "unequal", QRectF(left - 1, middle - 7, 14, 14), "t2")
    left += 18
    for index, difference in enumerate(differs):
        remaining = len(differs) - index
        if left + chip_width(difference) > rect.right() - (28 if remaining > 1 else 0):
            label = f"+{remaining}" if index else pluralize(remaining, "difference")
            text(painter, QRectF(left, rect.top(), rect.right() - left, rect.height()), label, theme.ui_font(11), "t2")
            return
        left = chip(painter, left, middle, difference, "outline") + 6
