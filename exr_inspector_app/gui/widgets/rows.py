"""Rows on top of each other, and the hairline between them."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget


def stack_rows(*rows: QWidget) -> QWidget:
    """Return rows on top of each other."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for row in rows:
        column.addWidget(row)
    return box


def make_hairline() -> QFrame:
    """Return a horizontal line."""
    line = QFrame()
    line.setProperty("hairline", "true")
    return line
