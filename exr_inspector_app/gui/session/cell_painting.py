"""Painting of the chosen columns of a session row."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.columns import GAP, LEFT_ALIGNED, WIDTHS, Column, cell_text
from exr_inspector_app.gui.session.session_nodes import Node
from exr_inspector_app.gui.style import paint, theme


def paint_cells(
    painter: QPainter, rect: QRectF, node: Node, places: Mapping[Column, float], option: QStyleOptionViewItem
) -> None:
    """Paint the cells of a row at the left edges of their columns; numbers are at the right of theirs."""
    font, token = theme.ui_font(12), "t2" if node.key is not None else paint.tertiary_token(option)
    for column, left in places.items():
        cell = QRectF(left, rect.top(), WIDTHS[column], rect.height())
        text = paint.shorten_name(cell_text(node, column), font, cell.width())
        paint.text(painter, cell, text, font, token, "left" if column in LEFT_ALIGNED else "right")


def spare_width(node: Node, places: Mapping[Column, float]) -> float:
    """Return the width in px that a number at the right of the first column leaves to the name before it."""
    first = min(places, key=places.__getitem__, default=None)
    if first is None or first in LEFT_ALIGNED:
        return 0
    return max(WIDTHS[first] - QFontMetricsF(theme.ui_font(12)).horizontalAdvance(cell_text(node, first)) - GAP, 0)


def with_other_facts(facts: str, cells: Collection[str], resolution: str) -> str:
    """Return the facts of a row that have no column; instead of the range of frames, the resolution."""
    frames, _, others = facts.partition(", ")
    if frames not in cells or frames == strings.SINGLE_FILE:
        return ", ".join(part for part in facts.split(", ") if part not in cells)
    count, *parts = others.split(", ")
    return ", ".join(part for part in [resolution, *parts] if part and part not in cells) or count
