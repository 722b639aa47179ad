"""Painting of group rows: opened folders, and the folders, shows, shots and tasks of a tree."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from exr_inspector_app.gui.session.session_nodes import GroupNode, Node, SessionGroup
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.style.theme import MEDIUM, REGULAR, SEMIBOLD

INDENT = 20  # px per level of a tree
MIN_FILE_NAME = 64  # px of a file name below which only its folder is painted
COUNT_SLOT = 44  # px of each of the numbers of errors and warnings
_CHEVRON, _ICON, _NAME = 6.0, 24.0, 46.0  # px from the left edge of a group
_WEIGHTS = {"show": SEMIBOLD, "shot": SEMIBOLD, "task": REGULAR}  # of names, by kind; folders are medium


def indent_of(node: Node) -> int:
    """Return the indentation in px of a group, or of the rows in it."""
    above: Node | None = node
    while above is not None and not isinstance(above, GroupNode):
        above = above.parent
    return INDENT * above.depth if above is not None else 0


def shorten_row_name(name: str, font: QFont, width: float, indent: int) -> str:
    """Shorten the name of a row; in a tree its first folder, mostly the version, stays, and the file name gives way."""
    folder, separator, rest = name.partition("/")
    metrics = QFontMetricsF(font)
    if not indent or not separator or metrics.horizontalAdvance(name) <= width:
        return paint.shorten_path(name, font, width)
    room = width - metrics.horizontalAdvance(f"{folder}/")
    if room < MIN_FILE_NAME:
        return metrics.elidedText(folder, Qt.TextElideMode.ElideMiddle, width)
    return f"{folder}/{paint.shorten_path(rest, font, room)}"


def paint_group(painter: QPainter, rect: QRectF, node: Node, option: QStyleOptionViewItem, status: float) -> None:
    """Paint one group over the full width of the view; `status` is the width of the status column."""
    shown = node.shown
    if not isinstance(node, GroupNode) or not isinstance(shown, SessionGroup):
        return
    full = rect.toRect()
    if len(node.levels) == 1:
        painter.fillRect(full, theme.tokens().color("header"))
    paint.row_background(painter, option, full=full)
    indent, middle = indent_of(node), rect.center().y()
    paint_guides(painter, rect, indent)
    chevron = "chevron-down" if option.state & QStyle.StateFlag.State_Open else "chevron-right"
    icons.paint(painter, chevron, QRectF(indent + _CHEVRON, middle - 7, 14, 14), "t3")
    if node.is_in_tree:
        _paint_tree_group(painter, rect, node, shown, status)
        return
    icons.paint(painter, "folder", QRectF(_ICON, middle - 8, 16, 16), "t3")
    _paint_folder(painter, rect, shown)


def paint_guides(painter: QPainter, rect: QRectF, indent: int) -> None:
    """Paint a vertical line below the chevron of each group above."""
    for left in range(0, indent, INDENT):
        painter.fillRect(QRectF(left + _CHEVRON + 7, rect.top(), 1, rect.height()), theme.tokens().color("line"))


def _paint_folder(painter: QPainter, rect: QRectF, shown: SessionGroup) -> None:
    """Paint the path of an opened folder; at the right, the number of problems and of items."""
    middle = rect.center().y()
    right = rect.right() - 10
    width = QFontMetricsF(theme.ui_font(12)).horizontalAdvance(shown.items)
    items = QRectF(right - width, rect.top(), width + 1, rect.height())
    paint.text(painter, items, shown.items, theme.ui_font(12), "t3")
    right -= width + 12
    if shown.problems:
        text = f"{shown.problems:,}"
        room = QFontMetricsF(theme.ui_font(12, MEDIUM)).horizontalAdvance(text)
        count = QRectF(right - room, rect.top(), room + 1, rect.height())
        paint.text(painter, count, text, theme.ui_font(12, MEDIUM), "err")
        icons.paint(painter, "failed", QRectF(right - room - 20, middle - 8, 16, 16), "err")
        right -= room + 28
    font = theme.ui_font(12, MEDIUM)
    text = paint.shorten_path(shown.folder, font, right - _NAME)
    paint.text(painter, QRectF(_NAME, rect.top(), right - _NAME, rect.height()), text, font, "t2")


def _paint_tree_group(painter: QPainter, rect: QRectF, node: GroupNode, shown: SessionGroup, status: float) -> None:
    """Paint name and kind, and the numbers of files, errors and warnings in columns shared by all groups."""
    kind, totals = node.levels[-1].kind, node.totals
    left = indent_of(node) + _ICON
    if kind in ("", "shot"):
        icons.paint(painter, "folder", QRectF(left, rect.center().y() - 8, 16, 16), "t3")
        left += 22
    right = rect.right() - status
    _paint_counts(painter, QRectF(right, rect.top(), status, rect.height()), totals.errors, totals.warnings)
    files, small = f"{totals.files:,}", theme.ui_font(12)
    width = QFontMetricsF(small).horizontalAdvance(files)
    paint.text(painter, QRectF(right - 12 - width, rect.top(), width + 1, rect.height()), files, small, "t2")
    room = right - 12 - width - 12 - left
    font = theme.ui_font(13, _WEIGHTS.get(kind, MEDIUM))
    name = paint.shorten_path(shown.folder, font, room)
    painted = paint.text(painter, QRectF(left, rect.top(), room, rect.height()), name, font, "t1")
    after = QRectF(left + painted + 8, rect.top(), room - painted - 8, rect.height())
    if kind and QFontMetricsF(small).horizontalAdvance(kind) <= after.width():
        paint.text(painter, after, kind, small, "t3")


def _paint_counts(painter: QPainter, rect: QRectF, errors: int, warnings: int) -> None:
    """Paint the numbers of errors and warnings in two fixed places, or only the more urgent one in a narrow row."""
    counts = [(errors, "failed", "err"), (warnings, "warning", "warn")]
    if rect.width() < 2 * COUNT_SLOT:
        counts = [next((each for each in counts if each[0]), counts[0])]
    middle = rect.center().y()
    for slot, (count, glyph, token) in enumerate(counts):
        if count:
            left = rect.left() + slot * COUNT_SLOT
            icons.paint(painter, glyph, QRectF(left, middle - 7, 14, 14), token)
            text = f"{count:,}" if count < 100 else "99+"
            paint.text(painter, QRectF(left + 18, rect.top(), 24, rect.height()), text, theme.ui_font(12), token)
